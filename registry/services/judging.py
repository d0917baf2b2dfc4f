"""Judging where there is no register: what a limited child is told of it instead (`threats.md` T03)."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from schemas.addresses import PAGE_ID
from verifier.asked import Asked, Fetched, Lacking
from verifier.certificate import CertificateFacts
from verifier.checks import Profile
from verifier.judge import judge
from verifier.report import Report
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, Sources, StatusAnswer, WithoutRegister
from verifier.trust import TrustList

_NAMED = re.compile(rb"/credentials/(" + PAGE_ID.pattern.encode() + rb")(?![0-9a-z])")
_PAYLOAD = re.compile(rb"[\w-]+")
_MOST_NAMED = 20
"""Credentials in one presentation."""


class JudgeApart(Protocol):
    """What judges a document by sources that are asked for once it begins."""

    def __call__(self, content: bytes, told: Callable[[], Sources], *, now: datetime, asked: Asked) -> Report:
        """Return the report. Raises the refusals of `verifier`, and why it could not be tried."""


def judge_here(content: bytes, told: Callable[[], Sources], *, now: datetime, asked: Asked) -> Report:
    """Judge in this process, for somebody who asks for one answer and waits for it."""
    return judge(content, told(), now=now, asked=asked)


FetchForeign = Callable[[Sequence[Lacking]], Mapping[str, Fetched]]
"""Fetches what documents of others lack, by address; called in no transaction. Raises `BusyError`."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the register answers for one certificate: each bit by its purpose, the row itself, and the document."""

    bits: Mapping[str, StatusAnswer]
    answer: RegisterAnswer
    document: bytes | None = None


@dataclass(frozen=True, slots=True)
class Snapshot(WithoutRegister):
    """Implements `Sources` by what was asked beforehand, as a value that goes to another process."""

    profile: Profile
    trust_list: TrustList | None
    rested_on: Basis
    rows: Mapping[str, Row]
    """By page id. A certificate that is not among them cannot be judged here: the register counts as unreachable."""

    def trust(self, now: datetime) -> TrustList | None:
        """Return the trust list that was in force."""
        return self.trust_list

    def status(self, facts: CertificateFacts, purpose: str, now: datetime) -> StatusAnswer:
        """Return a bit as the register had it."""
        row = self.rows.get(facts.page_id)
        return row.bits[purpose] if row is not None else StatusAnswer(None, "status_unavailable")

    def register(self, facts: CertificateFacts, now: datetime) -> RegisterAnswer:
        """Return the row of a credential."""
        row = self.rows.get(facts.page_id)
        return row.answer if row is not None else RegisterAnswer(RegisterKnows.UNREACHABLE)

    def original(self, page_id: str) -> bytes | None:
        """Return the certificate behind a page id as it was issued."""
        row = self.rows.get(page_id)
        return row.document if row is not None else None

    def basis(self) -> Basis:
        """Return what the answers rest on."""
        return self.rested_on


def named_pages(content: bytes) -> list[str]:
    """Return the first page ids that a text names, itself or in the payload of a token, found without parsing it."""
    # Between dots and whole, so that no text takes more than one look at each byte; the brace at its end may be lost.
    parts = [part for part in content.split(b".")[1:-1] if _PAYLOAD.fullmatch(part)]
    texts = [content, *(base64.urlsafe_b64decode(part[: len(part) // 4 * 4]) for part in parts)]
    found = dict.fromkeys(match[1].decode("ascii") for text in texts for match in _NAMED.finditer(text))
    return list(islice(found, _MOST_NAMED))
