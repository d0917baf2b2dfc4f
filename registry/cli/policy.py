"""`cse policy`: the numbers that policy sets, by version, and why a registration has its status."""

from typing import Any

import typer

from registry.cli.console import Session, with_session
from registry.domain.policy import Policy, known_keys

app = typer.Typer(no_args_is_help=True, help="The numbers that policy sets, and why a registration has its status.")


@app.command("show")
@with_session
def show(session: Session) -> int:
    """Print every version of the policy: the first whole, of the others what they change."""
    first = session.desk.policy
    told = [_told(one, before) for one, before in zip([first, *first.later], [None, first, *first.later], strict=False)]
    lines = [f"{name} = {value}" for one in told for name, value in one.items()]
    return session.answer(told, "\n".join(lines))


def _told(one: Policy, before: Policy | None) -> dict[str, Any]:
    values = {key: getattr(one, name) for key, name in known_keys().items()}
    changed = {key: v for key, v in values.items() if before is None or v != getattr(before, known_keys()[key])}
    return {"version": one.version, "from_on": one.from_on.isoformat(), **changed}
