"""How registrations end by decisions, on both databases: bits, events, and what everybody is told (T9, T13, T15)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import CLOCK, CONDUCT_PANEL, REGISTRAR, REGISTRARS, SECOND_REGISTRAR, board
from registry.domain.calendar import civil_date, start_of
from registry.domain.changes import GroundClass
from registry.domain.refusals import ConductPendingError, NotLiveError
from registry.domain.registration import HoldKind
from registry.services.answers import verdict_of_number
from registry.services.decisions import Suspension, record_death, suspend_registration, withdraw
from registry.services.entries import public_entry
from registry.services.refusals import CommandError
from registry.services.registrations import confirm_registration
from registry.services.sweeping import sweep
from tests.integration.registers import AT, MINUTE, Office
from tests.integration.test_clock_job import LAPSE, bits, certificate, events, hold, life
from tests.support.rulings import confirm_end, propose_end

DIED, RECORDED = date(2026, 7, 2), datetime.fromisoformat("2026-07-05T10:00:00+08:00")


def told(office: Office, now: datetime, number: int = 0) -> tuple[Any, ...]:
    """State, reason and its day, and the same of the entry today, of the verdict of a number."""
    answer = verdict_of_number(office.desk, office.numbers[number], now=now).verdict
    assert answer is not None
    (reason,) = answer["certificate"]["status_reason"]
    current = answer["current"]
    return answer["state"], reason["code"], reason["since"], current["state"], current["since"]


def entry(office: Office, now: datetime, number: int = 0) -> tuple[str, tuple[str, ...]]:
    """Status and last event of the public entry."""
    found = public_entry(office.desk, office.numbers[number], now=now)
    assert found is not None
    last = found["events"][-1]
    return found["registration"]["status"], (last["type"], last["status"], last["public_reason"], last["on"])


def die(office: Office, number: int = 0, on: date = DIED, now: datetime = RECORDED) -> None:
    society = "CIV" if number == 2 else "ELE"
    record_death(office.desk, office.numbers[number], on, decision_ref="E/1", actor=board(society), now=now)


def annul(office: Office, now: datetime, number: int = 0) -> None:
    about = {"ground": GroundClass.FALSE_STATEMENT, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    digest = propose_end(office.desk, "annulment", office.numbers[number], now=now, **about)  # type: ignore[arg-type]
    assert confirm_end(office.desk, digest, actor=REGISTRAR, now=now)[1] == "annulled"


def leave(office: Office, now: datetime) -> None:
    withdraw(office.desk, office.numbers[0], decision_ref="W/1", actor=board("ELE"), now=now)


def test_scenario_49_no_withdrawal_while_a_case_is_open(staffed: Office) -> None:
    case = Suspension(staffed.numbers[0], HoldKind.CONDUCT_INTERIM, "C/1")
    suspend_registration(staffed.desk, case, actor=CONDUCT_PANEL, now=AT)
    before = staffed.database.dump()
    with pytest.raises(ConductPendingError):
        leave(staffed, AT + MINUTE)
    assert staffed.database.dump() == before


def test_scenario_50_a_death_counts_from_its_day_and_the_bits_from_when_it_is_recorded(staffed: Office) -> None:
    assert bits(staffed) == (0, 0)
    die(staffed)
    died = start_of(DIED)
    assert [bits(staffed, one) for one in range(3)] == [(1, 0), (1, 0), (0, 0)]
    assert [life(staffed, one) for one in range(3)] == ["DECEASED", "DECEASED", "CURRENT"]
    assert events(staffed) == events(staffed, 1) == [("DECEASED", died, RECORDED)]
    ended = certificate(staffed).ended
    assert ended is not None
    assert (ended.reason, ended.at) == ("DECEASED", died)
    # The public learns when the entry was closed, and no day of death.
    assert told(staffed, RECORDED) == ("deceased", "deceased", "2026-07-05", "deceased", "2026-07-05")
    assert entry(staffed, RECORDED) == ("deceased", ("DECEASED", "deceased", "deceased", "2026-07-05"))
    assert deceased_on(staffed) == DIED


def deceased_on(office: Office, number: int = 0) -> date | None:
    with office.desk.open_reading() as work:
        member = work.register.member(work.register.entry(office.numbers[number]).member_id)
    assert member is not None
    return member.deceased_on


def test_scenario_79_after_a_death_it_can_be_annulled_and_the_day_stays(staffed: Office) -> None:
    die(staffed)
    later = RECORDED + timedelta(days=1)
    annul(staffed, later)
    assert (life(staffed), life(staffed, 1), deceased_on(staffed)) == ("ANNULLED", "DECEASED", DIED)
    ended = certificate(staffed).ended
    assert ended is not None
    assert ended.reason == "DECEASED"
    assert told(staffed, later)[0] == "annulled"


def test_t15_a_death_ends_what_lapsed_and_leaves_what_was_annulled(staffed: Office) -> None:
    sweep(staffed.desk, actor=CLOCK, now=LAPSE, approved_by=REGISTRARS)
    annul(staffed, LAPSE + MINUTE)
    die(staffed, on=civil_date(LAPSE), now=LAPSE + timedelta(days=1))
    assert (life(staffed), life(staffed, 1), deceased_on(staffed)) == ("ANNULLED", "DECEASED", civil_date(LAPSE))
    ended = certificate(staffed, 1).ended
    assert ended is not None
    assert ended.reason == "RENEWAL_LAPSE"


def test_a_death_to_come_or_before_the_registration_or_recorded_twice_is_refused(staffed: Office) -> None:
    before = staffed.database.dump()
    with pytest.raises(CommandError, match="yet to come"):
        die(staffed, on=civil_date(RECORDED) + timedelta(days=1))
    with pytest.raises(CommandError, match="was registered after 2026-06-30"):
        die(staffed, on=date(2026, 6, 30))
    assert staffed.database.dump() == before
    die(staffed, on=civil_date(RECORDED))
    before = staffed.database.dump()
    with pytest.raises(CommandError, match="recorded already"):
        die(staffed)
    assert staffed.database.dump() == before


def test_nobody_is_registered_after_their_death(staffed: Office) -> None:
    die(staffed, number=2)
    again = staffed.recommend(member_ref="M-2", society="CIV", field="CIV", grade="SPE", decision_ref="CIV/9")
    before = staffed.database.dump()
    with pytest.raises(CommandError, match="T15"):
        confirm_registration(staffed.desk, again, randomness=SystemRandomness(), actor=REGISTRAR, now=RECORDED)
    assert staffed.database.dump() == before


@pytest.mark.parametrize("is_held", [False, True])
@pytest.mark.parametrize(
    ("end", "state", "reason"),
    [
        (leave, "withdrawn", "withdrawn"),
        (annul, "annulled", "annulled.false-statement"),
        (lambda office, now: die(office, now=now), "deceased", "deceased"),
    ],
    ids=["withdraw", "annul", "death"],
)
def test_every_end_sets_r_keeps_s_and_is_told_everywhere(
    staffed: Office, end: Callable[[Office, datetime], None], state: str, reason: str, is_held: bool
) -> None:
    if is_held:
        hold(staffed, HoldKind.MEMBERSHIP, AT)
    now = AT + timedelta(days=3)
    end(staffed, now)
    assert bits(staffed) == (1, int(is_held))
    day = civil_date(now).isoformat()
    assert told(staffed, now) == (state, state, day, state, day)
    assert entry(staffed, now) == (state, (state.upper(), state, reason, day))
    with pytest.raises(NotLiveError):
        leave(staffed, now + MINUTE)


def test_a_lapse_is_told_with_what_was_missing(staffed: Office) -> None:
    now = AT + timedelta(days=3)
    hold(staffed, HoldKind.CPD, AT)
    staffed.database.execute("UPDATE hold SET since = :since", {"since": datetime(2025, 7, 3, 2)})  # noqa: DTZ001
    term = {"start": "2021-04-05", "last": "2026-04-04", "n": staffed.numbers[2]}
    staffed.database.execute(
        "UPDATE registration_term SET start_on = :start, end_on = :last WHERE register_no = :n", term
    )
    sweep(staffed.desk, actor=CLOCK, now=now, approved_by=REGISTRARS)
    assert told(staffed, now) == ("lapsed", "cpd_lapse", "2026-07-03", "lapsed", "2026-07-03")
    assert told(staffed, now, 2) == ("lapsed", "renewal_lapse", "2026-07-04", "lapsed", "2026-07-04")
    assert entry(staffed, now, 2) == ("lapsed", ("LAPSED", "lapsed", "lapsed.renewal", "2026-07-04"))
