"""Keep how authorizations and memberships end, and which registrations in doubt were cleared."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ADDED: dict[str, dict[str, Any]] = {
    "authorization_grant": {"cause": _TEXT, "successor": _TEXT, "decision_ref": _TEXT}
    | dict.fromkeys(("doubt_from", "doubt_until"), sa.Date()),
    "membership": dict.fromkeys(("to_on", "arrears_on", "notified_on"), sa.Date()),
    "registration": {"doubt_cleared_at": sa.DateTime(timezone=True)},
}


def upgrade() -> None:
    """Add columns that the release before leaves empty, and a way to the entries of a society."""
    for table, added in _ADDED.items():
        for name, kind in added.items():
            op.add_column(table, sa.Column(name, kind))
    op.create_index("ix_register_entry_society", "register_entry", ["society"])
