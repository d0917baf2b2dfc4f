"""Transitions of holds, and the first registration: T1, T2, T3, T10, T11, T18, T24."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain import transitions as moves
from registry.domain.calendar import start_of
from registry.domain.changes import EventType
from registry.domain.lifecycle import REVOCATION, end
from registry.domain.numbers import RegisterNumber
from registry.domain.refusals import (
    BackDatedError,
    DecisionLaterError,
    HoldAmbiguousError,
    HoldExistsError,
    HoldMissingError,
    HoldPeriodError,
    HoldPlaceError,
    LiveRegistrationError,
    NotLiveError,
    OtherEntryError,
)
from registry.domain.registration import (
    LIVE,
    Grade,
    Hold,
    HoldKind,
    Life,
    RegisterEntry,
    Registration,
    Term,
    TermOrigin,
)
from registry.domain.status import PublicStatus, public_status, revocation_bit, suspension_bit

AT = datetime(2021, 7, 15, 2, 30, tzinfo=UTC)
LATER = AT + timedelta(days=400)
ADMISSION = moves.Admission(
    register_no=RegisterNumber("CSE21CIV00004530"),
    member_id="m-1",
    grade=Grade.PE,
    assessing_society="CIV",
    standard_ref="CSE-CIV-2020",
    decided_on=date(2021, 7, 15),
    decision_ref="d-1",
)
REGISTRATION = moves.register(ADMISSION, at=AT).registration
ENDED = sorted(set(Life) - LIVE)


def hold(kind: HoldKind, since: datetime = LATER, ref: str = "d-2") -> Hold:
    until = since.date() + timedelta(days=30) if kind is HoldKind.CONDUCT_SANCTION else None
    return Hold(kind, since, until, ref)


def test_t01_the_term_starts_on_the_day_of_entry_and_lasts_five_years() -> None:
    change = moves.register(ADMISSION, at=AT)
    made = change.registration
    assert made.terms == (Term(1, date(2021, 7, 15), date(2026, 7, 14), TermOrigin.INITIAL),)
    assert (made.life, made.life_since, made.grade_since_on) == (Life.CURRENT, AT, date(2021, 7, 15))
    assert change.ended is None
    (event,) = change.events
    assert (event.type, event.from_state, event.to_state) == (EventType.REGISTERED, None, PublicStatus.ACTIVE)
    assert (event.effective_at, event.decision_ref) == (AT, "d-1")
    assert (event.register_no, event.reason_code, event.public_reason) == (
        ADMISSION.register_no,
        "registered",
        "registered",
    )
    assert (made.register_no, made.member_id, made.grade) == (ADMISSION.register_no, "m-1", Grade.PE)
    assert (made.assessing_society, made.standard_ref) == ("CIV", "CSE-CIV-2020")
    assert (made.holds, change.corrects) == (frozenset(), None)


def test_t01_a_later_term_of_an_entry_goes_on_counting() -> None:
    ended = replace(REGISTRATION, life=Life.LAPSED, terms=(replace(REGISTRATION.terms[0], seq=4),))
    change = moves.register(ADMISSION, at=AT, entry=RegisterEntry((ended,)), origin=TermOrigin.PROMOTION)
    assert [(term.seq, term.origin) for term in change.registration.terms] == [(5, TermOrigin.PROMOTION)]


def test_t01_the_day_is_that_of_shanghai() -> None:
    made = moves.register(ADMISSION, at=datetime(2021, 7, 15, 16, tzinfo=UTC)).registration
    assert made.terms[0].start_on == date(2021, 7, 16)


@pytest.mark.parametrize(("decided", "refused"), [(14, False), (15, False), (16, True)])
def test_t01_never_earlier_than_the_decision(decided: int, refused: bool) -> None:
    admission = replace(ADMISSION, decided_on=date(2021, 7, decided))
    if not refused:
        assert moves.register(admission, at=AT).registration.is_live
        return
    with pytest.raises(DecisionLaterError, match="R-RG-02"):
        moves.register(admission, at=AT)


@pytest.mark.parametrize("life", sorted(Life))
def test_t01_one_live_registration_per_entry(life: Life) -> None:
    entry = RegisterEntry((replace(REGISTRATION, life=life),))
    if life not in LIVE:
        assert moves.register(ADMISSION, at=AT, entry=entry).registration.is_live
        return
    with pytest.raises(LiveRegistrationError, match="R-RG-04"):
        moves.register(ADMISSION, at=AT, entry=entry)


@pytest.mark.parametrize("other", [{"register_no": "CSE24RLY00022922"}, {"member_id": "m-2"}])
def test_t01_the_entry_is_that_of_the_number_and_the_member(other: dict[str, str]) -> None:
    entry = RegisterEntry((replace(REGISTRATION, **other),))  # type: ignore[arg-type]
    with pytest.raises(OtherEntryError):
        moves.register(ADMISSION, at=AT, entry=entry)


def test_t01_running_holds_apply_to_the_new_registration() -> None:
    entry = RegisterEntry((), frozenset({hold(HoldKind.CPD)}), frozenset({hold(HoldKind.MEMBERSHIP)}))
    change = moves.register(ADMISSION, at=AT, entry=entry)
    assert len(change.registration.holds) == 2
    assert change.events[0].to_state is PublicStatus.SUSPENDED


@pytest.mark.parametrize("kind", sorted(HoldKind))
def test_a_hold_is_set_where_it_sits_and_lifted_again(kind: HoldKind) -> None:
    set_ = moves.suspend(REGISTRATION, hold(kind), LATER, "reason")
    assert (hold(kind) in set_.registration.person_holds) is kind.on_person
    (event,) = set_.events
    assert (event.type, event.from_state, event.to_state) == (
        EventType.HOLD_ADDED,
        PublicStatus.ACTIVE,
        PublicStatus.SUSPENDED,
    )
    assert (event.reason_code, event.effective_at, event.decision_ref) == ("reason", LATER, "d-2")
    lifted = moves.lift(set_.registration, kind, LATER + timedelta(days=1), "over")
    assert lifted.registration == REGISTRATION
    assert lifted.events[0].type is EventType.HOLD_LIFTED
    assert lifted.events[0].to_state is PublicStatus.ACTIVE
    assert lifted.ended is None


def test_administrative_holds_look_alike_to_the_public() -> None:
    """T18: the public learns of no finding."""
    reasons = {kind: moves.suspend(REGISTRATION, hold(kind), LATER, "r").events[0].public_reason for kind in HoldKind}
    assert reasons == {
        HoldKind.CPD: "suspended.cpd",
        HoldKind.CONDUCT_INTERIM: "suspended.pending-proceedings",
        HoldKind.CONDUCT_SANCTION: "suspended.fixed-term",
        HoldKind.IDENTITY: "suspended.administrative-review",
        HoldKind.SOCIETY_REVIEW: "suspended.administrative-review",
        HoldKind.MEMBERSHIP: "suspended.society-membership",
    }


@pytest.mark.parametrize(("decided", "reference"), [(None, "d-2"), ("d-9", "d-9")])
@pytest.mark.parametrize("on_person", [True, False])
def test_a_lift_is_told_with_its_decision_or_that_which_set_the_hold(
    on_person: bool, decided: str | None, reference: str
) -> None:
    kind, over = HoldKind.CONDUCT_INTERIM, LATER + timedelta(days=1)
    held = moves.suspend(REGISTRATION, hold(kind), LATER, "r", on_person=on_person).registration
    assert (held.person_holds, held.entry_holds) == ({hold(kind)}, set())[:: 1 if on_person else -1]
    change = moves.lift(held, kind, over, "closed", on_person=on_person, decision_ref=decided)
    (event,) = change.events
    assert (event.reason_code, event.public_reason, event.decision_ref) == ("closed", "hold-lifted", reference)
    assert (event.effective_at, event.from_state, change.registration) == (over, "SUSPENDED", REGISTRATION)


@pytest.mark.parametrize("life", ENDED)
def test_an_ended_registration_is_not_suspended(life: Life) -> None:
    gone = replace(REGISTRATION, life=life)
    with pytest.raises(NotLiveError) as refused:
        moves.suspend(gone, hold(HoldKind.CPD), LATER, "r")
    assert refused.value.args[1] == life


def test_the_same_hold_is_not_set_twice() -> None:
    held = moves.suspend(REGISTRATION, hold(HoldKind.CPD), LATER, "r").registration
    with pytest.raises(HoldExistsError):
        moves.suspend(held, hold(HoldKind.CPD, LATER + timedelta(days=1)), LATER, "r")


@pytest.mark.parametrize(
    ("kind", "on_person"), [(HoldKind.CPD, False), (HoldKind.IDENTITY, False), (HoldKind.MEMBERSHIP, True)]
)
def test_a_hold_is_refused_where_it_does_not_sit(kind: HoldKind, on_person: bool) -> None:
    with pytest.raises(HoldPlaceError):
        moves.suspend(REGISTRATION, hold(kind), LATER, "r", on_person=on_person)


def test_a_conduct_hold_on_both_places_is_lifted_by_place() -> None:
    kind = HoldKind.CONDUCT_INTERIM
    held = REGISTRATION
    for on_person in (True, False):
        held = moves.suspend(held, hold(kind), LATER, "r", on_person=on_person).registration
    with pytest.raises(HoldAmbiguousError):
        moves.lift(held, kind, LATER, "r")
    left = moves.lift(held, kind, LATER, "r", on_person=False).registration
    assert left.person_holds == {hold(kind)}
    assert not left.entry_holds
    with pytest.raises(HoldMissingError):
        moves.lift(left, kind, LATER, "r", on_person=False)


def test_a_hold_that_is_not_there_is_not_lifted() -> None:
    held = moves.suspend(REGISTRATION, hold(HoldKind.CPD), LATER, "r").registration
    with pytest.raises(HoldMissingError):
        moves.lift(held, HoldKind.IDENTITY, LATER, "r")


@pytest.mark.parametrize(
    ("kind", "until", "refused"),
    [
        (HoldKind.CONDUCT_SANCTION, None, True),
        (HoldKind.CONDUCT_SANCTION, date(2022, 9, 17), True),
        (HoldKind.CONDUCT_SANCTION, date(2022, 9, 18), False),
        (HoldKind.CONDUCT_SANCTION, date(2024, 8, 19), False),
        (HoldKind.CONDUCT_SANCTION, date(2024, 8, 20), True),
        (HoldKind.CONDUCT_SANCTION, date.max, True),
        (HoldKind.IDENTITY, date(2022, 10, 18), True),
        (HoldKind.IDENTITY, None, False),
    ],
)
def test_a_fixed_term_needs_a_last_day(kind: HoldKind, until: date | None, refused: bool) -> None:
    """R-CC-04: a suspension of fixed term has 1 to 24 months."""
    wanted = Hold(kind, LATER, until, "d")
    if refused:
        with pytest.raises(HoldPeriodError):
            moves.suspend(REGISTRATION, wanted, LATER, "r")
    else:
        assert wanted in moves.suspend(REGISTRATION, wanted, LATER, "r").registration.holds


@pytest.mark.parametrize(("seconds", "event"), [(-1, EventType.HOLD_LIFTED), (0, EventType.SUSPENSION_TERM_ENDED)])
def test_t11_a_sanction_runs_out_after_its_last_day(seconds: int, event: EventType) -> None:
    sanction = Hold(HoldKind.CONDUCT_SANCTION, LATER, date(2022, 9, 30), "d")
    held = moves.suspend(REGISTRATION, sanction, LATER, "r").registration
    over = start_of(date(2022, 10, 1)) + timedelta(seconds=seconds)
    assert moves.lift(held, sanction.kind, over, "r").events[0].type is event


@pytest.mark.parametrize(("seconds", "refused"), [(-1, True), (0, False), (1, False)])
def test_a_decision_is_never_back_dated(seconds: int, refused: bool) -> None:
    stated = LATER + timedelta(seconds=seconds)
    if refused:
        with pytest.raises(BackDatedError, match="R-DT-09"):
            moves.suspend(REGISTRATION, hold(HoldKind.CPD, stated), LATER, "r")
    else:
        (event,) = moves.suspend(REGISTRATION, hold(HoldKind.CPD, stated), LATER, "r").events
        assert event.effective_at == stated


STEPS = st.lists(st.tuples(st.sampled_from(["suspend", "lift", "revoke"]), st.sampled_from(HoldKind)), max_size=20)
REFUSALS = (HoldExistsError, HoldMissingError, NotLiveError)


def step(registration: Registration, verb: str, kind: HoldKind, at: datetime) -> moves.Change | None:
    """Do one step, or nothing when it is refused."""
    try:
        match verb:
            case "suspend":
                return moves.suspend(registration, hold(kind, at), at, "r")
            case "lift":
                return moves.lift(registration, kind, at, "r")
            case _:
                return end(registration, REVOCATION, at=at, decision_ref="d")
    except REFUSALS:
        return None


@settings(deadline=None)
@given(STEPS)
def test_laws_of_the_bits_and_holds(steps: list[tuple[str, HoldKind]]) -> None:
    """R never falls; S is constant once ended; lifting takes one; status is a function."""
    registration, ended, kept = REGISTRATION, None, False
    for number, (verb, kind) in enumerate(steps):
        change = step(registration, verb, kind, LATER + timedelta(hours=number))
        if change is None:
            continue
        before_r = revocation_bit(ended)
        before_s = suspension_bit(holds_now=registration.holds, kept=kept, ended=ended)
        if ended is None:
            kept = before_s
        after = change.registration
        ended = ended or change.ended
        assert revocation_bit(ended) >= before_r
        if ended is not None:
            assert suspension_bit(holds_now=after.holds, kept=kept, ended=ended) is before_s
        if verb == "lift":
            assert after.holds < registration.holds
            assert {held.kind for held in registration.holds - after.holds} == {kind}
            assert len(registration.holds) - len(after.holds) == 1
        assert change.events[0].to_state is public_status(after.life, after.holds)
        registration = after
