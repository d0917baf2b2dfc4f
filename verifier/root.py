"""The pinned root: the one thing a verifier believes without proof.

A root is the DID document of the root body, given by the caller as a file or as the SHA-256 of its bytes
(`interface.md` 0.3). A trust list counts when more than half of the root's keys signed it, each with
both suites, and never fewer than the threshold that the list itself names (ADR 0003).
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from schemas.contexts import STATEMENTS_PATH, statement_contexts
from schemas.contracts import first_violation
from schemas.multikey import Algorithm, MultikeyError, algorithm_of, decode_multikey
from schemas.refusals import translated
from schemas.strict_json import TRUST_LIST, MalformedJsonError, parse_object
from verifier.cryptosuite import JCS
from verifier.instants import InstantError, parse_instant
from verifier.proof_set import shape_fault, signature_fault
from verifier.refusals import DisbelievedError, TrustRootError
from verifier.trust import TrustedKey, TrustList, read_trust_list

MAX_TRUST_LIST_AGE = timedelta(days=7)
"""A trust list is in force no longer than this (freshness table, `threats.md` 0)."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PinnedRoot:
    """The root body: its DID, its keys by verification method, and the digest by which it is pinned."""

    did: str
    keys: dict[str, bytes] = field(compare=False)
    sha256: str

    @property
    def threshold(self) -> int:
        """How many of the keys must have signed: more than half."""
        return len(self.keys) // 2 + 1


class UntrustedListError(DisbelievedError):
    """The trust list is not one that the pinned root signed. `code` names the finding."""


@lru_cache(maxsize=8)
def read_root(content: bytes) -> PinnedRoot:
    """Read a root DID document. Raises `TrustRootError` if it is none."""
    no_root = TrustRootError("the trust root is not a DID document with Ed25519 Multikeys")
    with translated(MalformedJsonError, MultikeyError, to=no_root):
        document = parse_object(content)
        if document.get("@context") is None or first_violation("did", "", document) is not None:
            raise no_root
        keys = {
            method["id"]: decode_multikey(method["publicKeyMultibase"]) for method in document["verificationMethod"]
        }
        if any(algorithm_of(key) is not Algorithm.EDDSA for key in keys.values()):
            raise no_root
    if any(key_id.split("#")[0] != document["id"] for key_id in keys):
        raise TrustRootError("the trust root names a key of another body")
    if len(set(keys.values())) != len(document["verificationMethod"]):
        raise TrustRootError("the trust root names one key twice")
    return PinnedRoot(document["id"], keys, hashlib.sha256(content).hexdigest())


def is_root_digest(text: str) -> bool:
    """Tell whether `text` is a root given by digest, `sha256:` and 64 hex digits."""
    return _DIGEST.fullmatch(text) is not None


def accept_trust_list(content: bytes, root: PinnedRoot, *, now: datetime) -> TrustList:
    """Return the trust list in `content` if the pinned `root` signed it and it is in force at `now`.

    Raises `UntrustedListError`, code `trust_list_malformed`, `trust_list_not_signed_by_root`,
    `trust_list_not_yet_valid` or `trust_list_expired` (freeze, K09).
    """
    trust_list = _believe(content, root)
    if now < trust_list.issued_at:
        raise UntrustedListError("trust_list_not_yet_valid")
    if now > trust_list.expires_at or trust_list.expires_at - trust_list.issued_at > MAX_TRUST_LIST_AGE:
        raise UntrustedListError("trust_list_expired")
    return trust_list


@lru_cache(maxsize=8)
def _believe(content: bytes, root: PinnedRoot) -> TrustList:
    """Read the list and check its signatures: everything but its time, so the answer can be kept."""
    document, trust_list = _read(content)
    issued_by_root = document["issuer"] == root.did and set(trust_list.root_keys) == set(root.keys)
    if not issued_by_root or not _is_signed(document, trust_list, root):
        raise UntrustedListError("trust_list_not_signed_by_root")
    return trust_list


def _read(content: bytes) -> tuple[dict[str, Any], TrustList]:
    with translated(ValueError, to=UntrustedListError("trust_list_malformed")):
        document = parse_object(content, TRUST_LIST)
        contexts = document.get("@context")
        if not isinstance(contexts, list) or len(contexts) != 2 or not isinstance(contexts[1], str):
            raise UntrustedListError("trust_list_malformed")
        base = contexts[1].removesuffix(STATEMENTS_PATH)
        if contexts != statement_contexts(base) or first_violation("trust-list", base, document) is not None:
            raise UntrustedListError("trust_list_malformed")
        return document, read_trust_list(document)


def _is_signed(document: dict[str, Any], trust_list: TrustList, root: PinnedRoot) -> bool:
    """Check the text proofs of all root signers; the schema has closed the document before."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for proof in document["proof"]:
        by_key.setdefault(proof["verificationMethod"], []).append(proof)
    signers = len(by_key)
    if signers < max(root.threshold, trust_list.root_threshold) or set(by_key) - set(root.keys):
        return False
    moments = {method: pair[0]["created"] for method, pair in by_key.items()}
    if not all(_may_sign(trust_list.root_keys[method], created) for method, created in moments.items()):
        return False
    return all(_is_good_pair(document, pair, trust_list.base, root) for pair in by_key.values())


def _may_sign(key: TrustedKey, created: str) -> bool:
    """Ask the list's own entry of a pinned root key whether it was in its time."""
    try:
        return key.refusal(key_use="root", at=parse_instant(created)) is None
    except InstantError:
        return False


def _is_good_pair(document: dict[str, Any], pair: list[dict[str, Any]], base: str, root: PinnedRoot) -> bool:
    alone = {**document, "proof": pair}
    return shape_fault(alone, 1) is None and signature_fault(alone, base, root.keys, suites=(JCS,)) is None
