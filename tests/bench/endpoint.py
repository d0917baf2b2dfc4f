"""How many checks a served register answers when many ask at once, and how long the slowest wait."""

import asyncio
import sys
import time
from pathlib import Path

_PATH = "/api/v1/verify"


async def _ask(port: int, request: bytes, until: float, taken: list[float]) -> None:
    """Ask again and again over one connection. Raises `RuntimeError` for an answer that is not good."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        body = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 200") or b'"outcome":"valid"' not in body.replace(b" ", b""):
            raise RuntimeError(f"{head[:80]!r} {body[:200]!r}")
        taken.append(time.perf_counter() - begun)
    writer.close()


async def drive(port: int, content: bytes, clients: int, seconds: float) -> tuple[float, float]:
    """Return how many were answered in a second, and the 99th percentile of their time in ms."""
    head = f"POST {_PATH} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/vc\r\n"
    request = f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content
    await asyncio.gather(*(_ask(port, request, time.perf_counter() + 1, []) for _ in range(clients)))
    taken: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(_ask(port, request, begun + seconds, taken) for _ in range(clients)))
    return len(taken) / (time.perf_counter() - begun), sorted(taken)[int(len(taken) * 0.99)] * 1000


if __name__ == "__main__":
    port, file, clients, seconds = sys.argv[1:]
    answered, slowest = asyncio.run(drive(int(port), Path(file).read_bytes(), int(clients), float(seconds)))
    print(f"{answered:.1f} {slowest:.1f}")
