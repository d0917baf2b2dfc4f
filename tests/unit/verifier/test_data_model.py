"""The members and types of VCDM 2.0 and 1.1, each member with each value of the table (issue: conformance)."""

import base64
import hashlib
import json
from functools import partial
from typing import Any

import base58
import pytest

from issuer.status_lists import encode_bits
from schemas.base64url import encode_base64url
from schemas.contexts import context_bytes
from schemas.contracts import DATA_MODELS, schema_bytes
from tests.support.data_model import GOOD, MISSING, RULES, V1, V2, cells, with_value
from verifier.checks import CheckName, failed
from verifier.data_model import data_model_fault
from verifier.documents import listed

broken = partial(failed, CheckName.SCHEMA)

CELLS = [pytest.param(version, member, id=f"{version} {member}") for version in RULES for member in RULES[version]]


@pytest.mark.parametrize(("version", "member"), CELLS)
def test_a_member_is_taken_as_the_specification_says(version: str, member: str) -> None:
    count = 0
    for value, accepted in cells(version, member):
        if member == "type" and value is not MISSING and "VerifiablePresentation" in listed(value):
            continue
        fault = data_model_fault(with_value(version, member, value))
        shown = "nothing" if value is MISSING else json.dumps(value)
        assert (fault is None) is accepted, f"{member}: {shown}: {fault}"
        is_there = member == "@context" or fault is None or fault.pointer.startswith(f"/{member}")
        assert is_there, f"{member}: {shown}: {fault}"
        count += 1
    assert count > 150


PRESENTATION: dict[str, Any] = {"@context": [V2], "type": ["VerifiablePresentation"]}
ENVELOPED = {"@context": V2, "id": "data:application/vc+jwt,a.b.c", "type": "EnvelopedVerifiableCredential"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"@context": [V1]}, None),
        ({"type": "VerifiablePresentation"}, None),
        ({"id": "urn:uuid:1", "holder": "did:example:1"}, None),
        ({"holder": {"id": "did:example:1", "name": "a"}}, None),
        ({"verifiableCredential": []}, None),
        ({"verifiableCredential": GOOD["2.0"]}, None),
        ({"verifiableCredential": [GOOD["2.0"], GOOD["1.1"], ENVELOPED]}, None),
        ({"verifiableCredential": [{**GOOD["2.0"], "issuer": 7}]}, None),  # A document of its own.
        ({"verifiableCredential": [{**ENVELOPED, "@context": [V2]}]}, None),
        ({"@context": V2}, ("model_context", "/@context")),
        ({"@context": []}, ("model_context", "/@context")),
        ({"@context": [V2, V1]}, ("model_context", "/@context/1")),
        ({"@context": [V2, V2]}, ("model_context", "/@context/1")),
        ({"type": ["VerifiablePresentation", "VerifiableCredential"]}, ("model_type", "/type")),
        ({"type": ["VerifiablePresentation", 7]}, ("model_type", "/type/1")),
        ({"id": "a/b"}, ("model_id", "/id")),
        ({"holder": None}, ("model_presentation", "/holder")),
        ({"holder": "a"}, ("model_presentation", "/holder")),
        ({"holder": {}}, ("model_presentation", "/holder/id")),
        ({"holder": {"id": "z6Mk"}}, ("model_presentation", "/holder/id")),
        ({"holder": ["did:example:1"]}, ("model_presentation", "/holder")),
        ({"verifiableCredential": None}, ("model_presentation", "/verifiableCredential")),
        ({"verifiableCredential": "urn:x"}, ("model_presentation", "/verifiableCredential")),
        ({"verifiableCredential": ["urn:x"]}, ("model_presentation", "/verifiableCredential/0")),
        ({"verifiableCredential": [GOOD["2.0"], 7]}, ("model_presentation", "/verifiableCredential/1")),
        ({"verifiableCredential": {}}, ("model_presentation", "/verifiableCredential/type")),
        ({"verifiableCredential": PRESENTATION}, ("model_presentation", "/verifiableCredential/type")),
        ({"verifiableCredential": [GOOD["2.0"], PRESENTATION]}, ("model_presentation", "/verifiableCredential/1/type")),
        ({"verifiableCredential": [{"type": None}]}, ("model_presentation", "/verifiableCredential/0/type")),
        ({"verifiableCredential": [{**ENVELOPED, "@context": []}]},
        ("model_context", "/verifiableCredential/0/@context")),
        ({"verifiableCredential": [{**ENVELOPED, "@context": "urn:x"}]},
        ("model_context", "/verifiableCredential/0/@context")),
        ({"verifiableCredential": [{**ENVELOPED, "id": "a.b.c"}]}, ("model_envelope", "/verifiableCredential/0/id")),
        ({"verifiableCredential": [{**ENVELOPED, "id": "data:,"}]}, ("model_envelope", "/verifiableCredential/0/id")),
        ({"proof": []}, ("model_proof", "/proof")),
        ({"termsOfUse": {}}, ("model_terms", "/termsOfUse/type")),
    ],
)  # fmt: skip
def test_a_presentation(change: dict[str, Any], fault: tuple[str, str] | None) -> None:
    assert data_model_fault({**PRESENTATION, **change}) == (broken(*fault) if fault else None)


