"""A presentation handed to a whole register: one answer with a verdict for each credential, or a refusal."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from issuer.proofs import document_bytes
from registry.demo.plan import Story
from schemas.contexts import CREDENTIALS_V2
from tests.integration.registers import Demo
from tests.support.papers import document_of
from tests.support.strangers import ALICE, CREATED, with_proof
from tests.support.world import parsed


def presented(*credentials: Any) -> bytes:
    frame = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": ALICE.did,
        "verifiableCredential": list(credentials),
    }
    return document_bytes(with_proof(frame, suite="eddsa-jcs-2022", proofPurpose="authentication", created=CREATED))


@pytest.fixture
def held(demo: Demo) -> dict[Story, dict[str, Any]]:
    pages = demo.pages()
    stories = (Story.VALID, Story.REVOKED)
    return {story: parsed(document_of(demo.desk(), pages[demo.number(story, 0)])) for story in stories}


@pytest.fixture
def client(demo: Demo, visit: Callable[[Demo], TestClient]) -> TestClient:
    return visit(demo)


def post(client: TestClient, content: bytes) -> Any:
    return client.post("/api/v1/verify", content=content, headers={"Content-Type": "application/json"})


def test_each_credential_has_its_verdict_and_the_worst_counts(
    client: TestClient, demo: Demo, held: dict[Story, dict[str, Any]]
) -> None:
    before = demo.rows()
    good = post(client, presented(held[Story.VALID]))
    assert (good.status_code, good.headers["CSE-Outcome"], good.json()["state"]) == (200, "valid", "valid")
    both = post(client, presented(held[Story.VALID], held[Story.REVOKED]))
    assert (both.status_code, both.headers["CSE-Outcome"]) == (200, "invalid")
    assert [one["state"] for one in both.json()["credentials"]] == ["valid", "revoked"]
    page = client.post("/check", files={"file": ("x", presented(held[Story.VALID]))})
    assert 'data-state="valid"' in page.text
    assert demo.rows() == before


def test_threat_V34_a_presentation_of_101_or_in_another_is_answered_by_a_problem(
    client: TestClient, demo: Demo, held: dict[Story, dict[str, Any]]
) -> None:
    before, inner = demo.rows(), parsed(presented(held[Story.VALID]))
    bare = {"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"]}
    many = document_bytes({**bare, "verifiableCredential": [{"type": ["VerifiableCredential"]}] * 101})
    for content in (many, document_bytes({**bare, "verifiableCredential": [inner]})):
        answer = post(client, content)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/too-many-credentials")
        assert client.post("/check", files={"file": ("x", content)}).status_code == 422
    assert post(client, presented(held[Story.VALID])).headers["CSE-Outcome"] == "valid"
    assert demo.rows() == before
