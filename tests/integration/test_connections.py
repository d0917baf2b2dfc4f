"""The limits of connections, for clients that send what they like (`threats.md` 3, T03), and how they are read."""

import asyncio
import json
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Thread
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from registry.cli.connections import HEAD_BYTES, LimitedConnection, StrictConnection

WAIT = 30
HALF = b"GET / HTTP/1.1\r\nHost: l\r\n"
WHOLE = HALF + b"\r\n"


class Impatient(LimitedConnection):
    """Gives a header less than anybody could wait for in a test."""

    header_seconds = 0.2


class Few(LimitedConnection):
    """Five places."""

    most = 5


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body and the names of the header; at /at-once without waiting for it."""
    body = b"" if scope["path"] == "/at-once" else await Request(scope, receive).body()
    names = b",".join(name for name, _ in scope["headers"] if name.startswith(b"x-"))
    await PlainTextResponse(body + names)(scope, receive, send)


async def telling(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with all that was understood."""
    body = (await Request(scope, receive).body()).decode("latin-1")
    names = ("method", "http_version", "path", "raw_path", "query_string", "headers")
    understood = {name: str(scope[name]) for name in names}
    await PlainTextResponse(json.dumps(understood | {"body": body}) + "~")(scope, receive, send)


Protocol = type[LimitedConnection] | type[StrictConnection]


@contextmanager
def server(protocol: Protocol = Impatient, app: ASGIApp = app) -> Iterator[int]:
    """Serve; uvicorn's own clock for idle connections is out of the way."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        configuration = uvicorn.Config(
            app, loop="uvloop", http=protocol, timeout_keep_alive=600, log_level="error", lifespan="off"
        )
        running = uvicorn.Server(configuration)
        thread = Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            running.should_exit = True
            thread.join(timeout=WAIT)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAIT)


def answer(connection: socket.socket, end: bytes = b"\r\n\r\n") -> bytes:
    received = b""
    while not received.endswith(end):
        part = connection.recv(65536)
        assert part, received
        received += part
    return received


def is_closed(connection: socket.socket) -> bool:
    """Wait until the other side closes; nothing may come before."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"G", HALF])
def test_threat_T03_a_header_that_does_not_end_is_given_up(sent: bytes) -> None:
    with server() as port, connect(port) as connection:
        connection.sendall(sent)
        assert is_closed(connection)


@pytest.mark.parametrize("sent", [b"G", HALF])
def test_threat_T03_so_is_a_later_one(sent: bytes) -> None:
    with server() as port, connect(port) as connection:
        connection.sendall(WHOLE)
        assert answer(connection).startswith(b"HTTP/1.1 200")
        connection.sendall(sent)
        assert is_closed(connection)


@pytest.mark.parametrize(
    "sent",
    [WHOLE + HALF, b"POST /at-once HTTP/1.1\r\nHost: l\r\nContent-Length: 10\r\n\r\n"],
    ids=["two requests at once", "body without an end"],
)
def test_threat_T03_what_comes_with_a_request_has_no_more_time(sent: bytes) -> None:
    with server() as port, connect(port) as connection:
        connection.sendall(sent)
        assert answer(connection).startswith(b"HTTP/1.1 200")
        connection.sendall(b"x")
        assert is_closed(connection)


def test_threat_T03_a_header_that_drips_has_no_more_time() -> None:
    with server() as port, connect(port) as connection:
        connection.sendall(HALF)
        while not select.select([connection], [], [], 0.01)[0]:
            connection.send(b"a")
        assert is_closed(connection)


def test_a_request_has_its_own_time() -> None:
    """An idle connection that was opened later is given up before the body comes; the answer comes all the same."""
    with server() as port, connect(port) as honest:
        honest.sendall(b"POST / HTTP/1.1\r\nHost: l\r\nContent-Length: 2\r\n\r\no")
        with connect(port) as idle:
            assert is_closed(idle)
        honest.sendall(b"k")
        assert answer(honest, b"ok").startswith(b"HTTP/1.1 200")
        honest.sendall(WHOLE)
        assert answer(honest).startswith(b"HTTP/1.1 200")