@pytest.mark.parametrize("member", ["@context", "type"])
def test_a_presentation_lacks_a_member(member: str) -> None:
    fault = data_model_fault({name: value for name, value in PRESENTATION.items() if name != member})
    assert fault is not None
    assert fault.pointer == f"/{member}"


def test_the_type_tells_what_must_be_held() -> None:
    assert data_model_fault(PRESENTATION) is None
    assert data_model_fault(GOOD["2.0"]) is None
    assert data_model_fault(ENVELOPED) is None
    enveloped = {"@context": [V2], "id": "data:application/vp+jwt,a.b.c", "type": "EnvelopedVerifiablePresentation"}
    assert data_model_fault(enveloped) is None
    assert data_model_fault({**enveloped, "id": "urn:x"}) == broken("model_envelope", "/id")
    assert data_model_fault({"type": ["NonconformingDocument"]}) == failed(
        CheckName.SCHEMA, "model_context", "/@context"
    )
    assert data_model_fault({**GOOD["2.0"], "type": "VerifiableCredentials"}) == failed(
        CheckName.SCHEMA, "model_type", "/type"
    )
    assert data_model_fault({**ENVELOPED, "type": [ENVELOPED["type"], "X"]}) == failed(
        CheckName.SCHEMA, "model_envelope", "/type"
    )


PROOF: dict[str, Any] = {"type": "DataIntegrityProof", "cryptosuite": "x", "proofPurpose": "assertionMethod"}


@pytest.mark.parametrize("version", ["2.0", "1.1"])
@pytest.mark.parametrize(
    ("proof", "place"),
    [
        (PROOF, None),
        ([PROOF], None),
        ([PROOF, {**PROOF, "previousProof": "urn:x"}], None),
        ({"type": "Ed25519Signature2020", "proofPurpose": "assertionMethod"}, None),
        ({**PROOF, "id": "urn:x", "domain": ["a", "b"], "challenge": "c", "nonce": "n", "proofValue": "z"}, None),
        (None, "/proof"),
        ("z", "/proof"),
        ([], "/proof"),
        ([None], "/proof/0"),
        ({**PROOF, "type": None}, "/proof/type"),
        ({**PROOF, "type": ["DataIntegrityProof"]}, "/proof/type"),
        ({**PROOF, "id": "a"}, "/proof/id"),
        ({**PROOF, "proofPurpose": 7}, "/proof/proofPurpose"),
        ({**PROOF, "cryptosuite": ["x"]}, "/proof/cryptosuite"),
        ({**PROOF, "proofValue": None}, "/proof/proofValue"),
        ({**PROOF, "verificationMethod": {"id": "urn:x"}}, "/proof/verificationMethod"),
        ({**PROOF, "domain": 7}, "/proof/domain"),
        ({**PROOF, "domain": [7]}, "/proof/domain/0"),
        ([PROOF, {"type": "X"}], "/proof/1/proofPurpose"),
        ({"proofPurpose": "x"}, "/proof/type"),
        ({"type": "DataIntegrityProof", "proofPurpose": "x"}, "/proof/cryptosuite"),
    ],
)
def test_a_proof(version: str, proof: Any, place: str | None) -> None:
    """What a proof says is for the check `proofs`; its form is part of the data model (Data Integrity 2.1)."""
    fault = data_model_fault({**GOOD[version], "proof": proof})
    assert (fault.pointer if fault else None) == place


