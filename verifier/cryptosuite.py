"""Did this key sign these bytes? Data Integrity hashing for every cryptosuite that is spoken.

Nothing here knows who may sign: that is `trust`. The same hashing serves issuing, where the signature
is made instead of checked (VC Data Integrity EdDSA and ECDSA Cryptosuites, 3.2 and 3.3 of each).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import orjson
import rfc8785

from schemas.base58btc import MultibaseError, decode
from schemas.contexts import NO_EXTRA, ExtraContexts
from schemas.multikey import Algorithm, algorithm_of
from verifier.rdf import GraphError, canonical_nquads, plain_form, reference_nquads
from verifier.signatures import SIGNATURE_BYTES, is_signature

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
_EDDSA = (Algorithm.EDDSA,)
_ECDSA = (Algorithm.ES256, Algorithm.ES384)
# The time of a proof is written without anything that a canonical form escapes.
_TIME, SOME_TIME = re.compile("[0-9TZ:+.-]+"), "7000-01-01T00:00:00Z"
_ALIKE = frozenset({str, bool, type(None)})


@dataclass(frozen=True, slots=True)
class Suite:
    """What a cryptosuite signs, the graph of a document or its text, and with which algorithms."""

    is_graph: bool
    algorithms: tuple[Algorithm, ...]


SUITES = {
    RDFC: Suite(is_graph=True, algorithms=_EDDSA),
    JCS: Suite(is_graph=False, algorithms=_EDDSA),
    "ecdsa-rdfc-2019": Suite(is_graph=True, algorithms=_ECDSA),
    "ecdsa-jcs-2019": Suite(is_graph=False, algorithms=_ECDSA),
}
"""Every suite that is verified. Our own documents carry the first two (`interface.md` 0.2)."""


class CanonicalizationError(ValueError):
    """The value has no canonical form (for example a number that JSON cannot carry exactly)."""

    code = "canonicalization"


def jcs_bytes(value: Any, *, is_plain: bool = False) -> bytes:
    """Return the JSON Canonicalization Scheme form of `value` (RFC 8785).

    Without real numbers, and with names below the surrogates, sorted JSON is that form (`performance.md` 3); what was
    read as plain is so, and is not looked through again. Raises `CanonicalizationError`.
    """
    try:
        if is_plain or _is_sorted_alike(value):
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, TypeError) as error:
        raise CanonicalizationError(str(error)) from error


def _is_sorted_alike(value: Any) -> bool:
    kind = type(value)
    if kind is dict:
        names = "".join(value)
        is_low = names.isascii() or max(names) < "\ud800"
        return is_low and all(_is_sorted_alike(part) for part in value.values() if type(part) is not str)
    if kind is list:
        return all(_is_sorted_alike(part) for part in value if type(part) is not str)
    return kind in _ALIKE or (kind is int and abs(value) < 2**53)


def content_sha256(document: dict[str, Any]) -> str:
    """Return the hex SHA-256 of the JCS form of `document` without its proofs: its identity in register and log."""
    return hashlib.sha256(jcs_bytes(without_proof(document))).hexdigest()


def without_proof(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of `document` that lacks the member `proof`."""
    return {name: value for name, value in document.items() if name != "proof"}


