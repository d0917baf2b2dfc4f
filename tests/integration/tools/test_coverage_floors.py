"""A floor of coverage is met exactly, or `make floors` fails and says what was not reached."""

import subprocess
from pathlib import Path

import pytest
from coverage import CoverageData

PROJECT = Path(__file__).resolve().parents[3]
FOLDERS = ("registry/domain", "verifier", "issuer", "keys")

# Where a part has one file with one branch: the lines, and the arcs between them, that leave nothing out.
SOURCE = "def sign(again):\n    if again:\n        again = False\n    return again\n"
EVERY_ARC = [(-1, 1), (1, -1), (-1, 2), (2, 3), (2, 4), (3, 4), (4, -1)]
ONE_BRANCH_SHORT = [arc for arc in EVERY_ARC if arc != (2, 4)]


def floors(tree: Path, measured: dict[str, list[tuple[int, int]]]) -> tuple[int, str]:
    """Run `make floors` in a small tree of its own, in which `measured` was measured."""
    (tree / ".venv").symlink_to(PROJECT / ".venv")
    (tree / "pyproject.toml").write_text("[tool.coverage.run]\nbranch = true\n", encoding="utf-8")
    data = CoverageData(str(tree / ".coverage"))
    for name, arcs in measured.items():
        source = tree / name
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(SOURCE, encoding="utf-8")
        data.add_arcs({str(source): arcs})
    data.write()
    asked = ["make", "--no-print-directory", "-f", PROJECT / "Makefile", "floors"]
    done = subprocess.run(asked, cwd=tree, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_part_with_a_floor_is_looked_at(tmp_path: Path) -> None:
    code, said = floors(tmp_path, {f"{folder}/a.py": EVERY_ARC for folder in FOLDERS})
    assert (code, said.count(", floor 100\n"), said.count(", floor 95\n")) == (0, 4, 1), said


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_floor_of_100_means_every_branch(folder: str, tmp_path: Path) -> None:
    measured = {f"{one}/deep/a.py": EVERY_ARC for one in FOLDERS} | {f"{folder}/b.py": ONE_BRANCH_SHORT}
    code, said = floors(tmp_path, measured)
    assert (code, f"{folder}/b.py" in said, "2->4" in said) == (2, True, True), said


def test_a_part_in_which_nothing_was_measured_misses_its_floor(tmp_path: Path) -> None:
    measured = {f"{folder}/a.py": EVERY_ARC for folder in FOLDERS if folder != "keys"}
    code, said = floors(tmp_path, measured | {"keyserver/a.py": EVERY_ARC})
    assert (code, "No data to report." in said) == (2, True), said


def test_the_floor_of_everything_counts_what_has_none_of_its_own(tmp_path: Path) -> None:
    measured = {f"{folder}/a.py": EVERY_ARC for folder in FOLDERS} | {"public_site/a.py": [(-1, 1), (1, -1)]}
    code, said = floors(tmp_path, measured)
    assert (code, "less than fail-under=95" in said) == (2, True), said
