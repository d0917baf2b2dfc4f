"""The register over TLS, and the table of what others say, printed once at the end of the run."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from registry.cli.conformance import conformance_app
from registry.cli.console import Session
from tests.conformance.interop_table import PROJECT, InteropTable
from tests.conformance.loopback_tls import Secured, listen, secured
from tests.conformance.port import ORIGIN, Port
from tests.integration.registers import AT, demo_in

_TABLE = pytest.StashKey[InteropTable]()
_FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TABLE] = InteropTable()
    config.stash[_FIGURES] = []


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> list[str]:
    """The lines of figures that are printed once at the end of the run."""
    return pytestconfig.stash[_FIGURES]


@pytest.fixture(scope="session")
def interop_table(pytestconfig: pytest.Config) -> InteropTable:
    """The table of this run."""
    return pytestconfig.stash[_TABLE]


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A demonstration register of its own, served over TLS."""
    folder: Path = tmp_path_factory.mktemp("secured")
    listener = listen()
    demo = demo_in(folder, f"https://localhost:{listener.getsockname()[1]}")
    with secured(demo, listener, folder / "tls") as served:
        yield served


@pytest.fixture(scope="session")
def port(tmp_path_factory: pytest.TempPathFactory) -> Port:
    """The conformance port beside the demonstration register."""
    demo = demo_in(tmp_path_factory.getbasetemp())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSE_VECTORS", str(PROJECT / os.environ.get("CSE_VECTORS", "../shared/vectors")))
        app, did = conformance_app(Session(demo.settings, demo.desk(), AT), ORIGIN)
    return Port(TestClient(app, base_url=ORIGIN), did, demo.base)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[_FIGURES]:
        terminalreporter.section("conformance")
        terminalreporter.write_line("\n".join(config.stash[_FIGURES]))
    lines = config.stash[_TABLE].lines()
    if not lines:
        return
    file = PROJECT / "var" / "interop-table.txt"
    file.parent.mkdir(exist_ok=True)
    today = datetime.now(UTC).date()
    file.write_text("\n".join([f"What other software said on {today}.", *lines, ""]), encoding="utf-8")
    terminalreporter.section("what other software says of our certificates")
    terminalreporter.write_line("\n".join(lines))
