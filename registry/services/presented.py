"""The answer to a picture or a PDF that somebody hands in, once its codes and attached files were read."""

from collections.abc import Sequence
from datetime import datetime

from registry.services.answers import verdict_of_document
from registry.services.codes import CodeVerdict, is_own, verdict_of_code
from registry.services.ports import Desk
from schemas import strict_json
from schemas.addresses import credential_url
from verifier.state import State
from verifier.verdict import unchecked_verdict

_REFUSED_PAPER = frozenset({State.TAMPERED, State.ISSUER_NOT_TRUSTED})


def verdict_of_codes(desk: Desk, texts: Sequence[str], *, now: datetime) -> CodeVerdict:
    """Answer for the codes in one picture: ours before those of others, and never for two of ours."""
    if not texts:
        return CodeVerdict(unchecked_verdict(State.MALFORMED, "no_code_found", now=now))
    own = [text for text in texts if is_own(desk, text)]
    if len(own) > 1:
        return _ambiguous(now)
    return verdict_of_code(desk, (own or texts)[0], now=now)


def verdict_of_pdf(desk: Desk, attached: Sequence[bytes], texts: Sequence[str], *, now: datetime) -> CodeVerdict:
    """Answer for the one certificate attached to a PDF, or else for the code on its first page.

    Raises `UnreadableDocumentError` if what is attached is no JSON, and `StoreError` if the register cannot be read.
    """
    if not attached:
        return verdict_of_codes(desk, texts, now=now)
    if len(attached) > 1:
        return _ambiguous(now)
    verdict = verdict_of_document(desk, attached[0], now=now)
    if texts and not _agree(desk, attached[0], verdict_of_codes(desk, texts, now=now)):
        return _ambiguous(now)
    return CodeVerdict(verdict, is_attached=True)


def _agree(desk: Desk, attached: bytes, printed: CodeVerdict) -> bool:
    """Tell whether the code on the page leads to the attached certificate, and is none to be refused."""
    document = strict_json.parse(attached)
    named = document.get("id") if isinstance(document, dict) else None
    leads_there = printed.page_id is not None and named == credential_url(desk.base, printed.page_id)
    return leads_there and printed.verdict["state"] not in _REFUSED_PAPER


def _ambiguous(now: datetime) -> CodeVerdict:
    return CodeVerdict(unchecked_verdict(State.COULD_NOT_CHECK, "ambiguous_input", now=now))
