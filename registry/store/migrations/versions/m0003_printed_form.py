"""Keep the digest of every PDF that is handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table; nothing was printed before."""
    op.create_table(
        "printed_form",
        sa.Column("page_id", _TEXT, sa.ForeignKey("certificate.page_id"), primary_key=True),
        sa.Column("sha256", _TEXT, primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
