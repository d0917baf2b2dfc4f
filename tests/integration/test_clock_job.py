"""The clock job on both databases: what time alone changes, once, from its own day, whenever the job runs."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from registry.demo.officers import CLOCK, CONDUCT_PANEL, REGISTRAR, SECOND_REGISTRAR
from registry.domain.calendar import start_of
from registry.domain.changes import GroundClass
from registry.domain.refusals import NotLiveError
from registry.domain.registration import HoldKind
from registry.services.answers import verdict_of_number
from registry.services.decisions import Suspension, confirm_end, lift_hold, propose_end, suspend_registration
from registry.services.refusals import ClockJumpError, CommandError
from registry.services.sweeping import Swept, due_at, sweep
from registry.store.certificates import StoredCertificate
from registry.store.engine import open_engine
from tests.integration.postgres import Server
from tests.integration.registers import AT, MINUTE, Database, Office, desk_on, staffed_in

LAST_DAY = date(2031, 6, 30)
EXPIRY, LAPSE = start_of(date(2031, 7, 1)), start_of(date(2031, 9, 29))
"""Whoever was registered at AT, and never renews."""


def run(office: Office, now: datetime, *, approved: bool = True, **more: Any) -> Swept:
    return sweep(office.desk, actor=CLOCK, now=now, is_approved=approved, **more)


def hold(office: Office, kind: HoldKind, at: datetime, number: int = 0, until: date | None = None) -> None:
    actor = CONDUCT_PANEL if kind.name.startswith("CONDUCT") else REGISTRAR
    command = Suspension(office.numbers[number], kind, "D/1", until)
    suspend_registration(office.desk, command, actor=actor, now=at)


def certificate(office: Office, number: int = 0) -> StoredCertificate:
    with office.desk.open_reading() as work:
        (only,) = work.certificates.of_registration(office.numbers[number], 1)
    return only


def bits(office: Office, number: int = 0) -> tuple[int, int]:
    index = certificate(office, number).status_index
    with office.desk.open_reading() as work:
        return int(index in work.certificates.revoked_indexes(1)), int(index in work.certificates.suspended_indexes(1))


def life(office: Office, number: int = 0) -> str:
    with office.desk.open_reading() as work:
        return work.register.answering(office.numbers[number]).value.life


def events(office: Office, number: int = 0) -> list[tuple[str, datetime, datetime]]:
    with office.desk.open_reading() as work:
        found = work.journal.events(office.numbers[number])[1:]
        assert work.journal.broken_at() is None
    return [(event.type, event.effective_at, event.recorded_at) for event in found]


def test_scenario_39_who_does_not_renew_lapses_at_midnight_whatever_time_the_job_runs(staffed: Office) -> None:
    assert run(staffed, EXPIRY - MINUTE).done == {}
    assert run(staffed, EXPIRY).done == {"expiry": 3}
    assert (life(staffed), bits(staffed)) == ("EXPIRED", (0, 0))
    late = LAPSE + timedelta(hours=7)
    assert run(staffed, LAPSE - timedelta(seconds=1)).done == {}
    assert run(staffed, late).done == {"lapse.renewal": 3}
    ended = certificate(staffed).ended
    assert ended is not None
    assert (ended.reason, ended.at, life(staffed), bits(staffed)) == ("RENEWAL_LAPSE", LAPSE, "LAPSED", (1, 0))
    assert events(staffed) == [("EXPIRED", EXPIRY, EXPIRY), ("LAPSED", LAPSE, late)]
    before = staffed.count("journal")
    assert run(staffed, late + MINUTE).done == {}
    assert staffed.count("journal") == before


def test_a_late_run_makes_every_step_in_its_order(staffed: Office) -> None:
    hold(staffed, HoldKind.CONDUCT_SANCTION, AT, until=LAST_DAY)
    assert run(staffed, LAPSE + timedelta(days=9)).done == {"expiry": 3, "sanction-over": 2, "lapse.renewal": 3}
    steps = [(kind, at) for kind, at, _ in events(staffed)][1:]
    assert steps == [("EXPIRED", EXPIRY), ("SUSPENSION_TERM_ENDED", EXPIRY), ("LAPSED", LAPSE)]
    assert [kind for kind, *_ in events(staffed, 1)][1:] == ["SUSPENSION_TERM_ENDED", "EXPIRED", "LAPSED"]


@pytest.mark.parametrize("other", [None, HoldKind.MEMBERSHIP])
def test_scenario_48_a_sanction_is_over_unless_another_hold_runs(staffed: Office, other: HoldKind | None) -> None:
    hold(staffed, HoldKind.CONDUCT_SANCTION, AT, until=date(2026, 9, 30))
    if other:
        hold(staffed, other, AT)
    over = start_of(date(2026, 10, 1))
    assert run(staffed, over - MINUTE).done == {}
    assert [bits(staffed, one) for one in range(3)] == [(0, 1), (0, 1), (0, 0)]
    assert run(staffed, over).done == {"sanction-over": 2}
    assert [bits(staffed, one) for one in range(3)] == [(0, int(other is not None)), (0, 0), (0, 0)]
    assert events(staffed)[-1] == events(staffed, 1)[-1] == ("SUSPENSION_TERM_ENDED", over, over)


def test_scenario_77_a_cpd_lapse_is_never_seen_as_good(staffed: Office) -> None:
    held = start_of(date(2026, 7, 2))
    hold(staffed, HoldKind.CPD, held)
    lapse = start_of(date(2027, 7, 2))
    for moment in (held, held + timedelta(days=200), lapse - MINUTE):
        run(staffed, moment)
        assert bits(staffed) == (0, 1)
    assert run(staffed, lapse).done == {"lapse.cpd": 2}
    assert (bits(staffed), bits(staffed, 1), bits(staffed, 2)) == ((1, 1), (1, 1), (0, 0))
    lift_hold(staffed.desk, staffed.numbers[0], HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=lapse + MINUTE)
    assert bits(staffed) == (1, 1)
    ended = certificate(staffed).ended
    assert ended is not None
    assert (ended.reason, ended.at) == ("CPD_LAPSE", lapse)


def test_scenario_78_what_lapsed_is_not_revoked_without_its_case_and_keeps_its_end(staffed: Office) -> None:
    run(staffed, LAPSE)
    about = {"ground": GroundClass.FALSE_STATEMENT, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    with pytest.raises(NotLiveError):
        propose_end(staffed.desk, "revocation", staffed.numbers[0], now=LAPSE + MINUTE, **about)  # type: ignore[arg-type]
    digest = propose_end(staffed.desk, "annulment", staffed.numbers[0], now=LAPSE + MINUTE, **about)  # type: ignore[arg-type]
    assert confirm_end(staffed.desk, digest, actor=REGISTRAR, now=LAPSE + 2 * MINUTE)[1] == "annulled"
    ended = certificate(staffed).ended
    assert ended is not None
    assert (life(staffed), ended.reason) == ("ANNULLED", "RENEWAL_LAPSE")


@pytest.mark.parametrize("kind", [HoldKind.CONDUCT_INTERIM, HoldKind.SOCIETY_REVIEW, HoldKind.IDENTITY])
def test_scenario_82_no_lapse_while_such_a_hold_runs_and_60_days_after(staffed: Office, kind: HoldKind) -> None:
    hold(staffed, kind, EXPIRY - 5 * MINUTE)
    run(staffed, LAPSE)
    assert (life(staffed), life(staffed, 1)) == ("EXPIRED", "EXPIRED" if kind.on_person else "LAPSED")
    lifted, actor = LAPSE + timedelta(days=10, hours=9), CONDUCT_PANEL if kind.name.startswith("CONDUCT") else REGISTRAR
    lift_hold(staffed.desk, staffed.numbers[0], kind, decision_ref="D/2", actor=actor, now=lifted)
    lapse = start_of(date(2031, 12, 9))
    for moment in (lifted, lapse - MINUTE):
        run(staffed, moment)
        assert (life(staffed), bits(staffed)) == ("EXPIRED", (0, 0))
        with staffed.desk.open_reading() as work:
            assert work.register.answering(staffed.numbers[0]).value.review_ended_at == lifted
    run(staffed, lapse)
    assert (life(staffed), bits(staffed), events(staffed)[-1][1]) == ("LAPSED", (1, 0), lapse)


def test_a_registration_without_an_instant_is_looked_at_once_and_gets_one(staffed: Office) -> None:
    missing = "SELECT count(*) FROM registration WHERE due_at IS NULL"
    assert staffed.database.execute(missing) == [(3,)]
    run(staffed, AT)
    assert staffed.database.execute(missing) == [(0,)]
    hold(staffed, HoldKind.IDENTITY, AT + MINUTE)
    assert staffed.database.execute(missing) == [(2,)]
    hold(staffed, HoldKind.MEMBERSHIP, AT + 2 * MINUTE, number=2)
    assert staffed.database.execute(missing) == [(3,)]
    for moment in (AT + 3 * MINUTE, LAPSE):
        run(staffed, moment)
        assert staffed.database.execute(missing) == [(0,)]


def test_a_run_that_stops_in_a_batch_leaves_nothing_of_it_and_the_next_goes_on(staffed: Office) -> None:
    number = {"n": max(staffed.numbers)}
    staffed.database.execute("UPDATE registration SET grade = '?' WHERE register_no = :n", number)
    before = staffed.database.dump()
    with pytest.raises(ValueError, match=r"\?"):
        run(staffed, EXPIRY)
    assert staffed.database.dump() == before
    staffed.database.execute("UPDATE registration SET grade = 'PE' WHERE register_no = :n", number)

    def killed(done: int, total: int) -> None:
        raise KeyboardInterrupt(done, total)

    with pytest.raises(KeyboardInterrupt):
        run(staffed, EXPIRY, step=killed)
    assert [life(staffed, one) for one in range(3)] == ["EXPIRED"] * 3
    assert run(staffed, EXPIRY + MINUTE).done == {}


# --- the clock, and the breaker --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moved", "stops"),
    [
        (timedelta(days=400), True),
        (timedelta(days=7, seconds=1), True),
        (timedelta(days=7), False),
        (timedelta(minutes=-15), False),
        (timedelta(minutes=-15, seconds=-1), True),
        (timedelta(hours=-2), True),
    ],
)
def test_threat_X05_X06_on_a_jump_of_the_clock_nothing_flips(
    staffed: Office, moved: timedelta, stops: bool, caplog: pytest.LogCaptureFixture
) -> None:
    hold(staffed, HoldKind.CONDUCT_SANCTION, AT, until=date(2026, 7, 2))
    run(staffed, AT, approved=False)
    before = staffed.database.dump()
    with caplog.at_level(logging.ERROR):
        if stops:
            with pytest.raises(ClockJumpError):
                run(staffed, AT + moved, approved=False)
            assert staffed.database.dump() == before
            run(staffed, AT + moved)
        else:
            run(staffed, AT + moved, approved=False)
    assert [record.getMessage().split()[0] for record in caplog.records] == ["alarm.clock-jump"] * stops
    with staffed.desk.open_reading() as work:
        assert work.trust.fact("swept_at") == (AT + moved).isoformat()


def breaker(office: Office, few: int) -> Office:
    return replace(office, desk=replace(office.desk, policy=replace(office.desk.policy, sweep_breaker=(few, 0.02))))


@pytest.mark.parametrize(("few", "waits"), [(2, True), (3, False)])
def test_threat_T23_lapses_that_nobody_foresaw_wait_for_a_person(staffed: Office, few: int, waits: bool) -> None:
    hold(staffed, HoldKind.CONDUCT_SANCTION, AT, until=LAST_DAY)
    office = breaker(staffed, few)
    swept = run(office, LAPSE, approved=False)
    assert swept.done == {"expiry": 3, "sanction-over": 2} | ({} if waits else {"lapse.renewal": 3})
    assert swept.waiting == ({"lapse.renewal": 3} if waits else {})
    assert {bits(office, one) for one in range(3)} == {(0, 0) if waits else (1, 0)}
    if not waits:
        return
    answer = verdict_of_number(office.desk, office.numbers[0], now=LAPSE + 16 * MINUTE).verdict
    assert answer is not None
    assert answer["outcome"] == "indeterminate"
    for later in (MINUTE, timedelta(days=1), timedelta(days=1, minutes=1)):
        again = run(office, LAPSE + later, approved=False)
        assert (again.done, again.waiting) == ({}, {"lapse.renewal": 3})
    assert run(office, LAPSE + timedelta(days=2)).done == {"lapse.renewal": 3}
    assert events(office)[-1][1:] == (LAPSE, LAPSE + timedelta(days=2))


def test_lapses_that_the_day_before_foresaw_go_out(staffed: Office) -> None:
    office = breaker(staffed, 0)
    run(office, EXPIRY, approved=False)
    run(office, LAPSE - timedelta(days=1), approved=True)
    run(office, LAPSE - MINUTE, approved=False)
    swept = run(office, LAPSE + MINUTE, approved=False)
    assert (swept.done, swept.waiting) == ({"lapse.renewal": 3}, {})


def test_the_dry_run_says_what_the_run_does_and_changes_nothing(staffed: Office) -> None:
    hold(staffed, HoldKind.CPD, AT)
    before = staffed.database.dump()
    with staffed.desk.open_reading() as work:
        found = due_at(staffed.desk, work, LAPSE)
    assert found == {"expiry": 1, "lapse.cpd": 2, "lapse.renewal": 1}
    assert staffed.database.dump() == before
    assert run(staffed, LAPSE).done == found


def test_a_run_as_of_a_day_past_stops_there_and_none_looks_ahead(staffed: Office) -> None:
    assert run(staffed, LAPSE, as_of=EXPIRY).done == {"expiry": 3}
    assert events(staffed) == [("EXPIRED", EXPIRY, LAPSE)]
    before = staffed.database.dump()
    with pytest.raises(CommandError, match="yet to come"):
        run(staffed, LAPSE, as_of=LAPSE + MINUTE)
    assert staffed.database.dump() == before


# --- two at once -----------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory, place: Server | None, tmp_path: Path) -> Iterator[Engine]:
    """The small register in a database that several connections share."""
    original = staffed_in(tmp_path_factory.getbasetemp(), place)
    if place is None:
        (tmp_path / "shared.sqlite").write_bytes(Path(original.database).read_bytes())
        engine = open_engine(f"sqlite:///{tmp_path / 'shared.sqlite'}")
        yield engine
        engine.dispose()
    else:
        with place.database(original.database) as url:
            engine = open_engine(url)
            yield engine
            engine.dispose()


def test_threat_X09_two_jobs_at_once_make_each_change_once(shared: Engine, staffed: Office) -> None:
    desk, database = desk_on(shared), Database(shared)
    for position, (moment, name) in enumerate(((EXPIRY, "expiry"), (LAPSE, "lapse.renewal"))):
        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(sweep, desk, actor=CLOCK, now=moment, is_approved=True) for _ in range(4)]
            done = [job.result().done for job in jobs]
        assert sum(one[name] for one in done) == 3
        assert database.execute("SELECT count(*) FROM status_event")[0][0] == 3 * (position + 2)
    with desk.open_reading() as work:
        assert work.journal.broken_at() is None
