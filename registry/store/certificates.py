"""Certificates: intents, signed documents, their ends, and the bits of the twin lists."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from registry.domain.registration import Ended, EndedReason
from registry.store.refusals import DuplicateError, IntentLostError
from registry.store.tables import CERTIFICATE, ENTRY, HOLD, PAPER_CODE, PRINTED_FORM, REGISTRATION
from schemas.paper_code import paper_sha256

INTENT, ISSUED, VOID = "intent", "issued", "void"


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be signed: exact unsigned bytes, place in the lists, keys."""

    page_id: str
    register_no: str
    registration_seq: int
    term_seq: int
    issue_number: int
    basis: str
    unsigned: bytes
    content_sha256: str
    list_number: int
    status_index: int
    valid_from: datetime
    valid_until: datetime
    cse_key: str
    society_key: str
    intended_at: datetime


@dataclass(frozen=True, slots=True)
class StoredCertificate:
    """An issued certificate as the register keeps it; `document` are the exact bytes handed out."""

    page_id: str
    register_no: str
    registration_seq: int
    term_seq: int
    issue_number: int
    basis: str
    document: bytes
    content_sha256: str
    document_sha256: str
    list_number: int
    status_index: int
    valid_from: datetime
    valid_until: datetime
    issued_at: datetime
    ended: Ended | None
    suspension_kept: bool
    replaced_by: str | None


