"""Certificates: intents, signed documents, their ends, and the bits of the twin lists."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, case, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from registry.domain.registration import Ended, EndedReason
from registry.store.refusals import DuplicateError, IntentLostError
from registry.store.repository import Repository, columns, read
from registry.store.tables import CERTIFICATE, ENTRY, HOLD, PAPER_CODE, PRINTED_FORM, REGISTRATION
from schemas.paper_code import paper_sha256

INTENT, ISSUED, VOID = "intent", "issued", "void"
_ISSUED = select(CERTIFICATE).filter_by(state=ISSUED)
_IN_ORDER = _ISSUED.order_by(CERTIFICATE.c.issue_number)
_PAPER_CODES = select(PAPER_CODE.c.content).order_by(PAPER_CODE.c.journal_seq)


@dataclass(frozen=True, slots=True)
class _Certificate:
    """What a certificate is of, and its place in the lists: settled before it is signed."""

    page_id: str
    register_no: str
    registration_seq: int
    term_seq: int
    issue_number: int
    basis: str
    content_sha256: str
    list_number: int
    status_index: int
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Intent(_Certificate):
    """What is about to be signed: exact unsigned bytes, keys."""

    unsigned: bytes
    cse_key: str
    society_key: str
    intended_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCertificate(_Certificate):
    """An issued certificate as the register keeps it; `document` are the exact bytes handed out."""

    document: bytes
    document_sha256: str
    issued_at: datetime
    ended: Ended | None
    suspension_kept: bool
    replaced_by: str | None


_ENDED = CERTIFICATE.c.ended_at.is_not(None)
_HOLDS = select(HOLD.c.id).where(
    HOLD.c.lifted_at.is_(None),
    or_(HOLD.c.register_no == CERTIFICATE.c.register_no, HOLD.c.member_id == ENTRY.c.member_id),
)
_SUSPENDED = case((_ENDED, CERTIFICATE.c.suspension_kept), else_=_HOLDS.exists())
"""A second reading in SQL of `domain.status.suspension_bit`, held equal by a test."""


class PlaceStore(Repository):
    """Rows that have a place in status lists. An index is never given out again (R-CE-03)."""

    _places: Table = CERTIFICATE
    _certified: FromClause = CERTIFICATE.join(ENTRY, ENTRY.c.register_no == CERTIFICATE.c.register_no)
    """The places with the certificates whose bits they show."""

    def is_index_taken(self, list_number: int, index: int) -> bool:
        """Tell whether an index was ever given out."""
        place = select(self._places.c.list_number).filter_by(list_number=list_number, status_index=index)
        return self._one(place) is not None

    def count_in_list(self, list_number: int) -> int:
        """Count the indexes given out in one list, or pair of lists."""
        query = select(func.count()).where(self._places.c.list_number == list_number)
        return int(self._cell(query))

    def last_list(self) -> int:
        """Return the number of the newest list; the first always exists."""
        return self._cell(select(func.max(self._places.c.list_number))) or 1

    def revoked_indexes(self, list_number: int) -> list[int]:
        """Return the indexes with R = 1 in one list."""
        return self._indexes(list_number, _ENDED)

    def suspended_indexes(self, list_number: int) -> list[int]:
        """Return the indexes with S = 1 in one list."""
        return self._indexes(list_number, _SUSPENDED)

    def _indexes(self, list_number: int, is_set: ColumnElement[bool]) -> list[int]:
        query = select(self._places.c.status_index).select_from(self._certified)
        return sorted(self._column(query.where(self._places.c.list_number == list_number, is_set)))


class CertificateStore(PlaceStore):
    """Rows of certificates."""

    def add_intent(self, intent: Intent) -> None:
        """Write down what is about to be signed. Raises `DuplicateError` if page id, index or issue number is taken."""
        try:
            with self._connection.begin_nested():
                self._insert(CERTIFICATE, **columns(intent), state=INTENT, suspension_kept=False)
        except IntegrityError as error:
            raise DuplicateError("page id, status index or issue number is taken") from error

    def mark_issued(self, page_id: str, *, document: bytes, issued_at: datetime, journal_seq: int) -> None:
        """Turn an intent into an issued certificate with its exact bytes. Raises `IntentLostError` if it was voided."""
        issued = {"document": document, "document_sha256": hashlib.sha256(document).hexdigest()}
        query = update(CERTIFICATE).filter_by(page_id=page_id, state=INTENT)
        values = query.values(**issued, state=ISSUED, issued_at=issued_at, journal_seq=journal_seq)
        if self._connection.execute(values).rowcount != 1:
            raise IntentLostError(f"the intent of {page_id} was voided by another process: issue again")

    def void_intents(self, register_no: str) -> int:
        """Void the intents that a stopped process left for a number, and return how many there were."""
        query = update(CERTIFICATE).filter_by(register_no=register_no, state=INTENT)
        return self._connection.execute(query.values(state=VOID)).rowcount

    def next_issue_number(self, register_no: str) -> int:
        """Return the issue number of the next certificate of a register number."""
        query = select(func.max(CERTIFICATE.c.issue_number)).where(CERTIFICATE.c.register_no == register_no)
        return (self._cell(query) or 0) + 1

    def by_page(self, page_id: str) -> StoredCertificate | None:
        """Return the issued certificate of a page, or None."""
        row = self._one(_ISSUED, page_id=page_id)
        return _certificate(row) if row is not None else None

    def of_registration(self, register_no: str, registration_seq: int) -> list[StoredCertificate]:
        """Return the issued certificates of a registration, by issue number."""
        rows = self._all(_IN_ORDER, register_no=register_no, registration_seq=registration_seq)
        return [_certificate(row) for row in rows]

    def add_paper_code(self, page_id: str, content: bytes, *, sealed_at: datetime, journal_seq: int) -> None:
        """Keep a paper code that is handed out for a certificate."""
        own = {"sha256": paper_sha256(content), "content": content}
        self._insert(PAPER_CODE, **own, page_id=page_id, sealed_at=sealed_at, journal_seq=journal_seq)

    def paper_codes(self, page_id: str) -> list[bytes]:
        """Return every paper code of a certificate, oldest first."""
        return self._column(_PAPER_CODES, page_id=page_id)

    def was_printed(self, page_id: str, sha256: str) -> bool:
        """Tell whether a PDF with this digest was handed out for a certificate."""
        return self._one(select(PRINTED_FORM).filter_by(page_id=page_id, sha256=sha256)) is not None

    def keep_printed(self, page_id: str, *, sha256: str, made_at: datetime) -> None:
        """Keep the digest of a PDF; one that is there stays, with its moment."""
        with suppress(IntegrityError), self._connection.begin_nested():
            self._insert(PRINTED_FORM, page_id=page_id, sha256=sha256, made_at=made_at)

    def page_of_code(self, sha256: str) -> str | None:
        """Return the page for whose certificate the paper code with this digest was handed out, or None."""
        page_id: str | None = self._cell(select(PAPER_CODE.c.page_id).filter_by(sha256=sha256))
        return page_id

    def one_per_achievement(self) -> list[bytes]:
        """Return one certificate for each society, field, grade and edition that was ever certified."""
        same_entry = REGISTRATION.c.register_no == CERTIFICATE.c.register_no
        of_registration = and_(same_entry, REGISTRATION.c.seq == CERTIFICATE.c.registration_seq)
        first = (
            select(func.min(CERTIFICATE.c.page_id))
            .join(ENTRY, ENTRY.c.register_no == CERTIFICATE.c.register_no)
            .join(REGISTRATION, of_registration)
            .where(CERTIFICATE.c.state == ISSUED)
            .group_by(ENTRY.c.society, ENTRY.c.field, REGISTRATION.c.grade, REGISTRATION.c.standard_ref)
        )
        query = select(CERTIFICATE.c.document).where(CERTIFICATE.c.page_id.in_(first))
        return self._column(query.order_by(CERTIFICATE.c.page_id))

    def end(self, page_id: str, ended: Ended, *, suspension: bool) -> None:
        """Write the end of a certificate once; an end already there stays (`domain.md` 3.4)."""
        end = {"ended_reason": ended.reason, "ended_sub_reason": ended.sub_reason, "ended_at": ended.at}
        query = update(CERTIFICATE).filter_by(page_id=page_id, ended_at=None)
        self._connection.execute(query.values(**end, suspension_kept=suspension))


def _certificate(row: Any) -> StoredCertificate:
    ended = None
    if row.ended_at is not None:
        ended = Ended(EndedReason(row.ended_reason), row.ended_sub_reason, row.ended_at)
    return read(StoredCertificate, row, ended=ended)
