"""Heavy and foreign documents are judged in a limited child, with the answer that they would get at once (T03)."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from issuer.proofs import document_bytes
from public_site.routes import install
from registry.adapters.judging import limited_judge
from registry.adapters.refusals import BusyError
from registry.app.reads import RegisterReads
from registry.demo.plan import Story
from registry.services.answers import verdict_of_document
from registry.services.judging import JudgeApart, named_pages, told_row
from registry.services.ports import Desk
from schemas import strict_json
from tests.integration.registers import AT, BASE, Demo
from tests.support import foreign, tokens
from tests.support.expect import changed
from tests.support.graphs import chain, clique
from tests.support.papers import document_of
from verifier.asked import NOTHING_ASKED, Asked
from verifier.refusals import TooComplexError, UnreadableDocumentError
from verifier.report import Report
from verifier.sources import Basis, RegisterKnows, RegisterSources, Sources
from verifier.trust import TrustList
from verifier.weight import LIGHT_BYTES

HEAVY = LIGHT_BYTES + 1
VC = {"Content-Type": "application/vc"}


@pytest.fixture
def certificate(demo: Demo) -> bytes:
    return document_of(demo.desk(), demo.pages()[demo.number(Story.VALID)])


def apart(desk: Desk, content: bytes) -> dict[str, Any]:
    return verdict_of_document(replace(desk, judge_apart=limited_judge), content, now=AT)


def never(content: bytes, told: Callable[[], Sources], *, now: datetime, asked: Asked) -> Report:
    raise AssertionError("a light document is judged at once")


def test_our_own_documents_never_queue(demo: Demo, certificate: bytes) -> None:
    desk = replace(demo.desk(), judge_apart=never)
    assert verdict_of_document(desk, certificate.ljust(LIGHT_BYTES), now=AT)["outcome"] == "valid"
    with pytest.raises(UnreadableDocumentError):
        verdict_of_document(desk, b"{", now=AT)
    with pytest.raises(AssertionError):
        verdict_of_document(desk, certificate.ljust(HEAVY), now=AT)


@pytest.mark.parametrize("story", [Story.VALID, Story.SUSPENDED_CPD, Story.REVOKED, Story.EXPIRED])
def test_a_child_gives_the_answer_of_the_register(demo: Demo, story: Story) -> None:
    content = document_of(demo.desk(), demo.pages()[demo.number(story)]).ljust(HEAVY)
    found = apart(demo.desk(), content)
    assert found == verdict_of_document(demo.desk(), content, now=AT)
    assert found["state"] == story.split()[0].rstrip(":,")


def test_a_child_gives_the_same_answer_to_what_is_not_ours(demo: Demo, certificate: bytes) -> None:
    for value in (foreign.badge(), changed(strict_json.parse_object(certificate), ("evil", "x")), {}):
        content = document_bytes(value)
        assert apart(demo.desk(), content) == verdict_of_document(demo.desk(), content, now=AT)


def test_a_certificate_in_a_presentation_is_judged_with_what_the_register_says(demo: Demo, certificate: bytes) -> None:
    own = strict_json.parse_object(certificate)
    context = "https://www.w3.org/ns/credentials/v2"
    shown = {"@context": [context], "type": ["VerifiablePresentation"], "verifiableCredential": [own]}
    found = apart(demo.desk(), document_bytes(shown))
    assert found == verdict_of_document(demo.desk(), document_bytes(shown), now=AT)
    assert [one["outcome"] for one in found["credentials"]] == ["valid"]


@pytest.mark.parametrize("written", [b"/\\u0063redentials/", b"\\/credentials\\/"])
def test_the_register_is_asked_about_a_certificate_however_its_address_is_written(
    demo: Demo, certificate: bytes, written: bytes
) -> None:
    spelled = certificate.replace(b"/credentials/", written).ljust(HEAVY)
    assert apart(demo.desk(), spelled)["outcome"] == "valid"


def test_a_certificate_that_the_register_does_not_have_is_refused(demo: Demo, certificate: bytes) -> None:
    """Whether it has one is known in the child too: a page id that is named and absent is no unreachable register."""
    page = demo.pages()[demo.number(Story.VALID)]
    other = certificate.replace(page.encode(), b"0" * 20).ljust(HEAVY)
    (register,) = [check for check in apart(demo.desk(), other)["checks"] if check["name"] == "register"]
    assert (register["result"], register["code"]) == ("fail", "not_registered")


PAGES = [f"{number:020}" for number in range(20)]


def shown(*items: Any) -> bytes:
    return document_bytes({"type": ["VerifiablePresentation"], "verifiableCredential": list(items)})


def enveloped(claims: dict[str, Any]) -> dict[str, Any]:
    token = tokens.signed({"alg": "ES256"}, claims)
    return {"type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{token}"}


NAMED = [
    (b"[" * 40_000, []),
    (document_bytes({"id": f"{BASE}/credentials/{PAGES[0]}", "note": f"/credentials/{PAGES[1]}"}), PAGES[:1]),
    (document_bytes({"id": f"{BASE}/credentials/{PAGES[0]}0"}), []),
    (document_bytes({"id": 7}), []),
    (shown(*({"id": f"/credentials/{page}"} for page in PAGES)), PAGES),
    (shown(*({"id": f"/credentials/{page}"} for page in PAGES), {}), []),
    (shown(enveloped({"jti": f"/credentials/{PAGES[2]}"}), enveloped({}), "x.y.z", 7), PAGES[2:3]),
]


@pytest.mark.parametrize(("content", "pages"), NAMED)
def test_the_register_is_asked_about_the_certificates_of_a_document_and_no_other(
    content: bytes, pages: list[str]
) -> None:
    assert named_pages(content) == pages


def test_a_register_counts_as_unreached_for_what_it_was_not_asked() -> None:
    assert told_row({}, PAGES[0]).answer.knows is RegisterKnows.UNREACHABLE


def test_a_long_text_that_is_no_json_is_refused_by_the_child(demo: Demo) -> None:
    with pytest.raises(UnreadableDocumentError):
        apart(demo.desk(), b"[" * HEAVY)


@pytest.mark.parametrize("document", [clique(8), chain(40)], ids=["threat_V06-clique-of-8", "threat_V07-chain-of-40"])
def test_the_child_says_why_a_document_is_too_complex(demo: Demo, document: dict[str, Any]) -> None:
    said = []
    for desk in (demo.desk(), replace(demo.desk(), judge_apart=limited_judge)):
        with pytest.raises(TooComplexError) as refused:
            verdict_of_document(desk, document_bytes(document), now=AT)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert said[0].count("too complex") == 1


@dataclass(frozen=True, slots=True)
class Deadly(RegisterSources):
    """Sources that kill the process in which they are asked."""

    def trust(self, now: datetime) -> TrustList | None:
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_child_that_was_killed_is_a_document_too_complex() -> None:
    deadly = Deadly(None, Basis(), partial(told_row, {}))
    with pytest.raises(TooComplexError, match="more than 2 s or 256 MiB"):
        limited_judge(b"{}", lambda: deadly, now=AT, asked=NOTHING_ASKED)


def refusing(error: Exception) -> JudgeApart:
    def judge(content: bytes, told: Callable[[], Sources], *, now: datetime, asked: Asked) -> Report:
        raise error

    return judge


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [(TooComplexError("too much"), 422, "document-too-complex"), (BusyError(), 503, "busy")],
)
def test_only_the_request_itself_fails(
    demo: Demo, certificate: bytes, error: Exception, status: int, slug: str
) -> None:
    app = FastAPI()
    install(app, RegisterReads(replace(demo.desk(), judge_apart=refusing(error)), demo.settings))
    client = TestClient(app, base_url=BASE)
    answer = client.post("/api/v1/verify", content=document_bytes(foreign.badge()), headers=VC)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert ("Retry-After" in answer.headers) is (status == 503)
    assert client.post("/api/v1/verify", content=certificate, headers=VC).json()["outcome"] == "valid"


def test_the_served_register_judges_apart(demo: Demo, visit: Callable[..., TestClient]) -> None:
    answer = visit(demo).post("/api/v1/verify", content=document_bytes(foreign.badge()), headers=VC)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "invalid")
