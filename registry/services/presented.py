"""The one front door: the answer to whatever somebody hands in, by its kind, once it was read.

Page, API and command line give this answer and no other.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from issuer.proofs import document_bytes
from registry.domain.numbers import parse_register_number
from registry.domain.refusals import NotFoundError, NumberCheckDigitsError, NumberFormatError
from registry.services.answers import judged, verdict_of_document, verdict_of_light_document
from registry.services.codes import is_own, page_in, verdict_of_code
from registry.services.ports import Desk
from registry.services.recognition import check_number, check_report
from registry.services.refusals import QuestionError
from schemas import contracts, strict_json
from schemas.addresses import credential_url
from schemas.paper_code import PaperCodeError, decode_code, to_digits
from schemas.refusals import translated
from verifier.agreements import Claim
from verifier.answers import CodeVerdict
from verifier.asked import NOTHING_ASKED, Asked
from verifier.documents import is_presentation
from verifier.formats import Found, Kind, kind_of
from verifier.instants import parse_instant
from verifier.refusals import UnreadableDocumentError, UnreadableFileError
from verifier.state import State
from verifier.verdict import handed_in, unchecked_verdict

_REFUSED_PAPER = frozenset({State.TAMPERED, State.ISSUER_NOT_TRUSTED})


def verdict_of_handed_in(
    desk: Desk, content: bytes, found: Found, *, now: datetime, asked: Asked = NOTHING_ASKED
) -> CodeVerdict:
    """Answer for `content`, in which `found` was read, and to what was `asked` beside it.

    Raises `UnreadableDocumentError` and `UnreadableFileError` for what has no answer, and `StoreError` if the register
    cannot be read.
    """
    answer = _ANSWERS.get(found.kind, _of_picture)(desk, content, found, now, asked)
    if asked.asks_who and answer.about in {None, "register_entry"}:
        raise UnreadableFileError("no-presenter")
    if asked.agreement is not None and "recognition" not in answer.verdict:
        raise UnreadableFileError("no-certificate")
    about = answer.about
    if about is None and answer.page_id is not None:
        about = "paper_code" if answer.is_readable else "register_entry"
    return replace(answer, verdict=handed_in(answer.verdict, content, about))


def verdict_of_light(desk: Desk, content: bytes, *, now: datetime, asked: Asked) -> CodeVerdict | None:
    """Answer for a document as `verdict_of_handed_in` does, or return None if it is not light, or not plain."""
    said = verdict_of_light_document(desk, content, now=now, asked=asked)
    if said is None:
        return None
    return CodeVerdict(handed_in(said, content, "document"), about="document", document=content)


def recognition_of(desk: Desk, content: bytes, *, now: datetime) -> dict[str, Any]:
    """Answer the question of a recognition check that anybody asks in `content` (`domain.md` 5).

    Raises `QuestionError`, `NotFoundError` if there is no such number or page, and what judging and the store raise.
    """
    question = _read_question(content, desk.base)
    claim, shown = _claim_of_anybody(question), question.get("credential")
    document = shown.encode() if isinstance(shown, str) else document_bytes(shown)
    if "number" in question:
        with translated(NumberFormatError, NumberCheckDigitsError, to=NotFoundError("register entry", "")):
            return check_number(desk, parse_register_number(question["number"]), claim, now=now)
    if "page" in question:
        with desk.open_reading() as work:
            certificate = work.certificates.by_page(page_in(desk, question["page"]) or "")
        if certificate is None:
            raise NotFoundError("certificate", "")
        document = certificate.document
    found: dict[str, Any] = check_report(desk, judged(desk, document, now), claim, now=now).recognition or {}
    return found


def _read_question(content: bytes, base: str) -> dict[str, Any]:
    with translated(strict_json.MalformedJsonError, to=lambda error: QuestionError(str(error))):
        question = strict_json.parse_object(content)
    violation = contracts.first_violation("recognition-question", base, question)
    if violation is not None:
        # Nothing of what was sent is said again.
        member = violation[0].removeprefix("/") if violation[0].removeprefix("/") in _MEMBERS else "another member"
        raise QuestionError(f"{member} is not as /schemas/recognition-question/v1.json has it")
    is_complete = "agreement" in question or {"title", "jurisdiction"} <= question.keys()
    if not is_complete or len({"credential", "number", "page"} & question.keys()) != 1:
        raise QuestionError("Name one of credential, number and page, and the agreement, or title and jurisdiction")
    return question


def _claim_of_anybody(question: dict[str, Any]) -> Claim:
    """Return what somebody without rights claims: no member of the question gives any."""
    with translated(ValueError, to=QuestionError("as_of and lodged_on must be days of the calendar")):
        said = {name: read(question[name]) for name, read in _CLAIMED.items() if name in question}
    return Claim(**said, holds_title=question.get("claim_kind") == "holds_title")


def _day_or_instant(text: str) -> date:
    return parse_instant(text) if "T" in text else date.fromisoformat(text)


_CLAIMED: dict[str, Callable[[str], Any]] = {
    "agreement": str.lower, "title": str, "jurisdiction": str, "lodged_on": date.fromisoformat, "as_of": _day_or_instant
}  # fmt: skip
"""What a question says of a claim, and how it is read."""
_MEMBERS = {*_CLAIMED, "claim_kind", "credential", "number", "page"}


def _of_json(desk: Desk, content: bytes, _found: Found, now: datetime, asked: Asked) -> CodeVerdict:
    """Judge a document; a JSON text is taken for what it says, and a JSON number for no digits (V54)."""
    if content.lstrip()[:1] != b'"':
        return CodeVerdict(verdict_of_document(desk, content, now=now, asked=asked), about="document", document=content)
    with translated(strict_json.MalformedJsonError, to=lambda error: UnreadableDocumentError(str(error))):
        said = strict_json.parse(content).encode()
    kind = kind_of(said)
    if kind not in {Kind.TEXT, Kind.TOKEN}:
        raise UnreadableFileError("wrong-label")
    return _ANSWERS[kind](desk, said, Found(kind), now, asked)


def _of_token(desk: Desk, content: bytes, _found: Found, now: datetime, asked: Asked) -> CodeVerdict:
    return CodeVerdict(verdict_of_document(desk, content, now=now, asked=asked), about="document")


def _of_code(desk: Desk, content: bytes, _found: Found, now: datetime, _asked: Asked) -> CodeVerdict:
    """Answer for the bytes of a paper code: without its address, one that was handed out leads to its page."""
    with translated(PaperCodeError, to=UnreadableFileError("malformed-cbor")):
        decode_code(content)
    return verdict_of_code(desk, to_digits(content), now=now)


def _of_text(desk: Desk, content: bytes, _found: Found, now: datetime, _asked: Asked) -> CodeVerdict:
    return verdict_of_code(desk, content.decode("utf-8"), now=now)


def _of_picture(desk: Desk, _content: bytes, found: Found, now: datetime, asked: Asked) -> CodeVerdict:
    """Answer for the one credential inside a picture or PDF, or else for the code that can be seen."""
    if len(found.attached) > 1 or not found.is_whole:
        return _ambiguous(now)
    if not found.attached:
        return verdict_of_codes(desk, found.codes, now=now)
    inside, is_pdf = found.attached[0], found.kind is Kind.PDF
    answer = _ANSWERS[kind_of(inside)](desk, inside, found, now, asked)
    # Our papers show nothing but our code; a badge of others may well show one of theirs.
    shown = [text for text in found.codes if is_pdf or is_own(desk, text)]
    # A certificate counts on the page that shows its code, and on no other.
    must_agree = bool(shown) or (is_pdf and answer.verdict["outcome"] == "valid")
    agrees = not must_agree or _agree(desk, inside, verdict_of_codes(desk, shown, now=now))
    if is_pdf:
        return replace(answer, about="attachment") if agrees else _ambiguous(now)
    return replace(answer, about="badge" if agrees else "image_mismatch")


def verdict_of_codes(desk: Desk, texts: Sequence[str], *, now: datetime) -> CodeVerdict:
    """Answer for the codes in one picture: ours before those of others, and never for two of ours."""
    if not texts:
        return CodeVerdict(unchecked_verdict(State.MALFORMED, "no_code_found", now=now))
    own = [text for text in texts if is_own(desk, text)]
    if len(own) > 1:
        return _ambiguous(now)
    return verdict_of_code(desk, (own or texts)[0], now=now)


def _agree(desk: Desk, inside: bytes, printed: CodeVerdict) -> bool:
    """Tell whether the code that can be seen leads to the certificate inside, and is none to be refused."""
    document = strict_json.parse(inside) if kind_of(inside) is Kind.JSON else None
    named = document.get("id") if isinstance(document, dict) and not is_presentation(document) else None
    leads_there = printed.page_id is not None and named == credential_url(desk.base, printed.page_id)
    return leads_there and printed.verdict["state"] not in _REFUSED_PAPER


def _ambiguous(now: datetime) -> CodeVerdict:
    return CodeVerdict(unchecked_verdict(State.COULD_NOT_CHECK, "ambiguous_input", now=now))


_ANSWERS: dict[Kind, Callable[[Desk, bytes, Found, datetime, Asked], CodeVerdict]] = {
    Kind.JSON: _of_json,
    Kind.TOKEN: _of_token,
    Kind.CODE: _of_code,
    Kind.TEXT: _of_text,
}
"""By what answers each kind; all others are pictures of some sort, with something inside or something to be seen."""
