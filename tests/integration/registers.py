"""Registers to test with: the demonstration register, and a small founded one that lives in memory.

Each is built once per run of the tests and per kind of database; a test that changes something works on a copy.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Executable, func, select, text

from keys.keystore import KdfCost
from registry.adapters.actors import FILE, actors_text
from registry.adapters.folder import PublishFolder, write_atomically
from registry.adapters.keyring import FolderKeyring, SecretFile
from registry.adapters.opening import open_desk
from registry.adapters.randomness import SystemRandomness
from registry.demo.live import Stage, live
from registry.demo.officers import REGISTRAR, board, officers
from registry.demo.plan import STORIES, Engineer
from registry.domain.registration import Grade
from registry.services.bodies import GrantAuthorization, grant_authorization
from registry.services.census import register_lines
from registry.services.issuing import issue_certificate
from registry.services.ports import Desk
from registry.services.registrations import Recommendation, confirm_registration, recommend_registration
from registry.services.trust import (
    Founding,
    found_register,
    publish_trust_list,
)
from registry.settings import Settings, read_settings
from registry.store.certificates import StoredCertificate
from registry.store.engine import Readings, open_engine, open_work
from registry.store.tables import METADATA
from registry.store.work import Work
from tests.integration.postgres import Server

BASE = "http://localhost:8000"
AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
"""The moment of every register here: 10:00 in Shanghai."""
CHEAP = KdfCost(1, 8192, 1)
DATABASE = "register.sqlite"
MINUTE = timedelta(minutes=1)
FOUNDED = datetime(2021, 11, 5, tzinfo=UTC)
FIRST_DAY = date(2021, 12, 1)
"""When the small register was founded, and the day from which its societies are authorized: to 30 November 2026."""


@dataclass(frozen=True)
class Demo:
    """A demonstration register in a folder: what lives in it, and the environment to use it with."""

    folder: Path
    engineers: dict[str, Engineer]
    """By register number."""
    base: str = BASE
    database: dict[str, str] = field(default_factory=dict)
    """The setting that names the database, where it is not the SQLite file in the folder."""

    def environment(self, at: datetime = AT, **more: str) -> dict[str, str]:
        fixed = {"CSE_MODE": "demo", "CSE_DATA_DIR": str(self.folder), "CSE_BASE_URL": self.base, **self.database}
        # The tests of a whole register ask more often than anybody may; those of the limit set it.
        return {**fixed, "CSE_CLOCK": at.isoformat(), "CSE_VERIFY_RATE": "1000000", **more}

    @property
    def settings(self) -> Settings:
        return read_settings(self.environment())

    @property
    def published(self) -> Path:
        return self.folder / "publish"

    def desk(self) -> Desk:
        return open_desk(self.settings)

    def pages(self) -> dict[str, str]:
        """Page id by number."""
        return {line.number: str(line.page_id) for line in register_lines(self.desk(), actor=REGISTRAR, now=AT)}

    def number(self, story: str, position: int = 0) -> str:
        """The number of somebody with this story."""
        return [number for number, one in self.engineers.items() if one.story == story][position]

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with closing(sqlite3.connect(self.folder / DATABASE)) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608


def certificates(work: Work) -> list[StoredCertificate]:
    """Every certificate that was issued, by number and issue number."""
    held = [(number, one.seq) for number in work.register.numbers() for one in work.register.registrations(number)]
    return [certificate for place in held for certificate in work.certificates.of_registration(*place)]


@cache
def demo_in(folder: Path, base: str = BASE, *, count: int = STORIES, at: datetime = AT) -> Demo:
    """Build the demonstration register of `base` below `folder`; the second call answers at once."""
    demo = Demo(folder / "demo", {}, base)
    settings = demo.settings
    keyring = FolderKeyring(settings.keystore_dir, settings.passphrase_dir, cost=CHEAP)
    desk, secret = open_desk(settings, create=True), SecretFile(settings.secret_file)
    stage = Stage(desk, keyring, SystemRandomness(), PublishFolder(settings.publish_dir), secret)
    demo.engineers.update(live(stage, at=at, count=count, step=lambda done, total: None))
    write_atomically(demo.folder / FILE, actors_text(officers()).encode("utf-8"))
    return demo


def copy_of(demo: Demo, folder: Path) -> Demo:
    """Copy a register into `folder`: the database by its own backup, so that no open page is missed."""
    shutil.copytree(demo.folder, folder, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
    with closing(sqlite3.connect(demo.folder / DATABASE)) as old, closing(sqlite3.connect(folder / DATABASE)) as new:
        old.backup(new)
    return Demo(folder, demo.engineers, demo.base)


@dataclass(frozen=True)
class Database:
    """The database of a register by itself, for what no use case does."""

    engine: Engine

    def execute(self, statement: str | Executable, values: Any = None) -> list[tuple[Any, ...]]:
        """Run one statement (`:name` stands for a value) in a transaction of its own; returns its rows."""
        with self.engine.begin() as connection:
            result = connection.execute(text(statement) if isinstance(statement, str) else statement, values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def drop_trigger(self, name: str, table: str) -> None:
        self.execute(f"DROP TRIGGER {name}" + ("" if self.engine.dialect.name == "sqlite" else f" ON {table}"))

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table."""
        return {name: sorted(self.execute(select(table)), key=repr) for name, table in METADATA.tables.items()}


