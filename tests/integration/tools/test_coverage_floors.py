"""A floor is met exactly, or it is missed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.coverage_floors import FLOORS, describe, main, measure


def _entry(lines: tuple[int, int], branches: tuple[int, int]) -> dict[str, Any]:
    return {
        "summary": {
            "covered_lines": lines[0],
            "num_statements": lines[1],
            "covered_branches": branches[0],
            "num_branches": branches[1],
        },
        "missing_lines": list(range(1, lines[1] - lines[0] + 1)),
        "missing_branches": [[7, -1]] * (branches[1] - branches[0]),
    }


@pytest.mark.parametrize(
    ("branches", "met"), [((4, 4), True), ((3, 4), False)], ids=["every branch", "one branch short"]
)
def test_a_floor_of_100_means_every_branch(branches: tuple[int, int], met: bool) -> None:
    part = measure({"files": {"keys/signer.py": _entry((9, 9), branches)}}, "keys", 100.0)
    assert part.is_met is met
    assert ("keys/signer.py:7 -> exit" in describe(part)) is not met


@pytest.mark.parametrize(("covered", "met"), [(949, False), (950, True)])
def test_the_floor_is_not_rounded(covered: int, met: bool) -> None:
    assert measure({"files": {"a.py": _entry((covered, 1000), (0, 0))}}, "", 95.0).is_met is met


def test_a_part_in_which_nothing_was_measured_misses_its_floor() -> None:
    assert not measure({"files": {"keyserver/a.py": _entry((1, 1), (0, 0))}}, "keys", 100.0).is_met


def test_every_part_with_a_floor_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "coverage.json"
    files = {f"{folder}/a.py": _entry((1, 1), (0, 0)) for folder, _ in FLOORS if folder}
    report.write_text(json.dumps({"files": files}), encoding="utf-8")
    assert main([str(report)]) == 0
    assert capsys.readouterr().out.count(": ok") == len(FLOORS)


def test_no_report_is_wrong_use(tmp_path: Path) -> None:
    assert main([str(tmp_path / "none.json")]) == 3
