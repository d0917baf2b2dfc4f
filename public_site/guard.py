"""The guard in front of what takes a body: refuses it before anything reads it whole."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import FastAPI
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
class BodyGuard:
    """ASGI middleware: size, encoding and time limits for the documents sent to us.

    Order: 1. how often one may ask, 2. places for forms and files, 3. encoding, 4. announced size, all without
    reading; 5. the body, counted while it arrives.

    What `access` lets in and is sent to `path` has at most `limit` bytes, whole within `seconds`. `answer` makes a page
    of a problem, for a form; without it the problem itself is sent. With `files` these are guarded and nothing else;
    without, they are not.
    """

    app: ASGIApp
    path: str = "/api/v1/verify"
    limit: int = BODY_LIMIT
    seconds: float = BODY_SECONDS
    answer: Answer | None = None
    files: bool = field(default=False, kw_only=True)
    access: Access = field(default_factory=Access, kw_only=True)
    _open: Counter[str] = field(default_factory=Counter, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its whole body, or answer with a problem."""
        guarded = ("POST", self.path, self.files)
        is_http = scope["type"] == "http"
        address: str = scope.get("asker") or (self.access.address(scope) if is_http else "")
        scope["asker"] = address
        ASKER.set(address)
        if not is_http or (scope["method"], scope["path"], _is_file(scope)) != guarded:
            await self.app(scope, receive, send)
            return
        self._open[address] += 1
        try:
            await self._guard(address, scope, receive, send)
        except ClientDisconnect:
            return
        finally:
            self._open -= Counter((address,))

    async def _guard(self, address: str, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused_unread(address, Headers(scope=scope))
        body = b""
        if refused is None:
            try:
                async with asyncio.timeout(self.seconds):
                    body = await self._read(receive)
            except TimeoutError:
                refused = problem("body-timeout", seconds=self.seconds)
        if refused is None and len(body) > self.limit:
            refused = problem("body-too-large", limit=self.limit)
        if refused is not None:
            answer = self.answer(Request(scope), refused) if self.answer else refused.response()
            answer.headers["Connection"] = "close"
            await answer(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    def _refused_unread(self, address: str, headers: Headers) -> Problem | None:
        """Return what is known to be wrong already; documents of the API are small, and always find a place."""
        if self.access.is_too_often(address):
            return problem("too-often")
        takes_place = self.answer is not None or self.files
        if takes_place and self._open[address] > OF_ONE:
            return problem("too-many", most=OF_ONE)
        if takes_place and self._open.total() > AT_ONCE:
            return problem("busy")
        encoding = ",".join(headers.getlist("content-encoding")).strip().lower()
        if encoding not in {"", "identity"}:
            return problem("content-encoding")
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.limit + (_PATIENCE if self.answer else 0):
            return problem("body-too-large", limit=self.limit)
        return None

    async def _read(self, receive: Receive) -> bytes:
        """Read the body; keep no more than shows that it is over the limit, and stop when patience ends too."""
        body, size = bytearray(), 0
        while size <= self.limit + (_PATIENCE if self.answer else 0):
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            size += len(part)
            if len(body) <= self.limit:
                body += part
            if not message.get("more_body", False):
                break
        return bytes(body)


def _is_file(scope: Scope) -> bool:
    """Tell whether a body is labelled as a file, which may be larger than a document."""
    return Headers(scope=scope).get("content-type", "").lower().partition(";")[0].strip() in _FILES


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out `body` once, then listens for the end of the connection."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def add_body_guard(app: FastAPI, answer: Answer, access: Access) -> None:
    """Put guards in front of `app`, with `answer` as page of the form; call it before `PublicHeaders` is added."""
    app.add_middleware(BodyGuard, access=access)
    app.add_middleware(BodyGuard, path="/api/v1/recognition-checks", access=access)
    app.add_middleware(BodyGuard, limit=FILE_LIMIT, seconds=UPLOAD_SECONDS, files=True, access=access)
    app.add_middleware(
        BodyGuard, path="/check", limit=UPLOAD_LIMIT, seconds=UPLOAD_SECONDS, answer=answer, access=access
    )
