"""The guard in front of the verify API, driven message by message."""

import asyncio
import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from public_site.guard import BODY_LIMIT, BodyGuard

Message = MutableMapping[str, Any]


class Door:
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


def ask(parts: list[Message], path: str = "/api/v1/verify", **headers: str) -> Door:
    door = Door(parts)
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": raw}
    asyncio.run(BodyGuard(door.app, seconds=0.02)(scope, door.receive, door.send))
    return door


def part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def problem(door: Door) -> tuple[int, str]:
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


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_an_encoded_body_is_refused_unread(encoding: str) -> None:
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
