"""Did this key sign these bytes? Data Integrity hashing for `eddsa-rdfc-2022` and `eddsa-jcs-2022`.

Nothing here knows who may sign: that is `trust`. The same hashing serves issuing, where the signature
is made instead of checked (VC Data Integrity EdDSA Cryptosuites 3.2 and 3.3).
"""

import hashlib
from typing import Any

import rfc8785

from schemas.base58btc import MultibaseError, decode
from schemas.multikey import Algorithm
from verifier.rdf import canonical_nquads
from verifier.signatures import is_signature

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
SUITES = (RDFC, JCS)
_SIGNATURE_LENGTH = 64


class CanonicalizationError(ValueError):
    """The value has no canonical form (for example a number that JSON cannot carry exactly)."""

    code = "canonicalization"


def jcs_bytes(value: Any) -> bytes:
    """Return the JSON Canonicalization Scheme form of `value` (RFC 8785)."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise CanonicalizationError(str(error)) from error


def content_sha256(document: dict[str, Any]) -> str:
    """Return the hex SHA-256 of the JCS form of `document` without its proofs: its identity in register and log."""
    return hashlib.sha256(jcs_bytes(without_proof(document))).hexdigest()


def without_proof(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of `document` that lacks the member `proof`."""
    return {name: value for name, value in document.items() if name != "proof"}


class DocumentHashes:
    """The two document hashes of one document, each computed once and only when asked for."""

    def __init__(self, document: dict[str, Any], base: str) -> None:
        """Take the `document` (its `proof` is left out) and the deployment whose contexts count."""
        self._unsigned = without_proof(document)
        self._base = base
        self._known: dict[str, bytes] = {}

    @property
    def contexts(self) -> Any:
        """The `@context` of the document, which the proof options are read with."""
        return self._unsigned.get("@context")

    def of(self, suite: str) -> bytes:
        """Return the SHA-256 of the document under `suite`. Raises `GraphError` or `CanonicalizationError`."""
        if suite not in self._known:
            self._known[suite] = self._digest(self._unsigned, suite)
        return self._known[suite]

    def signed_bytes(self, proof: dict[str, Any]) -> bytes:
        """Return the 64 bytes that the `proof` signs: hash of its options, then hash of the document."""
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        if proof["cryptosuite"] == RDFC:
            options["@context"] = self.contexts
        return self._digest(options, proof["cryptosuite"]) + self.of(proof["cryptosuite"])

    def _digest(self, value: dict[str, Any], suite: str) -> bytes:
        if suite == JCS:
            return hashlib.sha256(jcs_bytes(value)).digest()
        return hashlib.sha256(canonical_nquads(value, self._base).encode("utf-8")).digest()


def is_signed_by(message: bytes, proof_value: object, public_key: bytes) -> bool:
    """Tell whether `proof_value` (multibase) is the Ed25519 signature of `message` under `public_key`."""
    try:
        return is_signature(Algorithm.EDDSA, public_key, message, decode(proof_value, length=_SIGNATURE_LENGTH))
    except MultibaseError:
        return False
