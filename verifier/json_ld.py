"""How PyLD is called: one thread at a time, with pinned contexts alone, and a base that nothing may lean on."""

import re
import threading
from functools import lru_cache
from typing import Any

from pyld import jsonld

from schemas.contexts import ExtraContexts, context_document

PYLD = threading.Lock()
"""PyLD keeps caches for the whole process that two threads must not touch at once."""

_SENTINEL = "undefined-base://x/"
# Whatever else N-Quads takes between its brackets is written there as it stands (RFC 3987 2.2, RDFC-1.0 5); what holds
# a space of any kind, PyLD takes for no address, and drops the statement. What is plain ASCII is passed over first.
_ADDRESS = re.compile(
    r'(?!undefined-base:)[A-Za-z][0-9A-Za-z+.-]*:[!#-;=?-Z_a-z]*+[^\s\0-\40\x7f-\x9f<>"{}|\\^`\ufffe\uffff]*'
)


def pyld_options(base: str, extra: ExtraContexts) -> dict[str, Any]:
    """Return the options that PyLD is called with: only pinned contexts, and a base that nothing may lean on."""

    def load(url: str, _options: object = None) -> dict[str, Any]:
        document = context_document(url, base, extra)
        return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}

    resolver = jsonld.ContextResolver(_resolved(base, extra), load)
    # The direction as the Data Integrity suites of others have it: else it would not be signed.
    return {"documentLoader": load, "contextResolver": resolver, "base": _SENTINEL, "rdfDirection": "i18n-datatype"}


@lru_cache(maxsize=8)
def _resolved(base: str, extra: ExtraContexts) -> Any:
    """Return the cache of one set of contexts: PyLD's own would hand a context to whom the loader refuses it."""
    return jsonld.LRUCache(maxsize=jsonld.RESOLVED_CONTEXT_CACHE_MAX_SIZE)


def is_address(value: object) -> bool:
    """Tell whether `value` is an absolute address that a line can hold."""
    return isinstance(value, str) and _ADDRESS.fullmatch(value) is not None
