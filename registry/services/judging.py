"""Judging where there is no register: what a limited child is told of it instead (`threats.md` T03)."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from schemas.addresses import PAGE_ID
from verifier.asked import Asked, Fetched, Lacking
from verifier.documents import read_document
from verifier.judge import judge
from verifier.presentation import contents
from verifier.refusals import VerifierError
from verifier.report import Report
from verifier.sources import UNREACHED, Row, Sources


class JudgeApart(Protocol):
    """What judges a document by sources that are asked for once it begins."""

    def __call__(self, content: bytes, told: Callable[[], Sources], *, now: datetime, asked: Asked) -> Report:
        """Return the report. Raises the refusals of `verifier`, and why it could not be tried."""


def judge_here(content: bytes, told: Callable[[], Sources], *, now: datetime, asked: Asked) -> Report:
    """Judge in this process, for somebody who asks for one answer and waits for it."""
    return judge(content, told(), now=now, asked=asked)


FetchForeign = Callable[[Sequence[Lacking]], Mapping[str, Fetched]]
"""Fetches what documents of others lack, by address; called in no transaction. Raises `BusyError`."""


def told_row(rows: Mapping[str, Row], page_id: str) -> Row:
    """Return the row of a page id; about any that is not among `rows` the register was not asked beforehand."""
    return rows.get(page_id, UNREACHED)


def named_pages(content: bytes) -> list[str]:
    """Return the page ids of the certificates that a document is, or shows; none if it cannot be read."""
    with suppress(VerifierError):
        named = (str(said.get("id", said.get("jti"))) for said in contents(read_document(content).value))
        return [page for page in (name.rpartition("/")[2] for name in named) if PAGE_ID.fullmatch(page)]
    return []
