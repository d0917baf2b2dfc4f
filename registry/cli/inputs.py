"""What a command is given to read: a file, the standard input, and what is inside it."""

import os
import re
import sys
import unicodedata
from pathlib import Path

from registry.adapters.refusals import AdapterError
from registry.cli.exits import UsageError
from schemas.refusals import translated
from verifier import badge, documents, refusals
from verifier.answers import About
from verifier.formats import BYTES, DOCUMENT_BYTES, Found, Kind, kind_of

_ABOUT: dict[Kind, About] = {Kind.JSON: "document", Kind.TOKEN: "document", Kind.PDF: "attachment"}
_TYPED = re.compile(r"CSE|https?:|[\d\s]+\Z|[^/]*[.:][^/]*/v/", re.IGNORECASE)
"""How what people type begins, where it names no file."""
_LONGEST_TYPED = 2_048
_NEEDS_MORE = "to read a PDF or a photo, install the extra registry from the source: pip install '.[registry]'"


def read_file(target: str, largest: int = DOCUMENT_BYTES) -> bytes:
    """Return the bytes of a file (`-`: the standard input), at most one more than `largest`. Raises `UsageError`."""
    if target == "-":
        return sys.stdin.buffer.read(largest + 1)
    unreadable = translated(OSError, to=lambda error: UsageError(f"{target} cannot be read: {error.strerror}"))
    with unreadable, Path(target).open("rb") as file:
        return file.read(largest + 1)


def read_input(target: str) -> bytes:
    """Return the bytes of a readable document; a refusal names the file. Raises `UsageError`."""
    content = read_file(target)
    with translated(refusals.UnreadableDocumentError, to=lambda error: UsageError(f"{target}: {error}")):
        documents.read_document(content)
    return content


def is_typed(target: str) -> bool:
    """Tell whether a target is a number, digits or an address, and not the name of a file that is there."""
    begins = _TYPED.match(unicodedata.normalize("NFKC", target[:_LONGEST_TYPED]))
    return begins is not None and not os.path.exists(target)


def read_handed_in(target: str) -> tuple[bytes, Found]:
    """Return the bytes of a file of any kind and what they hold; a refusal names the file. Raises `UsageError`."""
    content = target.encode() if is_typed(target) else read_file(target, max(BYTES.values()))
    return content, found_in(target, content)


def found_in(target: str, content: bytes) -> Found:
    """Return what the bytes at `target`, of any kind, hold. Raises `UsageError`."""
    with translated(AdapterError, refusals.UnreadableFileError, to=lambda error: UsageError(f"{target}: {error}")):
        return _found(content, kind_of(content))


def _found(content: bytes, kind: Kind) -> Found:
    """Read what is inside; where the verifier is installed alone, badges still are."""
    if BYTES[kind] == DOCUMENT_BYTES:
        return Found(kind)
    try:
        from registry.adapters.reading import read_file as read
    except ImportError as error:
        baked = badge.baked_credential(content, kind)
        if baked is None:
            raise UsageError(_NEEDS_MORE) from error
        return Found(kind, attached=(baked,))
    return read(content)


def document_in(target: str, content: bytes, found: Found) -> tuple[bytes, About] | str:
    """Return the one document of a file and what it is to the file, or the finding code of why there is none.

    Codes and numbers are answered by the register alone. Raises `UsageError` if the document or text is none.
    """
    inside = found.attached[0] if len(found.attached) == 1 else content
    kind = kind_of(inside)
    if kind in {Kind.JSON, Kind.TOKEN}:
        return inside, _ABOUT.get(found.kind, "badge")
    if kind is Kind.TEXT and not any(letter in b"0123456789:" for letter in inside):
        raise UsageError(f"{target}: {refusals.UnreadableFileError('unsupported-file')}")
    if found.attached:
        return "ambiguous_input"
    return "register_unreachable" if found.codes or kind in {Kind.TEXT, Kind.CODE} else "no_code_found"
