"""The CPD years of a person: when they begin and end, what counts in them, and what the clock makes of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.calendar import end_of, start_of
from registry.domain.cpd import YearState, hold_since
from registry.domain.cpd_person import (
    FOREVER,
    Activity,
    Exemption,
    PersonFile,
    YearLedger,
    accepted_between,
    errors_of,
    ledger_of,
    live_spans,
    outlook,
)
from tests.unit.domain.test_public_status import VERSIONED

S = YearState
BEGAN = date(2024, 3, 1)


def noon(day: date) -> datetime:
    return start_of(day) + timedelta(hours=12)


def course(*changes: tuple[date, str]) -> tuple[tuple[datetime, str], ...]:
    return tuple((noon(day), status) for day, status in changes)


def activity(
    hours: str, on: date, submitted: date | None = None, decided: date | None = None, accepted: str | None = None
) -> Activity:
    """Return an activity that is accepted the day after it was handed in, if nothing else is said."""
    decided = decided or (submitted or on) + timedelta(days=1)
    counts = Decimal(hours if accepted is None else accepted)
    known = (Decimal(hours), 1, "Example Institute", "ELE", f"E/{on}", noon(submitted or on), on.year)
    return Activity(1, on, *known, decided_at=noon(decided), accepted=counts)


def waiting(hours: str, on: date, submitted: date | None = None, year: int | None = None) -> Activity:
    return replace(activity(hours, on, submitted), decided_at=None, accepted=Decimal(0), year=year or on.year)


def kept(*years: int, hours: str = "40") -> tuple[Activity, ...]:
    return tuple(activity(hours, date(year, 6, 1)) for year in years)


def person(*activities: Activity, courses: tuple[tuple[tuple[datetime, str], ...], ...] = ()) -> PersonFile:
    return PersonFile(activities, (), courses or (course((BEGAN, "ACTIVE")),))


def ledger(file: PersonFile, day: date, *, from_year: int = 2021) -> list[YearLedger]:
    return ledger_of(file, end_of(day), from_year=from_year, policy=VERSIONED)


def now(file: PersonFile, day: date) -> dict[int, YearState]:
    return {one.year: one.states[-1].state for one in ledger(file, day)}


def begins(file: PersonFile, day: date) -> dict[int, date]:
    return {one.year: one.facts.begins_on for one in ledger(file, day)}


# --- when a person was a member --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("courses", "spans"),
    [
        ((), []),
        ((course((BEGAN, "ACTIVE")),), [(BEGAN, None)]),
        ((course((BEGAN, "ACTIVE"), (BEGAN, "REVOKED")),), []),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "SUSPENDED"), (date(2026, 5, 1), "LAPSED")),),
         [(BEGAN, date(2026, 5, 1))]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "EXPIRED"), (date(2025, 6, 1), "ACTIVE")),), [(BEGAN, None)]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "WITHDRAWN"), (date(2026, 2, 1), "ACTIVE")),),
         [(BEGAN, date(2025, 5, 1)), (date(2026, 2, 1), None)]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "SUPERSEDED")), course((date(2025, 5, 1), "ACTIVE"))),
         [(BEGAN, None)]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "SUPERSEDED")),
          course((date(2025, 5, 1), "ACTIVE"), (date(2025, 5, 1), "ANNULLED"))), [(BEGAN, date(2025, 5, 1))]),
        ((course((BEGAN, "ACTIVE"), (date(2024, 9, 1), "SUPERSEDED")),
          course((date(2024, 9, 1), "ACTIVE"), (date(2025, 5, 1), "SUPERSEDED"), (date(2024, 9, 1), "ANNULLED")),
          course((date(2025, 5, 1), "ACTIVE"))), [(BEGAN, date(2024, 9, 1)), (date(2025, 5, 1), None)]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "LAPSED")), course((date(2025, 4, 1), "ACTIVE"))),
         [(BEGAN, None)]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "LAPSED")),
          course((date(2024, 6, 1), "ACTIVE"), (date(2024, 7, 1), "REVOKED"))), [(BEGAN, date(2025, 5, 1))]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 5, 1), "SUSPENDED"), (date(2025, 4, 2), "DECEASED")),),
         [(BEGAN, date(2025, 4, 2))]),
        ((course((BEGAN, "ACTIVE"), (date(2025, 4, 2), "DECEASED"), (date(2025, 4, 2), "ACTIVE")),), [(BEGAN, None)]),
    ],
)  # fmt: skip
def test_a_person_is_a_member_while_one_registration_is_live(
    courses: tuple[tuple[tuple[datetime, str], ...], ...], spans: list[tuple[date, date | None]]
) -> None:
    assert live_spans(courses) == [(noon(one), noon(end) if end is not None else FOREVER) for one, end in spans]


@pytest.mark.parametrize(
    ("elsewhere", "errors"),
    [
        (None, [(date(2026, 3, 2), date(2026, 6, 2))]),
        ([(BEGAN, "ACTIVE")], []),
        ([(BEGAN, "ACTIVE"), (date(2026, 3, 2), "WITHDRAWN")], [(date(2026, 3, 2), date(2026, 6, 2))]),
        ([(BEGAN, "ACTIVE"), (date(2026, 4, 2), "WITHDRAWN")], [(date(2026, 4, 2), date(2026, 6, 2))]),
        ([(date(2026, 5, 2), "ACTIVE")], [(date(2026, 3, 2), date(2026, 5, 2))]),
        ([(date(2026, 6, 2), "ACTIVE")], [(date(2026, 3, 2), date(2026, 6, 2))]),
        ([(date(2026, 4, 2), "ACTIVE"), (date(2026, 5, 2), "LAPSED")],
         [(date(2026, 3, 2), date(2026, 4, 2)), (date(2026, 5, 2), date(2026, 6, 2))]),
    ],
)  # fmt: skip
def test_t23_nobody_was_hindered_by_an_error_while_live_elsewhere(
    elsewhere: list[tuple[date, str]] | None, errors: list[tuple[date, date]]
) -> None:
    wrong = course((BEGAN, "ACTIVE"), (date(2026, 3, 2), "WITHDRAWN"), (date(2026, 6, 2), "ACTIVE"))
    told = [wrong] if elsewhere is None else [wrong, course(*elsewhere)]
    over = noon(date(2026, 6, 2))
    found = errors_of([(noon(date(2026, 3, 2)), over)], told)
    assert list(found) == [(noon(since), noon(until), over) for since, until in errors]


# --- the years -------------------------------------------------------------------------------------------------------


def test_r_cpd_04_the_first_year_is_pro_rata_and_those_after_it_are_whole() -> None:
    found = begins(person(), date(2026, 1, 1))
    assert found == {2024: BEGAN, 2025: date(2025, 1, 1), 2026: date(2026, 1, 1)}
    assert begins(person(), date(2025, 12, 31)) == {2024: BEGAN, 2025: date(2025, 1, 1)}
    assert begins(person(), BEGAN - timedelta(days=1)) == {}


@pytest.mark.parametrize(("from_year", "years"), [(2024, [2024, 2025]), (2025, [2025]), (2026, [])])
def test_no_year_is_kept_before_the_register_keeps_a_ledger(from_year: int, years: list[int]) -> None:
    assert [one.year for one in ledger(person(), date(2025, 12, 31), from_year=from_year)] == years


def test_r_cpd_16_no_year_is_kept_between_a_lapse_and_a_restoration_and_that_of_the_restoration_is_pro_rata() -> None:
    changes = ((BEGAN, "ACTIVE"), (date(2026, 10, 13), "LAPSED"), (date(2029, 2, 1), "ACTIVE"))
    file = person(*kept(2024, 2025), courses=(course(*changes),))
    assert begins(file, date(2029, 6, 1)) == {
        2024: BEGAN, 2025: date(2025, 1, 1), 2026: date(2026, 1, 1), 2029: date(2029, 2, 1)
    }  # fmt: skip
    assert now(file, date(2027, 3, 1))[2026] is S.NOT_DUE


def test_r_cpd_16_restored_in_the_year_of_the_lapse_it_is_pro_rata_from_the_restoration() -> None:
    changes = ((BEGAN, "ACTIVE"), (date(2026, 2, 1), "LAPSED"), (date(2026, 11, 4), "ACTIVE"))
    file = person(*kept(2024, 2025, 2026), courses=(course(*changes),))
    assert begins(file, date(2026, 12, 1))[2026] == date(2026, 11, 4)
    (year,) = [one for one in ledger(file, date(2027, 3, 1)) if one.year == 2026]
    assert (year.facts.activities, year.states[-1].state) == ((), S.SHORTFALL), "what was before it does not count"


@pytest.mark.parametrize(
    ("ended", "last_kept", "state"),
    [
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 2026, S.NOT_DUE),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), 2026, S.SHORTFALL),
        (datetime(2026, 12, 31, 16, 1, tzinfo=UTC), 2027, S.SHORTFALL),
    ],
)
def test_r_cpd_16_a_year_that_was_lived_to_its_end_is_assessed(
    ended: datetime, last_kept: int, state: YearState
) -> None:
    changes = ((noon(BEGAN), "ACTIVE"), (ended, "WITHDRAWN"))
    found = now(person(*kept(2024, 2025), courses=(changes,)), date(2027, 3, 1))
    assert (max(found), found[2026]) == (last_kept, state)


def test_r_cpd_16_death_voids_what_was_asked() -> None:
    file = person(*kept(2024), courses=(course((BEGAN, "ACTIVE"), (date(2026, 4, 2), "DECEASED")),))
    assert now(file, date(2026, 4, 1))[2025] is S.SHORTFALL
    dead = replace(file, died_on=date(2026, 4, 2))
    assert now(dead, date(2026, 4, 1))[2025] is S.SHORTFALL
    assert now(dead, date(2026, 4, 2)) == {2024: S.COMPLIANT, 2025: S.NOT_DUE, 2026: S.NOT_DUE}
    assert outlook("M-1", ledger(dead, date(2026, 5, 20)), end_of(date(2026, 5, 20)), VERSIONED).hold_at is None


@pytest.mark.parametrize(
    ("closed", "opened", "until"),
    [
        (date(2026, 3, 2), date(2026, 3, 20), date(2026, 4, 30)),
        (date(2026, 4, 2), date(2026, 5, 20), date(2026, 7, 19)),
        (date(2026, 5, 2), date(2026, 5, 20), date(2026, 4, 30)),
    ],
)
def test_scenario_81_a_cure_that_ended_while_the_register_was_wrong_is_open_again(
    closed: date, opened: date, until: date
) -> None:
    file = replace(person(*kept(2024), *kept(2025, hours="34")), errors=((noon(closed), noon(opened), noon(opened)),))
    (_, year, _) = ledger(file, date(2026, 4, 1))
    assert year.states[-1].cure_until_on == until
    assert ahead(file, date(2026, 4, 1))[0] == until + timedelta(days=1)


def test_scenario_25_allocated_hours_count_in_the_year_that_they_make_up_and_in_no_other() -> None:
    made_up = replace(waiting("6", date(2026, 4, 18), year=2025), allocated_at=noon(date(2026, 4, 19)))
    file = person(
        *kept(2024), *kept(2025, hours="34"), replace(made_up, decided_at=noon(date(2026, 4, 25)), accepted=Decimal(6))
    )
    assert now(file, date(2026, 4, 24))[2025] is S.SHORTFALL
    assert now(file, date(2026, 4, 25))[2025] is S.CURED
    (_, _, year) = ledger(file, date(2026, 4, 25))
    assert year.facts.accepted_by(end_of(date(2026, 4, 25))) == 0


def test_scenario_32_a_surplus_is_not_carried_forward() -> None:
    (*_, year) = ledger(person(*kept(2024), *kept(2025, hours="52")), date(2026, 6, 1))
    assert (year.year, year.facts.accepted_by(end_of(date(2026, 6, 1)))) == (2026, 0)


def test_hours_that_were_accepted_before_they_are_allocated_count_from_then() -> None:
    made_up = replace(activity("6", date(2026, 4, 1)), year=2025, allocated_at=noon(date(2026, 4, 20)))
    file = person(*kept(2024), *kept(2025, hours="34"), made_up)
    assert now(file, date(2026, 4, 19))[2025] is S.SHORTFALL
    assert now(file, date(2026, 4, 20))[2025] is S.CURED


def test_exemptions_are_of_their_year() -> None:
    exempt = (Exemption(2025, noon(date(2025, 6, 1)), 12), Exemption(2026, noon(date(2026, 2, 1)), 1))
    file = replace(person(*kept(2024)), exemptions=exempt)
    assert now(file, date(2026, 3, 1)) == {2024: S.COMPLIANT, 2025: S.EXEMPT, 2026: S.OPEN}


def test_hours_are_summed_by_the_day_of_the_activity_without_those_that_made_up_a_shortfall() -> None:
    first, last = date(2026, 2, 1), date(2027, 1, 31)
    inside = (activity("3", first), activity("4", last))
    outside = (activity("50", first - timedelta(days=1)), activity("50", last + timedelta(days=1)))
    made_up = replace(activity("6", date(2026, 5, 1)), allocated_at=noon(date(2026, 5, 3)))
    all_ = (*inside, *outside, made_up, waiting("9", first))
    assert accepted_between(all_, first, last, noon(date(2027, 6, 1))) == 7
    assert accepted_between(all_, first, last, noon(first)) == 0


# --- what the clock makes of it --------------------------------------------------------------------------------------


def ahead(file: PersonFile, day: date) -> tuple[date | None, date | None]:
    """Return the first day of the hold, and of the lapse, that are ahead at the last second of a day."""
    found = outlook("M-1", ledger(file, day), end_of(day), VERSIONED)
    days = (one + timedelta(hours=8) if one is not None else None for one in (found.hold_at, found.lapse_at))
    hold, lapse = (one.date() if one is not None else None for one in days)
    return hold, lapse


def test_r_cpd_11_the_hold_is_ahead_until_the_hours_are_there() -> None:
    assert ahead(person(*kept(2024)), date(2025, 12, 31)) == (date(2026, 5, 1), date(2027, 5, 1))
    assert ahead(person(*kept(2024, 2025)), date(2025, 12, 31)) == (None, None)
    assert ahead(person(*kept(2024, 2025)), date(2026, 1, 1)) == (date(2027, 5, 1), date(2028, 5, 1))


def test_the_years_are_looked_at_once_in_the_next_year_each_person_on_another_day() -> None:
    """The year that begins then is judged in the one after; nothing that is ahead needs a look."""

    def due(member: str, day: date) -> datetime:
        return outlook(member, ledger(person(*kept(2024)), day), end_of(day), VERSIONED).look_at

    days = {due(f"M-{number}", date(2025, 12, 31)) for number in range(4_000)}
    assert (min(days), max(days)) == (start_of(date(2026, 1, 1)), start_of(date(2026, 12, 31)))
    assert len(days) == 365
    assert due("M-1", date(2025, 1, 1)) == due("M-1", date(2025, 12, 31))
    assert due("M-1", date(2026, 1, 1)) == due("M-1", date(2025, 1, 1)).replace(year=2027)


def test_scenario_96_a_hold_of_29_february_lapses_on_1_march() -> None:
    reversed_ = replace(kept(2026)[0], reversed_at=noon(date(2027, 12, 30)), reversed_hours=Decimal(5))
    file = person(*kept(2024, 2025), reversed_, *kept(2027))
    assert ahead(file, date(2027, 12, 30)) == (date(2028, 2, 29), date(2029, 3, 1))


def test_scenario_88_an_old_year_made_up_starts_the_months_anew() -> None:
    late = activity("40", date(2025, 7, 1), date(2027, 4, 1), date(2027, 4, 20))
    file = person(*kept(2024), late, *kept(2026, hours="34"))
    assert ahead(file, date(2027, 4, 19)) == (date(2026, 5, 1), date(2027, 5, 1))
    assert ahead(file, date(2027, 4, 20)) == (date(2027, 5, 1), date(2028, 5, 1))


@pytest.mark.parametrize(
    ("evidence", "lapses"),
    [
        ((), date(2027, 5, 1)),
        ((waiting("40", date(2025, 7, 1), date(2027, 4, 29)),), date(2027, 6, 1)),
        ((waiting("39.5", date(2025, 7, 1), date(2027, 4, 29)),), date(2027, 5, 1)),
        ((waiting("40", date(2025, 7, 1), date(2027, 4, 30)),), date(2027, 6, 1)),
        ((waiting("40", date(2025, 7, 1), date(2027, 5, 1)),), date(2027, 5, 1)),
        ((activity("40", date(2025, 7, 1), date(2027, 4, 1), date(2027, 5, 12), "39"),), date(2027, 5, 13)),
        ((activity("40", date(2025, 7, 1), date(2027, 4, 1), date(2027, 4, 12), "39"),), date(2027, 5, 1)),
    ],
)
def test_scenario_90_the_lapse_waits_31_days_for_the_review_of_what_was_complete(
    evidence: tuple[Activity, ...], lapses: date
) -> None:
    file = person(*kept(2024), *evidence, *kept(2026))
    assert ahead(file, date(2027, 5, 12)) == (date(2026, 5, 1), lapses)


@pytest.mark.parametrize(("hours", "lapses"), [("19.5", date(2027, 5, 1)), ("20", date(2027, 6, 1))])
def test_scenario_90_complete_is_what_is_asked_after_the_exemptions(hours: str, lapses: date) -> None:
    late = waiting(hours, date(2025, 7, 1), date(2027, 4, 29))
    exempt = (Exemption(2025, noon(date(2025, 6, 1)), 6),)
    file = replace(person(*kept(2024), late, *kept(2026)), exemptions=exempt)
    assert ahead(file, date(2027, 5, 12)) == (date(2026, 5, 1), lapses)


@pytest.mark.parametrize("decided", ["2027-05-31T23:59:59", "2027-06-01T00:00:00"])
def test_scenario_90_the_last_day_of_the_review_is_the_31st(decided: str) -> None:
    rejected = activity("40", date(2025, 7, 1), date(2027, 4, 1), date(2027, 5, 12), "39")
    late = replace(rejected, decided_at=datetime.fromisoformat(f"{decided}+08:00"))
    file = person(*kept(2024), late, *kept(2026))
    assert ahead(file, date(2027, 6, 1)) == (date(2026, 5, 1), date(2027, 6, 1))


def test_scenario_90_accepted_in_those_days_it_ends_the_hold() -> None:
    late = activity("40", date(2025, 7, 1), date(2027, 4, 29), date(2027, 5, 12))
    assert ahead(person(*kept(2024), late, *kept(2026)), date(2027, 5, 12)) == (date(2028, 5, 1), date(2029, 5, 1))


# --- for every file --------------------------------------------------------------------------------------------------

DAYS = st.dates(date(2024, 3, 1), date(2027, 12, 31))


@st.composite
def activities(draw: st.DrawFn) -> Activity:
    on, waits, review = draw(DAYS), draw(st.integers(0, 200)), draw(st.integers(0, 200))
    submitted, hours = on + timedelta(days=waits), Decimal(draw(st.integers(1, 96))) / 2
    one = replace(waiting(str(hours), on, submitted), submitted_at=noon(submitted))
    if draw(st.booleans()):
        at = noon(submitted + timedelta(days=review))
        one = replace(one, decided_at=at, accepted=min(hours, Decimal(draw(st.integers(0, 96))) / 2))
        if draw(st.booleans()):
            one = replace(one, reversed_at=at + timedelta(days=draw(st.integers(1, 200))), reversed_hours=one.accepted)
    if draw(st.booleans()):
        one = replace(one, year=on.year - 1, allocated_at=noon(submitted + timedelta(days=1)))
    return one


def known_at(one: Activity, at: datetime) -> Activity:
    """Return what was on file of an activity at a moment."""
    if one.reversed_at is not None and one.reversed_at > at:
        one = replace(one, reversed_at=None, reversed_hours=Decimal(0))
    if one.decided_at is not None and one.decided_at > at:
        one = replace(one, decided_at=None, accepted=Decimal(0))
    if one.allocated_at is not None and one.allocated_at > at:
        one = replace(one, year=one.activity_on.year, allocated_at=None)
    return one


@given(st.lists(activities(), max_size=8))
def test_hours_count_once(found: list[Activity]) -> None:
    """R-CPD-02: whatever is on file, no accepted hour stands in two years."""
    day = date(2030, 12, 31)
    years = ledger(person(*found), day)
    on_file = sum((one.accepted - one.reversed_hours for one in found), Decimal(0))
    assert sum((one.facts.accepted_by(end_of(day)) for one in years), Decimal(0)) <= on_file


@given(st.lists(activities(), max_size=8), DAYS)
def test_the_state_of_a_past_day_never_changes_but_by_facts_of_that_day(found: list[Activity], day: date) -> None:
    at = end_of(day)
    then = person(*(known_at(one, at) for one in found if one.submitted_at <= at))
    assert now(then, day) == now(person(*found), day)


@given(st.lists(activities(), max_size=8), DAYS)
def test_r_cpd_12_what_is_ahead_is_what_comes(found: list[Activity], day: date) -> None:
    """If nothing more is decided every state comes as foretold, and the hold when it was told to, or none does."""
    file = person(*(known_at(one, end_of(day)) for one in found if one.submitted_at <= end_of(day)))
    ahead = outlook("M-1", ledger(file, day), end_of(day), VERSIONED)
    end = date(2030, 6, 1)
    later = [one.states for one in ledger(file, end) if one.year <= day.year]
    assert later == [tuple(one for one in course if one.since <= end_of(end)) for course in ahead.courses]
    uncured = [one.since for states in later for one in states if one.state is S.UNCURED]
    if ahead.hold_at is None:
        assert all(one <= end_of(day) for one in uncured)
    else:
        assert hold_since(later, ahead.hold_at) == ahead.hold_at
