"""Keep with each event what it left, so that the events alone give the register again; and when errors ended."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add what an event left, of which registration, which event it undoes, and when an error was corrected."""
    for name, kind in (("registration_seq", sa.Integer()), ("after", sa.Text()), ("corrects", sa.Integer())):
        op.add_column("status_event", sa.Column(name, kind))
    op.add_column("registration", sa.Column("reopened_at", sa.DateTime(timezone=True)))
    op.create_index("ix_status_event_register_no", "status_event", ["register_no"])
