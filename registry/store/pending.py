"""The terms that certificates are of, read for many numbers by one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select

from registry.domain.registration import LIVE, Life
from registry.store.certificates import ISSUED
from registry.store.repository import Repository
from registry.store.tables import CERTIFICATE, ENTRY, MEMBER, PROPOSAL, REGISTRATION, TERM


@dataclass(frozen=True, slots=True)
class LiveTerm:
    """The term of the live registration of a number that wants a certificate, with all that this says.

    It is the last one, or that of a certificate to be replaced.
    """

    register_no: str
    field: str
    society: str
    first_registered_on: date
    name_hans: str | None
    name_latin: str | None
    registration_seq: int
    grade: str
    grade_since_on: date
    assessing_society: str
    life_since: datetime
    standard_ref: str
    material_review_on: date | None
    written_test_on: date | None
    interview_on: date | None
    term_seq: int
    start_on: date
    end_on: date
    origin: str
    interim_until_on: date | None
    """Last day of the interim that runs after it; the certificate is then that of the interim."""
    body: str
    """The society's recommendation that CSE confirmed."""
    last_issue: int
    """The highest issue number of any certificate of the number, also a voided one; 0 if there is none."""
    is_certified: bool
    replaces: str | None
    """Page of the certificate to be replaced: what is issued is of its term, and counts from the same moment."""
    replaced_from: datetime | None
    renamed: str | None
    """The replacement by which the person has the present name, if the recommendation had another one (R-ME-03)."""


_own = TERM.alias()
_LAST = select(_own.c.seq).where(
    _own.c.register_no == REGISTRATION.c.register_no, _own.c.registration_seq == REGISTRATION.c.seq
)
"""A second reading in SQL of `Registration.last_term`, held equal by a test."""
_OLD, _RENAMED = CERTIFICATE.alias("old"), PROPOSAL.alias("renamed")
_flagged = CERTIFICATE.alias("flagged")
_FIRST_FLAGGED = select(func.min(_flagged.c.issue_number)).where(
    _flagged.c.register_no == REGISTRATION.c.register_no,
    _flagged.c.registration_seq == REGISTRATION.c.seq,
    _flagged.c.replaced_for.is_not(None),
    _flagged.c.replaced_by.is_(None),
    _flagged.c.ended_at.is_(None),
)
_IS_OLD = and_(
    _OLD.c.register_no == REGISTRATION.c.register_no, _OLD.c.issue_number == _FIRST_FLAGGED.scalar_subquery()
)
_LAST_TERM = _LAST.order_by(_own.c.end_on.desc(), _own.c.seq.desc()).limit(1).scalar_subquery()
_IS_WANTED = TERM.c.seq == func.coalesce(_OLD.c.term_seq, _LAST_TERM)
_OF_REGISTRATION = and_(TERM.c.register_no == REGISTRATION.c.register_no, TERM.c.registration_seq == REGISTRATION.c.seq)
_LIVE = and_(REGISTRATION.c.register_no == ENTRY.c.register_no, REGISTRATION.c.life.in_(LIVE))
_TERMS = ENTRY.join(REGISTRATION, _LIVE).outerjoin(_OLD, _IS_OLD).join(TERM, and_(_OF_REGISTRATION, _IS_WANTED))
_OWN = CERTIFICATE.c.register_no == ENTRY.c.register_no
_OF_TERM = and_(CERTIFICATE.c.registration_seq == TERM.c.registration_seq, CERTIFICATE.c.term_seq == TERM.c.seq)
# A certificate runs to the last second in China of its last day: after the beginning of that day in any zone.
_TO_THE_END = CERTIFICATE.c.valid_until > func.coalesce(TERM.c.interim_until_on, TERM.c.end_on)
_IN_FORCE = and_(CERTIFICATE.c.state == ISSUED, CERTIFICATE.c.ended_at.is_(None))
_CERTIFIED = and_(
    _OLD.c.page_id.is_(None), select(CERTIFICATE.c.page_id).where(_OWN, _OF_TERM, _TO_THE_END, _IN_FORCE).exists()
)
"""What came back after an error needs a new certificate for the term of one that has ended (T23)."""
_NAMED = {
    "term_seq": TERM.c.seq,
    "last_issue": select(func.coalesce(func.max(CERTIFICATE.c.issue_number), 0)).where(_OWN).scalar_subquery(),
    "is_certified": _CERTIFIED,
    "replaces": _OLD.c.page_id,
    "replaced_from": _OLD.c.valid_from,
    "renamed": _RENAMED.c.body,
}
_PLACES: tuple[Any, ...] = (_NAMED, ENTRY.c, MEMBER.c, TERM.c, REGISTRATION.c, PROPOSAL.c)
_COLUMNS = {field.name: next(one[field.name] for one in _PLACES if field.name in one) for field in fields(LiveTerm)}
_CONFIRMED = and_(PROPOSAL.c.digest == REGISTRATION.c.recommendation, PROPOSAL.c.confirmed_at.is_not(None))
_ALL = select(*(column.label(name) for name, column in _COLUMNS.items())).select_from(
    _TERMS.join(MEMBER, MEMBER.c.id == ENTRY.c.member_id)
    .join(PROPOSAL, _CONFIRMED)
    .outerjoin(_RENAMED, _RENAMED.c.digest == MEMBER.c.named_by)
)


class PendingStore(Repository):
    """Questions about many numbers at once."""

    def numbers(self) -> list[str]:
        """List, in order, the numbers that want one: for the last term or interim, or for one to be replaced.

        Of what has expired none would be valid.
        """
        wanted = select(ENTRY.c.register_no).select_from(_TERMS).where(~_CERTIFIED, REGISTRATION.c.life == Life.CURRENT)
        return self._column(wanted.order_by("register_no"))

    def societies(self, numbers: Sequence[str]) -> dict[str, str]:
        """Return the society of each of the `numbers` that has a live registration."""
        query = select(ENTRY.c.register_no, ENTRY.c.society).select_from(_TERMS)
        return dict(map(tuple, self._all(query.where(ENTRY.c.register_no.in_(numbers)))))

    def terms(self, numbers: Sequence[str]) -> dict[str, LiveTerm]:
        """Return the wanted term of each of the `numbers` with a live registration that a second person confirmed."""
        rows = self._all(_ALL.where(ENTRY.c.register_no.in_(numbers)))
        return {row.register_no: LiveTerm(*row) for row in rows}
