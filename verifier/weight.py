"""Which documents may be judged where other answers are made, and which only apart (`threats.md` T03)."""

from schemas.contexts import certificate_contexts
from schemas.contracts import is_satisfied
from verifier.documents import read_document
from verifier.rdf import IS_PLAIN_READ
from verifier.study import Results, Study

LIGHT_BYTES = 32 * 1024


def light_document(content: bytes, base: str, results: Results) -> Study | None:
    """Return a document that costs little to judge: short, ours, within our closed schema, and plain.

    That schema bounds the graph; in any other document the graph can cost as much as its author likes, and so can it to
    tell what is wrong, which is left to whoever judges apart. Certificates are plain: what PyLD must read, ten times as
    long and while others wait for its turn, is none, unless the reader of plain documents is off. What `results` know
    is not read again. Raises `UnreadableDocumentError` for a short text that is no JSON.
    """
    if len(content) > LIGHT_BYTES:
        return None
    known = results.find(content, base)
    if known is not None:
        return known
    document = read_document(content)
    is_own = document.value.get("@context") == certificate_contexts(base)
    is_closed = is_own and is_satisfied("certificate", base, document.value)
    study = Study(document.sha256, document.value, base, is_closed=is_closed is True)
    if is_closed is False or study.schema.code == "schema":
        return None
    return study if study.hashes.plain is not None or not IS_PLAIN_READ else None
