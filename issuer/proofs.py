"""Making Data Integrity proofs: options, hash, one signature. The hashing is that of `verifier.cryptosuite`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from keys.signer import Signer
from schemas import base58btc
from verifier.cryptosuite import JCS, RDFC, SUITES, DocumentHashes, hash_of_own_options
from verifier.instants import utc_text


def document_bytes(document: Any) -> bytes:
    """Return the compact UTF-8 JSON text in which every document of ours is stored and served."""
    return orjson.dumps(document)


def sign_document(
    document: dict[str, Any], signers: Sequence[Signer], *, created: datetime, base: str, times: int = 1
) -> dict[str, Any]:
    """Return `document` with a proof pair (rdfc, then jcs) of each of the `signers`, all `created` at one moment.

    The limit of its statements counts so many `times`. Raises `GraphError` if the document is not fully mapped.
    """
    hashes = DocumentHashes(document, base, times=times)
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
    is_graph = SUITES[suite].is_graph
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": utc_text(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    whole = options if hashes.contexts is None else {"@context": hashes.contexts} | options
    digest = hash_of_own_options(whole, is_graph, hashes.base, hashes.extra)
    signature = signer.sign(digest + hashes.of_document(is_graph))
    return (options if is_graph else whole) | {"proofValue": base58btc.encode(signature)}
