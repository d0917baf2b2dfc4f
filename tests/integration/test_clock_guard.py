"""Clock and breaker guard what time changes, on both databases; until it is recorded no answer is valid."""

import json
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from registry.demo.officers import CLOCK, CONDUCT_PANEL, REGISTRAR, REGISTRARS, SECOND_REGISTRAR, board
from registry.domain.actors import Actor
from registry.domain.calendar import civil_date, start_of
from registry.domain.refusals import ClockJumpError, NotAllowedError, SamePersonError
from registry.domain.registration import Ended, EndedReason, HoldKind
from registry.services.answers import verdict_of_number, verdict_of_page
from registry.services.breaker import approve
from registry.services.decisions import lift_hold
from registry.services.sweeping import sweep
from registry.services.trust import refresh_trust_list
from registry.store.tables import METADATA
from tests.integration.registers import AT, MINUTE, Office
from tests.integration.test_clock_job import (
    EXPIRY,
    LAPSE,
    LAST_DAY,
    bits,
    certificate,
    events,
    hold,
    lapsing,
    life,
    run,
    set_fact,
)

MONTH = timedelta(days=30)


@pytest.mark.parametrize("has_run", [True, False])
@pytest.mark.parametrize(
    ("moved", "stops"),
    [
        (timedelta(days=400), True),
        (timedelta(hours=24, seconds=1), True),
        (timedelta(hours=24), False),
        (timedelta(minutes=-15), False),
        (timedelta(minutes=-15, seconds=-1), True),
        (timedelta(hours=-2), True),
    ],
)
def test_threat_X05_X06_on_a_jump_of_the_clock_nothing_flips(
    staffed: Office, moved: timedelta, stops: bool, has_run: bool, caplog: pytest.LogCaptureFixture
) -> None:
    hold(staffed, HoldKind.CONDUCT_SANCTION, AT, until=date(2026, 7, 31))
    hold(staffed, HoldKind.SOCIETY_REVIEW, AT, number=2)  # What was recorded last.
    if has_run:
        run(staffed, AT, approved=False)
    before = staffed.database.dump()
    with caplog.at_level(logging.ERROR):
        if stops:
            with pytest.raises(ClockJumpError):
                run(staffed, AT + moved, approved=False)
            assert staffed.database.dump() == before
            run(staffed, AT + moved)
        else:
            run(staffed, AT + moved, approved=False)
    assert [record.getMessage().split()[0] for record in caplog.records] == ["alarm.clock-jump"] * stops
    with staffed.desk.open_reading() as work:
        assert work.trust.fact("swept_at") == (AT + moved).isoformat()


def held_since(office: Office, since: datetime, number: int = 0) -> None:
    """Let a CPD hold that runs be one of long ago."""
    with office.desk.open_reading() as work:
        own = work.register.entry(office.numbers[number]).member_id
    table = METADATA.tables["hold"]
    office.database.execute(update(table).filter_by(member_id=own, kind="CPD").values(since=since))
    office.database.execute("UPDATE registration SET due_at = NULL")


def breaker(office: Office, few: int) -> Office:
    return replace(office, desk=replace(office.desk, policy=replace(office.desk.policy, sweep_breaker=(few, 0.02))))


@pytest.mark.parametrize(("few", "waits"), [(2, True), (3, False)])
def test_threat_T23_lapses_that_nobody_foresaw_wait_for_a_person(staffed: Office, few: int, waits: bool) -> None:
    hold(staffed, HoldKind.CONDUCT_SANCTION, LAPSE - 5 * MONTH, until=LAST_DAY)
    office = breaker(staffed, few)
    set_fact(office, "swept_at", LAPSE.isoformat())
    swept = run(office, LAPSE, approved=False)
    assert swept.done == {"expiry": 3, "sanction-over": 2} | ({} if waits else {"lapse.renewal": 3})
    assert swept.waiting == ({"lapse.renewal": 3} if waits else {})
    assert {bits(office, one) for one in range(3)} == {(0, 0) if waits else (1, 0)}
    if not waits:
        return
    for later in (MINUTE, timedelta(days=1), timedelta(days=1, minutes=1)):
        again = run(office, LAPSE + later, approved=False)
        assert (again.done, again.waiting) == ({}, {"lapse.renewal": 3})
    assert run(office, LAPSE + timedelta(days=2)).done == {"lapse.renewal": 3}
    assert events(office)[-1][1:] == (LAPSE, LAPSE + timedelta(days=2))


def test_lapses_that_the_day_before_foresaw_go_out(staffed: Office) -> None:
    office = breaker(staffed, 0)
    run(office, LAPSE - timedelta(days=1), approved=True)
    run(office, LAPSE - MINUTE, approved=False)
    swept = run(office, LAPSE + MINUTE, approved=False)
    assert (swept.done, swept.waiting) == ({"lapse.renewal": 3}, {})


