"""`cse publish`."""

import select
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from keys.refusals import KeysError
from registry.adapters.clock import now
from registry.adapters.refusals import AdapterError
from registry.cli.console import CLOCK, ERR, GOOD, PUBLISHER, NotPublishedError, Session, UsageError, with_session
from registry.cli.inputs import read_file
from registry.demo.officers import REGISTRAR, REGISTRARS
from registry.domain.actors import Actor
from registry.domain.refusals import DomainError
from registry.services.agreements import add_agreement
from registry.services.ports import Keyring, Publisher
from registry.services.publishing import Publication, publish, require_publishable
from registry.services.refusals import ServiceError
from registry.services.sweeping import Swept, sweep
from registry.services.trust import refresh_trust_list
from registry.store.refusals import StoreError
from schemas.refusals import translated

UNPUBLISHED = (AdapterError, KeysError, ServiceError, StoreError)
"""Why a publication may fail."""
_Done = TypeVar("_Done")
Out = Annotated[Path | None, typer.Option(help="Folder to write (else CSE_PUBLISH_DIR).")]
WithServer = Annotated[bool, typer.Option(hidden=True, help="End when the server that started it has.")]
AgreementsVerb = Annotated[str, typer.Argument(help="add.")]
Version = Annotated[str, typer.Argument(help="JSON of one version, or - (see docs/recognition.md).")]
Every = Annotated[int | None, typer.Option(help="Stay and publish anew every so many seconds.", min=10, max=600)]


@with_session
def publish_command(session: Session, out: Out = None, *, every: Every = None, with_server: WithServer = False) -> int:
    """Write every public artefact as static files at their URL paths, with a signed manifest.

    Example: cse publish --out site, then serve the folder `site` with any file server.
    """
    if every is not None:
        return _keep_publishing(session, session.machine(PUBLISHER), every, until_orphaned=with_server)
    actor = session.actor()
    done = publish_now(session, session.keyring(), session.publisher(out), actor, session.now)
    text = f"Published {done.files} files, slot {done.slot}, in {out or session.settings.publish_dir}"
    return session.answer({"slot": done.slot, "files": done.files}, text)


def publish_now(session: Session, keyring: Keyring, publisher: Publisher, actor: Actor, at: datetime) -> Publication:
    """Publish everything as of a moment."""
    if session.settings.is_demo:
        # One person plays all parts here; a real trust list needs two root keepers (cse trust).
        refresh_trust_list(session.desk, keyring, actor=REGISTRAR, now=at)
    return publish(session.desk, keyring, publisher, actor=actor, now=at)


def decided(session: Session, decide: Callable[..., _Done]) -> _Done:
    """Open keystores, trust list and folder, let the actor of the session decide, then publish it.

    `decide` is a use case that lacks its `actor` and `now` alone; what it gives is returned. What cannot be opened
    refuses before anything is recorded. Raises `NotPublishedError` if the decision stands and the lists do not.
    """
    actor = session.actor()
    keyring, publisher, machine = session.keyring(), session.publisher(), session.machine(PUBLISHER)
    if session.settings.is_demo:
        refresh_trust_list(session.desk, keyring, actor=REGISTRAR, now=session.now)
    require_publishable(session.desk, keyring, publisher, now=session.now)
    done = decide(actor=actor, now=session.now)
    with unpublished("the decision", "cse publish"):
        publish(session.desk, keyring, publisher, actor=machine, now=session.now)
    return done


def unpublished(recorded: str, way_out: str) -> AbstractContextManager[None]:
    """Tell of a publication in the block that fails what was `recorded` all the same. Raises `NotPublishedError`."""
    told = f"{recorded} is recorded and NOT yet published ({{}}): run {way_out}"
    return translated(*UNPUBLISHED, to=lambda error: NotPublishedError(told.format(error)))


def _keep_publishing(session: Session, actor: Actor, every: int, *, until_orphaned: bool) -> int:
    """Let time pass and publish, now and then every so many seconds, with the keystores opened once.

    Only the first publication may refuse; later ones tell what is wrong and are tried again.
    """
    once = partial(publish_now, session, session.keyring(), session.publisher(), actor)
    _let_time_pass(session, now(session.settings))
    once(now(session.settings))
    print("published", flush=True)
    while True:
        if select.select([sys.stdin] if until_orphaned else [], [], [], every)[0]:
            return GOOD  # The server sends nothing: its end of the pipe was closed, by its death at the latest.
        _let_time_pass(session, now(session.settings))
        try:
            once(now(session.settings))
        except UNPUBLISHED as error:
            ERR.print(f"cse publish: {error}", markup=False)


def _let_time_pass(session: Session, moment: datetime) -> None:
    """Run the clock job; what is wrong with it is told and stops no publication.

    A demonstration catches up by itself after any pause; a real register waits for a person then.
    """
    try:
        approved_by, keyring = (REGISTRARS, session.keyring()) if session.settings.is_demo else ((), None)
        swept = partial(sweep, session.desk, actor=session.machine(CLOCK), now=moment, approved_by=approved_by)
        tell_left(swept(keyring=keyring))
    except Exception as error:  # Whatever it is, publishing goes on. The words of what is not ours may repeat a row.
        told = error if isinstance(error, (*UNPUBLISHED, DomainError)) else f"{type(error).__name__}, it stopped"
        ERR.print(f"cse sweep: {told}", markup=False)


def tell_left(swept: Swept) -> None:
    """Tell of lapses that wait for a person (R-DT-12), and of what could not be read."""
    if swept.waiting:
        many = ", ".join(f"{name} {count}" for name, count in swept.waiting.items())
        way_out = "look at cse sweep --dry-run, then two registrars, one after the other, run cse sweep --approved"
        ERR.print(f"cse sweep: many more lapses than foreseen wait ({many}): {way_out}", markup=False)
    if swept.unreadable:
        some = ", ".join(swept.unreadable[:3])
        left = f"{len(swept.unreadable)} registrations cannot be read and stay as they are: {some}"
        ERR.print(f"cse sweep: {left}; restore their rows", markup=False)


@with_session
def agreements(session: Session, verb: AgreementsVerb, file: Version) -> int:
    """Sign one version of a mutual recognition agreement. It counts once the next trust list is published.

    Example: cse agreements add m8.json && cse trust publish && cse publish
    """
    if verb != "add":
        raise UsageError(f"there is no {verb!r}; it is cse agreements add FILE")
    content, actor = read_file(file), session.actor()
    path = add_agreement(session.desk, session.keyring(), content, actor=actor, now=session.now)
    return session.answer({"path": path}, f"Signed {session.desk.base}{path}. It counts after cse trust publish")
