"""From HTML to PDF/A-3u by WeasyPrint; the only module that loads it, and Pango with it (`threats.md` T20)."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Any, NamedTuple

import pydyf
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from issuer.refusals import MORE_FONTS, TOO_LONG, UnprintableError

_LOG = logging.getLogger("cse.typesetting")


class Enclosure(NamedTuple):
    """A file in memory; `made_at` is asked for where it travels inside the PDF."""

    name: str
    media_type: str
    content: bytes
    made_at: datetime | None = None


class MemoryFetcher(URLFetcher):  # type: ignore[misc]  # untyped in the library
    """Serves what it was given, by name, and refuses every other address: no file, no socket."""

    def __init__(self, assets: dict[str, Enclosure]) -> None:
        """Serve `assets`."""
        super().__init__(allowed_protocols=())
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return an asset. Raises `FatalURLFetchingError`, which ends the printing."""
        if url not in self._assets:
            _LOG.warning("asset.refused")
            raise FatalURLFetchingError("a printed page loads nothing from outside")
        asset = self._assets[url]
        return URLFetcherResponse(url, asset.content, {"Content-Type": asset.media_type})


_DATA = files("issuer") / "data"
_FONTS = FontConfiguration()
"""Of the system and of us, found once: that takes longer than a page."""


@cache
def _sheet(style: str) -> CSS:
    """Read a style sheet, each once in the life of this process."""
    faces = (face for face in (_DATA / "fonts").iterdir() if face.name in style)
    assets = {f"cse:{face.name}": Enclosure(face.name, "font/otf", face.read_bytes()) for face in faces}
    return CSS(string=style, url_fetcher=MemoryFetcher(assets), font_config=_FONTS)


def typeset(html: str, styles: Sequence[str], enclosed: Enclosure, code: bytes = b"") -> bytes:
    """Return one page as PDF/A-3u with the file `enclosed` as its source; equal input gives equal bytes.

    A `code`, as `qr_pdf` draws it, is laid over the element `code`. Of the `styles`, roomiest first, the first is taken
    with which everything is on one page. Raises `UnprintableError` if there is none, or if a character has no glyph.
    """
    address = f"cse:{enclosed.name}"
    fetcher = MemoryFetcher({address: enclosed})
    page = HTML(string=html, url_fetcher=fetcher)
    laid = (page.render(stylesheets=[_sheet(style)], font_config=_FONTS) for style in styles)
    document = next((one for one in laid if len(one.pages) == 1), None)
    if document is None:
        raise UnprintableError(TOO_LONG)
    attachment = Attachment(address, url_fetcher=fetcher, name=enclosed.name, relationship="Source")
    attachment.created = attachment.modified = enclosed.made_at
    options = {"pdf_variant": "pdf/a-3u", "attachments": [attachment], "finisher": partial(_finish, code)}
    content: bytes = document.write_pdf(**options)
    return content


def _finish(code: bytes, document: Any, pdf: Any) -> None:
    """Draw the code, and refuse a page with a character that no font has: only now is known which fonts are used."""
    missing = sorted({character for font in document.fonts.values() for character in font.missing})
    if missing:
        listed = ", ".join(f"{chr(character)} (U+{character:04X})" for character in missing[:8])
        raise UnprintableError(f"no installed font has the character {listed}: {MORE_FONTS}")
    del pdf.catalog["AF"][1:]  # The library names the one file twice.
    if code:
        left, top, right, _ = (0.75 * edge for edge in document.pages[0].anchors["code"])
        place = b"q %f 0 0 %f %f %f cm " % (right - left, right - left, left, top)
        # As a picture of the page it would take a quarter of the time. In points: a pixel of CSS has three quarters.
        pdf.add_object(drawn := pydyf.Stream([place + code + b" Q"], compress=True))
        page = next(one for one in pdf.objects if isinstance(one, dict) and one.get("Type") == "/Page")
        page["Contents"] = pydyf.Array([page["Contents"], drawn.reference])


def _get_ready() -> None:
    """Find our fonts, and set the page once as it is: the first takes three times as long, and a fork inherits that."""
    _sheet((_DATA / "fonts.css").read_text(encoding="utf-8"))
    page, style = ((_DATA / f"certificate.{kind}").read_text(encoding="utf-8") for kind in ("html", "css"))
    typeset(page, [style], Enclosure("none", "text/plain", b"", datetime.fromtimestamp(0, UTC)))


_get_ready()