@pytest.mark.parametrize(("few", "share", "goes"), [(1, 0, 1), (2, 0, 2), (3, 0, 3), (0, 0.5, 1), (0, 1, 2), (0, 2, 3)])
def test_threat_T23_the_lapses_of_a_day_count_together(staffed: Office, few: int, share: float, goes: int) -> None:
    """One lapse is foreseen where the share decides, none where it does not; each run finds one more."""
    policy = replace(staffed.desk.policy, sweep_breaker=(few, share))
    office = replace(staffed, desk=replace(staffed.desk, policy=policy))
    set_fact(office, "swept_at", AT.isoformat())
    foreseen = {} if few else {"lapse.renewal": 1}
    set_fact(office, "sweep_forecasts", json.dumps({"2026-07-01": foreseen}))
    for one in range(3):
        lapsing(office, one)
        swept = run(office, AT + one * MINUTE, approved=False)
        assert swept.done["lapse.renewal"] == int(one < goes)
        assert swept.waiting["lapse.renewal"] == max(0, one + 1 - goes)
    left = 3 - goes
    tomorrow = run(office, AT + timedelta(hours=20), approved=False)
    assert (tomorrow.done["lapse.renewal"], tomorrow.waiting["lapse.renewal"]) == (
        (left, 0) if left <= few else (0, left)
    )


def test_a_lapse_that_waits_keeps_no_later_change_waiting_but_the_other_lapse(staffed: Office) -> None:
    office = breaker(staffed, 0)
    hold(office, HoldKind.CPD, AT, number=2)
    held_since(office, AT - timedelta(days=358), number=2)
    hold(office, HoldKind.CONDUCT_SANCTION, AT, number=2, until=date(2026, 7, 31))
    lapse = start_of(date(2026, 7, 8))
    run(office, lapse - timedelta(days=1))
    set_fact(office, "sweep_forecasts", "{}")
    assert run(office, lapse, approved=False).waiting == {"lapse.cpd": 1}
    over = start_of(date(2026, 8, 1))
    set_fact(office, "swept_at", over.isoformat())
    swept = run(office, over, approved=False)
    assert (swept.done, swept.waiting) == ({"sanction-over": 1}, {"lapse.cpd": 1})
    set_fact(office, "swept_at", LAPSE.isoformat())
    set_fact(office, "sweep_forecasts", json.dumps({"2031-09-29": {"lapse.renewal": 9}}))
    swept = run(office, LAPSE, approved=False)
    assert (swept.done["lapse.renewal"], swept.waiting, life(office, 2)) == (2, {"lapse.cpd": 1}, "EXPIRED")
    assert run(office, LAPSE + MINUTE).done == {"lapse.cpd": 1}


def test_r_dt_11_what_an_overdue_change_makes_of_an_answer_is_never_valid(staffed: Office) -> None:
    """A lapse for want of CPD is suspended already; a sanction that is over, alone, leaves it undecided."""
    bare = staffed.register(member_ref="M-7", decision_ref="ELE/7")
    office = replace(staffed, numbers=(staffed.numbers[0], bare))
    now = AT + timedelta(days=40)
    for one in (0, 1):
        hold(office, HoldKind.CONDUCT_SANCTION, AT, one, date(2026, 7, 31))
    refresh_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=now)

    def told(number: str) -> tuple[Any, ...]:
        answer = verdict_of_number(staffed.desk, number, now=now).verdict
        assert answer is not None
        return answer["outcome"], answer["state"], "register_behind" in json.dumps(answer)

    assert told(staffed.numbers[0]) == ("indeterminate", "status_unreachable", True)
    assert told(bare) == ("indeterminate", "could_not_check", True)
    run(staffed, now)
    for one in (0, 1):
        hold(office, HoldKind.CPD, now, one)
        held_since(office, AT - timedelta(days=355), one)
    assert told(staffed.numbers[0])[:2] == told(bare)[:2] == ("invalid", "suspended")


def test_an_ended_paper_does_not_say_suspended_of_a_number_that_the_job_is_late_with(staffed: Office) -> None:
    hold(staffed, HoldKind.CONDUCT_SANCTION, AT, until=date(2026, 7, 31))
    over = start_of(date(2026, 8, 1))
    page_id, lost = certificate(staffed).page_id, Ended(EndedReason.REPLACED, "LOST", AT)
    with staffed.desk.open_work() as work:
        work.certificates.end(page_id, lost, suspension=False)
    for late, told in ((15 * MINUTE, "suspended"), (16 * MINUTE, None)):
        refresh_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=over + late)
        answer = verdict_of_page(staffed.desk, page_id, now=over + late)
        assert answer is not None
        assert (answer.get("current") or {}).get("state") == told


