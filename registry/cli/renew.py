"""`cse renew`: re-registration and restoration, from the file to the approval by two persons."""

from datetime import date
from functools import partial
from typing import Annotated

import typer

from registry.cli.console import Digest, Number, Reference, Session, command, day_option, flag
from registry.cli.exits import UsageError
from registry.cli.publish import decided
from registry.domain.calendar import civil_date
from registry.domain.renewal import is_with_cse
from registry.services import renewals
from registry.store.register import AssessmentDays
from registry.store.renewals import PROMOTION, RenewalRow

app = typer.Typer(no_args_is_help=True, help="Renew a registration for its next term, or restore one that ended.")

Code = Annotated[str, typer.Option("--code", help="Version of the code of conduct that the member signed.")]
Promotion = Annotated[bool, flag("--promotion", help="The promotion that the society assesses (R-PR-07).")]
Incomplete = Annotated[bool, flag("--incomplete", help="Something is missing yet: it does not count as filed.")]
Assessed = Annotated[
    list[date] | None, day_option(help="For a restoration: day of the material review; in full, test, interview.")
]


@command(app, "file")
def file(
    session: Session, number: Number, *, code: Code, incomplete: Incomplete = False, promotion: Promotion = False
) -> int:
    """File a renewal, or of what ended a restoration; once more, when what was missing is there.

    A promotion that is undecided at the end of the term counts as a renewal filed in time.
    Example: cse renew file CSE26ELE00012379 --code 2024 --as board-ele
    """
    act = partial(renewals.file_renewal, session.desk, is_complete=not incomplete, promotes=promotion)
    kind = act(number, code, actor=session.actor(), now=session.now)
    return session.answer({"number": number, "filed": kind, "complete": not incomplete}, f"{number}: {kind} filed")


@command(app, "recommend")
def recommend(session: Session, number: Number, *, decision: Reference, assessed: Assessed = None) -> int:
    """Recommend that CSE approve what is filed; prints the digest that a second person confirms.

    Example: cse renew recommend CSE26ELE00012379 --decision 2026/41 --as board-ele
    """
    days = assessed or []
    if len(days) > len(AssessmentDays.__slots__):
        raise UsageError("--assessed is given three times at most: material review, test, interview")
    act = partial(renewals.recommend_renewal, session.desk, number, AssessmentDays(*days))
    digest = act(decision_ref=decision, actor=session.actor(), now=session.now)
    return session.propose(number, digest, "recommended", group="renew")


@command(app, "confirm")
def confirm(session: Session, digest: Digest) -> int:
    """Approve what was recommended, as another person; cse issue --pending then issues the certificate."""
    after = decided(session, partial(renewals.confirm_renewal, session.desk, digest))
    term = after.terms[-1]
    return session.report(after.register_no, f"term {term.seq} from {term.start_on} to {term.end_on} approved")


@command(app, "refuse")
def refuse(session: Session, number: Number, *, decision: Reference, promotion: Promotion = False) -> int:
    """Refuse what is filed, by a decision with reasons: an interim ends at once, that of a promotion in 30 days."""
    act = partial(renewals.refuse_renewal, session.desk, number, decision_ref=decision, promotes=promotion)
    last = decided(session, act)
    return session.report(number, f"refused; it may be appealed until {last}")


@command(app, "withdraw")
def withdraw(session: Session, number: Number, *, decision: Reference, promotion: Promotion = False) -> int:
    """Take back what is filed, at the applicant's word: an interim ends at once."""
    act = partial(renewals.withdraw_renewal, session.desk, number, decision_ref=decision, promotes=promotion)
    decided(session, act)
    return session.report(number, "file withdrawn")


@command(app, "list")
def queue(session: Session) -> int:
    """List what waits, by the end of the term in view: how many days, what is overdue, what has passed to CSE."""
    today = civil_date(session.now)
    rows = [_row(session, today, *one) for one in renewals.renewal_queue(session.desk, actor=session.actor())]
    lines = ["  ".join(row.values()) for row in rows]
    return session.answer(rows, "\n".join(lines) or "No renewal or restoration waits.")


def _row(session: Session, on: date, file: RenewalRow, days: tuple[date, date | None], society: str) -> dict[str, str]:
    passed = is_with_cse(days, file.completed_at, on, session.desk.policy) and file.kind != PROMOTION
    mark = "overdue, with CSE" if passed else "overdue"
    mark = "incomplete" if file.completed_at is None else mark if on > days[0] else ""
    named = {"number": str(file.register_no), "society": society, "kind": file.kind, "ends": str(days[0])}
    return named | {"waits": f"{(on - civil_date(file.filed_at)).days} days", "mark": mark}
