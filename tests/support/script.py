"""Run the scripts of the pages in the Node of this virtual environment: the same files, and no browser."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "public_site" / "assets"
_NODE = Path(sys.prefix) / "bin" / "node"
_PROGRAM = """
import { readFileSync } from "node:fs";
const [digits, paper] = await Promise.all(["cbor.js", "paper.js"].map((name) => import("%s/" + name)));
const given = JSON.parse(readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(await (async () => { %s })()));
"""


def run_script(body: str, given: Any) -> Any:
    """Run `body` of an async function with `digits` (cbor.js), `paper` (paper.js) and `given`; returns its value."""
    if not _NODE.exists():
        pytest.skip("no node: run make setup")
    done = subprocess.run(
        [str(_NODE), "--no-warnings", "--input-type=module", "-e", _PROGRAM % (ASSETS.as_uri(), body)],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
