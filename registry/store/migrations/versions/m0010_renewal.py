"""Keep renewals and restorations, and of each term the interim that runs after it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add a table, and two columns that the release before leaves empty."""
    op.create_table(
        "renewal",
        sa.Column("register_no", _TEXT, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("registration_seq", sa.Integer, nullable=False),
        sa.Column("term_seq", sa.Integer, nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("kind", "code_version")),
        sa.Column("filed_at", _INSTANT, nullable=False),
        *(sa.Column(name, _INSTANT) for name in ("completed_at", "decided_at")),
        *(sa.Column(name, _TEXT) for name in ("outcome", "decision_ref")),
        sa.ForeignKeyConstraint(["register_no", "registration_seq"], ["registration.register_no", "registration.seq"]),
    )
    op.add_column("registration_term", sa.Column("interim_until_on", sa.Date))
    op.add_column("registration_term", sa.Column("interim_closed_at", _INSTANT))
