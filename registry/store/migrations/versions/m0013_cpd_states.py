"""Keep each state of a CPD year, and those ahead: the clock job only records that they have come."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add a table in the place of `cpd_year`, which the release before reads; the clock job fills it."""
    op.create_table(
        "cpd_state",
        sa.Column("member_id", _TEXT, sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("since", _INSTANT, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("required", "accepted", "pending")),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("state", "policy_version")),
        sa.Column("is_provisional", sa.Boolean, nullable=False),
        *(sa.Column("cure_until_on", sa.Date), sa.Column("recorded_at", _INSTANT)),
    )
    op.create_index("cpd_state_ahead", "cpd_state", ["recorded_at", "since"])
    op.execute("UPDATE member SET cpd_due_at = NULL")