def test_r_dt_12_an_approval_is_the_word_of_registrars_and_stands_in_the_journal_once(staffed: Office) -> None:
    before = staffed.database.dump()
    for actor in (CLOCK, CONDUCT_PANEL, board("ELE")):
        with pytest.raises(NotAllowedError):
            sweep(staffed.desk, actor=CLOCK, now=EXPIRY, approved_by=[actor])
    assert staffed.database.dump() == before
    for moment in (EXPIRY, EXPIRY + MINUTE):
        run(staffed, moment)
    found = "SELECT subject, actor FROM journal WHERE kind = 'sweep-approved'"
    told = '{"clock": "", "day": "2031-07-01", "lapses": {}}'
    assert staffed.database.execute(found) == [(told, SECOND_REGISTRAR.person)]
    with staffed.desk.open_reading() as work:
        assert work.journal.broken_at() is None


def waiting_at_lapse(office: Office) -> Office:
    """Three lapses that nobody foresaw, of which two are many."""
    set_fact(office, "swept_at", LAPSE.isoformat())
    return breaker(office, 2)


def swept_by(office: Office, now: datetime, *persons: Actor) -> tuple[int, int]:
    """Sweep with the words of these persons; return how many lapses were made, and how many wait."""
    swept = sweep(office.desk, actor=CLOCK, now=now, approved_by=persons)
    return swept.done["lapse.renewal"], swept.waiting["lapse.renewal"]


def test_r_dt_12_lapses_wait_for_two_approvals_of_two_persons(staffed: Office) -> None:
    office, same = waiting_at_lapse(staffed), replace(REGISTRAR, person=f" {REGISTRAR.person.upper()}")
    assert swept_by(office, LAPSE, REGISTRAR) == (0, 3)
    assert swept_by(office, LAPSE + MINUTE) == (0, 3)
    for again in (REGISTRAR, same):
        with pytest.raises(SamePersonError):
            swept_by(office, LAPSE + 2 * MINUTE, again)
    assert bits(office) == (0, 0)
    assert swept_by(office, LAPSE + 3 * MINUTE, SECOND_REGISTRAR) == (3, 0)
    assert bits(office) == (1, 0)


@pytest.mark.parametrize(("later", "changes"), [(timedelta(days=1), False), (MINUTE, True)])
def test_r_dt_12_an_approval_is_of_one_day_and_of_exactly_so_many(
    staffed: Office, later: timedelta, changes: bool
) -> None:
    office = waiting_at_lapse(staffed)
    if changes:
        lapsing(office, 2)
        office.database.execute(
            "UPDATE registration_term SET end_on = '2032-01-31' WHERE register_no = :n", {"n": office.numbers[2]}
        )
        office = breaker(office, 1)
    many = 2 if changes else 3
    assert swept_by(office, LAPSE, REGISTRAR) == (0, many)
    if changes:
        lapsing(office, 2)
        many = 3
    assert swept_by(office, LAPSE + later, SECOND_REGISTRAR) == (0, many), "this is the first word about so many"
    assert swept_by(office, LAPSE + later + MINUTE, REGISTRAR) == (many, 0)


def test_r_dt_12_an_approval_is_of_exactly_those_registrations(staffed: Office) -> None:
    """Two words about two lapses of one person each do not count for as many of others."""
    set_fact(staffed, "swept_at", AT.isoformat())
    office, kept = breaker(staffed, 0), "UPDATE registration_term SET end_on = '2031-06-30' WHERE register_no = :n"
    lapsing(office, 0)
    assert swept_by(office, AT, REGISTRAR) == (0, 1)
    office.database.execute(kept, {"n": office.numbers[0]})
    lapsing(office, 2)
    assert swept_by(office, AT + MINUTE, SECOND_REGISTRAR) == (0, 1), "this is the first word about another person"
    assert swept_by(office, AT + 2 * MINUTE, REGISTRAR) == (1, 0)
    assert (life(office), life(office, 2)) == ("EXPIRED", "LAPSED")


@pytest.mark.parametrize(("persons", "goes"), [((REGISTRAR,), 0), ((REGISTRAR, SECOND_REGISTRAR), 3)])
def test_r_dt_12_a_day_to_come_is_approved_in_advance(staffed: Office, persons: tuple[Actor, ...], goes: int) -> None:
    office = waiting_at_lapse(staffed)
    for count, person in enumerate(persons, start=1):
        assert approve(office.desk, civil_date(LAPSE), actor=person, now=AT) is (count == 2)
    assert approve(office.desk, civil_date(LAPSE), actor=persons[-1], now=AT) if goes else True, "said again"
    assert swept_by(office, LAPSE) == (goes, 3 - goes)


