"""Opening the database, and one transaction as a context manager."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from registry.store.refusals import StoreError
from registry.store.tables import METADATA
from registry.store.work import Work

_BUSY_MS = 10_000
_MOST_CONNECTIONS = 64
"""More than the threads that answer requests, so that none waits for another's connection."""


def open_engine(url: str, *, create: bool = False) -> Engine:
    """Return the engine of the database at `url`; `create` makes the tables that are missing.

    Raises `StoreError` in one plain sentence if it cannot be opened.
    """
    try:
        file = _database_file(url)
        if file is not None and not create and not os.path.isfile(file):
            # SQLite would make an empty one, which then stands in the way of a real register.
            raise StoreError(f"the database cannot be opened: there is no file {file}")
        options: dict[str, Any] = {"poolclass": StaticPool} if file is None else {"max_overflow": _MOST_CONNECTIONS}
        engine = create_engine(url, connect_args={"check_same_thread": False}, **options)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        if create:
            METADATA.create_all(engine)
        else:
            with engine.connect().execution_options(reading=True) as connection:
                connection.exec_driver_sql("SELECT 1 FROM register_fact LIMIT 1")
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be opened: {_first_line(error)}") from error
    return engine


def _database_file(url: str) -> str | None:
    """Return the path of an SQLite database, or None for one in memory. Raises `StoreError` for another kind."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"the database cannot be opened: {parsed.get_backend_name()} is not supported yet, use SQLite")
    return None if parsed.database in {None, "", ":memory:"} else parsed.database


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _prepare(connection: Any, _record: object) -> None:
    """Set SQLite up: transactions begin where we say, keys hold, readers never block the writer."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at once where something will be written, so that no reading goes stale under it."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def open_work(engine: Engine) -> Iterator[Work]:
    """Open one transaction: committed when the block ends, undone when it raises.

    Raises `StoreError` if the database fails.
    """
    try:
        with engine.begin() as connection:
            yield Work(connection)
    except SQLAlchemyError as error:
        raise StoreError(f"the database refused: {_first_line(error)}") from error


@contextmanager
def open_reading(engine: Engine) -> Iterator[Work]:
    """Open a reading of one consistent moment; nothing can be written through it."""
    try:
        with engine.connect().execution_options(reading=True) as connection:
            transaction = connection.begin()
            connection.exec_driver_sql("PRAGMA query_only=ON")
            try:
                yield Work(connection)
            finally:
                transaction.rollback()
                connection.exec_driver_sql("PRAGMA query_only=OFF")
    except SQLAlchemyError as error:
        raise StoreError(f"the database refused: {_first_line(error)}") from error
