"""Make the tables of the first release; its events and its journal can only be appended to."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

_POSTGRESQL = {
    # Texts are put in order by their bytes, as SQLite does, whatever language the server speaks.
    "TEXT": 'TEXT COLLATE "C"',
    "BLOB": "BYTEA",
    "DATETIME": "TIMESTAMP WITH TIME ZONE",
    "COUNTER": "SERIAL",
}
_REFUSE = """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'integrity_constraint_violation';
END $$"""


def upgrade() -> None:
    """Make everything that the first release made, in its order."""
    on_sqlite = op.get_context().dialect.name == "sqlite"
    words = {"COUNTER": "INTEGER"} if on_sqlite else _POSTGRESQL
    _, *tables = Path(__file__).with_name("part_one.sql").read_text(encoding="utf-8").split("\n\n")
    for table in tables:
        for word, meaning in words.items():
            table = table.replace(f" {word}", f" {meaning}")
        op.execute(table)
    if not on_sqlite:
        op.execute(_REFUSE)
    for table in ("status_event", "journal"):
        for verb in ("UPDATE", "DELETE") if on_sqlite else ("UPDATE", "DELETE", "TRUNCATE"):
            refuse = (
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                if on_sqlite
                else "EXECUTE FUNCTION refuse_change()"
            )
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}")
