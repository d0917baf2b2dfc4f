"""The 1 March of a register of many persons: the CPD year of everybody is assessed in one run (R-CPD-09)."""

import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, Engine, insert, text

from registry.demo.officers import CLOCK, REGISTRAR, REGISTRARS
from registry.domain.calendar import start_of
from registry.domain.cpd_person import Activity
from registry.services import cpd, cpd_facts
from registry.services.ports import Desk
from registry.services.sweeping import sweep
from registry.store.tables import ENTRY, EVENT, MEMBER, METADATA
from tests.integration.registers import AT, desk_on
from tests.integration.waiting import register

_PERSONS, _ENTRIES, _SAMPLE = 805, 860, 300
"""Of a thousandth of domain 7; 55 have a second field."""
_ASSESSED = start_of(date(2027, 3, 1))
_HABITS = (("20", None), ("20", "20"), ("19.5", "19.5"), ("26", "26"), ("24", "24"), ("31", "31"), ("22.5", "22.5"))
"""Hours handed in and accepted (None: nobody has decided); half a year asks for 20."""
_COPIED = {
    "member": ("id",),
    "cpd_activity": ("member_id",),
    "cpd_state": ("member_id",),
    "register_entry": ("register_no", "member_id"),
    "registration": ("register_no",),
    "registration_term": ("register_no",),
    "status_event": ("register_no",),
}
"""Tables of a person, and the columns that tell a copy."""


@dataclass(frozen=True)
class March:
    """What the run took, what it recorded, how much its memory grew, and what asking the rules for each would take."""

    seconds: float
    done: Counter[str]
    looked_at: int
    """Persons who were looked at that night as every night: one in 365."""
    grown_mib: float
    loop_seconds: float


def march(engine: Engine, copies: int) -> March:
    """Measure 1 March in the register of the engine, which gets 805 persons with 860 registrations so many times."""
    desk = desk_on(engine)
    register(engine, _ENTRIES)
    cpd_facts.begin_ledger(desk, AT.year, actor=REGISTRAR, now=AT)
    _live(engine, desk)
    sweep(desk, actor=CLOCK, now=start_of(date(2026, 12, 30)), approved_by=REGISTRARS)
    with engine.begin() as connection:
        looked_at = _grow(connection, copies)
    before, began = _memory(), time.perf_counter()
    swept = sweep(desk, actor=CLOCK, now=_ASSESSED, approved_by=REGISTRARS)
    seconds = time.perf_counter() - began
    assert not swept.unreadable
    assert swept.done.total() == _PERSONS * copies
    return March(seconds, swept.done, looked_at, _memory() - before, _loop(desk, copies))


def _live(engine: Engine, desk: Desk) -> None:
    """Give some persons a second field; and everybody the event of each registration, and hours by habit."""
    with engine.begin() as connection:
        for place in range(_PERSONS, _ENTRIES):
            moved = {"one": f"W-{place}", "other": f"W-{place - 802}"}
            connection.execute(text("UPDATE register_entry SET member_id = :other WHERE member_id = :one"), moved)
            connection.execute(text("DELETE FROM member WHERE id = :one"), moved)
        numbers = connection.scalars(ENTRY.select().order_by(ENTRY.c.register_no)).all()
        connection.execute(insert(EVENT), list(_events(numbers)))
        members = connection.scalars(MEMBER.select().order_by(MEMBER.c.id)).all()
    with desk.open_work() as work:
        for place, member in enumerate(members):
            work.cpd.add(member, _activity(place))


def _events(numbers: Iterable[str]) -> Iterator[dict[str, object]]:
    for seq, number in enumerate(numbers, start=1):
        told = {"type": "REGISTERED", "to_state": "ACTIVE", "reason_code": "", "public_reason": "registered"}
        when = {"effective_at": AT, "recorded_at": AT, "actor": "machine", "decision_ref": "D/1", "journal_seq": 0}
        yield {"seq": seq, "register_no": number} | told | when


def _activity(place: int) -> Activity:
    hours, accepted = _HABITS[place % len(_HABITS)]
    at, day = AT + timedelta(days=90), AT.date() + timedelta(days=80)
    known = (Decimal(hours), 1, "Example Training Institute", "ELE", "EV-1", at, day.year)
    if accepted is None:
        return Activity(1, day, *known)
    return Activity(1, day, *known, decided_at=at + timedelta(days=9), accepted=Decimal(accepted))


def _grow(connection: Connection, copies: int) -> int:
    """Copy everybody so many times less one, and return of how many the day of the yearly look is 1 March."""
    for table, changed in _COPIED.items():
        columns = [column.name for column in METADATA.tables[table].columns]
        given = ", ".join(f"{name} || '.' || n" if name in changed else name for name in columns)
        if table == "status_event":
            given = given.replace("seq,", f"seq + n * {_ENTRIES},", 1)
        numbers = "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n + 1 < :copies)"
        copied = f"INSERT INTO {table} ({', '.join(columns)}) {numbers} SELECT {given} FROM k, {table}"  # noqa: S608
        if copies > 1:
            connection.execute(text(copied), {"copies": copies})
    when = {"day": str(_ASSESSED), "later": str(_ASSESSED + timedelta(days=30))}
    connection.execute(text("UPDATE member SET cpd_due_at = :later"), when)
    place = "SELECT id, row_number() OVER (ORDER BY id) AS place FROM member"
    some = f"SELECT id FROM ({place}) AS one WHERE place % 365 = 0"  # noqa: S608
    looked_at = connection.execute(text(f"UPDATE member SET cpd_due_at = :day WHERE id IN ({some})"), when)  # noqa: S608
    connection.execute(text("ANALYZE"))  # A register that grew by the day has its statistics.
    return looked_at.rowcount


def _memory() -> float:
    """Return the most memory that this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _loop(desk: Desk, copies: int) -> float:
    """Return what it would take to ask the rules about each person, from a sample."""
    with desk.open_reading() as work:
        places: list[tuple[str, datetime]] = [(f"W-{place}", _ASSESSED) for place in range(_SAMPLE)]
        began = time.perf_counter()
        for member, at in places:
            cpd.ledger(work, member, at, desk.policy)
        return (time.perf_counter() - began) / _SAMPLE * _PERSONS * copies
