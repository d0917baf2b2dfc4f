"""`cse serve` for real: a process on a port, its limits, and no key within its reach (V36, V37)."""

import hashlib
import http.client
import json
import os
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from public_site.guard import BODY_LIMIT, BodyGuard, Door
from public_site.routes import add_error_pages, public_router
from registry.app.reads import RegisterReads
from registry.demo.plan import Story
from tests.integration.conftest import Cse
from tests.integration.published import check_all
from tests.integration.registers import AT, Demo, clean_environment, copy_of
from tests.integration.serving import PROJECT, Served, is_running, served


@pytest.fixture(scope="module")
def running(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Demo]]:
    """A served copy whose keys were taken away once it answered: it never needed one."""
    copied = copy_of(demo, tmp_path_factory.mktemp("served") / "register")
    with served(copied) as server:
        assert ask(server, "GET", "/readyz") == (200, b"ready\n")
        shutil.rmtree(copied.folder / "keys")
        shutil.rmtree(copied.folder / "passphrases")
        yield server, copied


def ask(server: Served, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read()


def raw(port: int, text: bytes) -> tuple[int, bytes]:
    """Send exactly these bytes, nothing more, and read the whole answer."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        connection.sendall(text)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def problem(answer: tuple[int, bytes]) -> tuple[int, str]:
    return answer[0], json.loads(answer[1])["type"]


def test_pages_answer_without_a_key_on_the_machine(running: tuple[Served, Demo]) -> None:
    server, copied = running
    for number, page in copied.pages().items():
        assert ask(server, "GET", f"/v/{page}")[0] == 200
        assert ask(server, "GET", f"/lookup?number={number}")[0] == 200
    for path in ("/", "/trust", "/help", "/status/revocation-1", "/manifest.json", "/.well-known/did.json", "/healthz"):
        assert ask(server, "GET", path)[0] == 200, path
    assert not (copied.folder / "keys").exists()


def test_a_document_is_verified_over_http(running: tuple[Served, Demo]) -> None:
    server, copied = running
    page = copied.pages()[copied.number(Story.VALID)]
    status, document = ask(server, "GET", f"/credentials/{page}", Accept="application/vc")
    assert status == 200
    status, answer = ask(server, "POST", "/api/v1/verify", document, Content_Type="application/vc")
    assert (status, json.loads(answer)["state"]) == (200, "valid")


def listed(port: int, path: str, *, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Ask for exactly this path; a client would tidy it up first."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}


LIST = "/status/revocation-1"
ASKED = [
    pytest.param(LIST, "GET", {}, 200, True, id="threat_S13-plain"),
    pytest.param(LIST, "GET", {"If_None_Match": "ETAG"}, 304, False, id="threat_S13-if-none-match"),
    pytest.param(LIST, "GET", {"If_None_Match": '"other"'}, 200, True, id="threat_S13-if-none-match-other"),
    pytest.param(LIST, "GET", {"Range": "bytes=0-9"}, 200, True, id="threat_S13-range"),
    pytest.param(LIST, "HEAD", {}, 200, False, id="threat_S13-head"),
    pytest.param(LIST + "?x=1", "GET", {}, 200, True, id="threat_S13-query"),
    pytest.param("/status/../status/revocation-1", "GET", {}, 404, False, id="threat_S13-dots"),
    pytest.param("/../revocation-1", "GET", {}, 404, False, id="threat_S13-dots-at-the-top"),
    pytest.param("/status/%2e%2e/status/revocation-1", "GET", {}, 404, False, id="threat_S13-dots-spelled"),
]


@pytest.mark.parametrize(("path", "method", "headers", "status", "is_whole"), ASKED)
def test_a_list_over_http(
    running: tuple[Served, Demo], path: str, method: str, headers: dict[str, str], status: int, is_whole: bool
) -> None:
    server, copied = running
    content = (copied.published / "status" / "revocation-1").read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    given = {name: value.replace("ETAG", tag) for name, value in headers.items()}
    code, body, answered = listed(server.port, path, method=method, **given)
    assert code == status
    assert (body == content) is is_whole
    assert status == 404 or answered["etag"] == tag
    assert method != "HEAD" or (body, answered["content-length"]) == (b"", str(len(content)))


def test_threat_S08_nobody_can_tell_from_a_log_whose_status_was_asked(demo: Demo, tmp_path: Path) -> None:
    """The address of a list names no certificate, and the server writes down no request."""
    copied = copy_of(demo, tmp_path / "register")
    pages = copied.pages()
    with served(copied) as server:
        read = 0
        for page in pages.values():
            status, document, _ = listed(server.port, f"/credentials/{page}", Accept="application/vc")
            entries = json.loads(document)["credentialStatus"] if status == 200 else []
            named = [entry["statusListCredential"].rpartition("/")[2] for entry in entries]
            assert named in ([], ["revocation-1", "suspension-1"])
            read += len(named)
            status, _, _ = listed(server.port, f"{LIST}?asked={page}", Referer=f"http://employer.example/{page}")
            assert status == 200
        server.process.send_signal(signal.SIGINT)
        said = "".join(server.process.communicate(timeout=60))
    assert read > len(pages)
    written = said + "".join(
        file.read_text(encoding="utf-8", errors="replace") for file in copied.folder.rglob("*.log")
    )
    assert [word for word in ("employer.example", "asked=", LIST, *pages.values()) if word in written] == []


def test_threat_v36_a_body_over_the_limit_is_refused_unread(running: tuple[Served, Demo]) -> None:
    head = b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/vc\r\nContent-Length: 262145\r\n\r\n"
    assert problem(raw(running[0].port, head)) == (413, "/problems/body-too-large")


def test_threat_v36_a_body_at_the_limit_is_read(running: tuple[Served, Demo]) -> None:
    body = b'{"a": 1' + b" " * (BODY_LIMIT - 8) + b"}"
    status, answer = ask(running[0], "POST", "/api/v1/verify", body, Content_Type="application/json")
    assert (len(body), status, json.loads(answer)["outcome"]) == (262_144, 200, "indeterminate")


def test_threat_v36_a_body_in_parts_is_counted(running: tuple[Served, Demo]) -> None:
    head = (
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/vc\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    part = b"8000\r\n" + b" " * 0x8000 + b"\r\n"
    assert problem(raw(running[0].port, head + part * 8 + b"1\r\n \r\n")) == (413, "/problems/body-too-large")


def test_threat_v37_an_encoded_body_is_refused_unread(running: tuple[Served, Demo]) -> None:
    head = b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n"
    assert problem(raw(running[0].port, head)) == (415, "/problems/content-encoding")


@pytest.mark.parametrize("row", [pytest.param(row, id=f"threat_{row}") for row in ("V36", "V37")])
@pytest.mark.parametrize("start", ["POST /api/v1/verify", "POST /check", "GET /healthz"])
def test_of_two_lengths_neither_is_believed(running: tuple[Served, Demo], start: str, row: str) -> None:
    """What follows may be a request to one program and a body to another: the connection ends."""
    lengths = "Content-Length: 5\r\nTransfer-Encoding: chunked"
    head = f"{start} HTTP/1.1\r\nHost: x\r\nContent-Type: application/vc\r\n{lengths}\r\n\r\n0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running[0].port), timeout=30) as connection:
        connection.sendall(head.encode() + b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    assert received.count(b"HTTP/1.1 ") == 1, row
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nconnection: close\r\n" in received.lower()


@pytest.mark.parametrize(
    ("content", "media_type", "expected"),
    [
        (b"", "application/vc", (400, "/problems/empty-body")),
        (b"{", "application/vc", (400, "/problems/malformed-json")),
        (b"{}", "text/plain", (415, "/problems/wrong-label")),
    ],
)
def test_bodies_that_are_no_question(
    running: tuple[Served, Demo], content: bytes, media_type: str, expected: tuple[int, str]
) -> None:
    assert problem(ask(running[0], "POST", "/api/v1/verify", content, Content_Type=media_type)) == expected


@contextmanager
def in_thread(app: FastAPI) -> Iterator[int]:
    """Serve an application in this process; the port listens before the server starts."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=30)


def test_the_examples_of_a_demonstration_are_answered_a_valid_one_first(demo: Demo, copied: Demo) -> None:
    reads = RegisterReads(demo.desk(), demo.settings)
    found = [reads.verdict_of_number(number).verdict for number in reads.examples()]
    states = [answer["state"] for answer in found if answer is not None]
    assert 2 <= len(set(states)) == len(states) <= 3
    assert states[0] in {"valid", "valid_notice"}
    assert RegisterReads(replace(demo.desk(), is_demo=False), demo.settings).examples() == ()
    reads = RegisterReads(copied.desk(), copied.settings)
    (copied.folder / "register.sqlite").write_bytes(b"x" * 4096)
    assert reads.examples() == ()


def test_threat_v36_a_body_without_an_end_is_given_up(demo: Demo) -> None:
    reads = RegisterReads(demo.desk(), demo.settings)
    app = FastAPI()
    app.include_router(public_router(reads))
    add_error_pages(app, reads)
    app.add_middleware(BodyGuard, doors={("/api/v1/verify", False): Door(seconds=0.2)})
    head = (
        b"POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/vc\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with in_thread(app) as port:
        assert problem(raw(port, head + b"1\r\n{\r\n")) == (408, "/problems/body-timeout")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stopping_the_server_stops_the_publisher(copied: Demo, how: signal.Signals) -> None:
    """A fixed bug: ended by SIGTERM, the server left the process with the keys behind."""
    with served(copied) as server:
        assert ask(server, "GET", "/healthz")[0] == 200
        (publisher,) = server.children()
        assert is_running(publisher)
        assert server.stop(how) == 0
        assert not is_running(publisher)


def test_a_killed_server_takes_the_process_with_the_keys_along(copied: Demo) -> None:
    """It waits on a pipe from the server, which ends however the server ends."""
    with served(copied) as server:
        (publisher,) = server.children()
        watched = os.pidfd_open(publisher)
        try:
            assert server.stop(signal.SIGKILL) == -signal.SIGKILL
            assert select.select([watched], [], [], 30)[0] == [watched]
        finally:
            os.close(watched)


def _slot(demo: Demo) -> int:
    return int(json.loads((demo.published / "manifest.json").read_bytes())["slot"])


def test_the_publisher_publishes_at_once_and_stops_when_asked(copied: Demo) -> None:
    before = _slot(copied)
    process = subprocess.Popen(
        [sys.executable, "-m", "registry.cli.main", "publish", "--every", "10"],
        cwd=PROJECT,
        env={**clean_environment(), **copied.environment()},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while is_running(process.pid) and _slot(copied) == before:
            os.sched_yield()
    finally:
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (3, "cse: stopped\n")
    assert _slot(copied) == before + 1
    check_all(copied, only=copied.pages()[copied.number(Story.VALID)])


def test_a_register_that_cannot_be_read_is_our_failure_and_no_answer(
    copied: Demo, visit: Callable[..., TestClient], cse: Cse
) -> None:
    """A table is gone: nothing says valid, nothing says unknown, and the API says 503."""
    client = visit(copied)
    number, page = copied.number(Story.VALID), copied.pages()[copied.number(Story.VALID)]
    document = client.get(f"/credentials/{page}", headers={"Accept": "application/vc"}).content
    with closing(sqlite3.connect(copied.folder / "register.sqlite")) as database:
        database.execute("ALTER TABLE certificate RENAME TO elsewhere")
        database.execute("ALTER TABLE register_entry RENAME TO elsewhere_too")
        database.commit()
    for path in (f"/v/{page}", f"/lookup?number={number}"):
        assert 'data-state="could_not_check"' in client.get(path).text
    answer = client.get(f"/v/{page}.json")
    assert (answer.headers["CSE-Outcome"], answer.json()["state"]) == ("indeterminate", "could_not_check")
    posted = client.post("/api/v1/verify", content=document, headers={"Content-Type": "application/vc"})
    entry = client.get(f"/api/v1/registrations/{number}")
    for failed in (posted, entry):
        assert (failed.status_code, failed.json()["type"]) == (503, "/problems/register-unreachable")
    said = cse("verify", number, "--json", env=copied.environment(AT))
    assert (said.code, said.json["state"]) == (2, "could_not_check")


def test_without_a_published_folder_nothing_is_served_from_it(copied: Demo, visit: Callable[..., TestClient]) -> None:
    shutil.rmtree(copied.published)
    client = visit(copied)
    assert client.get("/status/revocation-1").status_code == 404
    assert client.get("/").status_code == 200


def test_a_register_whose_trust_list_ran_out_is_not_ready(demo: Demo, visit: Callable[..., TestClient]) -> None:
    client = visit(demo, AT + timedelta(days=8))
    assert client.get("/readyz").status_code == 503
    page = demo.pages()[demo.number(Story.VALID)]
    assert client.get(f"/v/{page}.json").json()["outcome"] == "indeterminate"


def test_threat_k06_a_server_whose_publisher_cannot_open_its_keys_does_not_start(copied: Demo) -> None:
    for path in (copied.folder / "keys").iterdir():
        path.chmod(0o644)
    done = subprocess.run(
        [sys.executable, "-m", "registry.cli.main", "serve", "public", "--port", "0"],
        cwd=PROJECT,
        env={**clean_environment(), **copied.environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    (sentence,) = done.stderr.splitlines()
    assert "chmod 0600" in sentence
