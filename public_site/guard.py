"""The guard in front of what takes a body: refuses it before anything reads it whole."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_site.access import Access
from public_site.problems import Problem, problem
from registry.adapters.children import ASKER
from verifier.formats import BYTES, MEDIA_TYPES

BODY_LIMIT = 262_144
BODY_SECONDS = 10.0
FILE_LIMIT = max(BYTES.values())
UPLOAD_LIMIT = FILE_LIMIT + 2 * BODY_LIMIT
"""A file of the largest size, a text, and what a form puts around them."""
UPLOAD_SECONDS = 30.0
AT_ONCE = 16
"""Forms in memory at a time, and as many files sent by programs."""
OF_ONE = 4  # Those of one address among them.
_PATIENCE = 64 * 1024 * 1024
"""Bytes of a form that are read and dropped, for a browser shows no answer before it has sent all."""

_FILES = frozenset(name for name, kind in MEDIA_TYPES.items() if BYTES[kind] > BODY_LIMIT)

Answer = Callable[[Request, Problem], Response]


@dataclass(eq=False)
class Door:
    """What may come in at one address: at most `limit` bytes, whole within `seconds`.

    `answer` makes a page of a problem, for a form; without it the problem itself is sent. Forms and `files` take one of
    the places; documents of the API are small, and always find one.
    """

    limit: int = BODY_LIMIT
    seconds: float = BODY_SECONDS
    answer: Answer | None = None
    files: bool = False
    _taken: Counter[str] = field(default_factory=Counter, init=False)

    @property
    def patience(self) -> int:
        """How many bytes are read at most; those over the limit are dropped."""
        return self.limit + (_PATIENCE if self.answer else 0)

    @contextmanager
    def entered(self, address: str) -> Iterator[Problem | None]:
        """Let `address` have a place while the block runs, or tell why there is none for it."""
        if self.answer is None and not self.files:
            yield None
            return
        self._taken[address] += 1
        try:
            is_full = self._taken.total() > AT_ONCE
            is_greedy = self._taken[address] > OF_ONE
            yield problem("too-many", most=OF_ONE) if is_greedy else problem("busy") if is_full else None
        finally:
            self._taken -= Counter((address,))

    def refused_unread(self, headers: Headers) -> Problem | None:
        """Return what is known to be wrong already."""
        encoding = ",".join(headers.getlist("content-encoding")).strip().lower()
        if encoding not in {"", "identity"}:
            return problem("content-encoding")
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.patience:
            return problem("body-too-large", limit=self.limit)
        return None

    async def read(self, receive: Receive) -> bytes | Problem:
        """Read the body; keep no more than shows that it is over the limit, and stop when patience ends too."""
        body, size = bytearray(), 0
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                while size <= self.patience:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientDisconnect
                    part = message.get("body", b"")
                    size += len(part)
                    if len(body) <= self.limit:
                        body += part
                    if not message.get("more_body", False):
                        break
            return bytes(body) if len(body) <= self.limit else problem("body-too-large", limit=self.limit)
        return problem("body-timeout", seconds=self.seconds)


@dataclass(eq=False)
class BodyGuard:
    """ASGI middleware: size, encoding and time limits for the documents sent to us.

    Order: 1. how often one may ask, 2. places for forms and files, 3. encoding, 4. announced size, all without
    reading; 5. the body, counted while it arrives. What `access` lets in comes through the door of its path, and of
    whether it is labelled as a file, which may be larger; where there is no door nothing is guarded.
    """

    app: ASGIApp
    doors: Mapping[tuple[str, bool], Door]
    access: Access = field(default_factory=Access)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its whole body, or answer with a problem."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        address = self.access.address(scope, headers)
        ASKER.set(address)
        is_file = headers.get("content-type", "").lower().partition(";")[0].strip() in _FILES
        door = self.doors.get((scope["path"], is_file)) if scope["method"] == "POST" else None
        if door is None:
            await self.app(scope, receive, send)
            return
        with door.entered(address) as no_place, suppress(ClientDisconnect):
            too_often = problem("too-often") if self.access.is_too_often(address) else None
            found = too_often or no_place or door.refused_unread(headers) or await door.read(receive)
            if isinstance(found, bytes):
                await self.app(scope, _replay(found, receive), send)
                return
            answer = door.answer(Request(scope), found) if door.answer else found.response()
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out `body` once, then listens for the end of the connection."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def doors(answer: Answer) -> dict[tuple[str, bool], Door]:
    """Return the doors of the public origin by path, and by whether it is one for files; `answer` makes a page."""
    question, form = Door(), Door(UPLOAD_LIMIT, UPLOAD_SECONDS, answer)
    return {
        ("/api/v1/verify", False): Door(),
        ("/api/v1/verify", True): Door(FILE_LIMIT, UPLOAD_SECONDS, files=True),
        **{("/api/v1/recognition-checks", is_file): question for is_file in (False, True)},
        **{("/check", is_file): form for is_file in (False, True)},
    }
