"""What the clock owes a registration, and from when: both sides of each boundary (domain 3.1, 3.5, R-RN-07)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from registry.domain.calendar import day_after, start_of
from registry.domain.clock import due, grace_until, is_behind
from registry.domain.policy import DEFAULT_POLICY
from registry.domain.registration import DEFER_LAPSE, Hold, HoldKind, Life, Registration, Term
from tests.unit.domain.test_public_status import LAPSE, REGISTRATION, SINCE

TERMS = [
    ("2021-07-15", "2026-07-14", "2026-10-13"),
    ("2024-02-29", "2029-02-28", "2029-05-30"),
    ("2024-03-01", "2029-02-28", "2029-05-30"),
    ("2023-03-01", "2028-02-29", "2028-05-30"),
]


def coming(registration: Registration) -> list[tuple[str, datetime]]:
    return [(one.name, one.at) for one in due(registration, DEFAULT_POLICY)]


def held(hold: Hold, *, on_person: bool) -> Registration:
    return replace(REGISTRATION, **{"person_holds" if on_person else "entry_holds": frozenset({hold})})  # type: ignore[arg-type]


@pytest.mark.parametrize(("start", "end", "lapse"), TERMS, ids=["W1", "W2", "W3", "W4"])
def test_a_term_ends_and_the_registration_lapses_at_midnight(start: str, end: str, lapse: str) -> None:
    term = Term(1, date.fromisoformat(start), date.fromisoformat(end))
    registration = replace(REGISTRATION, terms=(term,))
    expiry, lapses = start_of(day_after(term.end_on)), start_of(date.fromisoformat(lapse))
    assert coming(registration) == [("expiry", expiry), ("lapse.renewal", lapses)]
    assert coming(replace(registration, life=Life.EXPIRED)) == [("lapse.renewal", lapses)]


@pytest.mark.parametrize("life", sorted(set(Life) - {Life.CURRENT, Life.EXPIRED}))
def test_an_ended_registration_is_owed_the_end_of_its_sanction_alone(life: Life) -> None:
    sanction = Hold(HoldKind.CONDUCT_SANCTION, SINCE, date(2026, 4, 30), "d")
    gone = replace(held(sanction, on_person=False), life=life, person_holds=frozenset({hold_of(HoldKind.CPD)}))
    assert coming(gone) == [("sanction-over", start_of(date(2026, 5, 1)))]
    assert not is_behind(gone, LAPSE, DEFAULT_POLICY)


def hold_of(kind: HoldKind) -> Hold:
    return Hold(kind, SINCE, None, "d1")


def test_a_registration_without_a_term_is_owed_nothing() -> None:
    assert coming(replace(REGISTRATION, terms=())) == []


def test_a_sanction_without_a_last_day_ends_by_decision_alone() -> None:
    names = [name for name, _ in coming(held(hold_of(HoldKind.CONDUCT_SANCTION), on_person=True))]
    assert names == ["expiry", "lapse.renewal"]


@pytest.mark.parametrize("on_person", [False, True])
def test_scenario_48_a_sanction_is_over_at_midnight_where_it_sits(on_person: bool) -> None:
    sanction = Hold(HoldKind.CONDUCT_SANCTION, SINCE, date(2026, 4, 30), "d")
    registration = held(sanction, on_person=on_person)
    first = due(registration, DEFAULT_POLICY)[0]
    assert (first.name, first.at, first.on_person) == ("sanction-over", start_of(date(2026, 5, 1)), on_person)
    change = first.move(registration)
    assert (change.registration.holds, change.events[0].type) == (frozenset(), "SUSPENSION_TERM_ENDED")


def test_t04_a_cpd_hold_lapses_on_its_anniversary() -> None:
    registration = held(Hold(HoldKind.CPD, start_of(date(2024, 2, 29)), None, "d"), on_person=True)
    lapse = due(registration, DEFAULT_POLICY)[0]
    assert (lapse.name, lapse.at) == ("lapse.cpd", start_of(date(2025, 3, 1)))
    change = lapse.move(registration)
    assert change.ended is not None
    assert (change.ended.reason, change.ended.at, change.registration.life) == ("CPD_LAPSE", lapse.at, "LAPSED")


def test_what_falls_on_one_midnight_begins_with_the_expiry() -> None:
    term = replace(REGISTRATION.terms[0], end_on=date(2026, 4, 30))
    sanction = Hold(HoldKind.CONDUCT_SANCTION, SINCE, date(2026, 4, 30), "d")
    registration = replace(held(sanction, on_person=True), terms=(term,))
    first, second, _ = due(registration, DEFAULT_POLICY)
    assert (first.name, second.name, first.at) == ("expiry", "sanction-over", second.at)
    expired = first.move(registration)
    lifted = second.move(expired.registration)
    steps = [(event.from_state, event.to_state) for event in (*expired.events, *lifted.events)]
    assert steps == [("SUSPENDED", "SUSPENDED"), ("SUSPENDED", "EXPIRED")]


@pytest.mark.parametrize("kind", HoldKind)
def test_t08_a_hold_that_defers_the_lapse_leaves_no_day_of_grace(kind: HoldKind) -> None:
    until = grace_until(held(hold_of(kind), on_person=kind.on_person), DEFAULT_POLICY)
    assert until == (None if kind in DEFER_LAPSE else date(2026, 10, 12))
    assert len(DEFER_LAPSE) == 3


@pytest.mark.parametrize(
    ("lifted", "last"),
    [
        ("2026-08-13T23:59:59+08:00", "2026-10-12"),
        ("2026-08-14T00:00:00+08:00", "2026-10-13"),
        ("2025-01-01T00:00:00+08:00", "2026-10-12"),
    ],
)
def test_r_rn_07_grace_runs_to_60_days_after_such_a_hold_was_lifted(lifted: str, last: str) -> None:
    registration = replace(REGISTRATION, review_ended_at=datetime.fromisoformat(lifted))
    assert grace_until(registration, DEFAULT_POLICY) == date.fromisoformat(last)


def test_scenario_82_the_lapse_waits_60_days_after_the_hold_was_lifted() -> None:
    term = Term(1, date(2021, 6, 21), date(2026, 6, 20))
    lifted = datetime.fromisoformat("2026-10-15T15:00:00+08:00")
    registration = replace(REGISTRATION, terms=(term,), review_ended_at=lifted)
    lapse = start_of(date(2026, 12, 15))
    assert grace_until(registration, DEFAULT_POLICY) == date(2026, 12, 14)
    assert coming(registration)[-1] == ("lapse.renewal", lapse)
    for minutes, behind in ((15, False), (16, True)):
        assert is_behind(registration, lapse + timedelta(minutes=minutes), DEFAULT_POLICY) is behind


@pytest.mark.parametrize(
    ("notice", "begins"),
    [(date(2026, 3, 1), date(2026, 5, 31)), (date(2024, 1, 1), date(2024, 4, 1)), (date(2026, 3, 2), date(2026, 6, 1))],
)
def test_r_rg_06_the_hold_begins_after_the_90th_day_from_the_notice(notice: date, begins: date) -> None:
    noticed = replace(REGISTRATION, membership_notice_on=notice, life_since=SINCE.replace(year=2021))
    ((at, change),) = [(one.at, one.move(noticed)) for one in due(noticed, DEFAULT_POLICY) if "hold" in one.name]
    assert at == start_of(begins)
    assert {hold.kind for hold in change.registration.entry_holds} == {HoldKind.MEMBERSHIP}
    assert not is_behind(noticed, at + timedelta(minutes=15), DEFAULT_POLICY)
    assert is_behind(noticed, at + timedelta(minutes=15, seconds=1), DEFAULT_POLICY)
    for settled in (change.registration, replace(noticed, life=Life.LAPSED)):
        assert not any("hold" in name for name, _ in coming(settled))


def test_r_rg_06_after_a_restoration_an_old_notice_counts_from_then() -> None:
    noticed = replace(REGISTRATION, membership_notice_on=date(2020, 1, 1))
    assert ("hold.membership", noticed.life_since) in coming(noticed)
