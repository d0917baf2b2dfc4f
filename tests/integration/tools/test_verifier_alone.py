"""The verifier imports where no database, no web framework and no private key is installed."""

import os
import subprocess
import sys
from pathlib import Path

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
