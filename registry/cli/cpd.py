"""`cse cpd`: the ledger of yearly credit hours. What ends or begins a hold is published before the command ends."""

import re
from dataclasses import asdict
from decimal import Decimal
from functools import partial
from typing import Annotated

import typer

from registry.cli.console import Number, Numbers, Reference, Session, UsageError, command, flag
from registry.cli.publish import decided
from registry.domain.cpd_person import Activity
from registry.services import cpd_facts
from registry.store.cpd import YearRow

app = typer.Typer(no_args_is_help=True, help="Credit hours: review, take back, exempt and show, as the actor you are.")

ActivityNumber = Annotated[int, typer.Argument(help="Number of the activity, as cse cpd show lists it.")]
Year = Annotated[int, typer.Argument(help="CPD year, a calendar year in China.")]
Hours = Annotated[str, typer.Option(help="Hours, in steps of 0.5.")]
Months = Annotated[int, typer.Option(help="Whole months, beside those that are exempt already.")]


def _hours(text: str) -> Decimal:
    if not re.fullmatch(cpd_facts.HOURS, text):
        raise UsageError(f"--hours {text} is no number such as 6 or 6.5")
    return Decimal(text)


def _done(session: Session, number: str, done: str) -> int:
    return session.answer({"number": number, "done": done}, f"{number}: {done}; lists published")


@command(app, "begin")
def begin(session: Session, year: Year) -> int:
    """Keep the ledger from a year on, as a registrar: once, and never for a year that is over."""
    cpd_facts.begin_ledger(session.desk, year, actor=session.actor(), now=session.now)
    return session.answer({"from": year}, f"The ledger is kept from {year} on; cse sweep opens the years.")


@command(app, "review")
def review(
    session: Session,
    number: Number,
    activities: Annotated[list[int] | None, typer.Argument(help="Activities (else all that wait for you).")] = None,
    *,
    accept: Annotated[bool, flag("--accept", help="Accept all their hours.")] = False,
    reject: Annotated[bool, flag("--reject", help="Accept none of their hours.")] = False,
    hours: Annotated[str | None, typer.Option(help="Accept so many hours of one activity.")] = None,
) -> int:
    """Decide on hours that were handed in; a hold ends with the last that were missing.

    Example: cse cpd review CSE26ELE00012379 3 --hours 4.5 --as board-ele
    """
    if sum((accept, reject, hours is not None)) != 1 or (hours is not None and len(activities or []) != 1):
        raise UsageError("say one of --accept, --reject, or --hours with one activity")
    counted = _hours(hours) if hours is not None else Decimal(0) if reject else None
    seqs = decided(session, partial(cpd_facts.review, session.desk, number, activities or [], counted))
    return _done(session, number, f"decided on activity {', '.join(map(str, seqs)) or 'none: nothing waits for you'}")


@command(app, "reverse")
def reverse(session: Session, number: Number, activity: ActivityNumber, *, hours: Hours) -> int:
    """Take back accepted hours that were found wrong: a year that is short then gets a new notice and 60 days."""
    taken = _hours(hours)
    cpd_facts.reverse(session.desk, number, activity, taken, actor=session.actor(), now=session.now)
    return _done(session, number, f"{taken} h of activity {activity} taken back")


@command(app, "allocate")
def allocate(session: Session, number: Number, activity: ActivityNumber, year: Year) -> int:
    """Let an activity make up the shortfall of an earlier year; it then counts nowhere else."""
    decided(session, partial(cpd_facts.allocate, session.desk, number, activity, year))
    return _done(session, number, f"activity {activity} makes up {year}")


@command(app, "exempt")
def exempt(session: Session, number: Number, year: Year, *, months: Months, decision: Reference) -> int:
    """Exempt months of a year on evidence: illness, parental leave, military service, other hardship."""
    decided(session, partial(cpd_facts.exempt, session.desk, number, year, months, decision))
    return _done(session, number, f"{months} more months of {year} exempt")


@command(app, "show")
def show(session: Session, numbers: Numbers) -> int:
    """Show the ledger by year: state, hours required, accepted and pending, end of the cure; then each activity."""
    told, lines = [], []
    for number in numbers:
        years, activities = cpd_facts.statement(session.desk, number, actor=session.actor(), now=session.now)
        told.append({"number": number, "years": list(map(asdict, years)), "activities": list(map(asdict, activities))})
        lines += [number, *map(_year_line, years), *map(_activity_line, activities)]
    return session.answer(told, "\n".join(lines))


def _year_line(one: YearRow) -> str:
    until = f"  cure until {one.cure_until_on}" if one.cure_until_on else "  provisional" if one.is_provisional else ""
    hours = f"required {one.required:.1f}  accepted {one.accepted:.1f}  pending {one.pending:.1f}"
    return f"  {one.year}  {one.state:16}  {hours}{until}"


def _activity_line(one: Activity) -> str:
    decided = f"accepted {one.accepted:.1f}" if one.decided_at is not None else "waiting"
    taken = f", {one.reversed_hours:.1f} taken back" if one.reversed_at is not None else ""
    what = f"{one.hours:.1f} h  category {one.category}  {one.field}  {one.organizer}"
    return f"    {one.seq:3}  {one.activity_on}  {what}  for {one.year}: {decided}{taken}"


@command(app, "sample")
def sample(session: Session, year: Year, *, seed: Annotated[str, typer.Option(help="The published seed.")]) -> int:
    """Draw the members to be audited for a year; publish the digest of the list before you tell them."""
    digest, drawn = cpd_facts.draw_audit(session.desk, year, seed, actor=session.actor(), now=session.now)
    lines = [*sorted(f"{society}  {number}" for number, society in drawn.items()), f"{len(drawn)} drawn"]
    return session.answer({"sha256": digest, "members": drawn}, "\n".join([*lines, f"list sha256:{digest}"]))
