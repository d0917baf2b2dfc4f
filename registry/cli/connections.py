"""The limits of connections, which uvicorn leaves open (`threats.md` 3: header time; T03)."""

import asyncio
import resource
from time import monotonic

from uvicorn.protocols.http.h11_impl import H11Protocol


class LimitedConnection(H11Protocol):
    """A connection that brings each header within 10 seconds, and gives way when there are too many.

    The time runs from connecting, later from the first byte after an answer. The one beyond `most` stays, and the one
    that is idle or busy for the longest time is closed: an honest one needs its place for moments only, and whoever
    holds all places must not keep the others out.
    """

    header_seconds = 10.0
    most = 1024
    _since = 0.0  # When the request began that is awaited, read or answered; 0 between requests. Not by the loop's
    # clock: for that all is at once that comes in one millisecond.

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
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Await the next request; a part of it may have come already."""
        self._since = 0.0
        super().on_response_complete()
        if self.conn.trailing_data[0]:
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
