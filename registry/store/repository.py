"""What every store does with its one connection: rows in, rows out, and values whose fields are the columns."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Dialect, Executable, Table, bindparam, insert, update
from sqlalchemy.exc import DBAPIError

_Value = TypeVar("_Value")


class Repository:
    """Asks and writes on one connection; a store is one with the questions of its part of the register."""

    def __init__(self, connection: Connection) -> None:
        """Work on one `connection`."""
        self._connection = connection

    def _insert(self, table: Table, /, **values: Any) -> None:
        self._connection.execute(insert(table), values)

    def _for_each_of(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        """Carry out one statement for many rows; each has the same columns."""
        if rows:
            self._connection.execute(statement, rows)

    def _update(self, table: Table, values: dict[str, Any], /, **place: Any) -> None:
        """Write `values` into every row whose columns have the values of `place`."""
        self._connection.execute(update(table).filter_by(**place).values(values))

    def _all(self, query: Executable, /, **place: Any) -> list[Any]:
        """Return every row, of those whose columns have the values of `place`.

        With a `place` the query is a constant of its module, is built once, and goes straight to the driver. Raises
        `DBAPIError`, as SQLAlchemy does.
        """
        if not place:
            return list(self._connection.execute(query))
        given = {name: value for name, value in place.items() if value is not None}
        dialect = self._connection.dialect
        try:
            return _prepared(query, tuple(place), tuple(given), dialect)(self._connection, given)
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error) from error

    def _one(self, query: Executable, /, **place: Any) -> Any:
        """Return the only row at `place`, or None."""
        (row,) = self._all(query, **place) or (None,)
        return row

    def _read_one(self, kind: type[_Value], query: Executable, /, **place: Any) -> _Value | None:
        """Return the only row at `place` as a value of `kind`, or None."""
        row = self._one(query, **place)
        return read(kind, row) if row is not None else None

    def _column(self, query: Executable, /, **place: Any) -> list[Any]:
        """Return the first column of every row at `place`."""
        return [row[0] for row in self._all(query, **place)]

    def _cell(self, query: Executable, /, **place: Any) -> Any:
        """Return the first column of the only row at `place`, or None."""
        row = self._one(query, **place)
        return row[0] if row is not None else None


@lru_cache(maxsize=256)
def _prepared(
    query: Any, names: tuple[str, ...], given: tuple[str, ...], dialect: Dialect
) -> Callable[[Connection, dict[str, Any]], list[Any]]:
    """Return what asks the `query` for rows in which each column of `names` has the value given under it, or none.

    SQLAlchemy builds it, and says how values are written and rows are read: that depends on nothing else.
    """
    column = query.columns_clause_froms[0].c
    query = query.where(*(column[name] == (bindparam(name) if name in given else None) for name in names))
    state = query.compile(dialect=dialect).construct_expanded_state(dict.fromkeys(given))
    kind = cast(Any, namedtuple)("Row", [one.name for one in query.selected_columns], rename=True)
    readers = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in query.selected_columns]
    writers = [(name, column[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in given]

    def ask(connection: Connection, asked: dict[str, Any]) -> list[Any]:
        driver, written = cast(Any, connection.connection.driver_connection), {**state.parameters}
        written.update((name, write(asked[name]) if write else asked[name]) for name, write in writers)
        sent = written if state.positiontup is None else [written[name] for name in state.positiontup]
        rows = (zip(readers, row, strict=True) for row in driver.execute(state.statement, sent))
        return [kind._make(reader(one) if reader else one for reader, one in row) for row in rows]

    return ask


def columns(value: Any) -> dict[str, Any]:
    """Return the columns of a value whose fields are columns."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def read(kind: type[_Value], row: Any, /, **given: Any) -> _Value:
    """Return the value of `kind` in a row: each field is the column of its name, but for those that are `given`."""
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]  # `fields` would look at each of them anew
    return kind(**{name: getattr(row, name) for name in names if name not in given}, **given)