def test_an_idle_connection_stays_for_the_time_of_uvicorn() -> None:
    with server() as port, connect(port) as kept:
        kept.sendall(WHOLE)
        answer(kept)
        with connect(port) as idle:
            assert is_closed(idle)
        kept.sendall(WHOLE)
        assert answer(kept).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("sent", [b"", HALF, b"POST / HTTP/1.1\r\nHost: l\r\nContent-Length: 2\r\n\r\no", WHOLE])
def test_threat_T03_who_takes_all_places_keeps_nobody_out(sent: bytes) -> None:
    """Of five places the newest keep theirs; an honest visitor is always among them."""
    with server(Few) as port, ExitStack() as opened:
        held = []
        for _ in range(20):
            held.append(opened.enter_context(connect(port)))
            held[-1].sendall(sent)
            if sent == WHOLE:
                answer(held[-1])
        with connect(port) as honest:
            honest.sendall(WHOLE)
            assert answer(honest).startswith(b"HTTP/1.1 200")
        assert sum(is_closed(one) for one in held if select.select([one], [], [], 0)[0]) == 16


POST = b"POST / HTTP/1.1\r\nHost: l\r\n"
INNER = b"POST / HTTP/1.1\r\nHost: l\r\nContent-Length: 2\r\n\r\nno"


@pytest.mark.parametrize("upgrade", [b"h2c", b"websocket"])
def test_threat_V39_a_body_stays_the_body_whatever_is_asked_beside_it(upgrade: bytes) -> None:
    """An upgrade is ignored (RFC 9110 7.8): what comes after the header is no request of its own."""
    wanted = POST + b"Connection: Upgrade\r\nUpgrade: " + upgrade + b"\r\nContent-Length: %d\r\n\r\n" % len(INNER)
    with server(LimitedConnection) as port, connect(port) as connection:
        connection.sendall(wanted)
        connection.sendall(INNER)
        assert answer(connection, INNER).endswith(b"\r\n\r\n" + INNER)
        connection.sendall(POST + b"Content-Length: 3\r\n\r\nown")
        assert answer(connection, b"own").startswith(b"HTTP/1.1 200")


def test_threat_V39_what_follows_a_body_is_no_header() -> None:
    with server(LimitedConnection) as port, connect(port) as connection:
        connection.sendall(
            POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
        )
        assert answer(connection, b"ab").endswith(b"\r\n\r\nab")


@pytest.mark.parametrize(
    "header",
    [
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: identity\r\n",
        b"Host: m\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n",
    ],
)
def test_threat_V39_a_request_that_may_be_read_in_two_ways_is_refused(header: bytes) -> None:
    with server(LimitedConnection) as port, connect(port) as connection:
        connection.sendall(POST + header + b"\r\n2\r\nab\r\n0\r\n\r\n")
        assert connection.recv(12) in {b"HTTP/1.1 400", b"HTTP/1.1 501"}


