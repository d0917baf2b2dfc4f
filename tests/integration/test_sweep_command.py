"""`cse sweep`, the clock job beside the server, and the ends of `cse decide`, as commands on the demonstration."""

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from registry.demo.plan import Story
from tests.integration.conftest import Cse
from tests.integration.published import bits, check_all
from tests.integration.registers import AT, DATABASE, MINUTE, Demo, clean_environment, listing
from tests.integration.test_decide_and_publish import Follow, Visit, follow

__all__ = ["follow"]
MONTHS = AT + timedelta(days=120)
"""When the grace of whoever was expired at AT is over."""
NEXT = AT + timedelta(days=5)


def lapsed(demo: Demo) -> str:
    return demo.number(Story.EXPIRED)


def page(demo: Demo, visit: Visit, number: str, at: datetime) -> str:
    return visit(demo, at).get(f"/v/{demo.pages()[number]}").text


def index(demo: Demo, number: str) -> int:
    with demo.desk().open_reading() as work:
        return work.certificates.of_registration(number, 1)[0].status_index


def beside_the_server(demo: Demo, at: datetime) -> subprocess.CompletedProcess[str]:
    """What runs beside the server, which is gone after the first publication."""
    return subprocess.run(
        [sys.executable, "-m", "registry.cli.main", "publish", "--every", "10", "--with-server"],
        env=clean_environment() | demo.environment(at),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_dry_run_tells_and_a_run_does_and_publishes(copied: Demo, cse: Cse, visit: Visit) -> None:
    number = lapsed(copied)
    env = copied.environment(MONTHS)
    before = listing(copied.folder)
    assert cse("sweep", "--dry-run", "--as-of", "2021-01-01", env=env).out in {"due: nothing\n", "due: expiry 1\n"}
    due = cse("sweep", "--dry-run", "--json", env=env).json
    ahead = cse("sweep", "--dry-run", "--json", "--as-of", "2026-10-29", env=copied.environment()).json
    assert due["lapse.renewal"] == ahead["lapse.renewal"] > 0
    assert listing(copied.folder) == before
    first = cse("sweep", "--approved", "--as", "registrar-2", env=env)
    assert (first.code, "two registrars, one after the other" in " ".join(first.err.split())) == (3, True)
    again = cse("sweep", "--approved", "--as", "registrar-2", env=env)
    assert (again.code, "person" in again.err) == (3, True)
    done = cse("sweep", "--approved", "--json", env=env)
    assert (done.code, done.json) == (0, {"done": due, "waiting": {}, "unreadable": []})
    assert bits(copied.published, index(copied, number), MONTHS) == (1, 0)
    text = page(copied, visit, number, MONTHS)
    assert 'data-state="lapsed"' in text
    assert "not re-registered" in text
    check_all(copied, MONTHS, only=copied.pages()[number])
    again = cse("sweep", env=copied.environment(MONTHS + MINUTE))
    assert (again.code, again.out) == (0, "done: nothing\n")


def test_a_demonstration_is_swept_as_of_a_day_past(copied: Demo, cse: Cse) -> None:
    env = copied.environment(MONTHS)
    cse("sweep", "--approved", "--as-of", "2026-07-01", "--as", "registrar-2", env=env)
    assert cse("sweep", "--approved", "--as-of", "2026-07-01", env=env).out == "done: expiry 3\n"
    assert "lapse.renewal" in cse("sweep", "--dry-run", env=env).out


def both(cse: Cse, env: dict[str, str]) -> None:
    """Let two registrars approve what waits."""
    for name in ("registrar-2", "registrar-1"):
        cse("sweep", "--approved", "--as", name, env=env)


def test_r_dt_12_a_day_to_come_is_approved_in_advance(copied: Demo, cse: Cse) -> None:
    for name, words in (("registrar-2", "by you; another registrar does the same"), ("registrar-1", "by two persons")):
        said = cse("sweep", "--approved", "--as-of", "2027-05-01", "--as", name, env=copied.environment())
        assert (said.code, words in said.out) == (0, True)


def test_a_dry_run_approves_nothing_and_says_so(copied: Demo, cse: Cse) -> None:
    said = cse("sweep", "--dry-run", "--approved", "--as-of", "2027-05-01", env=copied.environment())
    assert (said.code, said.out) == (3, "")
    assert "--dry-run only looks, so --approved goes without it" in said.err


def test_threat_X05_X06_after_a_jump_a_person_looks_first(copied: Demo, cse: Cse) -> None:
    assert cse("sweep", env=copied.environment()).code == 0
    for at in (AT + timedelta(days=400), AT - timedelta(hours=2)):
        said = cse("sweep", env=copied.environment(at))
        assert (said.code, said.out) == (3, "")
        assert "cse: something was recorded, or the clock job ran, at 2026-07-01T02:00:00+00:00," in said.err
    both(cse, copied.environment(MONTHS))
    assert cse("sweep", env=copied.environment(MONTHS)).code == 0


def test_threat_T23_many_lapses_wait_and_the_rest_goes_out(copied: Demo, cse: Cse) -> None:
    with closing(sqlite3.connect(copied.folder / DATABASE)) as database, database:
        database.execute("UPDATE registration_term SET start_on = '2021-06-02', end_on = '2026-06-01'")
        database.execute("UPDATE hold SET lifted_at = since")
        database.execute("INSERT INTO register_fact VALUES ('swept_at', ?)", [MONTHS.isoformat()])
    said = cse("sweep", "--json", env=copied.environment(MONTHS))
    done, many = said.json["done"], said.json["waiting"]["lapse.renewal"]
    assert (said.code, set(done), many > 20) == (1, {"expiry"}, True)
    assert (
        f"wait (lapse.renewal {many}): look at cse sweep --dry-run, then two registrars, one after the other, run"
        in said.err
    )
    one = cse("sweep", "--approved", "--json", "--as", "registrar-2", env=copied.environment(MONTHS + MINUTE))
    assert (one.code, one.json["done"], one.json["waiting"]) == (1, {}, {"lapse.renewal": many})
    approved = cse("sweep", "--approved", "--json", env=copied.environment(MONTHS + MINUTE))
    assert (approved.code, approved.json) == (0, {"done": {"lapse.renewal": many}, "waiting": {}, "unreadable": []})


def test_threat_X09_three_commands_at_once_make_and_publish_each_change_once(copied: Demo, cse: Cse) -> None:
    env = copied.environment(MONTHS)
    due = cse("sweep", "--dry-run", "--json", env=env).json
    before = copied.rows()["status_event"]
    cse("sweep", "--approved", "--as", "registrar-2", env=env)
    command = [sys.executable, "-m", "registry.cli.main", "sweep", "--approved", "--json"]
    jobs = [subprocess.Popen(command, env=clean_environment() | env, stdout=subprocess.PIPE) for _ in range(3)]
    done = [json.loads(job.communicate()[0])["done"] for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0, 0]
    assert sum(map(Counter, done), Counter()) == due
    assert copied.rows()["status_event"] == before + sum(due.values())
    assert bits(copied.published, index(copied, lapsed(copied)), MONTHS) == (1, 0)
    check_all(copied, MONTHS, only=copied.pages()[lapsed(copied)])


def test_changes_that_cannot_be_published_are_told_so(copied: Demo, cse: Cse) -> None:
    keys = list((copied.folder / "keys").iterdir())
    for path in keys:
        path.chmod(0o644)
    cse("sweep", "--approved", "--as", "registrar-2", env=copied.environment(MONTHS))
    said = cse("sweep", "--approved", env=copied.environment(MONTHS))
    assert (said.code, "recorded and NOT yet published" in said.err) == (2, True)
    assert bits(copied.published, index(copied, lapsed(copied)), AT) == (0, 0)
    for path in keys:
        path.chmod(0o600)
    again = cse("sweep", env=copied.environment(MONTHS + MINUTE))
    assert (again.code, again.out) == (0, "done: nothing\n")
    assert bits(copied.published, index(copied, lapsed(copied)), MONTHS + MINUTE) == (1, 0)


def test_beside_the_server_a_demonstration_lives_on_after_any_pause(copied: Demo, cse: Cse, visit: Visit) -> None:
    assert cse("sweep", env=copied.environment()).code == 0
    said = beside_the_server(copied, MONTHS)
    assert (said.returncode, said.stdout, said.stderr) == (0, "published\n", "")
    number = lapsed(copied)
    assert bits(copied.published, index(copied, number), MONTHS) == (1, 0)
    assert 'data-state="lapsed"' in page(copied, visit, number, MONTHS)


def test_a_register_without_the_line_of_the_clock_goes_on_publishing(copied: Demo) -> None:
    table = copied.folder / "actors.toml"
    table.write_text(table.read_text(encoding="utf-8").split("[clock]")[0], encoding="utf-8")
    before = listing(copied.published)["manifest.json"]
    said = beside_the_server(copied, NEXT)
    assert (said.returncode, said.stdout) == (0, "published\n")
    assert said.stderr.startswith("cse sweep: actors.toml names no actor 'clock'")
    assert listing(copied.published)["manifest.json"] != before


def test_keys_that_cannot_be_opened_do_not_stop_the_clock(copied: Demo, cse: Cse) -> None:
    for path in (copied.folder / "keys").iterdir():
        path.chmod(0o644)
    assert beside_the_server(copied, MONTHS).returncode == 3
    assert cse("sweep", "--dry-run", env=copied.environment(MONTHS)).out == "due: nothing\n"


@pytest.mark.parametrize(
    ("words", "acting", "state"),
    [
        (("withdraw", "--decision", "W/1"), "board", "withdrawn"),
        (("death", "--on", "2026-06-30", "--decision", "E/1"), "board", "deceased"),
        (("annul", "--reason", "false-statement", "--decision", "C/1"), "registrar-1", "annulled"),
    ],
    ids=["withdraw", "death", "annul"],
)
def test_every_end_by_decision_is_published_when_the_command_ends(
    copied: Demo, follow: "type[Follow]", words: tuple[str, ...], acting: str, state: str
) -> None:
    number = copied.number(Story.VALID)
    one = follow(number)
    with copied.desk().open_reading() as work:
        society = work.register.entry(number).society
    who = f"board-{society.lower()}" if acting == "board" else acting
    said = one.decide(words[0], number, *words[1:], acting=who)
    assert said.code == 0, said
    if state == "annulled":
        one.reads("valid", (0, 0), slots=0)
        said = one.decide("confirm", said.json["proposal"], acting="registrar-2")
    assert said.json["state"] == state
    one.reads(state, (1, 0))


def test_whatever_stops_the_clock_job_stops_no_publication_and_repeats_no_row(copied: Demo) -> None:
    """A fact of a shape that nobody writes ends the job by an error which is none of ours."""
    with copied.desk().open_work() as work:
        for name in ("swept_at", "sweep_forecasts"):
            work.trust.set_fact(name, '["a row of the register"]')
    done = beside_the_server(copied, NEXT)
    assert (done.returncode, done.stdout) == (0, "published\n")
    assert done.stderr.splitlines()[-1].endswith("Error, it stopped")
    assert "a row of the register" not in done.stderr
