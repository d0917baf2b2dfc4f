"""Verbs that measure nothing yet say so, and the bench writes what it measured."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import runner as bench

PROJECT = Path(__file__).resolve().parents[3]


def test_bench_writes_each_figure_with_its_ratio_and_says_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured() -> Iterator[bench.Row]:
        yield bench.Row("issue.four_proofs", 2.0, "ms", "pyld", 5.0)
        yield bench.Row("page.result", 9.5, "kB")
        yield bench.Row("api.verify", 50.0, "req/s", "the same over PyLD", 5.0)

    def absent() -> Iterator[bench.Row]:
        raise bench.NotHereError("a peer")
        yield

    report, page = tmp_path / "var" / "bench.json", tmp_path / "benchmarks" / "README.md"
    assert bench.measure((measured, absent), report, page) == 3
    rows = json.loads(report.read_text(encoding="utf-8"))
    assert [(row["name"], row["ratio"]) for row in rows] == [
        ("issue.four_proofs", 2.5),
        ("page.result", None),
        ("api.verify", 10.0),
    ]
    table = page.read_text(encoding="utf-8")
    assert "| `issue.four_proofs` | 2 ms | pyld | 5 ms | 2.5 | at least 50 times: missed |" in table
    assert "| `page.result` | 9.5 kB |  |  |  | at most 25 kB |" in table
    assert [row["goal"] for row in rows] == ["at least 50 times: missed", "at most 25 kB", "at least 10 times"]
    assert set(rows[0]) == {"name", "value", "unit", "peer", "peer_value", "ratio", "goal", "note"}
    said = capsys.readouterr()
    assert said.out.startswith("a ratio above 1: ours is faster\n")
    assert "left out: a peer" in said.err


def test_what_is_timed_is_called() -> None:
    calls: list[int] = []
    assert bench.milliseconds(lambda: calls.append(1), seconds=0.0) >= 0
    assert calls


def test_a_frame_says_that_nothing_was_done() -> None:
    command = ["make", "--no-print-directory", "release"]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert said.startswith("release: no release was made")
