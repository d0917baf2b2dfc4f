"""`cse import cpd` and `cse cpd`: from hours in a file to a ledger that is shown, and the ends of a hold."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.conftest import Cse
from tests.integration.intake_files import csv_text
from tests.integration.lives import activity
from tests.integration.registers import AT, MINUTE, Demo
from tests.integration.test_intake_commands import APPLICATIONS, BOARD, MEMBERS

DAY = AT.date().isoformat()
NEXT_YEAR = AT.replace(year=2027, month=5, day=2)


@pytest.fixture
def someone(copied: Demo, cse: Cse) -> str:
    """The register number of member M-101, registered at AT."""
    env = copied.environment(AT + MINUTE)
    cse("import", "members", MEMBERS, *BOARD, env=env)
    cse("import", "applications", APPLICATIONS, *BOARD, env=env)
    (row,) = cse("register", "ELE-2026-001", "--json", env=env).json
    assert row["refused"] is None
    return str(row["number"])


def hours_file(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "hours.csv"
    file.write_text(csv_text(rows), encoding="utf-8")
    return file


def test_hours_are_handed_in_reviewed_and_shown(copied: Demo, cse: Cse, someone: str, tmp_path: Path) -> None:
    env = copied.environment(AT + 2 * MINUTE)
    good = activity(member_no="M-101", activity_on=DAY)
    file = hours_file(tmp_path, good, good | {"category": "2", "hours": "41"}, good | {"category": "3"})
    trial = cse("import", "cpd", file, *BOARD, "--dry-run", env=env)
    first = cse("import", "cpd", file, *BOARD, env=env)
    assert (first.code, first.out.splitlines()[-1]) == (1, "added=2 unchanged=0 refused=1")
    assert trial.out == first.out + "Dry run: nothing was written.\n"
    assert "line     3  M-101             refused    hours: must be more than 0, and at most 24" in first.out
    assert cse("import", "cpd", file, *BOARD, env=env).out.splitlines()[-1] == "added=0 unchanged=2 refused=1"
    said = cse("cpd", "review", someone, "1", "--hours", "4.5", *BOARD, env=env)
    assert (said.code, said.out) == (0, f"{someone}: decided on activity 1; lists published\n")
    assert cse("cpd", "review", someone, "--accept", *BOARD, env=env).out.startswith(
        f"{someone}: decided on activity 2"
    )
    assert "none: nothing waits for you" in cse("cpd", "review", someone, "--reject", *BOARD, env=env).out
    assert cse("cpd", "reverse", someone, "1", "--hours", "0.5", *BOARD, env=env).code == 0
    assert cse("cpd", "exempt", someone, "2026", "--months", "2", "--decision", "D/1", *BOARD, env=env).code == 0
    shown = cse("cpd", "show", someone, *BOARD, env=env)
    assert (shown.code, shown.out.splitlines()) == (0, [
        someone,
        "  2026  OPEN              required 13.5  accepted 10.0  pending 0.0",
        f"      1  {DAY}  6.0 h  category 1  ELE  Example Training Institute  for 2026: accepted 4.5, 0.5 taken back",
        f"      2  {DAY}  6.0 h  category 3  ELE  Example Training Institute  for 2026: accepted 6.0",
    ])  # fmt: skip
    (told,) = cse("cpd", "show", someone, "--json", *BOARD, env=env).json
    assert (told["number"], told["years"][0]["state"], told["activities"][0]["hours"]) == (someone, "OPEN", 6)


def test_what_the_commands_refuse(copied: Demo, cse: Cse, someone: str) -> None:
    env = copied.environment(AT + 2 * MINUTE)
    for arguments in (
        ("review", someone, "1"),
        ("review", someone, "1", "--accept", "--reject"),
        ("review", someone, "--hours", "4"),
        *(("review", someone, "1", "--hours", hours) for hours in ("many", "-1", "NaN", "1e9", "4.25")),
        ("review", someone, "1", "--accept"),
        ("reverse", someone, "1", "--hours", "1"),
        ("allocate", someone, "1", "2025"),
        ("exempt", someone, "2026", "--months", "13", "--decision", "D/1"),
        ("show", "CSE26ELE00012379"),
        ("show", "nonsense"),
        ("begin", "2026"),
    ):
        said = cse("cpd", *arguments, *BOARD, env=env)
        assert (said.code, said.out) == (3, ""), arguments
        assert said.err.startswith("cse: "), arguments
    assert "this ledger: cse cpd show lists them" in cse("cpd", "review", someone, "1", "--accept", *BOARD, env=env).err
    assert "try --as registrar-1" in cse("cpd", "begin", "2026", *BOARD, env=env).err
    assert "begins once" in cse("cpd", "begin", "2027", env=env).err
    assert all(cse("cpd", verb, "--help", env=env).code == 0 for verb in ("review", "reverse", "exempt", "show"))


def test_a_hold_begins_with_the_sweep_and_ends_with_the_hours(
    copied: Demo, cse: Cse, someone: str, tmp_path: Path
) -> None:
    later = copied.environment(NEXT_YEAR)
    cse("sweep", env=copied.environment(AT + 2 * MINUTE))
    due = cse("sweep", "--dry-run", "--as-of", "2027-05-01", env=copied.environment(AT + 3 * MINUTE))
    assert "hold.cpd" in due.out
    cse("sweep", "--approved", "--as", "registrar-2", env=later)
    done = cse("sweep", "--approved", "--json", env=later).json["done"]
    assert done["hold.cpd"] > 0
    assert done["cpd.uncured"] > 0
    (told,) = cse("cpd", "show", someone, "--json", *BOARD, env=later).json
    (year, _) = told["years"]
    assert (year["state"], year["required"]) == ("UNCURED", 20)
    file = hours_file(tmp_path, activity(member_no="M-101", activity_on=f"{NEXT_YEAR:%Y-%m-%d}", hours="20"))
    assert cse("import", "cpd", file, *BOARD, env=later).code == 0
    assert cse("cpd", "allocate", someone, "1", "2026", *BOARD, env=later).code == 0
    assert "suspended" in cse("verify", someone, env=later).out
    assert cse("cpd", "review", someone, "--accept", *BOARD, env=copied.environment(NEXT_YEAR + MINUTE)).code == 0
    assert "suspended" not in cse("verify", someone, env=copied.environment(NEXT_YEAR + timedelta(minutes=2))).out


def test_a_sample_is_drawn_by_its_seed(copied: Demo, cse: Cse, someone: str) -> None:
    env = copied.environment(AT + 2 * MINUTE)
    behind = cse("cpd", "sample", "2026", "--seed", "a published seed", env=env)
    assert (behind.code, "run cse sweep" in behind.err) == (3, True)
    assert cse("sweep", env=env).code == 0
    drawn = cse("cpd", "sample", "2026", "--seed", "a published seed", env=env)
    assert (drawn.code, drawn.out.startswith("0 drawn\nlist sha256:e3b0c442")) == (0, True)
    assert cse("cpd", "sample", "2026", "--seed", "other", "--json", env=env).json["members"] == {}
    assert cse("cpd", "sample", "2026", "--seed", "x", *BOARD, env=env).code == 3
