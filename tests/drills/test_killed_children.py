"""A child is killed in canonicalization or printing while twenty honest requests are answered (`threats.md` X16)."""

import http.client
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.drills.ground import Good, Ground, processes
from tests.drills.poison import JSON_LD, VERIFY, wide
from tests.integration.serving import Served, served

ROUNDS, OTHERS = 10, 20


def forking(pid: int) -> bool:
    return b"registry.adapters.forking" in Path(f"/proc/{pid}/cmdline").read_bytes()


def kill_a_child(server: Served, seconds: float = 20) -> None:
    """Kill the first child that is seen at work; each has a process that forks as its parent."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ours = [pid for pid in processes(server.process.pid) if pid != server.process.pid]
        for pid in ours:
            try:
                parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
                if forking(pid) and forking(parent):
                    os.kill(pid, signal.SIGKILL)
                    return
            except OSError:
                continue
    raise AssertionError("no child was seen")


def doomed(server: Served, ground: Ground, kind: str, answers: Counter[str]) -> None:
    """Ask for what a child does, and note the status."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    if kind == "canonicalization":
        connection.request("POST", VERIFY, wide(1_900), {"Content-Type": JSON_LD})
    else:
        connection.request("GET", f"/v/{ground.page}/certificate.pdf")
    answers[str(connection.getresponse().status)] += 1
    connection.close()


def test_drill_X16_only_the_request_of_a_killed_child_fails(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    good: list[str] = []
    answers: dict[str, Counter[str]] = {"canonicalization": Counter(), "PDF": Counter()}
    with served(ground.demo, CSE_VERIFY_RATE="9999999") as server:
        for kind, found in answers.items():
            doomed(server, ground, kind, Counter())  # The process that forks has loaded its libraries.
            for _ in range(ROUNDS):
                honest = Good(server, ground)
                threads = [threading.Thread(target=honest.ask, args=(index,)) for index in range(OTHERS)]
                threads.append(threading.Thread(target=doomed, args=(server, ground, kind, found)))
                for thread in threads:
                    thread.start()
                kill_a_child(server)
                for thread in threads:
                    thread.join()
                good += honest.failed
    with capsys.disabled():
        said = " ".join(f"{kind}={dict(found)}" for kind, found in answers.items())
        print(f"\nX16 killed={2 * ROUNDS} honest={2 * ROUNDS * OTHERS} failed_others={len(good)} {said}")
    assert good == []
    assert set(answers["canonicalization"]) <= {"422", "503"}
    assert set(answers["PDF"]) <= {"422", "503"}
