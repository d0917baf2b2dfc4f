"""`cse import`: members, applications and credit hours of a society, from a CSV file."""

from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from registry.adapters.keyring import SecretFile
from registry.cli.console import ERR, GOOD, NO, OUT, Session, UsageError, flag, print_json, with_session
from registry.cli.inputs import read_file
from registry.services import applications, cpd_facts, members, refusals, rows
from registry.services.intake import Import, Outcome, Result

_MANY_ROWS = 500
"""From so many rows on, a bar shows how far it is."""


class What(StrEnum):
    """What a file holds."""

    MEMBERS = "members"
    APPLICATIONS = "applications"
    CPD = "cpd"


Held = Annotated[What, typer.Argument(help="What the file holds.")]
File = Annotated[Path, typer.Argument(help="CSV file, UTF-8 or GB18030.")]
Society = Annotated[str | None, typer.Option(help="Code of the society (else that of the actor).")]
Trial = Annotated[bool, flag("--dry-run", help="Say what would happen, and write nothing.")]


@with_session
def import_file(session: Session, what: Held, file: File, *, society: Society = None, is_trial: Trial = False) -> int:
    """Take in members, applications or credit hours of a society; a bad row stops no other.

    Example: cse import members docs/examples/members.csv --as board-ele
    """
    actor, content = session.actor(), read_file(str(file), rows.LARGEST_FILE)
    bar = Progress(console=ERR)
    task = bar.add_task("Rows", total=None)

    def step(done: int, total: int) -> None:
        if total >= _MANY_ROWS:
            bar.start()
            bar.update(task, completed=done, total=total)

    order = Import(content, society or actor.tenant, actor, session.now, is_trial, step)
    try:
        if what is What.MEMBERS:
            outcomes = members.import_members(session.desk, order, secret=SecretFile(session.settings.secret_file))
        elif what is What.APPLICATIONS:
            outcomes = applications.import_applications(session.desk, order)
        else:
            outcomes = cpd_facts.import_activities(session.desk, order)
    except refusals.CsvError as error:
        raise UsageError(f"{file}: {error}; nothing was read") from error
    finally:
        if bar.live.is_started:
            bar.stop()
    return _report(outcomes, is_trial, session.as_json)


def _report(outcomes: list[Outcome], is_trial: bool, as_json: bool) -> int:
    """Print what became of each row, and the sums; the answer is no if one was refused."""
    counted = Counter(outcome.result for outcome in outcomes)
    sums = {str(result): counted[result] for result in Result}
    if as_json:
        print_json({**sums, "dry_run": is_trial, "rows": [asdict(outcome) for outcome in outcomes]})
    else:
        for one in outcomes:
            why = f"  {one.field or 'row'}: {one.reason}" if one.result is Result.REFUSED else ""
            OUT.print(f"line {one.line:>5}  {one.reference or '-':16}  {one.result:9}{why}", markup=False)
        OUT.print(" ".join(f"{name}={count}" for name, count in sums.items()))
        if is_trial:
            OUT.print("Dry run: nothing was written.")
    return NO if counted[Result.REFUSED] else GOOD
