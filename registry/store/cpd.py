"""What is on file about CPD: activities, exemptions, the copy of each year, and who must be looked at.

The copy of a year has a row for each state that the facts on file lead to: those that it was in, and those that time
alone will bring. Time needs nothing but to be recorded, for everybody in one statement.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, tuple_, update

from registry.domain.changes import EventType
from registry.domain.cpd import YearState
from registry.domain.cpd_person import Activity, Course, Exemption, Outlook, PersonFile, errors_of
from registry.store.repository import Repository, columns, read
from registry.store.tables import CPD_ACTIVITY, CPD_EXEMPTION, CPD_STATE, ENTRY, EVENT, MEMBER, REGISTRATION

_ACTIVITIES = select(CPD_ACTIVITY).order_by(CPD_ACTIVITY.c.seq)
_EXEMPTIONS = select(CPD_EXEMPTION).order_by(CPD_EXEMPTION.c.granted_at)
_YEARS = select(CPD_STATE).order_by(CPD_STATE.c.year, CPD_STATE.c.since)
_STATE = tuple_(CPD_STATE.c.member_id, CPD_STATE.c.year, CPD_STATE.c.since)
_LATER = CPD_STATE.alias()
_AHEAD = CPD_STATE.c.recorded_at.is_(None)
_RECORDED = _YEARS.where(~_AHEAD)
_MEMBERS = select(MEMBER)
_OF_EVENT = ("registration_seq", "effective_at", "recorded_at", "to_state", "seq", "type", "corrects")
_STATUSES = (
    select(ENTRY.c.register_no, *(EVENT.c[name] for name in _OF_EVENT))
    .join(EVENT, EVENT.c.register_no == ENTRY.c.register_no)
    .order_by(ENTRY.c.register_no, EVENT.c.registration_seq, EVENT.c.seq)
)


@dataclass(frozen=True, slots=True)
class YearRow:
    """One CPD year of a person in one state, with the hours as they stood, or stand by the facts on file, then."""

    year: int
    required: Decimal
    accepted: Decimal
    pending: Decimal
    """Handed in, and not decided on."""
    state: YearState
    since: datetime
    cure_until_on: date | None
    is_provisional: bool
    policy_version: str


def _reached(until: datetime, *columns: Any) -> Select[Any]:
    """Ask about states that have come by `until` and are not recorded, but of persons who must be looked at first."""
    found = select(*columns).select_from(CPD_STATE.join(MEMBER, MEMBER.c.id == CPD_STATE.c.member_id))
    return found.where(_AHEAD, CPD_STATE.c.since <= until, MEMBER.c.cpd_due_at > until)


def _courses(events: Iterable[Any], since: str) -> tuple[Course, ...]:
    """Return the events of each registration, which follow on each other, with one of their two instants."""
    of_each = groupby(events, attrgetter("register_no", "registration_seq"))
    return tuple(tuple((getattr(one, since), one.to_state) for one in own) for _, own in of_each)


class CpdStore(Repository):
    """Rows of CPD, by member."""

    def file(self, member_id: str) -> PersonFile:
        """Return what is on file about one person."""
        told, person = self._all(_STATUSES, member_id=member_id), self._one(_MEMBERS, id=member_id)
        undone = {one.corrects for one in told}
        mended = {one.corrects: one.effective_at for one in told if one.type == EventType.CORRECTED}
        errors = ((one.recorded_at, mended[one.seq]) for one in told if one.seq in mended)
        return PersonFile(
            tuple(self.activities(member_id)),
            tuple(read(Exemption, row) for row in self._all(_EXEMPTIONS, member_id=member_id)),
            _courses((one for one in told if one.seq not in undone), "effective_at"),
            person.deceased_on if person is not None else None,
            errors_of(errors, _courses(told, "recorded_at")),
        )

    def activities(self, member_id: str) -> list[Activity]:
        """Return the activities of a person, in the order in which they were handed in."""
        return [read(Activity, row) for row in self._all(_ACTIVITIES, member_id=member_id)]

    def add(self, member_id: str, one: Activity | Exemption, **more: str) -> None:
        """Add an activity, or an exemption with its decision."""
        table = CPD_ACTIVITY if isinstance(one, Activity) else CPD_EXEMPTION
        self._insert(table, member_id=member_id, **columns(one), **more)

    def decide(self, member_id: str, seq: int, **decided: Any) -> None:
        """Write what was decided on an activity."""
        self._connection.execute(update(CPD_ACTIVITY).filter_by(member_id=member_id, seq=seq).values(decided))

    def years(self, member_id: str, *, recorded: bool = False) -> list[YearRow]:
        """Return the states of the years of a person from their assessment on, those ahead unless only `recorded`."""
        rows = self._all(_RECORDED if recorded else _YEARS, member_id=member_id)
        return [read(YearRow, row, state=YearState(row.state)) for row in rows]

    def keep(self, member_id: str, states: Sequence[YearRow], ahead: Outlook, *, at: datetime) -> list[YearRow]:
        """Write the states of the years of a person anew, and when to look again; return those new by `at`, recorded.

        What the clock owes registrations is looked at then, if it changed.
        """
        known = self.years(member_id)
        for gone in (one for one in known if one not in states):
            self._connection.execute(delete(CPD_STATE).filter_by(member_id=member_id, year=gone.year, since=gone.since))
        new = [one for one in states if one not in known]
        kept = [columns(one) | {"recorded_at": at if one.since <= at else None} for one in new]
        self._for_each_of(insert(CPD_STATE), [one | {"member_id": member_id} for one in kept])
        before = self._one(_MEMBERS, id=member_id)
        instants = {"cpd_hold_at": ahead.hold_at, "cpd_lapse_at": ahead.lapse_at}
        self._connection.execute(update(MEMBER).filter_by(id=member_id).values(cpd_due_at=ahead.look_at, **instants))
        if any(getattr(before, name) != at for name, at in instants.items()):
            numbers = select(ENTRY.c.register_no).filter_by(member_id=member_id)
            looked_at = update(REGISTRATION).where(REGISTRATION.c.register_no.in_(numbers))
            self._connection.execute(looked_at.values(due_at=None))
        return [one for one in new if one.since <= at]

    def ahead(self, until: datetime) -> Counter[str]:
        """Return how many years time has brought into which state by `until`, without its being recorded."""
        told = _reached(until, CPD_STATE.c.state, func.count()).group_by(CPD_STATE.c.state)
        return Counter(dict(map(tuple, self._all(told))))

    def record(self, until: datetime, *, at: datetime, at_most: int) -> Counter[str]:
        """Record that so many states at most have come, and return how many of which."""
        recorded = update(CPD_STATE).where(_STATE.in_(_reached(until, *_STATE).limit(at_most))).values(recorded_at=at)
        return Counter(self._column(recorded.returning(CPD_STATE.c.state)))

    def due(self, at: datetime) -> list[tuple[str, str]]:
        """Return a register number, and the member, of those whose years must be looked at by `at`, in order."""
        is_due = MEMBER.c.cpd_due_at.is_(None) | (MEMBER.c.cpd_due_at <= at)
        found = select(MEMBER.c.id, ENTRY.c.register_no).join(ENTRY, ENTRY.c.member_id == MEMBER.c.id).where(is_due)
        # In SQL the least of each would read the whole table.
        first = dict(sorted(map(tuple, self._all(found)), reverse=True))
        return sorted((number, member) for member, number in first.items())

    def look_anew(self) -> None:
        """Have the clock job look at the years of everybody."""
        self._connection.execute(update(MEMBER).values(cpd_due_at=None))

    def of_state(self, year: int, state: YearState) -> list[str]:
        """Return the living members of whom a year is in a state."""
        later = _LATER.c.recorded_at.is_not(None) & (_LATER.c.since > CPD_STATE.c.since)
        is_past = select(_LATER.c.since).where(later).filter_by(member_id=CPD_STATE.c.member_id, year=CPD_STATE.c.year)
        living = CPD_STATE.join(MEMBER, (MEMBER.c.id == CPD_STATE.c.member_id) & MEMBER.c.deceased_on.is_(None))
        now = select(CPD_STATE.c.member_id).select_from(living).where(~_AHEAD, ~is_past.exists())
        return self._column(now.filter_by(year=year, state=state))
