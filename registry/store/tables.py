"""The tables as the newest migration leaves them; their columns stand in `tables.toml`.

The database itself keeps events and journal append-only; that is written in `migrations`.
"""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()


class Instant(sa.TypeDecorator[datetime]):
    """An aware UTC instant, whatever the database keeps."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store as UTC; a naive instant is a mistake of ours."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Return aware UTC."""
        if value is None:
            return None
        result: datetime = value
        return result.replace(tzinfo=UTC) if result.tzinfo is None else result.astimezone(UTC)


class Hours(sa.TypeDecorator[Decimal]):
    """Credit hours, kept as a whole number of half hours."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:
        """Count the half hours."""
        return int(value * 2) if value is not None else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        """Return the hours."""
        return Decimal(value) / 2 if value is not None else None


_TYPES: dict[str, Any] = {
    "text": sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
    "integer": sa.Integer,
    "hours": Hours,
    "boolean": sa.Boolean,
    "bytes": sa.LargeBinary,
    "day": sa.Date,
    "instant": Instant,
}
_FORMS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("tables.toml").read_text(encoding="utf-8"))


def _table(name: str, *of_several_columns: sa.Constraint | sa.Index) -> sa.Table:
    """Return a table of `tables.toml`, with what holds for several columns together."""
    columns = (_column(column, form) for column, form in _FORMS[name].items())
    return sa.Table(name, METADATA, *columns, *of_several_columns)


def _column(name: str, form: str) -> sa.Column[Any]:
    """Return a column from its form, as the head of `tables.toml` explains it."""
    words, _, other = form.partition(" -> ")
    kind, *marks = words.split()
    keys = [sa.ForeignKey(other)] if other else []
    unique, index = "unique" in marks or None, "index" in marks or None
    is_key, may_be_empty = "key" in marks, "null" in marks
    return sa.Column(name, _TYPES[kind], *keys, primary_key=is_key, nullable=may_be_empty, unique=unique, index=index)


def _of_registration() -> sa.ForeignKeyConstraint:
    own = ["register_no", "registration_seq"]
    return sa.ForeignKeyConstraint(own, ["registration.register_no", "registration.seq"])


FACT = _table("register_fact")
BODY = _table("body")
BODY_KEY = _table("body_key")
AUTHORIZATION = _table("authorization_grant")
AUTHORIZATION_SCOPE = _table("authorization_scope")
STATEMENT = _table("statement")
TRUST_LIST = _table("trust_list")
PUBLICATION = _table("publication")
MEMBER = _table("member")
MEMBER_FILE = _table("member_file")
MEMBERSHIP = _table("membership", sa.UniqueConstraint("member_id", "society"))
CPD_ACTIVITY = _table("cpd_activity")
CPD_EXEMPTION = _table("cpd_exemption")
CPD_STATE = _table("cpd_state", sa.Index("cpd_state_ahead", "recorded_at", "since"))
_table("cpd_year")
ENTRY = _table("register_entry", sa.UniqueConstraint("member_id", "field"))
REGISTRATION = _table("registration")
TERM = _table("registration_term", _of_registration())
RENEWAL = _table("renewal", _of_registration())
HOLD = _table("hold")
CERTIFICATE = _table(
    "certificate",
    sa.UniqueConstraint("list_number", "status_index"),
    sa.UniqueConstraint("register_no", "issue_number"),
    _of_registration(),
)
PAPER_CODE = _table("paper_code")
PRINTED_FORM = _table("printed_form")
WALLET_COPY = _table("wallet_copy")
EVENT = _table("status_event")
JOURNAL = _table("journal")
PROPOSAL = _table(
    "proposal",
    sa.Index("proposal_reference", "tenant", "kind", "reference", unique=True),
    sa.Index("proposal_subject", "kind", "subject"),
)
