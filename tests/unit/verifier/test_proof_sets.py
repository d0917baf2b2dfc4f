"""The proof set of a certificate: exactly four, in any order, and not one thing else."""

from itertools import permutations
from typing import Any

import pytest

from issuer.proofs import document_bytes
from schemas import base58btc
from tests.support import world
from tests.support.expect import DROP, changed, faults, finding, unknowns
from tests.support.online import online
from verifier.checks import Outcome
from verifier.cryptosuite import JCS, RDFC, DocumentHashes
from verifier.judge import judge
from verifier.proof_set import ProofFault, shape_fault, signature_fault
from verifier.rdf import GraphError
from verifier.refusals import UnreadableDocumentError
from verifier.report import Report
from verifier.state import State
from verifier.verdict import report_state

SOCIETY = "did:web:localhost%3A8000:societies:ele#issue-2026"


def good() -> dict[str, Any]:
    return world.parsed(world.certificate())


def proofs_of(*labels: str, **more: Any) -> list[dict[str, Any]]:
    """Return fresh good proofs of other keys over the same content."""
    made: list[dict[str, Any]] = world.parsed(world.signed(good(), *labels, **more))["proof"]
    return made


def verified(document: dict[str, Any]) -> Report:
    return judge(document_bytes(document), online(), now=world.NOW)


def with_proofs(proofs: Any) -> dict[str, Any]:
    return {**good(), "proof": proofs}


P = good()["proof"]
OTHER = proofs_of("ict/issue-2026")
LATER = proofs_of("cse/issue-2026", "ele/issue-2026", created=world.NOW)
RENAMED = world.parsed(world.signed(changed(good(), ("name", "PE")), "cse/issue-2026", "ele/issue-2026"))["proof"]

SHAPES = [
    *(pytest.param([*P[:n], *P[n + 1 :]], id=f"threat_V48-proof-{n}-dropped") for n in range(4)),
    *(pytest.param([*P, P[n]], id=f"threat_V48-proof-{n}-doubled") for n in range(4)),
    *(pytest.param([P[n] if i == (n + 1) % 4 else P[i] for i in range(4)], id=f"threat_V48-proof-{n}-twice-in-four")
      for n in range(4)),
    pytest.param(P[:2], id="threat_V48-society-pair-dropped"),
    pytest.param(P[2:], id="threat_V48-cse-pair-dropped"),
    pytest.param(P[:1], id="threat_V48-one-alone"),
    pytest.param([P[0], P[2]], id="threat_V48-rdfc-alone"),
    pytest.param([P[1], P[3]], id="threat_V48-jcs-alone"),
    pytest.param([*P[:2], *OTHER], id="threat_V48-pair-of-another-authorized-society"),
    pytest.param([*P[:3], OTHER[1]], id="threat_V48-one-proof-of-another-society"),
    pytest.param([*P, OTHER[0]], id="threat_V48-a-fifth-valid-proof"),
    pytest.param([*P, *OTHER], id="threat_V48-six"),
    pytest.param([*P[:2], *LATER[2:]], id="threat_V48-unequal-created"),
    pytest.param([*P[:3], LATER[3]], id="threat_V48-one-created-later"),
    pytest.param([], id="threat_V27-empty-list"),
    pytest.param(P[0], id="threat_V27-one-object"),
    pytest.param(None, id="proof-is-null"),
    pytest.param("z", id="proof-is-a-text"),
    pytest.param([None] * 4, id="proofs-are-null"),
    pytest.param([*P[:3], "z"], id="one-proof-is-a-text"),
]  # fmt: skip


@pytest.mark.parametrize("proofs", SHAPES)
def test_any_other_set_is_refused(proofs: Any) -> None:
    report = verified(with_proofs(proofs))
    assert report.outcome is Outcome.INVALID
    assert finding(report, "proofs").code == "proof_set_shape"
    assert report_state(report) in {State.INVALID, State.ISSUER_NOT_TRUSTED}


def test_a_certificate_without_proof_is_refused() -> None:
    report = verified(changed(good(), ("proof", DROP)))
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert faults(report) == {"proofs": "proof_set_shape", "issuer_binding": "no_proof"}
    assert unknowns(report) == {"issuer_trusted": "no_proof", "authorization_at_signing": "not_reached"}


MEMBERS = [
    ("id", "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"),
    ("previousProof", "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544"),
    ("domain", "registry.example"),
    ("challenge", "c"),
    ("nonce", "n"),
    ("expires", "2031-01-01T00:00:00Z"),
    ("note", "unknown member"),
]


