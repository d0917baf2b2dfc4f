"""Members, entries, registrations, terms and holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from registry.domain import registration
from registry.domain.calendar import start_of
from registry.domain.numbers import RegisterNumber
from registry.domain.refusals import NotFoundError
from registry.domain.registration import (
    DEFER_LAPSE,
    Grade,
    Hold,
    HoldKind,
    Life,
    RegisterEntry,
    Registration,
    Term,
    TermOrigin,
)
from registry.store.refusals import DuplicateError
from registry.store.renewals import RENEWAL_OF_TERM
from registry.store.repository import Repository, columns, read
from registry.store.tables import AUTHORIZATION, ENTRY, HOLD, MEMBER, MEMBERSHIP, REGISTRATION, TERM
from schemas.refusals import translated

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_MEMBERS, _ENTRIES, _NUMBERS = select(MEMBER), select(ENTRY), select(ENTRY.c.register_no).order_by("register_no")
_HOLD = (HOLD.c.member_id.label("held_by"), HOLD.c.kind, HOLD.c.since, HOLD.c.until_on, HOLD.c.decision_ref)
_OF_PERSON = select(*_HOLD).where(HOLD.c.lifted_at.is_(None))
_OF_BOTH = or_(HOLD.c.member_id == ENTRY.c.member_id, HOLD.c.register_no == ENTRY.c.register_no)
_TERM_OF = (TERM.c.register_no == REGISTRATION.c.register_no) & (TERM.c.registration_seq == REGISTRATION.c.seq)
_PAST = HOLD.alias("past")
_OVER = or_(_PAST.c.member_id == ENTRY.c.member_id, _PAST.c.register_no == ENTRY.c.register_no)
_REVIEW = select(func.max(_PAST.c.lifted_at)).where(_PAST.c.kind.in_(sorted(DEFER_LAPSE)), _OVER).correlate(ENTRY)
# The membership in the society that administers; CSE's custodian body has no members, so in custody there is none.
_NOTICE = select(MEMBERSHIP.c.notified_on).filter_by(member_id=ENTRY.c.member_id, society=ENTRY.c.society)
_FOUND = {"review_ended_at": _REVIEW, "membership_notice_on": _NOTICE.correlate(ENTRY)}
_BESIDE = [query.scalar_subquery().label(name) for name, query in _FOUND.items()]
_DAYS = [REGISTRATION.c[name] for name in ("material_review_on", "written_test_on", "interview_on")]
_TERM_COLUMNS = ("start_on", "end_on", "origin", "interim_until_on", "interim_closed_at", "timely_until_on")
_OF_TERM = (TERM.c.seq.label("term_seq"), *(TERM.c[name] for name in _TERM_COLUMNS), *RENEWAL_OF_TERM)
_CPD = (MEMBER.c.cpd_hold_at, MEMBER.c.cpd_lapse_at)
_REGISTRATIONS = (
    select(ENTRY, REGISTRATION, *_BESIDE, *_CPD, *_OF_TERM, *_HOLD)
    .join(MEMBER, MEMBER.c.id == ENTRY.c.member_id)
    .outerjoin(REGISTRATION, REGISTRATION.c.register_no == ENTRY.c.register_no)
    .outerjoin(TERM, _TERM_OF)
    .outerjoin(HOLD, HOLD.c.lifted_at.is_(None) & _OF_BOTH)
    .order_by(REGISTRATION.c.seq, TERM.c.seq)
)
"""A row for each term of each registration of an entry with each hold of entry and person, or with none."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the register: names in both scripts, consent C1 to publish them, and the day of death (T15)."""

    id: str
    name_hans: str | None
    name_latin: str | None
    consent_c1: bool
    deceased_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A register entry: one person and one field."""

    register_no: RegisterNumber
    member_id: str
    field: str
    society: str
    first_registered_on: date


@dataclass(frozen=True, slots=True)
class AssessmentDays:
    """Days of the assessment on file."""

    material_review_on: date | None = None
    written_test_on: date | None = None
    interview_on: date | None = None


@dataclass(frozen=True, slots=True)
class StoredRegistration:
    """A registration with its place in the entry, the assessment on file, and the society that administers it."""

    seq: int
    value: Registration
    assessment: AssessmentDays
    recommendation: str
    """Digest of the society's recommendation that CSE confirmed."""
    society: str

    @property
    def place(self) -> dict[str, Any]:
        """The columns by which its row is found."""
        return {"register_no": self.value.register_no, "seq": self.seq}


def answering(stored: Sequence[StoredRegistration]) -> StoredRegistration:
    """Return which of the registrations of an entry answers for its number (2.8)."""
    value = registration.answering([one.value for one in stored])
    return next(one for one in stored if one.value is value)


