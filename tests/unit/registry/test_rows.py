"""Reading a CSV file: what is a row, what is refused alone, and what refuses the file (threats U12, H05)."""

import codecs
import random
import unicodedata
from datetime import date
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.services.refusals import CommandError, CsvError
from registry.services.rows import LARGEST_FILE, LONGEST_CELL, LONGEST_ROW, Row, read_rows

COLUMNS = ("ref", "name", "day")
HEADER = b"ref,name,day\n"


def rows(text: str, encoding: str = "utf-8") -> list[Row]:
    return read_rows(text.encode(encoding), COLUMNS)


def faults(content: bytes) -> dict[int, tuple[str, str]]:
    """Field and reason of each refused row, by line."""
    found = read_rows(content, COLUMNS)
    return {row.line: (row.fault.field, str(row.fault)) for row in found if row.fault is not None}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_one_content_in_every_accepted_encoding_is_one_table(encoding: str, ending: str) -> None:
    names = ["林知远", "曾䶮", "裴𬱖", "阿依古丽·买买提", "Lin"]
    text = ending.join(["name,ref,day", *(f'"{name}", {n} ,' for n, name in enumerate(names))]) + ending
    found = rows(text, encoding)
    assert [row.cells["name"] for row in found] == names
    assert [(row.line, row.cells["ref"], row.fault) for row in found] == [(n + 2, str(n), None) for n in range(5)]


def test_empty_lines_count_as_lines_and_are_no_rows() -> None:
    assert [row.line for row in rows("\nref,name,day\n\na,b,c\n,,\n , ,\nd,e,f")] == [4, 7]


def test_names_are_composed() -> None:
    (row,) = rows("ref,name,day\n1,Zoe\u0308,\n")
    assert row.cells["name"] == "Zo\u00eb"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ref,name", "missing in the header: 'day'"),
        ("ref,name,day,more", "unknown in the header: 'more'"),
        ("ref,name,day,day", "doubled in the header: 'day'"),
        ("ref;name;day", "unknown in the header: 'ref;name;day'"),
        ("Ref,name,day", "unknown in the header: 'Ref'"),
        ("ref,name,day,", "unknown in the header: ''"),
        ('"ref,name,day', "no CSV"),
        (",".join(f"c{n}" for n in range(1000)), "unknown in the header: 'c0', 'c1', 'c2', 'c3', 'c4';"),
        (",".join(f"c{n}" for n in range(10_001)), "longer than 8192 bytes"),
    ],
)
def test_threat_U12_a_header_that_is_not_the_one_refuses_the_file(header: str, expected: str) -> None:
    with pytest.raises(CsvError, match="header") as refused:
        rows(f"{header}\n1,2,3\n")
    assert expected in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", codecs.BOM_UTF8, b",,,\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(CsvError, match="empty"):
        read_rows(content, COLUMNS)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_threat_U12_utf_16_is_refused(encoding: str) -> None:
    with pytest.raises(CsvError, match="UTF-16"):
        rows("ref,name,day\n1,2,3\n", encoding)


def test_threat_U12_a_header_with_nul_is_refused() -> None:
    with pytest.raises(CsvError, match="NUL"):
        read_rows(b"ref,name,da\x00y\n", COLUMNS)


@pytest.mark.parametrize("size", [LARGEST_FILE, LARGEST_FILE + 1])
def test_threat_U12_the_limit_of_a_file_is_exact(size: int) -> None:
    content = HEADER + b"x" * (size - len(HEADER))
    if size > LARGEST_FILE:
        with pytest.raises(CsvError, match="20 MiB"):
            read_rows(content, COLUMNS)
    else:
        assert faults(content) == {2: ("", "the row is longer than 8192 bytes")}


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("1,2", "", "2 cells under 3 columns"),
        ("1,2,3,4", "", "4 cells under 3 columns"),
        ('1,"2,3', "", "no CSV"),
        ('1,"2"x,3', "", "no CSV"),
        ("1,a\rb,3", "", "no CSV"),
        ("1,a\x00b,3", "name", "control"),
        ("1,a\tb,3", "name", "control"),
        ("1,a\x1bb,3", "name", "control"),
        ("1,a\u200bb,3", "name", "control"),
        ("1,a\u202eb,3", "name", "control"),
        ("1,a\ue000b,3", "name", "control"),
        ("1,a\u2028b,3", "name", "control"),
        ('1,"a\rb",3', "name", "control"),
        ('1,"=HYPERLINK(""x"")",3', "name", "formula"),
        ("1,+1,3", "name", "formula"),
        ("1,-1,3", "name", "formula"),
        ("1, @x,3", "name", "formula"),
        (f"1,{'a' * (LONGEST_CELL + 1)},3", "name", "longer than 200"),
        (f"1,{'a' * LONGEST_ROW},3", "", "longer than 8192"),
    ],
)
def test_threat_U12_a_bad_row_is_refused_alone(row: str, field: str, reason: str) -> None:
    found = faults(f"ref,name,day\na,b,c\n{row}\nd,e,f\n".encode())
    assert list(found) == [3]
    assert found[3][0] == field
    assert reason in found[3][1]