class CertificateStore:
    """Rows of certificates."""

    def __init__(self, connection: Connection) -> None:
        """Work on one `connection`."""
        self._connection = connection

    def add_intent(self, intent: Intent) -> None:
        """Write down what is about to be signed. Raises `DuplicateError` if page id, index or issue number is taken."""
        values = {name: getattr(intent, name) for name in Intent.__slots__}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(CERTIFICATE).values(**values, state=INTENT, suspension_kept=False))
        except IntegrityError as error:
            raise DuplicateError("page id, status index or issue number is taken") from error

    def mark_issued(
        self, page_id: str, *, document: bytes, document_sha256: str, issued_at: datetime, journal_seq: int
    ) -> None:
        """Turn an intent into an issued certificate with its exact bytes. Raises `IntentLostError` if it was voided."""
        result = self._connection.execute(
            update(CERTIFICATE)
            .where(CERTIFICATE.c.page_id == page_id, CERTIFICATE.c.state == INTENT)
            .values(
                state=ISSUED,
                document=document,
                document_sha256=document_sha256,
                issued_at=issued_at,
                journal_seq=journal_seq,
            )
        )
        if result.rowcount != 1:
            raise IntentLostError(f"the intent of {page_id} was voided by another process: issue again")

    def void_intents(self, register_no: str) -> int:
        """Void the intents that a stopped process left for a number, and return how many there were."""
        result = self._connection.execute(
            update(CERTIFICATE)
            .where(CERTIFICATE.c.register_no == register_no, CERTIFICATE.c.state == INTENT)
            .values(state=VOID)
        )
        return int(result.rowcount)

    def is_index_taken(self, list_number: int, index: int) -> bool:
        """Tell whether an index was ever given out: an index is never used again (R-CE-03)."""
        found = self._connection.execute(
            select(CERTIFICATE.c.page_id).where(
                CERTIFICATE.c.list_number == list_number, CERTIFICATE.c.status_index == index
            )
        )
        return found.first() is not None

    def count_in_list(self, list_number: int) -> int:
        """Count the indexes given out in one pair of lists."""
        query = select(func.count()).where(CERTIFICATE.c.list_number == list_number)
        return int(self._connection.execute(query).scalar_one())

    def last_list(self) -> int:
        """Return the number of the newest pair of lists; the first pair always exists."""
        return int(self._connection.execute(select(func.max(CERTIFICATE.c.list_number))).scalar_one() or 1)

    def next_issue_number(self, register_no: str) -> int:
        """Return the issue number of the next certificate of a register number."""
        query = select(func.max(CERTIFICATE.c.issue_number)).where(CERTIFICATE.c.register_no == register_no)
        return (self._connection.execute(query).scalar_one() or 0) + 1

    def by_page(self, page_id: str) -> StoredCertificate | None:
        """Return the issued certificate of a page, or None."""
        return self._one(_issued().where(CERTIFICATE.c.page_id == page_id))

    def of_registration(self, register_no: str, registration_seq: int) -> list[StoredCertificate]:
        """Return the issued certificates of a registration, by issue number."""
        rows = self._connection.execute(
            _issued()
            .where(CERTIFICATE.c.register_no == register_no, CERTIFICATE.c.registration_seq == registration_seq)
            .order_by(CERTIFICATE.c.issue_number)
        )
        return [_certificate(row) for row in rows]

    def add_paper_code(self, page_id: str, content: bytes, *, sealed_at: datetime, journal_seq: int) -> None:
        """Keep a paper code that is handed out for a certificate."""
        row = {"page_id": page_id, "content": content, "sealed_at": sealed_at, "journal_seq": journal_seq}
        self._connection.execute(insert(PAPER_CODE).values(sha256=paper_sha256(content), **row))

    def paper_codes(self, page_id: str) -> list[bytes]:
        """Return every paper code of a certificate, oldest first."""
        query = select(PAPER_CODE.c.content).where(PAPER_CODE.c.page_id == page_id)
        return list(self._connection.execute(query.order_by(PAPER_CODE.c.journal_seq)).scalars())

    def was_printed(self, page_id: str, sha256: str) -> bool:
        """Tell whether a PDF with this digest was handed out for a certificate."""
        query = select(PRINTED_FORM.c.sha256).where(PRINTED_FORM.c.page_id == page_id)
        return sha256 in self._connection.execute(query).scalars()

    def keep_printed(self, page_id: str, *, sha256: str, made_at: datetime) -> None:
        """Keep the digest of a PDF; one that is there stays, with its moment."""
        values = {"page_id": page_id, "sha256": sha256, "made_at": made_at}
        with suppress(IntegrityError), self._connection.begin_nested():
            self._connection.execute(insert(PRINTED_FORM).values(values))

    def page_of_code(self, sha256: str) -> str | None:
        """Return the page for whose certificate the paper code with this digest was handed out, or None."""
        query = select(PAPER_CODE.c.page_id).where(PAPER_CODE.c.sha256 == sha256)
        return self._connection.execute(query).scalar_one_or_none()

    def page_ids(self) -> list[str]:
        """List the page ids of all issued certificates."""
        query = select(CERTIFICATE.c.page_id).where(CERTIFICATE.c.state == ISSUED)
        return list(self._connection.execute(query.order_by(CERTIFICATE.c.page_id)).scalars())

    def one_per_achievement(self) -> list[bytes]:
        """Return one certificate for each society, field, grade and edition that was ever certified."""
        first = (
            select(func.min(CERTIFICATE.c.page_id))
            .join(ENTRY, ENTRY.c.register_no == CERTIFICATE.c.register_no)
            .join(
                REGISTRATION,
                and_(
                    REGISTRATION.c.register_no == CERTIFICATE.c.register_no,
                    REGISTRATION.c.seq == CERTIFICATE.c.registration_seq,
                ),
            )
            .where(CERTIFICATE.c.state == ISSUED)
            .group_by(ENTRY.c.society, ENTRY.c.field, REGISTRATION.c.grade, REGISTRATION.c.standard_ref)
        )
        query = select(CERTIFICATE.c.document).where(CERTIFICATE.c.page_id.in_(first))
        return list(self._connection.execute(query.order_by(CERTIFICATE.c.page_id)).scalars())

    def end(self, page_id: str, ended: Ended, *, suspension: bool) -> None:
        """Write the end of a certificate once; an end already there stays (`domain.md` 3.4)."""
        self._connection.execute(
            update(CERTIFICATE)
            .where(CERTIFICATE.c.page_id == page_id, CERTIFICATE.c.ended_at.is_(None))
            .values(
                ended_reason=ended.reason,
                ended_sub_reason=ended.sub_reason,
                ended_at=ended.at,
                suspension_kept=suspension,
            )
        )

    def revoked_indexes(self, list_number: int) -> list[int]:
        """Return the indexes with R = 1 in one revocation list."""
        query = select(CERTIFICATE.c.status_index).where(
            CERTIFICATE.c.list_number == list_number, CERTIFICATE.c.ended_at.is_not(None)
        )
        return sorted(self._connection.execute(query).scalars())

    def suspended_indexes(self, list_number: int) -> list[int]:
        """Return the indexes with S = 1 in one suspension list.

        A second reading in SQL of `domain.status.suspension_bit`, held equal by a test.
        """
        held = select(HOLD.c.id).where(
            HOLD.c.lifted_at.is_(None),
            or_(
                HOLD.c.register_no == CERTIFICATE.c.register_no,
                HOLD.c.member_id == ENTRY.c.member_id,
            ),
        )
        query = (
            select(CERTIFICATE.c.status_index)
            .join(ENTRY, ENTRY.c.register_no == CERTIFICATE.c.register_no)
            .where(
                CERTIFICATE.c.list_number == list_number,
                case(
                    (CERTIFICATE.c.ended_at.is_not(None), CERTIFICATE.c.suspension_kept),
                    else_=held.exists(),
                ),
            )
        )
        return sorted(self._connection.execute(query).scalars())

    def _one(self, query: Select[Any]) -> StoredCertificate | None:
        row = self._connection.execute(query).one_or_none()
        return _certificate(row) if row is not None else None


def _issued() -> Select[Any]:
    return select(CERTIFICATE).where(and_(CERTIFICATE.c.state == ISSUED))


def _certificate(row: Row[Any]) -> StoredCertificate:
    ended = (
        Ended(EndedReason(row.ended_reason), row.ended_sub_reason, row.ended_at) if row.ended_at is not None else None
    )
    same = {name: getattr(row, name) for name in StoredCertificate.__slots__ if name != "ended"}
    return StoredCertificate(**same, ended=ended)
