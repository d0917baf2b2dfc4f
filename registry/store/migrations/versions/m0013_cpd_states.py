"""Keep each state of a CPD year, and those ahead: the clock job only records that they have come."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the copy anew; every person is looked at by the next run of the clock job, which fills it from the facts."""
    op.drop_table("cpd_year")
    op.create_table(
        "cpd_year",
        sa.Column("member_id", _TEXT, sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("since", _INSTANT, primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("required", "accepted", "pending")),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("state", "policy_version")),
        sa.Column("is_provisional", sa.Boolean, nullable=False),
        *(sa.Column("cure_until_on", sa.Date), sa.Column("recorded_at", _INSTANT)),
    )
    op.create_index("cpd_year_ahead", "cpd_year", ["recorded_at", "since"])
    op.execute("UPDATE member SET cpd_due_at = NULL")
