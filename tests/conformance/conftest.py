"""The register over TLS, the conformance port, and what tests tell for the end of the run: figures, others' answers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from registry.cli.conformance import conformance_app
from registry.cli.console import Session
from tests.conformance.interop_table import PROJECT, InteropTable
from tests.conformance.loopback_tls import Secured, listen, secured
from tests.conformance.port import ORIGIN, Port
from tests.integration.registers import AT, demo_in


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Take lines of figures into the report of this test, from which they are printed."""
    lines: list[str] = []
    yield lines
    request.node.user_properties += [("figure", line) for line in lines]


@pytest.fixture
def interop_table(request: pytest.FixtureRequest) -> Iterator[InteropTable]:
    """Take what this test tells into its report, from which the table is printed."""
    table = InteropTable()
    yield table
    request.node.user_properties += table.properties()


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
