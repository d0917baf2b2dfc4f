"""Re-registration and restoration (domain 3.7): windows, interims, grace and the terms they give."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.calendar import SHANGHAI, civil_date, day_after, start_of
from registry.domain.changes import Change
from registry.domain.clock import course, due, grace_until, owed_since
from registry.domain.cpd import OWED, YearState
from registry.domain.refusals import NotLiveError
from registry.domain.registration import (
    Ended,
    EndedReason,
    Grade,
    Hold,
    HoldKind,
    Life,
    RegisterEntry,
    Registration,
    Term,
    TermOrigin,
)
from registry.domain.renewal import (
    INTERIM,
    RESTORABLE,
    close,
    interim_until,
    is_with_cse,
    missing_for_renewal,
    missing_for_restoration,
    renew,
    restore,
    simple_until,
)
from registry.domain.renewal_refusals import NEEDS, RenewalConditionsError, RenewalMissingError
from registry.domain.status import life_at
from tests.unit.domain.test_public_status import REGISTRATION
from tests.unit.domain.test_public_status import VERSIONED as POLICY

END = date(2026, 7, 14)
LAST = Term(1, date(2021, 7, 15), END, TermOrigin.INITIAL)


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
    ("end_on", "closed", "lifted", "last"),
    [
        (END, None, None, date(2026, 10, 12)),
        (END, "2026-07-20", None, date(2026, 10, 12)),
        (END, "2026-10-01", None, date(2026, 10, 31)),
        (date(2026, 6, 20), None, "2026-10-15", date(2026, 12, 14)),
        (date(2026, 4, 10), "2026-05-04", None, date(2026, 7, 9)),
        (END, "2026-10-01", "2026-09-30", date(2026, 11, 29)),
    ],
)
def test_scenarios_73_82_and_98_what_prolongs_the_grace(
    end_on: date, closed: str | None, lifted: str | None, last: date
) -> None:
    closed_at, lifted_at = (day and moment(f"{day}T10:00") for day in (closed, lifted))
    term = replace(LAST, end_on=end_on, interim_closed_at=closed_at or None)
    registration = replace(REGISTRATION, terms=(term,), review_ended_at=lifted_at or None)
    assert grace_until(registration, POLICY) == last


def hold(kind: HoldKind) -> frozenset[Hold]:
    return frozenset({Hold(kind, start_of(date(2026, 5, 1)), None, "D-1")})


@pytest.mark.parametrize(
    ("holds", "years", "missing"),
    [
        (frozenset(), (YearState.COMPLIANT, YearState.DEFERRED, YearState.OPEN), []),
        (frozenset(), (YearState.CURED, YearState.EXEMPT, YearState.NOT_DUE, YearState.CLOSED_FOR_ENTRY), []),
        (frozenset(), (YearState.SHORTFALL,), ["cpd.in-cure"]),
        (hold(HoldKind.CPD), (YearState.UNCURED,), ["cpd.hold", "cpd.uncured"]),
        (hold(HoldKind.CONDUCT_SANCTION), (YearState.COMPLIANT,), []),
    ],
)
def test_scenarios_41_83_97_and_98_what_a_renewal_needs(
    holds: frozenset[Hold], years: tuple[YearState, ...], missing: list[str]
) -> None:
    assert missing_for_renewal(holds, years) == missing
    assert set(missing) <= set(NEEDS)


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
    assert (filed_on <= simple_until(ended_on, POLICY)) is is_simple


@pytest.mark.parametrize(
    ("recent", "owed", "is_simple", "is_assessed", "missing"),
    [
        ("40", (YearState.UNCURED,), True, True, ["cpd.owed"]),
        ("40", (YearState.CURED,), True, True, []),
        ("39.5", (), True, True, ["cpd.recent"]),
        ("40", (), True, False, ["review"]),
        ("0", (), False, True, []),
        ("0", (YearState.SHORTFALL,), False, False, ["cpd.owed", "assessment"]),
    ],
)
def test_scenario_91_what_a_restoration_needs(
    recent: str, owed: tuple[YearState, ...], is_simple: bool, is_assessed: bool, missing: list[str]
) -> None:
    asked = {"is_simple": is_simple, "is_assessed": is_assessed}
    assert missing_for_restoration(Decimal(recent), owed, **asked, policy=POLICY) == missing
    assert set(missing) <= set(NEEDS)


@pytest.mark.parametrize(
    ("completed", "on", "passed"),
    [
        ("2026-07-14T23:59:59", date(2026, 8, 27), False),
        ("2026-07-14T23:59:59", date(2026, 8, 28), True),
        ("2026-07-15T00:00:00", date(2026, 8, 28), False),
        (None, date(2026, 8, 28), False),
    ],
)
def test_scenario_99_on_day_45_a_file_of_before_the_end_is_with_cse(
    completed: str | None, on: date, passed: bool
) -> None:
    assert is_with_cse((END, None), moment(completed) if completed else None, on, POLICY) is passed


@pytest.mark.parametrize(
    ("completed", "on", "passed"),
    [
        ("2026-08-19T23:59:59", date(2026, 10, 2), False),
        ("2026-08-19T23:59:59", date(2026, 10, 3), True),
        ("2026-08-20T00:00:00", date(2026, 10, 4), False),
        ("2026-07-10T10:00:00", date(2026, 8, 27), False),
        ("2026-07-10T10:00:00", date(2026, 8, 28), True),
    ],
)
def test_r_rn_05_of_a_file_in_time_after_the_end_the_45_days_run_from_when_it_was_complete(
    completed: str, on: date, passed: bool
) -> None:
    assert is_with_cse((END, date(2026, 8, 19)), moment(completed), on, POLICY) is passed


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def waiting(filed: str = "2026-07-14T23:30", **more: object) -> Registration:
    """A registration to 2026-07-14 whose renewal, complete at `filed`, waits."""
    last = replace(LAST, filed_at=moment(filed), **more)  # type: ignore[arg-type]
    return replace(REGISTRATION, terms=(last,))


def renewed(registration: Registration, at: str) -> Change:
    entry = RegisterEntry((registration,))
    return renew(registration, entry, at=moment(at), decision_ref="R/1", policy=POLICY)


def filed_as(change: Change) -> list[tuple[str, str, datetime]]:
    """What is kept of each event for the file."""
    return [(one.reason_code, one.decision_ref, one.effective_at) for one in change.events]


def told(change: Change) -> list[tuple[str, str | None, str, str]]:
    return [(one.type, one.from_state, one.to_state, one.public_reason) for one in change.events]


@pytest.mark.parametrize(
    ("filed", "life", "next_due"),
    [
        ("2026-07-14T23:59:59", Life.CURRENT, ("interim", date(2026, 7, 15))),
        ("2026-07-15T00:00:00", Life.EXPIRED, ("expiry", date(2026, 7, 15))),
    ],
)
def test_r_rn_05_only_what_was_complete_by_the_last_second_gives_an_interim(
    filed: str, life: Life, next_due: tuple[str, date]
) -> None:
    registration = waiting(filed)
    assert life_at(registration, moment("2026-07-14T23:59:59")) is Life.CURRENT
    assert {life_at(registration, moment(at)) for at in ("2026-07-15T00:00", "2027-01-01T00:00")} == {life}
    assert [(one.name, civil_date(one.at)) for one in due(registration, POLICY)] == [next_due]


def test_scenario_99_interims_follow_one_another_until_the_decision() -> None:
    steps = list(course(waiting(), start_of(date(2026, 11, 11)), POLICY))
    assert [(one.name, one.at) for one in steps] == [
        ("interim", start_of(date(2026, 7, 15))),
        ("interim", start_of(date(2026, 9, 13))),
    ]
    change = steps[0].move(waiting())
    assert change.registration.terms[0].interim_until_on == date(2026, 9, 12)
    assert told(change) == [("INTERIM_EXTENDED", "ACTIVE", "ACTIVE", "interim")]
    assert filed_as(change) == [("interim", "clock", start_of(date(2026, 7, 15)))]
    assert change.ended is None
    assert owed_since(waiting(), start_of(date(2026, 9, 13)), POLICY) is None


@pytest.mark.parametrize("at", ["2026-07-14T23:40", "2026-07-15T00:00", "2026-08-20T10:00"])
def test_t06_an_approval_of_what_was_filed_on_time_leaves_no_gap(at: str) -> None:
    change = renewed(waiting(), at)
    assert change.registration.terms == (LAST, Term(2, date(2026, 7, 15), date(2031, 7, 14), TermOrigin.RENEWAL))
    assert (change.registration.life, change.ended) == (
        Life.CURRENT,
        Ended(EndedReason.REPLACED, "INTERIM", moment(at)),
    )
    assert told(change) == [("RENEWED", "ACTIVE", "ACTIVE", "renewed")]
    assert filed_as(change) == [("renewed", "R/1", moment(at))]
    assert change.registration.life_since == REGISTRATION.life_since


def test_t07_a_late_renewal_begins_with_the_approval_and_shows_the_gap() -> None:
    expired = replace(waiting("2026-08-01T10:00"), life=Life.EXPIRED)
    change = renewed(expired, "2026-09-01T15:00")
    after = change.registration
    assert after.terms[-1] == Term(2, date(2026, 9, 1), date(2031, 7, 14), TermOrigin.LATE_RENEWAL)
    assert (after.life, after.life_since) == (Life.CURRENT, moment("2026-09-01T15:00"))
    assert [life_at(after, moment(f"{on}T12:00")) for on in ("2026-08-31", "2026-09-01")] == ["EXPIRED", "CURRENT"]
    assert told(change) == [("RENEWED", "EXPIRED", "ACTIVE", "renewed.late")]
    assert filed_as(change) == [("renewed.late", "R/1", moment("2026-09-01T15:00"))]


def test_scenario_83_a_new_term_begins_under_a_hold() -> None:
    sanction = Hold(HoldKind.CONDUCT_SANCTION, moment("2026-02-01T00:00"), date(2027, 1, 31), "C/1")
    held = replace(waiting("2026-06-01T09:00"), person_holds=frozenset({sanction}))
    change = renewed(held, "2026-07-01T09:00")
    assert told(change) == [("RENEWED", "SUSPENDED", "SUSPENDED", "renewed")]
    assert change.registration.holds == {sanction}


def test_scenario_73_a_refusal_in_the_interim_ends_it_at_that_instant() -> None:
    running = waiting(interim_until_on=date(2026, 9, 12))
    change = close(running, at=moment("2026-07-20T10:00"), reason="refused", decision_ref="R/2")
    after = change.registration
    assert told(change) == [
        ("CRED_CLOSED", "ACTIVE", "EXPIRED", "interim-closed"),
        ("EXPIRED", "ACTIVE", "EXPIRED", "expired"),
    ]
    assert filed_as(change) == [(reason, "R/2", moment("2026-07-20T10:00")) for reason in ("refused", "expired")]
    assert change.ended == Ended(EndedReason.CLOSED, "REFUSED", moment("2026-07-20T10:00"))
    assert (after.life, after.terms[0].interim_until_on) == (Life.EXPIRED, None)
    days = ("2026-07-14", "2026-07-19", "2026-07-20", "2026-07-21")
    assert [after.current_term(date.fromisoformat(on)) is not None for on in days] == [True, True, False, False]
    assert grace_until(after, POLICY) == date(2026, 10, 12)


@pytest.mark.parametrize(
    ("filed", "closed", "until"),
    [
        ("2026-05-02T10:00", "2026-07-14T23:59", date(2026, 10, 12)),
        ("2026-05-02T10:00", "2026-09-12T10:00", date(2026, 10, 12)),
        ("2026-05-02T10:00", "2026-09-13T10:00", date(2026, 10, 13)),
        ("2026-10-10T10:00", "2026-10-12T10:00", date(2026, 10, 12)),
        ("2026-10-10T10:00", "2026-10-25T10:00", date(2026, 10, 25)),
    ],
)
def test_scenario_100_and_r_rn_07_grace_after_a_refusal(filed: str, closed: str, until: date) -> None:
    assert grace_until(waiting(filed), POLICY) is None
    after = close(waiting(filed), at=moment(closed), reason="refused", decision_ref="R/2").registration
    assert grace_until(after, POLICY) == until
    lapse = [one.at for one in due(after, POLICY) if one.name == "lapse.renewal"]
    assert lapse == [start_of(day_after(until))]


def test_what_is_refused_before_the_end_changes_no_status() -> None:
    change = close(waiting("2026-05-02T10:00"), at=moment("2026-07-14T23:59"), reason="refused", decision_ref="R/2")
    assert (change.events, change.ended, change.registration.life) == ((), None, Life.CURRENT)
    assert life_at(change.registration, moment("2026-07-15T00:00")) is Life.EXPIRED


def promoting(filed: str | None = None, **more: object) -> Registration:
    """A registration in the interim of a promotion that was complete before the end; a renewal may wait beside it."""
    own = {"promotion_filed_at": moment("2026-06-20T10:00"), "interim_until_on": date(2026, 9, 12), **more}
    last = replace(LAST, filed_at=moment(filed) if filed else None, **own)  # type: ignore[arg-type]
    return replace(REGISTRATION, terms=(last,))


def failed(registration: Registration, at: str = "2026-07-20T10:00", days: int = 30) -> Change:
    return close(registration, at=moment(at), reason="refused", decision_ref="R/2", promotion_days=days)


@pytest.mark.parametrize(
    ("at", "steps"),
    [
        ("2026-07-14T23:59", [("expiry", date(2026, 7, 15))]),
        ("2026-07-20T10:00", [("interim-unused", date(2026, 8, 20))]),
        ("2026-08-13T10:00", [("interim-unused", date(2026, 9, 13))]),
        ("2026-08-14T10:00", [("interim", date(2026, 9, 13)), ("interim-unused", date(2026, 9, 14))]),
    ],
)
def test_scenario_101_after_a_failed_promotion_30_days_remain(at: str, steps: list[tuple[str, date]]) -> None:
    before = promoting(interim_until_on=None if at < "2026-07-15" else date(2026, 9, 12))
    change = failed(before, at)
    after_the_end = [("INTERIM_EXTENDED", "ACTIVE", "ACTIVE", "interim")]
    assert told(change) == ([] if at < "2026-07-15" else after_the_end)
    assert filed_as(change) == ([] if at < "2026-07-15" else [("refused", "R/2", moment(at))])
    assert (change.ended, change.registration.life) == (None, Life.CURRENT)
    found = [(one.name, civil_date(one.at)) for one in course(change.registration, moment("2026-10-01T00:00"), POLICY)]
    assert found == steps
    last_day = steps[-1][1] - timedelta(days=1)
    lives = [life_at(change.registration, start_of(day)) for day in (last_day, day_after(last_day))]
    assert lives == [Life.CURRENT, Life.EXPIRED]


def test_scenario_101_an_interim_that_was_not_used_is_closed_at_midnight() -> None:
    (step,) = course(failed(promoting()).registration, moment("2026-10-01T00:00"), POLICY)
    change = step.move(failed(promoting()).registration)
    assert told(change) == [
        ("CRED_CLOSED", "ACTIVE", "EXPIRED", "interim-closed"),
        ("EXPIRED", "ACTIVE", "EXPIRED", "expired"),
    ]
    assert change.ended == Ended(EndedReason.CLOSED, "UNUSED", start_of(date(2026, 8, 20)))
    assert filed_as(change) == [(reason, "clock", change.ended.at) for reason in ("unused", "expired")]
    assert grace_until(change.registration, POLICY) == date(2026, 10, 12)
    last = change.registration.last_term()
    assert last is not None
    assert not replace(last, filed_at=moment("2026-08-19T10:00")).is_prolonged


@pytest.mark.parametrize(("filed", "in_time"), [("2026-08-19T23:59:59", True), ("2026-08-20T00:00:00", False)])
def test_scenario_101_what_is_filed_in_these_days_is_in_time(filed: str, *, in_time: bool) -> None:
    (last,) = failed(promoting()).registration.terms
    waits = replace(REGISTRATION, terms=(replace(last, filed_at=moment(filed)),))
    origin = renewed(waits, "2026-08-25T10:00").registration.terms[-1].origin
    assert origin is (TermOrigin.RENEWAL if in_time else TermOrigin.LATE_RENEWAL)


@pytest.mark.parametrize("filed", ["2026-07-10T10:00", "2026-07-18T10:00"])
def test_r_pr_07_a_renewal_beside_a_promotion_keeps_the_interim(filed: str) -> None:
    """Also one that was filed in the interim, which the promotion held open."""
    for days in (30, 0):
        after = failed(promoting(filed), days=days).registration
        assert (after.life, [one.name for one in due(after, POLICY)]) == (Life.CURRENT, ["interim"])
        (term, new) = renewed(after, "2026-08-25T10:00").registration.terms
        assert (term.timely_until_on, new.start_on, new.origin) == (None, date(2026, 7, 15), TermOrigin.RENEWAL)


def test_r_pr_07_a_refused_renewal_leaves_the_promotion_its_interim() -> None:
    change = close(promoting("2026-07-10T10:00"), at=moment("2026-07-20T10:00"), reason="refused", decision_ref="R/2")
    assert (change.events, change.ended) == ((), None)
    assert [one.name for one in due(change.registration, POLICY)][:1] == ["interim"]


def test_t06r_a_promotion_that_is_taken_back_ends_its_interim_at_once() -> None:
    change = close(promoting(), at=moment("2026-07-20T10:00"), reason="withdrawn", decision_ref="R/2", promotion_days=0)
    assert change.ended == Ended(EndedReason.CLOSED, "FILE_WITHDRAWN", moment("2026-07-20T10:00"))
    assert life_at(change.registration, moment("2026-07-20T10:00")) is Life.EXPIRED


@pytest.mark.parametrize("days", [None, 30])
def test_only_what_waits_is_closed(days: int | None) -> None:
    waits = promoting() if days is None else waiting()
    with pytest.raises(RenewalMissingError):
        close(waits, at=moment("2026-07-20T10:00"), reason="refused", decision_ref="R/2", promotion_days=days)


@pytest.mark.parametrize("life", [Life.LAPSED, Life.WITHDRAWN])
def test_scenario_74_a_restoration_gives_a_new_term_from_its_instant(life: Life) -> None:
    gone = replace(REGISTRATION, terms=(LAST,), life=life, life_since=moment("2026-10-13T00:00"))
    higher = replace(gone, grade=Grade.SPE, terms=(replace(LAST, seq=2),), life=Life.ANNULLED)
    entry = RegisterEntry((gone, higher))
    change = restore(gone, entry, at=moment("2027-02-01T11:00"), decision_ref="R/3", policy=POLICY)
    after = change.registration
    assert after.terms[-1] == Term(3, date(2027, 2, 1), date(2032, 1, 31), TermOrigin.RESTORATION)
    assert (after.life, after.life_since, after.grade) == (Life.CURRENT, moment("2027-02-01T11:00"), gone.grade)
    assert told(change) == [("REINSTATED", life, "ACTIVE", "restored")]
    assert filed_as(change) == [("restored", "R/3", moment("2027-02-01T11:00"))]
    assert change.ended is None


@pytest.mark.parametrize("life", sorted(set(Life) - {Life.LAPSED, Life.WITHDRAWN}))
def test_t16_leads_back_from_a_lapse_or_a_withdrawal_alone(life: Life) -> None:
    with pytest.raises(NotLiveError):
        restore(
            replace(REGISTRATION, life=life),
            RegisterEntry(),
            at=moment("2027-02-01T11:00"),
            decision_ref="R/3",
            policy=POLICY,
        )


@pytest.mark.parametrize("terms", [(), (LAST,)])
def test_nothing_is_decided_that_was_not_filed(terms: tuple[Term, ...]) -> None:
    with pytest.raises(RenewalMissingError, match="CSE21CIV00004530"):
        renewed(replace(REGISTRATION, terms=terms), "2026-07-01T09:00")


@given(filed=st.integers(0, 181 * 24 - 1), decided=st.integers(0, 400 * 24), asked=st.integers(0, 365 * 24 * 5))
def test_a_timely_renewal_leaves_no_gap_and_no_two_current_terms(filed: int, decided: int, asked: int) -> None:
    opened = start_of(date(2026, 1, 15))
    filed_at = opened + timedelta(hours=filed)
    decided_at = filed_at + timedelta(hours=decided)
    registration = waiting(filed_at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    for step in course(registration, decided_at, POLICY):
        registration = step.move(registration).registration
    entry = RegisterEntry((registration,))
    after = renew(registration, entry, at=decided_at, decision_ref="R/1", policy=POLICY).registration
    day = civil_date(opened + timedelta(hours=asked))
    assert [term.covers(day) for term in after.terms].count(True) == 1
    assert after.terms[-1].origin is TermOrigin.RENEWAL


def test_nothing_is_renewed_that_has_ended() -> None:
    with pytest.raises(NotLiveError, match="renewal"):
        renewed(replace(waiting(), life=Life.WITHDRAWN), "2026-07-01T09:00")


def test_every_need_names_its_rule() -> None:
    assert all("(R-" in need for need in NEEDS.values())
    assert "R-CC-01" in str(RenewalConditionsError("CSE21CIV00004530", ["code-of-conduct"]))


def test_r_cpd_17_what_stays_owed_and_what_leads_back() -> None:
    assert {YearState.SHORTFALL, YearState.UNCURED} == OWED
    assert {Life.LAPSED, Life.WITHDRAWN} == RESTORABLE
    assert INTERIM == "interim"


def test_r_rn_10_each_year_that_is_owed_keeps_a_restoration_back() -> None:
    for state in YearState:
        missing = missing_for_restoration(Decimal(40), [state], is_simple=True, is_assessed=True, policy=POLICY)
        assert missing == (["cpd.owed"] if state in {"SHORTFALL", "UNCURED"} else [])


def test_what_is_closed_keeps_its_other_terms_and_says_since_when() -> None:
    first = Term(1, date(2016, 7, 15), date(2021, 7, 14))
    running = replace(waiting(interim_until_on=date(2026, 9, 12), seq=2), life_since=moment("2016-07-15T09:00"))
    at = moment("2026-07-20T10:00")
    after = close(replace(running, terms=(first, *running.terms)), at=at, reason="withdrawn", decision_ref="R/2")
    kept, last = after.registration.terms
    assert (kept, last.refused_at, last.interim_closed_at, last.filed_at) == (first, at, at, None)
    assert (after.events[0].reason_code, after.registration.life_since) == ("withdrawn", running.life_since)
    early = close(waiting("2026-05-02T10:00"), at=moment("2026-07-14T23:59"), reason="refused", decision_ref="R/2")
    (term,) = early.registration.terms
    assert (term.refused_at, term.interim_closed_at, term.filed_at) == (moment("2026-07-14T23:59"), None, None)
