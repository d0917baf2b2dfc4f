"""Two years of 500 people, day by day, in processes that are killed at any moment: nothing is lost or half-done.

After each day the audit finds nothing, and JSON, page, published lists and the verifier alone agree. `LONG=1` lives the
two years; without it a month and a half.
"""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from keys.records import KeyUse, yearly_key
from registry.adapters.folder import PublishFolder, write_atomically
from registry.adapters.keyring import FolderKeyring, SecretFile
from registry.adapters.opening import open_desk
from registry.adapters.randomness import SystemRandomness
from registry.app import create
from registry.demo import bodies, habits, officers
from registry.demo.acting import Life, Stage
from registry.demo.hours import with_hours
from registry.demo.live import live_by_habits
from registry.demo.people import Act, Name, Person
from registry.demo.plan import PlanError, office_hour
from registry.domain.calendar import start_of
from registry.domain.refusals import DomainError
from registry.services import audit, issuing, publishing, sweeping, trust
from registry.services.answers import verdict_of_page
from registry.services.refusals import ServiceError
from tests.integration.published import offline_verdict
from tests.integration.registers import CHEAP, Demo, certificates

PEOPLE, SAMPLE, KILLED = 500, 5, 0.3
DAYS = 731 if os.environ.get("LONG") == "1" else 45
BEGINS = office_hour(habits.CENSUS)
LAST = habits.CENSUS + timedelta(days=DAYS)
_REFUSED = (DomainError, ServiceError, PlanError)
"""Why an act is refused that was done, and told by nobody, when its process was killed."""


def stage_of(demo: Demo, *, found: bool = False) -> Stage:
    """The stage of a register, opened anew: a process has its own connections."""
    settings = demo.settings
    keyring = FolderKeyring(settings.keystore_dir, settings.passphrase_dir, cost=CHEAP)
    desk, secret = open_desk(settings, create=found), SecretFile(settings.secret_file)
    return Stage(desk, keyring, SystemRandomness(), PublishFolder(settings.publish_dir), secret)


@dataclass
class World:
    """The register, who lives in it, and how far the day has come, in a file: a killed process tells nothing more."""

    demo: Demo
    lives: list[Life]
    progress: Path
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    killed: int = 0

    def live(self, day: date) -> None:
        """Live one day in processes of its own; each may be killed, and the next one goes on."""
        acts = [(life, act) for life in self.lives for act in life.person.acts if act.on == day]
        self.progress.write_text("0")
        before = self.killed
        while not self._run(partial(self._day, day, acts, again=self.killed > before), self._moment()):
            self.killed += 1

    def _moment(self) -> float | None:
        """Return after how many seconds a process is killed, or None if it is not."""
        return self.chance.uniform(0.01, 0.8) if self.chance.random() < KILLED else None

    def _run(self, act: Callable[[], None], kill_after: float | None) -> bool:
        """Do something in a child; tell whether it came to its end, and fail if it failed."""
        pid = os.fork()
        if not pid:
            code = 1
            try:
                act()
                code = 0
            except BaseException:  # Told here: a child that fails says nothing more to its parent.
                traceback.print_exc(file=sys.__stderr__)
            finally:
                os._exit(code)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        assert status in {0, signal.SIGKILL}, status
        return status == 0

    def _day(self, day: date, acts: list[tuple[Life, Act]], *, again: bool) -> None:
        """Sweep at midnight, let bodies and people act, issue, publish twice: what is replaced ends with the second."""
        stage, now = stage_of(self.demo), office_hour(day)
        sweeping.sweep(stage.desk, actor=officers.CLOCK, now=start_of(day), approved_by=officers.REGISTRARS)
        trust.refresh_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=now)
        done = int(self.progress.read_text())
        doings = [happen for on, happen in bodies.happenings(stage, office_hour(LAST), is_lived=True) if on == day]
        doings += [partial(carry_out, stage, life, act) for life, act in acts]
        for place, do in enumerate(doings[done:], start=done):
            with suppress(*(_REFUSED if again and place == done else ())):
                do(now=now)
            write_atomically(self.progress, str(place + 1).encode())
        while numbers := issuing.pending_numbers(stage.desk):
            asked = {"actor": officers.REGISTRAR, "now": now}
            told = issuing.issue_certificates(
                stage.desk,
                numbers,
                keyring=stage.keyring,
                randomness=stage.randomness,
                **asked,  # type: ignore[arg-type]
            )
            assert not [one for one in told.values() if isinstance(one, Exception)], told
        for minutes in (0, 1):
            later = now + timedelta(minutes=minutes)
            publishing.publish(stage.desk, stage.keyring, stage.publisher, actor=officers.PUBLISHER, now=later)

    def check(self, day: date) -> list[str]:
        """Return what does not agree after a day."""
        at, stage = office_hour(day) + timedelta(minutes=2), stage_of(self.demo)
        found = audit.audit(stage.desk, stage.publisher, actor=officers.REGISTRAR, now=at)
        with stage.desk.open_reading() as work:
            looked_at = self.chance.sample(certificates(work), SAMPLE)
        os.environ |= self.demo.environment(at)
        client = TestClient(create(), base_url=self.demo.base)
        for one in looked_at:
            online = verdict_of_page(stage.desk, one.page_id, now=at)
            alone = offline_verdict(one.document, self.demo.published, at)
            page = client.get(f"/v/{one.page_id}").text
            told = client.get(f"/v/{one.page_id}.json").json()
            answers = (online and online["outcome"], alone["outcome"], told["outcome"])
            if len(set(answers)) > 1 or f'data-outcome="{told["outcome"]}"' not in page:
                found.append(f"{day} {one.page_id}: {answers}")
        return found


