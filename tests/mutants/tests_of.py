"""Which tests a mutant has to face, and in which order."""

import importlib
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from coverage import CoverageData

from tests.mutants.making import Mutant

# No PostgreSQL, no browser, no other program, no register built by a command: those take minutes or need a machine.
FACED = [
    "tests/unit",
    "tests/unit/registry/test_reading.py",
    *(f"tests/conformance/test_{name}.py" for name in ("vectors", "proof_vectors", "rdf_canon")),
    *(f"tests/conformance/test_{name}.py" for name in ("data_model_examples", "examples", "token_examples")),
    *(f"tests/integration/test_{name}.py" for name in ("certificate_pdf", "wallets", "presented")),
]
ONLY = ["-k", "not postgresql"]
HERE = Path("var/mutants")


@dataclass(frozen=True, slots=True)
class Tests:
    """What one run of the tests without any mutant told: how long each takes and which lines it runs."""

    seconds: dict[str, float]
    covered: CoverageData

    def batches(self, mutant: Mutant) -> list[list[str]]:
        """Return the tests that run the statement, then the unit tests of its package.

        They come in batches of whole files, the quickest first, each of twice as many files as the last.
        """
        package = Path(mutant.file).parent.name
        near = self._running(mutant)
        unit = {test for test in self.seconds if test.startswith(f"tests/unit/{package}/")}
        return [*self._doubling(near), *self._doubling(unit - near)]

    def _running(self, mutant: Mutant) -> set[str]:
        contexts = self.covered.contexts_by_lineno(str(Path(mutant.file).resolve()))
        lines = mutant.lines or contexts
        found = self._tests_at(lines, contexts)
        # What runs while the module is loaded is recorded for no test: then every test that reaches the file is asked.
        return found or self._tests_at(contexts, contexts)

    def _tests_at(self, lines: Iterable[int], contexts: Mapping[int, list[str]]) -> set[str]:
        found = {context.partition("|")[0] for line in lines for context in contexts.get(line, [])}
        return found & self.seconds.keys()

    def _doubling(self, tests: set[str]) -> list[list[str]]:
        files: dict[str, list[str]] = {}
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            files.setdefault(test.partition("::")[0], []).append(test)
        left = iter(sorted(files.values(), key=lambda some: sum(self.seconds[test] for test in some)))
        found: list[list[str]] = []
        while some := list(islice(left, 1 << len(found))):
            found.append([test for file in some for test in file])
        return found


def tests_without_mutant(packages: list[str]) -> Tests:
    """Run the tests once on the code as it is, and import here what they import that is not ours.

    The last run is taken again if nothing has changed since. Raises `SystemExit` if a test fails.
    """
    name = "-".join(sorted(packages)).replace("/", ".")
    record, data = HERE / f"{name}.json", HERE / f"{name}.coverage"
    if not record.exists() or record.stat().st_mtime < _last_change():
        print(f"mutants: the tests on the code as it is, to learn which lines each runs: {' '.join(FACED)}", flush=True)
        HERE.mkdir(parents=True, exist_ok=True)
        measured = [f"--cov={package}" for package in packages] + ["--cov-context=test", "--cov-report="]
        asked = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.mutants.record", f"--record={record}.new"]
        environment = os.environ | {"COVERAGE_FILE": str(data)}
        if subprocess.run([*asked, *measured, *ONLY, *FACED], env=environment).returncode:
            raise SystemExit("mutants: nothing was measured: the tests fail on the code as it is")
        Path(f"{record}.new").rename(record)
    told = json.loads(record.read_bytes())
    _import(told["modules"])
    covered = CoverageData(str(data))
    covered.read()
    return Tests(told["seconds"], covered)


def _last_change() -> float:
    folders = ("schemas", "verifier", "keys", "issuer", "registry", "tests")
    return max(file.stat().st_mtime for folder in folders for file in Path(folder).rglob("*") if _counts(file))


def _counts(file: Path) -> bool:
    return file.suffix != ".pyc" and file.is_file() and "mutants" not in file.parts and "node_modules" not in file.parts


def _import(modules: list[str]) -> None:
    """Import other people's modules once, so that the process of each mutant need not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in modules:
            try:
                importlib.import_module(name)
            except Exception:  # noqa: S112 (what cannot be imported alone is imported later, by who needs it)
                continue
