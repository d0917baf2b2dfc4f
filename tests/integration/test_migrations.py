"""Migrations: one schema on both databases, from empty and from the first release, which goes on beside it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, create_engine, inspect

from registry.demo.officers import REGISTRAR
from registry.demo.plan import Story
from registry.domain.registration import HoldKind
from registry.services.answers import verdict_of_number
from registry.services.decisions import Suspension, suspend_registration
from registry.store.engine import is_empty, open_engine, upgrade
from registry.store.refusals import SchemaBehindError, StoreError
from registry.store.schema import newest
from registry.store.tables import METADATA
from tests.integration.conftest import Cse
from tests.integration.postgres import Server
from tests.integration.registers import AT, DATABASE, Database, Demo, Office, desk_on

VERSIONS = Path(__file__).resolve().parents[2] / "registry" / "store" / "migrations" / "versions"


@pytest.fixture
def url(place: Server | None, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of each kind."""
    if place is None:
        (tmp_path / DATABASE).touch()
        yield f"sqlite:///{tmp_path / DATABASE}"
    else:
        with place.database() as address:
            yield address


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return list(compare_metadata(context, METADATA))


def part_one(url: str) -> MetaData:
    """Make a database as the first release made it, and return its tables as they were then."""
    engine, tables = create_engine(url), MetaData()
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "registry.store:migrations")
        command.upgrade(config, "0001")
        connection.exec_driver_sql("DROP TABLE alembic_version")
        tables.reflect(connection)
    engine.dispose()
    return tables


def test_an_empty_database_gets_the_tables_of_the_program(url: str) -> None:
    assert is_empty(url)
    engine = open_engine(url, create=True)
    assert differences(engine) == []
    assert Database(engine).execute("SELECT version_num FROM alembic_version") == [(newest(),)]
    assert not is_empty(url)
    engine.dispose()


def test_a_database_of_the_first_release_gets_the_tables_of_the_program(url: str) -> None:
    part_one(url)
    assert upgrade(url) == ("0001", newest())
    assert upgrade(url) == (newest(), newest())
    engine = open_engine(url)
    assert differences(engine) == []
    engine.dispose()


def test_the_first_release_reads_and_writes_beside_the_newest_migration(staffed: Office, url: str) -> None:
    """Every row of a register, by the columns of then: written after the upgrade, and read as it was written."""
    suspend_registration(staffed.desk, Suspension(staffed.numbers[0], HoldKind.CPD, "D/1"), actor=REGISTRAR, now=AT)
    tables = part_one(url).sorted_tables
    upgrade(url)
    engine = open_engine(url)
    database = Database(engine)
    for table in tables:
        names = table.c.keys()
        read = f"SELECT {', '.join(names)} FROM {table.name} ORDER BY 1, 2"  # noqa: S608
        write = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES (:{', :'.join(names)})"  # noqa: S608
        rows = staffed.database.execute(read)
        if rows:
            database.execute(write, [dict(zip(names, row, strict=True)) for row in rows])
        assert database.execute(read) == rows
    assert {table.name for table in tables if staffed.count(table.name)} >= {"hold", "certificate", "status_event"}
    database.execute("UPDATE hold SET lifted_at = since")
    answer = verdict_of_number(desk_on(engine), staffed.numbers[0], now=AT).verdict
    assert answer is not None
    assert answer["state"] == "valid"
    with desk_on(engine).open_reading() as work:
        assert work.journal.broken_at() is None
    engine.dispose()


def test_two_upgrades_at_once_take_turns(url: str) -> None:
    part_one(url)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(upgrade, [url] * 4))
    assert {after for _, after in found} == {newest()}
    engine = open_engine(url)
    assert Database(engine).execute("SELECT version_num FROM alembic_version") == [(newest(),)]
    engine.dispose()


def test_many_that_open_a_new_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """SQLite lets one of several set up a file, and refuses the others at once instead of letting them wait."""
    with ThreadPoolExecutor(4) as pool:
        for number in range(40):
            file = tmp_path / f"{number}.db"
            file.touch()
            assert list(pool.map(is_empty, [f"sqlite:///{file}"] * 4)) == [True] * 4


def test_a_database_behind_is_refused_and_one_ahead_is_used(url: str) -> None:
    engine = open_engine(url, create=True)
    database = Database(engine)
    database.execute("UPDATE alembic_version SET version_num = '0000'")
    for create in (False, True):
        with pytest.raises(
            SchemaBehindError, match=f"at revision 0000, this program needs {newest()}: run cse upgrade"
        ):
            open_engine(url, create=create)
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    open_engine(url).dispose()
    assert upgrade(url) == ("9999", "9999")
    engine.dispose()


def test_a_migration_that_fails_changes_nothing(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE journal (seq INTEGER)")
    with pytest.raises(StoreError, match=r"cannot be opened: .*already exists"):
        open_engine(url, create=True)
    assert inspect(engine).get_table_names() == ["journal"]
    engine.dispose()


def test_there_is_nothing_to_upgrade_where_there_is_no_register(url: str) -> None:
    with pytest.raises(StoreError, match="holds no register yet"):
        upgrade(url)
    assert is_empty(url)


def test_revisions_are_numbers_in_one_line_and_files_are_named_after_them() -> None:
    names = sorted(path.name for path in VERSIONS.glob("m*.py"))
    found = [re.fullmatch(r"m(\d{4})_\w+\.py", name) for name in names]
    assert [one[1] for one in found if one] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert newest() == f"{len(names):04}"


def test_a_migration_imports_nothing_of_ours() -> None:
    ours = re.compile(r"^\s*(from|import)\s+(registry|schemas|verifier|keys|issuer|public_site)\b", re.MULTILINE)
    for path in [*VERSIONS.glob("m*.py"), VERSIONS.parent / "env.py"]:
        assert ours.search(path.read_text(encoding="utf-8")) is None, path


def test_a_register_of_the_first_release_is_upgraded_by_the_command(copied: Demo, cse: Cse, tmp_path: Path) -> None:
    of_then = part_one(f"sqlite:///{tmp_path / 'then.sqlite'}").tables
    engine = create_engine(f"sqlite:///{copied.folder / DATABASE}")
    with engine.begin() as connection:
        for name in [*(METADATA.tables.keys() - of_then.keys()), "alembic_version"]:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        for name, then in of_then.items():
            for index in {one.name for one in METADATA.tables[name].indexes} - {one.name for one in then.indexes}:
                connection.exec_driver_sql(f"DROP INDEX {index}")
            for column in set(METADATA.tables[name].c.keys()) - set(then.c.keys()):
                connection.exec_driver_sql(f"ALTER TABLE {name} DROP COLUMN {column}")
    env, before = copied.environment(), copied.rows()
    number = copied.number(Story.VALID)
    assert "is at revision 0001" in cse("verify", number, env=env).err
    assert cse("upgrade", "--json", env=env).json == {"from": "0001", "to": newest()}
    assert {name: count for name, count in copied.rows().items() if name in of_then} == before
    assert f"at revision {newest()} and is at {newest()}: nothing to do\n" in cse("upgrade", env=env).out
    assert cse("verify", number, env=env).code == 0


def test_what_is_no_register_is_not_upgraded(cse: Cse, tmp_path: Path) -> None:
    said = cse("upgrade", "--dir", tmp_path, env={})
    assert (said.code, "there is no file" in said.err, list(tmp_path.iterdir())) == (3, True, [])
