"""`cse sweep`: what time alone changes."""

from collections import Counter
from datetime import date, datetime
from functools import partial
from typing import Annotated

import typer
from rich.progress import Progress

from registry.cli.console import CLOCK, ERR, NO, PUBLISHER, Session, UsageError, flag, with_session
from registry.cli.publish import publish_now, tell_left, unpublished
from registry.domain.calendar import civil_date, start_of
from registry.services import breaker, sweeping
from schemas.refusals import translated

AsOf = Annotated[
    str | None,
    typer.Option(help="As at 00:00 of this day in China: a dry run, an approval, or, past, of a demonstration."),
]
DryRun = Annotated[bool, flag("--dry-run", help="Tell what is due, and change nothing.")]
Approved = Annotated[
    bool, flag("--approved", help="You saw the dry run, as another registrar did: go on after a pause, or with many.")
]


@with_session
def sweep(session: Session, *, as_of: AsOf = None, dry_run: DryRun = False, approved: Approved = False) -> int:
    """Record what is due by now: expiries, lapses and the ends of suspensions; then publish.

    Run it every minute. Example: cse sweep --dry-run --as-of 2026-10-13, then cse sweep.
    """
    until = _instant(as_of)
    if dry_run and approved:
        raise UsageError("--dry-run only looks, so --approved goes without it")
    if dry_run:
        with session.desk.open_reading() as work:
            found = sweeping.due_at(session.desk, work, until or session.now)
        return session.answer(dict(found), f"due: {_counts(found)}")
    if approved and until is not None and until > session.now:
        is_done = breaker.approve(session.desk, civil_date(until), actor=session.actor(), now=session.now)
        left = "by two persons: these go out on that day" if is_done else "by you; another registrar does the same"
        return session.answer({"approved": is_done}, f"lapses of {as_of} approved {left}")
    if until is not None and not session.settings.is_demo:
        raise UsageError("--as-of goes with --dry-run: only a demonstration register is swept as of another day")
    with Progress(console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task("Registrations", total=None)
        run = partial(sweeping.sweep, session.desk, actor=session.machine(CLOCK), now=session.now, as_of=until)
        run = partial(run, keyring=session.keyring() if session.settings.is_demo else None)
        approved_by = [session.actor()] if approved else []
        swept = run(approved_by=approved_by, step=lambda done, total: bar.update(task, completed=done, total=total))
    tell_left(swept)
    told = {"done": swept.done, "waiting": swept.waiting, "unreadable": swept.unreadable}
    # Always: a run before this one may have been killed between recording and publishing.
    with unpublished("what was due", "cse sweep again"):
        publish_now(session, session.keyring(), session.publisher(), session.machine(PUBLISHER), session.now)
    code = session.answer(told, f"done: {_counts(swept.done)}")
    return NO if swept.waiting or swept.unreadable else code


def _instant(text: str | None) -> datetime | None:
    with translated(ValueError, OverflowError, to=UsageError(f"--as-of {text} is no day such as 2027-01-31")):
        return start_of(date.fromisoformat(text)) if text is not None else None


def _counts(found: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(found.items())) or "nothing"
