"""Certificates: intents, signed documents, their ends, and the bits of the twin lists."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from registry.domain.registration import LIVE, Ended, EndedReason
from registry.store.journal import JournalRow
from registry.store.refusals import DuplicateError
from registry.store.repository import Repository, columns, read
from registry.store.tables import CERTIFICATE, ENTRY, HOLD, PAPER_CODE, PRINTED_FORM, REGISTRATION
from schemas.refusals import translated

INTENT, ISSUED, VOID = "intent", "issued", "void"
_PLACE, _LATER_COLUMNS = ("register_no", "registration_seq"), ("page_id", "valid_from", "valid_until")
# What is handed out has all that was unsigned in it.
_ISSUED = select(*(column for column in CERTIFICATE.c if column.name != "unsigned")).filter_by(state=ISSUED)
_IN_ORDER = _ISSUED.order_by(CERTIFICATE.c.issue_number)
_LATER = CERTIFICATE.alias("later")
_IS_LATER = (_LATER.c.term_seq > CERTIFICATE.c.term_seq) & (_LATER.c.state == ISSUED) & _LATER.c.ended_at.is_(None)
"""Of a later term, and has not ended: a test reads the same from the rows."""
_ROWS = (
    _ISSUED.add_columns(PAPER_CODE.c.content, *(_LATER.c[name].label(f"later_{name}") for name in _LATER_COLUMNS))
    .outerjoin(PAPER_CODE, PAPER_CODE.c.page_id == CERTIFICATE.c.page_id)
    .outerjoin(_LATER, _IS_LATER & and_(*(_LATER.c[name] == CERTIFICATE.c[name] for name in _PLACE)))
    .order_by(PAPER_CODE.c.journal_seq, _LATER.c.issue_number)
)
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


_OF_REGISTRATION = and_(
    REGISTRATION.c.register_no == CERTIFICATE.c.register_no, REGISTRATION.c.seq == CERTIFICATE.c.registration_seq
)
_ENDED = CERTIFICATE.c.ended_at.is_not(None)
_HOLDS = select(HOLD.c.id).where(
    HOLD.c.lifted_at.is_(None),
    or_(HOLD.c.register_no == CERTIFICATE.c.register_no, HOLD.c.member_id == ENTRY.c.member_id),
)
_SUSPENDED = case((_ENDED, CERTIFICATE.c.suspension_kept), else_=_HOLDS.exists())
"""A second reading in SQL of `domain.status.suspension_bit`, held equal by a test."""


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate with its paper codes, and page and times of those of later terms, each in order."""

    certificate: StoredCertificate
    paper_codes: list[bytes]
    later: list[tuple[str, datetime, datetime]]


