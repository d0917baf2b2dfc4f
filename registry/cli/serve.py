"""`cse serve`: the public origin, and beside it the process that re-signs the lists; or the conformance port."""

import gc
import os
import signal
import socket  # noqa: TID251 (it listens)
import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import segno
import typer
import uvicorn
from fastapi import FastAPI

from public_site.headers import HEAD_BYTES
from registry.adapters.logs import log_lines
from registry.adapters.tls import throw_away_tls
from registry.cli.conformance import conformance_app, require_test_place
from registry.cli.connections import fitting_connections
from registry.cli.console import ERR, GOOD, OUT, REFUSED, Directory, Session, UsageError, flag, open_session

_RESIGN_SECONDS = 600
_HTTP = 8000
_SECOND = "CSE_BASE_URL=http://localhost:8011 CSE_DATA_DIR=var/demo-8011"
"""Another port is another address, and so another register."""
_KEEP_ALIVE_SECONDS = 15
_WATCH_SECONDS = 5
_TURN_SECONDS = 0.0005
"""After so long a thread that works gives way to one that serves connections; Python has ten times as much."""
_ORIGINS = (
    "public, or conformance (tests only), which answers POST /vc-api/credentials/issue, /vc-api/credentials/verify and "
    "/vc-api/presentations/verify."
)


def serve(
    what: Annotated[str, typer.Argument(help=_ORIGINS)] = "public",
    directory: Directory = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port (else that of the base address).", min=0, max=65535)] = None,
    tls: Annotated[bool, flag("--tls", help="HTTPS by a throw-away certificate (demonstration).")] = False,
) -> int:
    """Serve the register. Stop with Ctrl-C.

    The serving process reads and cannot reach a key; a second process signs the lists anew every ten minutes.
    """
    if what not in {"public", "all", "conformance"}:
        raise UsageError(f"{what!r} is none of the origins public, all and conformance")
    log_lines()
    session = open_session(directory)
    certificate = _certificate(session) if tls else {}
    if what == "conformance":
        return _serve_conformance(session, host, port, certificate)
    folder = session.settings.data_dir.resolve()
    os.environ["CSE_DATA_DIR"] = str(folder)
    listener = _listen(host, port if port is not None else urlsplit(session.settings.base_url).port or _HTTP)
    # The server hands its signal on when it has stopped: like Ctrl-C, being ended must end the publisher too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    publisher = _Publisher(folder)
    if not publisher.is_ready():
        listener.close()
        return REFUSED
    _announce(session.settings.base_url, f"{host}:{listener.getsockname()[1]}", for_phones=tls)
    try:
        configuration = _configuration("registry.app:create", certificate)
        configuration.load()
        _collect_seldom()
        uvicorn.Server(configuration).run(sockets=[listener])
    except KeyboardInterrupt:
        OUT.print("Stopped.")
    finally:
        gc.unfreeze()  # Or libraries call all that was frozen a leak when the program ends.
        publisher.stop()
        listener.close()
    return GOOD


def _collect_seldom() -> None:
    """Let the search for cyclic garbage pass over what lives as long as the server, and come less often; share turns.

    As Python has it by default it looks through all of that again and again, 100 ms each time, and every answer waits.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    sys.setswitchinterval(_TURN_SECONDS)


def _announce(base: str, listening: str, *, for_phones: bool) -> None:
    OUT.print(f"Serving {base}/ (listening on {listening})")
    if for_phones and OUT.is_terminal:
        segno.make(f"{base}/").terminal(compact=True)


def _serve_conformance(session: Session, host: str, port: int | None, certificate: dict[str, Any]) -> int:
    """Serve the conformance port until Ctrl-C; it has no publisher, and its key ends with it."""
    require_test_place(session, host)
    listener = _listen(host, port or 0)
    scheme, name = ("https", urlsplit(session.settings.base_url).hostname) if certificate else ("http", host)
    app, did = conformance_app(session, f"{scheme}://{name}:{listener.getsockname()[1]}")
    OUT.print(f"Conformance port {scheme}://{name}:{listener.getsockname()[1]}/vc-api, issuer {did}", markup=False)
    with closing(listener), suppress(KeyboardInterrupt):
        uvicorn.Server(_configuration(app, certificate)).run(sockets=[listener])
    return GOOD


def _configuration(app: FastAPI | str, certificate: dict[str, Any]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        loop="uvloop",
        http=fitting_connections(),
        ws="none",
        backlog=128,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        server_header=False,
        proxy_headers=False,  # Ours are believed by `public_site.access`, from the proxies of the settings alone.
        **certificate,
    )


def _certificate(session: Session) -> dict[str, Any]:
    """Make the throw-away certificate for the host of the base address; a real register stands behind a proxy."""
    base = urlsplit(session.settings.base_url)
    if not session.settings.is_demo or base.scheme != "https":
        raise UsageError("--tls serves a demonstration register that was founded for an https address")
    certificate, key = throw_away_tls(session.settings.data_dir / "tls", base.hostname or "", now=session.now)
    return {"ssl_certfile": certificate, "ssl_keyfile": key}


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(
            f"port {port} on {host} cannot be used ({error.strerror}): end what uses it, or serve a second register: "
            f"{_SECOND} make run (for phones: make run LAN=1 LAN_PORT=8444; behind a proxy: --port)"
        ) from error
    return listener


class _Publisher:
    """The process that holds the status and manifest keys, started anew whenever it ends before the server does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopping = threading.Event()
        self._child = _start_publisher(folder)
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)

    def is_ready(self) -> bool:
        """Wait for the first publication; a process that could not make it has told why and ended."""
        if self._child.stdout is None or self._child.stdout.readline() == b"":
            self._child.wait()
            return False
        self._watch.start()
        return True

    def _keep_alive(self) -> None:
        while not self._stopping.wait(_WATCH_SECONDS):
            if self._child.poll() is not None:
                ERR.print("cse serve: the publishing process ended; starting it anew", markup=False)
                self._child = _start_publisher(self._folder)

    def stop(self) -> None:
        """End the process."""
        self._stopping.set()
        self._watch.join(timeout=_WATCH_SECONDS)
        self._child.terminate()
        self._child.wait(timeout=10)


def _start_publisher(folder: Path) -> subprocess.Popen[bytes]:
    """Start the process that holds the status and manifest keys; its standard input ends when this process does."""
    command = [sys.executable, "-m", "registry.cli.main", "publish", "--with-server", "--dir", str(folder)]
    command += ["--every", str(_RESIGN_SECONDS)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 (our own program)
