"""What the drills work on."""

import http.client
import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.drills.poison import JSON_LD, VERIFY
from tests.integration.registers import Demo
from tests.integration.serving import Served

PER_SECOND = 16
PEOPLE = 40


@dataclass(frozen=True)
class Ground:
    """A demonstration register, and a certificate of it that is valid and may be named."""

    demo: Demo
    page: str
    file: Path


def processes(root: int) -> list[int]:
    """Return the process `root` and all that it started."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        try:
            threads = list(Path(f"/proc/{pid}/task").iterdir())
            waiting += [int(word) for task in threads for word in (task / "children").read_text().split()]
            found.append(pid)
        except OSError:
            continue
    return found


class Good:
    """An honest client: so many requests in each second, whether or not the one before was answered."""

    def __init__(self, server: Served, ground: Ground) -> None:
        """Ask for the verdict of a page and have its certificate judged, in turn."""
        self._server, self._page, self._certificate = server, ground.page, ground.file.read_bytes()
        self.times: list[float] = []
        self.failed: list[str] = []

    def run(self, requests: int) -> None:
        """Send `requests` requests and wait for the last answer."""
        threads = []
        begun = time.monotonic()
        for index in range(requests):
            time.sleep(max(0.0, begun + index / PER_SECOND - time.monotonic()))
            threads.append(threading.Thread(target=self.ask, args=(index,)))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def ask(self, index: int) -> None:
        begun = time.perf_counter()
        # Many people, none of whom asks too often.
        source = (f"127.0.1.{1 + index // 2 % PEOPLE}", 0)
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=30, source_address=source)
        try:
            if index % 2:
                connection.request("POST", VERIFY, self._certificate, {"Content-Type": JSON_LD})
            else:
                connection.request("GET", f"/v/{self._page}.json")
            answer = connection.getresponse()
            outcome = json.loads(answer.read()).get("outcome")
            if (answer.status, outcome) != (200, "valid"):
                self.failed.append(f"{answer.status} {outcome}")
        except (OSError, http.client.HTTPException) as error:
            self.failed.append(type(error).__name__)
        finally:
            connection.close()
        self.times.append((time.perf_counter() - begun) * 1000)
