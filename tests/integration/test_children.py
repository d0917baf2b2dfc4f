"""Limited children: what comes back, what ends them, and that nobody else is harmed (`threats.md` T03)."""

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from registry.adapters.children import ASKER, AT_ONCE, OF_ONE, QUEUE, Children, run_limited
from registry.adapters.forking import Job
from registry.adapters.printing import POOL
from registry.adapters.refusals import BusyError, ChildFailedError, FolderError

MIB = 1 << 20


class RefusalError(Exception):
    """A refusal that survives the way between processes."""


def add(left: int, right: int) -> int:
    return left + right


def own_process() -> tuple[int, int]:
    return os.getpid(), os.getppid()


def environment() -> dict[str, str]:
    return dict(os.environ)


def much() -> bytes:
    return b"x" * (4 * MIB)


def refuse(text: str) -> None:
    raise RefusalError(text)


def refuse_so_that_it_cannot_travel() -> None:
    raise FolderError(Path("/x"), OSError(1, "no"))


def return_what_cannot_travel() -> Callable[[], None]:
    return lambda: None


def spin() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def take(size: int) -> int:
    return len(bytearray(size))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def say_and_wait(begun: Path, gate: Path) -> bytes:
    begun.write_bytes(b"!")
    return gate.read_bytes()


@pytest.fixture
def gates(tmp_path: Path) -> tuple[Path, Path]:
    """Two pipes: who reads or writes one waits for the other side."""
    for name in ("begun", "gate"):
        os.mkfifo(tmp_path / name)
    return tmp_path / "begun", tmp_path / "gate"


def test_the_result_comes_back_from_another_process_that_is_used_once() -> None:
    assert run_limited(add, 2, 3, seconds=5, memory=64 * MIB) == 5
    first, forking = run_limited(own_process, seconds=5, memory=64 * MIB)
    second, same = run_limited(own_process, seconds=5, memory=64 * MIB)
    assert len({first, second, os.getpid()}) == 3
    assert forking == same != os.getpid()
    assert run_limited(much, seconds=5, memory=64 * MIB) == much()


def test_what_the_function_raises_comes_through() -> None:
    with pytest.raises(RefusalError, match="because"):
        run_limited(refuse, "because", seconds=5, memory=64 * MIB)


@pytest.mark.parametrize(
    ("function", "arguments", "seconds"),
    [
        (spin, (), 0.3),
        (sleep, (), 0.3),
        (take, (256 * MIB,), 5),
        (crash, (), 5),
        (refuse_so_that_it_cannot_travel, (), 5),
        (return_what_cannot_travel, (), 5),
    ],
    ids=["processor time", "waiting", "memory", "crash", "untransportable refusal", "untransportable result"],
)
def test_a_child_that_ends_without_a_result_is_a_refusal_and_harms_nobody(
    function: Callable[..., None], arguments: tuple[int, ...], seconds: float
) -> None:
    with pytest.raises(ChildFailedError, match=rf"{function.__name__} ended without a result"):
        run_limited(function, *arguments, seconds=seconds, memory=64 * MIB)
    assert run_limited(add, 1, 1, seconds=5, memory=64 * MIB) == 2


def test_memory_is_counted_from_what_the_child_has() -> None:
    assert run_limited(take, 32 * MIB, seconds=5, memory=64 * MIB) == 32 * MIB


def test_a_killed_neighbour_takes_nothing_from_the_others(gates: tuple[Path, Path]) -> None:
    children = Children()
    with ThreadPoolExecutor(1) as threads:
        honest = threads.submit(children.run, Job(say_and_wait, gates, 20, 64 * MIB))
        gates[0].read_bytes()
        with pytest.raises(ChildFailedError):
            children.run(Job(crash, (), 5, 64 * MIB))
        gates[1].write_bytes(b"go on")
        assert honest.result() == b"go on"


def test_a_caller_beyond_the_queue_is_told_that_we_are_busy(gates: tuple[Path, Path]) -> None:
    children = Children(at_once=1, queue=0)
    with ThreadPoolExecutor(1) as threads:
        honest = threads.submit(children.run, Job(say_and_wait, gates, 20, 64 * MIB))
        gates[0].read_bytes()
        with pytest.raises(BusyError, match="try again"):
            children.run(Job(add, (1, 1), 5, 64 * MIB))
        gates[1].write_bytes(b"go on")
        assert honest.result() == b"go on"
    assert children.run(Job(add, (1, 1), 5, 64 * MIB)) == 2


@pytest.mark.parametrize("row", [pytest.param(row, id=f"threat_{row}") for row in ("V39", "T03")])
def test_who_asks_much_takes_no_place_from_others(gates: tuple[Path, Path], row: str) -> None:
    """Of one asker one child runs and three callers wait; the next is refused, and another is served at once."""
    children, quick = Children(), Job(add, (1, 1), 20, 64 * MIB)

    def asked(asker: str, job: Job) -> object:
        ASKER.set(asker)
        return children.run(job)

    with ThreadPoolExecutor(OF_ONE) as threads:
        first = threads.submit(asked, row, Job(say_and_wait, gates, 20, 64 * MIB))
        gates[0].read_bytes()
        waiting = [threads.submit(asked, row, quick) for _ in range(OF_ONE - 1)]
        while children._asked[row] < OF_ONE:
            os.sched_yield()
        with ThreadPoolExecutor(1) as others:
            with pytest.raises(BusyError):
                others.submit(asked, row, quick).result()
            assert others.submit(asked, "another", quick).result() == 2
            assert others.submit(children.run, quick).result() == 2
        assert not any(one.done() for one in waiting)
        gates[1].write_bytes(b"go on")
        assert [one.result() for one in (first, *waiting)] == [b"go on", 2, 2, 2]
    assert (children._asked.total(), children._running) == (0, set())


def test_who_prints_takes_no_place_from_who_reads_files(gates: tuple[Path, Path]) -> None:
    """All places of one pool are taken; the pool of all other work has its own, and printing is not in it."""
    printers = Children(at_once=1, queue=0)
    with ThreadPoolExecutor(1) as threads:
        printed = threads.submit(run_limited, say_and_wait, *gates, seconds=20, memory=64 * MIB, pool=printers)
        gates[0].read_bytes()
        with pytest.raises(BusyError):
            run_limited(add, 1, 1, seconds=5, memory=64 * MIB, pool=printers)
        assert run_limited(add, 1, 1, seconds=5, memory=64 * MIB) == 2
        gates[1].write_bytes(b"go on")
        assert printed.result() == b"go on"
    assert POOL is not (run_limited.__kwdefaults__ or {})["pool"]


def test_two_run_at_once_and_eight_wait() -> None:
    assert (AT_ONCE, QUEUE) == (2, 8)


def test_a_forking_process_that_was_ended_is_replaced() -> None:
    children = Children()
    _, forking = children.run(Job(own_process, (), 5, 64 * MIB))
    os.kill(forking, signal.SIGKILL)
    children._process.wait()
    _, other = children.run(Job(own_process, (), 5, 64 * MIB))
    assert other != forking


def test_the_forking_process_ends_with_the_process_that_started_it() -> None:
    children = Children()
    children.run(Job(add, (1, 1), 5, 64 * MIB))
    children._door.close()
    assert children._process.wait(timeout=20) == 0


def test_a_child_has_no_setting_and_so_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSE_DATABASE_URL", "postgresql+psycopg://cse:hunter2@localhost/cse")
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    fresh = Children()
    found = fresh.run(Job(environment, (), 5, 64 * MIB))
    assert "hunter2" not in str(found)
    assert {"PATH", "PYTHONPATH"} <= set(found)
