"""From HTML to PDF/A-3u by WeasyPrint; the only module that loads it, and Pango with it (`threats.md` T20)."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from weasyprint import CSS, HTML, Attachment
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from issuer.refusals import UnprintableError

_LOG = logging.getLogger("cse.typesetting")


class Enclosure(NamedTuple):
    """The file that travels inside the PDF."""

    name: str
    media_type: str
    content: bytes
    made_at: datetime


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


def typeset(html: str, styles: Sequence[str], enclosed: Enclosure) -> bytes:
    """Return one page as PDF/A-3u with the file `enclosed` as its source; equal input gives equal bytes.

    Of the `styles`, roomiest first, the first is taken with which everything is on one page. Raises
    `UnprintableError` if there is none, or if a character has no glyph in any font.
    """
    address = f"cse:{enclosed.name}"
    fetcher = MemoryFetcher({address: enclosed})
    page = HTML(string=html, url_fetcher=fetcher)
    sheets = (CSS(string=style, url_fetcher=fetcher) for style in styles)
    fitting = (laid for laid in (page.render(stylesheets=[sheet]) for sheet in sheets) if len(laid.pages) == 1)
    document = next(fitting, None)
    if document is None:
        raise UnprintableError("the texts need more than one page: shorten the longest name")
    attachment = Attachment(address, url_fetcher=fetcher, name=enclosed.name, relationship="Source")
    attachment.created = attachment.modified = enclosed.made_at
    content: bytes = document.write_pdf(pdf_variant="pdf/a-3u", attachments=[attachment], finisher=_finish)
    return content


def _finish(document: Any, pdf: Any) -> None:
    """Refuse a page with a character that no font has: only now is it known which fonts are used."""
    missing = sorted({character for font in document.fonts.values() for character in font.missing})
    if missing:
        listed = ", ".join(f"{chr(character)} (U+{character:04X})" for character in missing[:8])
        raise UnprintableError(
            f"no installed font has the character {listed}: install one that has it and print again "
            "(Debian: apt-get install fonts-noto-cjk fonts-hanazono)"
        )
    del pdf.catalog["AF"][1:]  # The library names the one file twice.
