"""The table refuses what the documentation does not say."""

import pytest

from tests.conformance.interop_table import OURS, InteropTable, Reader, documented

SAID = documented("certificate", Reader(OURS, "", is_pinned=False))


def test_a_column_is_found_by_name_and_version_unless_no_lock_file_fixes_the_version() -> None:
    assert SAID["as issued"] == "valid"
    assert documented("certificate", Reader(OURS, "0.0.0")) == {}
    assert documented("certificate", Reader("nobody", "1", is_pinned=False)) == {}
    assert documented("nothing", Reader(OURS, "", is_pinned=False)) == {}


@pytest.mark.parametrize(
    "change",
    [{"as issued": "invalid"}, {"never given": "valid"}],
    ids=["another answer", "a row that is not documented"],
)
def test_a_cell_that_is_not_documented_is_refused_and_still_printed(change: dict[str, str]) -> None:
    table = InteropTable()
    with pytest.raises(AssertionError, match=r"interop\.md, certificate"):
        table.tell("certificate", Reader(OURS, "", is_pinned=False), SAID | change)
    assert any(f"| {name}" in line and answer in line for name, answer in change.items() for line in table.lines())


def test_a_documented_row_that_was_not_given_is_missed() -> None:
    with pytest.raises(AssertionError, match=r"interop\.md, certificate"):
        InteropTable().tell("certificate", Reader(OURS, "", is_pinned=False), {"as issued": "valid"})


def test_each_kind_is_a_table_with_ours_first() -> None:
    table = InteropTable()
    table.told["PDF"] = {Reader("qpdf", "1"): {"as printed": "no errors"}, Reader(OURS, "2"): {"altered": "invalid"}}
    assert table.lines() == [
        "",
        "PDF:",
        "| given      | this register 2 | qpdf 1    |",
        "| ---------- | --------------- | --------- |",
        "| altered    | invalid         |           |",
        "| as printed |                 | no errors |",
    ]


def test_what_two_processes_were_told_is_one_table() -> None:
    one, two, both = InteropTable(), InteropTable(), InteropTable()
    one.told["PDF"] = both.told["PDF"] = {Reader("qpdf", "1"): {"as printed": "no errors"}}
    two.told["certificate"] = both.told["certificate"] = {Reader(OURS, "2", is_pinned=False): {"as issued": "valid"}}
    two.told["PDF"] = {Reader(OURS, "2"): {"as printed": "valid"}}
    both.told["PDF"] = two.told["PDF"] | one.told["PDF"]
    other = [("another property", "another value")]
    assert InteropTable.of([*one.properties(), *other, *two.properties()]) == both
