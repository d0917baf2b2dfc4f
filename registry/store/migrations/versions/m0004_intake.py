"""Keep the file and the memberships of each person who is imported, and find a proposal by what it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add two tables, and two columns that the release before leaves empty."""
    op.create_table(
        "member_file",
        sa.Column("member_id", _TEXT, sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("member_no", _TEXT, nullable=False, unique=True),
        sa.Column("birth_on", sa.Date, nullable=False),
        sa.Column("consents_on", sa.Date, nullable=False),
        sa.Column("identity_sha256", _TEXT, nullable=False, unique=True),
        sa.Column("email", _TEXT),
        sa.Column("consent_c2", sa.Boolean, nullable=False),
        sa.Column("consent_c3", sa.Boolean, nullable=False),
        sa.Column("consent_c4", sa.Boolean, nullable=False),
    )
    op.create_table(
        "membership",
        sa.Column("society", _TEXT, primary_key=True),
        sa.Column("membership_no", _TEXT, primary_key=True),
        sa.Column("member_id", _TEXT, sa.ForeignKey("member.id"), nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.UniqueConstraint("member_id", "society"),
    )
    for name in ("reference", "subject"):
        op.add_column("proposal", sa.Column(name, _TEXT))
    op.create_index("proposal_reference", "proposal", ["tenant", "kind", "reference"], unique=True)
    op.create_index("proposal_subject", "proposal", ["kind", "subject"])
