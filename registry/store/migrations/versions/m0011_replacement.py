"""Keep why a certificate shall be replaced, and by which decision a person has the present name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add both; they are empty for what was never replaced or renamed."""
    op.add_column("certificate", sa.Column("replaced_for", _TEXT))
    op.create_index("ix_certificate_replaced_for", "certificate", ["replaced_for"])
    op.add_column("member", sa.Column("named_by", _TEXT))
