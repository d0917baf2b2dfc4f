"""Keep until when a renewal counts as filed in time after a promotion that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add a column that the release before leaves empty."""
    op.add_column("registration_term", sa.Column("timely_until_on", sa.Date))
