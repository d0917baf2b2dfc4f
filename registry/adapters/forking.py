"""The small process that forks a child for each piece of work; `children` starts it and speaks with it.

It holds no settings, no database and no key, imports once what the work needs, and ends with its starter.
The `forkserver` of the standard library would run the main script of the server again in every child.
"""

import os
import pickle
import resource
import signal
import socket  # noqa: TID251 (one end of a pair, within this machine)
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from math import ceil
from multiprocessing.connection import Connection
from typing import Any

_PRELOADED = ("issuer.badge", "issuer.typesetting", "verifier.judge", "pikepdf", "pypdfium2", "PIL.Image", "zxingcpp")
WAIT_FACTOR = 3
"""A busy machine gives a child less than a whole processor: so many times its CPU seconds may pass."""
_NICENESS = 10
"""How far children step back for the process that answers: theirs is the work that may wait."""
_PAGE_BYTES = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Job:
    """What a child does, and how much it may take."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float
    memory: int


def main(door: socket.socket) -> None:
    """Fork a child for each connection that comes through `door`, until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.nice(_NICENESS)
    for name in _PRELOADED:
        # A library whose shared object is missing fails with OSError; the work that needs it says so.
        with suppress(ImportError, OSError):
            import_module(name)
    door.send(b"!")
    while True:
        _, descriptors, _, _ = socket.recv_fds(door, 1, 1)
        if not descriptors:
            return
        if os.fork() == 0:
            door.close()
            _work(Connection(descriptors[0]))
        os.close(descriptors[0])


def _work(connection: Connection) -> None:
    """Do the one job of this process and end it, whatever happens."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        connection.send(_outcome(connection.recv()))
    finally:
        os._exit(0)


def _outcome(job: Job) -> tuple[bool, Any]:
    """Return whether the function of `job` returned, and its result or its exception."""
    try:
        _limit(job)
        return True, job.function(*job.arguments)
    except Exception as error:
        return False, _portable(error)


def _limit(job: Job) -> None:
    """Let the system end this process at the limits: memory is counted from what it has now."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        now = int(statm.read().split()[0]) * _PAGE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (now + job.memory,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(job.seconds),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WAIT_FACTOR * job.seconds)


def _portable(error: Exception) -> Exception | None:
    """Return `error` if it survives the way to the other process, else None."""
    with suppress(Exception):
        if not isinstance(error, MemoryError) and type(pickle.loads(pickle.dumps(error))) is type(error):  # noqa: S301
            return error
    return None


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _door:
        main(_door)
