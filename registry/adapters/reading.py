"""Read what people hand in for a check: photos and PDF files of anybody, by content alone (`threats.md` T21, U01-U15).

Nothing leaves here but the texts of QR codes and the bytes of attached files: no name, no pixel, no metadata.
"""

import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any
from zlib import crc32

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageFile

from registry.adapters.children import run_limited
from registry.adapters.refusals import ChildFailedError, UnreadableFileError

PIXELS = 25_000_000
PAGES = 200
OBJECTS = 20_000
CODES = 16
"""Codes that are looked at in one picture; a sheet of certificates has fewer."""
_MIB = 1 << 20
_MEMORY = 256 * _MIB
_DOTS_PER_POINT = 300 / 72
_LONGEST_SIDE = 3508
"""A4 at 300 dots per inch; a larger page is drawn coarser."""
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_ENDS = 12
"""Bytes of a chunk beside its data: length, name, checksum."""
_QR = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))
_ACTIVE_NAMES = frozenset({"/AA", "/JS", "/JavaScript", "/RichMediaContent", "/XFA"})
_ACTIVE_KINDS = frozenset({"/ImportData", "/JavaScript", "/Launch", "/SubmitForm"})


class Kind(StrEnum):
    """What a file is."""

    JSON = "json"
    PICTURE = "picture"
    PDF = "pdf"


BYTES = {Kind.JSON: 256 * 1024, Kind.PICTURE: 5 * _MIB, Kind.PDF: 10 * _MIB}
"""Size up to which a file of each kind is read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: the texts of the codes that can be seen, and what is attached to a PDF."""

    kind: Kind
    codes: tuple[str, ...] = ()
    attached: tuple[bytes, ...] = ()


def read_file(content: bytes) -> Found:
    """Return what a file holds, decoded in a limited child; JSON is left to the verifier.

    Raises `UnreadableFileError`, and `BusyError` when too many files are being read.
    """
    kind = kind_of(content)
    if len(content) > BYTES[kind]:
        raise UnreadableFileError("file-too-large")
    try:
        if kind is Kind.PICTURE:
            return run_limited(read_picture, content, seconds=2, memory=_MEMORY)
        if kind is Kind.PDF:
            return run_limited(read_pdf, content, seconds=5, memory=_MEMORY)
    except ChildFailedError as error:
        raise UnreadableFileError("unreadable-file") from error
    return Found(kind)


def kind_of(content: bytes) -> Kind:
    """Tell what a file is by its bytes; one that is an archive too is nothing of ours. Raises `UnreadableFileError`."""
    is_archive = b"PK\x01\x02" in content and b"PK\x05\x06" in content
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return Kind.JSON
    if content.startswith(b"%PDF-") and content.rstrip(b"\0\t\n\f\r ").endswith(b"%%EOF") and not is_archive:
        return Kind.PDF
    is_webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    if (content.startswith((_PNG_START, b"\xff\xd8\xff")) or is_webp) and not is_archive:
        return Kind.PICTURE
    raise UnreadableFileError("unsupported-file")


def read_picture(content: bytes) -> Found:
    """Return the codes in a PNG, JPEG or WebP picture. Raises `UnreadableFileError`."""
    if content.startswith(_PNG_START):
        _check_png(content)
    # Settings of the whole process; WeasyPrint, which is loaded where children come from, sets the second otherwise.
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = PIXELS, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP"))
        if image.format == "WEBP" and getattr(image, "is_animated", False):
            raise UnreadableFileError("unreadable-file")
        return Found(Kind.PICTURE, _codes(image.convert("L")))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableFileError("image-too-large") from error
    except Exception as error:
        # Libraries fail in many ways on hostile bytes; each of them says: this cannot be read.
        raise UnreadableFileError("unreadable-file") from error


def _check_png(content: bytes) -> None:
    """Refuse a PNG that is cut short, damaged, animated, or goes on after its end: Pillow would read most of them."""
    names, place = [], len(_PNG_START)
    while place < len(content):
        size, name = struct.unpack(">I4s", content[place : place + 8].ljust(8, b"\0"))
        end = place + _PNG_ENDS + size
        if crc32(content[place + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]) or end > len(content):
            raise UnreadableFileError("unreadable-file")
        names.append(name)
        place = end
    if b"acTL" in names or names.count(b"IEND") != 1 or names[-1] != b"IEND":
        raise UnreadableFileError("unreadable-file")


def read_pdf(content: bytes) -> Found:
    """Return the codes on the first page of a PDF and what is attached to it. Raises `UnreadableFileError`."""
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False) as pdf:
            if len(pdf.pages) > PAGES or len(pdf.objects) > OBJECTS:
                raise UnreadableFileError("pdf-refused")
            attached = _attached(pdf)
        return Found(Kind.PDF, _codes(_first_page(content)), attached)
    except UnreadableFileError:
        raise
    except Exception as error:
        # Two libraries read this file, and a hostile one may make either fail in any way.
        raise UnreadableFileError("unreadable-file") from error


def _attached(pdf: pikepdf.Pdf) -> tuple[bytes, ...]:
    """Return the attached files, wherever they hang and whatever they are called; refuse all but JSON."""
    files: dict[tuple[int, int], bytes] = {}
    for name, value in _members(pdf):
        if _is_active(name, value):
            raise UnreadableFileError("pdf-refused")
        if name == "/EF":
            files |= {stream.objgen: stream.read_bytes() for _, stream in value.items()}
    if any(file.lstrip()[:1] != b"{" or len(file) > BYTES[Kind.JSON] for file in files.values()):
        raise UnreadableFileError("pdf-refused")
    return tuple(files.values())


def _members(pdf: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    """Give every member of every dictionary of a PDF, reachable or not."""
    waiting: list[Any] = list(pdf.objects)
    while waiting:
        value = waiting.pop()
        if isinstance(value, pikepdf.Array):
            waiting += [inner for inner in value if _is_direct(inner)]
        elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            for name, inner in value.items():
                yield name, inner
                if _is_direct(inner):
                    waiting.append(inner)


def _is_direct(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def _is_active(name: str, value: Any) -> bool:
    """Tell whether a member makes a viewer do something; a place to open the document at does not."""
    opens = name == "/OpenAction" and not isinstance(value, pikepdf.Array)
    return opens or name in _ACTIVE_NAMES or (name == "/S" and str(value) in _ACTIVE_KINDS)


def _first_page(content: bytes) -> Image.Image:
    page = pypdfium2.PdfDocument(content)[0]
    scale = min(_DOTS_PER_POINT, _LONGEST_SIDE / max(page.get_size()))
    drawn: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return drawn


def _codes(image: Image.Image) -> tuple[str, ...]:
    """Return the texts of the QR codes in a picture, each once."""
    found = zxingcpp.read_barcodes(image, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    return tuple(dict.fromkeys(code.text for code in found))[:CODES]
