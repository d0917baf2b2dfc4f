"""Heavy and foreign documents are judged in a limited child, with the answer that they would get at once (T03)."""

import base64
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
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
from registry.services.judging import JudgeApart, Snapshot, named_pages
from registry.services.ports import Desk
from schemas import strict_json
from tests.integration.registers import AT, BASE, Demo
from tests.support import foreign
from tests.support.expect import changed
from tests.support.graphs import chain, clique
from tests.support.papers import document_of
from verifier.asked import NOTHING_ASKED, Asked
from verifier.checks import Profile
from verifier.refusals import TooComplexError, UnreadableDocumentError
from verifier.report import Report
from verifier.sources import Basis, Sources
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


def test_a_certificate_that_the_register_was_not_asked_about_is_not_decided(demo: Demo, certificate: bytes) -> None:
    hidden = certificate.replace(b"/credentials/", b"/\\u0063redentials/").ljust(HEAVY)
    assert named_pages(hidden) == []
    assert apart(demo.desk(), hidden)["outcome"] == "indeterminate"


def test_a_certificate_that_the_register_does_not_have_is_refused(demo: Demo, certificate: bytes) -> None:
    """Whether it has one is known in the child too: a page id that is named and absent is no unreachable register."""
    page = demo.pages()[demo.number(Story.VALID)]
    other = certificate.replace(page.encode(), b"0" * 20).ljust(HEAVY)
    (register,) = [check for check in apart(demo.desk(), other)["checks"] if check["name"] == "register"]
    assert (register["result"], register["code"]) == ("fail", "not_registered")


@pytest.mark.parametrize(("count", "named"), [(20, 20), (21, 20)])
def test_the_register_is_asked_about_twenty_certificates_of_one_text(count: int, named: int) -> None:
    content = b"".join(b"/credentials/%020d " % number for number in range(count)) * 2
    assert len(named_pages(content)) == named
    assert named_pages(b"/credentials/%021d" % 0) == []


@pytest.mark.parametrize("fill", ["", "x", "xx", "xxx"])
def test_a_token_names_the_certificate_behind_it(fill: str) -> None:
    payload = base64.urlsafe_b64encode(f'{{"id": "/credentials/{"0" * 20}"}}{fill}'.encode()).rstrip(b"=")
    assert named_pages(b'"data:application/vc+jwt,eyJhbGciOiJFUzI1NiJ9.' + payload + b'.c2ln"') == ["0" * 20]
    assert named_pages(b"eyJ.a.b") == named_pages(b"eyJ") == named_pages(b"-eyJ." * 50_000) == []


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
class Deadly(Snapshot):
    """Sources that kill the process in which they are asked."""

    def trust(self, now: datetime) -> TrustList | None:
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_child_that_was_killed_is_a_document_too_complex() -> None:
    deadly = Deadly(Profile.OWN_ONLINE, None, Basis(), {})
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
