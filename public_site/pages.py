"""Turn a template and its facts into an HTML answer in one language."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from public_site import catalogue, language
from public_site.reads import Reads
from public_site.sentences import visible

_HERE = Path(__file__).parent
_YEAR_SECONDS = 31_536_000
_NOT_INDEXED = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the look, served under a name that holds its digest."""

    plain: str
    """File name."""
    name: str
    """File name with digest."""
    content: bytes
    """The bytes."""
    media_type: str
    """Value of `Content-Type`."""


_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_ASSETS = ("site.css", "mark.svg", "cbor.js", "paper.js", "site.js", "check.js")
"""A script stands after those that it imports."""


@cache
def assets() -> dict[str, Asset]:
    """Return the assets by their plain names; scripts import each other by the names that hold the digests."""
    found: dict[str, Asset] = {}
    for plain in _ASSETS:
        content = (_HERE / "assets" / plain).read_bytes()
        for imported in found.values():
            content = content.replace(f'"./{imported.plain}"'.encode(), f'"./{imported.name}"'.encode())
        stem, _, suffix = plain.partition(".")
        digest = hashlib.sha256(content).hexdigest()[:16]
        found[plain] = Asset(plain, f"{stem}.{digest}.{suffix}", content, _TYPES[suffix])
    return found


def grouped(text: str, size: int = 4) -> str:
    """Return `text` in groups of `size` characters, for reading aloud."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


@cache
def _templates() -> Environment:
    """Return the templates: escaped, and loud about a name that is missing."""
    loader = FileSystemLoader(_HERE / "templates")
    found = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found.filters |= {"grouped": grouped, "visible": visible}
    return found


_FRAME = {
    **dict.fromkeys(("canonical", "error", "paper", "note", "inside", "explain", "links", "print_links", "field")),
    **{"number": "", "typed": "", "again": "/"},
}
"""What a page says unless it is told otherwise."""


class Pages:
    """Renders every page with the same frame."""

    def __init__(self, reads: Reads) -> None:
        """Keep `reads` for the address and the demo mark."""
        self._reads = reads

    def page(self, request: Request, template: str, *, status: int = 200, **facts: Any) -> HTMLResponse:
        """Return `template` filled with `facts`, in the language of `request`."""
        frame = _FRAME | {"noindex": status != 200}
        texts = self._frame(request) | frame | facts
        body = _templates().get_template(template).render(texts)
        headers = {"Content-Language": texts["html_lang"], "Vary": "Accept-Language, Cookie"}
        headers |= _NOT_INDEXED if texts["noindex"] else {"Cache-Control": "private, no-cache"}
        answer = HTMLResponse(body, status, headers)
        self._remember(request, answer)
        return answer

    def _frame(self, request: Request) -> dict[str, Any]:
        lang = language.choose(request)
        other = language.OTHER[lang]
        return {
            "lang": lang,
            "html_lang": language.HTML_LANG[lang],
            "t": catalogue.site(lang),
            "other_t": catalogue.site(other),
            "other_lang": language.HTML_LANG[other],
            "other_link": language.switch_link(request, lang),
            "base_url": self._reads.base_url,
            "host": urlsplit(self._reads.base_url).netloc,
            "is_demo": self._reads.is_demo,
            "examples": self._reads.examples,
            "asset": {plain: asset.name for plain, asset in assets().items()},
        }

    def _remember(self, request: Request, answer: HTMLResponse) -> None:
        """Keep a language that was asked for in the address."""
        wanted = language.asked(request.query_params.get("lang"))
        if wanted:
            by_https = self._reads.base_url.startswith("https://")
            answer.set_cookie(language.COOKIE, wanted, _YEAR_SECONDS, secure=by_https, httponly=True, samesite="lax")