HEAD = b"HTTP/1.1\r\nHost: l\r\n"
PLAIN = [
    b"GET / " + HEAD + b"\r\n",
    b"HEAD /v/abc.json?x=1&y=%20 " + HEAD + b"Connection: close\r\n\r\n",
    b"GET /%E4%B8%AD/a%2Fb " + HEAD + b"Accept: */*\r\nX-A: a b\r\nx-a: c\r\n\r\n",
    b"POST /a " + HEAD + b"Content-Length: 0\r\n\r\n",
    b"POST /a?b " + HEAD + b"content-length: 5\r\nCookie: a=1; b=2\r\n\r\n\r\n\r\n\0",
    b"GET /with-a-body " + HEAD + b"Content-Length: 3\r\n\r\nabc",
    b"POST /large " + HEAD + b"Content-Length: 200000\r\n\r\n" + b"x" * 200_000,
]
ODD = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET / HTTP/1.1\nHost: l\n\n",
    b"GET //l/a " + HEAD + b"\r\n",
    b"GET http://l/a " + HEAD + b"\r\n",
    b"GET /a#b " + HEAD + b"\r\n",
    b"GET /\xe4 " + HEAD + b"\r\n",
    b"OPTIONS * " + HEAD + b"\r\n",
    b"PATCH / " + HEAD + b"\r\n",
    b"get / " + HEAD + b"\r\n",
    b"GET / " + HEAD + b"X-A:b\r\n\r\n",
    b"GET / " + HEAD + b"X-A:  b \r\n\r\n",
    b"GET / " + HEAD + b"X-A: \xe4\r\n\r\n",
    b"GET / " + HEAD + b"X-A: \r\n\r\n",
    b"GET / " + HEAD + b"X-A : b\r\n\r\n",
    b"GET / " + HEAD + b"X-A: b\r\n c\r\n\r\n",
    b"GET / " + HEAD + b"Host: m\r\n\r\n",
    b"POST / " + HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    b"POST / " + HEAD + b"Content-Length: +2\r\n\r\nab",
    b"POST / " + HEAD + b"Content-Length: 2, 2\r\n\r\nab",
    b"POST / " + HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\na\r\n0\r\n\r\n",
    b"POST / " + HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    b"POST / " + HEAD + b"Expect: 100-continue\r\nContent-Length: 1\r\n\r\na",
    b"POST / " + HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 1\r\n\r\na",
    b"POST / " + HEAD + b"Proxy-Connection: close\r\nContent-Length: 2\r\n\r\nab",
    b"\x16\x03\x01\x02\x00",
    b"\r\nGET / " + HEAD + b"\r\n",
]


class Watched(LimitedConnection):
    """Counts the requests that went to the strict reader, and the bytes that are held at most."""

    strict, most_held = 0, 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        type(self).most_held = max(self.most_held, len(self._came))

    def _hand_over(self) -> None:
        type(self).strict += 1
        super()._hand_over()


LAST = b"GET /last " + HEAD + b"Connection: close\r\n\r\n"


def understood(port: int, *parts: bytes) -> list[bytes]:
    """Return what is answered to what is sent in parts, until all is said: without the date."""
    with connect(port) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        received = b""
        while part := connection.recv(65536):
            received += part
    lines = [line if line.startswith(b"{") else line.lower() for line in received.split(b"\r\n")]
    return sorted(line for line in lines if not line.startswith(b"date:"))


@pytest.fixture(scope="module")
def readers() -> Iterator[tuple[int, int]]:
    """The ports of a server that reads what is plain quickly, and of one that reads all strictly."""
    with server(Watched, telling) as quick, server(StrictConnection, telling) as strict:
        yield quick, strict


@pytest.mark.parametrize("request_", PLAIN + ODD)
def test_threat_V39_both_readers_understand_a_request_alike(request_: bytes, readers: tuple[int, int]) -> None:
    Watched.strict = 0
    quick, strict = (understood(port, request_ + LAST) for port in readers)
    assert quick == strict
    assert Watched.strict == (request_ in ODD)


def test_threat_V39_requests_that_come_together_are_told_apart(readers: tuple[int, int]) -> None:
    """Whatever one is followed by, and however they are cut in two."""
    quick, strict = readers
    whole = PLAIN[4] + PLAIN[2] + ODD[21] + PLAIN[0] + LAST
    alone = understood(strict, whole)
    assert b"".join(alone).lower().count(b"http/1.1 200") == 5
    for cut in range(len(whole)):
        assert understood(quick, whole[:cut], whole[cut:]) == alone, cut