class DocumentHashes:
    """The document hashes of one document, each computed once and only when asked for."""

    def __init__(
        self,
        document: dict[str, Any],
        base: str,
        previous: Sequence[dict[str, Any]] = (),
        extra: ExtraContexts = NO_EXTRA,
        *,
        known: dict[tuple[bool, str], bytes] | None = None,
        times: int = 1,
        is_ours: bool = False,
    ) -> None:
        """Take the `document` (its `proof` is left out), the deployment whose contexts count, and the `extra` ones.

        `known` are hashes that somebody has: of the graph or the text, by the name of the hash.
        `previous` are the proofs of a chain that the next one signs along (VC Data Integrity 4.5 step 3.3). The limits
        of its graph count so many `times`: a presentation holds many documents. One that `is_ours` satisfies our closed
        schema.
        """
        self._unsigned = without_proof(document) | ({"proof": list(previous)} if previous else {})
        self.contexts: Any = document.get("@context")
        """What the proof options are read with."""
        self.base, self.extra, self.is_ours, self._times = base, extra, is_ours, times
        self._known: dict[tuple[bool, str], bytes] = known or {}

    @cached_property
    def plain(self) -> str | None:
        """The canonical N-Quads with SHA-256 if the document is plain, else None; all of it is in them."""
        return self._plain_form(self._unsigned, "sha256")

    def _plain_form(self, value: dict[str, Any], hash_name: str) -> str | None:
        return plain_form(value, self.base, hash_name, self.extra, is_ours=self.is_ours, times=self._times)

    def signed_bytes(self, proof: dict[str, Any], algorithm: Algorithm = Algorithm.EDDSA) -> bytes:
        """Return what the `proof` signs with a key of this `algorithm`: hash of its options, then of the document.

        With P-384 every hash is SHA-384, also inside the canonicalization of a graph (VC Data Integrity ECDSA 3).
        Raises `GraphError`, `CanonicalizationError` and `TooComplexError`.
        """
        is_graph = SUITES[proof["cryptosuite"]].is_graph
        hash_name = "sha384" if algorithm is Algorithm.ES384 else "sha256"
        return self.of_options(proof, hash_name) + self.of_document(is_graph, hash_name)

    def of_options(self, proof: dict[str, Any], hash_name: str = "sha256") -> bytes:
        """Return the hash of what a `proof` says of itself. Raises as `signed_bytes`."""
        is_graph = SUITES[proof["cryptosuite"]].is_graph
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        if is_graph:
            options["@context"] = self.contexts
        if self.is_ours and hash_name == "sha256":
            return hash_of_own_options(options, is_graph, self.base, self.extra)
        return self._digest(options, is_graph, hash_name)

    def of_document(self, is_graph: bool, hash_name: str = "sha256") -> bytes:
        """Return the hash of the document as a graph or as a text, without its proofs. Raises as `signed_bytes`."""
        known = (is_graph, hash_name)
        if known not in self._known:
            self._known[known] = self._digest(self._unsigned, is_graph, hash_name)
        return self._known[known]

    def _digest(self, value: dict[str, Any], is_graph: bool, hash_name: str) -> bytes:
        is_document = value is self._unsigned
        if not is_graph:
            # Of our own document both forms are asked for, so the graph comes first; else only if it is there.
            is_read = is_document and (self.is_ours or "plain" in vars(self))
            return hashlib.new(hash_name, jcs_bytes(value, is_plain=is_read and self.plain is not None)).digest()
        lines = self.plain if is_document and hash_name == "sha256" else self._plain_form(value, hash_name)
        if lines is None:
            lines = reference_nquads(value, self.base, hash_name, self.extra, times=self._times)
        return hashlib.new(hash_name, lines.encode()).digest()


def hash_of_own_options(options: dict[str, Any], is_graph: bool, base: str, extra: ExtraContexts = NO_EXTRA) -> bytes:
    """Return the SHA-256 of what a proof of our own says of itself, its contexts included. Raises as `signed_bytes`.

    All proofs of a key say the same but for the time, which is one value of one node, so that nothing else moves with
    it: what stands around it is made once.
    """
    made = options.get("created")
    around = around_time(orjson.dumps(options | {"created": SOME_TIME}), is_graph, base, extra)
    if len(around) != 2 or type(made) is not str or _TIME.fullmatch(made) is None:
        return DocumentHashes({}, base, extra=extra)._digest(options, is_graph, "sha256")
    return hashlib.sha256(made.encode().join(around)).digest()


@lru_cache(maxsize=256)
def around_time(options: bytes, is_graph: bool, base: str, extra: ExtraContexts) -> list[bytes]:
    """Return the canonical text of options, given as JSON, before and after the time in them."""
    value = orjson.loads(options)
    text = canonical_nquads(value, base, extra=extra).encode() if is_graph else jcs_bytes(value)
    return text.split(SOME_TIME.encode())


def proof_fault(hashes: DocumentHashes, proof: dict[str, Any], public_key: bytes) -> str | None:
    """Return the code of what is wrong with a proof of a known suite under `public_key`, or None if it is good."""
    algorithm = algorithm_of(public_key)
    if algorithm not in SUITES[proof["cryptosuite"]].algorithms:
        return "algorithm"
    try:
        signature = decode(proof["proofValue"], length=SIGNATURE_BYTES[algorithm])
        message = hashes.signed_bytes(proof, algorithm)
    except MultibaseError:
        return "proof_value"
    except (GraphError, CanonicalizationError):
        return "not_canonical"
    return None if is_signature(algorithm, public_key, message, signature) else "signature"
