"""Which documents may be judged where other answers are made, and which only apart (`threats.md` T03)."""

from schemas.contexts import certificate_contexts
from schemas.contracts import first_violation
from verifier.documents import read_document
from verifier.formats import TOKEN

LIGHT_BYTES = 32 * 1024


def is_light(content: bytes, base: str) -> bool:
    """Tell whether judging `content` costs little: it is short, has our contexts, and satisfies our closed schema.

    That schema bounds the graph; in any other document the graph can cost as much as its author likes. A token has no
    graph that is looked at, and is short or refused for its length. Raises `UnreadableDocumentError` for a short text
    that is no JSON.
    """
    if TOKEN.fullmatch(content.strip()):
        return True
    if len(content) > LIGHT_BYTES:
        return False
    value = read_document(content).value
    is_own = value.get("@context") == certificate_contexts(base)
    return is_own and first_violation("certificate", base, value) is None
