"""Making Data Integrity proofs: options, hash, one signature. The hashing is that of `verifier.cryptosuite`."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from keys.signer import Signer
from schemas import base58btc
from schemas.contexts import ExtraContexts
from verifier.cryptosuite import JCS, RDFC, SUITES, DocumentHashes, jcs_bytes
from verifier.instants import utc_text
from verifier.rdf import canonical_nquads

_SOME_TIME = "7000-01-01T00:00:00Z"


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
    made, contexts = utc_text(created), orjson.dumps(hashes.contexts)
    options, text = _options(suite, signer.verification_method, contexts, hashes.base, hashes.extra)
    message = sha256(made.encode().join(text)).digest() + hashes.of_document(SUITES[suite].is_graph)
    return options | {"created": made, "proofValue": base58btc.encode(signer.sign(message))}


@lru_cache(maxsize=64)
def _options(
    suite: str, method: str, contexts: bytes, base: str, extra: ExtraContexts
) -> tuple[dict[str, Any], list[bytes]]:
    """Return the options of all proofs of a key, and their canonical text before and after the time that is in each.

    The time is the value of one member of one node, so that nothing else moves.
    """
    given, is_graph = orjson.loads(contexts), SUITES[suite].is_graph
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": _SOME_TIME,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    whole = options if given is None else {"@context": given} | options
    text = canonical_nquads(whole, base, extra=extra).encode() if is_graph else jcs_bytes(whole)
    return options if is_graph else whole, text.split(_SOME_TIME.encode())