@dataclass(frozen=True)
class Office:
    """A founded register with its keys: three societies, ELE also authorized for ICT."""

    desk: Desk
    keyring: FolderKeyring
    database: Database
    numbers: tuple[str, ...] = ()

    def recommend(self, **changed: object) -> str:
        """Recommend somebody; returns the digest."""
        command = recommendation(**changed)
        return recommend_registration(self.desk, command, actor=board(command.society), now=AT)

    def register(self, **changed: object) -> str:
        """Recommend and confirm somebody; returns the register number."""
        digest = self.recommend(**changed)
        return confirm_registration(self.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=AT)

    def without_bar(self) -> "Office":
        """The same register under a policy by which a revocation bars nobody for years (R-CC-09)."""
        policy = replace(self.desk.policy, conduct_reapply_years=0)
        return replace(self, desk=replace(self.desk, policy=policy))

    def issue(self, number: str, at: datetime = AT) -> str:
        """Issue the certificate of a number; returns the page id."""
        return issue_certificate(
            self.desk, number, keyring=self.keyring, randomness=SystemRandomness(), actor=REGISTRAR, now=at
        )

    def count(self, table: str) -> int:
        """How many rows a table has."""
        ((number,),) = self.database.execute(select(func.count()).select_from(METADATA.tables[table]))
        return int(number)


def recommendation(**changed: object) -> Recommendation:
    """A recommendation that is in order, but for what is `changed`."""
    members: dict[str, object] = {
        "member_ref": "M-1",
        "name_hans": "林知远",
        "name_latin": "Lin Zhiyuan",
        "consent_c1": True,
        "society": "ELE",
        "field": "ELE",
        "grade": "PE",
        "standard": "T/CAS 326-2021",
        "decided_on": date(2026, 6, 20),
        "decision_ref": "ELE/2026/1",
        "interview_on": date(2026, 6, 10),
    }
    return Recommendation(**(members | changed))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Original:
    """A register to make copies of: the folder of its keys, its database, and who is in it."""

    folder: Path
    database: str
    """An SQLite file, or the name of a database on the server."""
    server: Server | None = None
    numbers: tuple[str, ...] = ()


@cache
def founded_in(folder: Path, server: Server | None) -> Original:
    """Found a small register below `folder`, with its database there or on `server`."""
    settings = read_settings({"CSE_MODE": "demo"}, data_dir=folder / ("founded-on-server" if server else "founded"))
    settings.data_dir.mkdir()
    name = server.create() if server else str(settings.data_dir / DATABASE)
    engine = open_engine(server.url(name) if server else settings.database_url, create=True)
    desk = desk_on(engine)
    keyring = FolderKeyring(settings.keystore_dir, settings.passphrase_dir, cost=CHEAP)
    found_register(desk, keyring, Founding(2021, 2026, ("ELE", "ICT", "CIV")), actor=REGISTRAR, now=FOUNDED)
    told, scope = (tuple(Grade), FIRST_DAY, "T/1"), (("ELE", ("ELE", "ICT")), ("ICT", ("ICT",)), ("CIV", ("CIV",)))
    grants = [GrantAuthorization(society, fields, *told) for society, fields in scope]
    grant_authorization(desk, keyring, *grants, actor=REGISTRAR, now=FOUNDED)
    publish_trust_list(desk, keyring, actor=REGISTRAR, now=AT)
    engine.dispose()
    return Original(settings.data_dir, name, server)


@cache
def staffed_in(folder: Path, server: Server | None) -> Original:
    """Copy the founded register and certify one person in two fields and another in one."""
    source = founded_in(folder, server)
    with office_of(source) as office:
        numbers = (
            office.register(),
            office.register(field="ICT", grade="AE"),
            office.register(member_ref="M-2", society="CIV", field="CIV"),
        )
        for number in numbers:
            office.issue(number)
        engine = office.database.engine
        if server:
            engine.dispose()
            return replace(source, database=server.create(str(engine.url.database)), numbers=numbers)
        target = folder / "staffed.sqlite"
        with closing(sqlite3.connect(target)) as database:
            _in_memory(engine).backup(database)
    return replace(source, database=str(target), numbers=numbers)


@contextmanager
def office_of(original: Original) -> Iterator[Office]:
    """Open a copy of a founded register: on SQLite in memory."""
    with _copy(original) as engine:
        yield Office(desk_on(engine), _keyring(original.folder), Database(engine), original.numbers)


@contextmanager
def _copy(original: Original) -> Iterator[Engine]:
    with ExitStack() as closed:
        if original.server:
            engine = open_engine(closed.enter_context(original.server.database(original.database)))
        else:
            engine = open_engine("sqlite://", create=True)
            with closing(sqlite3.connect(original.database)) as source:
                source.backup(_in_memory(engine))
            _in_memory(engine).isolation_level = None
        closed.callback(engine.dispose)
        yield engine


def _in_memory(engine: Engine) -> sqlite3.Connection:
    connection = engine.raw_connection().driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection


def desk_on(engine: Engine) -> Desk:
    """A desk at an open database."""
    return Desk(partial(open_work, engine), Readings(engine), BASE, True)


@cache
def _keyring(folder: Path) -> FolderKeyring:
    return FolderKeyring(folder / "keys", folder / "passphrases")


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its content, the database's own helpers left out."""
    skipped = (f"{DATABASE}-wal", f"{DATABASE}-shm", DATABASE, ".publishing")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in skipped
    }


def clean_environment() -> dict[str, str]:
    """The environment without any setting of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CSE_")}
