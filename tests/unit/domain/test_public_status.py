"""Life, public status and the two bits: domain 3.3, 3.4, R-DT-11."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.calendar import start_of
from registry.domain.clock import is_behind, is_overrun
from registry.domain.numbers import RegisterNumber
from registry.domain.policy import DEFAULT_POLICY, known_keys
from registry.domain.refusals import HoldPlaceError, TermDatesError
from registry.domain.registration import (
    LIVE,
    Ended,
    EndedReason,
    Grade,
    Hold,
    HoldKind,
    Life,
    Registration,
    Term,
    TermOrigin,
)
from registry.domain.status import (
    PublicStatus,
    life_at,
    public_status,
    renewal_due_soon,
    suspension_bit,
)

SINCE = datetime(2025, 5, 1, tzinfo=UTC)
TERM = Term(1, date(2021, 7, 15), date(2026, 7, 14), TermOrigin.INITIAL)
LATE = Term(2, date(2026, 8, 20), date(2031, 7, 14), TermOrigin.LATE_RENEWAL)
FAR = date(2090, 1, 1)
LAPSE = start_of(date(2026, 10, 13))
REGISTRATION = Registration(
    register_no=RegisterNumber("CSE21CIV00004530"),
    grade=Grade.PE,
    grade_since_on=date(2021, 7, 15),
    assessing_society="CIV",
    life=Life.CURRENT,
    terms=(TERM,),
    standard_ref="CSE-CIV-2020",
    life_since=start_of(date(2021, 7, 15)),
    person_holds=frozenset(),
    entry_holds=frozenset(),
    member_id="m-1",
)
_LATER = {name: value + 1 for name in known_keys().values() if type(value := getattr(DEFAULT_POLICY, name)) is int}
VERSIONED = replace(DEFAULT_POLICY, later=(replace(DEFAULT_POLICY, version="2090", from_on=FAR, **_LATER),))  # type: ignore[arg-type]
"""With another version for days that no test comes to: which day is asked must be a day, and the right one."""
HOLDS = st.frozensets(
    st.builds(Hold, st.sampled_from(HoldKind), st.just(SINCE), st.none(), st.sampled_from(["d1", "d2"]))
)
ENDS = st.builds(Ended, st.sampled_from(EndedReason), st.none(), st.datetimes(timezones=st.just(UTC)))


def hold(kind: HoldKind) -> Hold:
    return Hold(kind, SINCE, None, "d1")


@pytest.mark.parametrize(
    ("on", "life"),
    [
        (date(2021, 7, 14), Life.EXPIRED),
        (date(2021, 7, 15), Life.CURRENT),
        (date(2026, 7, 14), Life.CURRENT),
        (date(2026, 7, 15), Life.EXPIRED),
        (date(2026, 8, 19), Life.EXPIRED),
        (date(2026, 8, 20), Life.CURRENT),
        (date(2031, 7, 14), Life.CURRENT),
        (date(2031, 7, 15), Life.EXPIRED),
    ],
)
@pytest.mark.parametrize("stored", sorted(LIVE))
def test_expired_is_computed_from_the_terms_whatever_is_stored(stored: Life, on: date, life: Life) -> None:
    registration = replace(REGISTRATION, terms=(TERM, LATE), life=stored)
    assert life_at(registration, start_of(on)) is life


@pytest.mark.parametrize("life", sorted(set(Life) - LIVE))
def test_an_ended_life_stays_whatever_the_terms_say(life: Life) -> None:
    assert life_at(replace(REGISTRATION, life=life), SINCE) is life


def test_the_current_term_is_the_latest_granted() -> None:
    again = Term(3, date(2026, 7, 1), date(2031, 6, 30), TermOrigin.RESTORATION)
    registration = replace(REGISTRATION, terms=(again, TERM))
    assert registration.current_term(date(2026, 6, 30)) == TERM
    assert registration.current_term(date(2026, 7, 1)) == again
    assert registration.current_term(date(2031, 7, 1)) is None
    assert registration.last_term() == again


@pytest.mark.parametrize("life", sorted(set(Life) - LIVE))
def test_an_end_outranks_a_suspension(life: Life) -> None:
    assert public_status(life, frozenset({hold(HoldKind.CPD)})) == PublicStatus(life)


@pytest.mark.parametrize(
    ("life", "held", "status"),
    [
        (Life.CURRENT, False, PublicStatus.ACTIVE),
        (Life.CURRENT, True, PublicStatus.SUSPENDED),
        (Life.EXPIRED, False, PublicStatus.EXPIRED),
        (Life.EXPIRED, True, PublicStatus.SUSPENDED),
    ],
)
def test_a_suspension_outranks_an_expiry(life: Life, held: bool, status: PublicStatus) -> None:
    holds = frozenset({hold(HoldKind.MEMBERSHIP)}) if held else frozenset()
    assert public_status(life, holds) is status


@settings(deadline=None)
@given(st.sampled_from(Life), HOLDS, HOLDS)
def test_status_is_a_function_of_life_and_whether_held(
    life: Life, holds: frozenset[Hold], others: frozenset[Hold]
) -> None:
    assert public_status(life, holds) is public_status(life, frozenset(holds))
    if bool(holds) == bool(others):
        assert public_status(life, holds) is public_status(life, others)


@settings(deadline=None)
@given(st.booleans(), ENDS, HOLDS)
def test_the_suspension_bit_is_constant_once_ended(kept: bool, ended: Ended, holds: frozenset[Hold]) -> None:
    assert suspension_bit(holds_now=holds, kept=kept, ended=ended) is kept


@settings(deadline=None)
@given(st.booleans(), HOLDS)
def test_the_suspension_bit_follows_the_holds_until_then(kept: bool, holds: frozenset[Hold]) -> None:
    assert suspension_bit(holds_now=holds, kept=kept, ended=None) is bool(holds)


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2026, 4, 15), False),
        (date(2026, 4, 16), True),
        (date(2026, 7, 14), True),
        (date(2026, 7, 15), False),
    ],
    ids=["91st last day", "90th last day", "last day", "after"],
)
def test_renewal_is_due_in_the_last_90_days(on: date, due: bool) -> None:
    assert renewal_due_soon(TERM, on, VERSIONED) is due


def test_renewal_is_not_due_before_a_short_term_begins() -> None:
    short = Term(1, date(2026, 7, 1), date(2026, 7, 14), TermOrigin.APPEAL)
    assert not renewal_due_soon(short, date(2026, 6, 30), VERSIONED)


@pytest.mark.parametrize("stored", sorted(LIVE))
@pytest.mark.parametrize(("minutes", "behind"), [(-1, False), (0, False), (15, False), (15.1, True), (9999, True)])
def test_the_register_is_behind_15_minutes_after_the_lapse(stored: Life, minutes: float, behind: bool) -> None:
    registration = replace(REGISTRATION, life=stored)
    assert is_behind(registration, LAPSE + timedelta(minutes=minutes), VERSIONED) is behind


def test_the_last_term_decides_whether_the_register_is_behind() -> None:
    registration = replace(REGISTRATION, terms=(LATE, TERM))
    assert not is_behind(registration, LAPSE + timedelta(days=1), VERSIONED)
    assert not is_behind(replace(REGISTRATION, terms=()), LAPSE, VERSIONED)


@pytest.mark.parametrize(
    ("kind", "behind"),
    [
        (HoldKind.CPD, True),
        (HoldKind.IDENTITY, False),
        (HoldKind.CONDUCT_INTERIM, False),
        (HoldKind.CONDUCT_SANCTION, True),
        (HoldKind.SOCIETY_REVIEW, False),
        (HoldKind.MEMBERSHIP, True),
    ],
)
def test_some_holds_defer_the_lapse(kind: HoldKind, behind: bool) -> None:
    person = frozenset({hold(kind)} if kind.on_person else ())
    entry = frozenset({hold(kind)} if not kind.on_person else ())
    registration = replace(REGISTRATION, person_holds=person, entry_holds=entry)
    assert is_behind(registration, LAPSE + timedelta(hours=1), VERSIONED) is behind


@pytest.mark.parametrize("life", sorted(set(Life) - LIVE))
def test_nothing_is_owed_to_an_ended_registration(life: Life) -> None:
    late = LAPSE + timedelta(days=1)
    assert not is_behind(replace(REGISTRATION, life=life), late, VERSIONED)


@pytest.mark.parametrize(
    ("kind", "person", "entry"),
    [
        (HoldKind.CPD, True, False),
        (HoldKind.IDENTITY, True, False),
        (HoldKind.CONDUCT_INTERIM, True, True),
        (HoldKind.CONDUCT_SANCTION, True, True),
        (HoldKind.SOCIETY_REVIEW, False, True),
        (HoldKind.MEMBERSHIP, False, True),
    ],
)
def test_a_hold_sits_where_its_cause_sits(kind: HoldKind, person: bool, entry: bool) -> None:
    assert (kind.on_person, kind.on_entry) == (person, entry)
    for field, allowed in (("person_holds", person), ("entry_holds", entry)):
        if allowed:
            assert hold(kind) in replace(REGISTRATION, **{field: frozenset({hold(kind)})}).holds  # type: ignore[arg-type]
        else:
            with pytest.raises(HoldPlaceError):
                replace(REGISTRATION, **{field: frozenset({hold(kind)})})  # type: ignore[arg-type]


def test_a_term_without_a_day_is_refused() -> None:
    assert Term(1, date(2026, 1, 1), date(2026, 1, 1), TermOrigin.APPEAL).covers(date(2026, 1, 1))
    with pytest.raises(TermDatesError):
        Term(1, date(2026, 1, 2), date(2026, 1, 1), TermOrigin.APPEAL)


SANCTION_END = date(2025, 12, 31)


@pytest.mark.parametrize(("minutes", "behind"), [(-1, False), (15, False), (16, True)])
def test_a_sanction_that_has_run_out_leaves_the_register_behind(minutes: int, behind: bool) -> None:
    sanction = Hold(HoldKind.CONDUCT_SANCTION, SINCE, SANCTION_END, "d1")
    registration = replace(REGISTRATION, person_holds=frozenset({sanction}))
    at = start_of(date(2026, 1, 1)) + timedelta(minutes=minutes)
    assert is_overrun(sanction, at, VERSIONED) is behind
    assert is_behind(registration, at, VERSIONED) is behind


@pytest.mark.parametrize("kind", [kind for kind in HoldKind if kind is not HoldKind.CONDUCT_SANCTION])
def test_only_a_fixed_term_runs_out(kind: HoldKind) -> None:
    assert not is_overrun(hold(kind), LAPSE, VERSIONED)


@pytest.mark.parametrize(("minutes", "behind"), [(-1, False), (15, False), (16, True)])
def test_a_cpd_hold_a_year_old_owes_its_lapse(minutes: int, behind: bool) -> None:
    registration = replace(REGISTRATION, person_holds=frozenset({Hold(HoldKind.CPD, SINCE, None, "d1")}))
    at = start_of(date(2026, 5, 1)) + timedelta(minutes=minutes)
    assert is_behind(registration, at, VERSIONED) is behind
