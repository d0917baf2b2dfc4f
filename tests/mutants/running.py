"""Let mutants face their tests, each in a process of its own that imports the mutated file; no file is ever changed."""

import importlib.util
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TypeVar

import pytest

_MEMORY = 4 * 2**30
_SURVIVED, _KILLED = 0, 1
_T = TypeVar("_T")
Batches = Sequence[Sequence[str]]


class _Loader(SourceFileLoader):
    """Loads a module from the text of the mutant."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds the mutated module before the one in the tree is found."""

    def __init__(self, file: str, source: str) -> None:
        self._file, self._source = file, source
        self._name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if self._name in sys.modules:
            raise RuntimeError(f"{self._name} is imported already: nobody would meet the mutant")

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        whole = str(Path(self._file).resolve())
        return importlib.util.spec_from_file_location(name, whole, loader=_Loader(name, whole, self._source))


class _Chosen:
    """Keeps the tests of a batch, in its order, and tests that exist with the mutant alone."""

    def __init__(self, batch: Sequence[str], known: Iterable[str]) -> None:
        self._rank = {test: index for index, test in enumerate(batch)}
        self._known = frozenset(known)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        kept = [item for item in items if item.nodeid in self._rank or item.nodeid not in self._known]
        items[:] = sorted(kept, key=lambda item: self._rank.get(item.nodeid, len(self._rank)))


class Trial:
    """One mutant before its tests."""

    def __init__(self, file: str, source: str, batches: Batches, seconds: dict[str, float], told: str) -> None:
        """Begin: `seconds` says how long each known test takes, `told` the file for what pytest prints."""
        allowed = 20 + 5 * sum(seconds[test] for batch in batches for test in batch)
        self._until = time.monotonic() + allowed
        self.child = os.fork()
        if self.child == 0:
            _face(_Finder(file, source), batches, seconds, told)

    def survived(self) -> bool | None:
        """Tell whether the mutant survived, None while that is open. Who takes far too long is killed."""
        ended, status = os.waitpid(self.child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == _SURVIVED
        if time.monotonic() > self._until:
            self.end()
            return False
        return None

    def end(self) -> None:
        """End the process and what it started."""
        os.killpg(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)


def _face(finder: _Finder, batches: Batches, known: Iterable[str], told: str) -> None:
    """Run the tests in this process, which ends here: with 0 if every test passes."""
    code = _KILLED
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        with open(told, "wb") as file:
            for stream in (1, 2):
                os.dup2(file.fileno(), stream)
        sys.meta_path.insert(0, finder)
        code = _SURVIVED if all(_passes(batch, known) for batch in batches) else _KILLED
    finally:
        os._exit(code)


def _passes(batch: Sequence[str], known: Iterable[str]) -> bool:
    files = dict.fromkeys(test.partition("::")[0] for test in batch)
    asked = ["-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", *files]
    return pytest.main(asked, plugins=[_Chosen(batch, known)]) == pytest.ExitCode.OK


def trials(begin: Callable[[_T], Trial], mutants: Iterable[_T], *, at_once: int) -> Iterator[tuple[_T, bool]]:
    """Yield each mutant with whether it survived, as they end, with at most `at_once` processes."""
    waiting = iter(mutants)
    running: dict[Trial, _T] = {}
    try:
        while True:
            while len(running) < at_once and (mutant := next(waiting, None)) is not None:
                running[begin(mutant)] = mutant
            if not running:
                return
            for trial in list(running):
                survived = trial.survived()
                if survived is not None:
                    yield running.pop(trial), survived
            time.sleep(0.02)
    finally:
        for trial in running:
            trial.end()
