"""Which revision of the schema a database has, which one this program needs, and the way from one to the other."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

PART_ONE = "0001"
"""What the first release made; it wrote no revision into its database."""
_OLDEST_TABLE = "register_fact"


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "registry.store:migrations")
    return config


@cache
def newest() -> str:
    """Return the revision that this program needs; later ones only add to it (ADR 0009)."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def revision(connection: Connection) -> str | None:
    """Return the revision of a database, or None if it holds no tables of a register."""
    return _written(connection) or (PART_ONE if inspect(connection).has_table(_OLDEST_TABLE) else None)


def _written(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def is_behind(found: str | None) -> bool:
    """Tell whether a database lacks something that this program needs. Revisions are numbers of four digits."""
    return found is None or found < newest()


def migrate(connection: Connection) -> None:
    """Bring a database to the newest revision, in the transaction of `connection`: all of the way or nothing of it."""
    found = revision(connection)
    if found is not None and _written(connection) is None:
        command.stamp(_config(connection), found)
    if is_behind(found):
        command.upgrade(_config(connection), "head")
