"""Members, entries, registrations, terms and holds."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from registry.domain.numbers import RegisterNumber
from registry.domain.refusals import NotFoundError
from registry.domain.registration import (
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
from registry.store.tables import ENTRY, HOLD, MEMBER, REGISTRATION, TERM


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the register: names in both scripts, and consent C1 to publish them."""

    id: str
    name_hans: str | None
    name_latin: str | None
    consent_c1: bool


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
    """A registration with its place in the entry and the assessment on file."""

    seq: int
    value: Registration
    assessment: AssessmentDays
    recommendation: str
    """Digest of the society's recommendation that CSE confirmed."""


class RegisterStore:
    """Rows of the register as domain values."""

    def __init__(self, connection: Connection) -> None:
        """Work on one `connection`."""
        self._connection = connection

    def add_member(self, member: Member) -> None:
        """Add a person."""
        self._connection.execute(
            insert(MEMBER).values(
                id=member.id,
                name_hans=member.name_hans,
                name_latin=member.name_latin,
                consent_c1=member.consent_c1,
            )
        )

    def member(self, member_id: str) -> Member | None:
        """Return the person with this id, or None."""
        row = self._connection.execute(select(MEMBER).where(MEMBER.c.id == member_id)).one_or_none()
        return Member(row.id, row.name_hans, row.name_latin, row.consent_c1) if row is not None else None

    def add_entry(self, entry: Entry) -> None:
        """Add a register entry. Raises `DuplicateError` if its number, or the person's entry in the field, exists."""
        values = {
            "register_no": entry.register_no,
            "member_id": entry.member_id,
            "field": entry.field,
            "society": entry.society,
            "first_registered_on": entry.first_registered_on,
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(ENTRY).values(values))
        except IntegrityError as error:
            raise DuplicateError(f"the entry {entry.register_no} exists") from error

    def has_entry(self, register_no: str) -> bool:
        """Tell whether a number is taken."""
        found = self._connection.execute(select(ENTRY.c.register_no).where(ENTRY.c.register_no == register_no))
        return found.one_or_none() is not None

    def entry(self, register_no: str) -> Entry:
        """Return an entry. Raises `NotFoundError`."""
        row = self._connection.execute(select(ENTRY).where(ENTRY.c.register_no == register_no)).one_or_none()
        if row is None:
            raise NotFoundError("register entry", register_no)
        return Entry(RegisterNumber(row.register_no), row.member_id, row.field, row.society, row.first_registered_on)

    def entry_of(self, member_id: str, field: str) -> Entry | None:
        """Return the entry of a person in a field, or None."""
        number = self._connection.execute(
            select(ENTRY.c.register_no).where(ENTRY.c.member_id == member_id, ENTRY.c.field == field)
        ).scalar_one_or_none()
        return self.entry(number) if number is not None else None

    def numbers(self) -> list[str]:
        """List every register number, in the order of the alphabet."""
        return list(self._connection.execute(select(ENTRY.c.register_no).order_by(ENTRY.c.register_no)).scalars())

    def numbers_of(self, member_id: str) -> list[str]:
        """List the register numbers of one person."""
        query = select(ENTRY.c.register_no).where(ENTRY.c.member_id == member_id).order_by(ENTRY.c.register_no)
        return list(self._connection.execute(query).scalars())

    def entry_before(self, member_id: str, register_no: str | None) -> RegisterEntry:
        """Return what a person and an entry hold before a registration is added."""
        held = tuple(stored.value for stored in self.registrations(register_no)) if register_no else ()
        entry_holds = self._holds(HOLD.c.register_no == register_no) if register_no else frozenset()
        return RegisterEntry(held, self._holds(HOLD.c.member_id == member_id), entry_holds)

    def add_registration(self, value: Registration, assessment: AssessmentDays, *, recommendation: str) -> int:
        """Add a registration to its entry and return its place there."""
        highest = select(func.max(REGISTRATION.c.seq)).where(REGISTRATION.c.register_no == value.register_no)
        seq = (self._connection.execute(highest).scalar_one() or 0) + 1
        self._connection.execute(
            insert(REGISTRATION).values(
                register_no=value.register_no,
                seq=seq,
                grade=value.grade,
                grade_since_on=value.grade_since_on,
                assessing_society=value.assessing_society,
                life=value.life,
                life_since=value.life_since,
                standard_ref=value.standard_ref,
                recommendation=recommendation,
                material_review_on=assessment.material_review_on,
                written_test_on=assessment.written_test_on,
                interview_on=assessment.interview_on,
            )
        )
        for term in value.terms:
            self._add_term(value.register_no, seq, term)
        return seq

    def _add_term(self, register_no: str, seq: int, term: Term) -> None:
        self._connection.execute(
            insert(TERM).values(
                register_no=register_no,
                registration_seq=seq,
                seq=term.seq,
                start_on=term.start_on,
                end_on=term.end_on,
                origin=term.origin,
            )
        )

    def registrations(self, register_no: str) -> list[StoredRegistration]:
        """Return every registration of an entry, oldest first. Raises `NotFoundError` if there is no such entry."""
        entry = self.entry(register_no)
        person = self._holds(HOLD.c.member_id == entry.member_id)
        own = self._holds(HOLD.c.register_no == register_no)
        rows = self._connection.execute(
            select(REGISTRATION).where(REGISTRATION.c.register_no == register_no).order_by(REGISTRATION.c.seq)
        )
        return [
            StoredRegistration(
                row.seq,
                Registration(
                    register_no=entry.register_no,
                    grade=Grade(row.grade),
                    grade_since_on=row.grade_since_on,
                    assessing_society=row.assessing_society,
                    life=Life(row.life),
                    terms=self._terms(register_no, row.seq),
                    standard_ref=row.standard_ref,
                    life_since=row.life_since,
                    person_holds=person,
                    entry_holds=own,
                    member_id=entry.member_id,
                ),
                AssessmentDays(row.material_review_on, row.written_test_on, row.interview_on),
                row.recommendation,
            )
            for row in rows
        ]

    def answering(self, register_no: str) -> StoredRegistration:
        """Return the registration that answers for a number: the live one, else the latest (`domain.md` 2.8)."""
        stored = self.registrations(register_no)
        return next((one for one in stored if one.value.is_live), stored[-1])

    def _terms(self, register_no: str, seq: int) -> tuple[Term, ...]:
        rows = self._connection.execute(
            select(TERM).where(TERM.c.register_no == register_no, TERM.c.registration_seq == seq).order_by(TERM.c.seq)
        )
        return tuple(Term(row.seq, row.start_on, row.end_on, TermOrigin(row.origin)) for row in rows)

    def _holds(self, place: object) -> frozenset[Hold]:
        rows = self._connection.execute(select(HOLD).where(place, HOLD.c.lifted_at.is_(None)))  # type: ignore[arg-type]  # a column expression
        return frozenset(Hold(HoldKind(row.kind), row.since, row.until_on, row.decision_ref) for row in rows)

    def save(self, before: StoredRegistration, after: Registration, *, at: datetime) -> None:
        """Record what a transition changed: life, and holds added or lifted."""
        self._connection.execute(
            update(REGISTRATION)
            .where(REGISTRATION.c.register_no == after.register_no, REGISTRATION.c.seq == before.seq)
            .values(life=after.life, life_since=after.life_since)
        )
        person = {"member_id": after.member_id}
        entry = {"register_no": str(after.register_no)}
        self._save_holds(person, before.value.person_holds, after.person_holds, at)
        self._save_holds(entry, before.value.entry_holds, after.entry_holds, at)

    def _save_holds(self, place: dict[str, str], before: frozenset[Hold], after: frozenset[Hold], at: datetime) -> None:
        for hold in after - before:
            values = {"kind": hold.kind, "since": hold.since, "until_on": hold.until_on}
            self._connection.execute(insert(HOLD).values(**place, **values, decision_ref=hold.decision_ref))
        for hold in before - after:
            ((column, value),) = place.items()
            running = (HOLD.c[column] == value, HOLD.c.kind == hold.kind, HOLD.c.lifted_at.is_(None))
            self._connection.execute(update(HOLD).where(*running).values(lifted_at=at))
