"""Open Badges 3.0: the credential baked into a PNG or an SVG, taken out without drawing anything (OB 3.0, 5.3).

Exactly one credential, in one piece, where every reader finds it: a badge in which two readers could find two
credentials is refused, not guessed at (`threats.md` U02 to U06).
"""

import struct
from typing import Any
from xml.parsers.expat import ExpatError  # The exception alone: what parses is defusedxml.
from zlib import crc32

from defusedxml.common import DefusedXmlException
from defusedxml.minidom import parseString

from schemas.refusals import translated
from verifier.formats import DOCUMENT_BYTES, TOKEN, Kind
from verifier.refusals import UnreadableFileError

KEYWORD = b"openbadgecredential"
PNG_START = b"\x89PNG\r\n\x1a\n"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_SVG = "http://www.w3.org/2000/svg"
_XINCLUDE = "http://www.w3.org/2001/XInclude"
_ENDS = 12  # Bytes of a chunk beside its data: length, name, checksum.
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_UNCOMPRESSED = b"\0\0"
_ACTIVE = frozenset({"script", "foreignobject", "handler", "iframe", "embed", "object"})
_PLACES = ("#", "http://", "https://", "data:image/")


def baked_credential(content: bytes, kind: Kind) -> bytes | None:
    """Return the credential in a badge as it was baked: JSON, or a compact token; None in a picture without one.

    Raises `UnreadableFileError`, also for an SVG without one, because an SVG can be nothing else here.
    """
    baked = _in_svg(content) if kind is Kind.SVG else _in_png(png_chunks(content)) if kind is Kind.PNG else None
    if baked is None or baked.lstrip()[:1] == b"{" or TOKEN.fullmatch(baked):
        return baked
    raise UnreadableFileError("unreadable-file")


def png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """Return name and data of every chunk of a PNG.

    Raises `UnreadableFileError` if it is cut short, damaged, animated, goes on after its end or holds a long text:
    libraries read most of them.
    """
    chunks, place = [], len(PNG_START)
    while place < len(content):
        size, name = struct.unpack(">I4s", content[place : place + 8].ljust(8, b"\0"))
        end = place + _ENDS + size
        if crc32(content[place + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]) or end > len(content):
            raise UnreadableFileError("unreadable-file")
        if name == b"acTL" or (name in _TEXTS and size > DOCUMENT_BYTES):
            raise UnreadableFileError("unreadable-file")
        chunks.append((name, content[place + 8 : end - 4]))
        place = end
    names = [name for name, _ in chunks]
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or names.count(b"IEND") != 1 or names.count(b"IHDR") != 1:
        raise UnreadableFileError("unreadable-file")
    return chunks


def _in_png(chunks: list[tuple[bytes, bytes]]) -> bytes | None:
    texts = [(name, *data.partition(b"\0")[::2]) for name, data in chunks if name in _TEXTS]
    held = [(name, rest) for name, keyword, rest in texts if keyword.strip().lower() == KEYWORD]
    if not held:
        return None
    if len(held) > 1:
        raise UnreadableFileError("ambiguous-badge")
    name, rest = held[0]
    # Two flags, language, translated keyword, text. "Compression MUST NOT be used" (OB 3.0, 5.3.1.1).
    parts = rest[2:].split(b"\0", 2)
    if name != b"iTXt" or rest[:2] != _UNCOMPRESSED or len(parts) != 3:
        raise UnreadableFileError("unreadable-file")
    return parts[2]


def _in_svg(content: bytes) -> bytes:
    refused = UnreadableFileError("svg-refused")
    with translated(DefusedXmlException, ExpatError, LookupError, RecursionError, ValueError, to=refused):
        root = parseString(content, forbid_dtd=True).documentElement
        elements = [root, *root.getElementsByTagName("*")]
    # Some readers look for the prefix and not for its namespace, so every element of this name counts.
    held = [element for element in elements if element.localName == "credential"]
    if not held or (root.namespaceURI, root.localName) != (_SVG, "svg") or any(map(_is_active, elements)):
        raise refused
    (element, *others), parts = held, [held[0].getAttribute("verify")]
    # A comment, an element or a second CDATA section would part the text: readers join the parts or take the first.
    parts += [getattr(node, "data", "?") for node in element.childNodes]
    said = [part for part in parts if part.strip()]
    if others or element.namespaceURI != NAMESPACE or element.parentNode is not root or len(said) != 1:
        raise UnreadableFileError("ambiguous-badge")
    text: str = said[0].strip()
    return text.encode()


def _is_active(element: Any) -> bool:
    """Tell whether an element runs something, or points to no part of it, picture or page; styles are not read."""
    pairs = element.attributes.items()
    attributes = [(name.rpartition(":")[2].lower(), value.strip().lower()) for name, value in pairs]
    loads = any(name in {"href", "src"} and not value.startswith(_PLACES) for name, value in attributes)
    runs = any(name.startswith("on") for name, _ in attributes)
    return loads or runs or element.localName.lower() in _ACTIVE or element.namespaceURI == _XINCLUDE
