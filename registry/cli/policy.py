"""`cse policy`: the numbers that policy sets, by version, and why a registration has its status."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from registry.cli.console import Number, Session, UsageError, command, day_option
from registry.domain.calendar import civil_date
from registry.domain.policy import Policy, known_keys
from registry.services import explaining

app = typer.Typer(no_args_is_help=True, help="The numbers that policy sets, and why a registration has its status.")

PastDay = Annotated[date | None, day_option(help="A past day in China: as at its 24:00.")]


@command(app, "show")
def show(session: Session) -> int:
    """Print every version of the policy: the first whole, of the others what they change."""
    first = session.desk.policy
    told = [_told(one, before) for one, before in zip([first, *first.later], [None, first, *first.later], strict=False)]
    lines = [f"{name} = {value}" for one in told for name, value in one.items()]
    return session.answer(told, "\n".join(lines))


@command(app, "explain")
def explain(session: Session, number: Number, *, at: PastDay = None) -> int:
    """Print rule by rule why a registration has its status, now or on a past day.

    Example: cse policy explain CSE26ELE00012379 --at 2026-05-01.
    """
    if at is not None and at > civil_date(session.now):
        raise UsageError(f"--at {at} is yet to come")
    found = explaining.explain(session.desk, number, actor=session.actor(), now=session.now, on=at)
    told = [asdict(one) for one in found]
    return session.answer({"number": number, "reasons": told}, "\n".join(f"{one.rule:9} {one.says}" for one in found))


def _told(one: Policy, before: Policy | None) -> dict[str, Any]:
    values = {key: getattr(one, name) for key, name in known_keys().items()}
    changed = {key: v for key, v in values.items() if before is None or v != getattr(before, known_keys()[key])}
    return {"version": one.version, "from_on": one.from_on, **changed}
