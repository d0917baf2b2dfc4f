"""The one door of the verifier: a credential in JSON, a token, or a presentation of them, told apart and judged."""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import partial

from verifier.asked import NOTHING_ASKED, Asked, Fetched, Lacking
from verifier.checks import CheckName, Profile, Result, unknown, worst
from verifier.credential import judge_credential
from verifier.documents import Document, check_contexts, check_parse, is_presentation, read_document
from verifier.formats import TOKEN
from verifier.jose import judge_token
from verifier.presentation import check_presentation, presented
from verifier.refusals import TooComplexError, UnreadableDocumentError
from verifier.report import NOT_ASKED, Report, report, unreached
from verifier.sources import Sources


def judge(content: bytes, sources: Sources, *, now: datetime, asked: Asked = NOTHING_ASKED) -> Report:
    """Judge the document in `content` at the moment `now` by what `sources` can tell and what was `asked`.

    Raises `UnreadableDocumentError` if the bytes are neither JSON nor a token, and `TooManyCredentialsError` for a
    presentation that is too large; every other document gets a report.
    """
    lacking: dict[Lacking, None] = {}

    def noting(what: str, url: str) -> Fetched:
        fetched: Fetched = getattr(asked, what)(url)
        lacking.update({(url, what): None} if fetched == Fetched() else {})
        return fetched

    noted = replace(asked, did_document=partial(noting, "did_document"), status_list=partial(noting, "status_list"))
    return replace(_judge(content, sources, now, noted), lacking=tuple(lacking))


def _judge(content: bytes, sources: Sources, now: datetime, asked: Asked) -> Report:
    if TOKEN.fullmatch(content.strip()):
        found = judge_token(content, sources, now=now, asked=asked)
        return found if b"~" in content else _without_holder(found, asked)
    document = read_document(content)
    if is_presentation(document.value):
        return _judge_presentation(document, sources, now, asked)
    return _without_holder(judge_credential(document, sources, now=now, asked=asked), asked)


def _without_holder(found: Report, asked: Asked) -> Report:
    """Leave open who presents a credential that stands alone, for whoever asked for that; the port asks otherwise."""
    if not asked.asks_who or asked.is_conformance:
        return found
    open_one = unknown(CheckName.PROOFS, "holder_not_proved")
    return replace(
        found, findings=tuple(worst([one, open_one]) if one.name is open_one.name else one for one in found.findings)
    )


def _judge_presentation(document: Document, sources: Sources, now: datetime, asked: Asked) -> Report:
    """Judge who presents, and each credential as if it had come alone: challenge and domain are the holder's."""
    trust, parse = sources.trust(now), check_parse(document.value)
    if trust is None:
        return unreached(document, sources, now, [parse], sources.basis().trust_code)
    if parse.result is not Result.PASS:
        return unreached(document, sources, now, [parse])
    shown = presented(document.value)
    alone = replace(asked, challenge=None, domain=None)
    credentials = tuple(_judge_presented(content, sources, now, alone) for content in shown)
    frame = {name: member for name, member in document.value.items() if name != "verifiableCredential"}
    found = [parse, check_contexts(frame, trust, is_own=False, asked=asked)]
    if found[1].result is Result.PASS:
        found += [*check_presentation(document.value, trust.base, now, asked), NOT_ASKED]
        return replace(report(document, sources, now, found, Profile.PRESENTATION), credentials=credentials)
    return replace(unreached(document, sources, now, found), credentials=credentials)


def _judge_presented(content: bytes, sources: Sources, now: datetime, asked: Asked) -> Report:
    """Judge one credential of a presentation; an SD-JWT VC shows its holder by a signature of its own, not in one."""
    try:
        if b"~" in content and not content.startswith(b"{"):
            raise UnreadableDocumentError("an SD-JWT VC is not shown in a presentation")
        return _judge(content, sources, now, asked)
    except (UnreadableDocumentError, TooComplexError) as error:
        code = "document_too_complex" if isinstance(error, TooComplexError) else "unsupported_format"
        unread = Document(hashlib.sha256(content).hexdigest(), {})
        return unreached(unread, sources, now, [unknown(CheckName.PARSE, code)])
