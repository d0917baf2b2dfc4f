"""Keep activities, exemptions and years of CPD, and when the clock job must look at those of a person."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add three tables, and three instants of each member; without the first the job looks at once."""
    for name in ("cpd_due_at", "cpd_hold_at", "cpd_lapse_at"):
        op.add_column("member", sa.Column(name, _INSTANT))
    op.create_index("ix_member_cpd_due_at", "member", ["cpd_due_at"])
    op.create_table(
        "cpd_activity",
        *_of_member("seq"),
        sa.Column("activity_on", sa.Date, nullable=False),
        *_columns(sa.Integer, "hours", "category", "year", "accepted", "reversed_hours"),
        *_columns(_TEXT, "organizer", "field", "evidence_ref"),
        *_columns(_INSTANT, "submitted_at"),
        *(sa.Column(name, _INSTANT) for name in ("allocated_at", "decided_at", "reversed_at")),
    )
    op.create_table(
        "cpd_exemption",
        *_of_member("year"),
        sa.Column("granted_at", _INSTANT, primary_key=True),
        *_columns(sa.Integer, "months"),
        *_columns(_TEXT, "decision_ref"),
    )
    op.create_table(
        "cpd_year",
        *_of_member("year"),
        *_columns(sa.Integer, "required", "accepted", "pending"),
        *_columns(_TEXT, "state", "policy_version"),
        *_columns(_INSTANT, "since"),
        *_columns(sa.Boolean, "is_provisional"),
        sa.Column("cure_until_on", sa.Date),
    )


def _of_member(number: str) -> list[sa.Column[Any]]:
    """Return the key of a table of which each member has rows, told apart by a `number`."""
    own = sa.Column("member_id", _TEXT, sa.ForeignKey("member.id"), primary_key=True)
    return [own, sa.Column(number, sa.Integer, primary_key=True, autoincrement=False)]


def _columns(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]
