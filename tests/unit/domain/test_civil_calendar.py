"""Days and moments: the worked examples W1 to W10 of domain 3.1."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain import calendar as cal
from registry.domain.policy import DEFAULT_POLICY, grace_end, renewal_window_opens
from registry.domain.refusals import NaiveInstantError

DAYS = st.dates(date(1950, 1, 1), date(2200, 1, 1))


def day(text: str) -> date:
    return date.fromisoformat(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


WORKED = [
    # start, end, days, valid_from, valid_until, window, grace first, grace last, lapse, restoration up to
    "2021-07-15 2026-07-14 1826 2021-07-14T16:00:00Z 2026-07-14T15:59:59Z"
    " 2026-01-15 2026-07-15 2026-10-12 2026-10-13 2029-10-12",
    "2024-02-29 2029-02-28 1827 2024-02-28T16:00:00Z 2029-02-28T15:59:59Z"
    " 2028-09-01 2029-03-01 2029-05-29 2029-05-30 2032-05-29",
    "2024-03-01 2029-02-28 1826 2024-02-29T16:00:00Z 2029-02-28T15:59:59Z"
    " 2028-09-01 2029-03-01 2029-05-29 2029-05-30 2032-05-29",
    "2023-03-01 2028-02-29 1827 2023-02-28T16:00:00Z 2028-02-29T15:59:59Z"
    " 2027-09-02 2028-03-01 2028-05-29 2028-05-30 2031-05-29",
    "2025-01-01 2029-12-31 1826 2024-12-31T16:00:00Z 2029-12-31T15:59:59Z"
    " 2029-07-04 2030-01-01 2030-03-31 2030-04-01 2033-03-31",
    "2025-12-31 2030-12-30 1826 2025-12-30T16:00:00Z 2030-12-30T15:59:59Z"
    " 2030-07-03 2030-12-31 2031-03-30 2031-03-31 2034-03-30",
]


@pytest.mark.parametrize("row", WORKED, ids=["W1", "W2", "W3", "W4", "W5", "W6"])
def test_worked_terms(row: str) -> None:
    start, end, days, valid_from, valid_until, window, first, last, lapse, restore = row.split()
    end_on = cal.term_end(day(start), years=DEFAULT_POLICY.term_years)
    assert end_on == day(end)
    assert (end_on - day(start)).days + 1 == int(days)
    assert cal.start_of(day(start)) == instant(valid_from)
    assert cal.end_of(end_on) == instant(valid_until)
    assert renewal_window_opens(end_on, DEFAULT_POLICY) == day(window)
    assert cal.day_after(end_on) == day(first)
    assert grace_end(end_on, DEFAULT_POLICY) == day(last)
    assert cal.day_after(grace_end(end_on, DEFAULT_POLICY)) == day(lapse)
    assert cal.anniversary(day(lapse), 3) - timedelta(days=1) == day(restore)


@pytest.mark.parametrize(
    ("event", "last"),
    [("2026-01-30", "2026-03-01"), ("2028-01-30", "2028-02-29")],
    ids=["W7 common year", "W7 leap year"],
)
def test_a_deadline_in_days_does_not_count_the_event_day(event: str, last: str) -> None:
    assert cal.deadline_days(day(event), 30) == day(last)


@pytest.mark.parametrize(
    ("event", "months", "last"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-10-15", 3, "2027-01-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-03-31", 0, "2026-03-31"),
    ],
)
def test_a_deadline_in_months_ends_on_the_corresponding_day(event: str, months: int, last: str) -> None:
    assert cal.deadline_months(day(event), months) == day(last)


@pytest.mark.parametrize(
    ("since", "years", "on"),
    [("2024-02-29", 1, "2025-03-01"), ("2024-02-29", 4, "2028-02-29"), ("2021-07-15", 2, "2023-07-15")],
)
def test_the_anniversary_of_29_february_may_be_1_march(since: str, years: int, on: str) -> None:
    assert cal.anniversary(day(since), years) == day(on)


def test_w08_the_last_second_counts_whole() -> None:
    last = cal.end_of(day("2026-07-14"))
    assert cal.whole_second(instant("2026-07-14T15:59:59.800Z")) <= last
    assert cal.whole_second(instant("2026-07-14T16:00:00Z")) > last


def test_w09_london_sees_the_end_of_the_day_in_china() -> None:
    assert cal.civil_date(instant("2026-07-14T17:00:00+01:00")) == day("2026-07-15")


def test_w10_half_past_midnight_belongs_to_the_new_year() -> None:
    assert cal.civil_date(instant("2025-12-31T16:30:00Z")) == day("2026-01-01")


def test_the_tz_database_knows_the_summers_of_daylight_saving() -> None:
    assert cal.start_of(day("1988-07-01")) == instant("1988-06-30T15:00:00Z")
    assert cal.start_of(day("1988-12-01")) == instant("1988-11-30T16:00:00Z")


@pytest.mark.parametrize("judge", [cal.civil_date, cal.whole_second])
def test_an_instant_without_zone_is_refused(judge: object) -> None:
    assert callable(judge)
    with pytest.raises(NaiveInstantError) as refused:
        judge(datetime(2026, 7, 14, 16))  # noqa: DTZ001
    assert refused.value.code == "calendar.naive-instant"


@settings(deadline=None)
@given(DAYS)
def test_a_day_is_made_of_its_own_instants(any_day: date) -> None:
    start, last = cal.start_of(any_day), cal.end_of(any_day)
    assert start.tzinfo is UTC
    assert last.tzinfo is UTC
    assert cal.civil_date(start) == cal.civil_date(last) == any_day
    assert cal.civil_date(last + timedelta(seconds=1)) == cal.day_after(any_day)


@settings(deadline=None)
@given(DAYS, st.integers(1, 30))
def test_the_next_term_starts_where_the_last_ends(start: date, years: int) -> None:
    end_on = cal.term_end(start, years=years)
    assert cal.day_after(end_on) == cal.anniversary(start, years)
