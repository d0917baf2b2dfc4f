"""What an application must fulfil: order of days, twelve months, the grade that is held (domain 2.4)."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from registry.domain.applications import (
    last_day_of_use,
    require_days_in_order,
    require_new_grade,
    require_no_bar,
    require_no_hold,
    require_recent_stages,
)
from registry.domain.applications import require_usable_assessment as require_usable
from registry.domain.calendar import civil_date
from registry.domain.intake_refusals import (
    ApplicationDaysError,
    AssessmentExpiredError,
    ConductBarError,
    GradeHeldError,
    HoldRunningError,
    PromotionError,
    PromotionSkipsGradeError,
)
from registry.domain.numbers import RegisterNumber
from registry.domain.refusals import LiveRegistrationError
from registry.domain.registration import LIVE, Grade, Hold, HoldKind, Life, Registration
from registry.domain.transitions import Admission, register
from tests.unit.domain.test_public_status import VERSIONED

DECIDED = date(2026, 6, 20)
DAY = timedelta(days=1)
AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
NUMBER = RegisterNumber("CSE26ELE00012379")
HELD = register(Admission(NUMBER, "m-1", Grade.PE, "ELE", "T/CAS 326-2021", DECIDED, "d-1"), at=AT).registration


@pytest.mark.parametrize("name", ["material_review_on", "written_test_on", "interview_on"])
def test_no_part_of_the_assessment_lies_after_the_decision(name: str) -> None:
    for day in (DECIDED - DAY, DECIDED, None):
        require_days_in_order({name: day}, decided_on=DECIDED, today=DECIDED)
    with pytest.raises(ApplicationDaysError, match="after the decision") as refused:
        require_days_in_order({name: DECIDED + DAY}, decided_on=DECIDED, today=DECIDED + DAY)
    assert refused.value.field == name


def test_no_decision_lies_after_today() -> None:
    require_days_in_order({}, decided_on=DECIDED, today=DECIDED)
    with pytest.raises(ApplicationDaysError, match="after today"):
        require_days_in_order({}, decided_on=DECIDED, today=DECIDED - DAY)


@pytest.mark.parametrize(
    ("day", "counts"),
    [(None, True), (date(2025, 5, 1), True), (date(2025, 4, 30), False), (date(2025, 4, 15), False)],
)
def test_r_au_09_a_stage_counts_for_twelve_months_after_a_transfer(day: date | None, *, counts: bool) -> None:
    with nullcontext() if counts else pytest.raises(ApplicationDaysError, match="R-AU-09") as refused:
        require_recent_stages({"interview_on": None, "material_review_on": day}, on=date(2026, 5, 1), policy=VERSIONED)
    assert refused is None or refused.value.field == "material_review_on"


@pytest.mark.parametrize(
    ("decided_on", "last"),
    [(DECIDED, date(2027, 6, 20)), (date(2024, 2, 29), date(2025, 2, 28)), (date(2023, 2, 28), date(2024, 2, 28))],
)
def test_an_assessment_is_used_within_twelve_months(decided_on: date, last: date) -> None:
    assert last_day_of_use(decided_on, VERSIONED) == last
    require_usable(decided_on, on=last, policy=VERSIONED)
    with pytest.raises(AssessmentExpiredError, match="R-AP-10"):
        require_usable(decided_on, on=last + DAY, policy=VERSIONED)
    with pytest.raises(AssessmentExpiredError):
        require_usable(decided_on, on=last, policy=replace(VERSIONED, apply_pass_validity_months=11))


def new_grade(grade: Grade, held: list[Registration], *, promotion: bool = False) -> None:
    require_new_grade(grade, held, promotion=promotion, policy=VERSIONED)


@pytest.mark.parametrize("promotion", [True, False])
@pytest.mark.parametrize("held", Grade)
@pytest.mark.parametrize("asked", Grade)
def test_the_same_or_a_lower_grade_is_held_and_a_higher_one_is_a_promotion(
    held: Grade, asked: Grade, promotion: bool
) -> None:
    order = [Grade.AE, Grade.PE, Grade.SPE]
    if order.index(asked) > order.index(held) and promotion:
        new_grade(asked, [replace(HELD, grade=held)], promotion=True)
        return
    refusal = GradeHeldError if order.index(asked) <= order.index(held) else LiveRegistrationError
    with pytest.raises(refusal) as refused:
        new_grade(asked, [replace(HELD, grade=held)], promotion=promotion)
    assert getattr(refused.value, "field", "grade") == "grade"


@pytest.mark.parametrize(
    ("held", "asked", "is_refused"), [("AE", "SPE", True), ("AE", "PE", False), ("PE", "SPE", False)]
)
def test_scenario_20_a_grade_is_skipped_only_where_the_policy_lets_it(held: str, asked: str, is_refused: bool) -> None:
    live, strict = [replace(HELD, grade=Grade(held))], replace(VERSIONED, promo_allow_skip=False)
    require_new_grade(Grade(asked), live, promotion=True, policy=VERSIONED)
    if is_refused:
        with pytest.raises(PromotionSkipsGradeError, match="R-PR-02"):
            require_new_grade(Grade(asked), live, promotion=True, policy=strict)
    else:
        require_new_grade(Grade(asked), live, promotion=True, policy=strict)


@pytest.mark.parametrize("life", Life)
def test_only_what_is_live_is_in_the_way_and_only_that_is_promoted(life: Life) -> None:
    held = [replace(HELD, life=life, grade=Grade.PE)]
    if life in LIVE:
        with pytest.raises(GradeHeldError):
            new_grade(Grade.AE, held)
        new_grade(Grade.SPE, held, promotion=True)
    else:
        new_grade(Grade.AE, held)
        with pytest.raises(PromotionError, match="R-PR-01"):
            new_grade(Grade.SPE, held, promotion=True)
    new_grade(Grade.AE, [])


@pytest.mark.parametrize(
    ("begun_on", "is_barred"),
    [(date(2029, 6, 30), True), (date(2029, 7, 1), False), (date(2029, 7, 2), False)],
    ids=["the day before", "the day", "the day after"],
)
def test_a_revocation_bars_for_three_years_and_asks_for_a_new_assessment(begun_on: date, is_barred: bool) -> None:
    revoked = replace(HELD, life=Life.REVOKED, life_since=AT)
    if is_barred:
        with pytest.raises(ConductBarError, match="2029-07-01"):
            require_no_bar(begun_on, [HELD, revoked], policy=VERSIONED)
    else:
        require_no_bar(begun_on, [HELD, revoked], policy=VERSIONED)


@pytest.mark.parametrize("life", [life for life in Life if life not in {Life.REVOKED, Life.ANNULLED}])
def test_no_other_end_bars(life: Life) -> None:
    require_no_bar(DECIDED, [replace(HELD, life=life, life_since=AT)], policy=VERSIONED)


@pytest.mark.parametrize("kind", HoldKind)
def test_nothing_is_decided_under_a_hold(kind: HoldKind) -> None:
    place = "person_holds" if kind.on_person else "entry_holds"
    held = replace(HELD, **{place: frozenset({Hold(kind, AT, None, "d-2")})})
    with pytest.raises(HoldRunningError, match="R-EL-05"):
        require_no_hold([HELD, held], civil_date(AT))
    require_no_hold([HELD, replace(held, life=Life.REVOKED)], civil_date(AT))


@pytest.mark.parametrize("kind", HoldKind)
def test_scenario_75_only_a_cpd_hold_lets_in_what_was_decided_before_it(kind: HoldKind) -> None:
    place = "person_holds" if kind.on_person else "entry_holds"
    held = replace(HELD, **{place: frozenset({Hold(kind, AT, None, "d-2")})})
    expected = nullcontext() if kind is HoldKind.CPD else pytest.raises(HoldRunningError)
    with expected:
        require_no_hold([held], civil_date(AT) - timedelta(days=1))
