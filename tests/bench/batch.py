"""`cse issue --pending` in a register in which many wait: killed once, and run again."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from registry.adapters.actors import FILE, actors_text
from registry.demo.officers import officers
from registry.store.engine import open_engine
from tests.integration.registers import AT, DATABASE, clean_environment, founded_in
from tests.integration.waiting import register


def waiting_in(folder: Path, count: int) -> Path:
    """Found a register below `folder` in which `count` registrations wait for certificates; return its folder."""
    original = founded_in(folder, None)
    engine = open_engine(f"sqlite:///{original.database}")
    register(engine, count)
    engine.dispose()
    (original.folder / FILE).write_text(actors_text(officers()), encoding="utf-8")
    return original.folder


@dataclass(frozen=True)
class Run:
    """What one run of the command took, its start with it."""

    cpu_seconds: float
    peak_mib: float
    code: int


def cse(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a command of `cse` on the register in `folder`; what it says goes to a file there."""
    settings = {"CSE_MODE": "demo", "CSE_DATA_DIR": str(folder), "CSE_CLOCK": AT.isoformat()}
    command = [sys.executable, "-m", "registry.cli.main", *arguments]
    with (folder / "said").open("ab") as said:
        return subprocess.Popen(command, env=clean_environment() | settings, stdout=said, stderr=said)


def issue_pending(folder: Path, *, kill_at: int | None = None) -> Run:
    """Run `cse issue --pending` on the register in `folder`; it is killed when `kill_at` are issued."""
    process = cse(folder, "issue", "--pending")
    if kill_at is not None:
        while count(folder, "state = 'issued'") < kill_at or count(folder, "state = 'intent'") == 0:
            time.sleep(0.05)
        process.kill()
    _, status, used = os.wait4(process.pid, 0)
    return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status))


def count(folder: Path, condition: str, what: str = "*") -> int:
    """Count the rows of certificates for which an SQL `condition` holds."""
    with closing(sqlite3.connect(folder / DATABASE, timeout=60)) as database:
        query = f"SELECT count({what}) FROM certificate WHERE {condition}"  # noqa: S608
        return int(database.execute(query).fetchone()[0])


def sample(folder: Path, size: int) -> list[Path]:
    """Publish the register, and write `size` of its certificates, as their random page ids come, to files."""
    if cse(folder, "publish").wait() != 0:
        raise RuntimeError((folder / "said").read_text(encoding="utf-8")[-500:])
    with closing(sqlite3.connect(folder / DATABASE)) as database:
        query = "SELECT page_id, document FROM certificate WHERE state = 'issued' ORDER BY page_id LIMIT ?"
        found = [(folder / f"{page}.json", document) for page, document in database.execute(query, (size,))]
    for file, document in found:
        file.write_bytes(document)
    return [file for file, _ in found]
