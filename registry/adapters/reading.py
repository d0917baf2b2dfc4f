"""Read what people hand in for a check: photos and PDF files of anybody, by content alone (`threats.md` T21, U01-U15).

Nothing leaves here but the texts of QR codes and the bytes of attached files: no name, no pixel, no metadata.
"""

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageFile

from registry.adapters.children import run_limited
from registry.adapters.refusals import ChildFailedError
from schemas.refusals import translated
from verifier.badge import baked_credential
from verifier.formats import DOCUMENT_BYTES, Found, Kind, kind_of
from verifier.refusals import UnreadableFileError

PIXELS = 25_000_000
PAGES = 200
OBJECTS = 20_000
CODES = 16
"""Codes that are looked at in one picture; a sheet of certificates has fewer."""
_MEMORY = 256 << 20
_DOTS_PER_POINT = 300 / 72
_LONGEST_SIDE = 3508
"""A4 at 300 dots per inch; a larger page is drawn coarser."""
_QR = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))
_ACTIVE_NAMES = frozenset({"/AA", "/JS", "/JavaScript", "/RichMediaContent", "/XFA"})
_ACTIVE_KINDS = frozenset({"/ImportData", "/JavaScript", "/Launch", "/SubmitForm"})


def read_file(content: bytes, media_type: str | None = None) -> Found:
    """Return what a file holds, decoded in a limited child; documents and texts are left to the verifier.

    Raises `UnreadableFileError`, and `BusyError` when too many files are being read.
    """
    kind = kind_of(content, media_type)
    if kind not in _READERS:
        return Found(kind)
    read, seconds = _READERS[kind]
    with translated(ChildFailedError, to=UnreadableFileError("unreadable-file")):
        return run_limited(read, content, kind, seconds=seconds, memory=_MEMORY)


def read_picture(content: bytes, kind: Kind) -> Found:
    """Return the codes in a PNG, JPEG or WebP picture, and the credential baked in. Raises `UnreadableFileError`."""
    baked = baked_credential(content, kind)
    # Settings of the whole process; WeasyPrint, which is loaded where children come from, sets the second otherwise.
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = PIXELS, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=(kind.upper(),))
        if image.format == "WEBP" and getattr(image, "is_animated", False):
            raise UnreadableFileError("unreadable-file")
        return _found(kind, _as_seen(image), () if baked is None else (baked,))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableFileError("image-too-large") from error
    except Exception as error:
        # Libraries fail in many ways on hostile bytes; each of them says: this cannot be read.
        raise UnreadableFileError("unreadable-file") from error


def read_svg(content: bytes, kind: Kind) -> Found:
    """Return the credential baked into an SVG, which is never drawn. Raises `UnreadableFileError`."""
    return Found(kind, attached=tuple(filter(None, [baked_credential(content, kind)])))


def read_pdf(content: bytes, kind: Kind) -> Found:
    """Return the codes on the first page of a PDF and what is attached to it. Raises `UnreadableFileError`."""
    try:
        with pikepdf.open(BytesIO(content), attempt_recovery=False) as pdf:
            if len(pdf.pages) > PAGES or len(pdf.objects) > OBJECTS:
                raise UnreadableFileError("pdf-refused")
            attached, is_one_page = _attached(pdf), len(pdf.pages) == 1
        return _found(kind, _first_page(content), attached, is_whole=is_one_page or not attached)
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
    if any(file.lstrip()[:1] != b"{" or len(file) > DOCUMENT_BYTES for file in files.values()):
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


def _as_seen(image: Image.Image) -> Image.Image:
    """Return a picture in grey as it is shown on white: what cannot be seen through is all that counts."""
    if not image.has_transparency_data:
        return image.convert("L")
    clear = image if "A" in image.getbands() else image.convert("RGBA")
    return Image.composite(clear.convert("L"), Image.new("L", image.size, 255), clear.getchannel("A"))


def _found(kind: Kind, image: Image.Image, attached: tuple[bytes, ...], *, is_whole: bool = True) -> Found:
    """Return what is attached, and the texts of the QR codes in a picture, each once."""
    seen = zxingcpp.read_barcodes(image, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    codes = tuple(dict.fromkeys(code.text for code in seen))
    return Found(kind, codes[:CODES], attached, is_whole=is_whole and len(codes) <= CODES)


# What must be decoded: by what, in how many seconds of processor time.
_READERS = dict.fromkeys((Kind.PNG, Kind.JPEG, Kind.WEBP), (read_picture, 2))
_READERS |= {Kind.SVG: (read_svg, 2), Kind.PDF: (read_pdf, 5)}
