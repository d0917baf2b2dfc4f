"""`cse events`, `cse audit`: the event feed of the register, and whether the register agrees with itself."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from registry.cli.console import NO, Session, with_session
from registry.domain.numbers import parse_register_number
from registry.services import audit
from registry.store.journal import RecordedEvent
from verifier.instants import utc_text

Number = Annotated[str | None, typer.Argument(help="Only those of a register number.")]
After = Annotated[int, typer.Option(min=0, help="Only those after the event of this number.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")]


@with_session
def events(session: Session, number: Number = None, *, after: After = 0, limit: Limit = 100) -> int:
    """Print the events of the register, gapless and in order. Example: cse events --after 1200 --limit 50."""
    actor = session.actor()
    if number is None:
        found = audit.events(session.desk, actor=actor, after=after, limit=limit)
    else:
        own = audit.events_of(session.desk, parse_register_number(number), actor=actor)
        found = [one for one in own if one.seq > after][:limit]
    lines = [
        f"{one.seq:6}  {utc_text(one.effective_at)}  {one.register_no}  {one.type:22} {one.to_state}" for one in found
    ]
    return session.answer([_plain(one) for one in found], "\n".join(lines) or "no events")


def _plain(event: RecordedEvent) -> dict[str, Any]:
    return asdict(event) | {name: utc_text(getattr(event, name)) for name in ("effective_at", "recorded_at")}


@with_session
def audit_command(session: Session) -> int:
    """Check that journal, events, registrations, certificates and published lists agree; change nothing."""
    found = audit.audit(session.desk, session.publisher(), actor=session.actor(), now=session.now)
    code = session.answer({"inconsistencies": found}, "\n".join([*found, f"inconsistencies={len(found)}"]))
    return NO if found else code
