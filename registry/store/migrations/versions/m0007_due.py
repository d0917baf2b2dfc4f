"""Note when the clock job must look at a registration, and when a person died."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add both; without an instant the job looks at once."""
    op.add_column("registration", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.add_column("member", sa.Column("deceased_on", sa.Date()))
    op.create_index("ix_registration_due_at", "registration", ["due_at"])
