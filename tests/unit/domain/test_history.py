"""How an entry stood at any moment, by what is known now (domain 2.14, R-MR-03): its holds, its years, its instants."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from registry.domain import lifecycle, renewal, succession, transitions
from registry.domain.calendar import start_of
from registry.domain.changes import EventType
from registry.domain.history import PastEntry, PastEvent, entry_at
from registry.domain.registration import Grade, Hold, HoldKind, Life
from tests.support.histories import Lived
from tests.unit.domain.test_public_status import VERSIONED
from tests.unit.domain.test_succession import annulled_promotion, lived, noon, promoted
from tests.unit.domain.test_transitions import AT

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
BEGAN = AT + 400 * DAY
INTERIM = Hold(HoldKind.CONDUCT_INTERIM, BEGAN, None, "d-2")
REVIEW = Hold(HoldKind.SOCIETY_REVIEW, BEGAN + DAY, None, "d-3")
FIRST = (Grade.PE, date(2021, 7, 15))


def suspended(life: Lived, hold: Hold, *, on_person: bool | None = None) -> None:
    life.add(transitions.suspend(life.now[1], hold, hold.since, "r", on_person=on_person), place=1)


def lifted(life: Lived, kind: HoldKind, at: datetime, *, on_person: bool | None = None) -> None:
    life.add(transitions.lift(life.now[1], kind, at, "r", on_person=on_person), place=1)


def holds(life: Lived, at: datetime) -> tuple[frozenset[Hold], frozenset[Hold]]:
    """Those of the person and of the entry."""
    value = entry_at(life.events, at).value
    assert value is not None
    return value.person_holds, value.entry_holds


@pytest.mark.parametrize("on_person", [True, False])
def test_a_hold_counts_from_its_first_second_to_its_last_where_it_sits(on_person: bool) -> None:
    life, over = lived(), BEGAN + 5 * DAY
    suspended(life, INTERIM, on_person=on_person)
    mine, none = frozenset({INTERIM}), frozenset[Hold]()
    for at, held in ((BEGAN - SECOND, none), (BEGAN, mine), (BEGAN + 4000 * DAY, mine)):
        assert holds(life, at) == ((held, none) if on_person else (none, held))
    lifted(life, INTERIM.kind, over)
    for at, held in ((BEGAN - SECOND, none), (BEGAN, mine), (over - SECOND, mine), (over, none), (over + DAY, none)):
        assert holds(life, at) == ((held, none) if on_person else (none, held))


def test_one_hold_ends_and_another_goes_on() -> None:
    life, over = lived(), BEGAN + 5 * DAY
    suspended(life, INTERIM)
    suspended(life, REVIEW)
    lifted(life, INTERIM.kind, over)
    found = [holds(life, at) for at in (BEGAN, REVIEW.since, over - SECOND, over, over + 900 * DAY)]
    person, entry = frozenset({INTERIM}), frozenset({REVIEW})
    assert found == [(person, set()), (person, entry), (person, entry), (set(), entry), (set(), entry)]


def test_a_hold_that_was_lifted_by_mistake_runs_again() -> None:
    life, over = lived(), BEGAN + 5 * DAY
    suspended(life, INTERIM)
    held = life.now[1]
    lifted(life, INTERIM.kind, over)
    life.add(lifecycle.end(held, lifecycle.REVOCATION, at=over + DAY, decision_ref="d-4"), place=1)
    assert [holds(life, at)[0] for at in (over - SECOND, over + DAY)] == [{INTERIM}, {INTERIM}]


def test_r_dt_11_a_late_run_of_the_clock_job_forgets_no_hold_that_ended_meanwhile() -> None:
    """It records an earlier change after a hold ended, with the registration as it is now."""
    life, over = lived(), BEGAN + 5 * DAY
    suspended(life, INTERIM)
    lifted(life, INTERIM.kind, over)
    late = lifecycle.end(life.now[1], lifecycle.RENEWAL_LAPSE, at=BEGAN + DAY, decision_ref="clock")
    life.add(late, place=1, recorded_at=over + DAY)
    assert [holds(life, at)[0] for at in (BEGAN, BEGAN + DAY, over - SECOND, over)] == [{INTERIM}] * 3 + [set()]


def test_before_the_first_event_nothing_is_told() -> None:
    assert entry_at(lived().events, AT - DAY) == PastEntry(None, (), (), differs=False)
    assert entry_at(lived().events, AT - SECOND).value is None
    assert entry_at([], AT) == PastEntry(None)
    assert entry_at(lived().events, AT).value is not None


def test_scenario_113_only_what_counts_changes_a_day() -> None:
    life, first = lived(), start_of(date(2022, 9, 1))
    for at in (first - SECOND, first + DAY - SECOND, first, first + DAY):
        life.events.append(replace(life.events[0], seq=len(life.events) + 1, effective_at=at))
    told = [first, first + DAY - SECOND]
    for at in told:
        assert entry_at(life.events, at).changed_at == tuple(told)
    assert entry_at(life.events, first + DAY).changed_at == (first + DAY,)
    assert entry_at(life.events, first - SECOND).changed_at == (first - SECOND,)


@pytest.mark.parametrize(
    ("kind", "is_told"), [("DECEASED", True), ("ANNULLED", True), ("WITHDRAWN", False), ("REVOKED", False)]
)
def test_r_mr_03_what_is_recorded_later_differs_only_if_it_acts_backwards(kind: str, is_told: bool) -> None:
    """Any other change counted from when it took effect, however late the register learned of it."""
    life, over = lived(), noon(date(2024, 5, 2))
    gone = replace(life.now[1], life=Life(kind), life_since=over)
    life.events.append(PastEvent(2, EventType(kind), 1, gone, over, over + DAY))
    found = {at: entry_at(life.events, at) for at in (over, over + DAY - SECOND, over + DAY)}
    assert [one.differs for one in found.values()] == [is_told, is_told, False]
    assert {one.value.life for one in found.values() if one.value is not None} == {kind}
    assert entry_at(life.events, over - DAY).differs is (kind == "ANNULLED")


def test_r_mr_03_an_annulment_that_was_appealed_counts_from_its_day_until_then() -> None:
    life, over, back = lived(), noon(date(2023, 3, 1)), noon(date(2024, 1, 2))
    life.add(lifecycle.end(life.now[1], lifecycle.ANNULMENT, at=over, decision_ref="d-3"), place=1)
    before = entry_at(life.events, over - DAY).value
    assert before is not None
    assert before.life is Life.ANNULLED
    appeal = succession.allow_appeal(life.now[1], life.entry, at=back, ref="d-4", policy=VERSIONED)
    life.add(appeal, place=1)
    lives = []
    for at in (over - DAY, over - SECOND, over, back - SECOND, back):
        value = entry_at(life.events, at).value
        lives.append(value.life if value is not None else None)
    assert lives == ["CURRENT", "CURRENT", "ANNULLED", "ANNULLED", "CURRENT"]


def test_r_mr_07_years_go_on_through_a_promotion_and_a_renewal_and_end_with_a_lapse_of_their_own() -> None:
    life = lived()
    promoted(life, noon(date(2023, 5, 1)))
    second = (Grade.SPE, date(2023, 5, 1))
    assert entry_at(life.events, noon(date(2023, 4, 30))).held == (FIRST,)
    assert entry_at(life.events, noon(date(2023, 5, 1))).held == (FIRST, second)
    over = noon(date(2024, 5, 2))
    life.add(lifecycle.end(life.now[2], lifecycle.WITHDRAWAL, at=over, decision_ref="d-3"), place=2)
    assert entry_at(life.events, over - SECOND).held == (FIRST, second)
    assert entry_at(life.events, over).held == ()
    at = over + 30 * DAY
    back = renewal.restore(life.now[2], life.entry, at=at, decision_ref="R/3", policy=VERSIONED)
    life.add(back, place=2)
    assert entry_at(life.events, at).held == ((Grade.SPE, date(2024, 6, 1)),)


def test_r_mr_07_the_end_of_a_grade_that_was_left_behind_ends_no_years() -> None:
    life = lived()
    promoted(life, noon(date(2023, 5, 1)))
    at = noon(date(2024, 5, 2))
    life.events.append(PastEvent(4, EventType.WITHDRAWN, 1, replace(life.now[1], life=Life.WITHDRAWN), at, at))
    assert entry_at(life.events, at).held == (FIRST, (Grade.SPE, date(2023, 5, 1)))


@pytest.mark.parametrize("without_fault", [True, False])
def test_t21_the_years_of_the_lower_grade_begin_anew_with_fault_alone(without_fault: bool) -> None:
    life = annulled_promotion(date(2025, 2, 10), without_fault=without_fault, promoted_on=date(2024, 7, 3))
    expected = FIRST if without_fault else (Grade.PE, date(2025, 2, 10))
    assert entry_at(life.events, noon(date(2026, 1, 1))).held == (expected,)


def test_of_two_events_of_one_instant_the_later_number_tells() -> None:
    life, at = lived(), noon(date(2024, 5, 2))
    life.add(lifecycle.end(life.now[1], lifecycle.WITHDRAWAL, at=at, decision_ref="d-3"), place=1)
    life.add(renewal.restore(life.now[1], life.entry, at=at, decision_ref="R/3", policy=VERSIONED), place=1)
    found = entry_at(life.events, at)
    assert found.value == life.now[1]
    assert found.held == ((Grade.PE, date(2024, 5, 2)),)
