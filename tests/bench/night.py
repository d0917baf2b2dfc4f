"""The clock job in a register of many registrations, of which some hundred are due: rows are copied in SQL."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Column, Engine, text

from registry.domain import clock
from registry.domain.actors import Actor, Role
from registry.services.ports import Desk
from registry.services.sweeping import sweep
from registry.store.engine import open_engine
from registry.store.tables import METADATA
from tests.integration.postgres import programs, server_in
from tests.integration.registers import AT, desk_on, founded_in
from tests.integration.waiting import register

_REAL, _SAMPLE = 1_000, 500
_EVERY = 2_173
"""One in so many is due in a night: 840,000 terms of 1,826 days (domain 7)."""
_COPIED = {
    "member": ("id", "id"),
    "register_entry": ("register_no", "register_no", "member_id"),
    "registration": ("register_no", "register_no"),
    "registration_term": ("register_no", "register_no"),
}
"""Tables of a registration: the column by which a copy is told, and those that a copy changes."""
_CLOCK = Actor("clock", Role.CLOCK, "CSE", "machine")
NIGHT = AT + timedelta(days=1)


@dataclass(frozen=True)
class Night:
    """What the clock job took in a register of so many registrations, and how many it changed."""

    seconds: float
    changed: int
    loop_seconds: float
    """What looking at each registration would take, from a sample."""


@contextmanager
def engine_of(database: str, folder: Path) -> Iterator[Engine | None]:
    """Give an engine at a founded register on SQLite or PostgreSQL, or None if that is not installed."""
    binaries = programs()
    with ExitStack() as held:
        server = held.enter_context(server_in(binaries)) if database == "postgresql" and binaries else None
        if database == "postgresql" and server is None:
            yield None
            return
        original = founded_in(folder, server)
        engine = open_engine(server.url(original.database) if server else f"sqlite:///{original.database}")
        held.callback(engine.dispose)
        yield engine


def night(engine: Engine, size: int) -> Night:
    """Measure a night: in the register of the engine, which gets `size` registrations."""
    register(engine, _REAL)
    _grow(engine, size // _REAL - 1)
    desk = desk_on(engine)
    began = time.perf_counter()
    swept = sweep(desk, actor=_CLOCK, now=NIGHT)
    seconds = time.perf_counter() - began
    assert not swept.waiting
    assert not swept.unreadable
    return Night(seconds, sum(swept.done.values()), _loop(desk, size))


def _grow(engine: Engine, copies: int) -> None:
    """Copy every registration so many times; one in `_EVERY` ends with the day before, the others are not due."""
    with engine.begin() as connection:
        for table, (key, *changed) in _COPIED.items():
            columns = [column.name for column in _table(table)]
            given = ", ".join(f"{name} || '.' || n" if name in changed else name for name in columns)
            source = f"(SELECT * FROM {table} WHERE {key} NOT LIKE '%.%') AS one"  # noqa: S608
            numbers = "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < :copies)"
            copied = f"INSERT INTO {table} ({', '.join(columns)}) {numbers} SELECT {given} FROM k, {source}"  # noqa: S608
            connection.execute(text(copied), {"copies": copies})
        connection.execute(text("UPDATE registration SET due_at = :never"), {"never": "2029-07-01 00:00:00+00:00"})
        some = "SELECT register_no FROM (SELECT register_no, row_number() OVER () AS place FROM registration) AS one"
        due = f"register_no IN ({some} WHERE place % {_EVERY} = 0)"
        connection.execute(text(f"UPDATE registration_term SET end_on = :last WHERE {due}"), {"last": str(AT.date())})  # noqa: S608
        connection.execute(text(f"UPDATE registration SET due_at = NULL WHERE {due}"))  # noqa: S608


def _table(name: str) -> list[Column[object]]:
    return list(METADATA.tables[name].columns)


def _loop(desk: Desk, size: int) -> float:
    """Return what it would take to load each registration and ask the rules about it, from a sample."""
    with desk.open_reading() as work:
        numbers = [row.register_no for row in work.pending.terms(work.register.numbers()[:_SAMPLE]).values()]
        began = time.perf_counter()
        for number in numbers:
            clock.due(work.register.stored(number, 1).value, desk.policy)
        return (time.perf_counter() - began) / len(numbers) * size