class PlaceStore(Repository):
    """Rows that have a place in status lists. An index is never given out again (R-CE-03)."""

    _places: Table = CERTIFICATE
    _certified: FromClause = CERTIFICATE.join(ENTRY, ENTRY.c.register_no == CERTIFICATE.c.register_no)
    """The places with the certificates whose bits they show."""

    def taken_indexes(self, list_number: int, indexes: Sequence[int]) -> set[int]:
        """Return which of the `indexes` were ever given out."""
        places = select(self._places.c.status_index).filter_by(list_number=list_number)
        return set(self._column(places.where(self._places.c.status_index.in_(indexes))))

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

    def add_intents(self, intents: Sequence[Intent]) -> None:
        """Write down what is about to be signed, and void what a stopped process left for the same numbers.

        Raises `DuplicateError` if a page id, index or issue number is taken.
        """
        numbers = [intent.register_no for intent in intents]
        left = update(CERTIFICATE).filter_by(state=INTENT).where(CERTIFICATE.c.register_no.in_(numbers))
        taken = DuplicateError("page id, status index or issue number is taken")
        with translated(IntegrityError, to=taken), self._connection.begin_nested():
            self._connection.execute(left.values(state=VOID))
            state = {"state": INTENT, "suspension_kept": False}
            self._for_each_of(insert(CERTIFICATE), [columns(intent) | state for intent in intents])

    def intents(self, page_ids: Sequence[str]) -> dict[str, bool]:
        """Tell of each page that is still an intent whether its registration is still live."""
        query = select(CERTIFICATE.c.page_id, REGISTRATION.c.life).join(REGISTRATION, _OF_REGISTRATION)
        rows = self._all(query.where(CERTIFICATE.c.page_id.in_(page_ids), CERTIFICATE.c.state == INTENT))
        return {row.page_id: row.life in LIVE for row in rows}

    def mark_issued(self, signed: Sequence[tuple[JournalRow, bytes]]) -> None:
        """Turn intents into certificates: the exact bytes of each, beside the row of the journal about it."""
        query = update(CERTIFICATE).where(CERTIFICATE.c.page_id == bindparam("page"), CERTIFICATE.c.state == INTENT)
        rows = [
            {"page": link.subject, "state": ISSUED, "issued_at": link.recorded_at, "journal_seq": link.seq}
            | {"document": content, "document_sha256": hashlib.sha256(content).hexdigest()}
            for link, content in signed
        ]
        self._for_each_of(query, rows)

    def by_page(self, page_id: str) -> StoredCertificate | None:
        """Return the issued certificate of a page, or None."""
        row = self._one(_ISSUED, page_id=page_id)
        return _certificate(row) if row is not None else None

    def of_registration(self, register_no: str, registration_seq: int) -> list[StoredCertificate]:
        """Return the issued certificates of a registration, by issue number."""
        rows = self._all(_IN_ORDER, register_no=register_no, registration_seq=registration_seq)
        return [_certificate(row) for row in rows]

    def row(self, page_id: str) -> CertificateRow | None:
        """Return the issued certificate of a page, its paper codes and those of later terms that have not ended."""
        rows = self._all(_ROWS, page_id=page_id)
        if not rows:
            return None
        codes = dict.fromkeys(row.content for row in rows if row.content is not None)
        later = dict.fromkeys((row.later_page_id, row.later_valid_from, row.later_valid_until) for row in rows)
        return CertificateRow(_certificate(rows[0]), list(codes), [one for one in later if one[0] is not None])

    def add_paper_codes(self, sealed: Sequence[tuple[JournalRow, bytes]]) -> None:
        """Keep paper codes that are handed out, each beside the row of the journal about it."""
        rows = [
            {"page_id": link.subject, "sealed_at": link.recorded_at, "journal_seq": link.seq}
            | {"sha256": link.payload_sha256, "content": code}
            for link, code in sealed
        ]
        self._for_each_of(insert(PAPER_CODE), rows)

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
        """Return one certificate for each signer, society, field, grade and edition that was ever certified."""
        first = (
            select(func.min(CERTIFICATE.c.page_id))
            .join(ENTRY, ENTRY.c.register_no == CERTIFICATE.c.register_no)
            .join(REGISTRATION, _OF_REGISTRATION)
            .where(CERTIFICATE.c.state == ISSUED)
            .group_by(CERTIFICATE.c.society_key, REGISTRATION.c.assessing_society, ENTRY.c.field)
            .group_by(REGISTRATION.c.grade, REGISTRATION.c.standard_ref)
        )
        query = select(CERTIFICATE.c.document).where(CERTIFICATE.c.page_id.in_(first))
        return self._column(query.order_by(CERTIFICATE.c.page_id))

    def flag(self, page_id: str, replaced_for: str) -> None:
        """Note why a certificate shall be replaced; one that waits for it already keeps its reason."""
        self._update(CERTIFICATE, {"replaced_for": replaced_for}, page_id=page_id, replaced_for=None)

    def set_successors(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Note which certificate takes the place of which: pages of the old and the new one."""
        query = update(CERTIFICATE).where(CERTIFICATE.c.page_id == bindparam("old"))
        self._for_each_of(query.values(replaced_by=bindparam("new")), [{"old": old, "new": new} for old, new in pairs])

    def superseded(self, numbers: Sequence[str]) -> dict[str, list[str]]:
        """Return by number the pages that ended with a promotion and do not lead to the new grade yet."""
        found = select(CERTIFICATE.c.register_no, CERTIFICATE.c.page_id).filter_by(ended_reason=EndedReason.SUPERSEDED)
        pages: dict[str, list[str]] = defaultdict(list)
        for number, page in self._all(found.filter_by(replaced_by=None).where(CERTIFICATE.c.register_no.in_(numbers))):
            pages[number].append(page)
        return pages

    def replaced_before(self, at: datetime) -> list[tuple[str, str, str]]:
        """List number, page and reason of what is replaced by a certificate that was issued before `at`."""
        new = CERTIFICATE.alias("new")
        old = select(CERTIFICATE.c.register_no, CERTIFICATE.c.page_id, CERTIFICATE.c.replaced_for)
        is_replaced = CERTIFICATE.c.replaced_for.is_not(None) & CERTIFICATE.c.ended_at.is_(None)
        query = old.join(new, new.c.page_id == CERTIFICATE.c.replaced_by).where(is_replaced, new.c.issued_at < at)
        return sorted(tuple(row) for row in self._all(query))  # In SQL the order would read the whole table.

    def signed_with(self, key_ids: Sequence[str], *, now: datetime) -> list[tuple[str, str]]:
        """Return number and page of the certificates in force, or yet to begin, of which one key is among these."""
        query = select(CERTIFICATE.c.register_no, CERTIFICATE.c.page_id).filter_by(state=ISSUED, ended_at=None)
        by = or_(CERTIFICATE.c.cse_key.in_(key_ids), CERTIFICATE.c.society_key.in_(key_ids))
        rows = self._all(query.where(by, CERTIFICATE.c.valid_until >= now).order_by(CERTIFICATE.c.journal_seq))
        return [(row.register_no, row.page_id) for row in rows]

    def end(self, page_id: str, ended: Ended, *, suspension: bool) -> None:
        """Write the end of a certificate once; an end already there stays (`domain.md` 3.4)."""
        end = {"ended_reason": ended.reason, "ended_sub_reason": ended.sub_reason, "ended_at": ended.at}
        self._update(CERTIFICATE, {**end, "suspension_kept": suspension}, page_id=page_id, ended_at=None)


def _certificate(row: Any) -> StoredCertificate:
    ended = None
    if row.ended_at is not None:
        ended = Ended(EndedReason(row.ended_reason), row.ended_sub_reason, row.ended_at)
    return read(StoredCertificate, row, ended=ended)
