"""The verifier works where no database, no web framework and no private key is installed."""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from registry.demo.plan import Story
from tests.integration.published import root_sha256
from tests.integration.registers import Demo
from tests.integration.test_offline import CLOCK, certificate
from tests.support.papers import baked_png, baked_svg, pdf, picture, sheet

ROOT = Path(__file__).resolve().parents[3]

# Runs in a fresh interpreter: what is blocked cannot be imported, then every module of the verifier is.
PROGRAM = """
import importlib, pkgutil, sys

BLOCKED = {
    "fastapi", "starlette", "uvicorn", "jinja2", "pydantic", "sqlalchemy", "sqlite3", "argon2", "typer",
    "rich", "httpx", "keys", "issuer", "registry", "public_site",
}

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"blocked: {name}")
        return None

sys.meta_path.insert(0, Blocker())
for name in BLOCKED:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        continue
    sys.exit(f"the blocker let {name} pass")

import verifier

names = [module.name for module in pkgutil.walk_packages(verifier.__path__, "verifier.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
loaded = BLOCKED & {name.partition(".")[0] for name in sys.modules}
if loaded:
    sys.exit(f"imported all the same: {loaded}")
print(f"modules={len(names)}")
"""


def test_the_verifier_imports_with_nothing_but_its_own_needs() -> None:
    # Measuring coverage would load a database module into the interpreter that is to have none.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout != "modules=0\n"


# --- installed alone from a wheel ---------------------------------------------------------------------------------

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ABSENT = (
    "fastapi",
    "starlette",
    "jinja2",
    "sqlalchemy",
    "typer",
    "rich",
    "uvicorn",
    "weasyprint",
    "pikepdf",
    "PIL",
    "zxingcpp",
)


def _run(*command: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "CSE_", "PYTHON"))}
    return subprocess.run(
        [str(word) for word in command], env={**environment, **CLOCK}, capture_output=True, text=True, check=False
    )


def _done(*command: object) -> str:
    done = _run(*command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _needed(requirements: list[str]) -> set[str]:
    """The distributions that `requirements` lead to, without any extra."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        required = Requirement(waiting.pop())
        name = required.name.lower()
        if name in found or (required.marker is not None and not required.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += metadata.distribution(name).requires or []
    return found


def _provide(name: str, target: Path) -> None:
    """Link what one installed distribution brought into another environment."""
    distribution = metadata.distribution(name)
    for top in {Path(str(file)).parts[0] for file in distribution.files or [] if Path(str(file)).parts[0] != ".."}:
        if top != "__pycache__" and not (target / top).exists():
            (target / top).symlink_to(distribution.locate_file(top))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean virtual environment with our wheel, without extras, and what it requires; returns its programs.

    The wheel is built and installed by pip; what it requires is linked from here, so that no registry is asked.
    """
    folder = tmp_path_factory.mktemp("alone")
    for package in ("schemas", "verifier", "keys", "issuer", "registry", "public_site"):
        shutil.copytree(ROOT / package, folder / "source" / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "source")
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")
    _done(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder / "source")
    venv.create(folder / "venv", with_pip=False)
    programs = folder / "venv" / "bin"
    (wheel,) = folder.glob("*.whl")
    _done(*pip, "--python", programs / "python", "install", "--no-deps", "--no-index", wheel)
    (target,) = (folder / "venv" / "lib").glob("python*/site-packages")
    for name in _needed(PROJECT["project"]["dependencies"]):
        _provide(name, target)
    return programs


def test_the_environment_has_no_web_and_no_database(alone: Path) -> None:
    probe = "import sys, importlib.util as u; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    assert _done(alone / "python", "-c", probe, *ABSENT, "cse_nothing").strip() == "[]"
    assert _done(alone / "python", "-c", probe, "nacl", "pyld", "verifier").strip() == "['nacl', 'pyld', 'verifier']"
    assert {path.name for path in alone.iterdir()} >= {"cse-verify"}


def test_cse_verify_alone_answers(alone: Path, demo: Demo, tmp_path: Path) -> None:
    command, pin = alone / "cse-verify", f"sha256:{root_sha256(demo.published)}"
    files = {story: tmp_path / story for story in (Story.VALID, Story.REVOKED)}
    for story, folder in files.items():
        folder.mkdir()
        files[story] = certificate(demo, story, folder)
    (tmp_path / "garbage").write_bytes(b"garbage")
    asked = ("--offline", demo.published, "--trust-root", pin)
    said = _run(command, files[Story.VALID], *asked)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("Signature genuine")
    assert _run(command, files[Story.REVOKED], *asked).returncode == 1
    assert _run(command, files[Story.VALID], *asked[:2]).returncode == 2
    assert _run(command, tmp_path / "garbage", *asked).returncode == 3
    assert _run(command, "--help").returncode == 0
    assert _run(command, "trust", "add", demo.published, "--yes", pin).returncode == 0
    assert _run(command, files[Story.VALID], *asked[:2]).returncode == 0


def test_badges_are_read_alone_and_a_pdf_or_photo_names_what_it_needs(alone: Path, demo: Demo, tmp_path: Path) -> None:
    command, asked = alone / "cse-verify", ("--offline", demo.published, "--trust-root")
    pin = f"sha256:{root_sha256(demo.published)}"
    document = certificate(demo, Story.VALID, tmp_path).read_bytes()
    for name, content in (("a.png", baked_png(document)), ("a.svg", baked_svg(document.decode()))):
        (tmp_path / name).write_bytes(content)
        said = _run(command, tmp_path / name, *asked, pin)
        assert (said.returncode, said.stderr) == (0, "")
        assert said.stdout.startswith("The picture was not checked\nSignature genuine")
    (tmp_path / "bad.svg").write_bytes(baked_svg("{}", attributes=' onload="x"'))
    assert "scripts" in _run(command, tmp_path / "bad.svg", *asked, pin).stderr
    for name, content in (("a.pdf", pdf("x", attached=[("a", document)])), ("b.png", picture(sheet("x")))):
        (tmp_path / name).write_bytes(content)
        said = _run(command, tmp_path / name, *asked, pin)
        assert (said.returncode, said.stdout, len(said.stderr.splitlines())) == (3, "", 1)
        assert "pip install '.[registry]'" in said.stderr


def test_cse_alone_says_what_it_lacks(alone: Path) -> None:
    said = _run(alone / "cse", "census")
    assert (said.returncode, said.stdout, len(said.stderr.splitlines())) == (3, "", 1)
    assert "use cse-verify, or install with the extra registry" in said.stderr
