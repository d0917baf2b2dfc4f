"""Opening the database, and one transaction as a context manager."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from sqlite3 import OperationalError as SQLiteError
from time import monotonic
from typing import Any
from weakref import WeakMethod

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from registry.store.refusals import SchemaBehindError, StoreError, UnreachableError
from registry.store.schema import is_behind, migrate, newest, revision
from registry.store.work import Work

_BUSY_MS = 10_000
_PAGE_BYTES = 8192
"""Of a new file of SQLite; in half of that a certificate and its row have no place side by side."""
_MOST_FILES = 64
"""More connections than the threads that answer requests, so that none waits for another's: they cost a file each."""
_MOST_IDLE = 5
"""Readings of a file that are kept open; those of a burst of questions are closed when they end."""
_MOST_CONNECTIONS = 20
"""Of one process to PostgreSQL, which has a hundred for all; the next request waits for one to come back."""
_WRITER = 0x435345
"""Number of the advisory lock that the one writer holds."""


def open_engine(url: str, *, create: bool = False) -> Engine:
    """Return the engine of the database at `url`; `create` makes the tables in an empty one.

    Raises `SchemaBehindError` if it must be upgraded first, `StoreError` in one plain sentence if it cannot be opened.
    """
    with told("the database cannot be opened"):
        engine = _engine(url, create=create)
        if create:
            with engine.begin() as connection:
                if revision(connection) is None:
                    migrate(connection)
        with _reading(engine) as connection:
            found = revision(connection)
    if found is None:
        raise StoreError("the database holds no register yet: run cse demo")
    if is_behind(found):
        behind = f"the database is at revision {found}, this program needs {newest()}"
        raise SchemaBehindError(f"{behind}: run cse upgrade (docs/operating.md says what to keep a copy of first)")
    return engine


def is_empty(url: str) -> bool:
    """Tell whether the database at `url` holds no register. Raises `StoreError` if it cannot be opened."""
    with told("the database cannot be opened"), _reading(_engine(url, create=False)) as connection:
        return revision(connection) is None


def upgrade(url: str) -> tuple[str, str]:
    """Bring a register to the newest revision, and return the one it had and the one it has; two at once take turns.

    Raises `StoreError` if there is no register; nothing was changed then.
    """
    with told("the database cannot be upgraded"), _engine(url, create=False).begin() as connection:
        before = revision(connection)
        if before is None:
            raise StoreError("the database holds no register yet: run cse demo")
        migrate(connection)
        return before, revision(connection) or before


def on_server(url: str) -> bool:
    """Tell whether `url` is an address of PostgreSQL. Raises `StoreError` if it is no address."""
    return parsed_address(url).get_backend_name() == "postgresql"


def database_file(url: str) -> str | None:
    """Return the path of an SQLite database, or None for one in memory."""
    parsed = parsed_address(url)
    return None if parsed.database in {None, "", ":memory:"} else parsed.database


def parsed_address(url: str) -> URL:
    """Read an address. Raises `StoreError`, which never repeats it: it may hold a password."""
    try:
        parsed = make_url(url)
        kind = f"{parsed.get_backend_name()}+{parsed.get_driver_name()}"
    except (SQLAlchemyError, ValueError) as error:
        raise StoreError("CSE_DATABASE_URL is no address of a database, such as postgresql+psycopg://…") from error
    if kind not in {"sqlite+pysqlite", "postgresql+psycopg"}:
        raise StoreError(f"the database cannot be opened: {kind} is not supported, use sqlite or postgresql+psycopg")
    return parsed


def _engine(url: str, *, create: bool) -> Engine:
    """Return an engine that begins transactions as the store needs them; `create` lets SQLite make a file."""
    return _postgresql(parsed_address(url)) if on_server(url) else _sqlite(url, database_file(url), create=create)


