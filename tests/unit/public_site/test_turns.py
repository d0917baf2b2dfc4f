"""Checks in the event loop take turns, with each other and with everything else that is asked."""

import asyncio
from itertools import pairwise

import pytest
from starlette.requests import Request
from starlette.types import Message

from public_site.data_routes import DataRoutes
from public_site.problems import problem
from public_site.reads import RefusedDocumentError
from tests.unit.public_site.fakes import FakeReads
from tests.unit.public_site.samples import BASE
from tests.unit.public_site.support import client
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


class Broken(Noted):
    """Fails in a way that nobody foresaw, or refuses."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def verify_light(self, content: bytes, media_type: str, asked: Asked) -> CodeVerdict | None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [(ValueError("x"), 500, "internal"), (RefusedDocumentError(problem("busy")), 503, "busy")],
)
def test_a_check_that_fails_is_answered_and_holds_up_no_other(error: Exception, status: int, slug: str) -> None:
    site = client(Broken(error))
    for _ in range(2):
        answer = site.post("/api/v1/verify", content=b"{}", headers={"Content-Type": "application/vc"})
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
        assert answer.headers["Cache-Control"] == "no-store"


def test_who_goes_while_waiting_leaves_the_turn_to_the_next() -> None:
    reads = Noted()
    data = DataRoutes(reads)

    async def one_goes() -> None:
        asked = [asyncio.create_task(data.verify(posted(f"{number}".encode()))) for number in range(4)]
        await asyncio.sleep(0)
        asked[0].cancel()
        asked[2].cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    asyncio.run(one_goes())
    assert reads.notes == ["1", "3"]