def test_threat_T03_what_is_sent_ahead_waits_outside() -> None:
    """While a request is answered hardly more is taken in than was on its way."""
    ahead = (HALF + b"X-A: " + b"a" * 9_000 + b"\r\n\r\n") * 500
    Watched.most_held = 0
    with server(Watched) as port, connect(port) as connection:
        sender = Thread(target=connection.sendall, args=(ahead + LAST,))
        sender.start()
        received = b""
        while part := connection.recv(65536):
            received += part
        sender.join()
    assert received.count(b"HTTP/1.1 200") == 501
    assert 0 < Watched.most_held < len(ahead) // 5


@pytest.mark.parametrize("protocol", [LimitedConnection, StrictConnection])
def test_who_closes_the_sending_half_is_answered(protocol: Protocol) -> None:
    with server(protocol) as port, connect(port) as connection:
        connection.sendall(INNER)
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection, b"no").startswith(b"HTTP/1.1 200")
        assert is_closed(connection)


@pytest.mark.parametrize("protocol", [LimitedConnection, StrictConnection])
@pytest.mark.parametrize("sent", [HALF, POST + b"Content-Length: 10\r\n\r\nhalf"], ids=["half a header", "half a body"])
def test_threat_T03_who_closes_it_before_all_is_said_is_not_waited_for(protocol: Protocol, sent: bytes) -> None:
    with server(protocol) as port, connect(port) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        assert is_closed(connection)


def test_threat_V39_a_request_behind_a_body_that_was_answered_early_is_answered_too() -> None:
    """It comes in one piece with the rest of that body."""
    early = b"POST /at-once HTTP/1.1\r\nHost: l\r\nContent-Length: 4\r\n\r\nab"
    found = []
    for protocol in (LimitedConnection, StrictConnection):
        with server(protocol) as port, connect(port) as connection:
            connection.sendall(early)
            assert answer(connection).startswith(b"HTTP/1.1 200")
            connection.sendall(b"cd" + INNER + LAST)
            received = b""
            while part := connection.recv(65536):
                received += part
            found.append(received.lower().count(b"http/1.1 200"))
    assert found == [2, 2]


class Recorded(asyncio.Transport):
    """A connection that only remembers who reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.protocol: Any = None

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def is_closing(self) -> bool:
        return False

    def write(self, data: object) -> None:
        """Drop it."""

    def pause_reading(self) -> None:
        """Read on all the same."""

    resume_reading = pause_reading


@pytest.mark.parametrize("is_paused", [True, False])
def test_threat_T03_the_strict_reader_knows_that_the_other_side_does_not_read(is_paused: bool) -> None:
    """Or answers pile up for whoever asks oddly, and never takes one."""

    async def hand_over() -> bool:
        configuration = uvicorn.Config(app, http=LimitedConnection, lifespan="off", ws="none")
        configuration.load()
        transport, connection = Recorded(), LimitedConnection(configuration, ServerState(), {})
        connection.connection_made(transport)
        if is_paused:
            connection.pause_writing()
        connection.data_received(b"x")
        assert isinstance(transport.protocol, StrictConnection)
        return transport.protocol.flow.write_paused

    assert asyncio.run(hand_over()) is is_paused


def test_threat_T03_a_long_header_goes_to_the_reader_that_refuses_it() -> None:
    with server(LimitedConnection) as port, connect(port) as connection:
        connection.sendall(HALF + b"X-A: " + b"a" * (HEAD_BYTES * 8))
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_the_limit_leaves_files_for_everything_else() -> None:
    program = (
        "import resource as r; from registry.cli.connections import fitting_connections as c\n"
        "for hard in (2000, 1280, 1279, 257, 200):\n"
        "    r.setrlimit(r.RLIMIT_NOFILE, (64, hard)); print(c().most, r.getrlimit(r.RLIMIT_NOFILE)[0])"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.splitlines() == ["1024 2000", "1024 1280", "1023 1279", "1 257", "1 200"]
