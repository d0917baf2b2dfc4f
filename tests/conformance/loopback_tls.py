"""The register behind TLS on this machine, with a certification authority that is thrown away."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.adapters.tls import AUTHORITY, throw_away_tls
from registry.app import create
from tests.integration.registers import Demo

_SECONDS = 60


@dataclass(frozen=True)
class Answered:
    """One answer that the server gave."""

    path: str
    status: int
    allow_origin: str | None


@dataclass
class Witness:
    """ASGI middleware that notes what was asked and how it was answered."""

    app: ASGIApp
    answered: list[Answered] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = {name.decode(): value.decode() for name, value in message["headers"]}
                origin = headers.get("access-control-allow-origin")
                self.answered.append(Answered(scope["path"], message["status"], origin))
            await send(message)

        await self.app(scope, receive, note)


@dataclass(frozen=True)
class Secured:
    """A register that is served over TLS."""

    demo: Demo
    authority: Path
    """The certificate that a client must trust."""
    witness: Witness

    def get(self, url: str) -> bytes:
        """Fetch an address as any client that trusts the authority would."""
        return self._ask("GET", url)

    def verdict(self, document: bytes) -> dict[str, Any]:
        """Ask our own verify API."""
        content = self._ask("POST", f"{self.demo.base}/api/v1/verify", document)
        answer: dict[str, Any] = json.loads(content)
        return answer

    def hand_in(self, file: bytes) -> str:
        """Give a file to the form of /check, and return the page that answers."""
        border = "border-of-the-form"
        part = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="paper.pdf"\r\n\r\n'
        form = part.encode() + file + f"\r\n--{border}--\r\n".encode()
        media_type = f"multipart/form-data; boundary={border}"
        return self._ask("POST", f"{self.demo.base}/check", form, media_type).decode()

    def _ask(self, method: str, url: str, content: bytes | None = None, media_type: str = "application/vc") -> bytes:
        headers = {"Content-Type": media_type} if content is not None else {}
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.load_verify_locations(self.authority)
        with httpx2.Client(verify=trust, timeout=_SECONDS, trust_env=False) as client:
            answer = client.request(method, url, content=content, headers=headers)
        # A file that is refused is answered too, by the form with what is wrong.
        assert answer.status_code in ({200, 422} if url.endswith("/check") else {200}), f"{url}: {answer.status_code}"
        return bytes(answer.content)


def listen() -> socket:
    """Take a free port: it is part of every identifier, so it must be known before the register is founded."""
    listener = socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


@contextmanager
def secured(demo: Demo, listener: socket, folder: Path) -> Iterator[Secured]:
    """Serve the public origin of `demo` at `listener` until the block ends; who comes early waits in the queue."""
    # TLS libraries compare a certificate with the wall clock of the machine.
    certificate, key = throw_away_tls(folder, "localhost", now=datetime.now(UTC))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in demo.environment().items():
            patch.setenv(name, value)
        witness = Witness(create())
    config = uvicorn.Config(
        witness,
        ssl_keyfile=key,
        ssl_certfile=certificate,
        log_level="warning",
        access_log=False,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Secured(demo, folder / AUTHORITY, witness)
    finally:
        server.should_exit = True
        thread.join(timeout=_SECONDS)
        listener.close()