PINNED = context_bytes(V2, "")
# Code and length of each digest in a multihash, from its registry.
FUNCTIONS = {"sha256": "1220", "sha384": "2030", "sha512": "1340", "sha3_256": "1620", "sha3_384": "1530"}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("content", [PINNED, PINNED + b" "], ids=["pinned", "changed"])
def test_a_related_resource_may_be_named_by_each_digest_in_each_spelling(function: str, content: bytes) -> None:
    digest = hashlib.new(function, content).digest()
    multihash = bytes.fromhex(FUNCTIONS[function]) + digest
    expected = None if content == PINNED else broken("resource_digest", "/relatedResource")
    spelled = [
        {"digestMultibase": f"u{encode_base64url(multihash)}"},
        {"digestMultibase": f"z{base58.b58encode(multihash).decode()}"},
    ]
    if not function.startswith("sha3_"):  # Subresource Integrity knows SHA-2 alone.
        spelled.append({"digestSRI": f"{function}-{base64.b64encode(digest).decode()}"})
    for named in spelled:
        assert data_model_fault({**GOOD["2.0"], "relatedResource": {"id": V2, **named}}) == expected


ORDERS = {"2.0": ("validFrom", "validUntil"), "1.1": ("issuanceDate", "expirationDate")}


@pytest.mark.parametrize("version", ORDERS)
@pytest.mark.parametrize(
    ("begins", "ends", "is_good"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
        ("2026-01-01T00:00:00.001Z", "2026-01-01T00:00:00Z", False),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z", True),
        ("2026-01-01T00:00:00Z", "2026-01-01T07:59:59+08:00", False),
        ("2026-01-01T00:00:00Z", "2026-01-01T08:00:00+08:00", True),
        ("2026-01-01T00:00:00Z", "2025-12-31T24:00:00Z", True),
    ],
)
def test_the_end_is_not_before_the_beginning(version: str, begins: str, ends: str, is_good: bool) -> None:
    first, last = ORDERS[version]
    fault = data_model_fault({**GOOD[version], first: begins, last: ends})
    assert fault == (None if is_good else broken("malformed_date", f"/{last}"))


BITS = encode_bits([])
SUBJECT = {"type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": BITS}


@pytest.mark.parametrize("version", ["2.0", "1.1"])
@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        (SUBJECT, None),
        ({**SUBJECT, "id": "urn:x#list", "ttl": 1, "statusPurpose": ["a", "b"]}, None),
        ({**SUBJECT, "encodedList": BITS[1:]}, ("model_list", "/credentialSubject/encodedList")),
        ({"type": "BitstringStatusList", "encodedList": BITS}, ("model_list", "/credentialSubject/statusPurpose")),
        ({**SUBJECT, "type": "StatusList2021"}, ("model_list", "/credentialSubject/type")),
        ({**SUBJECT, "statusPurpose": []}, ("model_list", "/credentialSubject/statusPurpose")),
        ({**SUBJECT, "ttl": 0}, ("model_list", "/credentialSubject/ttl")),
        ([SUBJECT], ("model_list", "/credentialSubject")),
    ],
)
def test_a_status_list(version: str, subject: Any, fault: tuple[str, str] | None) -> None:
    kinds = ["VerifiableCredential", "BitstringStatusListCredential"]
    found = data_model_fault({**GOOD[version], "type": kinds, "credentialSubject": subject})
    assert found == (broken(*fault) if fault else None)


def definitions(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_bytes(name, ""))["$defs"]
    return found


def test_what_two_schemas_define_they_define_alike() -> None:
    """Only a status entry differs: VCDM 1.1 demands its `id`."""
    first, *others = (definitions(name) for name in DATA_MODELS if name != "enveloped")
    for other in others:
        assert {name for name in first.keys() & other.keys() if first[name] != other[name]} <= {"status"}


@pytest.mark.parametrize("name", DATA_MODELS)
def test_every_member_of_a_data_model_has_a_code(name: str) -> None:
    schema = json.loads(schema_bytes(name, ""))
    assert all("$comment" in member for member in schema["properties"].values())
    assert "additionalProperties" not in schema
