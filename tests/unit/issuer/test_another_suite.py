"""A second suite can be switched on for issuing without any other change (threats.md 5)."""

from datetime import UTC, datetime, timedelta

import pytest

from issuer.build import unsigned_certificate
from issuer.proofs import make_proof
from keys.signer import Ed25519Signer
from schemas.multikey import Algorithm
from tests.support import world
from tests.support.strangers import ALICE, stranger
from verifier.cryptosuite import JCS, RDFC, SOME_TIME, SUITES, DocumentHashes, proof_fault
from verifier.instants import utc_text

P256 = stranger(Algorithm.ES256)
CREATED = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize("suite", list(SUITES))
def test_proofs_of_one_key_differ_in_their_time(suite: str) -> None:
    """What a proof says of itself is canonicalized once for a key, and again at each verification."""
    hashes = DocumentHashes(unsigned_certificate(world.PROFILE), world.BASE)
    signer = world.signer("cse/issue-2026") if suite.startswith("eddsa") else P256
    for moment in (CREATED, CREATED + timedelta(seconds=1), datetime(2027, 1, 1, tzinfo=UTC)):
        proof = make_proof(hashes, signer, suite, moment)
        assert proof["created"] == utc_text(moment)
        assert proof_fault(hashes, proof, signer.public_key) is None
        assert proof_fault(hashes, proof | {"created": "2026-03-16T02:00:02Z"}, signer.public_key) == "signature"


def test_a_proof_by_p256_is_made_and_verified_by_the_same_functions() -> None:
    hashes = DocumentHashes(unsigned_certificate(world.PROFILE), world.BASE)
    for suite in ("ecdsa-rdfc-2019", "ecdsa-jcs-2019"):
        proof = make_proof(hashes, P256, suite, CREATED)
        assert ("@context" in proof) is (suite == "ecdsa-jcs-2019")
        assert proof_fault(hashes, proof, P256.public_key) is None
        assert proof_fault(hashes, proof, stranger(Algorithm.ES256, 2).public_key) == "signature"
        assert proof_fault(hashes, proof, ALICE.public_key) == "algorithm"


def test_a_key_named_like_the_time_that_stands_in_signs_as_any_other() -> None:
    """Its name must not be taken for the time of the proof."""
    hashes = DocumentHashes(unsigned_certificate(world.PROFILE), world.BASE)
    signer = Ed25519Signer(f"did:web:example.org#{SOME_TIME}", bytes(32))
    for suite in (RDFC, JCS):
        proof = make_proof(hashes, signer, suite, CREATED)
        assert proof["verificationMethod"].endswith(SOME_TIME)
        assert proof_fault(hashes, proof, signer.public_key) is None
