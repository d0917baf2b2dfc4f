"""JSON-LD to canonical N-Quads (RDFC-1.0) over PyLD, made safe.

PyLD silently drops undefined terms, resolves relative addresses against a default base, and leaves
control characters unescaped. Expansion here refuses the first two (`credential.md` 3, `threats.md` 0.3);
documents with control characters never come this far, because no text of ours may hold one.
"""

import hashlib
import re
import threading
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from schemas.contexts import UnknownContextError, context_document

_SENTINEL = "undefined-base://x/"
_SENTINEL_SCHEME = "undefined-base:"
_NOT_IN_AN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')


_PYLD = threading.Lock()
"""PyLD keeps caches for the whole process that two threads must not touch at once."""


class GraphError(ValueError):
    """The document is not fully mapped to a graph, so a proof over the graph would not cover all of it."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the finding `code` beside the sentence."""
        super().__init__(message)
        self.code = code


def _options(base: str) -> dict[str, Any]:
    def load(url: str, _options: object = None) -> dict[str, Any]:
        document = context_document(url, base)
        return {
            "contextUrl": None,
            "documentUrl": url,
            "document": document,
            "contentType": "application/ld+json",
            "tag": "static",
        }

    return {"documentLoader": load, "base": _SENTINEL}


def _check_identifiers(expanded: Any) -> None:
    waiting = [expanded]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            is_json = "@value" in item and item.get("@type") == "@json"
            types = [] if is_json else item.get("@type", [])
            named = [item["@id"]] if "@id" in item else []
            for identifier in named + (types if isinstance(types, list) else [types]):
                _check_identifier(identifier)
            waiting.extend(value for key, value in item.items() if key not in {"@id", "@type", "@value"})


def _check_identifier(identifier: object) -> None:
    if not isinstance(identifier, str) or identifier.startswith(_SENTINEL_SCHEME) or _NOT_IN_AN_IRI.search(identifier):
        raise GraphError("undefined_identifier", "an id or type is not an absolute address")
    if ":" not in identifier:
        raise GraphError("undefined_identifier", "an id or type is not an absolute address")


def expand(document: dict[str, Any], base: str) -> Any:
    """Return the expanded form of `document`, with the contexts of the deployment at `base`.

    Raises `GraphError` if any member or type is undefined, or any id is relative or ill-formed.
    """
    dropped: list[str | None] = []
    try:
        with _PYLD:
            expanded = jsonld.expand(document, _options(base), on_property_dropped=dropped.append)
    except (jsonld.JsonLdError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        # PyLD wraps whatever the loader raises.
        code = "unknown_context" if isinstance(error.__cause__, UnknownContextError) else "not_json_ld"
        raise GraphError(code, "the document cannot be read as JSON-LD") from error
    if dropped:
        raise GraphError("undefined_term", f"the member {str(dropped[0])[:60]!r} is not defined by any context")
    _check_identifiers(expanded)
    return expanded


class _Canonicalization(URDNA2015):  # type: ignore[misc]  # PyLD has no types
    """One canonicalization with a hash of choice (RDFC-1.0 4.1)."""

    def __init__(self, hash_name: str) -> None:
        super().__init__()
        self._hash_name = hash_name

    def create_hash(self) -> Any:
        return hashlib.new(self._hash_name)


def canonical_nquads(document: dict[str, Any], base: str, hash_name: str = "sha256") -> str:
    """Return the canonical N-Quads of `document`, its nodes labelled by `hash_name`. Raises as `expand` does."""
    expanded = expand(document, base)
    try:
        with _PYLD:
            quads = jsonld.to_rdf(expanded, _options(base))
            return str(_Canonicalization(hash_name).main(quads, {"format": "application/n-quads"}))
    except (jsonld.JsonLdError, ValueError) as error:
        raise GraphError("not_json_ld", "the document cannot be canonicalized") from error
