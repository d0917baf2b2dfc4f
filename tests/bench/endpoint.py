"""How many checks a served register answers when many ask at once, how long they wait, and what each costs."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

_PATH = "/api/v1/verify"


def requests(port: int, documents: list[bytes]) -> Iterator[bytes]:
    """Give a request for one document after another, no two of them alike: a blank more for each round."""
    head = f"POST {_PATH} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/vc\r\nContent-Length: "
    for blanks in count(1):
        for document in documents:
            yield f"{head}{len(document) + blanks}\r\n\r\n".encode() + document + b" " * blanks


async def _ask(port: int, given: Iterator[bytes], until: float, taken: list[float]) -> None:
    """Ask again and again over one connection. Raises `RuntimeError` for an answer that is not good."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        request = next(given)
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        body = await reader.readexactly(length)
        taken.append(time.perf_counter() - begun)
        if not head.startswith(b"HTTP/1.1 200") or b'"outcome":"valid"' not in body:
            raise RuntimeError(f"{head[:80]!r} {body[:200]!r}")
    writer.close()


def _cpu_seconds(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def drive(port: int, pid: int, documents: list[bytes], clients: int, seconds: float) -> tuple[float, ...]:
    """Return answers in a second, 50th and 99th percentile of their time in ms, and CPU ms of the server for each."""
    given = requests(port, documents)
    await asyncio.gather(*(_ask(port, given, time.perf_counter() + 1, []) for _ in range(clients)))
    taken: list[float] = []
    begun, used = time.perf_counter(), _cpu_seconds(pid)
    await asyncio.gather(*(_ask(port, given, begun + seconds, taken) for _ in range(clients)))
    used, lasted = _cpu_seconds(pid) - used, time.perf_counter() - begun
    taken.sort()
    percentiles = (taken[int(len(taken) * part)] * 1000 for part in (0.5, 0.99))
    return (len(taken) / lasted, *percentiles, used * 1000 / len(taken))


if __name__ == "__main__":
    port, pid, folder, clients, seconds = sys.argv[1:]
    documents = [file.read_bytes() for file in sorted(Path(folder).glob("*.json"))]
    print(*asyncio.run(drive(int(port), int(pid), documents, int(clients), float(seconds))))