def everybody() -> list[Person]:
    """The 200 of the data set, and as many who are registered first in the months that follow as make 500."""
    founders = [one for one in habits.people(BEGINS) if one.acts[0].on <= habits.CENSUS]
    new = (habits.newcomer(habits.CENSUS.year, one) for one in range(10 * PEOPLE))
    later = (habits._Course(one).whole() for one in new if one.acts[0].on > habits.CENSUS)
    return [*founders, *islice(later, PEOPLE - len(founders))]


def known(life: Life, stage: Stage) -> Life:
    """A person with what the register holds of them: an earlier process told nothing."""
    life.stage = stage
    with stage.desk.open_reading() as work:
        file = work.members.file(member_no=f"M-{life.person.serial:05}")
        if file is not None:
            member = work.register.member(file.member_id)
            entries = {
                place: work.register.entry_of(file.member_id, one.field) for place, one in enumerate(life.person.places)
            }
            life.numbers = {place: entry.register_no for place, entry in entries.items() if entry is not None}
            life.name = Name(member.name_hans, member.name_latin or "") if member is not None else life.name
    return life


def add_keys(stage: Stage, year: int) -> None:
    """Give every body the keys of another year: the demonstration is founded with those of the next one only."""
    with stage.desk.open_work() as work:
        for body in work.trust.bodies():
            uses = {key.key_use for key in body.keys} - {KeyUse.ROOT}
            new = [yearly_key(body.did, use, year) for use in sorted(uses)]
            for key in trust.listed(stage.keyring.add(work.trust.keystore(body.did), new)) if new else ():
                work.trust.add_key(body.did, key)


def carry_out(stage: Stage, life: Life, act: Act, now: datetime) -> None:
    known(life, stage).carry_out(act, now)


def test_drill_X30_two_years_with_processes_that_are_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo = Demo(tmp_path / "demo", {})
    stage, began = stage_of(demo, found=True), time.monotonic()
    live_by_habits(stage, at=BEGINS, step=lambda done, total: None)
    add_keys(stage, LAST.year)
    people = [with_hours(one, LAST) for one in everybody()]
    assert len(people) == PEOPLE
    world = World(demo, [Life(stage, one, SystemRandomness(), one.name) for one in people], tmp_path / "progress")
    faults: list[str] = []
    for one in range(1, DAYS + 1):
        day = habits.CENSUS + timedelta(days=one)
        world.live(day)
        faults += world.check(day)
    with capsys.disabled():
        said = f"people={len(people)} killed={world.killed} seconds={time.monotonic() - began:.0f}"
        print(f"\nX30 steps={DAYS} inconsistencies={len(faults)} {said}")
    assert faults == []