def test_the_limits_of_row_and_cell_are_exact() -> None:
    assert faults(HEADER + b"1," + b"a" * LONGEST_CELL + b",3\n") == {}
    wide = b'"' + b" " * (LONGEST_ROW - 6) + b'",1,2'
    assert len(wide) == LONGEST_ROW
    assert faults(HEADER + wide + b"\n") == {}
    assert list(faults(HEADER + b" " + wide + b"\n")) == [2]


MIXED = "ref,name,day\n1,林知远,\n".encode() + "2,吕若衡,\n".encode("gb18030") + b"3,Daniel,\n"


def test_mixed_encodings_refuse_the_rows_that_could_mean_two_things() -> None:
    found = read_rows(MIXED, COLUMNS)
    assert [row.line for row in found if row.fault is None] == [3, 4]
    assert found[1].cells["name"] == "吕若衡"
    assert "reads as UTF-8" in faults(MIXED)[2][1]


def test_a_file_that_says_it_is_utf_8_is_read_as_nothing_else() -> None:
    found = faults(codecs.BOM_UTF8 + MIXED)
    assert list(found) == [3]
    assert "not UTF-8" in found[3][1]


def test_bytes_that_are_neither_are_refused() -> None:
    assert list(faults(HEADER + b"1,\xff\xff,\n2,b,\n")) == [2]


def is_by_accident(line: bytes, name: str) -> bool:
    """Whether a line of GB18030 also reads as UTF-8, as other characters."""
    try:
        return name not in line.decode("utf-8")
    except UnicodeDecodeError:
        return False


@given(st.lists(st.text(st.characters(categories=["Lo", "Ll", "Lu"]), min_size=1, max_size=8), min_size=1, max_size=6))
def test_no_name_is_ever_read_as_another(names: list[str]) -> None:
    """Whatever mixture of the two encodings: a row is the name that was written, or it is refused."""
    chosen = random.Random(len(names))
    lines = [f"{n},{name},".encode(chosen.choice(["utf-8", "gb18030"])) for n, name in enumerate(names)]
    for content in (HEADER + b"\n".join(lines), codecs.BOM_UTF8 + HEADER + b"\n".join(lines)):
        # A file of nothing but lines that read as UTF-8 is UTF-8, whatever was meant: no program can tell.
        if any(is_by_accident(line, name) for line, name in zip(lines, names, strict=True)):
            continue
        for row in read_rows(content, COLUMNS):
            if row.fault is None:
                assert row.cells["name"] == unicodedata.normalize("NFC", names[int(row.cells["ref"])])


def cell(text: str) -> Row:
    return Row(2, {"c": text})


@pytest.mark.parametrize(
    ("text", "good"),
    [("2026-02-28", True), ("2026-02-29", False), ("2026-07-01", True), ("2026-07-02", False), ("1900-01-01", True),
     ("1899-12-31", False), ("20260228", False), ("2026-W01-1", False), ("28.02.2026", False), ("２026-02-28", False),
     ("", False)],
)  # fmt: skip
def test_days(text: str, good: bool) -> None:
    if good:
        assert cell(text).day("c", until=date(2026, 7, 1)).isoformat() == text
        return
    with pytest.raises(CommandError) as refused:
        cell(text).day("c", until=date(2026, 7, 1))
    assert refused.value.field == "c"


@pytest.mark.parametrize(
    ("text", "flag"),
    [("true", True), ("TRUE", True), ("True", True), ("false", False), ("FALSE", False)],
)
def test_consents(text: str, flag: bool) -> None:
    assert cell(text).flag("c") is flag


@pytest.mark.parametrize("text", ["", "yes", "1", "0", "是", "t", "truetrue", "tr\u0131e"])
def test_nothing_else_is_a_consent(text: str) -> None:
    with pytest.raises(CommandError):
        cell(text).flag("c")


@pytest.mark.parametrize("text", ["a@b.example", "A.b+c@mail.b-c.example"])
def test_a_mail_address(text: str) -> None:
    assert cell(text).email("c") == text
    assert cell("").email("c") is None


@pytest.mark.parametrize(
    "text",
    ["a", "a@b", "a@b.example,c@d.example", "a@b.example;c@d.example", "a@b.example c@d.example", "<a@b.example>",
     "a@b.example\r\nBcc: c@d.example", "a@b.example\n", "a@@b.example", "a@b..example", "a b@c.example"],
)  # fmt: skip
def test_threat_h05_a_mail_address_names_one_recipient(text: str) -> None:
    with pytest.raises(CommandError):
        cell(text).email("c")


@pytest.mark.parametrize(
    ("text", "good"),
    [("A-1", True), ("ELE/2026/17", True), ("a" * 40, True), ("a" * 41, False), ("-1", False), ("A 1", False),
     ("甲1", False), ("999900198407020139", False), ("99990019840702013X", False),
     ("9999001984070201390", False), ("999900-19840702-0139", False), ("A999900198407020139", False),
     ("2026-01-02-1234567", False), ("A1\n", False), ("", False)],
)  # fmt: skip
def test_references(text: str, good: bool) -> None:
    if good:
        assert cell(text).reference("c") == text
    else:
        with pytest.raises(CommandError):
            cell(text).reference("c")


class Word(StrEnum):
    ONE = "one"
    TWO = "two"


def test_words_of_a_list() -> None:
    assert cell("two").choice("c", Word) == "two"
    for text in ("", "three", "One", "one|two"):
        with pytest.raises(CommandError):
            cell(text).choice("c", ["one", "two"])
