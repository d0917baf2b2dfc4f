"""One table for everything that software which is not ours said of what this register issues.

A cell is (what was given, who looked, which version, what it said); `tell` refuses a cell that docs/interop.md does
not hold, so that the documentation is what the run printed and any change of behaviour fails a test.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = PROJECT / "docs" / "interop.md"
PROPERTY = "interop"
OURS = "this register"


@dataclass(frozen=True)
class Reader:
    """A program that reads what we issue. `is_pinned`: its version stands in one of our lock files."""

    name: str
    version: str
    is_pinned: bool = True

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"


@dataclass
class InteropTable:
    """What was told in this run: by kind of thing given (certificate, PDF), by reader, by what was given."""

    told: dict[str, dict[Reader, dict[str, str]]] = field(default_factory=dict)

    def tell(self, kind: str, reader: Reader, said: Mapping[str, str]) -> None:
        """Take one column, and compare it with the documentation."""
        self.told.setdefault(kind, {})[reader] = dict(said)
        assert dict(said) == documented(kind, reader), f"{DOCUMENT.name}, {kind}, {reader.title}"

    def properties(self) -> list[tuple[str, Any]]:
        """Return what was told as properties of the report of a test, which may have run in another process."""
        columns = [(kind, reader, said) for kind, columns in self.told.items() for reader, said in columns.items()]
        return [(PROPERTY, [kind, list(astuple(reader)), said]) for kind, reader, said in columns]

    @classmethod
    def of(cls, properties: Iterable[tuple[str, Any]]) -> "InteropTable":
        """Put the properties of all reports together again."""
        table = cls()
        for kind, reader, said in (value for name, value in properties if name == PROPERTY):
            table.told.setdefault(kind, {})[Reader(*reader)] = said
        return table

    def lines(self) -> list[str]:
        """Return the table of each kind, as Markdown."""
        return [line for kind, columns in sorted(self.told.items()) for line in ["", f"{kind}:", *_lines(columns)]]


def _lines(columns: Mapping[Reader, Mapping[str, str]]) -> list[str]:
    ordered = sorted(columns, key=lambda reader: reader.name != OURS)
    given = dict.fromkeys(name for reader in ordered for name in columns[reader])
    rows = [[name, *(columns[reader].get(name, "") for reader in ordered)] for name in given]
    cells = [["given", *(reader.title for reader in ordered)], *rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    cells.insert(1, ["-" * width for width in widths])
    return ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in cells]


def documented(kind: str, reader: Reader) -> dict[str, str]:
    """Return the column of `reader` in the table of docs/interop.md for this kind: cell by what was given."""
    text = DOCUMENT.read_text(encoding="utf-8")
    place = text.partition(f"<!-- interop:{kind} -->")[2].partition("<!-- end -->")[0]
    titles, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in place.split("\n")[1:-1]] or [[]]
    wanted = [title if reader.is_pinned else title.rpartition(" ")[0] for title in titles]
    name = reader.title if reader.is_pinned else reader.name
    if name not in wanted:
        return {}
    column = wanted.index(name)
    return {row[0]: row[column] for row in rows[1:] if row[column]}
