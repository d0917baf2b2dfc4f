"""Reading a CSV file strictly: rows of typed cells, or a reason for each row that is none. Nothing is guessed.

The file is UTF-8 (a byte order mark is accepted), else GB18030. One line is one row. A row that could be read in two
ways, or in none, is refused alone; a file whose header or size is wrong is refused as a whole.
"""

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from registry.services.refusals import CommandError, CsvError
from schemas.names import has_control_character
from schemas.refusals import translated

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes of a file."""
MOST_ROWS = 50_000
LONGEST_ROW = 8192
"""Bytes of a row."""
LONGEST_CELL = 200
"""Characters of a cell."""

_EARLIEST = date(1900, 1, 1)
_REFERENCE = r"(?!([./_-]*[A-Za-z])*([./_-]*[0-9]){15})[A-Za-z0-9][A-Za-z0-9./_-]{0,39}"
"""Fifteen digits in a row, whatever stands between them, may be an identity number."""
_EMAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"
_FORMULA = ("=", "+", "-", "@")
_WAY_OUT = "save the whole file as UTF-8"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its cells by column, or why it has none."""

    line: int
    cells: Mapping[str, str]
    fault: CommandError | None = None

    def text(self, column: str, form: str = ".+", saying: str = "") -> str:
        """Return a cell that is not empty and has a `form`, which `saying` puts into words."""
        if not self.cells[column]:
            raise CommandError("is missing", column)
        if not re.fullmatch(form, self.cells[column]):
            raise CommandError(f"must be {saying}", column)
        return self.cells[column]

    def reference(self, column: str) -> str:
        """Return a reference that somebody gave; it is printed, so it may not be a resident identity number."""
        return self.text(column, _REFERENCE, "1 to 40 letters, digits and . / _ - and no identity number")

    def email(self, column: str) -> str | None:
        """Return the address of one recipient, or None (threats H05)."""
        return self.text(column, _EMAIL, "the address of one recipient") if self.cells[column] else None

    def day(self, column: str, *, until: date) -> date:
        """Return a day from 1900 `until` another."""
        text = self.text(column, r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day such as 2026-01-31")
        with translated(ValueError, to=CommandError("is no day of the calendar", column)):
            found = date.fromisoformat(text)
        if not _EARLIEST <= found <= until:
            raise CommandError(f"must lie between {_EARLIEST} and {until}", column)
        return found

    def flag(self, column: str) -> bool:
        """Return `true` or `false`, in small or capital letters."""
        return self.text(column, "(?i:true|false)", "true or false: nothing else is a consent").lower() == "true"

    def choice(self, column: str, allowed: Iterable[str]) -> str:
        """Return one of the words `allowed`."""
        return self.text(column, "|".join(allowed), f"one of {', '.join(allowed)}")


def read_rows(content: bytes, columns: Sequence[str]) -> list[Row]:
    """Return the rows of a file with exactly `columns`, in any order. Raises `CsvError` for the file as a whole."""
    if len(content) > LARGEST_FILE:
        raise CsvError("the file is larger than 20 MiB: split it")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content.partition(b"\n")[0]:
        raise CsvError(f"the file is UTF-16, or its header holds NUL: {_WAY_OUT}")
    plain = content.removeprefix(codecs.BOM_UTF8)
    lines = [(line, raw.removesuffix(b"\r")) for line, raw in enumerate(plain.split(b"\n"), start=1)]
    # A spreadsheet ends with rows of commas.
    filled = [(line, raw) for line, raw in lines if raw.strip(b", \r\t")]
    if not filled:
        raise CsvError("the file is empty")
    if len(filled) > MOST_ROWS + 1:
        raise CsvError(f"the file has {len(filled) - 1:,} rows, at most {MOST_ROWS:,} are read: split it")
    encoding = "utf-8" if plain != content or _is_utf8(plain) else "gb18030"
    header = _header(filled[0][1], encoding, columns)
    return [_row(line, raw, encoding, header) for line, raw in filled[1:]]


def _is_utf8(raw: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        raw.decode("utf-8")
        return True
    return False


def _header(raw: bytes, encoding: str, columns: Sequence[str]) -> list[str]:
    with translated(CommandError, to=lambda error: CsvError(f"the header cannot be read: {error}")):
        names = _cells(raw, encoding)
    unknown = [name for name in names if name not in columns]
    doubled = [name for name in columns if names.count(name) > 1]
    missing = [name for name in columns if name not in names]
    for what, found in (("unknown", unknown), ("doubled", doubled), ("missing", missing)):
        if found:
            # What is no name of a column may be a person's data in a file without a header.
            named = [name for name in found[:5] if re.fullmatch("[A-Za-z_;]{0,30}[0-9]?", name)]
            shown = ", ".join(map(repr, named)) or "what stands in the first line is no header"
            raise CsvError(f"{what} in the header: {shown}; the columns are {', '.join(columns)}")
    return names


def _row(line: int, raw: bytes, encoding: str, header: list[str]) -> Row:
    try:
        cells = _cells(raw, encoding)
        if len(cells) != len(header):
            raise CommandError(f"{len(cells)} cells under {len(header)} columns")
        for column, cell in zip(header, cells, strict=True):
            _require_plain(column, cell)
    except CommandError as error:
        return Row(line, {}, error)
    return Row(line, dict(zip(header, cells, strict=True)))


def _cells(raw: bytes, encoding: str) -> list[str]:
    """Return the cells of a line in NFC, without outer spaces. Raises `CommandError`."""
    if len(raw) > LONGEST_ROW:
        raise CommandError(f"the row is longer than {LONGEST_ROW} bytes")
    if encoding != "utf-8" and not raw.isascii() and _is_utf8(raw):
        raise CommandError(f"this row reads as UTF-8, others of the file do not: {_WAY_OUT}")
    try:
        (cells,) = csv.reader([raw.decode(encoding)], strict=True)
    except UnicodeDecodeError as error:
        raise CommandError(f"the row is not {encoding.upper()} as the file is: {_WAY_OUT}") from error
    except (csv.Error, ValueError) as error:
        raise CommandError("the row is no CSV: quotes must be closed, and a cell holds no line break") from error
    return [unicodedata.normalize("NFC", cell.strip(" ")) for cell in cells]


def _require_plain(column: str, cell: str) -> None:
    if has_control_character(cell):
        told = "holds a control, format or private-use character, such as a tab or a zero-width space"
        raise CommandError(told, column)
    if cell.startswith(_FORMULA):
        raise CommandError("begins with = + - or @, like a formula of a spreadsheet", column)
    if len(cell) > LONGEST_CELL:
        raise CommandError(f"is longer than {LONGEST_CELL} characters", column)
