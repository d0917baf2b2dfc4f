"""`cse trust`: root and trust list, and what CSE decides about societies and keys; each is in a new list at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated

import typer

from issuer.trusted import CAUSES
from registry.cli.console import AsJson, Directory, Numbers, Reference, Session, command, day_option, open_session
from registry.cli.exits import UsageError
from registry.cli.publish import decided
from registry.services import bodies, wallets
from registry.services.bodies import BodyDecision, GrantAuthorization
from registry.services.trust import pinned_root, publish_trust_list

app = typer.Typer(help="The trust list, and what CSE decides about societies and keys (docs/societies.md).")

Society = Annotated[str, typer.Argument(help="Code of the society.")]
Fields = Annotated[list[str], typer.Option(help="Field; more than once for more.")]
Grades = Annotated[list[str], typer.Option(help="Grade; more than once for more.")]
FirstDay = Annotated[date, day_option("--from", help="First day: a later one; of an authorization also today.")]
Cause = Annotated[str, typer.Option(help=f"Why: {', '.join(CAUSES)}.")]
Custodian = Annotated[
    str | None, typer.Option(help="Society in scope that takes over, or goes on after a merger (else CSE's custodian).")
]
Doubt = Annotated[
    tuple[date, date] | None,
    day_option(help="With the cause integrity: first and last day of the assessments in doubt."),
]
KeyId = Annotated[str, typer.Argument(help="Key id, as the trust list spells it.")]
Since = Annotated[datetime, typer.Option(formats=["%Y-%m-%dT%H:%M:%SZ"], help="Since when, in UTC.")]


@app.callback(invoke_without_command=True)
def shown(context: typer.Context, *, directory: Directory = None, as_json: AsJson = False) -> int | None:
    """Show the trust root and the list in force, or decide about a society or a key."""
    return _show(open_session(directory, as_json=as_json)) if context.invoked_subcommand is None else None


def _show(session: Session) -> int:
    """Show the trust root and the list in force."""
    with session.desk.open_reading() as work:
        root, newest = pinned_root(work), work.trust.trust_list()
    version = newest.version if newest is not None else 0
    told = {"root": root.did, "trust_root": f"sha256:{root.sha256}", "trust_list_version": version}
    return session.answer(told, "\n".join(f"{name:20} {value}" for name, value in told.items()))


command(app, "show")(_show)


def _require_roots(session: Session) -> None:
    if not session.settings.is_demo:
        raise UsageError("a real trust list needs two root keepers; the ceremony is not built yet")


@command(app, "publish")
def publish(session: Session) -> int:
    """Sign the next version of the list with the root keys.

    Keys of CSE that a register of an earlier release lacks are made first.
    """
    _require_roots(session)
    desk, keyring, actor = session.desk, session.keyring(), session.actor()
    wallets.add_missing_keys(desk, keyring, actor=actor, now=session.now)
    publish_trust_list(desk, keyring, actor=actor, now=session.now)
    return _show(session)


def _decide(session: Session, decision: BodyDecision | GrantAuthorization) -> int:
    _require_roots(session)
    act: Callable[..., int] = bodies.decide if isinstance(decision, BodyDecision) else bodies.grant_authorization
    version = decided(session, partial(act, session.desk, session.keyring(), decision))
    told = f"{decision.society}: {decision.state} from {decision.from_on}; trust list {version} published"
    return session.answer({"society": decision.society, "state": decision.state, "trust_list_version": version}, told)


@command(app, "authorize")
def authorize(
    session: Session, society: Society, *, field: Fields, grade: Grades, begins: FirstDay, decision: Reference
) -> int:
    """Authorize a society for fields and grades from a day on, for the term that policy sets: five years.

    Example: cse trust authorize MEC --field MEC --grade AE --grade PE --from 2027-01-01 --decision 2026/9
    """
    return _decide(session, GrantAuthorization(society, tuple(field), tuple(grade), begins, decision))


@command(app, "suspend")
def suspend(session: Session, society: Society, *, begins: FirstDay, decision: Reference) -> int:
    """Suspend a society from a day to come: it maintains what it has and takes in nobody (R-AU-04)."""
    return _decide(session, BodyDecision(society, "suspended", begins, decision))


@command(app, "restore")
def restore(session: Session, society: Society, *, begins: FirstDay, decision: Reference) -> int:
    """Let a suspended society take in people again from a day to come."""
    return _decide(session, BodyDecision(society, "active", begins, decision))


@command(app, "withdraw")
def withdraw(
    session: Session,
    society: Society,
    *,
    begins: FirstDay,
    cause: Cause,
    decision: Reference,
    custodian: Custodian = None,
    doubt: Doubt = None,
) -> int:
    """End an authorization from a day to come; who takes over administers its entries from that midnight on.

    Example: cse trust withdraw GEO --from 2026-04-01 --cause integrity --doubt 2023-01-01 2023-06-30 --decision 2026/9
    """
    if cause not in CAUSES:
        raise UsageError(f"--cause {cause} is none of {', '.join(CAUSES)}")
    state, interval = ("expired" if cause == CAUSES[0] else "withdrawn"), doubt or (None, None)
    return _decide(session, BodyDecision(society, state, begins, decision, cause, custodian, interval))


@command(app, "compromise")
def compromise(session: Session, key: KeyId, *, since: Since) -> int:
    """Mark an issuing key as compromised since a moment, make a new one, and list what is to be replaced.

    Each is replaced with cse replace propose NUMBER --reason key.
    """
    _require_roots(session)
    known = since.replace(tzinfo=UTC)
    found = decided(session, partial(bodies.mark_compromised, session.desk, session.keyring(), key, known))
    lines = [f"{key}: compromised; {len(found)} certificates are to be replaced", *(number for number, _ in found)]
    return session.answer({"key": key, "to_replace": [number for number, _ in found]}, "\n".join(lines))


@command(app, "doubts")
def doubts(session: Session, society: Society) -> int:
    """List what a society assessed in an interval in doubt, and what of it is cleared (R-AU-08)."""
    found = bodies.in_doubt(session.desk, society, actor=session.actor(), now=session.now)
    lines = [f"{number}  {f'cleared {at.isoformat()}' if at else 'open'}" for number, at in found.items()]
    return session.answer(found, "\n".join(lines) or f"{society}: nothing is in doubt.")


@command(app, "review")
def review(session: Session, numbers: Numbers, *, decision: Reference) -> int:
    """Suspend registrations that were assessed in an interval in doubt, all by one decision (R-AU-08)."""
    return _review(session, numbers, decision, clears=False)


@command(app, "clear")
def clear(session: Session, numbers: Numbers, *, decision: Reference) -> int:
    """Keep that registrations in doubt are in order, and lift the hold of the review."""
    return _review(session, numbers, decision, clears=True)


def _review(session: Session, numbers: list[str], decision: str, *, clears: bool) -> int:
    decided(session, partial(bodies.review, session.desk, numbers, decision, clears=clears))
    done = "cleared" if clears else "suspended for a review"
    return session.answer({"numbers": numbers, "done": done}, f"{', '.join(numbers)}: {done}; lists published")
