"""The answer to a text: digits, an address, perhaps with a paper code, or a number; typed, or read from a QR."""

import re
import unicodedata
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, unquote

from registry.domain.numbers import LONGEST_TEXT, parse_page_id
from registry.domain.refusals import PageIdError
from registry.services.answers import register_sources, verdict_of_number, verdict_of_page
from registry.services.ports import Desk
from registry.store.refusals import StoreError
from schemas import addresses
from schemas.paper_code import PaperCodeError, from_digits, paper_sha256
from verifier.answers import CodeVerdict
from verifier.paper_code import PresentedCode, judge_paper_code
from verifier.state import State
from verifier.verdict import unchecked_verdict, verdict

_FEWEST_DIGITS = 17
"""A paper code has many groups of 17 digits; a number has fewer."""
_AROUND = " \"'<>‹›«»()[]“”‘’\u200b\ufeff"
_ADDRESS = re.compile(r"[^\s/\\?#@]*[/\\?#@]|[a-z][a-z0-9+.-]*:\S", re.IGNORECASE)


def verdict_of_code(desk: Desk, text: str, *, now: datetime) -> CodeVerdict:
    """Answer for a text as a whole; an address of another host is named and never opened."""
    plain = _plain(text)
    if len(plain) > LONGEST_TEXT:
        return CodeVerdict(unchecked_verdict(State.MALFORMED, "unsupported_format", now=now))
    digits = "".join(unicodedata.normalize("NFKC", plain).split())
    if digits.isdecimal() and len(digits) >= _FEWEST_DIGITS:
        return _verdict_of_digits(desk, digits, now)
    address = addresses.split_address(plain)
    is_ours = addresses.is_own(desk.base, address)
    # A number in the query counts on the look-up page alone: no parameter decides about another page.
    if _ADDRESS.match(plain) is None or (is_ours and address.path == "/lookup"):
        return _verdict_of_typed(desk, plain, now)
    if is_ours:
        return _verdict_of_address(desk, address, now)
    host = address.netloc.rpartition("@")[2]
    foreign = unchecked_verdict(State.FOREIGN_CODE, "foreign_address", now=now)
    return CodeVerdict(foreign, host=host if re.fullmatch(r"[\w.-]*(:[0-9]+)?", host) else "")


def is_own(desk: Desk, text: str) -> bool:
    """Tell whether a text is an address of this register."""
    return addresses.is_own(desk.base, addresses.split_address(_plain(text)))


def page_in(desk: Desk, text: str) -> str | None:
    """Return the page id in an address of this register, or None."""
    return _page_id(unquote(addresses.split_address(_plain(text)).path)) if is_own(desk, text) else None


def _plain(text: str) -> str:
    """Take off what people and their programs put around an address when they pass it on."""
    return text.strip().strip(_AROUND)


def _verdict_of_typed(desk: Desk, text: str, now: datetime) -> CodeVerdict:
    number = verdict_of_number(desk, text, now=now)
    state = State.MALFORMED if number.kind == "not_a_number" else State.UNKNOWN
    answer = number.verdict or unchecked_verdict(state, "nothing_found", now=now)
    return CodeVerdict(answer, about="register_entry", number=number)


def _verdict_of_address(desk: Desk, address: SplitResult, now: datetime) -> CodeVerdict:
    """Answer for a page of ours, and for the code after `#`, which some programs escape."""
    path, _, escaped = unquote(address.path.replace("\\", "/")).partition("#")
    digits, page_id = address.fragment or escaped, _page_id(path)
    by_page = verdict_of_page(desk, page_id, now=now) if page_id is not None else None
    if page_id is None or by_page is None:
        return CodeVerdict(unchecked_verdict(State.UNKNOWN, "nothing_found", now=now))
    if not digits:
        return CodeVerdict(by_page, page_id)
    try:
        with_code = _verdict_of_paper(desk, PresentedCode(from_digits(digits), page_id), now)
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
    return verdict_of_code(desk, f"{addresses.page_url(desk.base, page_id)}#{digits}", now=now)


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
            own = register_sources(desk, work, now)
            return verdict(judge_paper_code(presented, certificate.document, own, now=now))
    except StoreError:
        return unchecked_verdict(State.COULD_NOT_CHECK, "register_unreachable", now=now)
