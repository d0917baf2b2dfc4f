"""What the clock owes a registration, and from when: both sides of each boundary (domain 3.1, 3.5, R-RN-07)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from registry.domain.calendar import day_after, start_of
from registry.domain.clock import (
    course,
    due,
    grace_until,
    is_behind,
    last_day_to_rejoin,
    lift_for_cpd,
    owed_since,
    reopened,
)
from registry.domain.refusals import HoldMissingError
from registry.domain.registration import DEFER_LAPSE, Hold, HoldKind, Life, Registration, Term
from tests.unit.domain.test_public_status import LAPSE, REGISTRATION, SINCE, VERSIONED

TERMS = [
    ("2021-07-15", "2026-07-14", "2026-10-13"),
    ("2024-02-29", "2029-02-28", "2029-05-30"),
    ("2024-03-01", "2029-02-28", "2029-05-30"),
    ("2023-03-01", "2028-02-29", "2028-05-30"),
]


def coming(registration: Registration) -> list[tuple[str, datetime]]:
    return [(one.name, one.at) for one in due(registration, VERSIONED)]


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
    assert not is_behind(gone, LAPSE, VERSIONED)


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
    first = due(registration, VERSIONED)[0]
    assert (first.name, first.at, first.on_person) == ("sanction-over", start_of(date(2026, 5, 1)), on_person)
    change = first.move(registration)
    assert (change.registration.holds, change.events[0].type) == (frozenset(), "SUSPENSION_TERM_ENDED")


def test_t11_of_two_sanctions_each_is_over_in_its_place() -> None:
    person, entry = (Hold(HoldKind.CONDUCT_SANCTION, SINCE, date(2026, 4, day), "d") for day in (29, 30))
    both = replace(REGISTRATION, person_holds=frozenset({person}), entry_holds=frozenset({entry}))
    first, second, *_ = due(both, VERSIONED)
    assert [first.move(both).registration.holds, second.move(both).registration.holds] == [{entry}, {person}]


def test_t04_a_cpd_hold_lapses_on_its_anniversary() -> None:
    registration = held(Hold(HoldKind.CPD, start_of(date(2024, 2, 29)), None, "d"), on_person=True)
    lapse = due(registration, VERSIONED)[0]
    assert (lapse.name, lapse.at) == ("lapse.cpd", start_of(date(2025, 3, 1)))
    change = lapse.move(registration)
    assert change.ended is not None
    assert (change.ended.reason, change.ended.at, change.registration.life) == ("CPD_LAPSE", lapse.at, "LAPSED")


def test_what_falls_on_one_midnight_begins_with_the_expiry() -> None:
    term = replace(REGISTRATION.terms[0], end_on=date(2026, 4, 30))
    sanction = Hold(HoldKind.CONDUCT_SANCTION, SINCE, date(2026, 4, 30), "d")
    registration = replace(held(sanction, on_person=True), terms=(term,))
    first, second, _ = due(registration, VERSIONED)
    assert (first.name, second.name, first.at) == ("expiry", "sanction-over", second.at)
    expired = first.move(registration)
    lifted = second.move(expired.registration)
    steps = [(event.from_state, event.to_state) for event in (*expired.events, *lifted.events)]
    assert steps == [("SUSPENDED", "SUSPENDED"), ("SUSPENDED", "EXPIRED")]


@pytest.mark.parametrize("kind", HoldKind)
def test_t08_a_hold_that_defers_the_lapse_leaves_no_day_of_grace(kind: HoldKind) -> None:
    until = grace_until(held(hold_of(kind), on_person=kind.on_person), VERSIONED)
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
    assert grace_until(registration, VERSIONED) == date.fromisoformat(last)


def test_scenario_82_the_lapse_waits_60_days_after_the_hold_was_lifted() -> None:
    term = Term(1, date(2021, 6, 21), date(2026, 6, 20))
    lifted = datetime.fromisoformat("2026-10-15T15:00:00+08:00")
    registration = replace(REGISTRATION, terms=(term,), review_ended_at=lifted)
    lapse = start_of(date(2026, 12, 15))
    assert grace_until(registration, VERSIONED) == date(2026, 12, 14)
    assert coming(registration)[-1] == ("lapse.renewal", lapse)
    for minutes, behind in ((15, False), (16, True)):
        assert is_behind(registration, lapse + timedelta(minutes=minutes), VERSIONED) is behind


@pytest.mark.parametrize(
    ("notice", "begins"),
    [(date(2026, 3, 1), date(2026, 5, 31)), (date(2024, 1, 1), date(2024, 4, 1)), (date(2026, 3, 2), date(2026, 6, 1))],
)
def test_r_rg_06_the_hold_begins_after_the_90th_day_from_the_notice(notice: date, begins: date) -> None:
    noticed = replace(REGISTRATION, membership_notice_on=notice, life_since=SINCE.replace(year=2021))
    ((at, change),) = [(one.at, one.move(noticed)) for one in due(noticed, VERSIONED) if "hold" in one.name]
    assert at == start_of(begins)
    assert {hold.kind for hold in change.registration.entry_holds} == {HoldKind.MEMBERSHIP}
    assert not is_behind(noticed, at + timedelta(minutes=15), VERSIONED)
    assert is_behind(noticed, at + timedelta(minutes=15, seconds=1), VERSIONED)
    for settled in (change.registration, replace(noticed, life=Life.LAPSED)):
        assert not any("hold" in name for name, _ in coming(settled))


def test_r_rg_06_after_a_restoration_an_old_notice_counts_from_then() -> None:
    noticed = replace(REGISTRATION, membership_notice_on=date(2020, 1, 1))
    assert ("hold.membership", noticed.life_since) in coming(noticed)


def moves(registration: Registration) -> dict[str, tuple[str, str, str]]:
    """What becomes due, with type and both reasons of its event, which takes effect at that instant by the clock."""
    found = {}
    for one in due(registration, VERSIONED):
        (event,) = one.move(registration).events
        assert (event.effective_at, event.decision_ref) == (one.at, "d" if one.name == "sanction-over" else "clock")
        found[one.name] = (event.type, event.reason_code, event.public_reason)
    return found


def test_what_the_clock_brings_about_takes_effect_when_it_is_due_and_says_why() -> None:
    noticed = replace(REGISTRATION, cpd_hold_at=SINCE, membership_notice_on=date(2025, 3, 1))
    assert moves(noticed) == {
        "hold.cpd": ("HOLD_ADDED", "cpd", "suspended.cpd"),
        "hold.membership": ("HOLD_ADDED", "membership", "suspended.society-membership"),
        "expiry": ("EXPIRED", "expired", "expired"),
        "lapse.renewal": ("LAPSED", "renewal_lapse", "lapsed.renewal"),
    }
    sanction = Hold(HoldKind.CONDUCT_SANCTION, SINCE, date(2026, 4, 30), "d")
    running = replace(REGISTRATION, person_holds=frozenset({sanction, hold_of(HoldKind.CPD)}))
    assert moves(running) == {
        "lapse.cpd": ("LAPSED", "cpd_lapse", "lapsed.cpd"),
        "sanction-over": ("SUSPENSION_TERM_ENDED", "conduct_sanction", "hold-lifted"),
        "expiry": ("EXPIRED", "expired", "expired"),
        "lapse.renewal": ("LAPSED", "renewal_lapse", "lapsed.renewal"),
    }
    filed = replace(REGISTRATION, terms=(replace(REGISTRATION.terms[0], filed_at=SINCE),))
    assert moves(filed) == {"interim": ("INTERIM_EXTENDED", "interim", "interim")}


def test_each_move_says_on_which_place_the_hold_sits_that_it_concerns() -> None:
    noticed = replace(REGISTRATION, cpd_hold_at=SINCE, membership_notice_on=date(2025, 3, 1))
    places = {one.name: one.on_person for one in due(noticed, VERSIONED)}
    assert places == {"hold.cpd": True, "hold.membership": None, "expiry": None, "lapse.renewal": None}


@pytest.mark.parametrize("life", Life)
def test_r_cpd_17_the_cpd_hold_is_set_and_lifted_on_a_person_and_told_of_the_living_alone(life: Life) -> None:
    registration = replace(REGISTRATION, life=life, cpd_hold_at=SINCE)
    (one,) = [one for one in due(registration, VERSIONED) if one.name == "hold.cpd"]
    begun = one.move(registration)
    cpd = Hold(HoldKind.CPD, SINCE, None, "clock")
    assert (one.at, begun.registration.person_holds, begun.ended) == (SINCE, {cpd}, None)
    assert "hold.cpd" not in {name for name, _ in coming(begun.registration)}
    other = replace(begun.registration, person_holds=frozenset({cpd, hold_of(HoldKind.IDENTITY)}))
    over = lift_for_cpd(other, LAPSE, "R/1")
    assert (over.registration.person_holds, over.ended) == ({hold_of(HoldKind.IDENTITY)}, None)
    assert over.registration == replace(registration, person_holds=over.registration.person_holds)
    told = [(event.type, event.reason_code, event.decision_ref) for event in (*begun.events, *over.events)]
    is_told = life in {Life.CURRENT, Life.EXPIRED}
    assert told == [("HOLD_ADDED", "cpd", "clock"), ("HOLD_LIFTED", "cpd", "R/1")] * is_told
    assert [event.effective_at for event in over.events] == [LAPSE] * is_told


def test_t03_no_hold_but_that_of_cpd_is_lifted_by_hours() -> None:
    with pytest.raises(HoldMissingError):
        lift_for_cpd(held(hold_of(HoldKind.IDENTITY), on_person=True), LAPSE, "R/1")


@pytest.mark.parametrize(
    ("lapse_at", "expected"),
    [(None, date(2026, 5, 1)), (date(2026, 4, 30), date(2026, 5, 1)), (date(2026, 6, 1), date(2026, 6, 1))],
)
def test_t04_the_lapse_of_a_cpd_hold_waits_as_long_as_the_ledger_says(lapse_at: date | None, expected: date) -> None:
    waits = start_of(lapse_at) if lapse_at is not None else None
    registration = replace(held(hold_of(HoldKind.CPD), on_person=True), cpd_lapse_at=waits)
    assert ("lapse.cpd", start_of(expected)) in coming(registration)
    later = start_of(date(2026, 7, 1))
    assert ("lapse.cpd", later) in coming(replace(registration, life_since=later)), "not before it was restored"


@pytest.mark.parametrize(
    ("reopened", "renewal", "cpd"),
    [
        ("2026-08-13", "2026-10-13", "2026-10-13"),
        ("2026-08-14", "2026-10-14", "2026-10-14"),
        ("2026-02-28", "2026-10-13", "2026-05-01"),
        ("2026-03-02", "2026-10-13", "2026-05-02"),
    ],
)
def test_t23_what_ran_out_during_an_error_is_open_for_60_days(reopened: str, renewal: str, cpd: str) -> None:
    at = datetime.fromisoformat(f"{reopened}T23:59:59+08:00")
    found = dict(coming(replace(held(hold_of(HoldKind.CPD), on_person=True), reopened_at=at)))
    days = [start_of(date.fromisoformat(one)) for one in (renewal, cpd)]
    assert [found["lapse.renewal"], found["lapse.cpd"]] == days


def test_r_rg_06_the_days_to_rejoin_are_those_of_the_notice() -> None:
    assert last_day_to_rejoin(date(2026, 3, 1), VERSIONED) == date(2026, 5, 30)


def test_r_rg_06_another_hold_on_the_entry_keeps_none_away() -> None:
    noticed = replace(held(hold_of(HoldKind.SOCIETY_REVIEW), on_person=False), membership_notice_on=date(2026, 3, 1))
    assert ("hold.membership", start_of(date(2026, 5, 31))) in coming(noticed)


def test_the_course_goes_to_its_last_instant_and_each_change_counts_for_the_next() -> None:
    expiry = start_of(date(2026, 7, 15))
    for until, names in (
        (expiry - timedelta(seconds=1), []),
        (expiry, ["expiry"]),
        (LAPSE - timedelta(seconds=1), ["expiry"]),
        (LAPSE + timedelta(days=4000), ["expiry", "lapse.renewal"]),
    ):
        assert [one.name for one in course(REGISTRATION, until, VERSIONED)] == names


@pytest.mark.parametrize(("seconds", "since"), [(-1, None), (0, LAPSE), (1, LAPSE)])
def test_r_dt_08_the_register_owes_what_is_due_at_this_instant(seconds: int, since: datetime | None) -> None:
    assert owed_since(REGISTRATION, LAPSE + timedelta(seconds=seconds), VERSIONED) == since


@pytest.mark.parametrize(
    ("began", "corrected", "timely", "until"),
    [
        ("2026-07-14T23:59:59", "2026-07-15T00:00:00", None, date(2026, 9, 13)),
        ("2026-07-15T00:00:00", "2026-08-01T00:00:00", None, None),
        ("2026-07-01T00:00:00", "2026-07-14T23:59:59", None, None),
        ("2026-08-01T00:00:00", "2026-08-20T00:00:00", date(2026, 8, 19), date(2026, 10, 19)),
        ("2026-07-01T00:00:00", "2026-08-19T23:59:59", date(2026, 8, 19), date(2026, 8, 19)),
    ],
)
def test_t23_the_last_day_for_a_renewal_that_ran_out_during_an_error_is_put_off(
    began: str, corrected: str, timely: date | None, until: date | None
) -> None:
    """The end of the term, or the 30 days after a promotion failed; no day more counts before something is filed."""
    term = Term(1, date(2021, 7, 15), date(2026, 7, 14), timely_until_on=timely)
    told = reopened(term, *(datetime.fromisoformat(f"{at}+08:00") for at in (began, corrected)))
    assert told == replace(term, timely_until_on=until)
    assert not told.covers(date(2026, 7, 15))


@pytest.mark.parametrize(
    ("filed", "owed"),
    [
        (None, []),
        ("2026-09-13T23:59:59", [("interim", date(2026, 7, 15)), ("interim", date(2026, 9, 13))]),
        ("2026-09-14T00:00:00", []),
    ],
)
def test_t23_what_had_expired_lives_on_from_its_end_when_it_is_filed_in_time(
    filed: str | None, owed: list[tuple[str, date]]
) -> None:
    filed_at = datetime.fromisoformat(f"{filed}+08:00") if filed else None
    term = replace(REGISTRATION.terms[0], timely_until_on=date(2026, 9, 13), filed_at=filed_at)
    expired = replace(REGISTRATION, life=Life.EXPIRED, terms=(term,))
    until = start_of(date(2026, 9, 14))
    found = list(course(expired, until, VERSIONED))
    assert [(one.name, one.at) for one in found] == [(name, start_of(on)) for name, on in owed]
    assert [found[0].move(expired).registration.life for _ in found[:1]] == [Life.CURRENT] * bool(owed)
