"""Issuers and holders whom no trust list names: did:key of every algorithm, and documents with their proofs."""

import copy
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.signing import SigningKey

from schemas import base58btc
from schemas.multikey import Algorithm, encode_multikey
from tests.support.bodies import BASE
from verifier.cryptosuite import SUITES, DocumentHashes
from verifier.documents import listed

_CURVES = {
    Algorithm.ES256: (ec.SECP256R1(), hashes.SHA256(), 32),
    Algorithm.ES384: (ec.SECP384R1(), hashes.SHA384(), 48),
}
CREATED = "2024-01-01T00:00:00Z"


@dataclass(frozen=True)
class Stranger:
    """Somebody with one key and the did:key of it."""

    algorithm: Algorithm
    number: int

    @property
    def _ec(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(20261125 + self.number, _CURVES[self.algorithm][0])

    @property
    def _ed25519(self) -> SigningKey:
        return SigningKey(self.number.to_bytes(32))

    @property
    def public_key(self) -> bytes:
        if self.algorithm is Algorithm.EDDSA:
            return bytes(self._ed25519.verify_key)
        return self._ec.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    @property
    def did(self) -> str:
        return f"did:key:{encode_multikey(self.public_key)}"

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{encode_multikey(self.public_key)}"

    def sign(self, message: bytes) -> bytes:
        if self.algorithm is Algorithm.EDDSA:
            return self._ed25519.sign(message).signature
        _, digest, half = _CURVES[self.algorithm]
        r, s = decode_dss_signature(self._ec.sign(message, ec.ECDSA(digest, deterministic_signing=True)))
        return r.to_bytes(half) + s.to_bytes(half)


@cache
def stranger(algorithm: Algorithm = Algorithm.EDDSA, number: int = 1) -> Stranger:
    """Return the stranger of that number; equal arguments give equal keys."""
    return Stranger(algorithm, number)


ALICE = stranger()
BOB = stranger(number=2)
KINDS = {
    "eddsa-rdfc-2022": Algorithm.EDDSA,
    "eddsa-jcs-2022": Algorithm.EDDSA,
    "ecdsa-rdfc-2019": Algorithm.ES256,
    "ecdsa-jcs-2019": Algorithm.ES384,
}
"""Every suite, with an algorithm for it."""


def with_proof(document: dict[str, Any], by: Stranger = ALICE, suite: str = "eddsa-rdfc-2022", **options: Any) -> Any:
    """Return `document` with one more proof; `options` are further members of it, None leaves one out.

    A proof with `previousProof` is made along those it names (VC Data Integrity 4.3).
    """
    proofs = [document["proof"]] if isinstance(document.get("proof"), dict) else document.get("proof", [])
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": CREATED,
        "verificationMethod": by.verification_method,
        "proofPurpose": "assertionMethod",
    }
    if not SUITES[suite].is_graph:
        proof["@context"] = copy.deepcopy(document["@context"])
    proof = {name: value for name, value in (proof | options).items() if value is not None}
    named = proof.get("previousProof", [])
    named = [named] if isinstance(named, str) else named
    previous = [other for other in proofs if other.get("id") in named]
    many = 1 + len(listed(document.get("verifiableCredential")))
    message = DocumentHashes(document, BASE, previous, times=many).signed_bytes(proof, by.algorithm)
    proof["proofValue"] = base58btc.encode(by.sign(message))
    return {**document, "proof": [*proofs, proof] if proofs else proof}
