"""Measure, beside their peers in the same run, and write `var/bench.json` and `benchmarks/README.md`.

CPU time of one thread, the median of many calls; `ratio` is peer / ours, above 1 when ours is faster. No figure is
copied in by hand: what cannot be run here is left out and said.
"""

import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

REPORT = Path("var/bench.json")
PAGE = Path("benchmarks/README.md")
FLAT = PAGE.with_name("verify-flat.svg")
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
        """How many times better ours is: less time, or more in a second."""
        if self.peer_value is None:
            return None
        ratio = self.value / self.peer_value if self.unit.endswith("/s") else self.peer_value / self.value
        return round(ratio, 2)

    @property
    def goal(self) -> str:
        """What was wanted, and whether it was missed; nothing where nothing was."""
        least, most = _TIMES.get((self.name, self.peer or "")), _MOST.get(self.name)
        if least is not None and self.ratio is not None:
            return f"at least {least:g} times" + ("" if self.ratio >= least else ": missed")
        if most is not None:
            return f"at most {most:g} {self.unit}" + ("" if self.value <= most else ": missed")
        return ""


_TIMES = {
    ("issue.four_proofs", "pyld"): 50,
    ("issue.four_proofs", "@digitalbazaar/vc"): 60,
    ("verify.four_proofs", "pyld"): 15,
    ("verify.four_proofs", "@digitalbazaar/vc"): 25,
    ("verify.jcs", "PyNaCl, one signature"): 0.33,
    ("api.verify", "the same over PyLD"): 10,
}
_MOST = {
    "issue.one_proof": 0.08,
    "issue.batch": 0.9,
    "issue.batch.memory": 250,
    "verify.one_proof": 0.25,
    "verify.hostile": 20,
    "verify.again": 0.01,
    "status.flip": 5,
    "status.encode.10M": 50,
    "api.verify.p99": 20,
    "api.verify.one.p99": 2,
    "pdf.certificate": 80,
    "pdf.size": 100,
    "pdf.press": 10,
    "pdf.batch": 180,
    "qr.svg": 3,
    "page.result": 25,
    "sweep.sqlite": 4,
    "sweep.postgresql": 2,
    "assess.sqlite": 30,
    "assess.postgresql": 30,
}


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


def measure(cases: Iterable[Case], report: Path, page: Path) -> int:
    """Measure every case, print the table as it grows, write `report` and `page`; return how many figures there are."""
    rows: list[Row] = []
    print("a ratio above 1: ours is faster")
    print(f"{'what':22} {'ours':>10}        {'peer':26} {'peer’s':>10}   ratio  {'wanted':24} note")
    for case in cases:
        try:
            for row in case():
                rows.append(row)
                print(_line(row), flush=True)
        except NotHereError as error:
            print(f"bench: left out: {error}", file=sys.stderr)
    report.parent.mkdir(parents=True, exist_ok=True)
    members = [asdict(row) | {"ratio": row.ratio, "goal": row.goal} for row in rows]
    report.write_text(json.dumps(members, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(_page(rows), encoding="utf-8")
    return len(rows)


def _page(rows: Iterable[Row]) -> str:
    """Return the table for readers, with the machine and the versions."""
    used = "\n".join(f"- {name} {version(name)}" for name in _PACKAGES)
    lines = "\n".join(_row(row) for row in rows)
    return _TEMPLATE.format(machine=_machine(), python=platform.python_version(), used=used, lines=lines)


def _row(row: Row) -> str:
    theirs = ("", "", "") if row.peer_value is None else (row.peer, f"{row.peer_value:g} {row.unit}", f"{row.ratio:g}")
    return (
        "| " + " | ".join((f"`{row.name}`", f"{row.value:g} {row.unit}", *map(str, theirs), row.goal, row.note)) + " |"
    )


def _machine() -> str:
    names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[0]
    return (
        f"{len(names)} cores of {names[0]}, {memory:.0f} GiB, {platform.system()}; load average {busy:.1f} at the end"
    )


_PACKAGES = (
    "pyld",
    "pynacl",
    "rfc8785",
    "orjson",
    "jsonschema-rs",
    "segno",
    "qrcode",
    "weasyprint",
    "fastapi",
    "gmpy2",
    "uvicorn",
    "httptools",
    "h11",
    "uvloop",
    "sqlalchemy",
)
_TEMPLATE = """# Benchmarks

Written by `make bench`; nothing here is edited by hand. A row with a peer was measured beside it in one run: CPU time
of one thread, the median of many calls, contexts local, keys in memory. A ratio above 1 means that ours is faster.
Absolute figures are those of one machine on one day; ratios travel better. What each row does stands in
`tests/bench/cases.py`.

Machine: {machine}. Python {python}, and

{used}

| what | ours | peer | peer's | ratio | wanted | note |
|---|---|---|---|---|---|---|
{lines}

What one verification costs as the register grows (`api.verify.flat`):

![CPU time and median time of a verification, by the number of certificates](verify-flat.svg)
"""


def _line(row: Row) -> str:
    theirs = "" if row.peer_value is None else f"{row.peer_value:10.3f} {row.ratio:7.2f}"
    return f"{row.name:22} {row.value:10.3f} {row.unit:6} {row.peer or '':26} {theirs:18}  {row.goal:24} {row.note}"
