"""What may be handed in and decided about CPD (domain 3.6): both sides of each boundary, and what a refusal says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from registry.domain.calendar import start_of
from registry.domain.cpd import CpdActivity, CpdFacts, CpdYear, YearState
from registry.domain.cpd_person import Activity, YearLedger
from registry.domain.cpd_refusals import ActivityError, CpdStateError, DuplicateActivityError
from registry.domain.cpd_rules import (
    CATEGORIES,
    Holder,
    is_on_file,
    require_allocatable,
    require_countable,
    require_decidable,
    require_exemptible,
    require_reversible,
)
from registry.domain.intake_refusals import IntakeError
from tests.unit.domain.test_public_status import VERSIONED

S = YearState
ON = date(2025, 6, 1)
NOON = timedelta(hours=12)
ONE = Activity(7, ON, Decimal(8), 1, "Example Institute", "ELE", "E/1", start_of(ON) + NOON, 2025)
REVIEWED = start_of(date(2025, 7, 1))
ACCEPTED = replace(ONE, decided_at=REVIEWED, accepted=Decimal(6))
REJECTED = replace(ONE, decided_at=REVIEWED)


def ledger(year: int, state: YearState, *, months: int = 0, notice: date = date(2026, 3, 1)) -> YearLedger:
    facts = CpdFacts(year, date(year, 1, 1), exemptions=((start_of(date(year, 2, 1)), months),))
    opened, closed = (CpdYear(one, start_of(date(year, 1, 1))) for one in (S.OPEN, S.CLOSED_FOR_ENTRY))
    return YearLedger(year, facts, (opened, closed, CpdYear(state, start_of(notice), notice + timedelta(days=60))))


def holder(*activities: Activity, years: tuple[YearLedger, ...] = ()) -> Holder:
    return Holder({"ELE", "CIV"}, date(2024, 3, 1), activities, years)


def refused(kind: type[IntakeError], ask: Callable[[], object]) -> tuple[str, str]:
    """The field and the sentence of a refusal of just this kind."""
    with pytest.raises(kind) as told:
        ask()
    assert type(told.value) is kind
    return told.value.field, str(told.value)


def test_the_categories_are_those_of_p2() -> None:
    assert CATEGORIES == (1, 2, 3, 4, 5, 6, 7)


def test_what_nobody_decided_on_counts_nothing() -> None:
    zero = Decimal(0)
    assert ONE.counted() == CpdActivity(Decimal(8), ONE.submitted_at, None, zero, None, zero)
    assert CpdActivity(Decimal(8), ONE.submitted_at) == ONE.counted()
    assert [one.is_rejected for one in (ONE, ACCEPTED, REJECTED)] == [False, False, True]


def test_r_cpd_10_allocated_hours_are_handed_in_and_decided_when_they_are_allocated() -> None:
    for allocated, decided in ((REVIEWED + NOON, REVIEWED + NOON), (REVIEWED - NOON, REVIEWED)):
        found = replace(ACCEPTED, allocated_at=allocated).counted()
        assert (found.submitted_at, found.decided_at, found.accepted) == (allocated, decided, Decimal(6))


# --- what is on file -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "organizer", ["Example Institute", "EXAMPLE  institute", "Ｅｘａｍｐｌｅ\u3000Institute", "exampleinstitute"]
)
def test_r_cpd_02_the_same_activity_is_on_file_however_its_organizer_is_spelt(organizer: str) -> None:
    assert is_on_file(replace(ONE, organizer=organizer), holder(ONE))
    assert is_on_file(replace(ONE, organizer=organizer), holder(REJECTED)), "the answer is that it was rejected"


def test_r_cpd_02_what_differs_in_day_or_category_or_organizer_is_another_activity() -> None:
    for other in (
        replace(ONE, activity_on=ON + timedelta(days=1)),
        replace(ONE, category=2),
        replace(ONE, organizer="Example Institutes", evidence_ref="E/2"),
    ):
        assert not is_on_file(other, holder(ONE))
    assert not is_on_file(ONE, holder())


@pytest.mark.parametrize("changed", [{"hours": Decimal("7.5")}, {"field": "CIV"}, {"evidence_ref": "E/2"}])
def test_r_cpd_02_hours_count_once(changed: dict[str, object]) -> None:
    again = replace(ONE, **changed)  # type: ignore[arg-type]
    assert refused(DuplicateActivityError, lambda: is_on_file(again, holder(ONE))) == (
        "activity_on",
        "activity 7 of that day, category and organizer is on file: hours count once (R-CPD-02)",
    )
    assert not is_on_file(again, holder(REJECTED)), "what was rejected may come again"
    assert is_on_file(again, holder(REJECTED, replace(again, seq=8)))


@pytest.mark.parametrize("evidence", ["E/1", "e/1", "Ｅ / 1"])
def test_r_cpd_02_one_evidence_is_of_one_organizer(evidence: str) -> None:
    other = replace(ONE, activity_on=date(2025, 9, 9), organizer="Another Institute", evidence_ref=evidence)
    assert refused(DuplicateActivityError, lambda: is_on_file(other, holder(ONE))) == (
        "evidence_ref",
        "activity 7, of another organizer, has this evidence: hours count once (R-CPD-02)",
    )
    assert not is_on_file(other, holder(REJECTED))
    assert not is_on_file(replace(other, organizer="example institute"), holder(ONE)), "a series has one evidence"


# --- what counts -----------------------------------------------------------------------------------------------------


def countable(one: Activity, *, of: Holder | None = None, from_year: int = 2021) -> None:
    require_countable(one, of or holder(), from_year=from_year, policy=VERSIONED)


def test_r_cpd_06_hours_are_of_a_field_of_the_member() -> None:
    countable(replace(ONE, field="CIV"))
    assert refused(ActivityError, lambda: countable(replace(ONE, field="MEC"))) == (
        "field",
        "the member is not registered in MEC but in CIV, ELE (R-CPD-06)",
    )


def test_r_cpd_05_hours_count_from_the_first_registration() -> None:
    first = replace(ONE, activity_on=date(2024, 3, 1), year=2024, submitted_at=start_of(date(2024, 3, 2)))
    countable(first)
    assert refused(ActivityError, lambda: countable(replace(first, activity_on=date(2024, 2, 29)))) == (
        "activity_on",
        "lies before the first registration, 2024-03-01 (R-CPD-05)",
    )


def test_hours_of_before_the_ledger_do_not_count() -> None:
    countable(ONE, from_year=2025)
    assert refused(ActivityError, lambda: countable(ONE, from_year=2026)) == (
        "activity_on",
        "this register keeps the ledger from 2026 on",
    )


@pytest.mark.parametrize(
    ("hours", "known", "is_refused"),
    [("0", (), True), ("0.5", (), False), ("1", (), False), ("24", (), False), ("24.5", (), True), ("-1", (), True),
     ("16", (ONE,), False), ("16.5", (ONE,), True), ("24", (REJECTED,), False),
     ("24", (replace(ONE, activity_on=ON + timedelta(days=1)),), False)],
)  # fmt: skip
def test_r_cpd_06_a_day_has_24_hours(hours: str, known: tuple[Activity, ...], is_refused: bool) -> None:
    one, of = replace(ONE, hours=Decimal(hours), category=2), holder(*known)
    if not is_refused:
        return countable(one, of=of)
    told = refused(ActivityError, lambda: countable(one, of=of))
    assert told == ("hours", "must be more than 0, and at most 24 on one day (R-CPD-06)")
    return None


@pytest.mark.parametrize("state", [None, *YearState])
def test_r_cpd_08_hours_come_by_31_january_and_later_only_to_make_up_a_shortfall(state: YearState | None) -> None:
    of = holder(years=(ledger(2024, S.SHORTFALL), *((ledger(2025, state),) if state is not None else ())))
    last = start_of(date(2026, 2, 1))
    countable(replace(ONE, submitted_at=last - timedelta(seconds=1)), of=of)
    if state in {None, S.SHORTFALL, S.UNCURED}:
        return countable(replace(ONE, submitted_at=last), of=of)
    assert refused(ActivityError, lambda: countable(replace(ONE, submitted_at=last), of=of)) == (
        "activity_on",
        "hours of 2025 were due by the end of 2026-01-31 (R-CPD-08); later they only make up a shortfall (R-CPD-10)",
    )
    return None


# --- what is decided -------------------------------------------------------------------------------------------------


def steps(name: str, most: str) -> Callable[[str], tuple[str, str]]:
    def told(hours: str) -> tuple[str, str]:
        return "hours", f"hours: activity {name}: 0 to {most} hours in steps of 0.5 (R-CPD-06), not {hours}"

    return told


@pytest.mark.parametrize(
    ("hours", "good"), [("-0.5", False), ("0", True), ("0.5", True), ("0.25", False), ("8", True), ("8.5", False)]
)
def test_r_cpd_06_some_or_none_of_the_hours_are_accepted(hours: str, good: bool) -> None:
    if good:
        return require_decidable(ONE, Decimal(hours))
    told = refused(CpdStateError, lambda: require_decidable(ONE, Decimal(hours)))
    assert told == steps("7", "8")(hours)
    return None


def test_r_cpd_02_one_decision_binds_all() -> None:
    assert refused(CpdStateError, lambda: require_decidable(REJECTED, Decimal(1))) == (
        "activity",
        "activity: activity 7 was decided already: one decision binds all (R-CPD-02)",
    )


@pytest.mark.parametrize(
    ("hours", "good"), [("-1", False), ("0.5", True), ("6", True), ("6.5", False), ("1.25", False)]
)
def test_r_cpd_13_accepted_hours_are_taken_back(hours: str, good: bool) -> None:
    if good:
        return require_reversible(ACCEPTED, Decimal(hours))
    assert refused(CpdStateError, lambda: require_reversible(ACCEPTED, Decimal(hours))) == steps("7", "6")(hours)
    return None


@pytest.mark.parametrize(
    ("one", "hours"), [(ACCEPTED, "0"), (replace(ACCEPTED, reversed_at=REVIEWED, reversed_hours=Decimal(1)), "1")]
)
def test_r_cpd_13_some_hours_and_once(one: Activity, hours: str) -> None:
    assert refused(CpdStateError, lambda: require_reversible(one, Decimal(hours))) == (
        "activity",
        "activity: activity 7: some hours are taken back, and once (R-CPD-13)",
    )


def test_an_activity_is_asked_for_by_its_number() -> None:
    assert holder(replace(ONE, seq=6), ONE).activity(7) is ONE
    assert refused(CpdStateError, lambda: holder(ONE).activity(8)) == (
        "activity",
        "activity: there is no activity 8 in this ledger: cse cpd show lists them",
    )


# --- what makes up a shortfall ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [None, *YearState])
def test_r_cpd_10_hours_make_up_a_year_that_is_short(state: YearState | None) -> None:
    of = holder(years=() if state is None else (ledger(2024, state),))
    if state in {S.SHORTFALL, S.UNCURED}:
        return require_allocatable(ONE, of, 2024)
    told = refused(CpdStateError, lambda: require_allocatable(ONE, of, 2024))
    assert told == ("year", "year: 2024 has no shortfall to make up (R-CPD-10)")
    return None


@pytest.mark.parametrize(
    "one",
    [
        replace(ONE, activity_on=date(2024, 12, 31)),
        replace(ONE, activity_on=date(2023, 12, 31)),
        replace(ONE, allocated_at=REVIEWED),
    ],
)
def test_r_cpd_10_by_a_later_activity_that_makes_up_no_other_year(one: Activity) -> None:
    of = holder(years=(ledger(2024, S.SHORTFALL),))
    require_allocatable(replace(ONE, activity_on=date(2025, 1, 1)), of, 2024)
    assert refused(CpdStateError, lambda: require_allocatable(one, of, 2024)) == (
        "activity",
        "activity: 2024 is made up by an activity after 31 December 2024 that makes up no other year (R-CPD-10)",
    )


@pytest.mark.parametrize("state", [None, *YearState])
def test_r_cpd_10_what_counts_in_a_year_that_was_assessed_makes_up_none(state: YearState | None) -> None:
    of = holder(years=(ledger(2024, S.SHORTFALL), *((ledger(2025, state),) if state is not None else ())))
    told = ("activity", "activity: activity 7 was rejected, or counts in a year that was assessed")
    if state in {None, S.OPEN, S.CLOSED_FOR_ENTRY}:
        require_allocatable(ACCEPTED, of, 2024)
        assert refused(CpdStateError, lambda: require_allocatable(REJECTED, of, 2024)) == told
    else:
        assert refused(CpdStateError, lambda: require_allocatable(ACCEPTED, of, 2024)) == told


# --- what is exempt --------------------------------------------------------------------------------------------------


def exempt(months: int, *years: YearLedger, now: datetime = REVIEWED) -> int:
    return require_exemptible(holder(years=years), 2025, months, now=now)


@pytest.mark.parametrize(("held", "months", "whole"), [(0, 1, 1), (0, 12, 12), (3, 9, 12), (3, 1, 4)])
def test_r_cpd_14_whole_months_are_exempt_at_most_12_in_all(held: int, months: int, whole: int) -> None:
    assert exempt(months, ledger(2024, S.UNCURED), ledger(2025, S.OPEN, months=held)) == whole


@pytest.mark.parametrize(("held", "months", "whole"), [(0, 0, 0), (0, 13, 13), (3, 10, 13), (3, -1, 2)])
def test_r_cpd_14_no_other_number_of_months(held: int, months: int, whole: int) -> None:
    assert refused(CpdStateError, lambda: exempt(months, ledger(2025, S.OPEN, months=held))) == (
        "months",
        f"months: whole months, at most 12 in all, not {whole} (R-CPD-14)",
    )


def test_r_cpd_16_no_month_of_a_year_that_is_not_kept() -> None:
    assert refused(CpdStateError, lambda: exempt(1, ledger(2024, S.OPEN))) == (
        "year",
        "year: no ledger is kept of 2025 (R-CPD-16)",
    )


@pytest.mark.parametrize("state", YearState)
def test_r_cpd_14_no_exemption_after_the_cure(state: YearState) -> None:
    over, year = start_of(date(2026, 5, 1)), ledger(2025, state)
    if state is not S.UNCURED:
        assert exempt(2, year, now=over - timedelta(seconds=1)) == 2
    if state not in {S.UNCURED, S.SHORTFALL}:
        assert exempt(2, year, now=over) == 2
        return
    assert refused(CpdStateError, lambda: exempt(2, year, now=over)) == (
        "year",
        "year: 2025 has been short for more than 60 days: no exemption any more (R-CPD-14)",
    )
