"""`cse decide`: suspend, lift, and the ends of a registration. Each decision is published before the command ends."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, TypeVar

import typer

from registry.adapters.refusals import AdapterError
from registry.cli.console import (
    PUBLISHER,
    DigestArgument,
    NotPublishedError,
    NumberArgument,
    ReferenceOption,
    Session,
    command,
    day_option,
    flag,
)
from registry.demo.officers import REGISTRAR
from registry.domain.changes import GroundClass
from registry.domain.registration import Grade, HoldKind
from registry.services import answers, decisions, publishing, rulings, trust
from registry.services.refusals import ServiceError
from registry.store.refusals import StoreError

app = typer.Typer(no_args_is_help=True, help="Decide about a registration, as the actor you are mapped to.")

_Done = TypeVar("_Done")
DayOption = Annotated[date | None, day_option(help="Last day of a fixed term.")]
HoldOption = Annotated[HoldKind, typer.Option("--reason", case_sensitive=False, help="Kind of hold.")]
GroundOption = Annotated[GroundClass, typer.Option("--reason", help="Ground.")]
GradesOption = Annotated[
    list[Grade] | None, typer.Option(help="Name the registration of a grade; more than once for more.")
]
ReinstateOption = Annotated[
    bool, flag("--reinstate", help="With the holder's fault: let the lower grade live again, from now on.")
]
EventOption = Annotated[int, typer.Option("--event", help="Number of the event that was an error.")]
FieldOption = Annotated[bool, flag("--in-this-field", help="The decision is limited to the field of the number.")]
DeathOption = Annotated[date, day_option("--on", help="Day of death.")]
FinalOption = Annotated[str, typer.Option("--decision", help="Reference of the final decision.")]


def decided(session: Session, decide: Callable[..., _Done]) -> _Done:
    """Open keystores, trust list and folder, let the actor of the session decide, then publish it.

    `decide` is a use case that lacks its `actor` and `now` alone; what it gives is returned. What cannot be opened
    refuses before anything is recorded. Raises `NotPublishedError` if the decision stands and the lists do not.
    """
    actor = session.actor()
    keyring, publisher, machine = session.keyring(), session.publisher(), session.machine(PUBLISHER)
    if session.settings.is_demo:
        trust.refresh_trust_list(session.desk, keyring, actor=REGISTRAR, now=session.now)
    publishing.require_publishable(session.desk, keyring, publisher, now=session.now)
    done = decide(actor=actor, now=session.now)
    try:
        publishing.publish(session.desk, keyring, publisher, actor=machine, now=session.now)
    except (AdapterError, ServiceError, StoreError) as error:
        raise NotPublishedError(f"the decision is recorded and NOT yet published ({error}): run cse publish") from error
    return done


def report(session: Session, number: str, done: str) -> int:
    """Tell what was done about a number, and what its page says now."""
    page = answers.verdict_of_number(session.desk, number, now=session.now).verdict or {}
    value = {"number": number, "done": done, "outcome": page.get("outcome"), "state": page.get("state")}
    return session.answer(value, f"{number}: {done}; the page now says {page.get('state')}; lists published")


@command(app, "suspend")
def suspend(
    session: Session, number: NumberArgument, *, reason: HoldOption, decision: ReferenceOption, until: DayOption = None
) -> int:
    """Add a hold. Example: cse decide suspend CSE26ELE00012379 --reason identity --decision 2026/17."""
    suspension = decisions.Suspension(number, reason, decision, until)
    decided(session, partial(decisions.suspend_registration, session.desk, suspension))
    return report(session, number, f"hold {reason.lower()} added")


@command(app, "lift")
def lift(session: Session, number: NumberArgument, *, reason: HoldOption, decision: ReferenceOption) -> int:
    """Take away a hold; no other hold is touched."""
    decided(session, partial(decisions.lift_hold, session.desk, number, reason, decision_ref=decision))
    return report(session, number, f"hold {reason.lower()} lifted")


def _propose(session: Session, ruling: rulings.Ruling) -> int:
    digest = rulings.propose(session.desk, ruling, actor=session.actor(), now=session.now)
    return session.propose(ruling.number, digest, f"{ruling.kind} proposed", group="decide")


@command(app, "revoke")
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
    return _propose(session, rulings.Ruling("revocation", number, decision, reason, in_this_field=in_this_field))


@command(app, "annul")
def annul(
    session: Session,
    number: NumberArgument,
    *,
    reason: GroundOption,
    decision: FinalOption,
    grade: GradesOption = None,
    reinstate: ReinstateOption = False,
) -> int:
    """Propose an annulment, of what should never have been granted; a second person confirms the digest.

    Example, both grades at once: cse decide annul CSE26ELE00012379 --grade PE --grade SPE --reason false-statement
    --decision 2026/31
    """
    return _propose(session, rulings.Ruling("annulment", number, decision, reason, tuple(grade or ()), reinstate))


@command(app, "appeal-allowed")
def appeal_allowed(session: Session, number: NumberArgument, *, decision: FinalOption) -> int:
    """Propose to bring a revoked or annulled registration back after a later review; a second person confirms.

    A lower grade that lives in its place is superseded again.
    """
    return _propose(session, rulings.Ruling("appeal", number, decision))


@command(app, "correct")
def correct(session: Session, number: NumberArgument, *, event: EventOption, decision: FinalOption) -> int:
    """Propose to take back the event that ended a registration in error; a second person confirms.

    The numbers of events: cse events NUMBER
    """
    return _propose(session, rulings.Ruling("correction", number, decision, event=event))


@command(app, "confirm")
def confirm(session: Session, digest: DigestArgument) -> int:
    """Confirm what another person proposed: revocation, annulment, appeal allowed, correction."""
    number, done = decided(session, partial(rulings.confirm, session.desk, digest))
    return report(session, number, f"registration {done}")


@command(app, "take-back")
def take_back(session: Session, digest: DigestArgument) -> int:
    """Take back a proposal that nobody has confirmed yet."""
    number = rulings.take_back(session.desk, digest, actor=session.actor(), now=session.now)
    return session.answer({"number": number, "proposal": digest}, f"{number}: the proposal is taken back")


@command(app, "withdraw")
def withdraw(session: Session, number: NumberArgument, *, decision: ReferenceOption) -> int:
    """End a registration at the holder's own request."""
    decided(session, partial(decisions.withdraw, session.desk, number, decision_ref=decision))
    return report(session, number, "registration withdrawn")


@command(app, "death")
def death(session: Session, number: NumberArgument, *, on: DeathOption, decision: ReferenceOption) -> int:
    """Record the death of a holder: every registration of theirs ends, with neutral words."""
    decided(session, partial(decisions.record_death, session.desk, number, on, decision_ref=decision))
    return report(session, number, "death recorded")
