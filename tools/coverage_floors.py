"""Hold the coverage of each part to its floor, lines and branches together.

Reads the JSON report that `make test` leaves. A floor of 100 means every line and every branch; a part in
which nothing was measured misses its floor.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_REPORT = Path("var/coverage/coverage.json")

# Folder (or, for the last, everything) and the percentage it must reach.
FLOORS: tuple[tuple[str, float], ...] = (
    ("registry/domain", 100.0),
    ("verifier", 100.0),
    ("issuer", 100.0),
    ("keys", 100.0),
    ("", 95.0),
)
_SHOWN_PER_PART = 20


@dataclass(frozen=True, slots=True)
class Part:
    """What was measured in one folder."""

    name: str
    floor: float
    covered: int
    total: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> float:
        """Lines and branches reached, in percent; 0 when nothing was measured."""
        return 100.0 * self.covered / self.total if self.total else 0.0

    @property
    def is_met(self) -> bool:
        """Whether the floor is reached, without rounding."""
        return self.total > 0 and self.covered * 100 >= self.floor * self.total


def _missing(path: str, entry: Mapping[str, Any]) -> list[str]:
    """Name the lines and the branches of one file that no test reached."""
    lines = [f"{path}:{line}" for line in entry["missing_lines"]]
    branches = [f"{path}:{start} -> {'exit' if end < 0 else end}" for start, end in entry["missing_branches"]]
    return lines + branches


def measure(report: Mapping[str, Any], folder: str, floor: float) -> Part:
    """Add up the files below `folder`; the empty folder is everything."""
    covered = total = 0
    missing: list[str] = []
    for path, entry in sorted(report["files"].items()):
        if folder and not path.startswith(f"{folder}/"):
            continue
        summary = entry["summary"]
        covered += summary["covered_lines"] + summary["covered_branches"]
        total += summary["num_statements"] + summary["num_branches"]
        missing += _missing(path, entry)
    return Part(folder or "everything", floor, covered, total, tuple(missing))


def describe(part: Part) -> str:
    """Write one part as a line, and what is missing below it if it matters."""
    if part.total == 0:
        return f"coverage {part.name}: nothing measured, floor {part.floor:g}"
    verdict = "ok" if part.is_met else "BELOW THE FLOOR"
    line = f"coverage {part.name}: {part.percent:.2f} % of lines and branches, floor {part.floor:g}: {verdict}"
    if part.is_met:
        return line
    shown = [f"  not reached: {place}" for place in part.missing[:_SHOWN_PER_PART]]
    rest = len(part.missing) - len(shown)
    return "\n".join([line, *shown, *([f"  and {rest} more"] if rest > 0 else [])])


def main(arguments: list[str]) -> int:
    """Print each part; return 1 if one is below its floor, 3 if there is no report."""
    path = Path(arguments[0]) if arguments else DEFAULT_REPORT
    if not path.is_file():
        print(f"no coverage report at {path}: run make test", file=sys.stderr)
        return 3
    report = json.loads(path.read_text(encoding="utf-8"))
    parts = [measure(report, folder, floor) for folder, floor in FLOORS]
    for part in parts:
        print(describe(part))
    return 0 if all(part.is_met for part in parts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
