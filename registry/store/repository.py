"""What every store does with its one connection: rows in, rows out, and values whose fields are the columns."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table, bindparam, insert

_Value = TypeVar("_Value")


class Repository:
    """Asks and writes on one connection; a store is one with the questions of its part of the register."""

    def __init__(self, connection: Connection) -> None:
        """Work on one `connection`."""
        self._connection = connection

    def _insert(self, table: Table, /, **values: Any) -> None:
        self._connection.execute(insert(table).values(values))

    def _insert_all(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert many rows by one statement; each has the same columns."""
        if rows:
            self._connection.execute(insert(table), rows)

    def _asked(self, query: Executable, place: dict[str, Any]) -> Any:
        """Carry out a `query`; with a `place` the query is a constant of its module, and is built once."""
        if not place:
            return self._connection.execute(query)
        given = {name: value for name, value in place.items() if value is not None}
        return self._connection.execute(_at(query, tuple(place), tuple(given)), given)

    def _all(self, query: Executable, /, **place: Any) -> list[Any]:
        """Return every row, of those whose columns have the values of `place`."""
        return list(self._asked(query, place))

    def _one(self, query: Executable, /, **place: Any) -> Any:
        """Return the only row at `place`, or None."""
        return self._asked(query, place).one_or_none()

    def _read_one(self, kind: type[_Value], query: Executable, /, **place: Any) -> _Value | None:
        """Return the only row at `place` as a value of `kind`, or None."""
        row = self._one(query, **place)
        return read(kind, row) if row is not None else None

    def _column(self, query: Executable, /, **place: Any) -> list[Any]:
        """Return the first column of every row at `place`."""
        return list(self._asked(query, place).scalars())

    def _cell(self, query: Executable, /, **place: Any) -> Any:
        """Return the first column of the only row at `place`, or None."""
        return self._asked(query, place).scalar_one_or_none()


@lru_cache(maxsize=64)
def _at(query: Any, names: tuple[str, ...], given: tuple[str, ...]) -> Any:
    """Return the `query` for rows in which each column of `names` has the value given under its name, or none."""
    column = query.columns_clause_froms[0].c
    return query.where(*(column[name] == (bindparam(name) if name in given else None) for name in names))


def columns(value: Any) -> dict[str, Any]:
    """Return the columns of a value whose fields are columns."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def read(kind: type[_Value], row: Any, /, **given: Any) -> _Value:
    """Return the value of `kind` in a row: each field is the column of its name, but for those that are `given`."""
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]  # `fields` would look at each of them anew
    return kind(**{name: getattr(row, name) for name in names if name not in given}, **given)
