"""What somebody hands in for a check: its kind, told by the bytes alone, and the labels that it may carry.

Nothing is decoded here. A name is not even looked at, and a label can only be confirmed (`threats.md` T21, U11, V35).
Sizes, first bytes and media types stand in `schemas/data/formats.json`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import category

from schemas.tables import read_table
from verifier.refusals import UnreadableFileError


class Kind(StrEnum):
    """What a file or text is; a token is compact JOSE, a code the bytes of a paper code, a text what was typed."""

    JSON = "json"
    TOKEN = "token"  # noqa: S105 (a name of a format)
    CODE = "code"
    TEXT = "text"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    SVG = "svg"
    PDF = "pdf"


_TABLE = read_table("formats.json")
MEDIA_TYPES = {name: Kind(kind) for kind, entry in _TABLE.items() for name in entry["media_types"]}
BYTES = {Kind(kind): int(entry["bytes"]) for kind, entry in _TABLE.items()}  # Size up to which each kind is read.
DOCUMENT_BYTES = BYTES[Kind.JSON]
_STARTS = {start.encode("latin-1"): Kind(kind) for kind, entry in _TABLE.items() for start in entry["starts"]}
# What may also stand under a label, because the reader of that kind says best what is wrong with it.
_READ_AS = {Kind.JSON: (None, Kind.TEXT), Kind.CODE: (None,)}
TOKEN = re.compile(rb"e(y[AJ]|w[0ko])[\w-]+\.[\w-]+\.[\w~.=+/-]*")
_ARCHIVE = (b"PK\x01\x02", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: the texts of the codes that can be seen, and the credentials attached or baked in.

    Where there is more to be seen than was looked at it is not whole.
    """

    kind: Kind
    codes: tuple[str, ...] = ()
    attached: tuple[bytes, ...] = ()
    is_whole: bool = True


def kind_of(content: bytes, media_type: str | None = None) -> Kind:
    """Tell what `content` is; a label, if there is one, must say the same. Raises `UnreadableFileError`."""
    seen = _seen(content)
    kind = seen if media_type is None else MEDIA_TYPES[media_type]
    if kind is None or (seen is not kind and seen not in _READ_AS.get(kind, ())):
        raise UnreadableFileError("unsupported-file" if seen is None else "wrong-label")
    if len(content) > BYTES[kind]:
        raise UnreadableFileError("file-too-large")
    return kind


def _seen(content: bytes) -> Kind | None:
    """Tell what the bytes are; a file that is an archive too is nothing of ours."""
    plain = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    kind = next((kind for start, kind in _STARTS.items() if plain.startswith(start)), None) or _kind_of_text(plain)
    is_file = kind is not None and BYTES[kind] > DOCUMENT_BYTES
    is_cut = kind is Kind.PDF and not content.rstrip(b"\0\t\n\f\r ").endswith(b"%%EOF")
    is_other = kind is Kind.WEBP and content[8:12] != b"WEBP"
    is_archive = is_file and all(mark in content for mark in _ARCHIVE)
    return None if is_cut or is_other or is_archive or (is_file and content[0] != plain[0]) else kind


def _kind_of_text(plain: bytes) -> Kind | None:
    try:
        text = plain.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    # What is too large is refused for that: nobody looks at each of its letters.
    letters = "".join(text.split()) if len(plain) <= DOCUMENT_BYTES else ""
    if text[:1] in {"", "<"} or any(category(letter) == "Cc" for letter in letters):
        return None
    if TOKEN.fullmatch(plain.rstrip()):
        return Kind.TOKEN
    return Kind.JSON if text[0] in "{[" or (len(text) > 1 and text[0] == text[-1] == '"') else Kind.TEXT
