"""Measure, beside their peers in the same run, and write `var/bench.json`.

CPU time of one thread, the median of many calls; `ratio` is peer / ours, above 1 when ours is faster. No figure is
copied in by hand: what cannot be run here is left out and said.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

REPORT = Path("var/bench.json")
_SECONDS, _CALLS = 2.0, 400


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of ours, and that of a peer where there is one."""

    name: str
    value: float
    unit: str
    peer: str | None = None
    peer_value: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the peer's figure is ours."""
        return round(self.peer_value / self.value, 2) if self.peer_value is not None else None


def milliseconds(call: Callable[[], object]) -> float:
    """Return the CPU time of one call in ms: the median, after one call to warm up."""
    call()
    taken: list[float] = []
    until = time.perf_counter() + _SECONDS
    while len(taken) < _CALLS and (time.perf_counter() < until or not taken):
        before = time.process_time()
        call()
        taken.append(1000 * (time.process_time() - before))
    return round(median(taken), 3)


def _rows() -> Iterator[Row]:
    # The cases import the whole product, so that wrong use is told before.
    from tools import bench_cases

    for case in bench_cases.CASES:
        try:
            yield from case()
        except bench_cases.NotHereError as error:
            print(f"bench: left out: {error}", file=sys.stderr)


def main() -> int:
    """Measure every case, print the table as it grows, write the report."""
    rows: list[Row] = []
    print(f"{'what':22} {'ours':>10}        {'peer':26} {'peer’s':>10}   ratio  note")
    for row in _rows():
        rows.append(row)
        theirs = "" if row.peer_value is None else f"{row.peer_value:10.3f} {row.ratio:7.2f}"
        print(f"{row.name:22} {row.value:10.3f} {row.unit:6} {row.peer or '':26} {theirs:18}  {row.note}", flush=True)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    report = [asdict(row) | {"ratio": row.ratio} for row in rows]
    REPORT.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"bench: {len(rows)} figures in {REPORT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
