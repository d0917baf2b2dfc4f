"""Is every member of the document covered by a proof over the graph (`threats.md` 0.3).

A proof over the graph stays good when a member is spelled by its full address, moved to `@included`,
or when a node is split into two objects of one `id`: readers of the JSON then no longer see it.
"""

from typing import Any

from schemas.contexts import NO_EXTRA, ExtraContexts
from schemas.contracts import pointer_to
from verifier.canonical import Graph
from verifier.checks import CheckName, Finding, failed, passed
from verifier.cryptosuite import SUITES, DocumentHashes, without_proof
from verifier.documents import containers, issuer_did, listed
from verifier.plain import is_respelled, repeated_id
from verifier.rdf import GraphError, read_quads

_VALUE_KEYS = frozenset({"@value", "@language", "@direction"})
_NAME = CheckName.ALL_TERMS_SIGNED


def respelled_member(document: Any) -> str | None:
    """Return the JSON Pointer of the first member that hides from readers of the JSON, or None.

    Such a member has a `:` in its name or begins with `@` (but `@context`, and the keys of a value
    object), or is the second object of one array with the same `id`.
    """
    for place, item in containers(document):
        if isinstance(item, dict):
            hiding = [name for name in item if is_respelled(name) and name != "@context"]
            for name in hiding:
                if "@value" not in item or name not in _VALUE_KEYS:
                    return pointer_to((*place, name))
        elif (repeated := repeated_id(item)) is not None:
            return pointer_to((*place, repeated, "id"))
    return None


def check_all_terms_signed(
    document: dict[str, Any], base: str, extra: ExtraContexts = NO_EXTRA, hashes: DocumentHashes | None = None
) -> Finding:
    """Carry out the check `all_terms_signed` on a document whose contexts are known.

    The proofs themselves are left out: their form is closed by the check `proofs`. A null or an empty array says
    nothing in a graph (JSON-LD 1.1 API 5.1.2 and 8.1), so only a proof over the text tells who wrote it.
    `hashes` are those of the document, if somebody has them. Raises `TooComplexError`.
    """
    own = hashes or DocumentHashes(document, base, extra=extra)
    is_plain = own.plain is not None
    # Nothing is respelled in what was read as plain, and our closed schema names every member of a proof.
    pointer = respelled_member(document if not is_plain else {} if own.is_ours else {"proof": document.get("proof")})
    if pointer is not None:
        return failed(_NAME, "respelled_term", pointer)
    try:
        if not is_plain:
            Graph(read_quads(without_proof(document), base, extra, allows_nothings=_has_text_proof(document)))
    except GraphError as error:
        return failed(_NAME, error.code)
    return passed(_NAME)


def _has_text_proof(document: dict[str, Any]) -> bool:
    """Tell whether a proof claims to be over the text, by the issuer if there is one; `proofs` finds if it is good."""
    entries = [proof for proof in listed(document.get("proof")) if isinstance(proof, dict)]
    suites = [name for name, suite in SUITES.items() if not suite.is_graph]
    methods = [str(proof.get("verificationMethod")) for proof in entries if proof.get("cryptosuite") in suites]
    author = issuer_did(document)
    return any(author in {None, method.partition("#")[0]} for method in methods)
