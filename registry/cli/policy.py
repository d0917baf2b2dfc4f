"""`cse policy`: the numbers that policy sets, by version, and why a registration has its status."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from registry.cli.console import Session, UsageError, with_session
from registry.domain.calendar import civil_date
from registry.domain.numbers import parse_register_number
from registry.domain.policy import Policy, known_keys
from registry.services import explaining
from schemas.refusals import translated

app = typer.Typer(no_args_is_help=True, help="The numbers that policy sets, and why a registration has its status.")

NumberArgument = Annotated[str, typer.Argument(help="Register number.")]
DayOption = Annotated[str | None, typer.Option(help="A past day in China, YYYY-MM-DD: as at its 24:00.")]


@app.command("show")
@with_session
def show(session: Session) -> int:
    """Print every version of the policy: the first whole, of the others what they change."""
    first = session.desk.policy
    told = [_told(one, before) for one, before in zip([first, *first.later], [None, first, *first.later], strict=False)]
    lines = [f"{name} = {value}" for one in told for name, value in one.items()]
    return session.answer(told, "\n".join(lines))


@app.command("explain")
@with_session
def explain(session: Session, number: NumberArgument, *, at: DayOption = None) -> int:
    """Print rule by rule why a registration has its status, now or on a past day.

    Example: cse policy explain CSE26ELE00012379 --at 2026-05-01.
    """
    with translated(ValueError, to=UsageError(f"--at {at} is no day such as 2027-01-31")):
        on = date.fromisoformat(at) if at is not None else None
    if on is not None and on > civil_date(session.now):
        raise UsageError(f"--at {at} is yet to come")
    plain, actor = parse_register_number(number), session.actor()
    found = explaining.explain(session.desk, plain, actor=actor, now=session.now, on=on)
    told = [asdict(one) for one in found]
    return session.answer({"number": plain, "reasons": told}, "\n".join(f"{one.rule:9} {one.says}" for one in found))


def _told(one: Policy, before: Policy | None) -> dict[str, Any]:
    values = {key: getattr(one, name) for key, name in known_keys().items()}
    changed = {key: v for key, v in values.items() if before is None or v != getattr(before, known_keys()[key])}
    return {"version": one.version, "from_on": one.from_on.isoformat(), **changed}
