"""What every store does with its one connection: rows in, rows out, and values whose fields are the columns."""

from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table, insert

_Value = TypeVar("_Value")


class Repository:
    """Asks and writes on one connection; a store is one with the questions of its part of the register."""

    def __init__(self, connection: Connection) -> None:
        """Work on one `connection`."""
        self._connection = connection

    def _insert(self, table: Table, /, **values: Any) -> None:
        self._connection.execute(insert(table).values(values))

    def _all(self, query: Executable) -> list[Any]:
        """Return every row."""
        return list(self._connection.execute(query))

    def _one(self, query: Executable) -> Any:
        """Return the only row, or None."""
        return self._connection.execute(query).one_or_none()

    def _read_one(self, kind: type[_Value], query: Executable) -> _Value | None:
        """Return the only row as a value of `kind`, or None."""
        row = self._one(query)
        return read(kind, row) if row is not None else None

    def _column(self, query: Executable) -> list[Any]:
        """Return the first column of every row."""
        return list(self._connection.execute(query).scalars())

    def _cell(self, query: Executable) -> Any:
        """Return the first column of the only row, or None."""
        return self._connection.execute(query).scalar_one_or_none()


def columns(value: Any) -> dict[str, Any]:
    """Return the columns of a value whose fields are columns."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def read(kind: type[_Value], row: Any, /, **given: Any) -> _Value:
    """Return the value of `kind` in a row: each field is the column of its name, but for those that are `given`."""
    names = {field.name for field in fields(kind)} - given.keys()  # type: ignore[arg-type]  # a dataclass
    return kind(**{name: getattr(row, name) for name in names}, **given)
