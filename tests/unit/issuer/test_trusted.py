"""An authorization as a decision leaves it: forward only, to the day (R-AU-02, R-AU-04, R-AU-05)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from issuer.trusted import CAUSES, INTEGRITY, MERGER, AuthorizationEntry, ScopeRow
from schemas.contracts import schema_bytes
from tests.support.world import BASE

BOTH = ("new", "maintain")
FIRST, LAST, DAY, BEFORE = date(2026, 1, 1), date(2030, 12, 31), date(2026, 8, 1), date(2026, 7, 31)
ROW = ScopeRow("ELE", ("AE", "PE"), BOTH, FIRST, LAST)
ENTRY = AuthorizationEntry("/a/1", "did:web:x", (ROW,), ("T/CAS 326-2021",), FIRST, LAST, "active", FIRST)


def test_suspended_it_maintains_from_the_day_on_and_restored_it_registers_again() -> None:
    suspended = ENTRY.changed(DAY, "suspended", ("maintain",), decision_ref="T/1")
    assert (suspended.state, suspended.state_since, suspended.decision_ref) == ("suspended", DAY, "T/1")
    maintains = replace(ROW, may=("maintain",), from_on=DAY)
    assert suspended.scope == (replace(ROW, until_on=BEFORE), maintains)
    restored = suspended.changed(date(2026, 9, 1), "active", BOTH)
    cut = replace(maintains, until_on=date(2026, 8, 31))
    assert restored.scope == (replace(ROW, until_on=BEFORE), cut, replace(ROW, from_on=date(2026, 9, 1)))


def test_what_ended_before_the_day_stays_and_the_day_itself_is_the_decisions() -> None:
    over = replace(ENTRY, scope=(replace(ROW, until_on=BEFORE), replace(ROW, from_on=DAY)))
    assert over.changed(DAY, "withdrawn", ()).scope == (replace(ROW, until_on=BEFORE),)
    assert over.changed(BEFORE, "withdrawn", ()).scope == (replace(ROW, until_on=date(2026, 7, 30)),)


@pytest.mark.parametrize(("on", "state"), [(FIRST, "annulled"), (date(2026, 1, 2), "withdrawn")])
def test_what_would_never_begin_is_annulled(on: date, state: str) -> None:
    assert ENTRY.changed(on, "withdrawn", ()).state == state


@pytest.mark.parametrize(
    ("wanted", "on", "expected"),
    [
        (ROW, FIRST, True),
        (ROW, LAST, True),
        (ROW, date(2025, 12, 31), False),
        (ROW, date(2031, 1, 1), False),
        (replace(ROW, grades=("PE",)), DAY, True),
        (replace(ROW, grades=("PE", "SPE")), DAY, False),
        (replace(ROW, field="ICT"), DAY, False),
    ],
)
def test_a_society_is_in_scope_for_field_and_every_grade_on_the_day(
    wanted: ScopeRow, on: date, *, expected: bool
) -> None:
    assert ENTRY.covers(wanted, on) is expected
    assert not replace(ENTRY, scope=(replace(ROW, may=("maintain",)),)).covers(wanted, on)


def test_r_au_05_the_causes_of_an_end_are_those_of_the_published_schema() -> None:
    authorization = json.loads(schema_bytes("trust-list", BASE))["$defs"]["authorization"]
    assert list(CAUSES) == authorization["properties"]["cause"]["enum"]
    assert (INTEGRITY, MERGER) == ("integrity", "merger")


@pytest.mark.parametrize(
    ("entry", "over_on"),
    [(ENTRY, date(2031, 1, 1)), (ENTRY.changed(DAY, "withdrawn", (), successor="did:web:y"), DAY)],
    ids=["by-its-term", "by-a-decision"],
)
def test_r_au_05_it_gives_a_right_up_to_the_day_before_it_is_over(entry: AuthorizationEntry, over_on: date) -> None:
    assert entry.over_on == over_on
    days = (date(2025, 12, 31), FIRST, over_on - timedelta(days=1), over_on)
    assert [entry.runs_on(on) for on in days] == [False, True, True, False]
    assert not replace(entry, state="annulled").runs_on(FIRST)
