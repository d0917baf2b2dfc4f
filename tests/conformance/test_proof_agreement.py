"""Proof sets, chains and presentations that we made, as jsonld-signatures sees them, beside what we say ourselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.interop import run_proofs, why_unavailable
from tests.conformance.test_proof_vectors import of_chain, rules
from tests.conformance.test_safe_mode_agreement import known
from tests.support.expect import DROP, changed
from tests.support.strangers import ALICE, BOB, stranger, with_proof
from tests.unit.verifier.test_foreign_proofs import A, B, unsigned
from tests.unit.verifier.test_presentations import FOR_US, FOREIGN, frame
from verifier.asked import Asked
from verifier.checks import Result
from verifier.documents import listed
from verifier.proof_chain import ProofRules, check_proofs

pytestmark = pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))

CAROL = stranger(number=3)
SET = with_proof(with_proof(unsigned(), id=A), BOB)
CHAIN = with_proof(with_proof(SET, CAROL, id=B, previousProof=A), BOB, previousProof=[A, B])
SHOWN = with_proof(frame(FOREIGN), ALICE, **FOR_US)
RENAMED = with_proof(changed(unsigned(), ("name", "x")), id=A)["proof"]
CASES: dict[str, dict[str, Any]] = {
    "one": with_proof(unsigned()),
    "set": SET,
    "chain": CHAIN,
    "published set": of_chain("signedProofSet2"),
    "published chain of three": of_chain("signedProofChain1"),
    "published chain of four": of_chain("signedProofChain2"),
    "presentation": SHOWN,
    "name changed": changed(SET, ("name", "x")),
    "first of a set from another": changed(SET, ("proof/0", RENAMED)),
    "first of a chain from another": changed(CHAIN, ("proof/0", RENAMED)),
    "link taken away": changed(CHAIN, ("proof/2/previousProof", DROP)),
    "names no proof": changed(CHAIN, ("proof/2/previousProof", B.replace("1", "9", 1))),
    "loop": changed(CHAIN, ("proof/0/previousProof", B)),
    "presentation with another challenge": with_proof(frame(FOREIGN), ALICE, **{**FOR_US, "challenge": "old"}),
    "presentation for another": with_proof(frame(FOREIGN), ALICE, **{**FOR_US, "domain": "other.example"}),
    "presentation as an assertion": with_proof(frame(FOREIGN), ALICE, **{**FOR_US, "proofPurpose": "assertionMethod"}),
}


def ours(document: dict[str, Any]) -> bool:
    for_us, base = rules(), rules().base
    if "VerifiablePresentation" in listed(document["type"]):
        asked = Asked(challenge="5fd2", domain="employer.example")
        for_us = ProofRules(base, "authentication", for_us.now, asked)
    return check_proofs(document, for_us).result is Result.PASS


def test_both_say_the_same_of_sets_chains_and_presentations(tmp_path: Path, figures: list[str]) -> None:
    answers = run_proofs(known(), list(CASES.values()), tmp_path)
    said = {name: (ours(document), answer) for (name, document), answer in zip(CASES.items(), answers, strict=True)}
    good = [name for name, (mine, _) in said.items() if mine]
    differing = {name: answer["proofs"] for name, (mine, answer) in said.items() if mine is not all_good(answer)}
    figures.append(
        f"proofs, ours beside jsonld-signatures {answers[0]['versions']['jsonld-signatures']}: {len(CASES)} documents, "
        f"{len(good)} good, differing={json.dumps(differing)}"
    )
    assert good == list(CASES)[:7]
    # It binds no earlier proof into what a later one signs, so it refuses the published chains as well.
    assert set(differing) == {"chain", "published chain of three", "published chain of four"}


def all_good(answer: dict[str, Any]) -> bool:
    """Tell whether that library calls every proof good; for `verified` one good proof is enough for it."""
    return bool(answer["verified"]) and all(answer["proofs"])
