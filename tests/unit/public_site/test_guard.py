"""The guard in front of the verify API, driven message by message."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from public_site.access import Access
from public_site.guard import AT_ONCE, BODY_LIMIT, FILE_LIMIT, OF_ONE, BodyGuard, Door

Message = MutableMapping[str, Any]
VERIFY, FORM, FILES = ("/api/v1/verify", False), ("/form", False), ("/api/v1/verify", True)


class Line:
    """A connection that counts what is read from it and keeps what is sent."""

    def __init__(self, parts: list[Message]) -> None:
        self.parts, self.reads = parts, 0
        self.sent: list[Message] = []
        self.body: bytes | None = None

    async def receive(self) -> Message:
        self.reads += 1
        if not self.parts:
            await asyncio.Event().wait()
        return self.parts.pop(0)

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def app(self, _scope: Any, receive: Any, _send: Any) -> None:
        self.body = (await receive())["body"]


def ask(parts: list[Message], path: str = "/api/v1/verify", **headers: str | list[str]) -> Line:
    door = Line(parts)
    listed = [(name, one) for name, given in headers.items() for one in ([given] if isinstance(given, str) else given)]
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in listed]
    scope = {"type": "http", "method": "POST", "path": path, "headers": raw}
    asyncio.run(BodyGuard(door.app, {VERIFY: Door(seconds=0.02)})(scope, door.receive, door.send))
    return door


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def problem(door: Line) -> tuple[int, str]:
    start, *rest = door.sent
    return start["status"], json.loads(rest[0]["body"])["type"]


@pytest.mark.parametrize("size", [0, 1, BODY_LIMIT])
def test_a_body_up_to_the_limit_passes(size: int) -> None:
    assert ask([part(b"x" * size)]).body == b"x" * size


def test_a_body_in_parts_arrives_whole() -> None:
    assert ask([part(b"ab", more=True), part(b"c")]).body == b"abc"


def test_one_byte_over_the_limit_is_refused() -> None:
    door = ask([part(b"x" * BODY_LIMIT, more=True), part(b"x", more=True), part(b"never read")])
    assert (problem(door), door.body, door.reads) == ((413, "/problems/body-too-large"), None, 2)


def test_an_announced_size_is_refused_unread() -> None:
    door = ask([part(b"x")], content_length=str(BODY_LIMIT + 1))
    assert (problem(door), door.reads) == ((413, "/problems/body-too-large"), 0)


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip", ["identity", "gzip"], ["", "br"]])
def test_threat_V37_an_encoded_body_is_refused_unread(encoding: str | list[str]) -> None:
    door = ask([part(b"x")], content_encoding=encoding)
    assert (problem(door), door.reads) == ((415, "/problems/content-encoding"), 0)


def test_identity_is_no_encoding() -> None:
    assert ask([part(b"x")], content_encoding="identity").body == b"x"


def test_a_body_that_never_ends_is_refused_in_time() -> None:
    assert problem(ask([part(b"x", more=True)])) == (408, "/problems/body-timeout")


def test_nobody_is_answered_who_has_gone() -> None:
    door = ask([{"type": "http.disconnect"}])
    assert (door.sent, door.body) == ([], None)


def test_other_addresses_are_not_guarded() -> None:
    assert ask([part(b"x")], path="/other", content_encoding="gzip").body == b"x"


def ask_form(parts: list[Message], **headers: str) -> Line:
    """Ask a guard that answers with a page, and lets four bytes in."""
    door = Line(parts)
    page = Door(4, 0.02, lambda _, problem: PlainTextResponse(problem.slug, problem.status))
    guard = BodyGuard(door.app, {FORM: page})
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/form", "headers": raw}
    asyncio.run(guard(scope, door.receive, door.send))
    return door


def test_a_form_is_read_to_its_end_so_that_a_browser_shows_the_answer() -> None:
    door = ask_form([part(b"12345", more=True), part(b"6" * 100, more=True), part(b"7")], content_length="106")
    assert (door.sent[0]["status"], door.sent[1]["body"], door.body) == (413, b"body-too-large", None)
    assert (b"connection", b"close") in door.sent[0]["headers"]
    assert door.reads == 3


def test_the_patience_with_a_form_ends() -> None:
    much = part(bytes(40 << 20), more=True)
    assert ask_form([much, much, part(b"never read")]).reads == 2
    assert ask_form([part(b"x")], content_length=str(1 << 40)).reads == 0


def test_a_form_within_the_limit_passes() -> None:
    assert ask_form([part(b"12", more=True), part(b"34")]).body == b"1234"


PDF = {"content_type": "Application/PDF; x=y"}


def ask_files(parts: list[Message], **headers: str) -> Line:
    """Ask the guard for files that programs send."""
    door = Line(parts)
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/api/v1/verify", "headers": raw}
    asyncio.run(BodyGuard(door.app, {FILES: Door(FILE_LIMIT, 0.05, files=True)})(scope, door.receive, door.send))
    return door


def test_a_file_may_be_larger_than_a_document() -> None:
    large = b"x" * (BODY_LIMIT + 1)
    assert ask([part(large)], **PDF).body == large
    assert ask_files([part(large)]).body == large
    assert ask_files([part(large)], **PDF).body == large
    assert ask_files([part(bytes(FILE_LIMIT))], **PDF).body == bytes(FILE_LIMIT)
    door = ask_files([part(bytes(FILE_LIMIT), more=True), part(b"x"), part(b"never read")], **PDF)
    assert (problem(door), door.reads) == ((413, "/problems/body-too-large"), 2)
    assert problem(ask_files([], content_length=str(FILE_LIMIT + 1), **PDF)) == (413, "/problems/body-too-large")
    assert problem(ask_files([part(b"x", more=True)], **PDF)) == (408, "/problems/body-timeout")


def test_threat_U14_files_of_programs_take_places_too() -> None:
    async def run() -> list[int]:
        doors = [Line([]) for _ in range(OF_ONE + 1)]
        guard = BodyGuard(doors[0].app, {FILES: Door(seconds=0.05, files=True)})
        scope = form_from("192.0.2.1") | {"path": "/api/v1/verify", "headers": [(b"content-type", b"image/png")]}
        await asyncio.gather(*(guard(scope, door.receive, door.send) for door in doors))
        return [door.sent[0]["status"] for door in doors]

    assert asyncio.run(run()) == [408] * OF_ONE + [429]


def form_from(host: str | None) -> dict[str, Any]:
    client = (host, 50000) if host is not None else None
    return {"type": "http", "method": "POST", "path": "/form", "headers": [], "client": client}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        (None, None, True),
        ("a name", "another name", False),
    ],
)
def test_threat_U14_no_address_takes_all_places(one: str | None, other: str | None, is_same: bool) -> None:
    async def run() -> list[int]:
        doors = [Line([]) for _ in range(OF_ONE + 1)]
        guard = BodyGuard(doors[0].app, {FORM: Door(4, 0.05, lambda _, problem: PlainTextResponse("", problem.status))})
        scopes = [form_from(one)] * OF_ONE + [form_from(other)]
        await asyncio.gather(
            *(guard(place, door.receive, door.send) for place, door in zip(scopes, doors, strict=True))
        )
        last = Line([part(b"x")])
        await guard(form_from(one), last.receive, last.send)
        assert doors[0].body == b"x"
        return [door.sent[0]["status"] for door in doors]

    assert asyncio.run(run()) == [408] * OF_ONE + [429 if is_same else 408]


def test_documents_of_the_api_need_no_place() -> None:
    async def run() -> set[int]:
        doors = [Line([]) for _ in range(AT_ONCE + 1)]
        guard = BodyGuard(doors[0].app, {VERIFY: Door(seconds=0.05)})
        scope = form_from("192.0.2.1") | {"path": "/api/v1/verify"}
        await asyncio.gather(*(guard(scope, door.receive, door.send) for door in doors))
        return {door.sent[0]["status"] for door in doors}

    assert asyncio.run(run()) == {408}


def test_threat_U14_only_so_many_bodies_are_in_memory() -> None:
    """One more is told to come back; when the others have gone, the next is let in."""

    async def run() -> list[int]:
        doors = [Line([]) for _ in range(AT_ONCE + 1)]
        guard = BodyGuard(doors[0].app, {FORM: Door(4, 0.05, lambda _, problem: PlainTextResponse("", problem.status))})
        scopes = [form_from(f"192.0.2.{at}") for at in range(len(doors))]
        await asyncio.gather(*(guard(one, door.receive, door.send) for one, door in zip(scopes, doors, strict=True)))
        last = Line([part(b"x")])
        await guard(scopes[0], last.receive, last.send)
        assert doors[0].body == b"x"
        return [door.sent[0]["status"] for door in doors]

    assert asyncio.run(run()) == [408] * AT_ONCE + [503]


def test_threat_V39_who_asks_too_often_is_refused_unread() -> None:
    access = Access(per_minute=3, clock=lambda: 0.0)

    async def run() -> list[tuple[int, int]]:
        found = []
        for path in ("/api/v1/verify", "/form"):
            for host in ("192.0.2.1", "192.0.2.2"):
                door = Line([part(b"x" * 5)])
                answer = (lambda _, problem: PlainTextResponse("", problem.status)) if path == "/form" else None
                guard = BodyGuard(door.app, {(path, False): Door(4, 0.05, answer)}, access)
                await guard(form_from(host) | {"path": path}, door.receive, door.send)
                found.append((door.sent[0]["status"], door.reads))
        return found

    assert asyncio.run(run()) == [(413, 1), (413, 1), (429, 0), (429, 0)]
