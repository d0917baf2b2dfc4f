"""Members, types and ids that no context gives a meaning: they look signed and are not."""

from functools import partial
from typing import Any

import pytest

from issuer.proofs import document_bytes
from schemas.contexts import CREDENTIALS_V2
from tests.support import foreign, world
from tests.support.expect import changed, faults, finding
from tests.support.online import online
from verifier.checks import Outcome
from verifier.judge import judge
from verifier.rdf import GraphError, canonical_nquads, read_quads
from verifier.state import State
from verifier.verdict import report_state

TYPES = ["VerifiableCredential", "OpenBadgeCredential", "EngineerRegistrationCredential"]
OWN = [
    pytest.param("credentialSubject/honour", "first class", "undefined_term", id="threat_V01-unmapped-claim"),
    pytest.param("grade", "SPE", "undefined_term", id="threat_V01-grade-outside-its-node"),
    pytest.param(
        "credentialSubject/registration/honour", {"level": 1}, "undefined_term", id="threat_V01-unmapped-node"
    ),
    pytest.param("type", [*TYPES, "Chartered"], "undefined_identifier", id="threat_V02-unmapped-type"),
    pytest.param("id", "credentials/1", "undefined_identifier", id="threat_V02-relative-id"),
    pytest.param("id", "", "undefined_identifier", id="threat_V02-empty-id"),
    pytest.param("id", "http://localhost:8000/a b", "undefined_identifier", id="threat_V02-spaced-id"),
    pytest.param("id", 7, "not_json_ld", id="threat_V02-number-as-id"),
    pytest.param("credentialSubject/achievement/id", "a/1", "undefined_identifier", id="threat_V03-nested-id"),
    pytest.param("termsOfUse/id", "#terms", "undefined_identifier", id="threat_V03-fragment-alone"),
    pytest.param("issuer/id", "cse", "undefined_identifier", id="threat_V03-issuer-id"),
]


@pytest.mark.parametrize(("path", "value", "code"), OWN)
def test_an_undefined_member_of_our_own_document_is_refused(path: str, value: Any, code: str) -> None:
    content = document_bytes(changed(world.parsed(world.certificate()), (path, value)))
    report = judge(content, online(content), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    assert finding(report, "all_terms_signed").code == code
    assert faults(report)["schema"] in {"schema", "inconsistent"}
    assert report_state(report) is (State.ISSUER_NOT_TRUSTED if path == "issuer/id" else State.INVALID)


FOREIGN = [
    pytest.param("credentialSubject/grade", "SPE", "undefined_term", id="threat_V01-foreign-unmapped-claim"),
    pytest.param("type", ["VerifiableCredential", "Chartered"], "undefined_identifier", id="threat_V02-foreign-type"),
    pytest.param("id", "c/1", "undefined_identifier", id="threat_V02-foreign-relative-id"),
    pytest.param("id", "", "undefined_identifier", id="threat_V02-foreign-empty-id"),
    pytest.param("id", "urn:x y", "undefined_identifier", id="threat_V02-foreign-spaced-id"),
    pytest.param("credentialSubject/id", "holder", "undefined_identifier", id="threat_V03-foreign-nested-id"),
    pytest.param("credentialSubject", [[]], "unsigned_value", id="list-in-a-list"),
    pytest.param("id", "undefined-base:x", "undefined_identifier", id="threat_V02-foreign-sentinel-spelled-out"),
    pytest.param("validFrom", {"@value": 1, "@type": 3}, "respelled_term", id="type-in-a-value"),
    pytest.param("type", ["VerifiableCredential", 3], "not_json_ld", id="threat_V02-type-is-a-number"),
]


@pytest.mark.parametrize(("path", "value", "code"), FOREIGN)
def test_an_undefined_member_of_a_foreign_document_is_refused(path: str, value: Any, code: str | None) -> None:
    report = judge(document_bytes(changed(foreign.badge(), (path, value))), online(), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    assert finding(report, "all_terms_signed").code == code
    assert report_state(report) is State.ISSUER_NOT_TRUSTED


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"@context": ["https://unknown.example/v1"], "id": "urn:x:1"}, "unknown_context"),
        ({"@context": [{"@version": 2}], "id": "urn:x:1"}, "not_json_ld"),
        ({"@context": [CREDENTIALS_V2], "id": "urn:x:1", "type": "@json", "name": "x"}, "undefined_identifier"),
        (
            {"@context": world.parsed(world.certificate())["@context"], "id": "nocolon", "name": "x"},
            "undefined_identifier",
        ),
    ],
    ids=["context that is not pinned", "ill-formed context", "keyword as type", "relative id"],
)
def test_a_graph_is_refused_with_its_code(document: dict[str, Any], code: str) -> None:
    for function in (partial(read_quads, extra=()), canonical_nquads):
        with pytest.raises(GraphError) as refusal:
            function(document, world.BASE)
        assert refusal.value.code == code


def test_a_json_literal_is_no_undefined_identifier() -> None:
    """`@json` is the one type that is no address; what stands inside such a value is data."""
    document = {
        "@context": [CREDENTIALS_V2],
        "id": "urn:x:1",
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "urn:x:2", "type": "JsonSchema", "jsonSchema": {"id": "relative", "type": "own"}},
    }
    assert "relative" in canonical_nquads(document, world.BASE)


def test_a_json_literal_without_canonical_form_is_refused() -> None:
    subject = {"id": "urn:x:2", "type": "JsonSchema", "jsonSchema": {"a": float("inf")}}
    document = {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "credentialSubject": subject}
    with pytest.raises(GraphError) as refusal:
        canonical_nquads(document, world.BASE)
    assert refusal.value.code == "not_json_ld"
