"""What an implementer is told about a refusal: every open check, and exactly the bytes that each proof signs."""

import hashlib
import json
from typing import Any

import pytest
from nacl.signing import VerifyKey

from issuer.proofs import document_bytes
from schemas.base58btc import decode
from tests.support import foreign, world
from tests.support.expect import DROP, changed
from tests.support.online import online
from verifier.checks import CheckName
from verifier.cryptosuite import JCS, RDFC
from verifier.explain import explanation
from verifier.judge import judge
from verifier.messages import explanations, findings
from verifier.verdict import verdict


def explained(document: bytes) -> dict[str, Any]:
    return explanation(document, verdict(judge(document, online(), now=world.NOW)))


def verdict_of(document: dict[str, Any]) -> dict[str, Any]:
    return verdict(judge(document_bytes(document), online(), now=world.NOW))


def value() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(world.certificate())
    return read


def test_the_bytes_that_are_told_are_those_that_are_signed() -> None:
    """Checked with the keys of the trust list and the signatures of the document, and with nothing of the verifier."""
    told = explained(world.certificate())
    assert told["checks"] == []
    assert set(told["canonical"]) == {"jcs", "rdfc"}
    assert [proof["pointer"] for proof in told["proofs"]] == [f"/proof/{place}" for place in range(4)]
    for proof, signed in zip(value()["proof"], told["proofs"], strict=True):
        assert (proof["cryptosuite"], proof["verificationMethod"]) == (signed["cryptosuite"], signed["key"])
        assert signed["signed"] == signed["options_hash"] + signed["document_hash"]
        canonical = told["canonical"]["jcs" if proof["cryptosuite"] == JCS else "rdfc"].encode()
        assert hashlib.sha256(canonical).hexdigest() == signed["document_hash"]
        key = world.trust().keys[proof["verificationMethod"]].public_key
        VerifyKey(key or b"").verify(bytes.fromhex(signed["signed"]), decode(proof["proofValue"], length=64))
    assert told["canonical"]["rdfc"].count("\n") > 70
    assert json.loads(told["canonical"]["jcs"]) == {name: one for name, one in value().items() if name != "proof"}


def test_each_open_check_is_told_with_its_place_and_what_to_do() -> None:
    broken = changed(value(), ("validUntil", "2027-05-24T23:59:58+08:00"), ("credentialSubject/name", "x"))
    told = explained(document_bytes(broken))
    proofs = next(check for check in told["checks"] if check["name"] == "proofs")
    assert (proofs["code"], proofs["pointer"], proofs["clause"]) == ("signature", "/proof/1", "Data Integrity, 4.4")
    assert proofs["do"] == explanations()["proofs"]
    assert {check["name"]: check["result"] for check in verdict_of(broken)["checks"]}["dates"] == "unknown"
    assert {check.get("code") for check in told["checks"]}.isdisjoint({"not_reached"})


def test_what_to_do_is_said_for_the_code_where_it_has_words_of_its_own() -> None:
    told = explained(document_bytes(changed(value(), ("proof/3", DROP))))
    proofs = next(check for check in told["checks"] if check["name"] == "proofs")
    assert (proofs["code"], proofs["do"]) == ("proof_set_shape", explanations()["proof_set_shape"])
    assert proofs["do"] != explanations()["proofs"]


def test_each_signature_is_told_with_what_was_found_of_it() -> None:
    def results(document: dict[str, Any]) -> dict[str, str]:
        return {proof["pointer"]: proof["result"] for proof in explained(document_bytes(document))["proofs"]}

    places = [f"/proof/{place}" for place in range(4)]
    assert results(value()) == dict.fromkeys(places, "pass")
    of_another = value()["proof"][1]["proofValue"]
    for place in (0, 2):
        one_bad = changed(value(), (f"proof/{place}/proofValue", of_another))
        assert results(one_bad) == dict.fromkeys(places, "pass") | {f"/proof/{place}": "fail"}
    text_bad = changed(value(), ("proof/3/proofValue", of_another))
    assert results(text_bad) == {**dict.fromkeys(places, "unknown"), "/proof/1": "pass", "/proof/3": "fail"}
    renamed = changed(value(), ("validUntil", "2027-05-24T23:59:58+08:00"))
    assert results(renamed) == {"/proof/1": "fail", "/proof/3": "fail"}


def test_the_graph_of_another_form_is_not_canonicalized() -> None:
    for document in (changed(value(), ("credentialSubject/registration/grade", "ZZ")), foreign.badge()):
        told = explained(document_bytes(document))
        assert set(told["canonical"]) == {"jcs"}
        assert {proof["cryptosuite"] for proof in told["proofs"]} <= {JCS}


@pytest.mark.parametrize(
    "proofs",
    [
        DROP,
        None,
        7,
        "x",
        [],
        [7, None, "x", []],
        [{"cryptosuite": 7}, {"cryptosuite": []}, {"cryptosuite": "none"}, {}],
        {"cryptosuite": RDFC},
        [{"cryptosuite": RDFC, "proofValue": []}] * 3,
    ],
)
def test_proofs_of_any_shape_are_passed_over(proofs: Any) -> None:
    told = explained(document_bytes(changed(value(), ("proof", proofs))))
    assert told["proofs"] == []
    assert "proofs" in {check["name"] for check in told["checks"]}


def test_only_so_many_proofs_are_told_and_a_strange_key_is_text() -> None:
    strange = {"cryptosuite": JCS, "verificationMethod": ["\u202e"]}
    told = explained(document_bytes(changed(value(), ("proof", [strange] * 100))))
    assert [proof["key"] for proof in told["proofs"]] == ["['\\u202e']"] * 8
    assert len(explained(document_bytes(changed(value(), ("proof", strange))))["proofs"]) == 1


def test_a_proof_of_p384_is_told_with_its_hashes() -> None:
    proof = {"cryptosuite": "ecdsa-jcs-2019", "proofValue": "z" + "2" * 131}
    (told,) = explained(document_bytes(changed(value(), ("proof", proof))))["proofs"]
    canonical = explained(document_bytes(changed(value(), ("proof", proof))))["canonical"]["jcs"]
    assert told["document_hash"] == hashlib.sha384(canonical.encode()).hexdigest()


@pytest.mark.parametrize("document", [None, b"", b"{", b"[1]"])
def test_without_a_document_the_checks_are_told_alone(document: bytes | None) -> None:
    answer = verdict(judge(world.certificate(), online(public_status="revoked"), now=world.NOW))
    assert set(explanation(document, answer)) == {"checks"}


def test_without_a_trust_list_the_texts_are_told() -> None:
    answer = verdict(judge(world.certificate(), online(), now=world.NOW)) | {"basis": {}}
    assert set(explanation(world.certificate(), answer)["canonical"]) == {"jcs"}
    answer.pop("basis")
    assert set(explanation(world.certificate(), answer)["canonical"]) == {"jcs"}


def test_every_check_has_its_sentence_and_every_other_one_a_code() -> None:
    texts = explanations()
    assert set(CheckName) <= set(texts)
    assert set(texts) - set(CheckName) <= set(findings())
    assert all(set(text) == {"en", "zh"} and all(text.values()) for text in texts.values())
