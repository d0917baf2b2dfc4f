"""Checks in the event loop take turns, with each other and with everything else that is asked."""

import asyncio
from itertools import pairwise

from starlette.requests import Request
from starlette.types import Message

from public_site.data_routes import DataRoutes
from tests.unit.public_site.fakes import FakeReads
from tests.unit.public_site.samples import BASE
from verifier.answers import CodeVerdict
from verifier.asked import Asked


class Noted(FakeReads):
    """Notes the body of each check, when it is carried out."""

    def __init__(self) -> None:
        super().__init__({}, BASE)
        self.notes: list[str] = []

    def verify_light(self, content: bytes, media_type: str, asked: Asked) -> CodeVerdict | None:
        self.notes.append(content.decode())
        return CodeVerdict({"outcome": "invalid"}, about="document", document=content)


def posted(body: bytes) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", b"application/vc")]
    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}, receive)


def test_checks_come_one_after_another_and_let_others_between_them() -> None:
    """None waits for two that came later, and a page does not wait for all checks that came before it."""
    reads = Noted()
    data = DataRoutes(reads)

    async def others() -> None:
        for _ in range(40):
            reads.notes.append("page")
            await asyncio.sleep(0)

    async def all_at_once() -> None:
        await asyncio.gather(*(data.verify(posted(f"{number}".encode())) for number in range(5)), others())

    asyncio.run(all_at_once())
    assert [note for note in reads.notes if note != "page"] == ["0", "1", "2", "3", "4"]
    places = [place for place, note in enumerate(reads.notes) if note != "page"]
    assert min(later - earlier for earlier, later in pairwise(places)) > 1
