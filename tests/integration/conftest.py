"""The registers that the tests share, and the command line as a function."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from registry.app import create
from registry.cli import alone
from registry.cli.main import run
from registry.demo.plan import STORIES
from tests.integration.lives import Lives, lives_of
from tests.integration.postgres import DATABASES, MISSING, Server, programs, server_in
from tests.integration.registers import (
    AT,
    BASE,
    Demo,
    Office,
    clean_environment,
    copy_of,
    demo_in,
    founded_in,
    office_of,
    staffed_in,
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration register: for reading."""
    return demo_in(tmp_path_factory.getbasetemp())


@pytest.fixture
def copied(demo: Demo, tmp_path: Path) -> Demo:
    """A copy of the demonstration register: for changing."""
    return copy_of(demo, tmp_path / "copied")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    binaries = programs()
    if binaries is None:
        pytest.skip(MISSING)
    with server_in(binaries) as running:
        yield running


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest) -> Server | None:
    """Each kind of database in turn: None is SQLite."""
    return request.getfixturevalue("server") if request.param == "postgresql" else None


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, place: Server | None) -> Iterator[Office]:
    """A founded register without anybody in it."""
    with office_of(founded_in(tmp_path_factory.getbasetemp(), place)) as opened:
        yield opened


@pytest.fixture
def staffed(tmp_path_factory: pytest.TempPathFactory, place: Server | None) -> Iterator[Office]:
    """A founded register with one person certified in two fields and another in one."""
    with office_of(staffed_in(tmp_path_factory.getbasetemp(), place)) as opened:
        yield opened


@pytest.fixture
def lives(tmp_path_factory: pytest.TempPathFactory, place: Server | None) -> Iterator[Lives]:
    """A register that keeps the CPD ledger from 2021 on, without anybody in it."""
    with lives_of(tmp_path_factory.getbasetemp(), place) as opened:
        yield opened


@pytest.fixture(scope="session")
def demo_on_server(demo: Demo, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demonstration register as `cse demo` builds it on PostgreSQL: the same people under the same numbers."""
    with server.database() as url:
        built = Demo(tmp_path_factory.mktemp("on-server") / "demo", demo.engineers, database={"CSE_DATABASE_URL": url})
        asked = [sys.executable, "-m", "registry.cli.main", "demo", "--engineers", str(STORIES)]
        subprocess.run(asked, check=True, env=clean_environment() | built.environment(), stdout=subprocess.DEVNULL)
        yield built


@dataclass(frozen=True)
class Said:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cse = Callable[..., Said]
MOST_FILES = 256


@pytest.fixture(scope="session")
def kept_files() -> list[int]:
    """How many files stayed open when Python last looked for registers that no test uses any more."""
    return [0]


@pytest.fixture(autouse=True)
def few_files(kept_files: list[int]) -> Iterator[None]:
    """Close the databases of registers that no test uses any more, which are found only when Python looks for them."""
    yield
    if len(os.listdir("/proc/self/fd")) > kept_files[0] + MOST_FILES:
        gc.collect()
        kept_files[0] = len(os.listdir("/proc/self/fd"))


@pytest.fixture(autouse=True)
def user_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration folder for each test, so that none knows what another has seen."""
    folder = tmp_path_factory.mktemp("configuration")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder / "cse-verify"


@pytest.fixture
def cse(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cse:
    """Run a command of `cse` in this process, in the environment given."""
    return _commands(run, monkeypatch, capfd)


@pytest.fixture
def cse_verify(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cse:
    """Run `cse-verify` in this process, in the environment given."""
    return _commands(alone.run, monkeypatch, capfd)


def _commands(
    program: Callable[[list[str]], int], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Cse:
    def command(*arguments: object, env: dict[str, str]) -> Said:
        for name in [name for name in os.environ if name.startswith("CSE_")]:
            monkeypatch.delenv(name)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        code = program([str(argument) for argument in arguments])
        said = capfd.readouterr()
        return Said(code, said.out, said.err)

    return command


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., TestClient]]:
    """Open the public origin of a register."""
    opened: list[TestClient] = []

    def client(demo: Demo, at: datetime = AT) -> TestClient:
        for name, value in demo.environment(at).items():
            monkeypatch.setenv(name, value)
        opened.append(TestClient(create(), base_url=BASE, raise_server_exceptions=False))
        return opened[-1]

    yield client
    for one in opened:
        one.close()
