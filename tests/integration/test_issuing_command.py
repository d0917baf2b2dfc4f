"""`cse issue --pending` with more than fit into one round: how far it is, stopping it, and going on."""

import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from registry.adapters.actors import FILE, actors_text
from registry.demo.officers import officers
from registry.services.issuing import AT_ONCE, pending_numbers
from registry.store.engine import open_engine
from tests.integration.conftest import Cse
from tests.integration.registers import DATABASE, Database, Demo, clean_environment, founded_in
from tests.integration.waiting import register

ISSUE = (sys.executable, "-m", "registry.cli.main", "issue", "--pending")


@pytest.fixture
def founded(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Demo:
    """A founded register in a folder of its own, without anybody in it."""
    original = founded_in(tmp_path_factory.getbasetemp(), None)
    folder = Path(shutil.copytree(original.folder, tmp_path / "founded"))
    (folder / FILE).write_text(actors_text(officers()), encoding="utf-8")
    return Demo(folder, {})


def waiting(demo: Demo, count: int) -> Database:
    database = Database(open_engine(f"sqlite:///{demo.folder / DATABASE}"))
    register(database.engine, count)
    return database


def test_more_than_one_round_is_issued_once_each_whoever_stops_it_and_goes_on(founded: Demo, cse: Cse) -> None:
    database = waiting(founded, 2 * AT_ONCE + 1)
    environment = clean_environment() | founded.environment()
    with subprocess.Popen(ISSUE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "1,000 of 2,001 looked at\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert (process.returncode, out, err.splitlines()[-1]) == (3, "", "cse: stopped")
    left = len(pending_numbers(founded.desk()))
    assert left in {1, AT_ONCE + 1}
    said = cse("issue", "--pending", env=founded.environment())
    assert (said.code, said.out.splitlines()[-1]) == (0, f"{left} done, 0 refused")
    rows = database.execute("SELECT register_no, list_number, status_index, state FROM certificate")
    issued = [number for number, *_, state in rows if state == "issued"]
    assert (len(issued), len(set(issued))) == (2 * AT_ONCE + 1, 2 * AT_ONCE + 1)
    assert len({place[1:3] for place in rows}) == len(rows)
    with founded.desk().open_reading() as work:
        assert work.journal.broken_at() is None
        assert work.journal.head().seq >= 2 * len(issued)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_round_that_is_full_or_nearly_full(founded: Demo, cse: Cse, more: int) -> None:
    waiting(founded, AT_ONCE + more)
    said = cse("issue", "--pending", "--json", env=founded.environment())
    assert (said.code, len({row["page"] for row in said.json})) == (0, AT_ONCE + more)
    assert said.err == ("1,000 of 1,001 looked at\n" if more > 0 else "")


def test_a_terminal_shows_a_bar_with_rate_and_time_left(founded: Demo) -> None:
    waiting(founded, 3)
    leader, follower = pty.openpty()
    environment = clean_environment() | founded.environment() | {"TERM": "xterm", "COLUMNS": "100"}
    done = subprocess.run(ISSUE, env=environment, stdout=subprocess.PIPE, stderr=follower, check=True, text=True)
    os.close(follower)
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    assert "3/3" in shown
    assert "/s" in shown
    assert "0:00:00" in shown
    assert done.stdout.splitlines()[-1] == "3 done, 0 refused"
