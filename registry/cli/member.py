"""`cse member`: how a membership stands, and the entry of somebody who changes the society (R-RG-06)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from registry.cli.console import Session, with_session
from registry.cli.decide import NumberArgument, ReferenceOption, published, report
from registry.domain.numbers import parse_register_number
from registry.services import memberships

app = typer.Typer(no_args_is_help=True, help="Memberships in societies, and who changes the society.")


class Standing(StrEnum):
    """How a membership stands."""

    GOOD = memberships.GOOD
    ARREARS = memberships.ARREARS
    ENDED = memberships.ENDED


MemberArgument = Annotated[str, typer.Argument(help="Membership number in your society.")]
StandingArgument = Annotated[Standing, typer.Argument(help="How it stands.")]
OnOption = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of one that ended, else first day on which it counts.")
]
SocietyOption = Annotated[str, typer.Option("--to", help="Code of the society that takes over.")]


@app.command("standing")
@with_session
def standing(session: Session, member: MemberArgument, stands: StandingArgument, *, on: OnOption) -> int:
    """Record that a membership ended, is in arrears, or is good again; the first two are the notice of today.

    Example: cse member standing M-1 ended --on 2026-03-01 --as board-ele
    """
    actor = session.actor()
    with published(session):
        last = memberships.set_standing(
            session.desk, actor.tenant, member, stands, on.date(), actor=actor, now=session.now
        )
    until = f"; it may be mended until {last}" if last is not None else ""
    told = {"member": member, "standing": stands, "mend_until": last and last.isoformat()}
    return session.answer(told, f"{member}: {stands}{until}")


@app.command("transfer")
@with_session
def transfer(session: Session, number: NumberArgument, *, to: SocietyOption, decision: ReferenceOption) -> int:
    """Let another society administer an entry: the same number, term and hours, and no assessment.

    Example: cse member transfer CSE26ICT00012379 --to ELE --decision 2026/12
    """
    plain, actor = parse_register_number(number), session.actor()
    with published(session):
        memberships.transfer(session.desk, plain, to, decision, actor=actor, now=session.now)
    return report(session, plain, f"administered by {to}")
