"""A PostgreSQL server of the tests' own: started once, in a folder of its own, as a user without rights, and stopped.

It listens on a socket in that folder and on no port. It speaks a language that puts texts in another order than their
bytes, so that nothing can depend on the order of the server.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

DATABASES = ("sqlite", "postgresql")
MISSING = "PostgreSQL is not installed (tools/debian-packages.sh installs it): nothing was tested on it"
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=64MB",
)
MEMORY, ROOM = Path("/dev/shm"), 2**30  # noqa: S108 (mkdtemp makes a folder that only we can enter)
SAME = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
_names = count(1)


@cache
def programs() -> Path | None:
    """The folder of the newest `postgres` of this machine, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass(frozen=True)
class Server:
    """A running server; its databases are made from one another in about ten milliseconds."""

    folder: Path
    admin: psycopg.Connection[Any] = field(compare=False)
    """Kept open, because opening one costs more than the statement."""

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://cse@/{database}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Make a database as a copy of another that nobody uses; returns its name."""
        name = f"cse_{next(_names)}"
        self.admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def drop(self, database: str) -> None:
        self.admin.execute(f"DROP DATABASE {database} WITH (FORCE)")

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Give the address of a database that lives as long as the block."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)


@contextmanager
def server_in(binaries: Path) -> Iterator[Server]:
    """Start a server, and stop it.

    Its folder is not below that of pytest, which another user cannot enter; and a socket needs a short path. It is in
    memory where there is room: on a disk, making a database takes ten times as long.
    """
    folder = Path(tempfile.mkdtemp(prefix="cse-postgres-", dir=_memory()))
    options = " ".join(f"-c {one}" for one in (*FAST, "listen_addresses=''", f"unix_socket_directories={folder}"))
    run = partial(_run, binaries, folder)
    try:
        run("initdb", "--username=cse", "--auth=trust", "--no-sync", *SAME)
        run("pg_ctl", "start", "--wait", "--silent", f"--log={folder / 'log'}", f"--options={options}")
        with psycopg.connect(host=str(folder), user="cse", dbname="postgres", autocommit=True) as admin:
            yield Server(folder, admin)
    finally:
        run("pg_ctl", "stop", "--wait", "--silent", "--mode=fast")
        shutil.rmtree(folder)


def _memory() -> Path | None:
    """The folder of this machine that is in memory, if it has the room that the largest run needs; or None."""
    has_room = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else None


def _run(binaries: Path, folder: Path, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL, which refuses to be root: then it is `nobody`, who gets the folder."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    asked = [str(binaries / program), "--pgdata", str(folder / "data"), *arguments]
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
