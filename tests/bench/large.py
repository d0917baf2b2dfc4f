"""The same questions to a register that grows: rows are copied in SQL, and real certificates are asked about."""

import asyncio
import math
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from fastapi import FastAPI

from registry.app import create
from tests.integration.registers import DATABASE

_COPIED = {
    "member": {"id": "id || '.' || n"},
    "register_entry": {"register_no": "register_no || '.' || n", "member_id": "member_id || '.' || n"},
    "registration": {"register_no": "register_no || '.' || n"},
    "registration_term": {"register_no": "register_no || '.' || n"},
    "paper_code": {"page_id": "substr(page_id, 1, 13) || printf('.%06d', n)", "sha256": "hex(randomblob(32))"},
    "certificate": {
        "page_id": "substr(page_id, 1, 13) || printf('.%06d', n)",
        "register_no": "register_no || '.' || n",
        "list_number": "list_number + n",
    },
}
"""Tables that grow with the certificates and are read for a verdict, and how a copy differs: no real key has a dot."""
_HELD = """
INSERT INTO hold (member_id, register_no, kind, since, decision_ref)
SELECT iif(rowid % 250, member_id, NULL), iif(rowid % 250, NULL, register_no),
    iif(rowid % 250, 'CPD', 'MEMBERSHIP'), '2026-06-01 00:00:00.000000', 'D/1'
FROM register_entry
WHERE rowid % 50 = 0 AND register_no LIKE '%.%'
    AND CAST(substr(register_no, instr(register_no, '.') + 1) AS INTEGER) BETWEEN ?1 AND ?2
"""
"""One copied entry in fifty is held: in four of five the person, for CPD, else the entry, for the membership."""


def grow(folder: Path, first: int, last: int) -> None:
    """Add the copies of every real certificate that have the numbers from `first` to `last`."""
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=OFF")
        for table, changed in _COPIED.items():
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            given, key = ", ".join(changed.get(name, name) for name in names), next(iter(changed))
            numbers = "WITH RECURSIVE k(n) AS (SELECT ?1 WHERE ?1 <= ?2 UNION ALL SELECT n + 1 FROM k WHERE n < ?2)"
            originals = f"(SELECT * FROM {table} WHERE {key} NOT LIKE '%.%')"  # noqa: S608
            database.execute(f"INSERT INTO {table} {numbers} SELECT {given} FROM k, {originals}", (first, last))  # noqa: S608
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute(_HELD, (first, last))


def originals(folder: Path) -> list[bytes]:
    """Return the certificates that are real."""
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        query = "SELECT document FROM certificate WHERE state = 'issued' AND page_id NOT LIKE '%.%' ORDER BY page_id"
        return [document for (document,) in database.execute(query)]


def cost(documents: list[bytes]) -> tuple[float, float]:
    """Return the CPU time of one verification and the 50th percentile of its time, both in ms, over each of these.

    They are asked of the whole application in this process, without a socket, after one round that is not counted.
    """
    app = create()
    asyncio.run(_ask(app, documents, b" "))
    used, taken = time.process_time(), asyncio.run(_ask(app, documents, b"  "))
    return 1000 * (time.process_time() - used) / len(documents), 1000 * median(taken)


async def _ask(app: FastAPI, documents: list[bytes], blanks: bytes) -> list[float]:
    taken = []
    for document in documents:
        begun = time.perf_counter()
        said = await _answer(app, document + blanks)
        taken.append(time.perf_counter() - begun)
        assert b'"outcome":"valid"' in said, said[:300]
    return taken


async def _answer(app: FastAPI, content: bytes) -> bytes:
    """Return the body of the answer to one document."""
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http"}
    scope |= {"path": "/api/v1/verify", "raw_path": b"", "query_string": b"", "root_path": "", "client": ("::1", 1)}
    scope["headers"] = [(b"host", b"localhost"), (b"content-type", b"application/vc")]
    body: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        body.append(message.get("body", b""))

    await app(scope, receive, send)
    return b"".join(body)


def plot(points: dict[int, tuple[float, float]]) -> str:
    """Draw what a verification costs by the number of certificates, on a scale of powers of ten."""
    top = 1.25 * max(max(values) for values in points.values())
    spread = [math.log10(size) for size in points]
    places = [80 + 480 * (one - spread[0]) / max(spread[-1] - spread[0], 1) for one in spread]
    drawn = [f'<text x="{x:.0f}" y="290">{size:,}</text>' for x, size in zip(places, points, strict=True)]
    for index, (name, colour) in enumerate((("CPU", "#1b4f8f"), ("p50", "#b5541c"))):
        heights = [260 - 220 * values[index] / top for values in points.values()]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in zip(places, heights, strict=True))
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        told = zip(places, heights, points.values(), strict=True)
        beside = 18 if index else -8  # One above the lines, one below: they lie close together.
        drawn += [
            f'<text x="{x:.0f}" y="{y + beside:.0f}" fill="{colour}">{one[index]:.2f}</text>' for x, y, one in told
        ]
        drawn.append(f'<text x="{120 + 90 * index}" y="20" fill="{colour}">{name}, ms</text>')
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 310" font-family="sans-serif" font-size="13"'
    axes = '<path d="M60 30V260H600" fill="none" stroke="#666"/><text x="330" y="308">certificates</text>'
    return f'{head} text-anchor="middle"><rect width="640" height="310" fill="#fff"/>{axes}{"".join(drawn)}</svg>\n'