class RegisterStore(Repository):
    """Rows of the register as domain values."""

    def add_member(self, member: Member) -> None:
        """Add a person."""
        self._insert(MEMBER, **columns(member))

    def member(self, member_id: str) -> Member | None:
        """Return the person with this id, or None."""
        return self._read_one(Member, _MEMBERS, id=member_id)

    def set_deceased(self, member_id: str, died_on: date | None) -> None:
        """Keep the day on which a person died, or that it was an error."""
        self._update(MEMBER, {"deceased_on": died_on, "cpd_due_at": None}, id=member_id)

    def rename(self, member_id: str, names: tuple[str | None, str | None], *, named_by: str) -> None:
        """Give a person other names, Chinese and Latin, by the replacement with the digest `named_by` (R-ME-03)."""
        self._update(MEMBER, {"name_hans": names[0], "name_latin": names[1], "named_by": named_by}, id=member_id)

    def add_entry(self, entry: Entry) -> None:
        """Add a register entry. Raises `DuplicateError` if its number, or the person's entry in the field, exists."""
        exists = DuplicateError(f"the entry {entry.register_no} exists")
        with translated(IntegrityError, to=exists), self._connection.begin_nested():
            self._insert(ENTRY, **columns(entry))

    def has_entry(self, register_no: str) -> bool:
        """Tell whether a number is taken."""
        return self._one(_ENTRIES, register_no=register_no) is not None

    def entry(self, register_no: str) -> Entry:
        """Return an entry. Raises `NotFoundError`."""
        entry = self._read_one(Entry, _ENTRIES, register_no=register_no)
        if entry is None:
            raise NotFoundError("register entry", register_no)
        return entry

    def entry_of(self, member_id: str, field: str) -> Entry | None:
        """Return the entry of a person in a field, or None."""
        return self._read_one(Entry, _ENTRIES, member_id=member_id, field=field)

    def numbers(self) -> list[str]:
        """List every register number, in the order of the alphabet."""
        return self._column(_NUMBERS)

    def numbers_of(self, member_id: str) -> list[str]:
        """List the register numbers of one person."""
        return self._column(_NUMBERS, member_id=member_id)

    def entry_before(self, member_id: str, register_no: str | None) -> RegisterEntry:
        """Return what a person and an entry hold before a registration is added."""
        held = tuple(stored.value for stored in self.registrations(register_no)) if register_no else ()
        entry_holds = held[0].entry_holds if held else frozenset()
        return RegisterEntry(held, _holds(self._all(_OF_PERSON, member_id=member_id), of_person=True), entry_holds)

    def add_registration(self, value: Registration, assessment: AssessmentDays, *, recommendation: str) -> int:
        """Add a registration to its entry and return its place there."""
        number = value.register_no
        highest = select(func.max(REGISTRATION.c.seq)).where(REGISTRATION.c.register_no == number)
        seq: int = (self._cell(highest) or 0) + 1
        own = {name: member for name, member in columns(value).items() if name in REGISTRATION.c}
        self._insert(REGISTRATION, **own, **columns(assessment), seq=seq, recommendation=recommendation)
        self._save_terms({"register_no": number, "registration_seq": seq}, (), value.terms)
        self._look_at_cpd(value.member_id)
        return seq

    def _look_at_cpd(self, member_id: str) -> None:
        """Let the clock job look at the CPD years of a person, which begin and end with registrations."""
        self._update(MEMBER, {"cpd_due_at": None}, id=member_id)

    def registrations(self, register_no: str) -> list[StoredRegistration]:
        """Return every registration of an entry, oldest first. Raises `NotFoundError` if there is no such entry."""
        rows = self._all(_REGISTRATIONS, register_no=register_no)
        if not rows:
            raise NotFoundError("register entry", register_no)
        return [_registration(list(own)) for seq, own in groupby(rows, attrgetter("seq")) if seq is not None]

    def stored(self, register_no: str, seq: int) -> StoredRegistration:
        """Return one registration of an entry. Raises `NotFoundError` if there is no such entry."""
        return next(one for one in self.registrations(register_no) if one.seq == seq)

    def due(self, at: datetime) -> list[tuple[str, int]]:
        """Return number and place of the registrations that must be looked at by `at`, in order."""
        is_due = REGISTRATION.c.due_at.is_(None) | (REGISTRATION.c.due_at <= at)
        found = select(REGISTRATION.c.register_no, REGISTRATION.c.seq).where(is_due)
        return sorted((number, seq) for number, seq in self._all(found))  # In SQL it would read the whole table.

    def look_anew(self) -> None:
        """Have the clock job look at every registration."""
        self._update(REGISTRATION, {"due_at": None})

    def set_due(self, stored: StoredRegistration, at: datetime | None) -> None:
        """Note when a registration must be looked at again; `None` is never."""
        self._update(REGISTRATION, {"due_at": at or _NEVER}, **stored.place)

    def answering(self, register_no: str) -> StoredRegistration:
        """Return the registration that answers for a number. Raises `NotFoundError` if there is no such entry."""
        return answering(self.registrations(register_no))

    def save(self, before: StoredRegistration, after: Registration, *, at: datetime) -> None:
        """Record what a transition changed: life, terms added or changed, and holds added or lifted.

        The clock job looks anew at all on which the change may tell: with a hold of the person that is all of theirs.
        """
        own = {"life": after.life, "life_since": after.life_since, "reopened_at": after.reopened_at}
        self._update(REGISTRATION, own, **before.place)
        if before.value.life is not after.life and not (before.value.is_live and after.is_live):
            self._look_at_cpd(after.member_id)
        shared = before.value.person_holds != after.person_holds
        self.look_at(self.numbers_of(after.member_id) if shared else [after.register_no])
        place = {"register_no": after.register_no, "registration_seq": before.seq}
        self._save_terms(place, before.value.terms, after.terms)
        person, entry = {"member_id": after.member_id}, {"register_no": str(after.register_no)}
        self._save_holds(person, before.value.person_holds, after.person_holds, at)
        self._save_holds(entry, before.value.entry_holds, after.entry_holds, at)

    def set_assessment(self, stored: StoredRegistration, assessment: AssessmentDays) -> None:
        """Keep the days of the assessment that a restoration rests on."""
        self._update(REGISTRATION, columns(assessment), **stored.place)

    def look_at(self, numbers: Sequence[str]) -> None:
        """Let the clock job look anew at every registration of these numbers."""
        looked_at = update(REGISTRATION).where(REGISTRATION.c.register_no.in_(numbers))
        self._connection.execute(looked_at.values(due_at=None))

    def administered_by(self, society: str, assessed_by: Collection[str] | None = None) -> list[str]:
        """List the numbers that a body administers, in order; those alone with something that others assessed."""
        own = _NUMBERS.filter_by(society=society)
        assessed = select(REGISTRATION.c.register_no).where(REGISTRATION.c.assessing_society.in_(assessed_by or ()))
        return self._column(own if assessed_by is None else own.where(ENTRY.c.register_no.in_(assessed)))

    def set_administered(self, register_no: str, society: str) -> None:
        """Let a body administer an entry."""
        self._update(ENTRY, {"society": society}, register_no=register_no)

    def doubts(self, on: date, **own: str) -> dict[tuple[str, int], datetime | None]:
        """Return what was assessed in an interval in doubt by `on`, number and place, and when it was cleared.

        `own` is an `assessing_society` or a `register_no`. What has no day on file was assessed when it was registered.
        A later decision about the society puts in doubt again who was cleared before.
        """
        known = AUTHORIZATION.c
        days = (*_DAYS, case((func.coalesce(*_DAYS).is_(None), REGISTRATION.c.grade_since_on)))
        is_of = (known.code == REGISTRATION.c.assessing_society) & (known.state_since <= on)
        found = select(REGISTRATION, known.state_since).filter_by(**own).join(AUTHORIZATION, is_of)
        found = found.where(or_(*(day.between(known.doubt_from, known.doubt_until) for day in days)))
        rows = [(row, row.doubt_cleared_at) for row in self._all(found.order_by(known.state_since))]
        return {(one.register_no, one.seq): at if at and at >= start_of(one.state_since) else None for one, at in rows}

    def clear(self, stored: StoredRegistration, at: datetime) -> None:
        """Keep that a registration that was in doubt is in order."""
        self._update(REGISTRATION, {"doubt_cleared_at": at}, **stored.place)

    def _save_terms(self, place: dict[str, Any], before: Sequence[Term], after: Sequence[Term]) -> None:
        known = {term.seq: _term_row(term) for term in before}
        for term in after:
            row = _term_row(term)
            if term.seq not in known:
                self._insert(TERM, **place, **row)
            elif row != known[term.seq]:
                self._update(TERM, row, **place, seq=term.seq)

    def _save_holds(self, place: dict[str, str], before: frozenset[Hold], after: frozenset[Hold], at: datetime) -> None:
        for hold in after - before:
            self._insert(HOLD, **place, **columns(hold))
        for hold in before - after:
            self._update(HOLD, {"lifted_at": at}, **place, kind=hold.kind, lifted_at=None)


def _registration(rows: Sequence[Any]) -> StoredRegistration:
    """Return the registration whose terms and holds stand in `rows`."""
    row, of_terms = rows[0], {one.term_seq: one for one in rows if one.term_seq is not None}
    terms = tuple(read(Term, one, seq=seq, origin=TermOrigin(one.origin)) for seq, one in of_terms.items())
    holds = {"person_holds": _holds(rows, of_person=True), "entry_holds": _holds(rows, of_person=False)}
    value = read(Registration, row, grade=Grade(row.grade), life=Life(row.life), terms=terms, **holds)
    return StoredRegistration(row.seq, value, read(AssessmentDays, row), row.recommendation, row.society)


def _term_row(term: Term) -> dict[str, Any]:
    """Return the columns of a term, without what the store finds in its renewals."""
    return {name: value for name, value in columns(term).items() if name in TERM.c}


def _holds(rows: Sequence[Any], *, of_person: bool) -> frozenset[Hold]:
    placed = (row for row in rows if row.kind is not None and (row.held_by is not None) is of_person)
    return frozenset(read(Hold, row, kind=HoldKind(row.kind)) for row in placed)
