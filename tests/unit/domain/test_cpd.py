"""The yearly ledger of continuing professional development (domain 3.6): its scenarios and its first-year table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from registry.domain.calendar import civil_date, end_of, start_of
from registry.domain.cpd import (
    CpdActivity,
    CpdFacts,
    CpdYear,
    YearState,
    hold_since,
    required_hours,
    year_history,
)
from tests.unit.domain.test_public_status import VERSIONED

S = YearState


def noon(day: date) -> datetime:
    return start_of(day) + timedelta(hours=12)


def handed_in(hours: str, on: date, decided: date | None = None, accepted: str | None = None) -> CpdActivity:
    """Return hours that were handed in on a day and, with `decided`, accepted or (with "0") rejected at noon of it."""
    counts = Decimal(accepted if accepted is not None else hours if decided is not None else 0)
    return CpdActivity(Decimal(hours), noon(on), noon(decided) if decided is not None else None, counts)


def year(*activities: CpdActivity, of: int = 2025, begins_on: date | None = None) -> CpdFacts:
    return CpdFacts(of, begins_on or date(of, 1, 1), activities)


def kept(hours: str, of: int = 2025) -> CpdActivity:
    return handed_in(hours, date(of, 6, 1), date(of, 6, 2))


def at(facts: CpdFacts, day: date) -> CpdYear:
    """Return the year at the last second of a day."""
    return year_history(facts, end_of(day), VERSIONED)[-1]


def states(facts: CpdFacts, until: date) -> list[tuple[YearState, datetime]]:
    return [(one.state, one.since) for one in year_history(facts, end_of(until), VERSIONED)]


@pytest.mark.parametrize(
    ("begins_on", "hours"),
    [
        (date(2025, 1, 1), "40"),
        (date(2025, 1, 2), "37"),
        (date(2025, 3, 1), "33.5"),
        (date(2025, 3, 31), "30"),
        (date(2025, 5, 1), "27"),
        (date(2025, 6, 1), "23.5"),
        (date(2025, 7, 1), "20"),
        (date(2025, 7, 2), "17"),
        (date(2025, 7, 15), "17"),
        (date(2025, 9, 1), "13.5"),
        (date(2025, 10, 1), "10"),
        (date(2025, 11, 1), "7"),
        (date(2025, 12, 1), "3.5"),
        (date(2025, 12, 2), "0"),
        (date(2024, 2, 29), "33.5"),
    ],
)
def test_a_first_year_is_pro_rata_of_its_complete_months(begins_on: date, hours: str) -> None:
    assert required_hours(begins_on, 0, VERSIONED) == Decimal(hours)


@pytest.mark.parametrize(
    ("begins_on", "months", "hours"),
    [
        (date(2025, 1, 1), 4, "27"),
        (date(2025, 5, 1), 3, "17"),
        (date(2025, 11, 5), 1, "0"),
        (date(2025, 1, 1), 12, "0"),
    ],
)
def test_scenarios_33_and_94_exempt_months_are_rounded_up_once(begins_on: date, months: int, hours: str) -> None:
    assert required_hours(begins_on, months, VERSIONED) == Decimal(hours)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 1, 31), S.OPEN),
        (date(2026, 2, 1), S.CLOSED_FOR_ENTRY),
        (date(2026, 2, 28), S.CLOSED_FOR_ENTRY),
        (date(2026, 3, 1), S.COMPLIANT),
    ],
)
def test_a_year_closes_and_is_assessed_on_its_days(day: date, state: YearState) -> None:
    assert at(year(kept("40")), day).state is state


@pytest.mark.parametrize(("hours", "state"), [("40", S.COMPLIANT), ("39.5", S.SHORTFALL)])
def test_scenario_21_hours_are_compared_exactly(hours: str, state: YearState) -> None:
    found = at(year(kept(hours)), date(2026, 3, 1))
    assert found.state is state
    assert found.cure_until_on == (date(2026, 4, 30) if state is S.SHORTFALL else date.max)


def test_scenario_22_deferred_then_rejected_is_a_shortfall_of_that_day() -> None:
    facts = year(kept("39.5"), handed_in("3", date(2026, 1, 20), date(2026, 3, 20), "0"))
    assert at(facts, date(2026, 3, 1)).state is S.DEFERRED
    found = at(facts, date(2026, 3, 20))
    assert (found.state, found.cure_until_on) == (S.SHORTFALL, date(2026, 5, 19))
    assert states(facts, date(2026, 5, 20))[-1] == (S.UNCURED, start_of(date(2026, 5, 20)))


def test_scenario_23_hours_that_nobody_decided_on_count_until_they_are_rejected() -> None:
    facts = year(kept("39.5"), handed_in("3", date(2026, 1, 20), date(2026, 4, 15), "0"))
    assert at(facts, date(2026, 3, 31)).state is S.DEFERRED
    assert at(facts, date(2026, 4, 1)) == CpdYear(S.COMPLIANT, start_of(date(2026, 4, 1)), is_provisional=True)
    found = at(facts, date(2026, 4, 15))
    assert (found.state, found.cure_until_on) == (S.SHORTFALL, date(2026, 6, 14))


def test_a_deferred_year_is_kept_once_its_hours_are_accepted() -> None:
    facts = year(kept("39.5"), handed_in("3", date(2026, 1, 20), date(2026, 3, 20)))
    assert at(facts, date(2026, 3, 20)) == CpdYear(S.COMPLIANT, noon(date(2026, 3, 20)))


def test_provisional_hours_that_are_accepted_count_for_good() -> None:
    facts = year(kept("39.5"), handed_in("3", date(2026, 1, 20), date(2026, 4, 20)))
    assert at(facts, date(2026, 4, 19)).is_provisional
    assert not at(facts, date(2026, 4, 20)).is_provisional


def test_hours_handed_in_after_january_do_not_defer() -> None:
    assert at(year(kept("39.5"), handed_in("3", date(2026, 2, 1))), date(2026, 3, 1)).state is S.SHORTFALL
    assert at(year(kept("39.5"), handed_in("3", date(2026, 1, 31))), date(2026, 3, 1)).state is S.DEFERRED


def test_scenario_24_a_year_without_a_required_hour_is_not_due() -> None:
    assert at(year(begins_on=date(2025, 12, 2)), date(2026, 3, 1)).state is S.NOT_DUE


@pytest.mark.parametrize(("months", "state"), [(1, S.EXEMPT), (0, S.SHORTFALL)])
def test_scenario_94_a_year_that_is_wholly_exempt(months: int, state: YearState) -> None:
    facts = replace(
        year(begins_on=date(2025, 11, 5)), exemptions=((noon(date(2025, 12, 1)), months),) if months else ()
    )
    assert at(facts, date(2026, 3, 1)).state is state
    assert at(facts, date(2026, 9, 1)).state is (S.EXEMPT if months else S.UNCURED)


def test_scenario_25_a_course_in_the_cure_makes_up_the_shortfall() -> None:
    facts = year(kept("34"), handed_in("6", date(2026, 4, 18), date(2026, 4, 25)))
    assert states(facts, date(2026, 12, 31))[-2:] == [
        (S.SHORTFALL, start_of(date(2026, 3, 1))),
        (S.CURED, noon(date(2026, 4, 25))),
    ]


def test_scenario_26_the_hold_runs_from_the_day_after_the_cure_until_it_is_made_up() -> None:
    facts = year(kept("34"), handed_in("6", date(2026, 8, 1), date(2026, 8, 10)))
    history = year_history(facts, end_of(date(2026, 12, 31)), VERSIONED)
    began = datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert hold_since([history], noon(date(2026, 8, 9))) == began
    assert hold_since([history], began - timedelta(seconds=1)) is None
    assert hold_since([history], noon(date(2026, 8, 10))) is None


def test_scenario_28_a_reversal_is_a_new_shortfall_with_60_days() -> None:
    reversed_ = replace(kept("41", 2024), reversed_at=noon(date(2026, 6, 10)), reversed_hours=Decimal(5))
    facts = year(reversed_, of=2024)
    assert at(facts, date(2026, 6, 9)).state is S.COMPLIANT
    found = at(facts, date(2026, 6, 11))
    assert (found.state, found.cure_until_on) == (S.SHORTFALL, date(2026, 8, 9))


def test_scenario_93_a_later_course_makes_up_a_reversed_year() -> None:
    reversed_ = replace(kept("41", 2024), reversed_at=noon(date(2026, 6, 10)), reversed_hours=Decimal(5))
    facts = year(reversed_, handed_in("4", date(2026, 7, 4), date(2026, 7, 20)), of=2024)
    assert at(facts, date(2026, 7, 20)).state is S.CURED


def test_a_reversal_that_leaves_enough_changes_nothing() -> None:
    reversed_ = replace(kept("45"), reversed_at=noon(date(2026, 6, 10)), reversed_hours=Decimal(5))
    assert at(year(reversed_), date(2026, 6, 11)).state is S.COMPLIANT


def test_scenario_50_no_year_is_assessed_in_which_the_last_registration_ended() -> None:
    assert at(replace(year(), ended_at=noon(date(2025, 11, 1))), date(2026, 3, 1)).state is S.NOT_DUE


@pytest.mark.parametrize(
    ("decided", "accepted", "until", "state", "since"),
    [
        (date(2026, 5, 20), "0", date(2026, 5, 19), S.SHORTFALL, date(2026, 5, 1)),
        (date(2026, 5, 20), "0", date(2026, 5, 20), S.SHORTFALL, date(2026, 5, 20)),
        (date(2026, 5, 20), "0", date(2026, 5, 21), S.UNCURED, date(2026, 5, 21)),
        (None, None, date(2026, 5, 31), S.SHORTFALL, date(2026, 5, 1)),
        (None, None, date(2026, 6, 1), S.CURED, date(2026, 6, 1)),
    ],
)
def test_scenario_89_the_hold_waits_for_the_decision_on_what_came_in_time(
    decided: date | None, accepted: str | None, until: date, state: YearState, since: date
) -> None:
    facts = year(kept("34"), handed_in("6", date(2026, 4, 28), decided, accepted))
    found = at(facts, until)
    assert (found.state, civil_date(found.since)) == (state, since)
    assert found.is_provisional is (state is S.CURED)


def test_a_provisional_cure_that_is_rejected_sets_the_hold_the_next_day() -> None:
    facts = year(kept("34"), handed_in("6", date(2026, 4, 28), date(2026, 7, 1), "0"))
    assert at(facts, date(2026, 7, 1)).state is S.CURED
    assert states(facts, date(2026, 7, 2))[-1] == (S.UNCURED, start_of(date(2026, 7, 2)))


def test_a_provisional_cure_holds_while_another_decision_is_out() -> None:
    facts = year(
        kept("34"),
        handed_in("6", date(2026, 4, 28)),
        handed_in("2", date(2026, 4, 28), date(2026, 7, 1), "0"),
    )
    assert at(facts, date(2026, 7, 2)).state is S.CURED


def test_evidence_after_the_last_day_is_too_late() -> None:
    assert at(year(kept("34"), handed_in("6", date(2026, 5, 1))), date(2026, 5, 1)).state is S.UNCURED


def test_an_explanation_may_end_in_an_exemption() -> None:
    cured = replace(year(kept("34")), exemptions=((noon(date(2026, 4, 10)), 2),))
    assert at(cured, date(2026, 4, 10)).state is S.CURED
    exempt = replace(year(), exemptions=((noon(date(2026, 4, 10)), 12),))
    assert at(exempt, date(2026, 4, 10)).state is S.EXEMPT


def test_scenario_96_notice_at_the_end_of_december() -> None:
    reversed_ = replace(kept("41", 2026), reversed_at=noon(date(2027, 12, 30)), reversed_hours=Decimal(5))
    facts = year(reversed_, of=2026)
    assert at(facts, date(2027, 12, 30)).cure_until_on == date(2028, 2, 28)
    assert states(facts, date(2028, 3, 1))[-1] == (S.UNCURED, start_of(date(2028, 2, 29)))


def test_scenario_88_a_hold_is_unbroken_only_while_one_year_is_uncured() -> None:
    first = year(kept("34"), handed_in("6", date(2027, 4, 1), date(2027, 4, 20)))
    second = year(kept("34", 2026), of=2026)
    histories = [year_history(one, end_of(date(2027, 12, 31)), VERSIONED) for one in (first, second)]
    assert hold_since(histories, noon(date(2027, 4, 19))) == start_of(date(2026, 5, 1))
    assert hold_since(histories, noon(date(2027, 4, 25))) is None
    assert hold_since(histories, noon(date(2027, 6, 1))) == start_of(date(2027, 5, 1))


def test_two_uncured_years_that_overlap_are_one_hold() -> None:
    first = year(kept("34"), handed_in("6", date(2027, 5, 10), date(2027, 5, 20)))
    second = year(kept("34", 2026), of=2026)
    histories = [year_history(one, end_of(date(2027, 12, 31)), VERSIONED) for one in (first, second)]
    assert hold_since(histories, noon(date(2027, 6, 1))) == start_of(date(2026, 5, 1))


def test_what_was_answered_for_a_past_day_never_changes() -> None:
    before = year(kept("39.5"))
    after = year(kept("39.5"), handed_in("6", date(2026, 4, 18), date(2026, 4, 25)))
    for day in (date(2026, 2, 10), date(2026, 3, 1), date(2026, 4, 24)):
        assert at(before, day) == at(after, day)


@pytest.mark.parametrize("reviewed", [date(2026, 5, 20), date(2026, 7, 1)])
def test_r_cpd_10_what_is_accepted_on_the_day_of_a_rejection_still_cures(reviewed: date) -> None:
    evidence = replace(handed_in("6", date(2026, 4, 28), reviewed, "0"))
    mended = replace(handed_in("6", reviewed), decided_at=noon(reviewed) + timedelta(hours=3), accepted=Decimal(6))
    found = states(year(kept("34"), evidence, mended), date(2026, 12, 31))
    assert found[-1] == (S.CURED, noon(reviewed) + timedelta(hours=3))
    assert S.UNCURED not in [state for state, _ in found]


def test_r_cpd_10_an_exemption_of_that_day_gives_the_review_back_its_days() -> None:
    evidence = (handed_in("4", date(2026, 4, 28)), handed_in("2", date(2026, 4, 28), date(2026, 5, 20), "0"))
    granted = noon(date(2026, 5, 20)) + timedelta(hours=1)
    facts = replace(year(kept("34"), *evidence), exemptions=((granted, 1),))
    assert states(facts, date(2026, 5, 31))[-1] == (S.SHORTFALL, granted)
    assert states(facts, date(2026, 6, 1))[-1] == (S.CURED, start_of(date(2026, 6, 1)))


def test_an_exempt_year_stays_exempt_whatever_is_decided_later() -> None:
    facts = replace(
        year(handed_in("3", date(2025, 6, 1), date(2026, 4, 1))), exemptions=((noon(date(2025, 4, 10)), 12),)
    )
    assert states(facts, date(2026, 12, 31))[-1] == (S.EXEMPT, start_of(date(2026, 3, 1)))


def test_what_was_on_file_by_a_moment_is_what_was_told_by_then() -> None:
    """Both sides of each moment: handed in, decided, taken back, exempted, ended, died, and an error mended."""
    first, then, last = noon(date(2025, 3, 1)), noon(date(2025, 6, 1)), noon(date(2025, 9, 1))
    before = CpdActivity(Decimal(8), first, accepted=Decimal(8))
    counted = replace(before, decided_at=then)
    facts = CpdFacts(2025, date(2025, 1, 1), (replace(counted, reversed_at=last),), ((then, 2),))
    facts = replace(facts, ended_at=last, died_at=last, errors=((first, then, then),))
    moment = timedelta.resolution
    none = CpdFacts(2025, date(2025, 1, 1))
    assert facts.known_by(first - moment) == none
    assert facts.known_by(first) == facts.known_by(then - moment) == replace(none, activities=(before,))
    decided = replace(none, activities=(counted,), exemptions=((then, 2),), errors=((first, then, then),))
    assert facts.known_by(then) == facts.known_by(last - moment) == decided
    assert facts.known_by(last) == facts


@pytest.mark.parametrize(("from_on", "is_new"), [(date(2025, 1, 1), True), (date(2025, 1, 2), False)])
def test_a_year_goes_by_the_policy_of_its_first_day(from_on: date, is_new: bool) -> None:
    changed = replace(
        VERSIONED, later=(replace(VERSIONED, version="x", from_on=from_on, cpd_cure_days=10, cpd_hours_per_year=48),)
    )
    (found,) = year_history(year(kept("39")), end_of(date(2026, 3, 1)), changed)[2:]
    assert found.cure_until_on == (date(2026, 3, 11) if is_new else date(2026, 4, 30))
    for begins_on, hours in ((date(2025, 1, 1), (48, 40)), (date(2025, 7, 1), (24, 20))):
        assert required_hours(begins_on, 0, changed) == hours[not is_new]
