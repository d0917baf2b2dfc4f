"""Taking applications in: each row becomes the recommendation of a society, which CSE confirms (R07)."""

from dataclasses import replace
from functools import partial
from typing import Any

from registry.domain.actors import Action, require
from registry.domain.calendar import civil_date
from registry.services.intake import Import, Outcome, take_in
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.services.registrations import PROMOTION, Recommendation, keep_recommendation
from registry.services.rows import Row, read_rows
from registry.services.trust import trust_in_force
from registry.store.work import Work
from verifier.trust import TrustList

COLUMNS = (
    "application_ref", "member_no", "society", "field", "grade", "kind", "standard_ref", "material_on",
    "written_on", "interview_on", "recommended_on", "recommended_by",
)  # fmt: skip
"""The header of a file of applications."""

INITIAL = "initial"
KINDS = (INITIAL, PROMOTION, "renewal", "restoration", "transfer", "inbound_recognition")
"""Kinds of application (domain 2.4); only the first two are taken from a file."""

_DAYS = {
    "material_review_on": "material_on",
    "written_test_on": "written_on",
    "interview_on": "interview_on",
    "decided_on": "recommended_on",
}
_COLUMN_OF = {**_DAYS, "standard": "standard_ref"}
"""What a recommendation calls by another name than its column."""


def import_applications(desk: Desk, order: Import) -> list[Outcome]:
    """Recommend what a society decided; nothing is registered by it.

    Raises `NotAllowedError`, `CsvError` for the file as a whole, `TrustListError`.
    """
    require(order.actor, Action.RECOMMEND_REGISTRATION, tenant=order.society)
    rows = read_rows(order.content, COLUMNS)
    with desk.open_reading() as work:
        trust = trust_in_force(work, now=order.now)
    outcomes = take_in(desk, order, rows, partial(_keep, desk, order, trust), reference="application_ref")
    return [replace(outcome, field=_COLUMN_OF.get(outcome.field, outcome.field)) for outcome in outcomes]


def _keep(desk: Desk, order: Import, trust: TrustList, work: Work, row: Row) -> bool:
    command = _read(work, order, row)
    return keep_recommendation(desk, work, command, trust=trust, actor=order.actor, now=order.now)[1]


def _read(work: Work, order: Import, row: Row) -> Recommendation:
    """Return the recommendation that a row stands for; the names come from the member. Raises `CommandError`."""
    kind = row.choice("kind", KINDS)
    if kind not in {INITIAL, PROMOTION}:
        raise CommandError(f"this register takes only {INITIAL} and {PROMOTION} from a file so far", "kind")
    told: dict[str, Any] = {name: row.day(column, until=civil_date(order.now)) for name, column in _DAYS.items()}
    society, reference = row.choice("society", [order.society]), row.reference("application_ref")
    file = work.members.file(member_no=row.reference("member_no"))
    member = work.register.member(file.member_id) if file is not None else None
    membership = work.members.membership(member_id=member.id, society=society) if member is not None else None
    if member is None or membership is None:
        raise CommandError(f"is no member of {society} (R-AP-01): import the member first", "member_no")
    if membership.from_on > min(told.values()):
        reason = f"a member since {membership.from_on}, after the assessment began (R-AP-01)"
        raise CommandError(reason, "member_no")
    who = (membership.membership_no, member.name_hans, member.name_latin, member.consent_c1, society)
    what = (row.text("field"), row.text("grade"), row.text("standard_ref"))
    told |= {"decision_ref": reference, "application_ref": reference, "recommended_by": row.reference("recommended_by")}
    return Recommendation(*who, *what, **told, kind=kind if kind == PROMOTION else None)
