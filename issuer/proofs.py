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
from verifier.cryptosuite import JCS, RDFC, SOME_TIME, SUITES, DocumentHashes, around_time, hash_of_own_options
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
    is_graph, contexts, made = SUITES[suite].is_graph, hashes.contexts, utc_text(created)
    own, around = _form(orjson.dumps(contexts), signer.verification_method, suite, hashes.base, hashes.extra)
    options = {**own, "created": made}
    whole = options if contexts is None else {"@context": contexts, **options}
    if len(around) == 2:
        digest = sha256(made.encode().join(around)).digest()
    else:  # The time that stands in is in a name too.
        digest = hash_of_own_options(whole, is_graph, hashes.base, hashes.extra)
    signature = signer.sign(digest + hashes.of_document(is_graph))
    return (options if is_graph else whole) | {"proofValue": base58btc.encode(signature)}


@lru_cache(maxsize=256)
def _form(contexts: bytes, method: str, suite: str, base: str, extra: ExtraContexts) -> tuple[Any, list[bytes]]:
    """Return what all proofs of a key say of themselves, and the canonical text of it before and after their time."""
    own = {"type": "DataIntegrityProof", "cryptosuite": suite, "created": SOME_TIME}
    own |= {"verificationMethod": method, "proofPurpose": "assertionMethod"}
    whole = own if contexts == b"null" else {"@context": orjson.loads(contexts), **own}
    return own, around_time(orjson.dumps(whole), SUITES[suite].is_graph, base, extra)
