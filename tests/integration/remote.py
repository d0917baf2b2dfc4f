"""Another machine that is none: TLS servers on loopback that answer as they are told, and a network that counts."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from registry.adapters.fetching import Fetcher
from registry.adapters.tls import AUTHORITY, throw_away_tls

HOST = "far.example.org"
HERE = ["127.0.0.1"]
JSON = "application/json"
Reply = Callable[[ssl.SSLSocket], object]


@cache
def made_for(host: str, folder: Path, *, days_ago: int = 0) -> tuple[Path, Path]:
    """A certificate for `host`, and its key; the authority lies beside them. TLS knows the wall clock only."""
    return throw_away_tls(folder, host, now=datetime.now(UTC) - timedelta(days=days_ago))


@dataclass
class Network:
    """The system's part, counted: names lead where the test says, and each question takes the next answer."""

    places: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    opened: list[tuple[str, int]] = field(default_factory=list)

    def resolve(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        answers = self.places.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.opened.append(address)
        return socket.create_connection(address, timeout)

    def fetcher(self, **switches: Any) -> Fetcher:
        return Fetcher(resolve=self.resolve, connect=self.connect, **switches)


@dataclass
class Remote:
    """A server that runs: where, and what it was sent."""

    port: int
    authority: Path
    requests: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/did.json", host: str = HOST) -> str:
        return f"https://{host}:{self.port}{path}"

    def fetcher(self, network: Network | None = None, **switches: Any) -> Fetcher:
        """A fetcher with the development switch, for which the usual name leads to this machine."""
        return (network or Network({HOST: [HERE]})).fetcher(authority=self.authority, any_host=True, **switches)


def answer(body: bytes = b"{}", *, status: str = "200 OK", media_type: str = JSON, more: str = "") -> Reply:
    """One whole answer; `more` are further lines of its head."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return raw(head.encode() + body)


def raw(content: bytes) -> Reply:
    """These bytes, and the end of the connection."""
    return lambda connection: connection.sendall(content)


@contextmanager
def serving(files: tuple[Path, Path], reply: Reply) -> Iterator[Remote]:
    """Answer every request by `reply`, each in a thread of its own, until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        remote = Remote(listener.getsockname()[1], files[0].with_name(AUTHORITY))

        def serve(plain: socket.socket) -> None:
            with suppress(OSError, ValueError), context.wrap_socket(plain, server_side=True) as connection:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    head += connection.recv(4096)
                remote.requests.append(head)
                reply(connection)
                connection.unwrap()

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield remote
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=10)
