"""The tables as the newest migration leaves them. Instants are UTC, days are Shanghai civil dates.

The database itself keeps events and journal append-only; that is written in `migrations`.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

METADATA = MetaData()
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store as UTC; a naive instant is a mistake of ours."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return aware UTC."""
        if value is None:
            return None
        result: datetime = value
        return result.replace(tzinfo=UTC) if result.tzinfo is None else result.astimezone(UTC)


def _table(name: str, *columns: Any) -> Table:
    return Table(name, METADATA, *columns)


def _text(name: str, *args: Any, **options: Any) -> Column[str]:
    return Column(name, _TEXT, *args, **({"nullable": False} | options))


FACT = _table("register_fact", _text("name", primary_key=True), _text("value"))

BODY = _table(
    "body",
    _text("did", primary_key=True),
    _text("role"),
    _text("name"),
    _text("code", nullable=True),
    _text("keystore"),
    Column("position", Integer, nullable=False),
)

BODY_KEY = _table(
    "body_key",
    _text("key_id", primary_key=True),
    _text("did", ForeignKey("body.did")),
    _text("key_use"),
    Column("public_key", LargeBinary, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("compromised_since", Instant),
    Column("position", Integer, nullable=False),
)

AUTHORIZATION = _table(
    "authorization_grant",
    _text("path", primary_key=True),
    _text("society"),
    _text("code"),
    _text("acting_for", nullable=True),
    _text("standards"),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    _text("state"),
    Column("state_since", Date, nullable=False),
    Column("document", LargeBinary, nullable=False),
)

AUTHORIZATION_SCOPE = _table(
    "authorization_scope",
    _text("path", ForeignKey("authorization_grant.path"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    _text("field"),
    _text("grades"),
    _text("may"),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
)

STATEMENT = _table(
    "statement",
    _text("path", primary_key=True),
    Column("document", LargeBinary, nullable=False),
)

TRUST_LIST = _table(
    "trust_list",
    Column("version", Integer, primary_key=True),
    _text("sha256"),
    Column("document", LargeBinary, nullable=False),
    Column("issued_at", Instant, nullable=False),
)

PUBLICATION = _table(
    "publication",
    Column("slot", Integer, primary_key=True),
    Column("issued_at", Instant, nullable=False),
)

MEMBER = _table(
    "member",
    _text("id", primary_key=True),
    _text("name_hans", nullable=True),
    _text("name_latin", nullable=True),
    Column("consent_c1", Boolean, nullable=False),
)

MEMBER_FILE = _table(
    "member_file",
    _text("member_id", ForeignKey("member.id"), primary_key=True),
    _text("member_no", unique=True),
    _text("identity_sha256", unique=True),
    _text("email", nullable=True),
    *(Column(f"consent_c{number}", Boolean, nullable=False) for number in (2, 3, 4)),
    *(Column(name, Date, nullable=False) for name in ("birth_on", "consents_on")),
)

MEMBERSHIP = _table(
    "membership",
    _text("society", primary_key=True),
    _text("membership_no", primary_key=True),
    _text("member_id", ForeignKey("member.id")),
    Column("from_on", Date, nullable=False),
    UniqueConstraint("member_id", "society"),
)

ENTRY = _table(
    "register_entry",
    _text("register_no", primary_key=True),
    _text("member_id", ForeignKey("member.id")),
    _text("field"),
    _text("society"),
    Column("first_registered_on", Date, nullable=False),
    UniqueConstraint("member_id", "field"),
)

REGISTRATION = _table(
    "registration",
    _text("register_no", ForeignKey("register_entry.register_no"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    _text("grade"),
    Column("grade_since_on", Date, nullable=False),
    _text("assessing_society"),
    _text("life"),
    Column("life_since", Instant, nullable=False),
    _text("standard_ref"),
    _text("recommendation", ForeignKey("proposal.digest")),
    Column("material_review_on", Date),
    Column("written_test_on", Date),
    Column("interview_on", Date),
)

TERM = _table(
    "registration_term",
    _text("register_no", primary_key=True),
    Column("registration_seq", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("start_on", Date, nullable=False),
    Column("end_on", Date, nullable=False),
    _text("origin"),
    ForeignKeyConstraint(["register_no", "registration_seq"], ["registration.register_no", "registration.seq"]),
)

HOLD = _table(
    "hold",
    Column("id", Integer, primary_key=True),
    _text("member_id", ForeignKey("member.id"), nullable=True),
    _text("register_no", ForeignKey("register_entry.register_no"), nullable=True),
    _text("kind"),
    Column("since", Instant, nullable=False),
    Column("until_on", Date),
    _text("decision_ref"),
    Column("lifted_at", Instant),
)

CERTIFICATE = _table(
    "certificate",
    _text("page_id", primary_key=True),
    _text("register_no"),
    Column("registration_seq", Integer, nullable=False),
    Column("term_seq", Integer, nullable=False),
    Column("issue_number", Integer, nullable=False),
    _text("basis"),
    _text("state"),
    Column("unsigned", LargeBinary, nullable=False),
    Column("document", LargeBinary),
    _text("content_sha256"),
    _text("document_sha256", nullable=True),
    _text("paper_sha256", nullable=True),
    Column("list_number", Integer, nullable=False),
    Column("status_index", Integer, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    _text("cse_key"),
    _text("society_key"),
    Column("intended_at", Instant, nullable=False),
    Column("issued_at", Instant),
    Column("journal_seq", Integer),
    _text("ended_reason", nullable=True),
    _text("ended_sub_reason", nullable=True),
    Column("ended_at", Instant),
    Column("suspension_kept", Boolean, nullable=False),
    _text("replaced_by", nullable=True),
    UniqueConstraint("list_number", "status_index"),
    UniqueConstraint("register_no", "issue_number"),
    ForeignKeyConstraint(["register_no", "registration_seq"], ["registration.register_no", "registration.seq"]),
)

PAPER_CODE = _table(
    "paper_code",
    _text("sha256", primary_key=True),
    _text("page_id", ForeignKey("certificate.page_id"), index=True),
    Column("content", LargeBinary, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("journal_seq", Integer, nullable=False),
)
"""Every paper code ever handed out. The column `certificate.paper_sha256` of the first release stays empty."""

PRINTED_FORM = _table(
    "printed_form",
    _text("page_id", ForeignKey("certificate.page_id"), primary_key=True),
    _text("sha256", primary_key=True),
    Column("made_at", Instant, nullable=False),
)
"""Digest of every PDF that was handed out, and when first."""

EVENT = _table(
    "status_event",
    Column("seq", Integer, primary_key=True),
    _text("type"),
    _text("register_no"),
    _text("from_state", nullable=True),
    _text("to_state"),
    _text("reason_code"),
    _text("public_reason"),
    _text("decision_ref"),
    Column("effective_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    _text("actor"),
    Column("journal_seq", Integer, nullable=False),
)

JOURNAL = _table(
    "journal",
    Column("seq", Integer, primary_key=True),
    Column("recorded_at", Instant, nullable=False),
    _text("kind"),
    _text("subject"),
    _text("actor"),
    _text("payload_sha256"),
    _text("previous_sha256"),
    _text("sha256"),
)

PROPOSAL = _table(
    "proposal",
    _text("digest", primary_key=True),
    _text("kind"),
    _text("body"),
    _text("person"),
    _text("role"),
    _text("tenant"),
    _text("authenticated_by"),
    Column("proposed_at", Instant, nullable=False),
    _text("confirmed_by", nullable=True),
    Column("confirmed_at", Instant),
    *(_text(name, nullable=True) for name in ("reference", "subject")),
    Index("proposal_reference", "tenant", "kind", "reference", unique=True),
    Index("proposal_subject", "kind", "subject"),
)