def _postgresql(address: URL) -> Engine:
    engine = create_engine(
        address,
        pool_pre_ping=True,
        max_overflow=_MOST_CONNECTIONS - 5,
        pool_timeout=_BUSY_MS / 1000,
        connect_args={"connect_timeout": _BUSY_MS // 1000},
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _sqlite(url: str, file: str | None, *, create: bool) -> Engine:
    if file is not None and not create and not os.path.isfile(file):
        # SQLite would make an empty one, which then stands in the way of a real register.
        raise StoreError(f"the database cannot be opened: there is no file {file} (cse demo makes one)")
    options: dict[str, Any] = {"poolclass": StaticPool} if file is None else {"max_overflow": _MOST_FILES}
    engine = create_engine(url, connect_args={"check_same_thread": False}, **options)
    event.listen(engine, "connect", lambda made, _: _prepare_sqlite(made, "NORMAL" if create else "FULL"))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn what a library raises into one sentence, its first: it holds no statement, value or password."""
    try:
        yield
    except SQLAlchemyError as error:
        text = str(getattr(error, "orig", None) or error) or type(error).__name__
        refusal = UnreachableError if isinstance(error, OperationalError) else StoreError
        raise refusal(f"{what}: {text.splitlines()[0]}") from error


def _prepare_sqlite(connection: Any, waits: str) -> None:
    """Set SQLite up: transactions begin where we say, keys hold, readers never block the writer.

    What is committed outlives a loss of power where it `waits` in full; what is only being built is built anew.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    settings = {"busy_timeout": _BUSY_MS, "foreign_keys": "ON", "synchronous": waits, "page_size": _PAGE_BYTES}
    for pragma in (f"{name}={value}" for name, value in settings.items()):
        cursor.execute(f"PRAGMA {pragma}")
    _switch_to_wal(cursor)
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Let the file keep its log beside it; of several that switch a new file at once SQLite refuses all but one.

    It does so at once, whatever the time to wait, for each holds what the others want: so they ask again.
    """
    until = monotonic() + _BUSY_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except SQLiteError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or monotonic() > until:
                raise
        else:
            return


def _is_reading(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("reading", False))


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where something will be written, so that no reading goes stale under it.

    A connection that reads refuses to write. It remembers which it was last, for most only ever read.
    """
    is_reading = _is_reading(connection)
    if connection.info.get("is_reading", False) is not is_reading:
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if is_reading else 'OFF'}")
        connection.info["is_reading"] = is_reading
    # A reading begins straight at the driver, which has nothing to refuse yet.
    begin = connection.connection.cursor().execute if is_reading else connection.exec_driver_sql
    begin("BEGIN" if is_reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    """Let readers see one moment, and writers take turns: each statement of a writer sees what those before it did."""
    if _is_reading(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_BUSY_MS}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(reading=True) as connection:
        yield connection


@contextmanager
def open_work(engine: Engine) -> Iterator[Work]:
    """Open one transaction: committed when the block ends, undone when it raises.

    Raises `StoreError` if the database fails.
    """
    with told("the database refused"), engine.begin() as connection:
        yield Work(connection)


class Readings:
    """The readings of one database; one of a file leaves its connection open for the next, which then costs little."""

    def __init__(self, engine: Engine) -> None:
        """Read through `engine`, until it is disposed of."""
        self._engine, self._most_idle = engine, _MOST_IDLE if engine.dialect.name == "sqlite" else 0
        self._idle: list[tuple[Connection, Work]] = []
        close = WeakMethod(self._close)  # An engine that nobody uses any more goes at once, with its files.
        event.listen(engine, "engine_disposed", lambda _: (known := close()) and known())

    @contextmanager
    def __call__(self) -> Iterator[Work]:
        """Open a reading of one consistent moment; nothing can be written through it. Raises as `open_work` does."""
        with told("the database refused"):
            idle, is_good = self._idle, False
            connection, work = self._taken(idle)
            try:
                with connection.begin() as transaction:
                    yield work
                    transaction.rollback()
                is_good = True
            finally:
                is_ours = idle is self._idle
                if not is_ours:  # The engine was disposed of meanwhile, and wants nothing back.
                    connection.invalidate()
                if is_good and is_ours and len(idle) < self._most_idle:
                    idle.append((connection, work))
                else:
                    connection.close()

    def _close(self) -> None:
        idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.invalidate()

    def _taken(self, idle: list[tuple[Connection, Work]]) -> tuple[Connection, Work]:
        with suppress(IndexError):  # Another thread may take the last one at any moment.
            return idle.pop()
        connection = self._engine.connect().execution_options(reading=True)
        return connection, Work(connection)
