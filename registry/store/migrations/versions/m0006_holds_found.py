"""Find the holds of one person or entry without reading those of all."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the two indexes."""
    for column in ("member_id", "register_no"):
        op.create_index(f"ix_hold_{column}", "hold", [column])
