"""The clock job on both databases: what time alone changes, once, from its own day, whenever the job runs."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from registry.demo.officers import CLOCK, CONDUCT_PANEL, REGISTRAR, REGISTRARS, SECOND_REGISTRAR
from registry.domain.calendar import start_of
from registry.domain.changes import GroundClass
from registry.domain.refusals import NotLiveError
from registry.domain.registration import Grade, HoldKind
from registry.services.bodies import GrantAuthorization, grant_authorization
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.refusals import CommandError
from registry.services.sweeping import Swept, due_at, sweep
from registry.store.certificates import StoredCertificate
from registry.store.engine import open_engine
from tests.integration.postgres import Server
from tests.integration.registers import AT, MINUTE, Database, Office, desk_on, staffed_in
from tests.support.rulings import confirm_end, propose_end

LAST_DAY = date(2031, 6, 30)
EXPIRY, LAPSE = start_of(date(2031, 7, 1)), start_of(date(2031, 9, 29))
"""Whoever was registered at AT, and never renews."""


def run(office: Office, now: datetime, *, approved: bool = True, **more: Any) -> Swept:
    return sweep(office.desk, actor=CLOCK, now=now, approved_by=REGISTRARS if approved else (), **more)


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


def set_fact(office: Office, name: str, value: str) -> None:
    with office.desk.open_work() as work:
        work.trust.set_fact(name, value)


def lapsing(office: Office, number: int) -> None:
    """Let a registration be one whose grace was over long ago."""
    own = {"start": date(2021, 2, 1), "last": date(2026, 1, 31), "n": office.numbers[number]}
    office.database.execute(
        "UPDATE registration_term SET start_on = :start, end_on = :last WHERE register_no = :n", own
    )
    office.database.execute("UPDATE registration SET due_at = NULL WHERE register_no = :n", own)


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
    hold(staffed, HoldKind.CONDUCT_SANCTION, LAPSE - timedelta(days=150), until=LAST_DAY)
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


def test_scenario_78_what_lapsed_is_revoked_in_a_case_opened_before_and_keeps_its_end(staffed: Office) -> None:
    about = {"ground": GroundClass.CODE_BREACH, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    before = LAPSE - MINUTE
    digest = propose_end(staffed.desk, "revocation", staffed.numbers[0], now=before, **about)  # type: ignore[arg-type]
    run(staffed, LAPSE)
    assert (life(staffed), bits(staffed)) == ("LAPSED", (1, 0))
    assert confirm_end(staffed.desk, digest, actor=REGISTRAR, now=LAPSE + MINUTE)[1] == "revoked"
    ended = certificate(staffed).ended
    assert ended is not None
    assert (life(staffed), ended.reason, ended.at, bits(staffed)) == ("REVOKED", "RENEWAL_LAPSE", LAPSE, (1, 0))
    assert [kind for kind, *_ in events(staffed)] == ["EXPIRED", "LAPSED", "REVOKED"]


def test_t12_what_lapsed_is_not_revoked_in_a_later_case_but_may_be_annulled(staffed: Office) -> None:
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


def test_a_run_that_is_killed_between_two_batches_is_taken_up_by_the_next(staffed: Office) -> None:
    def killed(done: int, total: int) -> None:
        if (done, total) == (2, 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(staffed, EXPIRY, at_once=1, step=killed)
    assert sorted(life(staffed, one) for one in range(3)) == ["CURRENT", "EXPIRED", "EXPIRED"]
    assert run(staffed, EXPIRY + MINUTE).done == {"expiry": 1}
    assert [life(staffed, one) for one in range(3)] == ["EXPIRED"] * 3


def test_a_row_that_cannot_be_read_stops_the_job_for_nobody_else(
    staffed: Office, caplog: pytest.LogCaptureFixture
) -> None:
    broken = max(range(3), key=lambda one: staffed.numbers[one])
    number = {"n": staffed.numbers[broken]}
    staffed.database.execute("UPDATE registration SET grade = '?' WHERE register_no = :n", number)
    for moment, done in ((EXPIRY, {"expiry": 2}), (EXPIRY + MINUTE, {})):
        caplog.clear()
        swept = run(staffed, moment)
        assert (swept.done, swept.unreadable) == (done, [number["n"]])
        (line,) = [record.getMessage() for record in caplog.records]
        assert line == f"alarm.sweep-unreadable number={number['n']} error=ValueError"
    staffed.database.execute("UPDATE registration SET grade = 'PE' WHERE register_no = :n", number)
    swept = run(staffed, EXPIRY + 2 * MINUTE)
    assert (swept.done, swept.unreadable) == ({"expiry": 1}, [])


@pytest.mark.parametrize("name", ["swept_at", "sweep_forecasts"])
def test_a_fact_that_cannot_be_read_stops_nothing(staffed: Office, name: str) -> None:
    set_fact(staffed, name, "{")
    assert run(staffed, AT + MINUTE, approved=False) == Swept(Counter(), Counter(), [])
    with staffed.desk.open_reading() as work:
        assert work.trust.fact(name) != "{"


def test_the_dry_run_says_what_the_run_does_and_changes_nothing(staffed: Office) -> None:
    hold(staffed, HoldKind.CPD, AT)
    grants = [GrantAuthorization(one, (one,), tuple(Grade), date(2026, 12, 1), "T/2") for one in ("ELE", "CIV")]
    grant_authorization(staffed.desk, staffed.keyring, *grants, actor=REGISTRAR, now=AT)
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


def test_a_run_as_of_a_day_past_does_not_go_back_behind_what_was_decided(staffed: Office) -> None:
    hold(staffed, HoldKind.IDENTITY, AT + timedelta(days=9))
    before = staffed.database.dump()
    with pytest.raises(CommandError, match="does not go back behind it"):
        run(staffed, LAPSE, as_of=AT + timedelta(days=8))
    assert staffed.database.dump() == before
    assert run(staffed, LAPSE, as_of=AT + timedelta(days=9)).done == {}


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
            jobs = [pool.submit(sweep, desk, actor=CLOCK, now=moment, approved_by=REGISTRARS) for _ in range(4)]
            done = [job.result().done for job in jobs]
        assert sum(one[name] for one in done) == 3
        assert database.execute("SELECT count(*) FROM status_event")[0][0] == 3 * (position + 2)
    with desk.open_reading() as work:
        assert work.journal.broken_at() is None
