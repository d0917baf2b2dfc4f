"""A presentation handed to a whole register: one answer with a verdict for each credential, or a refusal."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from issuer.proofs import document_bytes
from registry.demo.plan import Story
from schemas.contexts import CREDENTIALS_V2
from tests.integration.conftest import Cse
from tests.integration.published import root_sha256
from tests.integration.registers import BASE, Demo
from tests.support.papers import document_of, paper_text
from tests.support.strangers import ALICE, CREATED, with_proof
from tests.support.world import parsed


def presented(*credentials: Any, **options: str) -> bytes:
    frame = {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "holder": ALICE.did,
        "verifiableCredential": list(credentials),
    }
    said = {"proofPurpose": "authentication", "created": CREATED} | options
    return document_bytes(with_proof(frame, suite="eddsa-jcs-2022", **said))


@pytest.fixture
def held(demo: Demo) -> dict[Story, dict[str, Any]]:
    pages = demo.pages()
    stories = (Story.VALID, Story.REVOKED)
    return {story: parsed(document_of(demo.desk(), pages[demo.number(story, 0)])) for story in stories}


@pytest.fixture
def client(demo: Demo, visit: Callable[[Demo], TestClient]) -> TestClient:
    return visit(demo)


def post(client: TestClient, content: bytes, query: str = "", media_type: str = "application/json") -> Any:
    return client.post(f"/api/v1/verify{query}", content=content, headers={"Content-Type": media_type})


FOR_US = {"challenge": "5fd2&=7", "domain": "employer.example"}
ASKED = "?challenge=5fd2%26%3D7&domain=employer.example"
QUESTIONS = [
    (ASKED, "valid", None),
    ("?challenge=5fd2%26%3D7", "valid", None),
    ("", "valid", "challenge_not_asked"),
    ("?domain=employer.example", "valid", "challenge_not_asked"),
    ("?challenge=old", "invalid", "challenge_differs"),
    ("?challenge=", "invalid", "challenge_differs"),
    ("?challenge=5fd2%26%3D7&domain=other.example", "invalid", "domain_differs"),
]


@pytest.mark.parametrize(("query", "outcome", "code"), QUESTIONS)
def test_api_and_command_line_ask_who_presents(
    client: TestClient,
    demo: Demo,
    cse: Cse,
    cse_verify: Cse,
    held: Any,
    tmp_path: Path,
    query: str,
    outcome: str,
    code: str | None,
) -> None:
    """Online and offline, at once and in a child: the same remark or refusal by the check `proofs`."""
    content, file = presented(held[Story.VALID], **FOR_US), tmp_path / "presentation.json"
    file.write_bytes(content)
    options = [f"--{name}={value}" for name, value in parse_qsl(query[1:], keep_blank_values=True)]
    offline = ("--offline", demo.published, "--trust-root", f"sha256:{root_sha256(demo.published)}")
    said = [
        post(client, content, query).json(),
        cse("verify", file, "--json", *options, env=demo.environment()).json,
        cse("verify", file, "--json", *options, *offline, env=demo.environment()).json,
        cse_verify(file, "--json", *options, *offline, env=demo.environment()).json,
    ]
    for one in said:
        (proofs,) = [check for check in one["checks"] if check["name"] == "proofs"]
        assert (one["outcome"], proofs.get("code")) == (outcome, code)


def test_threat_P09_what_shows_nobody_is_never_the_answer_to_a_challenge(
    client: TestClient, demo: Demo, cse: Cse, held: Any, tmp_path: Path
) -> None:
    page = demo.pages()[demo.number(Story.VALID, 0)]
    alone = post(client, document_bytes(held[Story.VALID]), ASKED)
    assert (alone.status_code, alone.headers["CSE-Outcome"]) == (200, "indeterminate")
    number = demo.number(Story.VALID, 0)
    for text in (number, f"{BASE}/v/{page}", paper_text(demo.desk(), page)):
        answer = post(client, text.encode(), ASKED, "text/plain")
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/no-presenter")
        assert post(client, text.encode(), "", "text/plain").headers["CSE-Outcome"] == "valid"
    said = cse("verify", number, "--challenge", "x", env=demo.environment())
    assert (said.code, "Codes and numbers show nobody" in said.err) == (3, True)


def test_a_question_is_asked_once(client: TestClient, held: Any) -> None:
    for query in ("?challenge=a&challenge=a", "?domain=a&domain=b"):
        answer = post(client, presented(held[Story.VALID]), query)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/requirement")


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
