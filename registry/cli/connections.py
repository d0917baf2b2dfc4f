"""The limits of connections, which uvicorn leaves open (`threats.md` 3: header time; T03)."""

import asyncio
import resource
from time import monotonic

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_BYTES = 16 * 1024
_MOST_WAITING = 16


class LimitedConnection(HttpToolsProtocol):
    """A connection that brings each header within 10 seconds, and gives way when there are too many.

    The time runs from connecting, later from the first byte after an answer. The one beyond `most` stays, and the one
    that is idle or busy for the longest time is closed: an honest one needs its place for moments only, and whoever
    holds all places must not keep the others out. What is no body and has no end is given up too, be it a header, what
    may follow a body, or a row of requests that nobody waits to be answered.
    """

    header_seconds = 10.0
    most = 1024
    _since = 0.0  # When the request began that is awaited, read or answered; 0 between requests. Not by the loop's
    # clock: for that all is at once that comes in one millisecond.
    _unread = 0  # Bytes that came since the last header or part of a body was whole.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock, and make room."""
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > self.most:
            oldest = min(self.connections, key=lambda one: getattr(one, "_since", 0))
            self.connections.discard(oldest)
            oldest.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take what came, and go on waiting for the rest of a header no longer than before."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEADER_BYTES and not self.transport.is_closing():
            self.send_400_response("Too large")
        self._watch()

    def on_headers_complete(self) -> None:
        """Take a header that is not too large, of a request that may wait, and names one host (RFC 9112, 3.2)."""
        self._unread = 0
        names = [name for name, _ in self.headers]
        is_large = len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEADER_BYTES
        has_host = names.count(b"host") == 1 or (b"host" not in names and self.parser.get_http_version() == "1.0")
        if is_large or not has_host or len(self.pipeline) >= _MOST_WAITING:
            raise ValueError("the header is not acceptable")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._unread = 0
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Await the next request, which may have come already, or a part of it."""
        self._since = monotonic() if self.pipeline else 0.0
        super().on_response_complete()
        if "method" not in self.scope:  # A header began, and is not whole.
            self._watch()

    def _watch(self) -> None:
        """While no request is being answered, put our clock in the place of uvicorn's, which any byte stops."""
        self._since = self._since or monotonic()
        if self.cycle is None or self.cycle.response_complete:
            self._unset_keepalive_if_required()
            left = self._since + self.header_seconds - monotonic()
            self.timeout_keep_alive_task = self.loop.call_later(left, self.transport.abort)


def fitting_connections() -> type[LimitedConnection]:
    """Raise the limit of open files as far as this user may, and return connections that stay below it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # 256 are for the database, files, children, and connections that are just being closed.
    return type("FittingConnection", (LimitedConnection,), {"most": max(1, min(LimitedConnection.most, hard - 256))})
