"""`cse decide`: suspend, lift, and the ends of a registration. Each decision is published before the command ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from registry.adapters.refusals import AdapterError
from registry.cli.console import PUBLISHER, NotPublishedError, Session, UsageError, flag, with_session
from registry.demo.officers import REGISTRAR
from registry.domain.changes import GroundClass
from registry.domain.numbers import parse_register_number
from registry.domain.registration import Grade, HoldKind
from registry.services import answers, decisions, publishing, rulings, trust
from registry.services.refusals import ServiceError
from registry.store.refusals import StoreError
from schemas.refusals import translated

app = typer.Typer(no_args_is_help=True, help="Decide about a registration, as the actor you are mapped to.")

_Word = TypeVar("_Word", bound=StrEnum)
NumberArgument = Annotated[str, typer.Argument(help="Register number.")]
ReferenceOption = Annotated[str, typer.Option("--decision", help="Reference of the decision.")]
DigestArgument = Annotated[str, typer.Argument(help="Digest of the proposal as it was shown.")]
DayOption = Annotated[str | None, typer.Option(help="Last day of a fixed term, YYYY-MM-DD.")]
_HOLDS = ", ".join(kind.lower() for kind in HoldKind)
_GROUNDS = ", ".join(GroundClass)
HoldOption = Annotated[str, typer.Option("--reason", help=f"Kind of hold: {_HOLDS}.")]
GroundOption = Annotated[str, typer.Option("--reason", help=f"Ground: {_GROUNDS}.")]
GradesOption = Annotated[
    list[str] | None, typer.Option(help="Name the registration of a grade; more than once for more.")
]
ReinstateOption = Annotated[
    str | None, typer.Option(help="Let the lower grade live again: throughout (no fault of the holder) or from-now.")
]
EventOption = Annotated[int, typer.Option("--event", help="Number of the event that was an error.")]
FieldOption = Annotated[bool, flag("--in-this-field", help="The decision is limited to the field of the number.")]
DeathOption = Annotated[str, typer.Option("--on", help="Day of death, YYYY-MM-DD.")]
FinalOption = Annotated[str, typer.Option("--decision", help="Reference of the final decision.")]


def _hold(text: str) -> HoldKind:
    with translated(ValueError, to=UsageError(f"--reason {text} is none of {_HOLDS}")):
        return HoldKind(text.upper())


@contextmanager
def published(session: Session) -> Iterator[None]:
    """Open keystores, trust list and folder, let the block record the decision, then publish it.

    What cannot be opened refuses before anything is recorded. Raises `NotPublishedError` if the decision stands
    and the lists do not.
    """
    keyring, publisher, machine = session.keyring(), session.publisher(), session.machine(PUBLISHER)
    if session.settings.is_demo:
        trust.refresh_trust_list(session.desk, keyring, actor=REGISTRAR, now=session.now)
    publishing.require_publishable(session.desk, keyring, publisher, now=session.now)
    yield
    try:
        publishing.publish(session.desk, keyring, publisher, actor=machine, now=session.now)
    except (AdapterError, ServiceError, StoreError) as error:
        raise NotPublishedError(f"the decision is recorded and NOT yet published ({error}): run cse publish") from error


def report(session: Session, number: str, done: str) -> int:
    """Tell what was done about a number, and what its page says now."""
    page = answers.verdict_of_number(session.desk, number, now=session.now).verdict or {}
    value = {"number": number, "done": done, "outcome": page.get("outcome"), "state": page.get("state")}
    return session.answer(value, f"{number}: {done}; the page now says {page.get('state')}; lists published")


@app.command("suspend")
@with_session
def suspend(
    session: Session, number: NumberArgument, *, reason: HoldOption, decision: ReferenceOption, until: DayOption = None
) -> int:
    """Add a hold. Example: cse decide suspend CSE26ELE00012379 --reason identity --decision 2026/17."""
    command = decisions.Suspension(parse_register_number(number), _hold(reason), decision, _day(until))
    actor = session.actor()
    with published(session):
        decisions.suspend_registration(session.desk, command, actor=actor, now=session.now)
    return report(session, command.number, f"hold {command.kind.lower()} added")


def _day(text: str | None) -> date | None:
    with translated(ValueError, to=UsageError(f"--until {text} is no day such as 2027-01-31")):
        return date.fromisoformat(text) if text is not None else None


@app.command("lift")
@with_session
def lift(session: Session, number: NumberArgument, *, reason: HoldOption, decision: ReferenceOption) -> int:
    """Take away a hold; no other hold is touched."""
    kind, plain = _hold(reason), parse_register_number(number)
    actor = session.actor()
    with published(session):
        decisions.lift_hold(session.desk, plain, kind, decision_ref=decision, actor=actor, now=session.now)
    return report(session, plain, f"hold {kind.lower()} lifted")


def _propose(session: Session, ruling: rulings.Ruling) -> int:
    number = parse_register_number(ruling.number)
    digest = rulings.propose(session.desk, replace(ruling, number=number), actor=session.actor(), now=session.now)
    proposed = f"{number}: {ruling.kind} proposed; nothing has changed yet. A second person confirms with"
    return session.answer({"number": number, "proposal": digest}, f"{proposed}\n  cse decide confirm {digest}")


def _chosen(text: str, kind: type[_Word], option: str) -> _Word:
    with translated(ValueError, to=UsageError(f"{option} {text} is none of {', '.join(kind)}")):
        return kind(text)


@app.command("revoke")
@with_session
def revoke(
    session: Session,
    number: NumberArgument,
    *,
    reason: GroundOption,
    decision: FinalOption,
    in_this_field: FieldOption = False,
) -> int:
    """Propose a revocation by a final decision; a second person confirms the digest that is printed.

    It ends all that the person holds, unless the decision is limited to the field of the number.
    """
    ground = _chosen(reason, GroundClass, "--reason")
    ruling = rulings.Ruling("revocation", number, decision, ground, in_this_field=in_this_field)
    return _propose(session, ruling)


@app.command("annul")
@with_session
def annul(
    session: Session,
    number: NumberArgument,
    *,
    reason: GroundOption,
    decision: FinalOption,
    grade: GradesOption = None,
    reinstate: ReinstateOption = None,
) -> int:
    """Propose an annulment, of what should never have been granted; a second person confirms the digest.

    Example, both grades at once: cse decide annul CSE26ELE00012379 --grade PE --grade SPE --reason false-statement
    --decision 2026/31
    """
    if reinstate not in {None, *rulings.REINSTATES}:
        raise UsageError(f"--reinstate {reinstate} is none of {', '.join(rulings.REINSTATES)}")
    ground, grades = _chosen(reason, GroundClass, "--reason"), [_chosen(one, Grade, "--grade") for one in grade or ()]
    return _propose(session, rulings.Ruling("annulment", number, decision, ground, tuple(grades), reinstate))


@app.command("appeal-allowed")
@with_session
def appeal_allowed(session: Session, number: NumberArgument, *, decision: FinalOption) -> int:
    """Propose to bring a revoked or annulled registration back after a later review; a second person confirms."""
    return _propose(session, rulings.Ruling("appeal", number, decision))


@app.command("correct")
@with_session
def correct(session: Session, number: NumberArgument, *, event: EventOption, decision: FinalOption) -> int:
    """Propose to take back the event that ended a registration in error; a second person confirms.

    The numbers of events: cse events NUMBER
    """
    return _propose(session, rulings.Ruling("correction", number, decision, event=event))


@app.command("confirm")
@with_session
def confirm(session: Session, digest: DigestArgument) -> int:
    """Confirm what another person proposed: revocation, annulment, appeal allowed, correction."""
    actor = session.actor()
    with published(session):
        number, done = rulings.confirm(session.desk, digest, actor=actor, now=session.now)
    return report(session, number, f"registration {done}")


@app.command("take-back")
@with_session
def take_back(session: Session, digest: DigestArgument) -> int:
    """Take back a proposal that nobody has confirmed yet."""
    number = rulings.take_back(session.desk, digest, actor=session.actor(), now=session.now)
    return session.answer({"number": number, "proposal": digest}, f"{number}: the proposal is taken back")


@app.command("withdraw")
@with_session
def withdraw(session: Session, number: NumberArgument, *, decision: ReferenceOption) -> int:
    """End a registration at the holder's own request."""
    plain, actor = parse_register_number(number), session.actor()
    with published(session):
        decisions.withdraw(session.desk, plain, decision_ref=decision, actor=actor, now=session.now)
    return report(session, plain, "registration withdrawn")


@app.command("death")
@with_session
def death(session: Session, number: NumberArgument, *, on: DeathOption, decision: ReferenceOption) -> int:
    """Record the death of a holder: every registration of theirs ends, with neutral words."""
    with translated(ValueError, to=UsageError(f"--on {on} is no day such as 2027-01-31")):
        died_on = date.fromisoformat(on)
    plain, actor = parse_register_number(number), session.actor()
    with published(session):
        decisions.record_death(session.desk, plain, died_on, decision_ref=decision, actor=actor, now=session.now)
    return report(session, plain, "death recorded")
