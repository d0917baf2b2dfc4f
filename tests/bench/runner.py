"""Measure, beside their peers in the same run, and write `var/bench.json`.

CPU time of one thread, the median of many calls; `ratio` is peer / ours, above 1 when ours is faster. No figure is
copied in by hand: what cannot be run here is left out and said.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

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


def milliseconds(call: Callable[[], object], *, seconds: float = _SECONDS) -> float:
    """Return the CPU time of one call in ms: the median, after one call to warm up."""
    call()
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while len(taken) < _CALLS and (time.perf_counter() < until or not taken):
        before = time.process_time()
        call()
        taken.append(1000 * (time.process_time() - before))
    return round(median(taken), 3)


class NotHereError(Exception):
    """A peer is not installed on this machine."""


Case = Callable[[], Iterator[Row]]


def measure(cases: Iterable[Case], report: Path) -> int:
    """Measure every case, print the table as it grows, write the `report`; return how many figures it has."""
    rows: list[Row] = []
    print("ratio = peer’s / ours: above 1, ours is faster")
    print(f"{'what':22} {'ours':>10}        {'peer':26} {'peer’s':>10}   ratio  note")
    for case in cases:
        try:
            for row in case():
                rows.append(row)
                print(_line(row), flush=True)
        except NotHereError as error:
            print(f"bench: left out: {error}", file=sys.stderr)
    report.parent.mkdir(parents=True, exist_ok=True)
    members = [asdict(row) | {"ratio": row.ratio} for row in rows]
    report.write_text(json.dumps(members, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(rows)


def _line(row: Row) -> str:
    theirs = "" if row.peer_value is None else f"{row.peer_value:10.3f} {row.ratio:7.2f}"
    return f"{row.name:22} {row.value:10.3f} {row.unit:6} {row.peer or '':26} {theirs:18}  {row.note}"
