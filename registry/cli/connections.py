"""The limits of connections, which uvicorn leaves open (`threats.md` 3: header time; T03), and who reads requests.

Most requests are plain: one host, a body of a length that is given, nothing asked beside it. There httptools, which is
quick, and h11, which is strict, read the same; whatever else comes is read by h11, with all that follows it.
"""

import asyncio
import re
import resource
from time import monotonic

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from public_site.headers import HEAD_BYTES

_PLAIN = re.compile(
    rb"(?:GET|HEAD|POST) /(?!/)[\w.~%?&=+:@!$',;*()/-]*+ HTTP/1\.1\r\n"
    rb"(?:[A-Za-z0-9-]++: [!-~](?:[ -~]*[!-~])?\r\n)+\r\n"
)
_BEGINS, _ENDS = re.compile(rb"[GHP]"), re.compile(rb"\n\r?\n")
_ODD = re.compile(rb"\r\n(?:transfer-encoding|upgrade|expect|proxy-connection): ")
_LENGTH = re.compile(rb"\r\ncontent-length: ([^\r]+)")
_DIGITS = 12


def plain_length(head: bytes) -> int | None:
    """Return how many bytes of a body follow a plain `head`, or None for one that is not plain."""
    low = head.lower()
    lengths = _LENGTH.findall(low)
    is_odd = _PLAIN.fullmatch(head) is None or low.count(b"\r\nhost: ") != 1 or _ODD.search(low) is not None
    if is_odd or len(lengths) > 1 or not all(one.isdigit() and len(one) <= _DIGITS for one in lengths):
        return None
    return int(lengths[0]) if lengths else 0


class StrictConnection(H11Protocol):
    """A connection that brings each header within 10 seconds, and gives way when there are too many.

    The time runs from connecting, later from the first byte after an answer. The one beyond `most` stays, and the one
    that is idle or busy for the longest time is closed: an honest one needs its place for moments only, and whoever
    holds all places must not keep the others out.
    """

    header_seconds = 10.0
    most = 1024
    since = 0.0
    """When the request began that is awaited, read or answered; 0 between requests.

    Not by the loop's clock: for that all is at once that comes in one millisecond.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock, and make room."""
        super().connection_made(transport)
        _watch(self)
        _make_room(self)

    def data_received(self, data: bytes) -> None:
        """Take what came, and go on waiting for the rest of a header no longer than before."""
        super().data_received(data)
        _watch(self)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer a client that has said all, before the connection is closed."""
        return _is_waited_for(self)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: what is asked beside a request is left out, and the request is answered."""

    def on_response_complete(self) -> None:
        """Await the next request; a part of it may have come already."""
        self.since = 0.0
        super().on_response_complete()
        if self.conn.trailing_data[0]:
            _watch(self)


class LimitedConnection(HttpToolsProtocol):
    """A connection of the same limits for plain requests, one after another, until one comes that is not plain."""

    header_seconds, most, since = StrictConnection.header_seconds, StrictConnection.most, StrictConnection.since
    _due = 0  # Bytes that are still to come, or to be read, of the request that is being read.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock, and make room."""
        super().connection_made(transport)
        self._came = bytearray()
        _watch(self)
        _make_room(self)

    def data_received(self, data: bytes) -> None:
        """Take what came, and go on waiting for the rest of a header no longer than before."""
        self._came += data
        self._read_on()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer a client that has said all, before the connection is closed."""
        return _is_waited_for(self)

    def on_response_complete(self) -> None:
        """Await the next request; a part of it may have come already."""
        self.since = 0.0
        super().on_response_complete()
        if (self._came or self._due) and not self.transport.is_closing():
            self._read_on()

    def _read_on(self) -> None:
        """Read what belongs to the request; the next one waits for the answer, or goes to the strict reader."""
        if self._due == 0 and not _is_busy(self):
            end = _ENDS.search(self._came)
            is_open = end is None and _BEGINS.match(self._came) is not None and len(self._came) <= HEAD_BYTES
            length = 0 if is_open else plain_length(bytes(self._came[: end.end()])) if end is not None else None
            if length is None:
                self._hand_over()
                return
            self._due = end.end() + length if end is not None else 0
        part = bytes(self._came[: self._due])
        del self._came[: len(part)]
        self._due -= len(part)
        if part:
            super().data_received(part)
        if self._came and _is_busy(self):
            self.flow.pause_reading()
        _watch(self)
        if part and self._came and not _is_busy(self) and not self.transport.is_closing():
            self._read_on()  # It was the rest of a body that was answered before it came, and a request follows.

    def _hand_over(self) -> None:
        strict = StrictConnection(self.config, self.server_state, self.app_state, self.loop)
        strict.header_seconds, strict.most, strict.since = self.header_seconds, self.most, self.since
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        self.transport.set_protocol(strict)
        strict.connection_made(self.transport)
        if self.flow.write_paused:  # The transport says so once.
            strict.flow.pause_writing()
        strict.data_received(bytes(self._came))


def _is_busy(one: LimitedConnection | StrictConnection) -> bool:
    return one.cycle is not None and not one.cycle.response_complete


def _is_waited_for(one: LimitedConnection | StrictConnection) -> bool:
    """Tell whether an answer to a whole request is still to come, and let it be the last; TLS cannot be half closed."""
    is_whole = _is_busy(one) and not one.cycle.more_body and one.scheme == "http"
    if is_whole:
        one.cycle.keep_alive = False
    return is_whole


def _watch(one: LimitedConnection | StrictConnection) -> None:
    """While no request is being answered, put our clock in the place of uvicorn's, which any byte stops."""
    one.since = one.since or monotonic()
    if not _is_busy(one):
        one._unset_keepalive_if_required()
        left = one.since + one.header_seconds - monotonic()
        one.timeout_keep_alive_task = one.loop.call_later(left, one.transport.abort)


def _make_room(one: LimitedConnection | StrictConnection) -> None:
    if len(one.connections) > one.most:
        oldest = min(one.connections, key=lambda other: getattr(other, "since", 0))
        one.connections.discard(oldest)
        oldest.transport.abort()


def fitting_connections() -> type[LimitedConnection]:
    """Raise the limit of open files as far as this user may, and return connections that stay below it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # 256 are for the database, files, children, and connections that are just being closed.
    return type("FittingConnection", (LimitedConnection,), {"most": max(1, min(LimitedConnection.most, hard - 256))})
