"""`cse renew`: re-registration and restoration, from the file to the approval by two persons."""

from datetime import date, datetime
from typing import Annotated

import typer

from registry.cli.console import Session, flag, with_session
from registry.cli.decide import DigestArgument, NumberArgument, ReferenceOption, published, report
from registry.domain.calendar import civil_date
from registry.domain.numbers import parse_register_number
from registry.domain.renewal import is_with_cse
from registry.services import renewals
from registry.store.register import AssessmentDays
from registry.store.renewals import Waiting

app = typer.Typer(no_args_is_help=True, help="Renew a registration for its next term, or restore one that ended.")

CodeOption = Annotated[str, typer.Option("--code", help="Version of the code of conduct that the member signed.")]
IncompleteOption = Annotated[bool, flag("--incomplete", help="Something is missing yet: it does not count as filed.")]
_Day = datetime | None
ReviewOption = Annotated[_Day, typer.Option(formats=["%Y-%m-%d"], help="Restoration: day of the material review.")]
TestOption = Annotated[_Day, typer.Option(formats=["%Y-%m-%d"], help="Full restoration: day of the written test.")]
TalkOption = Annotated[_Day, typer.Option(formats=["%Y-%m-%d"], help="Full restoration: day of the interview.")]


@app.command("file")
@with_session
def file(session: Session, number: NumberArgument, *, code: CodeOption, incomplete: IncompleteOption = False) -> int:
    """File a renewal, or of what ended a restoration; once more, when what was missing is there.

    Example: cse renew file CSE26ELE00012379 --code 2024 --as board-ele
    """
    plain, signed = parse_register_number(number), renewals.Signed(code, not incomplete)
    kind = renewals.file_renewal(session.desk, plain, signed, actor=session.actor(), now=session.now)
    return session.answer({"number": plain, "filed": kind, "complete": not incomplete}, f"{plain}: {kind} filed")


@app.command("recommend")
@with_session
def recommend(
    session: Session,
    number: NumberArgument,
    *,
    decision: ReferenceOption,
    review: ReviewOption = None,
    test: TestOption = None,
    interview: TalkOption = None,
) -> int:
    """Recommend that CSE approve what is filed; prints the digest that a second person confirms.

    Example: cse renew recommend CSE26ELE00012379 --decision 2026/41 --as board-ele
    """
    plain, days = (
        parse_register_number(number),
        AssessmentDays(*(day and day.date() for day in (review, test, interview))),
    )
    approval = renewals.Approval(plain, decision, days)
    digest = renewals.recommend_renewal(session.desk, approval, actor=session.actor(), now=session.now)
    told = f"{plain}: recommended; nothing has changed yet. A second person confirms with\n  cse renew confirm {digest}"
    return session.answer({"number": plain, "proposal": digest}, told)


@app.command("confirm")
@with_session
def confirm(session: Session, digest: DigestArgument) -> int:
    """Approve what was recommended, as another person; cse issue --pending then issues the certificate."""
    actor = session.actor()
    with published(session):
        after = renewals.confirm_renewal(session.desk, digest, actor=actor, now=session.now)
    term = after.terms[-1]
    return report(session, after.register_no, f"term {term.seq} from {term.start_on} to {term.end_on} approved")


@app.command("refuse")
@with_session
def refuse(session: Session, number: NumberArgument, *, decision: ReferenceOption) -> int:
    """Refuse what is filed, by a decision with reasons: an interim ends at once."""
    plain, actor = parse_register_number(number), session.actor()
    with published(session):
        last = renewals.refuse_renewal(session.desk, plain, decision_ref=decision, actor=actor, now=session.now)
    return report(session, plain, f"refused; it may be appealed until {last}")


@app.command("withdraw")
@with_session
def withdraw(session: Session, number: NumberArgument, *, decision: ReferenceOption) -> int:
    """Take back what is filed, at the applicant's word: an interim ends at once."""
    plain, actor = parse_register_number(number), session.actor()
    with published(session):
        renewals.withdraw_renewal(session.desk, plain, decision_ref=decision, actor=actor, now=session.now)
    return report(session, plain, "file withdrawn")


@app.command("list")
@with_session
def queue(session: Session) -> int:
    """List what waits, by the end of the term in view: how many days, what is overdue, what has passed to CSE."""
    today = civil_date(session.now)
    rows = [_row(session, one, today) for one in renewals.renewal_queue(session.desk, actor=session.actor())]
    lines = ["  ".join(row.values()) for row in rows]
    return session.answer(rows, "\n".join(lines) or "No renewal or restoration waits.")


def _row(session: Session, one: Waiting, today: date) -> dict[str, str]:
    mark = "overdue" if today > one.end_on else ""
    if is_with_cse(one.end_on, today, session.desk.policy):
        mark = "overdue, with CSE"
    named = {"number": str(one.file.register_no), "society": one.society, "kind": one.file.kind}
    days = f"{(today - civil_date(one.file.filed_at)).days} days"
    return named | {"ends": str(one.end_on), "waits": days, "mark": mark if one.file.completed_at else "incomplete"}
