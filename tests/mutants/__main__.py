"""`make mutants`: draw mutants by a fixed seed, let them face their tests, and say how many were killed.

The run fails if fewer than nine in ten of a package die, if one survives that `survivors.toml` does not list with a
reason, and if one listed there is killed or its line is gone.
"""

import argparse
import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

from tests.mutants.making import Mutant, drawn, mutants_of
from tests.mutants.running import Trial, trials
from tests.mutants.tests_of import HERE, Tests, tests_without_mutant

SEED = "4"
LISTED = Path(__file__).with_name("survivors.toml")
_FLOOR = 90.0
_AT_ONCE = 2


class Change(NamedTuple):
    """What a mutant changes, by which the list of accepted survivors names it."""

    file: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.file}\n  - {self.was}\n  + {self.now}"


def main() -> int:
    """Return how many things are wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("packages", nargs="+", help="packages as folders: verifier issuer registry/domain")
    parser.add_argument("--count", type=int, default=200, help="how many mutants of each package")
    parser.add_argument("--only", metavar="FILE[:LINE]", help="every mutant of this file or line, and no verdict")
    asked = parser.parse_args()
    tests = tests_without_mutant(asked.packages)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        if asked.only:
            file, _, line = asked.only.partition(":")
            some = [mutant for mutant in mutants_of(Path(file), SEED) if not line or mutant.line == int(line)]
            _judge(file, some, tests)
            return 0
        _control(tests)
        return sum(_wrong_in(package, asked.count, tests) for package in asked.packages)


def _control(tests: Tests) -> None:
    """Let code without a mistake face every test in the same way: it must survive, or no figure means anything."""
    file, told = "schemas/__init__.py", HERE / "control.txt"
    same = Trial(file, Path(file).read_text(encoding="utf-8"), [list(tests.seconds)], tests.seconds, str(told))
    if [survived for _, survived in trials(lambda _: same, [file], at_once=1)] != [True]:
        raise SystemExit(f"mutants: nothing was measured: without any mutant the tests fail when run this way: {told}")
    print(f"mutants: control without a mistake survives its {len(tests.seconds)} tests", flush=True)


def _judge(name: str, mutants: list[Mutant], tests: Tests) -> dict[Change, bool]:
    """Print the progress, each survivor and the figure; return what survived."""
    ended: dict[Change, bool] = {}
    survivors = []

    def begin(mutant: Mutant) -> Trial:
        return Trial(mutant.file, mutant.source, tests.batches(mutant), tests.seconds, os.devnull)

    for done, (mutant, survived) in enumerate(trials(begin, mutants, at_once=_AT_ONCE), 1):
        change = Change(mutant.file, *mutant.change())
        ended[change] = survived or ended.get(change, False)
        if survived:
            survivors.append(mutant)
            print(f"survived {mutant.file}:{mutant.line}\n  - {change.was}\n  + {change.now}", flush=True)
        if done % 25 == 0 or done == len(mutants):
            print(f"mutants {name}: {done} of {len(mutants)}, {len(survivors)} survived", flush=True)
    killed = len(mutants) - len(survivors)
    share = 100 * killed / len(mutants) if mutants else 0.0
    figures = f"mutants={len(mutants)} killed={killed} survived={len(survivors)} share={share:.1f}% seed={SEED}"
    print(f"mutants {name}: {figures}", flush=True)
    return ended


def _wrong_in(package: str, count: int, tests: Tests) -> int:
    """Judge one package; print what is wrong and return how many things are."""
    mutants = drawn(sorted(Path(package).rglob("*.py")), count, SEED)
    ended = _judge(package, mutants, tests)
    listed = {Change(one["file"], one["was"], one["now"]): one["reason"] for one in _listed(package)}
    wrong = [f"not listed in {LISTED.name}: {change}" for change in ended if ended[change] and change not in listed]
    wrong += [f"listed, but killed: {change}" for change in listed if ended.get(change) is False]
    wrong += [f"listed, but gone: {change}" for change in listed if not _is_there(change)]
    if 100 * sum(not survived for survived in ended.values()) < _FLOOR * len(ended):
        wrong.append(f"fewer than {_FLOOR:.0f} of 100 were killed")
    for line in wrong:
        print(f"mutants {package}: {line}", file=sys.stderr)
    return len(wrong)


def _listed(package: str) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = tomllib.loads(LISTED.read_text(encoding="utf-8")).get("survivor", [])
    return [one for one in listed if one["file"].startswith(f"{package}/")]


def _is_there(change: Change) -> bool:
    file = Path(change.file)
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    return change.was in " ".join(lines)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
