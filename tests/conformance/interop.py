"""Ask an implementation that shares no code with ours: `@digitalbazaar/vc` on Node.

`run_interop` starts `tests/interop/verify.mjs` once for any number of certificates. Everything it reads comes
from a published folder; it opens no connection. `why_unavailable` says what is missing without Node.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).resolve().parents[1] / "interop"
_TIMEOUT_SECONDS = 300


class InteropError(RuntimeError):
    """The Node program could not run or judged fewer certificates than it was given."""


def _node() -> str | None:
    """Return the `node` of this virtual environment, else that of the machine."""
    own = Path(sys.prefix) / "bin" / "node"
    return str(own) if own.exists() else shutil.which("node")


def why_unavailable() -> str | None:
    """Say what is missing before `run_interop` can work; nothing is missing when the answer is `None`."""
    if _node() is None:
        return "no node: run make setup"
    if not (_PROJECT / "node_modules" / "@digitalbazaar" / "vc").is_dir():
        return "npm packages of tests/interop are not installed: run make interop-packages"
    return None


def run_interop(
    publish_dir: Path,
    base_url: str,
    certificates: Sequence[Path],
    *,
    status: bool = False,
    now: datetime | None = None,
    contexts: Path | None = None,
) -> list[dict[str, Any]]:
    """Return one answer per file of `certificates`, in order.

    An answer has `verified` (one good proof of the issuer is enough for that library), `proofs` (each with
    `verified`, and `assertion`: did its key sign this), `errors`, `status` (purpose and bit, if asked for)
    and `versions`. `now` moves the clock; `contexts` is the folder of the published contexts. Raises
    `InteropError` when Node or its packages are missing or the program fails.
    """
    if not certificates:
        return []
    reason = why_unavailable()
    if reason is not None:
        raise InteropError(reason)
    command = [str(_node()), str(_PROJECT / "verify.mjs")]
    command += ["--status"] if status else []
    command += ["--now", now.isoformat()] if now is not None else []
    command += ["--contexts", str(contexts)] if contexts is not None else []
    command += [str(publish_dir), base_url, *map(str, certificates)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False)
    if done.returncode != 0:
        raise InteropError(done.stderr.strip() or f"verify.mjs ended with {done.returncode}")
    answers: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(certificates):
        raise InteropError(f"{len(certificates)} certificates asked, {len(answers)} answered")
    return answers
