"""`cse decide`: suspend, lift, and the ends of a registration. Each decision is published before the command ends."""

from datetime import date
from functools import partial
from typing import Annotated

import typer

from registry.cli.console import Digest, Number, Reference, Session, command, day_option, flag
from registry.cli.publish import decided
from registry.domain.changes import GroundClass
from registry.domain.registration import Grade, HoldKind
from registry.services import decisions, rulings

app = typer.Typer(no_args_is_help=True, help="Decide about a registration, as the actor you are mapped to.")

LastDay = Annotated[date | None, day_option(help="Last day of a fixed term.")]
Hold = Annotated[HoldKind, typer.Option("--reason", case_sensitive=False, help="Kind of hold.")]
Ground = Annotated[GroundClass, typer.Option("--reason", help="Ground.")]
Grades = Annotated[list[Grade] | None, typer.Option(help="Name the registration of a grade; more than once for more.")]
Appealed = Annotated[Grade | None, typer.Option("--grade", help="Name the registration of a grade.")]
LowerGradeToo = Annotated[
    bool, flag("--reinstate", help="With the holder's fault: let the lower grade live again, from now on.")
]
EventNumber = Annotated[int, typer.Option("--event", help="Number of the event that was an error.")]
InThisField = Annotated[bool, flag("--in-this-field", help="The decision is limited to the field of the number.")]
DayOfDeath = Annotated[date, day_option("--on", help="Day of death.")]
Final = Annotated[str, typer.Option("--decision", help="Reference of the final decision.")]


@command(app, "suspend")
def suspend(session: Session, number: Number, *, reason: Hold, decision: Reference, until: LastDay = None) -> int:
    """Add a hold. Example: cse decide suspend CSE26ELE00012379 --reason identity --decision 2026/17."""
    suspension = decisions.Suspension(number, reason, decision, until)
    decided(session, partial(decisions.suspend_registration, session.desk, suspension))
    return session.report(number, f"hold {reason.lower()} added")


@command(app, "lift")
def lift(session: Session, number: Number, *, reason: Hold, decision: Reference) -> int:
    """Take away a hold; no other hold is touched."""
    decided(session, partial(decisions.lift_hold, session.desk, number, reason, decision_ref=decision))
    return session.report(number, f"hold {reason.lower()} lifted")


def _propose(session: Session, ruling: rulings.Ruling) -> int:
    digest = rulings.propose(session.desk, ruling, actor=session.actor(), now=session.now)
    return session.propose(ruling.number, digest, f"{ruling.kind} proposed", group="decide")


@command(app, "revoke")
def revoke(
    session: Session, number: Number, *, reason: Ground, decision: Final, in_this_field: InThisField = False
) -> int:
    """Propose a revocation by a final decision; a second person confirms the digest that is printed.

    It ends all that the person holds, unless the decision is limited to the field of the number.
    """
    return _propose(session, rulings.Ruling("revocation", number, decision, reason, in_this_field=in_this_field))


@command(app, "annul")
def annul(
    session: Session,
    number: Number,
    *,
    reason: Ground,
    decision: Final,
    grade: Grades = None,
    reinstate: LowerGradeToo = False,
) -> int:
    """Propose an annulment, of what should never have been granted; a second person confirms the digest.

    Example, both grades at once: cse decide annul CSE26ELE00012379 --grade PE --grade SPE --reason false-statement
    --decision 2026/31
    """
    return _propose(session, rulings.Ruling("annulment", number, decision, reason, tuple(grade or ()), reinstate))


@command(app, "appeal-allowed")
def appeal_allowed(session: Session, number: Number, *, decision: Final, grade: Appealed = None) -> int:
    """Propose to bring a revoked or annulled registration back after a later review; a second person confirms.

    A lower grade that lives in its place is superseded again. Without a grade it is what ended last.
    """
    return _propose(session, rulings.Ruling("appeal", number, decision, grades=(grade,) if grade else ()))


@command(app, "correct")
def correct(session: Session, number: Number, *, event: EventNumber, decision: Final) -> int:
    """Propose to take back the event that ended a registration in error; a second person confirms.

    The numbers of events: cse events NUMBER
    """
    return _propose(session, rulings.Ruling("correction", number, decision, event=event))


@command(app, "confirm")
def confirm(session: Session, digest: Digest) -> int:
    """Confirm what another person proposed: revocation, annulment, appeal allowed, correction."""
    number, done = decided(session, partial(rulings.confirm, session.desk, digest))
    return session.report(number, f"registration {done}")


@command(app, "take-back")
def take_back(session: Session, digest: Digest) -> int:
    """Take back a proposal that nobody has confirmed yet."""
    number = rulings.take_back(session.desk, digest, actor=session.actor(), now=session.now)
    return session.answer({"number": number, "proposal": digest}, f"{number}: the proposal is taken back")


@command(app, "withdraw")
def withdraw(session: Session, number: Number, *, decision: Reference) -> int:
    """End a registration at the holder's own request."""
    decided(session, partial(decisions.withdraw, session.desk, number, decision_ref=decision))
    return session.report(number, "registration withdrawn")


@command(app, "death")
def death(session: Session, number: Number, *, on: DayOfDeath, decision: Reference) -> int:
    """Record the death of a holder: every registration of theirs ends, with neutral words."""
    decided(session, partial(decisions.record_death, session.desk, number, on, decision_ref=decision))
    return session.report(number, "death recorded")
