"""The guard in front of the verify API: refuses a body before anything reads it whole."""

import asyncio

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from public_site import problems

BODY_LIMIT = 262_144
BODY_SECONDS = 10.0
_GUARDED = "/api/v1/verify"


class BodyGuard:
    """ASGI middleware: size, encoding and time limits for the documents sent to us.

    Order: 1. encoding, 2. announced size, both without reading; 3. the body, counted while it arrives.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT, seconds: float = BODY_SECONDS) -> None:
        """Wrap `app`: at most `limit` bytes, whole within `seconds`."""
        self._app = app
        self._limit = limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its whole body, or answer with a problem."""
        if scope["type"] != "http" or (scope["method"], scope["path"]) != ("POST", _GUARDED):
            await self._app(scope, receive, send)
            return
        problem = self._refused_unread(Headers(scope=scope))
        body = b""
        if problem is None:
            try:
                async with asyncio.timeout(self._seconds):
                    body = await self._read(receive)
            except TimeoutError:
                problem = problems.body_timeout(self._seconds)
            except ClientDisconnect:
                return
        if problem is None and len(body) > self._limit:
            problem = problems.body_too_large(self._limit)
        if problem is not None:
            await problem.response({"Connection": "close"})(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)

    def _refused_unread(self, headers: Headers) -> problems.Problem | None:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            return problems.content_encoding()
        announced = headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._limit:
            return problems.body_too_large(self._limit)
        return None

    async def _read(self, receive: Receive) -> bytes:
        """Read the body, and stop at the first byte over the limit."""
        body = bytearray()
        while len(body) <= self._limit:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands out `body` once, then listens for the end of the connection."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay


def add_body_guard(app: FastAPI) -> None:
    """Put the guard in front of `app`; call it before `add_public_headers`."""
    app.add_middleware(BodyGuard)
