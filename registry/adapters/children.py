"""Work that may take too much, or crash, in a short-lived limited child process (`threats.md` T03, T20, T21).

Each child does one thing and ends, so one that is killed harms nobody else. A child is no prison: what it
returns is unpickled here, so it guards against heavy documents, not against a library taken over by one.
"""

import os
import socket  # noqa: TID251 (a pair of sockets, within this machine)
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from multiprocessing import Pipe
from threading import Condition, Lock
from typing import Any, ParamSpec, TypeVar

from registry.adapters.forking import WAIT_FACTOR, Job
from registry.adapters.refusals import BusyError, ChildFailedError

AT_ONCE = 2
QUEUE = 8
OF_ONE = 4
"""Callers with one asker, running and waiting; of them one runs at a time."""
ASKER: ContextVar[object] = ContextVar("asker")
"""For whom something is done, so that nobody takes the places of all others; who is not told is nobody else."""
_GRACE_SECONDS = 2.0
"""What the start of a child may take beside its own time."""
_START_SECONDS = 30.0
"""What the forking process may take to import its libraries, once."""

_NAMES = frozenset({"PATH", "HOME", "LANG", "TZ", "TMPDIR"})
_PREFIXES = ("LC_", "XDG_", "FONTCONFIG_", "COVERAGE_")

P = ParamSpec("P")
R = TypeVar("R")
_More = Callable[[], tuple[Any, ...]]


def _environment() -> dict[str, str]:
    """Return what the libraries need to find themselves and the fonts: no setting, and so no password."""
    kept = {name: value for name, value in os.environ.items() if name in _NAMES or name.startswith(_PREFIXES)}
    return kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


class Children:
    """The limited children of one process."""

    def __init__(self, *, at_once: int = AT_ONCE, queue: int = QUEUE) -> None:
        """Let `at_once` children run and `queue` callers wait; start nothing yet."""
        self._at_once, self._most = at_once, at_once + queue
        self._asked: Counter[object] = Counter()
        self._running: set[object] = set()
        self._free = Condition()
        self._lock = Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, job: Job, asked_for: _More = tuple) -> Any:
        """Do `job` in a child of its own and return its result; see `run_limited`."""
        asker = ASKER.get(object())
        with self._free:
            if self._asked[asker] >= OF_ONE or self._asked.total() >= self._most:
                raise BusyError
            self._asked[asker] += 1
            self._free.wait_for(lambda: len(self._running) < self._at_once and asker not in self._running)
            self._running.add(asker)
        try:
            return self._run(replace(job, arguments=job.arguments + asked_for()))
        finally:
            with self._free:
                self._running.remove(asker)
                self._asked -= Counter((asker,))
                self._free.notify_all()

    def _run(self, job: Job) -> Any:
        ours, theirs = Pipe()
        with ours:
            try:
                with theirs:
                    self._hand_over(theirs.fileno())
                ours.send(job)
                has_ended = ours.poll(_GRACE_SECONDS + WAIT_FACTOR * job.seconds)
                returned, value = ours.recv() if has_ended else (False, None)
            except (EOFError, OSError):
                returned, value = False, None
        if returned:
            return value
        if value is not None:
            raise value
        raise ChildFailedError(
            f"{job.function.__name__} ended without a result: it crashed, or needed more than {job.seconds:g} s "
            f"or {job.memory >> 20} MiB"
        )

    def _hand_over(self, descriptor: int) -> None:
        """Give a child its end of the connection; start the forking process if there is none, or none any more."""
        with self._lock:
            if self._door is not None:
                try:
                    socket.send_fds(self._door, [b"."], [descriptor])
                    return
                except OSError:
                    self._door.close()
            self._door = self._open_door()
            socket.send_fds(self._door, [b"."], [descriptor])

    def _open_door(self) -> socket.socket:
        """Start the process that forks, and return the door to it; it ends when the door is closed."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own module
                [sys.executable, "-P", "-m", "registry.adapters.forking", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
            )
        ours.settimeout(_START_SECONDS)
        ours.recv(1)  # Ready, or gone: then handing over fails.
        return ours


_POOL = Children()


def run_limited(
    act: Callable[..., R], *given: Any, seconds: float, memory: int, pool: Children = _POOL, asked_for: _More = tuple
) -> R:
    """Return what the module-level `act` returns, run in a child with `seconds` of CPU and `memory` bytes more.

    At most 2 children of a `pool` run at once and 8 calls wait, for one `ASKER` one and 3. Raises what the function
    raises, `ChildFailedError` if the child crashed or met a limit, and `BusyError` if the queue is full. Arguments and
    result are pickled; those that are `asked_for` when its turn comes follow the others.
    """
    result: R = pool.run(Job(act, given, seconds, memory), asked_for)
    return result