def test_r_dt_12_what_two_persons_approved_goes_on_after_a_run_that_was_killed(staffed: Office) -> None:
    office = waiting_at_lapse(staffed)

    def killed(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(office, LAPSE, approved=True, at_once=2, step=killed)
    assert swept_by(office, LAPSE + MINUTE) == (1, 0)


@pytest.mark.parametrize(("back", "is_refused"), [(15 * MINUTE, False), (timedelta(minutes=15, seconds=1), True)])
def test_threat_X06_no_decision_is_dated_before_what_was_recorded_last(
    staffed: Office, back: timedelta, is_refused: bool
) -> None:
    """Whatever event it was; other rows make no clock right, and only two persons do."""
    later = AT + timedelta(days=2)
    refresh_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=later)
    hold(staffed, HoldKind.SOCIETY_REVIEW, later)
    with staffed.desk.open_work() as work:
        work.journal.append(kind="note", subject="", payload_sha256="0" * 64, actor="clock", at=AT)
    before = staffed.database.dump()
    if not is_refused:
        hold(staffed, HoldKind.IDENTITY, later - back)
        return
    with pytest.raises(ClockJumpError):
        hold(staffed, HoldKind.IDENTITY, later - back)
    with pytest.raises(ClockJumpError):
        run(staffed, later - back, approved=False)
    assert staffed.database.dump() == before
    for persons in (REGISTRARS[:1], REGISTRARS):
        with suppress(ClockJumpError, SamePersonError):
            sweep(staffed.desk, actor=CLOCK, now=later - back, approved_by=persons[-1:])
        if len(persons) == 1:
            with pytest.raises(ClockJumpError):
                hold(staffed, HoldKind.IDENTITY, later - back)
    hold(staffed, HoldKind.IDENTITY, later - back + MINUTE)


def test_threat_X06_steps_back_that_are_let_pass_do_not_add_up(staffed: Office) -> None:
    later = AT + timedelta(days=2)
    refresh_trust_list(staffed.desk, staffed.keyring, actor=REGISTRAR, now=later)
    hold(staffed, HoldKind.IDENTITY, later)
    lift = partial(lift_hold, staffed.desk, staffed.numbers[0], HoldKind.IDENTITY, decision_ref="L/1", actor=REGISTRAR)
    lift(now=later - 10 * MINUTE)
    with pytest.raises(ClockJumpError):
        hold(staffed, HoldKind.IDENTITY, later - 20 * MINUTE)


def test_r_dt_12_two_words_meet_though_what_did_not_wait_went_out_between(staffed: Office) -> None:
    set_fact(staffed, "swept_at", AT.isoformat())
    office = breaker(staffed, 1)
    lapsing(office, 0)
    lapsing(office, 1)
    hold(office, HoldKind.CPD, AT, number=2)
    held_since(office, AT - timedelta(days=400), number=2)
    first = sweep(office.desk, actor=CLOCK, now=AT, approved_by=[REGISTRAR])
    assert (first.done["lapse.cpd"], first.waiting) == (1, {"lapse.renewal": 2})
    second = sweep(office.desk, actor=CLOCK, now=AT + MINUTE, approved_by=[SECOND_REGISTRAR])
    assert (second.done["lapse.renewal"], second.waiting) == (2, {})


def test_r_dt_12_what_was_approved_goes_on_after_the_job_was_killed(staffed: Office) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if total == 3 and done == 1:
            raise StoppedError

    set_fact(staffed, "swept_at", AT.isoformat())
    office = breaker(staffed, 0)
    for number in (0, 1):
        lapsing(office, number)
    hold(office, HoldKind.CPD, AT, number=2)
    held_since(office, AT - timedelta(days=400), number=2)
    first = sweep(office.desk, actor=CLOCK, now=AT, approved_by=[REGISTRAR])
    assert first.waiting == {"lapse.renewal": 2, "lapse.cpd": 1}
    with pytest.raises(StoppedError):
        sweep(office.desk, actor=CLOCK, now=AT + MINUTE, approved_by=[SECOND_REGISTRAR], at_once=1, step=stop)
    again = sweep(office.desk, actor=CLOCK, now=AT + 2 * MINUTE)
    assert (again.done.total(), again.waiting) == (2, {})


def test_r_dt_12_what_waits_is_approved_for_a_day_to_come(staffed: Office) -> None:
    office = waiting_at_lapse(staffed)
    assert swept_by(office, LAPSE) == (0, 3)
    day = civil_date(LAPSE) + timedelta(days=1)
    for person in (REGISTRAR, SECOND_REGISTRAR):
        approve(office.desk, day, actor=person, now=LAPSE + MINUTE)
    assert swept_by(office, LAPSE + 2 * MINUTE) == (0, 3)
    assert swept_by(office, start_of(day) + MINUTE) == (3, 0)
