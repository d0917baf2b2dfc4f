"""Making Data Integrity proofs: options, hash, one signature. The hashing is that of `verifier.cryptosuite`."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from keys.signer import Signer
from schemas import base58btc
from schemas.contexts import ExtraContexts
from verifier.cryptosuite import JCS, RDFC, SUITES, DocumentHashes
from verifier.instants import utc_text


def document_bytes(document: Any) -> bytes:
    """Return the compact UTF-8 JSON text in which every document of ours is stored and served."""
    return orjson.dumps(document)


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
    contexts = orjson.dumps(hashes.contexts)
    options, digest = _options(
        suite, signer.verification_method, created, contexts, base=hashes.base, extra=hashes.extra
    )
    message = digest + hashes.of_document(SUITES[suite].is_graph)
    return options | {"proofValue": base58btc.encode(signer.sign(message))}


@lru_cache(maxsize=64)
def _options(
    suite: str, method: str, created: datetime, contexts: bytes, *, base: str, extra: ExtraContexts
) -> tuple[dict[str, Any], bytes]:
    """Return the options of a proof and their hash: the same for all that a key signs in one second."""
    frame = DocumentHashes({"@context": orjson.loads(contexts)}, base, extra=extra)
    options: dict[str, Any] = {}
    if not SUITES[suite].is_graph and frame.contexts is not None:
        options["@context"] = frame.contexts
    options |= {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": utc_text(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    return options, frame.of_options(options)
