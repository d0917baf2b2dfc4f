"""Keep every copy of a certificate that is made for a wallet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table; no copies were made before."""
    op.create_table(
        "wallet_copy",
        sa.Column("list_number", sa.Integer, primary_key=True),
        sa.Column("status_index", sa.Integer, primary_key=True),
        sa.Column("page_id", _TEXT, sa.ForeignKey("certificate.page_id"), nullable=False, index=True),
        sa.Column("unsigned", sa.LargeBinary, nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", _TEXT),
        sa.Column("issued_at", sa.DateTime(timezone=True)),
        sa.Column("journal_seq", sa.Integer),
    )
