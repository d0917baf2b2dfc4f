"""Contexts are the exact ones or nothing is judged, and none is ever fetched."""

import socket
from typing import Any

import pytest

from issuer.proofs import document_bytes
from schemas.contexts import CREDENTIALS_V2, OPEN_BADGES_V3, PUBLISHED, STATEMENTS_PATH, certificate_contexts
from tests.support import foreign, world
from tests.support.expect import changed, finding, unknowns
from tests.support.online import online
from verifier.asked import Asked
from verifier.checks import CheckName, Outcome, Result
from verifier.cryptosuite import JCS
from verifier.documents import check_contexts
from verifier.judge import judge
from verifier.proof_set import shape_fault, signature_fault
from verifier.state import State
from verifier.verdict import report_state

OURS = certificate_contexts(world.BASE)
REMAPPED = {"@context": {"grade": "https://evil.example/ns#grade"}}


@pytest.fixture
def outbound(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Count every connection that anything tries to open."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_options: Any) -> None:
        tried.append(arguments)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


CONTEXTS = [
    pytest.param([*OURS, REMAPPED["@context"]], "inline_context", "/@context/3", id="threat_V04-inline-remaps-grade"),
    pytest.param([*OURS, REMAPPED["@context"]], "inline_context", "/@context/3", id="threat_V47-inline-appended"),
    pytest.param([*OURS, "https://evil.example/v1"], "unknown_context", "/@context/3", id="threat_V05-unknown-url"),
    pytest.param([OURS[0], OURS[1], "https://evil.example/v1"], "unknown_context", "/@context/2", id="threat_V05-ours"),
    pytest.param(["http://127.0.0.1:1/v1"], "unknown_context", "/@context/0", id="threat_V05-private-address"),
    pytest.param(
        [*OURS, world.BASE + STATEMENTS_PATH],
        "not_the_certificate_contexts",
        "/@context",
        id="threat_V47-known-appended",
    ),
    pytest.param([*OURS, OURS[0]], "not_the_certificate_contexts", "/@context", id="threat_V47-one-doubled"),
    pytest.param([OURS[1], OURS[0], OURS[2]], "not_the_certificate_contexts", "/@context", id="threat_V47-other-order"),
    pytest.param([CREDENTIALS_V2, OPEN_BADGES_V3], "not_the_certificate_contexts", "/@context", id="ours-left-out"),
    pytest.param([*OURS[:2], OURS[2].replace("v1", "v9")], "unknown_context", "/@context/2", id="version-to-come"),
]


@pytest.mark.parametrize(("contexts", "code", "pointer"), CONTEXTS)
def test_other_contexts_are_unsupported(contexts: list[Any], code: str, pointer: str, outbound: list[Any]) -> None:
    content = document_bytes(changed(world.parsed(world.certificate()), ("@context", contexts)))
    report = judge(content, online(content), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.UNSUPPORTED)
    assert (finding(report, "contexts").code, finding(report, "contexts").pointer) == (code, pointer)
    later = {name: code for name, code in unknowns(report).items() if name != "contexts"}
    assert set(later.values()) == {"not_reached"}
    assert outbound == []


def test_threat_V05_a_foreign_document_with_an_unknown_context_opens_no_connection(outbound: list[Any]) -> None:
    document = changed(foreign.badge(), ("@context/1", "https://evil.example/v1"))
    report = judge(document_bytes(document), online(), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.UNSUPPORTED)
    assert finding(report, "contexts").code == "unknown_context"
    assert outbound == []


@pytest.mark.parametrize("extra", [REMAPPED["@context"], "https://evil.example/v1"], ids=["inline", "address"])
def test_threat_V47_the_text_proof_refuses_a_context_appended_after_signing(extra: Any) -> None:
    """The Recommendation would allow it, because the context of the proof is a prefix; here it must be equal."""
    document = world.parsed(world.certificate())
    appended = changed(document, ("@context/3", extra))
    assert shape_fault(appended, 2) is not None
    follows = changed(appended, ("proof/1/@context/3", extra), ("proof/3/@context/3", extra))
    assert shape_fault(follows, 2) is None
    keys = {proof["verificationMethod"]: world.trust().keys[proof["verificationMethod"]] for proof in document["proof"]}
    public = {method: key.public_key or b"" for method, key in keys.items()}
    assert signature_fault(document, world.BASE, public, suites=(JCS,)) is None
    fault = signature_fault(follows, world.BASE, public, suites=(JCS,))
    assert fault is not None
    assert fault.code == "signature"


@pytest.mark.parametrize(
    "context",
    [
        pytest.param(REMAPPED["@context"], id="threat_V04-object"),
        pytest.param([OURS[0], REMAPPED["@context"]], id="threat_V04-object-in-a-list"),
        pytest.param("https://evil.example/v1", id="threat_V05-address"),
        pytest.param(OURS[0], id="threat_V47-known-address"),
    ],
)
@pytest.mark.parametrize("document", [world.parsed(world.certificate()), foreign.badge()], ids=["own", "foreign"])
def test_a_context_inside_a_node_counts_too(document: dict[str, Any], context: Any, outbound: list[Any]) -> None:
    content = document_bytes(changed(document, ("credentialSubject/@context", context)))
    report = judge(content, online(), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.UNSUPPORTED)
    assert finding(report, "contexts").code == "inline_context"
    assert finding(report, "contexts").pointer == "/credentialSubject/@context"
    assert outbound == []


def test_a_context_inside_a_list_of_nodes_counts_too() -> None:
    document = changed(foreign.badge(), ("credentialStatus", [{"id": "urn:x:1"}, {"@context": OURS[0]}]))
    report = judge(document_bytes(document), online(), now=world.NOW)
    assert finding(report, "contexts").pointer == "/credentialStatus/1/@context"


@pytest.mark.parametrize(
    ("place", "value", "pointer"),
    [
        ("credentialSubject/nameLatin", '"@context"', None),
        ("credentialSubject/nameLatin", "@context", None),
        ("credentialSubject/nameLatin", {"@context": OURS[0]}, "/credentialSubject/nameLatin/@context"),
        ("proof/0/nested", {"@context": OURS[0]}, None),
        ("proof/0/@context", OURS[0], None),
        ("evidence/0/\\u0040context", OURS[0], "/evidence/0/@context"),
    ],
)
def test_the_name_is_counted_where_it_is_a_member(place: str, value: Any, pointer: str | None) -> None:
    content = document_bytes(changed(world.parsed(world.certificate()), (place, value)))
    found = finding(judge(content.replace(rb"\\u", rb"\u"), online(), now=world.NOW), "contexts")
    assert (found.code, found.pointer) == (None if pointer is None else "inline_context", pointer)


STATEMENTS = world.BASE + STATEMENTS_PATH
PINNED = [*list(PUBLISHED)[:7], STATEMENTS]
"""As many as a document may name."""


@pytest.mark.parametrize(
    ("contexts", "code"),
    [
        (PINNED[:1], None),
        (PINNED, None),
        ([CREDENTIALS_V2, CREDENTIALS_V2], "not_the_certificate_contexts"),
        ([*PINNED[:6], *PINNED[:2]], "not_the_certificate_contexts"),
        (list(PUBLISHED)[:9], "not_the_certificate_contexts"),
        ([CREDENTIALS_V2] * 9, "not_the_certificate_contexts"),
        ([*PINNED[:7], "https://evil.example/1"], "unknown_context"),
        ([CREDENTIALS_V2] * 8 + ["https://evil.example/1"], "not_the_certificate_contexts"),
    ],
    ids=["one", "eight", "one twice", "eight with repeats", "nine", "one nine times", "one unknown", "ninth unknown"],
)
def test_a_foreign_document_names_each_pinned_context_once_at_most(contexts: list[str], code: str | None) -> None:
    trust = world.trust()
    found = check_contexts({"@context": contexts, "type": ["VerifiableCredential"]}, trust, is_own=False)
    assert found.code == code


def test_an_extra_context_is_known_where_it_was_given() -> None:
    url = "https://www.w3.org/ns/credentials/examples/v2"
    document = {"@context": [CREDENTIALS_V2, url], "type": ["VerifiableCredential"]}
    given = ((url, b'{"@context": {}}'),)
    assert check_contexts(document, world.trust(), is_own=False).code == "unknown_context"
    assert check_contexts(document, world.trust(), is_own=False, asked=Asked(extra=given)).code is None


@pytest.mark.parametrize(
    "document",
    [
        {"@context": OURS, "type": "EngineerRegistrationCredential"},
        {"@context": OURS[0], "type": ["VerifiableCredential"]},
        {"@context": [], "type": ["VerifiableCredential"]},
        {"type": ["VerifiableCredential"]},
        {"@context": OURS, "type": ["Presentation"]},
        {},
    ],
    ids=["another type", "context is no list", "no context", "context missing", "no known type", "empty"],
)
def test_what_is_no_credential_in_json_is_unsupported(document: dict[str, Any]) -> None:
    report = judge(document_bytes(document), online(), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.UNSUPPORTED)
    assert finding(report, "parse").code == "unsupported_format"
    assert {entry.result for entry in report.findings[1:-1]} == {Result.UNKNOWN}
    assert [entry.name for entry in report.findings] == list(CheckName)
