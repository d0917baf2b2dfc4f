"""Making Data Integrity proofs: options, hash, one signature. The hashing is that of `verifier.cryptosuite`."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from keys.signer import Signer
from schemas import base58btc
from verifier.cryptosuite import JCS, RDFC, SUITES, DocumentHashes
from verifier.instants import utc_text


def document_bytes(document: Any) -> bytes:
    """Return the compact UTF-8 JSON text in which every document of ours is stored and served."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def sign_document(
    document: dict[str, Any], signers: Sequence[Signer], *, created: datetime, base: str
) -> dict[str, Any]:
    """Return `document` with a proof pair (rdfc, then jcs) of each of the `signers`, all `created` at one moment.

    Raises `GraphError` if the document is not fully mapped.
    """
    hashes = DocumentHashes(document, base)
    return {**document, "proof": proof_pairs(hashes, signers, created)}


def proof_pairs(hashes: DocumentHashes, signers: Sequence[Signer], created: datetime) -> list[dict[str, Any]]:
    """Return a proof pair (rdfc, then jcs) of each of the `signers` over a document with these `hashes`."""
    return [make_proof(hashes, signer, suite, created) for signer in signers for suite in (RDFC, JCS)]


def sign_text(document: dict[str, Any], signer: Signer, *, created: datetime, base: str) -> dict[str, Any]:
    """Return `document`, which is not JSON-LD, with one jcs proof (the manifest)."""
    return {**document, "proof": make_proof(DocumentHashes(document, base), signer, JCS, created)}


def make_proof(hashes: DocumentHashes, signer: Signer, suite: str, created: datetime) -> dict[str, Any]:
    """Return one proof of a suite that the key of `signer` is for.

    A proof over the text carries the contexts of a document that has any (`credential.md` 2).
    """
    proof: dict[str, Any] = {}
    if not SUITES[suite].is_graph and hashes.contexts is not None:
        proof["@context"] = hashes.contexts
    proof |= {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": utc_text(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    return proof | {"proofValue": base58btc.encode(signer.sign(hashes.signed_bytes(proof)))}