@pytest.mark.parametrize("index", [0, 3])
@pytest.mark.parametrize(("name", "value"), MEMBERS, ids=[f"threat_V48-{name}" for name, _ in MEMBERS])
def test_any_other_member_of_a_proof_is_refused(name: str, value: str, index: int) -> None:
    report = verified(changed(good(), (f"proof/{index}/{name}", value)))
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert faults(report).items() >= {"schema": "schema", "proofs": "proof_set_shape"}.items()
    assert finding(report, "proofs").pointer == f"/proof/{index}"


@pytest.mark.parametrize("name", ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"])
def test_a_member_of_a_proof_left_out_is_refused(name: str) -> None:
    report = verified(changed(good(), (f"proof/2/{name}", DROP)))
    assert report.outcome is Outcome.INVALID
    assert finding(report, "proofs") == failed_shape(2)


def failed_shape(index: int) -> Any:
    return finding(verified(changed(good(), (f"proof/{index}/note", "x"))), "proofs")


PREVIOUS = [("proof/0/previousProof", "urn:x:1"), ("proof/0/id", "urn:x:0"), ("proof/1/previousProof", "urn:x:0")]
BROKEN = [
    pytest.param([*PREVIOUS, ("proof/1/id", "urn:x:1")], "proof_set_shape", id="threat_V27-previousProof-loop"),
    pytest.param([("proof/0/previousProof", [])], "proof_set_shape", id="threat_V27-previousProof-empty"),
    pytest.param([("proof/0/proofPurpose", "authentication")], "proof_set_shape", id="threat_V28-authentication"),
    pytest.param([("proof/3/proofPurpose", "keyAgreement")], "proof_set_shape", id="threat_V28-key-agreement"),
    pytest.param([("proof/0/type", "Ed25519Signature2020")], "proof_set_shape", id="other-type"),
    pytest.param([("proof/0/cryptosuite", "ecdsa-rdfc-2019")], "proof_set_shape", id="other-suite"),
    pytest.param([("proof/1/@context", DROP)], "proof_set_shape", id="text-proof-without-context"),
    pytest.param([("proof/0/@context", P[1]["@context"])], "proof_set_shape", id="graph-proof-with-context"),
    pytest.param([("proof/1/@context", P[1]["@context"][:2])], "proof_set_shape", id="threat_V47-context-is-a-prefix"),
    pytest.param([("proof/0/proofValue", P[2]["proofValue"])], "signature", id="threat_V27-cse-graph-proof-bad"),
    pytest.param([("proof/1/proofValue", P[3]["proofValue"])], "signature", id="threat_V27-cse-text-proof-bad"),
    pytest.param([("proof/2/proofValue", P[0]["proofValue"])], "signature", id="threat_V27-society-graph-proof-bad"),
    pytest.param([("proof/3/proofValue", P[1]["proofValue"])], "signature", id="threat_V27-society-text-proof-bad"),
    pytest.param([("proof/2", RENAMED[2])], "signature", id="threat_V48-graph-proof-of-another-version"),
    pytest.param([("proof/3", RENAMED[3])], "signature", id="threat_V48-text-proof-of-another-version"),
    pytest.param([("proof/2", RENAMED[2]), ("proof/3", RENAMED[3])], "signature", id="threat_V48-two-versions-mixed"),
]


@pytest.mark.parametrize(("changes", "code"), BROKEN)
def test_a_bad_proof_spoils_the_good_ones(changes: list[tuple[str, Any]], code: str) -> None:
    report = verified(changed(good(), *changes))
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert finding(report, "proofs").code == code


VALUE = P[1]["proofValue"]
VALUES = [
    pytest.param("u" + VALUE[1:], id="threat_V29-base64url"),
    pytest.param(VALUE[1:], id="threat_V29-no-z"),
    pytest.param(base58btc.encode(bytes([1] * 63)), id="threat_V29-63-bytes"),
    pytest.param(base58btc.encode(bytes([1] * 65)), id="threat_V29-65-bytes"),
    pytest.param("z" + "2" * 65_000, id="threat_V29-65000-characters"),
    pytest.param("z" + "0OIl" * 22, id="threat_V29-letters-not-in-base58"),
    pytest.param("z", id="threat_V29-empty"),
    pytest.param("", id="threat_V29-nothing"),
    pytest.param(" " + VALUE, id="threat_V29-space-before"),
]


@pytest.mark.parametrize("index", [1, 2])
@pytest.mark.parametrize("value", VALUES)
def test_an_ill_formed_signature_value_is_refused(value: str, index: int) -> None:
    report = verified(changed(good(), (f"proof/{index}/proofValue", value)))
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert faults(report).get("schema") == "schema" or faults(report)["proofs"] == "proof_value"
    if index % 2:
        assert finding(report, "proofs").code == "proof_value"


def test_threat_V29_a_proof_value_of_one_megabyte_is_over_the_limit_of_a_document() -> None:
    document = changed(good(), ("proof/1/proofValue", "z" + "2" * 1_000_000))
    with pytest.raises(UnreadableDocumentError, match="larger than 262144 bytes"):
        verified(document)


@pytest.mark.parametrize(
    ("method", "check"),
    [
        pytest.param("did:web:evil.example#key-1", "issuer_binding", id="threat_V28-other-controller"),
        pytest.param("did:web:localhost%3A8000:societies:ict#issue-2026", "issuer_binding", id="threat_V28-other-body"),
        pytest.param(
            "did:web:localhost%3A8000:societies:ele#issue-2031", "issuer_trusted", id="threat_V28-no-such-key"
        ),
        pytest.param(SOCIETY.split("#", maxsplit=1)[0], "issuer_trusted", id="threat_V28-no-fragment"),
    ],
)
def test_a_verification_method_that_is_not_the_signers_is_refused(method: str, check: str) -> None:
    document = changed(good(), ("proof/2/verificationMethod", method), ("proof/3/verificationMethod", method))
    report = verified(document)
    assert report.outcome is Outcome.INVALID
    assert check in faults(report)
    assert report_state(report) in {State.INVALID, State.ISSUER_NOT_TRUSTED}


def test_two_keys_of_one_signer_are_refused() -> None:
    report = verified(changed(good(), ("proof/3/verificationMethod", SOCIETY.replace("2026", "2027"))))
    assert finding(report, "proofs").code == "proof_set_shape"


@pytest.mark.parametrize("order", [*permutations(range(4))], ids=lambda order: "".join(map(str, order)))
def test_the_order_of_the_proofs_does_not_matter(order: tuple[int, ...]) -> None:
    report = verified(with_proofs([P[index] for index in order]))
    assert (report.outcome, faults(report)) == (Outcome.VALID, {})


def test_a_key_that_nobody_named_is_no_good_proof() -> None:
    assert signature_fault(good(), world.BASE, {}) == ProofFault("unknown_key", "/proof/1")


@pytest.mark.parametrize(
    ("change", "suite"), [(("note", "x"), RDFC), (("note", float("inf")), JCS)], ids=["undefined member", "infinity"]
)
def test_a_document_without_canonical_form_has_no_good_proof(change: tuple[str, Any], suite: str) -> None:
    keys = {key_id: key.public_key for key_id, key in world.trust().keys.items() if key.public_key is not None}
    fault = signature_fault(changed(good(), change), world.BASE, keys, suites=(suite,))
    assert fault is not None
    assert fault.code == "not_canonical"


@pytest.mark.parametrize("index", range(4))
def test_the_options_of_our_proofs_are_hashed_whole_however_often(index: int) -> None:
    """What is remembered of them depends on every member, on the contexts and on who reads them."""
    value = world.parsed(world.certificate())
    proof, hashes = value["proof"][index], DocumentHashes(value, world.BASE, is_ours=True)
    plain = DocumentHashes(value, world.BASE)
    others = [proof | {name: "urn:x:other"} for name in ("created", "verificationMethod", "proofPurpose")]
    graph = next(one for one in value["proof"] if one["cryptosuite"] == RDFC)
    for _ in range(2):
        made = [hashes.of_options(one) for one in [proof, *others]]
        assert made == [plain.of_options(one) for one in [proof, *others]]
        assert len(set(made)) == len(made)
        assert hashes.of_options(proof | {"proofValue": "z2"}) == made[0]
        assert hashes.of_options(proof, "sha384") == plain.of_options(proof, "sha384") != made[0]
    elsewhere = DocumentHashes({**value, "@context": value["@context"][:1]}, world.BASE, is_ours=True)
    with pytest.raises(GraphError):
        DocumentHashes(value, "https://other.example", is_ours=True).of_options(graph)
    assert elsewhere.of_options(graph) == plain.of_options(graph)


@pytest.mark.parametrize("is_graph", [True, False])
def test_the_hashes_of_our_own_document_are_those_of_any(is_graph: bool) -> None:
    value = world.parsed(world.certificate())
    ours, any_ = (DocumentHashes(value, world.BASE, is_ours=is_ours) for is_ours in (True, False))
    assert ours.of_document(is_graph) == any_.of_document(is_graph)
    assert [ours.of_document(not is_graph), any_.plain] == [any_.of_document(not is_graph), ours.plain]


def test_the_shape_of_a_pair_is_that_of_one_signer() -> None:
    assert shape_fault({**good(), "proof": P[:2]}, 1) is None
    assert shape_fault(good(), 1) == ProofFault("proof_set_shape", "/proof")
