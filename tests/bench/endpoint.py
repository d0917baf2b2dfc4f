"""How many checks a served register answers when many ask at once, how long they wait, and what each costs."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import cast

import uvloop

_PATH = "/api/v1/verify"


def requests(port: int, documents: list[bytes]) -> Iterator[bytes]:
    """Give a request for one document after another, no two of them alike: a blank more for each round."""
    head = f"POST {_PATH} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/vc\r\nContent-Length: "
    for blanks in count(1):
        for document in documents:
            yield f"{head}{len(document) + blanks}\r\n\r\n".encode() + document + b" " * blanks


class _Client(asyncio.Protocol):
    """Asks again and again over one connection, until a moment; it must cost little beside what it measures."""

    def __init__(self, given: Iterator[bytes], until: float, taken: list[float]) -> None:
        self._given, self._until, self._taken = given, until, taken
        self._received, self._begun = b"", 0.0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        if time.perf_counter() >= self._until:
            self._transport.close()
            self.done.set_result(None)
            return
        request = next(self._given)
        self._received, self._begun = b"", time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, ended, body = self._received.partition(b"\r\n\r\n")
        if not ended or len(body) < _length(head):
            return
        self._taken.append(time.perf_counter() - self._begun)
        if head.startswith(b"HTTP/1.1 200") and b'"outcome":"valid"' in body:
            self._ask()
        else:
            self.done.set_exception(RuntimeError(f"{head[:80]!r} {body[:200]!r}"))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or RuntimeError("the server closed the connection"))


def _length(head: bytes) -> int:
    return next(int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:")


async def _ask_all(port: int, given: Iterator[bytes], clients: int, until: float) -> list[float]:
    """Return how many seconds each answer took. Raises `RuntimeError` for one that is not good."""
    taken: list[float] = []
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: _Client(given, until, taken), "127.0.0.1", port) for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for _, client in made))
    return sorted(taken)


def _cpu_seconds(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def drive(port: int, pid: int, documents: list[bytes], clients: int, seconds: float) -> tuple[float, ...]:
    """Return answers in a second, 50th and 99th percentile of their time in ms, and CPU ms of the server for each."""
    given = requests(port, documents)
    await _ask_all(port, given, clients, time.perf_counter() + 1)
    begun, used = time.perf_counter(), _cpu_seconds(pid)
    taken = await _ask_all(port, given, clients, begun + seconds)
    used, lasted = _cpu_seconds(pid) - used, time.perf_counter() - begun
    percentiles = (taken[int(len(taken) * part)] * 1000 for part in (0.5, 0.99))
    return (len(taken) / lasted, *percentiles, used * 1000 / len(taken))


if __name__ == "__main__":
    port, pid, folder, clients, seconds = sys.argv[1:]
    documents = [file.read_bytes() for file in sorted(Path(folder).glob("*.json"))]
    print(*uvloop.run(drive(int(port), int(pid), documents, int(clients), float(seconds))))
