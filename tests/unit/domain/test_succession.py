"""What follows on a registration that is over: T14, T17, T21, T23, and every day of the past afterwards (R-MR-03)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from registry.domain import lifecycle, succession, transitions
from registry.domain.calendar import civil_date, start_of
from registry.domain.changes import Admission, Change
from registry.domain.history import entry_at, restored, written
from registry.domain.refusals import DecisionLaterError, NotLiveError
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
from registry.domain.status import life_at, public_status
from tests.support.histories import Lived
from tests.unit.domain.test_public_status import VERSIONED
from tests.unit.domain.test_transitions import ADMISSION, AT, REGISTRATION

DAY = timedelta(days=1)
HELD = Hold(HoldKind.CPD, AT + 400 * DAY, None, "d-2")


def kept_of(change: Change) -> tuple[str, str, str, str, datetime, int | None]:
    """The event of a change: type, both reasons, decision, instant, and which event it takes back."""
    (event,) = change.events
    reasons = (event.reason_code, event.public_reason)
    return (event.type, *reasons, event.decision_ref, event.effective_at, change.corrects)


def noon(day: date) -> datetime:
    return start_of(day) + timedelta(hours=4)


def lived() -> Lived:
    """PE/CIV from 2021-07-15."""
    life = Lived()
    life.add(transitions.register(ADMISSION, at=AT))
    return life


def higher(decided_on: date, grade: Grade = Grade.SPE) -> Admission:
    return replace(ADMISSION, grade=grade, decided_on=decided_on, decision_ref="d-7")


def promoted(life: Lived, at: datetime) -> None:
    over, new = succession.promote(life.now[1], higher(at.date()), life.entry, at=at, policy=VERSIONED)
    life.add(over, place=1)
    life.add(new)


def told(life: Lived, at: datetime) -> tuple[str | None, str | None, bool]:
    """Grade, public status and whether something else was known then."""
    past = entry_at(life.events, at)
    if past.value is None:
        return None, None, past.differs
    return past.value.grade, public_status(life_at(past.value, at), past.value.holds), past.differs


def test_scenario_42_promotion_supersedes_at_one_instant_with_a_new_full_term() -> None:
    life, at = lived(), noon(date(2026, 7, 3))
    promoted(life, at)
    lower, upper = life.now[1], life.now[2]
    assert (lower.life, upper.life, upper.grade) == (Life.SUPERSEDED, Life.CURRENT, Grade.SPE)
    (term,) = upper.terms
    assert (term.seq, term.start_on, term.end_on) == (2, date(2026, 7, 3), date(2031, 7, 2))
    assert term.origin is TermOrigin.PROMOTION
    assert upper.register_no == lower.register_no
    assert [one.type for one in life.events] == ["REGISTERED", "SUPERSEDED", "REGISTERED"]
    assert life.papers[0].ended is not None
    assert life.papers[0].ended.reason == "SUPERSEDED"
    assert [told(life, at + timedelta(seconds=shift))[:2] for shift in (-1, 0)] == [("PE", "ACTIVE"), ("SPE", "ACTIVE")]
    assert entry_at(life.events, at).held == ((Grade.PE, date(2021, 7, 15)), (Grade.SPE, date(2026, 7, 3)))


def test_t14_the_promotion_of_one_entry_leaves_the_others_as_they_are() -> None:
    life, at = lived(), noon(date(2026, 7, 3))
    lapsed = replace(life.now[1], life=Life.LAPSED, terms=(replace(life.now[1].terms[0], seq=6),))
    entry = replace(life.entry, registrations=(lapsed, life.now[1]))
    over, new = succession.promote(life.now[1], higher(at.date()), entry, at=at, policy=VERSIONED)
    assert kept_of(over) == ("SUPERSEDED", "superseded", "superseded", "d-7", at, None)
    assert kept_of(new) == ("REGISTERED", "registered", "registered", "d-7", at, None)
    assert new.registration.terms[0].seq == 7


def test_t23_the_holds_of_a_correction_are_those_of_today() -> None:
    review = Hold(HoldKind.SOCIETY_REVIEW, AT, None, "d-3")
    gone = replace(REGISTRATION, life=Life.LAPSED, person_holds=frozenset({HELD}), entry_holds=frozenset({review}))
    back = succession.correct(gone, REGISTRATION, at=AT + DAY, ref="d-9", undoes=2).registration
    assert (back.person_holds, back.entry_holds) == ({HELD}, {review})
    assert (back.life, back.reopened_at) == (Life.CURRENT, AT + DAY)


def test_r_pr_06_holds_survive_a_promotion() -> None:
    life = lived()
    life.add(transitions.suspend(life.now[1], HELD, HELD.since, "cpd"), place=1)
    promoted(life, noon(date(2023, 5, 1)))
    assert life.now[2].person_holds == {HELD}
    assert life.events[-1].after.holds == {HELD}


def test_r_rg_02_no_promotion_before_its_decision() -> None:
    life, at = lived(), noon(date(2023, 5, 1))
    with pytest.raises(DecisionLaterError, match="R-RG-02"):
        succession.promote(life.now[1], higher(date(2023, 5, 2)), life.entry, at=at, policy=VERSIONED)


@pytest.mark.parametrize("life", sorted(set(Life) - LIVE))
def test_t14_only_what_lives_is_promoted(life: Life) -> None:
    gone, at = replace(REGISTRATION, life=life), noon(date(2023, 5, 1))
    with pytest.raises(NotLiveError):
        succession.promote(gone, higher(date(2023, 5, 1)), lived().entry, at=at, policy=VERSIONED)


@pytest.mark.parametrize(
    ("back_on", "end_on"),
    [(date(2024, 1, 2), date(2026, 7, 14)), (date(2026, 7, 14), date(2026, 7, 14)), (date(2026, 7, 15), None)],
    ids=["in the term", "its last day", "the day after"],
)
@pytest.mark.parametrize("ending", [lifecycle.REVOCATION, lifecycle.ANNULMENT])
def test_scenario_46_after_an_appeal_the_rest_of_the_term_or_a_new_one(
    ending: lifecycle.Ending, back_on: date, end_on: date | None
) -> None:
    life, over, back = lived(), noon(date(2023, 3, 1)), noon(back_on)
    life.add(lifecycle.end(life.now[1], ending, at=over, decision_ref="d-3"), place=1)
    change = succession.allow_appeal(life.now[1], life.entry, at=back, ref="d-4", policy=VERSIONED)
    assert kept_of(change) == ("APPEAL_ALLOWED", "appeal-allowed", "appeal-allowed", "d-4", back, None)
    assert (change.registration.life, change.registration.life_since) == (Life.CURRENT, back)
    life.add(change, place=1)
    term = life.now[1].last_term()
    assert term is not None
    expected = end_on or date(2031, 7, 14)
    assert (term.start_on, term.end_on, term.origin) == (back_on, expected, TermOrigin.APPEAL)
    assert [paper.ended is None for paper in life.papers] == [False, True]
    assert told(life, back)[:2] == ("PE", "ACTIVE")
    status = "REVOKED" if ending is lifecycle.REVOCATION else "ANNULLED"
    assert told(life, over + DAY)[1] == status
    assert told(life, over - DAY)[1] == "ACTIVE"
    assert entry_at(life.events, back).held == ((Grade.PE, date(2021, 7, 15)),)  # R-MR-07: no lapse, no withdrawal


@pytest.mark.parametrize(("is_superseded", "life", "terms"), [(True, "SUPERSEDED", 1), (False, "CURRENT", 2)])
def test_t17_under_a_promotion_that_stands_it_is_superseded_again(is_superseded: bool, life: str, terms: int) -> None:
    """What was promoted to counts as if it had not been if that was void: `undoes` goes with the event (T21)."""
    over, told = replace(REGISTRATION, life=Life.ANNULLED), {"ref": "d-4", "policy": VERSIONED, "undoes": 7}
    change = succession.allow_appeal(over, lived().entry, at=AT + DAY, is_superseded=is_superseded, **told)  # type: ignore[arg-type]
    assert (change.registration.life, change.registration.life_since, change.corrects) == (life, AT + DAY, 7)
    assert (len(change.registration.terms), change.ended) == (terms, None)
    assert change.events[0].from_state == "ANNULLED"


@pytest.mark.parametrize("life", sorted(set(Life) - {Life.REVOKED, Life.ANNULLED}))
def test_t17_only_a_revocation_or_annulment_is_appealed(life: Life) -> None:
    with pytest.raises(NotLiveError):
        succession.allow_appeal(replace(REGISTRATION, life=life), lived().entry, at=AT, ref="d", policy=VERSIONED)


@pytest.mark.parametrize("life", sorted(set(Life) - {Life.SUPERSEDED}))
def test_t21_only_what_was_superseded_lives_again(life: Life) -> None:
    gone = replace(REGISTRATION, life=life)
    with pytest.raises(NotLiveError):
        succession.reinstate(gone, lived().entry, at=AT, ref="d", policy=VERSIONED, undoes=None)


def annulled_promotion(on: date, *, without_fault: bool, promoted_on: date = date(2026, 7, 3)) -> Lived:
    life, at = lived(), noon(on)
    promoted(life, noon(promoted_on))
    life.add(lifecycle.end(life.now[2], lifecycle.ANNULMENT, at=at, decision_ref="d-5"), place=2)
    undoes = 2 if without_fault else None
    change = succession.reinstate(life.now[1], life.entry, at=at, ref="d-5", policy=VERSIONED, undoes=undoes)
    assert kept_of(change) == ("REINSTATED", "reinstated", "reinstated", "d-5", at, undoes)
    assert (change.registration.life, change.registration.life_since) == (Life.CURRENT, at)
    life.add(change, place=1)
    return life


def test_scenario_85_without_fault_the_lower_grade_counts_as_held_throughout() -> None:
    life = annulled_promotion(date(2027, 2, 10), without_fault=True)
    term = life.now[1].last_term()
    assert term is not None
    assert (term.start_on, term.end_on) == (date(2027, 2, 10), date(2032, 2, 9))
    assert told(life, noon(date(2026, 7, 10))) == ("PE", "ACTIVE", True)
    assert told(life, noon(date(2027, 2, 11))) == ("PE", "ACTIVE", False)
    assert entry_at(life.events, noon(date(2027, 2, 11))).held == ((Grade.PE, date(2021, 7, 15)),)


def test_t21_without_fault_the_rest_of_the_old_term_keeps_its_number() -> None:
    life = annulled_promotion(date(2025, 2, 10), without_fault=True, promoted_on=date(2024, 7, 3))
    (term,) = life.now[1].terms
    assert (term.seq, term.start_on, term.origin) == (1, date(2021, 7, 15), TermOrigin.APPEAL)


def test_t21_with_fault_from_that_day_only() -> None:
    life = annulled_promotion(date(2025, 2, 10), without_fault=False, promoted_on=date(2024, 7, 3))
    assert told(life, noon(date(2024, 10, 1))) == ("SPE", "ANNULLED", True)
    assert told(life, noon(date(2025, 2, 11))) == ("PE", "ACTIVE", False)
    term = life.now[1].last_term()
    assert term is not None
    assert (term.start_on, term.end_on) == (date(2025, 2, 10), date(2026, 7, 14))
    assert entry_at(life.events, noon(date(2025, 2, 11))).held == ((Grade.PE, date(2025, 2, 10)),)


def test_scenario_47_annulment_counts_from_the_beginning() -> None:
    life, over = lived(), start_of(date(2026, 5, 4))
    life.add(lifecycle.end(life.now[1], lifecycle.ANNULMENT, at=over, decision_ref="d"), place=1)
    assert told(life, noon(date(2025, 1, 1))) == ("PE", "ANNULLED", True)
    assert told(life, noon(date(2026, 5, 5))) == ("PE", "ANNULLED", False)


def test_scenario_44_a_revocation_changes_no_past_day() -> None:
    life, over = lived(), start_of(date(2026, 7, 4))
    life.add(lifecycle.end(life.now[1], lifecycle.REVOCATION, at=over, decision_ref="d"), place=1)
    assert told(life, noon(date(2025, 11, 11))) == ("PE", "ACTIVE", False)
    assert told(life, over)[1] == "REVOKED"


def test_scenario_50_death_counts_from_its_day() -> None:
    life, recorded = lived(), noon(date(2026, 5, 20))
    change = lifecycle.decease(life.now[1], date(2026, 4, 2), recorded_at=recorded, decision_ref="d")
    life.add(change, place=1, recorded_at=recorded)
    assert told(life, noon(date(2026, 4, 1))) == ("PE", "ACTIVE", False)
    assert told(life, noon(date(2026, 4, 2))) == ("PE", "DECEASED", True)
    assert told(life, noon(date(2026, 5, 21))) == ("PE", "DECEASED", False)


def test_scenario_81_a_corrected_death_was_never() -> None:
    life, died, corrected = lived(), noon(date(2026, 3, 2)), noon(date(2026, 3, 20))
    change = lifecycle.decease(life.now[1], date(2026, 3, 2), recorded_at=died, decision_ref="d")
    life.add(change, place=1, recorded_at=died)
    back = succession.correct(life.now[1], life.events[0].after, at=corrected, ref="d-2", undoes=2)
    assert kept_of(back) == ("CORRECTED", "corrected", "corrected", "d-2", corrected, 2)
    life.add(back, place=1)
    assert life.now[1] == replace(REGISTRATION, reopened_at=corrected)
    assert [one.type for one in life.events] == ["REGISTERED", "DECEASED", "CORRECTED"]
    assert life.papers[0].ended is not None
    assert life.papers[1].ended is None
    assert told(life, noon(date(2026, 3, 10))) == ("PE", "ACTIVE", True)
    assert told(life, noon(date(2026, 3, 21))) == ("PE", "ACTIVE", False)


def test_before_the_first_registration_there_is_nothing_to_tell() -> None:
    assert entry_at(lived().events, AT - DAY).value is None


def test_scenario_113_the_instants_of_a_day_are_told() -> None:
    life, lifted = lived(), HELD.since + timedelta(hours=2)
    life.add(transitions.suspend(life.now[1], HELD, HELD.since, "cpd"), place=1)
    life.add(transitions.lift(life.now[1], HoldKind.CPD, lifted, "cpd"), place=1)
    assert entry_at(life.events, lifted).changed_at == (HELD.since, lifted)
    assert entry_at(life.events, lifted + DAY).changed_at == ()
    assert [told(life, lifted + timedelta(minutes=shift))[1] for shift in (-1, 0)] == ["SUSPENDED", "ACTIVE"]


@pytest.mark.parametrize("ending", [lifecycle.CPD_LAPSE, lifecycle.WITHDRAWAL])
def test_r_mr_07_a_lapse_or_withdrawal_restarts_the_years(ending: lifecycle.Ending) -> None:
    life, over = lived(), noon(date(2023, 3, 1))
    life.add(lifecycle.end(life.now[1], ending, at=over, decision_ref="d"), place=1)
    assert entry_at(life.events, over).held == ()
    life.add(transitions.register(replace(ADMISSION, grade=Grade.AE), at=over + DAY, entry=life.entry))
    assert entry_at(life.events, over + DAY).held == ((Grade.AE, date(2023, 3, 2)),)


def _everything() -> Registration:
    sanction = Hold(HoldKind.CONDUCT_SANCTION, AT, date(2026, 1, 1), "d\u2028\u4dae")
    return replace(REGISTRATION, person_holds=frozenset({HELD}), entry_holds=frozenset({sanction}))


def test_what_is_read_back_has_its_forms() -> None:
    at = datetime(2026, 1, 2, 3, tzinfo=UTC)
    term = Term(
        2, date(2021, 7, 15), date(2026, 7, 14), TermOrigin.APPEAL, date(2026, 9, 12), at, at, at, at, date(2026, 8, 20)
    )
    value = replace(_everything(), terms=(*REGISTRATION.terms, term), reopened_at=at)
    # What is equal to a word or a day as text need not be one: only the representation tells.
    assert repr(restored(written(value))) == repr(value)
    assert written(value) == json.dumps(
        json.loads(written(value)), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )


def test_what_is_written_says_each_hold_in_one_order() -> None:
    early, late = (Hold(HoldKind.CONDUCT_INTERIM, AT + shift * DAY, None, "d") for shift in (0, 1))
    held = [early, late, Hold(HoldKind.CPD, AT, None, "d")]
    texts = {written(replace(REGISTRATION, person_holds=frozenset(some))) for some in permutations(held)}
    (text,) = texts
    kinds = [(one["kind"], one["since"]) for one in json.loads(text)["person_holds"]]
    assert kinds == [(one.kind, one.since.isoformat()) for one in held]


def test_what_stands_elsewhere_is_not_written() -> None:
    found = {
        "review_ended_at": AT,
        "cpd_hold_at": AT,
        "cpd_lapse_at": AT,
        "membership_notice_on": date(2026, 1, 1),
    }
    assert written(replace(REGISTRATION, **found)) == written(REGISTRATION)  # type: ignore[arg-type]
    assert "reopened_at" in json.loads(written(REGISTRATION))


def test_what_is_written_of_a_registration_is_read_back_the_same() -> None:
    shanghai = replace(_everything(), life_since=AT.astimezone(tz=None))
    assert restored(written(shanghai)) == _everything()
    assert written(restored(written(shanghai))) == written(_everything())
    reviewed = replace(_everything(), review_ended_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert restored(written(reviewed)) == _everything()


@pytest.mark.parametrize(
    ("reason", "reopened", "restored", "told_as"),
    [
        ("RENEWAL_LAPSE", None, None, None),
        ("RENEWAL_LAPSE", -1, None, None),
        ("RENEWAL_LAPSE", 0, None, "corrected"),
        ("RENEWAL_LAPSE", 9, None, "corrected"),
        ("RENEWAL_LAPSE", 9, -1, "corrected"),
        ("RENEWAL_LAPSE", 9, 0, None),
        ("REVOKED", None, None, "appeal"),
        ("REVOKED", -1, None, "appeal"),
        ("REVOKED", 9, None, "corrected"),
        ("ANNULLED", 9, 5, "appeal"),
        ("REPLACED", 9, None, None),
        ("CLOSED", 9, None, None),
    ],
)
def test_t23_an_end_that_was_an_error_is_told_as_closed_unless_it_was_restored_since(
    reason: str, reopened: int | None, restored: int | None, told_as: str | None
) -> None:
    """Days from the end to the correction, and to the first day of a restoration."""
    ended, over = Ended(EndedReason(reason), "why", AT + 100 * DAY), AT + 100 * DAY
    value = replace(REGISTRATION, reopened_at=over + reopened * DAY if reopened is not None else None)
    if restored is not None:
        start_on = civil_date(over) + restored * DAY
        more = replace(value.terms[0], seq=2, start_on=start_on, origin=TermOrigin.RESTORATION)
        value = replace(value, terms=(*value.terms, more))
    at = value.life_since if told_as == "appeal" else over
    expected = Ended(EndedReason.CLOSED, told_as, at) if told_as else ended
    assert succession.told_today(ended, value) == expected
    assert succession.told_today(ended, replace(value, life=Life.LAPSED)) == ended
