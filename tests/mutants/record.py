"""A plugin of pytest that writes down how long each test takes and what the tests import that is not ours."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

_OURS = {"schemas", "verifier", "keys", "issuer", "registry", "public_site", "tests", "tools", "__main__", "conftest"}
_SECONDS = Counter[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", required=True, help="the file to write")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _SECONDS[report.nodeid] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    modules = [name for name in sys.modules if name.partition(".")[0] not in _OURS | sys.stdlib_module_names]
    text = json.dumps({"seconds": _SECONDS, "modules": modules})
    Path(session.config.getoption("--record")).write_text(text, encoding="utf-8")
