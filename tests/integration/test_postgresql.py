"""What PostgreSQL owes beyond the tests of both kinds: turns, moments, a whole register or none, no secrets told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from registry.demo.officers import REGISTRAR
from registry.domain.registration import HoldKind
from registry.services.decisions import Suspension, suspend_registration
from registry.store.building import built_aside
from registry.store.engine import is_empty, open_engine
from registry.store.refusals import StoreError
from tests.integration.conftest import Cse
from tests.integration.postgres import Server
from tests.integration.registers import AT, DATABASE, Database, Office, office_of, staffed_in

WRITERS = 12


@pytest.fixture
def on_server(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office_of(staffed_in(tmp_path_factory.getbasetemp(), server)) as opened:
        yield opened


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    with server.database() as url:
        yield url


def test_writers_take_turns(on_server: Office) -> None:
    before = on_server.count("journal")
    with ThreadPoolExecutor(WRITERS) as pool:
        numbers = list(pool.map(lambda who: on_server.register(member_ref=f"W-{who}"), range(WRITERS)))
        pages = list(pool.map(on_server.issue, numbers))
    assert len(set(numbers)) == len(set(pages)) == WRITERS
    assert on_server.count("journal") == before + 3 * WRITERS, "registered, issued, paper code sealed"
    with on_server.desk.open_reading() as work:
        assert work.journal.broken_at() is None


def test_a_reading_sees_one_moment(on_server: Office) -> None:
    holding = Suspension(on_server.numbers[0], HoldKind.CPD, "D/1")
    with on_server.desk.open_reading() as work:
        head = work.journal.head()
        suspend_registration(on_server.desk, holding, actor=REGISTRAR, now=AT)
        assert work.journal.head() == head
        assert not work.register.answering(holding.number).value.holds
    with on_server.desk.open_reading() as work:
        assert work.journal.head() != head
        assert work.register.answering(holding.number).value.holds


def test_a_connection_that_was_lost_is_made_anew_and_work_on_it_is_undone(on_server: Office) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    others = f"{end} AND pid <> pg_backend_pid()"
    before = on_server.count("publication")

    def cut_off() -> None:
        with on_server.desk.open_work() as work:
            work.trust.next_slot(issued_at=AT)
            with on_server.database.engine.connect().execution_options(reading=True) as other:
                other.exec_driver_sql(others)
            work.trust.next_slot(issued_at=AT)

    with pytest.raises(StoreError, match=r"^the database refused: [^\n]*$"):
        cut_off()
    assert on_server.count("publication") == before


def test_neither_statement_nor_values_are_told(on_server: Office) -> None:
    on_server.database.execute("ALTER TABLE member RENAME TO elsewhere")
    with pytest.raises(StoreError) as refused:
        on_server.register(member_ref="M-secret")
    assert str(refused.value) == 'the database refused: relation "member" does not exist'


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://cse:hunter2@/none?host=/nowhere",
        "postgresql+psycopg://cse:hunter2@localhost:port/none",
        "postgresql+psycopg://cse:hunter2@/none?host=/nowhere&nonsense=hunter2",
        "postgresql+asyncpg://cse:hunter2@/none",
        "oracle://cse:hunter2@/none",
        "cse:hunter2@localhost",
    ],
)
@pytest.mark.parametrize("command", ["census", "demo", "upgrade"])
def test_no_message_holds_the_password(cse: Cse, tmp_path: Path, address: str, command: str) -> None:
    said = cse(command, "--dir", tmp_path / "register", env={"CSE_DATABASE_URL": address})
    assert said.code == (2 if address.endswith("/nowhere") else 3)
    assert "database" in said.err
    assert "hunter2" not in said.err
    assert said.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_texts_have_the_order_of_their_bytes_whatever_the_server_speaks(office: Office) -> None:
    paths = ["/B", "/a", "/a-b", "/aB", "/b"]
    with office.desk.open_work() as work:
        for path in reversed(paths):
            work.trust.add_statement(path, b"ordered")
    query = "SELECT path FROM statement WHERE document = :document ORDER BY path"
    assert office.database.execute(query, {"document": b"ordered"}) == [(path,) for path in paths]


# --- a whole register or none ----------------------------------------------------------------------------------------


def schemas(url: str) -> list[str]:
    engine = open_engine(url, create=True)
    found = inspect(engine).get_schema_names()
    engine.dispose()
    return sorted(name for name in found if name != "information_schema")


def test_what_is_built_aside_is_seen_when_it_is_complete(empty: str) -> None:
    with built_aside(empty) as aside:
        engine = open_engine(aside, create=True)
        Database(engine).execute("INSERT INTO register_fact VALUES ('kind', 'demo')")
        assert is_empty(empty)
    engine.dispose()
    moved = Database(open_engine(empty))
    assert moved.execute("SELECT value FROM register_fact") == [("demo",)]
    with pytest.raises(Exception, match="journal is append-only"):
        moved.execute("DELETE FROM journal")
    moved.execute("INSERT INTO member VALUES ('M', NULL, NULL, true)")
    moved.execute("INSERT INTO hold (member_id, kind, since, decision_ref) VALUES ('M', 'CPD', now(), 'D')")
    moved.engine.dispose()
    assert schemas(empty) == ["public"]


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt])
def test_what_fails_half_way_leaves_nothing(empty: str, stop: type[BaseException]) -> None:
    def build() -> None:
        with built_aside(empty) as aside:
            open_engine(aside, create=True).dispose()
            raise stop

    with pytest.raises(stop):
        build()
    assert is_empty(empty)
    assert schemas(empty) == ["public"]


def test_what_a_killed_builder_left_is_taken_away(empty: str) -> None:
    engine = create_engine(empty)
    Database(engine).execute("CREATE SCHEMA cse_building")
    Database(engine).execute("CREATE TABLE cse_building.register_fact (half int)")
    engine.dispose()
    assert is_empty(empty)
    with built_aside(empty) as aside:
        open_engine(aside, create=True).dispose()
    assert not is_empty(empty)


def test_two_builders_do_not_meet(empty: str) -> None:
    with built_aside(empty) as aside:
        open_engine(aside, create=True).dispose()
        with pytest.raises(StoreError, match="another process is building"), built_aside(empty):
            pytest.fail("two build at once")
    assert not is_empty(empty)


def test_a_register_that_came_in_the_meantime_stays(empty: str) -> None:
    def build() -> None:
        with built_aside(empty) as aside:
            open_engine(aside, create=True).dispose()
            engine = open_engine(empty, create=True)
            Database(engine).execute("INSERT INTO register_fact VALUES ('kind', 'other')")
            engine.dispose()

    with pytest.raises(StoreError, match="it holds a register by now"):
        build()
    engine = open_engine(empty)
    assert Database(engine).execute("SELECT value FROM register_fact") == [("other",)]
    engine.dispose()
    assert schemas(empty) == ["public"]


def test_a_folder_that_holds_something_else_is_not_built_into(cse: Cse, empty: str, tmp_path: Path) -> None:
    (tmp_path / DATABASE).touch()
    said = cse("demo", env={"CSE_DATABASE_URL": empty, "CSE_DATA_DIR": str(tmp_path)})
    assert (said.code, "no register of this database" in said.err) == (3, True)
    assert is_empty(empty)


def test_an_sqlite_register_is_built_in_its_own_folder(cse: Cse, tmp_path: Path) -> None:
    env = {"CSE_DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"}
    said = cse("demo", "--dir", tmp_path / "register", env=env)
    assert (said.code, "leave CSE_DATABASE_URL out" in said.err, list(tmp_path.iterdir())) == (3, True, [])
