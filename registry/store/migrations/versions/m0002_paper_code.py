"""Keep every paper code that is handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table; a certificate that was issued before has no row in it."""
    op.create_table(
        "paper_code",
        sa.Column("sha256", _TEXT, primary_key=True),
        sa.Column("page_id", _TEXT, sa.ForeignKey("certificate.page_id"), nullable=False, index=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("journal_seq", sa.Integer, nullable=False),
    )
