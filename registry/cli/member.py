"""`cse member`: how a membership stands, and the entry of somebody who changes the society (R-RG-06)."""

from datetime import date
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from registry.cli.console import Number, Reference, Session, command, day_option
from registry.cli.publish import decided
from registry.services import memberships

app = typer.Typer(no_args_is_help=True, help="Memberships in societies, and who changes the society.")


class Standing(StrEnum):
    """How a membership stands."""

    GOOD = memberships.GOOD
    ARREARS = memberships.ARREARS
    ENDED = memberships.ENDED


Member = Annotated[str, typer.Argument(help="Membership number in your society.")]
Stands = Annotated[Standing, typer.Argument(help="How it stands.")]
OnDay = Annotated[date, day_option(help="Last day of one that ended, else first day on which it counts.")]
Society = Annotated[str, typer.Option("--to", help="Code of the society that takes over.")]


@command(app, "standing")
def standing(session: Session, member: Member, stands: Stands, *, on: OnDay) -> int:
    """Record that a membership ended, is in arrears, or is good again; the first two are the notice of today.

    Example: cse member standing M-1 ended --on 2026-03-01 --as board-ele
    """
    society = session.actor().tenant
    last = decided(session, partial(memberships.set_standing, session.desk, society, member, stands, on))
    until = f"; it may be mended until {last}" if last is not None else ""
    told = {"member": member, "standing": stands, "mend_until": last}
    return session.answer(told, f"{member}: {stands}{until}")


@command(app, "transfer")
def transfer(session: Session, number: Number, *, to: Society, decision: Reference) -> int:
    """Let another society administer an entry: the same number, term and hours, and no assessment.

    Example: cse member transfer CSE26ICT00012379 --to ELE --decision 2026/12
    """
    decided(session, partial(memberships.transfer, session.desk, number, to, decision))
    return session.report(number, f"administered by {to}")
