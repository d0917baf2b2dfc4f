"""1,000 good requests while a hostile client does its worst for a minute (issue: poison drill)."""

import os
import time
from pathlib import Path

import pytest

from tests.drills.ground import PER_SECOND, Good, Ground, processes
from tests.drills.poison import Hostile
from tests.integration.serving import served

GOOD = 1_000
P99_MS, MORE_MIB = 50, 30
PLACES, SLOW = 12, 40


def resident_mib(root: int) -> float:
    """Return the memory of a process and all that it started, in MiB (shared pages count in each)."""
    pages = 0
    for pid in processes(root):
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


@pytest.mark.parametrize("limit", ["as shipped", "lifted"])
def test_poison(ground: Ground, capsys: pytest.CaptureFixture[str], limit: str) -> None:
    """With the limit of checks a minute lifted it is the children and their queue that hold."""
    settings = {"CSE_VERIFY_RATE": "60" if limit == "as shipped" else "9999999"}
    with served(ground.demo, **settings) as server:
        Good(server, ground).run(2 * PER_SECOND)
        with Hostile(server.port, ground.file, places=PLACES, slow=0):
            time.sleep(5)  # The processes that children come from have started and loaded their libraries.
        before, workers = resident_mib(server.process.pid), len(processes(server.process.pid))
        good = Good(server, ground)
        with Hostile(server.port, ground.file, places=PLACES, slow=SLOW) as hostile:
            good.run(GOOD)
        time.sleep(12)  # The last slow connections meet their limit.
        after, left = resident_mib(server.process.pid), len(processes(server.process.pid))
        lost = int(server.process.poll() is not None) + max(0, workers - left)
    p50, p99 = percentile(good.times, 0.5), percentile(good.times, 0.99)
    with capsys.disabled():
        print(
            f"\nPOISON limit={limit.replace(' ', '_')} good={len(good.times)} per_s={PER_SECOND} p50_ms={p50:.1f} "
            f"p99_ms={p99:.1f} failed={len(good.failed)} hostile={sum(hostile.answers.values())} workers_lost={lost} "
            f"rss_before_mib={before:.0f} rss_after_mib={after:.0f} load={os.getloadavg()[0]:.1f} cpus={os.cpu_count()}"
        )
        for name, count in sorted(hostile.answers.items()):
            print(f"  {count:6} {name}")
    assert good.failed == []
    assert lost == 0
    assert after <= before + MORE_MIB
    assert p99 <= P99_MS
