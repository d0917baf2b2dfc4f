"""Ask implementations that share no code with ours, on Node: `@digitalbazaar/vc`, `verifier-core`, `@sd-jwt`.

`run_interop` starts `tests/interop/verify.mjs` once for any number of certificates. Everything it reads comes
from a published folder, and it opens no connection; or from a served register. `run_core` starts
`tests/interop/core.mjs`, which fetches what it wants, `run_canonize` asks jsonld.js alone. `why_unavailable` says what
is missing without Node.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
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
    if not (_PROJECT / "node_modules" / ".installed").exists():
        return "npm packages of tests/interop are not installed: run make interop-packages"
    return None


def run_interop(
    publish_dir: Path | None,
    base_url: str,
    certificates: Sequence[Path],
    *,
    status: bool = False,
    now: datetime | None = None,
    contexts: Path | None = None,
    ca: Path | None = None,
) -> list[dict[str, Any]]:
    """Return one answer per file of `certificates`, in order.

    An answer has `verified` (one good proof of the issuer is enough for that library), `proofs` (each with
    `verified`, and `assertion`: did its key sign this), `errors`, `status` (purpose and bit, if asked for)
    and `versions`. Without `publish_dir` it fetches from `base_url`, and trusts the authority `ca` too. `now` moves
    the clock; `contexts` is the folder of the published contexts. Raises `InteropError` when Node or its packages
    are missing or the program fails.
    """
    options = ["--status"] if status else []
    options += ["--now", now.isoformat()] if now is not None else []
    options += ["--contexts", str(contexts)] if contexts is not None else []
    return _run("verify.mjs", [*options, str(publish_dir or "-"), base_url], certificates, ca)


def run_core(base_url: str, certificates: Sequence[Path], *, now: datetime, ca: Path) -> list[dict[str, Any]]:
    """Return one answer of verifier-core per file of `certificates`, in order.

    An answer has `steps` (true, false or null by name), `schema` (its look at our schema; null: none), `errors` and
    `versions`. Raises `InteropError` as `run_interop` does.
    """
    return _run("core.mjs", ["--now", now.isoformat(), base_url], certificates, ca)


def run_canonize(contexts: Mapping[str, Any], documents: Sequence[Any], folder: Path) -> list[dict[str, Any]]:
    """Return for each of `documents` its `nquads` by jsonld.js in safe mode, or the `error` that it met.

    It knows `contexts` by address and no others; `folder` is for what is handed over. Raises `InteropError` as
    `run_interop` does.
    """
    return _of_documents("canonize.mjs", contexts, documents, folder)


def run_proofs(contexts: Mapping[str, Any], documents: Sequence[Any], folder: Path) -> list[dict[str, Any]]:
    """Return for each of `documents` whether jsonld-signatures calls it `verified`, and each of its `proofs`.

    For the rest as `run_canonize`.
    """
    return _of_documents("proofs.mjs", contexts, documents, folder)


def _of_documents(
    program: str, contexts: Mapping[str, Any], documents: Sequence[Any], folder: Path
) -> list[dict[str, Any]]:
    files = (folder / "contexts.json", folder / "documents.json")
    for file, value in zip(files, (contexts, documents), strict=True):
        file.write_text(json.dumps(value), encoding="utf-8")
    answers = _answers(program, [str(file) for file in files], None)
    if len(answers) != len(documents):
        raise InteropError(f"{len(documents)} documents asked, {len(answers)} answered")
    return answers


def run_wallet(publish_dir: Path, jobs: Sequence[Path]) -> list[dict[str, Any]]:
    """Return one answer of the SD-JWT libraries per file of `jobs`, in order, which say what is to be done.

    An answer has `refused` (what the library said, or null), `versions`, and what the job gives. Raises
    `InteropError` as `run_interop` does.
    """
    return _run("wallet.mjs", [str(publish_dir)], jobs, None)


def _run(program: str, arguments: Sequence[str], certificates: Sequence[Path], ca: Path | None) -> list[dict[str, Any]]:
    if not certificates:
        return []
    answers = _answers(program, [*arguments, *map(str, certificates)], ca)
    if len(answers) != len(certificates):
        raise InteropError(f"{len(certificates)} certificates asked, {len(answers)} answered")
    return answers


def _answers(program: str, arguments: Sequence[str], ca: Path | None) -> list[dict[str, Any]]:
    reason = why_unavailable()
    if reason is not None:
        raise InteropError(reason)
    command = [str(_node()), str(_PROJECT / program), *arguments]
    trust = {"NODE_EXTRA_CA_CERTS": str(ca)} if ca is not None else {}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False, env={**os.environ, **trust}
    )
    if done.returncode != 0:
        raise InteropError(done.stderr.strip() or f"{program} ended with {done.returncode}")
    # A text may hold line ends of its own kind, such as U+2028.
    answers: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.split("\n") if line]
    return answers
