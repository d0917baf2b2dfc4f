"""Versions of the policy: which counts on which day, and what no version may change (domain 3.10)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from registry.domain.applications import last_day_of_use
from registry.domain.cpd import required_hours
from registry.domain.policy import DEFAULT_POLICY, grace_end, known_keys, read_versions, renewal_window_opens
from registry.domain.refusals import PolicyError

FIRST = {"version": "2027", "from_on": date(2027, 1, 1), "renewal.grace_days": 60, "cpd.hours_per_year": 48}
SECOND = {"version": "2028", "from_on": date(2028, 7, 1), "renewal.window_days": 90, "apply.pass_validity_months": 6}

DEFAULTS = {
    "term.years": 5,
    "renewal.window_days": 180,
    "renewal.grace_days": 90,
    "renewal.grace_after_interim_days": 30,
    "renewal.grace_after_hold_days": 60,
    "renewal.interim_days": 60,
    "renewal.escalate_day": 45,
    "renewal.notice_days": 90,
    "restore.simple_years": 3,
    "restore.cpd_hours": 40,
    "apply.pass_validity_months": 12,
    "cpd.hours_per_year": 40,
    "cpd.submit_by": (1, 31),
    "cpd.assess_on": (3, 1),
    "cpd.defer_until": (3, 31),
    "cpd.cure_days": 60,
    "cpd.cure_review_days": 31,
    "cpd.sample": 0.05,
    "promo.allow_skip": True,
    "promo.fail_filing_days": 30,
    "conduct.appeal_days": 30,
    "conduct.reapply_years": 3,
    "status.public_history_years": 3,
    "member.rejoin_days": 90,
    "auth.custody_months": 12,
    "auth.term_years": 5,
    "auth.transfer_stage_validity_months": 12,
    "sweep.late_minutes": 15,
    "sweep.pause_hours": 24,
    "sweep.breaker": (20, 0.02),
}
"""The numbers of domain 3.10 by their keys there, and two more: the last days of a term, and a pause of the clock."""


def test_the_default_has_the_keys_and_numbers_of_the_rules() -> None:
    assert {key: getattr(DEFAULT_POLICY, name) for key, name in known_keys().items()} == DEFAULTS
    assert (DEFAULT_POLICY.version, DEFAULT_POLICY.from_on) == ("default-1", date(2020, 1, 1))
    assert DEFAULT_POLICY.later == ()


def test_each_version_takes_over_what_it_does_not_name() -> None:
    policy = read_versions([FIRST, SECOND])
    told = [
        (one.version, one.renewal_grace_days, one.renewal_window_days)
        for one in map(policy.on, (date(2019, 1, 1), date(2026, 12, 31), date(2027, 1, 1), date(2028, 7, 1)))
    ]
    assert told == [("default-1", 90, 180), ("default-1", 90, 180), ("2027", 60, 180), ("2028", 60, 90)]


@pytest.mark.parametrize(
    ("end_on", "days"), [(date(2026, 12, 31), 90), (date(2027, 1, 1), 60)], ids=["ends before", "ends after"]
)
def test_windows_apply_to_terms_that_end_later(end_on: date, days: int) -> None:
    assert (grace_end(end_on, read_versions([FIRST])) - end_on).days == days


@pytest.mark.parametrize(("end_on", "days"), [(date(2028, 6, 30), 180), (date(2028, 7, 1), 90)])
def test_the_window_to_file_applies_to_terms_that_end_later(end_on: date, days: int) -> None:
    assert (end_on - renewal_window_opens(end_on, read_versions([FIRST, SECOND]))).days == days


@pytest.mark.parametrize(("year", "hours"), [(2026, 40), (2027, 48)])
def test_cpd_values_apply_from_the_next_cpd_year(year: int, hours: int) -> None:
    mid = {**FIRST, "from_on": date(2026, 7, 1)}
    assert required_hours(date(year, 1, 1), 0, read_versions([mid])) == Decimal(hours)


def test_what_is_decided_counts_by_its_day() -> None:
    policy = read_versions([FIRST, SECOND])
    assert last_day_of_use(date(2028, 6, 30), policy) == date(2029, 6, 30)
    assert last_day_of_use(date(2028, 7, 1), policy) == date(2029, 1, 1)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"version": ""}, "from 2027-01-01, version: it needs a name"),
        ({"version": 7}, "it needs a name"),
        ({"version": "default-1"}, "default-1, version: this name is taken"),
        ({"from_on": date(2020, 1, 1)}, "2027, from_on: it is a day after 2020-01-01"),
        ({"from_on": "2027-01-01"}, "2027, from_on"),
        ({"renewal.graze_days": 1}, "2027, renewal.graze_days: there is no such key; known are term.years"),
        ({"renewal.grace_days": "60"}, "2027, renewal.grace_days: 60 has not the form of 90"),
        ({"renewal.grace_days": True}, "has not the form"),
        ({"renewal.grace_days": -1}, "2027, renewal.grace_days: -1 does not lie between 0 and 3660"),
        ({"renewal.grace_days": 3661}, "does not lie between 0 and 3660"),
        ({"renewal.interim_days": 0}, "2027, renewal.interim_days: 0 does not lie between 1 and 3660"),
        ({"sweep.pause_hours": 0}, "does not lie between 1 and 3660"),
        ({"sweep.late_minutes": 10**15}, "does not lie between 0 and 3660"),
        ({"status.public_history_years": 101}, "does not lie between 0 and 100"),
        ({"cpd.sample": float("inf")}, "2027, cpd.sample: inf does not lie between 0 and 1"),
        ({"cpd.sample": 1.01}, "does not lie between 0 and 1"),
        ({"sweep.breaker": [20, float("nan")]}, "2027, sweep.breaker: nan does not lie between 0 and 1"),
        ({"cpd.assess_on": [1, 31]}, "2027, cpd.assess_on: it lies after cpd.submit_by, and not after cpd.defer_until"),
        ({"cpd.assess_on": [4, 1]}, "it lies after cpd.submit_by"),
        ({"cpd.submit_by": [1]}, "has not the form"),
        ({"cpd.assess_on": [2, 29]}, "2027, cpd.assess_on: (2, 29) is no month and day of every year"),
        ({"cpd.assess_on": [13, 1]}, "is no month and day"),
        ({"promo.allow_skip": 0}, "has not the form"),
        ({"term.years": 4}, "2027, term.years: the seed fixes 5"),
        ({"cpd.hours_per_year": 39}, "2027, cpd.hours_per_year: 39 does not lie between 40 and 3660"),
    ],
)
def test_what_cannot_be_a_version_is_told_with_its_key(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_versions([FIRST | changed])
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"renewal.grace_days": 0, "member.rejoin_days": 3660, "renewal.interim_days": 1, "term.years": 5},
        {"cpd.sample": 0.0, "sweep.breaker": [0, 1.0], "status.public_history_years": 100, "promo.allow_skip": False},
        {"cpd.sample": 1.0, "cpd.assess_on": [2, 1], "cpd.defer_until": [2, 1]},
    ],
)
def test_the_bounds_of_each_value_may_be_reached(changed: dict[str, Any]) -> None:
    (later,) = read_versions([FIRST | changed]).later
    told = {key: getattr(later, known_keys()[key]) for key in changed}
    assert told == {key: tuple(value) if isinstance(value, list) else value for key, value in changed.items()}


def test_versions_stand_in_the_order_of_their_days() -> None:
    with pytest.raises(PolicyError, match="from_on"):
        read_versions([SECOND, FIRST])


def test_lists_stand_for_days_of_the_year() -> None:
    assert read_versions([FIRST | {"cpd.submit_by": [2, 15]}]).later[0].cpd_submit_by == (2, 15)
    assert replace(DEFAULT_POLICY, later=()) == read_versions([])
    assert known_keys()["cpd.cure_days"] == "cpd_cure_days"


@pytest.mark.parametrize(
    ("known", "today", "refused"),
    [
        ([], date(2026, 12, 31), None),
        ([], date(2027, 1, 1), "2027 from 2027-01-01, from_on: a change of policy acts forward only"),
        (["2027 from 2027-01-01"], date(2030, 1, 1), None),
        (["2027 from 2027-01-01", "x from 2026-07-01"], date(2026, 6, 30), None),
        (["2027 from 2027-01-01", "x from 2026-07-01"], date(2026, 7, 1), "x from 2026-07-01, version: it counts"),
    ],
)
def test_a_change_of_policy_acts_forward_only(known: list[str], today: date, refused: str | None) -> None:
    policy = read_versions([FIRST])
    if refused is None:
        return policy.require_forward(known, today)
    with pytest.raises(PolicyError) as told:
        policy.require_forward(known, today)
    assert refused in str(told.value)
