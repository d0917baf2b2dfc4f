"""The answer to a QR code as it was read from a paper or a screen: an address, perhaps with a paper code."""

import re
import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from registry.domain.numbers import parse_page_id
from registry.domain.refusals import PageIdError
from registry.services.answers import register_sources, verdict_of_page
from registry.services.ports import Desk
from registry.store.refusals import StoreError
from schemas.addresses import page_url
from schemas.paper_code import PaperCodeError, from_digits, paper_sha256
from verifier.answers import CodeVerdict
from verifier.paper_code import PresentedCode, judge_paper_code
from verifier.state import State
from verifier.verdict import unchecked_verdict, verdict

_ADDRESS = re.compile(r"""https?://[^\s"'<>‹›«»()\[\]“”‘’]+""", re.IGNORECASE)


def verdict_of_code(desk: Desk, text: str, *, now: datetime) -> CodeVerdict:
    """Answer for the text of a QR, or its digits alone; an address of another host is named and never opened."""
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(plain.split())
    if digits.isdecimal():
        return _verdict_of_digits(desk, digits, now)
    try:
        parts = _address(plain)
    except ValueError:
        return CodeVerdict(unchecked_verdict(State.MALFORMED, "unsupported_format", now=now))
    if not _is_ours(desk, parts):
        foreign = unchecked_verdict(State.FOREIGN_CODE, "foreign_address", now=now)
        return CodeVerdict(foreign, host=parts.netloc.rpartition("@")[2])
    page_id = _page_id(parts.path)
    by_page = verdict_of_page(desk, page_id, now=now) if page_id is not None else None
    if page_id is None or by_page is None:
        return CodeVerdict(unchecked_verdict(State.UNKNOWN, "nothing_found", now=now))
    if not parts.fragment:
        return CodeVerdict(by_page, page_id)
    try:
        with_code = _verdict_of_paper(desk, PresentedCode(from_digits(parts.fragment), page_id), now)
    except PaperCodeError:
        return CodeVerdict(by_page, page_id, is_readable=False)
    return CodeVerdict(with_code, page_id, is_readable=True)


def _verdict_of_digits(desk: Desk, digits: str, now: datetime) -> CodeVerdict:
    """Answer for a code without its address: only one that was handed out leads to a page."""
    try:
        with desk.open_reading() as work:
            page_id = work.certificates.page_of_code(paper_sha256(from_digits(digits)))
    except PaperCodeError:
        return CodeVerdict(unchecked_verdict(State.MALFORMED, "unsupported_format", now=now))
    except StoreError:
        return CodeVerdict(unchecked_verdict(State.COULD_NOT_CHECK, "register_unreachable", now=now))
    if page_id is None:
        return CodeVerdict(unchecked_verdict(State.UNKNOWN, "nothing_found", now=now))
    return verdict_of_code(desk, f"{page_url(desk.base, page_id)}#{digits}", now=now)


def is_own(desk: Desk, text: str) -> bool:
    """Tell whether a text is, or holds, an address of this register."""
    try:
        return _is_ours(desk, _address(unicodedata.normalize("NFKC", text)))
    except ValueError:
        return False


def _address(text: str) -> SplitResult:
    """Take an address out of a text as people and their programs pass it on: quoted, escaped, in a sentence."""
    found = _ADDRESS.search(text)
    return urlsplit(unquote(found[0]) if found else text.strip())


def _is_ours(desk: Desk, parts: SplitResult) -> bool:
    """Compare the whole host; the scheme does not tell one register from another."""
    host = parts.netloc.lower().replace(".:", ":").removesuffix(".")
    return parts.scheme in {"http", "https"} and host == urlsplit(desk.base).netloc


def _page_id(path: str) -> str | None:
    """Return the page that an address of ours leads to: result page, its JSON, or the certificate itself."""
    head, _, last = path.removesuffix("/").rpartition("/")
    try:
        return parse_page_id(last.removesuffix(".json")) if head.lower() in {"/v", "/credentials"} else None
    except PageIdError:
        return None


def _verdict_of_paper(desk: Desk, presented: PresentedCode, now: datetime) -> dict[str, Any]:
    try:
        with desk.open_reading() as work:
            certificate = work.certificates.by_page(presented.page_id)
            if certificate is None:
                return unchecked_verdict(State.UNKNOWN, "nothing_found", now=now)
            return verdict(
                judge_paper_code(presented, certificate.document, register_sources(desk, work, now), now=now)
            )
    except StoreError:
        return unchecked_verdict(State.COULD_NOT_CHECK, "register_unreachable", now=now)
