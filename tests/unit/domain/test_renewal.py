"""Re-registration and restoration (domain 3.7): windows, interims, grace and the terms they give."""

from datetime import date
from decimal import Decimal

import pytest

from registry.domain.calendar import start_of
from registry.domain.cpd import YearState
from registry.domain.policy import DEFAULT_POLICY as POLICY
from registry.domain.registration import Hold, HoldKind, Term, TermOrigin
from registry.domain.renewal import (
    NO_MORE,
    Filing,
    Grace,
    MadeUp,
    RenewalFile,
    filing,
    interim_until,
    is_simple_restoration,
    last_day_of_grace,
    missing_for_renewal,
    missing_for_restoration,
    renewed_term,
)

END = date(2026, 7, 14)
LAST = Term(1, date(2021, 7, 15), END, TermOrigin.INITIAL)


@pytest.mark.parametrize(
    ("filed_on", "expected"),
    [
        (date(2026, 1, 14), Filing.TOO_EARLY),
        (date(2026, 1, 15), Filing.ON_TIME),
        (END, Filing.ON_TIME),
        (date(2026, 7, 15), Filing.IN_GRACE),
        (date(2026, 10, 12), Filing.IN_GRACE),
        (date(2026, 10, 13), Filing.TOO_LATE),
    ],
)
def test_scenarios_35_and_39_when_a_renewal_may_be_filed(filed_on: date, expected: Filing) -> None:
    assert filing(END, filed_on, POLICY) is expected


@pytest.mark.parametrize(
    ("approved_on", "filed", "term"),
    [
        (date(2026, 5, 2), Filing.ON_TIME, Term(2, date(2026, 7, 15), date(2031, 7, 14), TermOrigin.RENEWAL)),
        (date(2026, 8, 20), Filing.ON_TIME, Term(2, date(2026, 7, 15), date(2031, 7, 14), TermOrigin.RENEWAL)),
        (date(2026, 9, 1), Filing.IN_GRACE, Term(2, date(2026, 9, 1), date(2031, 7, 14), TermOrigin.LATE_RENEWAL)),
    ],
)
def test_scenarios_36_37_and_38_which_term_a_renewal_gives(approved_on: date, filed: Filing, term: Term) -> None:
    assert renewed_term(LAST, approved_on, filed, POLICY) == term


@pytest.mark.parametrize(
    ("on", "until"),
    [
        (date(2026, 7, 15), date(2026, 9, 12)),
        (date(2026, 9, 12), date(2026, 9, 12)),
        (date(2026, 9, 13), date(2026, 11, 11)),
        (date(2026, 11, 11), date(2026, 11, 11)),
    ],
)
def test_scenarios_37_and_99_an_interim_runs_60_days_at_a_time(on: date, until: date) -> None:
    assert interim_until(END, on, POLICY) == until


@pytest.mark.parametrize(
    ("end_on", "grace", "last"),
    [
        (END, NO_MORE, date(2026, 10, 12)),
        (END, Grace(interim_closed_on=date(2026, 7, 20)), date(2026, 10, 12)),
        (END, Grace(interim_closed_on=date(2026, 10, 1)), date(2026, 10, 31)),
        (date(2026, 6, 20), Grace(hold_lifted_on=date(2026, 10, 15)), date(2026, 12, 14)),
        (date(2026, 4, 10), Grace(interim_closed_on=date(2026, 5, 4)), date(2026, 7, 9)),
    ],
)
def test_scenarios_73_82_and_98_what_prolongs_the_grace(end_on: date, grace: Grace, last: date) -> None:
    assert last_day_of_grace(end_on, POLICY, grace) == last


def test_scenario_82_a_late_renewal_ends_as_if_on_time() -> None:
    last = Term(1, date(2021, 6, 21), date(2026, 6, 20), TermOrigin.INITIAL)
    term = renewed_term(last, date(2026, 11, 20), Filing.IN_GRACE, POLICY)
    assert (term.start_on, term.end_on) == (date(2026, 11, 20), date(2031, 6, 20))


def hold(kind: HoldKind) -> frozenset[Hold]:
    return frozenset({Hold(kind, start_of(date(2026, 5, 1)), None, "D-1")})


@pytest.mark.parametrize(
    ("file", "missing"),
    [
        (RenewalFile(frozenset(), (YearState.COMPLIANT, YearState.DEFERRED, YearState.OPEN)), []),
        (RenewalFile(frozenset(), (YearState.CURED, YearState.EXEMPT, YearState.NOT_DUE)), []),
        (RenewalFile(frozenset(), (YearState.SHORTFALL,)), ["cpd.years"]),
        (RenewalFile(hold(HoldKind.CPD), (YearState.UNCURED,)), ["cpd.hold", "cpd.years"]),
        (RenewalFile(hold(HoldKind.CONDUCT_SANCTION), (YearState.COMPLIANT,)), []),
        (RenewalFile(frozenset(), (), is_code_signed=False), ["code-of-conduct"]),
        (RenewalFile(frozenset(), (), is_membership_good=False, is_fee_settled=False), ["membership", "fee"]),
    ],
)
def test_scenarios_41_83_97_and_98_what_a_renewal_needs(file: RenewalFile, missing: list[str]) -> None:
    assert missing_for_renewal(file) == missing


@pytest.mark.parametrize(
    ("ended_on", "filed_on", "is_simple"),
    [
        (date(2026, 10, 13), date(2029, 10, 12), True),
        (date(2026, 10, 13), date(2029, 10, 13), False),
        (date(2026, 4, 29), date(2029, 4, 28), True),
        (date(2026, 4, 29), date(2029, 4, 29), False),
    ],
)
def test_scenarios_40_and_92_until_when_restoration_is_simple(ended_on: date, filed_on: date, is_simple: bool) -> None:
    assert is_simple_restoration(ended_on, filed_on, POLICY) is is_simple


@pytest.mark.parametrize(
    ("recent", "owed", "is_simple", "is_barred", "missing"),
    [
        ("40", (YearState.UNCURED,), True, False, ["cpd.owed"]),
        ("40", (YearState.CURED,), True, False, []),
        ("39.5", (), True, False, ["cpd.recent"]),
        ("0", (), False, False, []),
        ("40", (), True, True, ["bar"]),
    ],
)
def test_scenario_91_what_a_restoration_needs(
    recent: str, owed: tuple[YearState, ...], is_simple: bool, is_barred: bool, missing: list[str]
) -> None:
    made_up = MadeUp(Decimal(recent), owed)
    found = missing_for_restoration(made_up, is_simple=is_simple, is_barred=is_barred, policy=POLICY)
    assert found == missing
