"""The import contracts are alive: each planted breach is named by exactly the contracts that forbid it.

So is the rule that one module opens connections (T08) and one reads the clock.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("schemas", "verifier", "keys", "issuer", "registry", "public_site")

LAYERS = "Each layer imports only what lies below it"
VERIFIER = "The verifier knows no keys, issuer, network, database or web"
ALONE = "cse-verify needs no register, no key, no database and no web"
RULES = "The rules import the standard library only"
PUBLIC_SITE = "The public site reaches no key and no issuer"
NO_WEB = "Use cases, storage and signing know no web and no command line"
SQL = "Only the store speaks SQL"
ROOF = "Nobody imports the roof"

# Package or file, the import planted in it, the contracts that must break. Two contracts may forbid one import.
BREACHES = [
    pytest.param("verifier", "keys", {LAYERS, VERIFIER}, id="the verifier imports keys"),
    pytest.param("verifier", "sqlalchemy", {VERIFIER, SQL}, id="the verifier imports a database"),
    pytest.param("registry/cli/alone.py", "typer", {ALONE}, id="cse-verify imports the command line of the register"),
    pytest.param("registry/cli/alone.py", "registry.adapters.fetching", {ALONE}, id="cse-verify opens connections"),
    pytest.param("public_site", "issuer", {PUBLIC_SITE}, id="the public site imports the issuer"),
    pytest.param("registry/domain", "sqlalchemy", {RULES, SQL}, id="a rule imports a database"),
    pytest.param("registry/domain", "os", {RULES}, id="a rule looks at the machine"),
    pytest.param("registry/services", "fastapi", {NO_WEB}, id="a use case imports the web framework"),
    pytest.param("registry/store", "registry.services", {LAYERS}, id="the store imports a use case"),
    pytest.param("registry/services", "registry.app", {LAYERS, ROOF}, id="a use case imports the roof"),
]


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the Python files of the packages, and the configuration, to a folder of their own."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            target = folder / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return folder


def broken_contracts(folder: Path) -> set[str]:
    """Run the linter in `folder` and return the names of the broken contracts."""
    program = Path(sys.executable).with_name("lint-imports")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [program, "--no-cache", "--no-logo"],
        cwd=folder,
        env=environment | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    judged = dict(re.findall(r"^(.+) (KEPT|BROKEN)$", done.stdout, flags=re.MULTILINE))
    assert len(judged) == 8, done.stdout + done.stderr
    return {name for name, verdict in judged.items() if verdict == "BROKEN"}


def test_the_tree_as_it_stands_keeps_every_contract(copied_tree: Path) -> None:
    assert broken_contracts(copied_tree) == set()


@pytest.mark.parametrize(("package", "imported", "expected"), BREACHES)
def test_a_planted_breach_is_reported(copied_tree: Path, package: str, imported: str, expected: set[str]) -> None:
    planted = copied_tree / package if package.endswith(".py") else copied_tree / package / "planted_breach.py"
    before = planted.read_text(encoding="utf-8") if planted.exists() else '"""Planted by a test."""\n'
    planted.write_text(f"{before}\nimport {imported}\n", encoding="utf-8")
    try:
        assert broken_contracts(copied_tree) == expected
    finally:
        planted.write_text(before, encoding="utf-8")


# --- who opens connections, and who reads the clock -----------------------------------------------------------------

CLIENTS = [
    "import http.client",
    "from http import client",
    "from http.client import HTTPSConnection as Connection",
    "import urllib.request",
    "from urllib import request",
    "from urllib.request import urlopen",
    "import socket",
    "from socket import create_connection",
    "import requests",
    "import httpx",
    "import httpx2",
    "import aiohttp",
    "import urllib3",
    "import ftplib",
    "import smtplib",
    "import asyncio\n\nasyncio.open_connection('x', 443)",
    "import datetime\n\ndatetime.datetime.now(datetime.UTC)",
    "import time\n\ntime.time()",
]
MODULES = [
    "registry/adapters/userfolder.py",
    "registry/adapters/fetching.py",
    "registry/cli/verify.py",
    "verifier/dids.py",
]
MARKED = {
    "registry/adapters/children.py": 1,
    "registry/adapters/clock.py": 1,
    "registry/adapters/fetching.py": 2,
    "registry/adapters/forking.py": 1,
    "registry/cli/serve.py": 1,
}
"""Where the rule is set aside, for how many lines."""


def banned_in(name: str, content: str) -> list[str]:
    """Say what ruff finds banned in `content`, if it were the module `name`."""
    program = Path(sys.executable).with_name("ruff")
    asked = [
        program,
        "check",
        "--select=TID251",
        "--output-format=concise",
        "--no-cache",
        f"--stdin-filename={name}",
        "-",
    ]
    done = subprocess.run(asked, cwd=ROOT, input=content, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if "banned-api" in line]


@pytest.mark.parametrize("name", MODULES)
def test_threat_T08_a_planted_client_is_reported_in_every_module(name: str) -> None:
    before = (ROOT / name).read_text(encoding="utf-8")
    assert banned_in(name, before) == []
    for planted in CLIENTS:
        assert len(banned_in(name, f"{before}\n{planted}\n")) == 1, planted


def test_threat_T08_the_rule_is_set_aside_in_these_lines_alone() -> None:
    sources = [source for package in PACKAGES for source in (ROOT / package).rglob("*.py")]
    marks = {str(one.relative_to(ROOT)): one.read_text(encoding="utf-8").count("noqa: TID251") for one in sources}
    assert {name: count for name, count in marks.items() if count} == MARKED
    assert not [one for one in sources if "ruff: noqa" in one.read_text(encoding="utf-8")]
