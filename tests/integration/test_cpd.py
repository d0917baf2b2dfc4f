"""The CPD ledger, lived on both databases: each scenario of the rules by the days and hours that it names."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from registry.demo.officers import APPEAL_PANEL, CLOCK, CONDUCT_PANEL, REGISTRAR, REGISTRARS, SECOND_REGISTRAR, board
from registry.domain.calendar import civil_date, start_of
from registry.domain.changes import GroundClass
from registry.domain.cpd import YearState
from registry.domain.cpd_person import accepted_between
from registry.domain.cpd_refusals import CpdStateError
from registry.domain.refusals import ClockJumpError, CpdHoldError, NotAllowedError, NotFoundError, RegisterBehindError
from registry.domain.registration import Grade, HoldKind
from registry.domain.renewal_refusals import RenewalConditionsError
from registry.services import cpd_facts
from registry.services.audit import audit
from registry.services.decisions import Suspension, lift_hold, record_death, suspend_registration, withdraw
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.services.renewals import (
    confirm_renewal,
    file_renewal,
    recommend_renewal,
    refuse_renewal,
)
from registry.services.rulings import Ruling, confirm, propose
from registry.services.sweeping import due_at, sweep
from registry.services.trust import refresh_trust_list
from registry.store.engine import open_engine
from registry.store.register import AssessmentDays
from tests.integration.lives import Lives, activity, noon
from tests.integration.postgres import Server
from tests.integration.registers import desk_on
from tests.support.rulings import confirm_end, propose_end

S = YearState
BEGAN, MAY = date(2024, 1, 1), date(2026, 5, 1)
MINUTE = timedelta(minutes=1)


def since(lives: Lives, *years: int) -> str:
    """Register somebody on the first of January 2024 who keeps the `years`."""
    number = lives.person(BEGAN)
    lives.keeps(number, *years)
    return number


def short(lives: Lives, hours: str = "34") -> str:
    """Register somebody whose 2025 falls short, so that the cure ends on 30 April 2026."""
    number = since(lives, 2024)
    lives.keeps(number, 2025, hours=hours)
    lives.sweep(date(2025, 6, 11))
    return number


def refused(act: Callable[[], object], says: str) -> None:
    with pytest.raises(CpdStateError, match=says):
        act()


# --- the assessment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "state"), [("40", S.COMPLIANT), ("39.5", S.SHORTFALL)])
def test_scenario_21_a_year_is_judged_on_1_march_exactly(lives: Lives, hours: str, state: YearState) -> None:
    number = short(lives, hours)
    assert lives.sweep(start_of(date(2026, 3, 1)) - MINUTE).done == {}
    assert lives.sweep(date(2026, 3, 1)).done == {f"cpd.{state.lower()}": 1}
    row = lives.kept(number)[2025]
    assert (row.state, row.required - row.accepted, row.since) == (
        state, 40 - Decimal(hours), start_of(date(2026, 3, 1))
    )  # fmt: skip
    assert row.cure_until_on == (date(2026, 4, 30) if state is S.SHORTFALL else None)
    assert lives.status(number, noon(date(2026, 4, 30))) == "could_not_check", "active, without a certificate"


def test_scenario_22_deferred_and_rejected(lives: Lives) -> None:
    number = short(lives, "39.5")
    seq = lives.hours("3", date(2025, 12, 1), date(2026, 1, 20))
    lives.sweep(date(2026, 3, 1))
    assert (lives.kept(number)[2025].state, lives.kept(number)[2025].pending) == (S.DEFERRED, 3)
    lives.accept(number, seq, at=date(2026, 3, 20), hours="0")
    row = lives.kept(number)[2025]
    assert (row.state, row.cure_until_on) == (S.SHORTFALL, date(2026, 5, 19))
    assert "hold.cpd" not in lives.sweep(start_of(date(2026, 5, 20)) - MINUTE).done
    assert lives.sweep(date(2026, 5, 20)).done == {"cpd.uncured": 1, "hold.cpd": 1}


def test_scenario_23_counted_while_nobody_decides_and_rejected_later(lives: Lives) -> None:
    number = short(lives, "39.5")
    seq = lives.hours("3", date(2025, 12, 1), date(2026, 1, 20))
    lives.sweep(date(2026, 4, 1))
    assert (lives.kept(number)[2025].state, lives.kept(number)[2025].is_provisional) == (S.COMPLIANT, True)
    lives.accept(number, seq, at=date(2026, 4, 15), hours="0")
    row = lives.kept(number)[2025]
    assert (row.state, row.cure_until_on) == (S.SHORTFALL, date(2026, 6, 14))


@pytest.mark.parametrize(
    ("on", "hours", "state"),
    [
        (date(2025, 7, 1), "20", S.SHORTFALL),
        (date(2025, 7, 15), "17", S.SHORTFALL),
        (date(2025, 12, 2), "0", S.NOT_DUE),
    ],
)
def test_scenario_24_a_first_year_is_pro_rata(lives: Lives, on: date, hours: str, state: YearState) -> None:
    number = lives.person(on)
    assert lives.ledger(number, on)[2025].required == Decimal(hours)
    lives.sweep(date(2026, 3, 1))
    row = lives.kept(number)[2025]
    assert (row.state, row.required) == (state, Decimal(hours))


def test_scenario_25_a_course_of_the_cure_makes_it_up_and_counts_nowhere_else(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(date(2026, 3, 1))
    seq = lives.hours("6", date(2026, 4, 18), date(2026, 4, 19))
    cpd_facts.allocate(lives.office.desk, number, seq, 2025, actor=board("ELE"), now=noon(date(2026, 4, 20)))
    assert lives.ledger(number, noon(date(2026, 4, 20)))[2025].pending == 6
    lives.accept(number, at=date(2026, 4, 25))
    assert lives.kept(number)[2025].state is S.CURED
    row = lives.ledger(number, date(2026, 4, 25))[2026]
    assert (row.accepted, row.pending) == (0, 0)
    with lives.office.desk.open_reading() as work:
        member, at = work.register.entry(number).member_id, noon(date(2026, 5, 1))
        assert accepted_between(work.cpd.activities(member), date(2025, 5, 1), date(2026, 4, 30), at) == 34
    assert "hold.cpd" not in lives.sweep(MAY).done


def test_scenario_26_the_hold_begins_at_midnight_and_ends_with_the_last_hours(lives: Lives) -> None:
    number = short(lives)
    lives.issue(number, BEGAN)
    began = datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert lives.sweep(began - MINUTE).done["hold.cpd"] == 0
    assert (lives.bits(number), lives.status(number, began - MINUTE)) == ((0, 0), "valid")
    late = began + timedelta(minutes=14)
    assert lives.sweep(late).done == {"cpd.uncured": 1, "hold.cpd": 1}
    assert (lives.bits(number), lives.status(number, late)) == ((0, 1), "suspended")
    assert lives.events(number) == [("HOLD_ADDED", began, late)]
    cured = datetime(2026, 8, 10, 6, 5, tzinfo=UTC)
    seq = lives.hours("6", date(2025, 11, 1), date(2026, 8, 1))
    lives.accept(number, seq, at=cured, hours="5.5")
    assert (lives.kept(number)[2025].state, lives.bits(number)) == (S.UNCURED, (0, 1))
    seq = lives.hours("0.5", date(2025, 11, 2), date(2026, 8, 1))
    lives.accept(number, seq, at=cured)
    assert (lives.kept(number)[2025].state, lives.bits(number)) == (S.CURED, (0, 0))
    assert lives.events(number)[1:] == [("HOLD_LIFTED", cured, cured)]
    assert lives.status(number, cured) == "valid"
    assert lives.sweep(cured + MINUTE).done == {}


def test_scenarios_27_and_77_a_hold_of_a_year_lapses_and_is_never_seen_as_good(lives: Lives) -> None:
    number = short(lives)
    lives.issue(number, BEGAN)
    lives.sweep(MAY)
    lives.keeps(number, 2026)
    for moment in (noon(date(2026, 9, 1)), start_of(date(2027, 5, 1)) - MINUTE):
        lives.sweep(moment)
        assert lives.bits(number) == (0, 1)
    lapse = start_of(date(2027, 5, 1))
    assert lives.sweep(lapse).done == {"lapse.cpd": 1}
    assert lives.bits(number) == (1, 1)
    assert lives.events(number)[1:] == [("LAPSED", lapse, lapse)]


def test_scenario_28_a_reversal_gives_a_new_notice_and_changes_no_past_day(lives: Lives) -> None:
    number = lives.person(BEGAN)
    lives.keeps(number, 2024, hours="41")
    lives.keeps(number, 2025)
    lives.issue(number, BEGAN)
    lives.sweep(date(2026, 5, 2))
    before = lives.ledger(number, date(2026, 5, 1))
    on = date(2026, 6, 10)
    cpd_facts.reverse(lives.office.desk, number, 1, Decimal(5), actor=board("ELE"), now=noon(on))
    row = lives.kept(number)[2024]
    assert (row.state, row.required - row.accepted, row.cure_until_on) == (S.SHORTFALL, 4, date(2026, 8, 9))
    assert lives.ledger(number, date(2026, 5, 1)) == before
    lives.sweep(date(2026, 6, 11))
    assert lives.status(number, noon(date(2026, 6, 11))) == "valid"


def test_scenario_30_hours_of_a_person_count_for_all_fields_and_the_hold_shows_on_each(lives: Lives) -> None:
    number = lives.person(BEGAN)
    lives.member(13, "CIV", "C-13")
    other = lives.register(BEGAN, society="CIV", field="CIV", member_ref="C-13")
    lives.keeps(number, 2024)
    lives.keeps(number, 2025, hours="30")
    assert lives.ledger(other, date(2025, 3, 1))[2024].state is S.COMPLIANT
    assert lives.sweep(MAY).done["hold.cpd"] == 2
    assert lives.events(number) == lives.events(other) == [("HOLD_ADDED", start_of(MAY), start_of(MAY))]
    seq = lives.hours("10", date(2025, 8, 1), date(2026, 6, 1))
    lives.accept(number, seq, at=date(2026, 6, 2))
    assert [kind for kind, *_ in lives.events(other)] == ["HOLD_ADDED", "HOLD_LIFTED"]


def test_scenario_31_a_day_of_the_next_year_is_of_the_next_year(lives: Lives) -> None:
    number = since(lives, 2024)
    early = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)
    seq = lives.hours("6", date(2026, 1, 1), early)
    lives.accept(number, seq, at=early)
    years = lives.ledger(number, early)
    assert (years[2025].accepted, years[2026].accepted) == (0, 6)
    claim = lambda: cpd_facts.allocate(  # noqa: E731
        lives.office.desk, number, seq, 2025, actor=board("ELE"), now=early
    )
    refused(claim, "2025 has no shortfall")


def test_scenario_32_nothing_is_carried_forward(lives: Lives) -> None:
    number = since(lives, 2024)
    lives.keeps(number, 2025, hours="52")
    lives.sweep(date(2026, 3, 1))
    assert (lives.kept(number)[2025].accepted, lives.ledger(number, date(2026, 3, 1))[2026].accepted) == (52, 0)


@pytest.mark.parametrize(
    ("began", "months", "hours", "state"),
    [
        (BEGAN, (4,), "27", S.SHORTFALL),
        (BEGAN, (3, 1), "27", S.SHORTFALL),
        (BEGAN, (12,), "0", S.EXEMPT),
        (date(2025, 11, 5), (1,), "0", S.EXEMPT),
        (date(2025, 5, 1), (3,), "17", S.SHORTFALL),
    ],
)
def test_scenarios_33_94_and_95_exempt_months(
    lives: Lives, began: date, months: tuple[int, ...], hours: str, state: YearState
) -> None:
    number, desk = lives.person(began), lives.office.desk
    if began == BEGAN:
        lives.keeps(number, 2024)
    for day, some in enumerate(months, start=1):
        at = noon(date(2025, 12, day))
        cpd_facts.exempt(desk, number, 2025, some, "D/7", actor=board("ELE"), now=at)
    assert lives.ledger(number, date(2025, 12, 31))[2025].required == Decimal(hours)
    lives.sweep(date(2026, 3, 1))
    row = lives.kept(number)[2025]
    assert (row.state, row.required) == (state, Decimal(hours))


def test_scenario_50_death_voids_a_notice(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(date(2026, 4, 1))
    assert lives.kept(number)[2025].state is S.SHORTFALL
    told = {"decision_ref": "D/1", "actor": board("ELE"), "now": noon(date(2026, 4, 20))}
    record_death(lives.office.desk, number, date(2026, 4, 2), **told)  # type: ignore[arg-type]
    lives.sweep(MAY)
    assert lives.kept(number)[2025].state is S.NOT_DUE
    assert [kind for kind, *_ in lives.events(number)] == ["DECEASED"]


def test_scenario_75_what_is_registered_under_the_hold_begins_under_it(lives: Lives) -> None:
    number = short(lives)
    lives.member(13, "CIV", "C-13")
    lives.sweep(MAY)
    own = {"society": "CIV", "field": "CIV", "member_ref": "C-13", "decided_on": date(2026, 4, 20)}
    other = lives.register(date(2026, 6, 10), **own, interview_on=date(2026, 4, 10))  # type: ignore[arg-type]
    lives.issue(other, date(2026, 6, 10))
    assert (lives.bits(other), lives.status(other, noon(date(2026, 6, 10)))) == ((0, 1), "suspended")
    assert lives.events(number) != []


def test_scenario_81_after_a_false_report_of_death_no_day_is_missing_and_the_cure_is_open_again(lives: Lives) -> None:
    number, desk = short(lives), lives.office.desk
    lives.sweep(date(2026, 4, 2))
    told = {"decision_ref": "D/1", "actor": board("ELE"), "now": noon(date(2026, 4, 20))}
    record_death(desk, number, date(2026, 4, 2), **told)  # type: ignore[arg-type]
    lives.sweep(MAY)
    with desk.open_reading() as work:
        (died,) = [one.seq for one in work.journal.events(number) if one.type == "DECEASED"]
    ruling, at = Ruling("correction", number, "D/2", event=died), noon(date(2026, 5, 20))
    digest = propose(desk, ruling, actor=SECOND_REGISTRAR, now=at)
    confirm(desk, digest, actor=REGISTRAR, now=at)
    lives.sweep(at + MINUTE)
    row = lives.kept(number)[2025]
    assert (row.state, row.cure_until_on) == (S.SHORTFALL, date(2026, 7, 19))
    assert lives.ledger(number, date(2026, 5, 20))[2026].required == 40
    lives.sweep(date(2026, 7, 20))
    assert lives.kept(number)[2025].state is S.UNCURED


# --- hard cases ------------------------------------------------------------------------------------------------------


def test_r_pr_04_a_promotion_breaks_no_cpd_year(lives: Lives) -> None:
    """The hours of before it count, and the year of it is a whole one."""
    number = since(lives, 2024)
    lives.keeps(number, 2025, hours="20", month=3)
    assert lives.register(date(2025, 7, 1), kind="promotion", grade="SPE") == number
    assert [lives.ledger(number, MAY)[2025].required, lives.ledger(number, MAY)[2025].accepted] == [40, 20]
    lives.keeps(number, 2025, hours="20", month=8)
    assert lives.state(number, 2025, date(2026, 3, 1)) is S.COMPLIANT


def test_t13_who_keeps_a_promotion_owes_cpd_when_the_grade_below_is_annulled(lives: Lives) -> None:
    number, desk, at = since(lives, 2024), lives.office.desk, noon(date(2025, 8, 1))
    assert lives.register(date(2025, 7, 1), kind="promotion", grade="SPE") == number
    ruling = Ruling("annulment", number, "A/1", ground=GroundClass.FALSE_STATEMENT, grades=(Grade.PE,))
    confirm(desk, propose(desk, ruling, actor=SECOND_REGISTRAR, now=at), actor=REGISTRAR, now=at)
    lives.sweep(MAY)
    assert {year: one.state for year, one in lives.kept(number).items()} == {2024: S.COMPLIANT, 2025: S.UNCURED}
    assert [kind for kind, *_ in lives.events(number)][-1] == "HOLD_ADDED"


def test_scenario_88_a_year_made_up_starts_the_months_anew(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(MAY)
    lives.keeps(number, 2026, hours="34")
    lives.sweep(date(2027, 3, 1))
    seq = lives.hours("6", date(2025, 11, 1), date(2027, 4, 1))
    lives.accept(number, seq, at=date(2027, 4, 20))
    assert lives.kept(number)[2026].cure_until_on == date(2027, 4, 30)
    assert lives.sweep(start_of(date(2027, 5, 1)) - MINUTE).done == {}
    assert lives.sweep(date(2027, 5, 1)).done == {"cpd.uncured": 1, "hold.cpd": 1}
    lives.keeps(number, 2027)
    assert lives.sweep(start_of(date(2028, 5, 1)) - MINUTE).done == {"cpd.compliant": 1}
    assert lives.sweep(date(2028, 5, 1)).done == {"lapse.cpd": 1}
    assert [(kind, at) for kind, at, _ in lives.events(number)] == [
        ("HOLD_ADDED", start_of(MAY)), ("HOLD_LIFTED", noon(date(2027, 4, 20))),
        ("HOLD_ADDED", start_of(date(2027, 5, 1))), ("LAPSED", start_of(date(2028, 5, 1))),
    ]  # fmt: skip


def test_r_cpd_12_a_second_year_uncured_neither_sets_nor_keeps_another_hold(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(MAY)
    lives.keeps(number, 2026, hours="34")
    seq = lives.hours("6", date(2025, 11, 1), date(2026, 6, 1))
    waiting = lives.hours("6", date(2026, 11, 1), date(2027, 4, 1))
    lives.sweep(date(2027, 4, 30))
    lives.accept(number, seq, at=date(2027, 4, 30))
    assert [kind for kind, *_ in lives.events(number)] == ["HOLD_ADDED", "HOLD_LIFTED"]
    assert lives.sweep(date(2027, 5, 1)).done == {}, "the review of what was handed in in time"
    lives.accept(number, waiting, at=date(2027, 5, 10), hours="0")
    assert lives.sweep(date(2027, 5, 11)).done == {"cpd.uncured": 1, "hold.cpd": 1}


@pytest.mark.parametrize(
    ("decided", "hours", "events"),
    [
        (None, None, []),
        (date(2026, 5, 20), "0", [("HOLD_ADDED", start_of(date(2026, 5, 21)))]),
        (date(2026, 5, 20), "6", []),
    ],
)
def test_scenario_89_evidence_in_time_keeps_the_hold_away_until_it_is_rejected(
    lives: Lives, decided: date | None, hours: str | None, events: list[tuple[str, datetime]]
) -> None:
    number = short(lives)
    lives.sweep(date(2026, 3, 1))
    seq = lives.hours("6", date(2025, 11, 1), date(2026, 4, 28))
    assert "hold.cpd" not in lives.sweep(MAY).done
    if decided:
        lives.accept(number, seq, at=decided, hours=hours)
    for day in (date(2026, 5, 21), date(2026, 5, 31), date(2026, 6, 1)):
        lives.sweep(day)
    assert [(kind, at) for kind, at, _ in lives.events(number)] == events
    row = lives.kept(number)[2025]
    assert (row.state, row.is_provisional) == (S.UNCURED if events else S.CURED, decided is None)


@pytest.mark.parametrize(
    ("filed", "decided", "hours", "lapse"),
    [
        (None, None, None, date(2027, 5, 1)),
        (date(2027, 4, 29), date(2027, 5, 12), "6", None),
        (date(2027, 4, 29), date(2027, 5, 12), "5.5", date(2027, 5, 13)),
        (date(2027, 4, 29), None, None, date(2027, 6, 1)),
        (date(2027, 4, 29), date(2027, 4, 30), "5.5", date(2027, 5, 1)),
    ],
)
def test_scenario_90_the_lapse_waits_for_the_review_of_complete_evidence(
    lives: Lives, filed: date | None, decided: date | None, hours: str | None, lapse: date | None
) -> None:
    number = short(lives)
    lives.sweep(MAY)
    lives.keeps(number, 2026)
    if filed:
        seq = lives.hours("6", date(2025, 11, 1), filed)
    for day in (date(2027, 4, 30), date(2027, 5, 1), date(2027, 5, 12), date(2027, 5, 13), date(2027, 6, 1)):
        if decided and day >= decided and hours:
            lives.sweep(decided)
            lives.accept(number, seq, at=decided, hours=hours)
            decided = None
        lives.sweep(day)
    last = lives.events(number)[-1][:2]
    assert last == (("LAPSED", start_of(lapse)) if lapse else ("HOLD_LIFTED", noon(date(2027, 5, 12))))


def test_scenario_91_what_was_owed_is_made_up_by_hours_that_count_nowhere_else(lives: Lives) -> None:
    number, desk = lives.person(date(2021, 7, 15)), lives.office.desk
    lives.keeps(number, 2021, hours="17", month=8)
    lives.keeps(number, 2022, 2023, 2024)
    lives.keeps(number, 2025, hours="34")
    for day in (MAY, date(2026, 7, 15), date(2026, 10, 13)):
        lives.sweep(day)
    assert [kind for kind, *_ in lives.events(number)] == ["HOLD_ADDED", "EXPIRED", "LAPSED"]
    rest = [lives.hours("20", date(2026, 11, day), date(2026, 12, 1)) for day in (2, 3)]
    lives.accept(number, *rest, at=date(2026, 12, 3))
    file_renewal(desk, number, "2024", actor=board("ELE"), now=noon(date(2027, 1, 10)))
    reviewed = AssessmentDays(date(2027, 1, 11), None, None)

    def approve(day: date) -> None:
        digest = recommend_renewal(desk, number, reviewed, decision_ref="R/1", actor=board("ELE"), now=noon(day))
        refresh_trust_list(desk, lives.office.keyring, actor=REGISTRAR, now=noon(day))
        confirm_renewal(desk, digest, actor=REGISTRAR, now=noon(day))

    with pytest.raises(RenewalConditionsError, match="R-RN-10"):
        approve(date(2027, 1, 12))
    first = lives.hours("6", date(2026, 11, 1), date(2027, 1, 13))
    cpd_facts.allocate(desk, number, first, 2025, actor=board("ELE"), now=noon(date(2027, 1, 14)))
    lives.accept(number, first, at=date(2027, 1, 15))
    assert lives.kept(number)[2025].state is S.CURED
    with desk.open_reading() as work:
        member, days = work.register.entry(number).member_id, (date(2026, 1, 10), date(2027, 1, 10))
        assert accepted_between(work.cpd.activities(member), *days, noon(date(2027, 1, 16))) == 40
    approve(date(2027, 2, 1))
    lives.sweep(date(2027, 3, 1))
    row = lives.ledger(number, date(2027, 3, 1))[2027]
    assert (row.required, row.accepted) == (37, 0)
    assert lives.kept(number)[2026].state is S.NOT_DUE
    events = [kind for kind, *_ in lives.events(number)]
    assert events == ["HOLD_ADDED", "EXPIRED", "LAPSED", "REINSTATED"], "the hold ended without effect"


def test_scenario_92_a_debt_stays_after_a_withdrawal_and_its_hold_runs_on_unseen(lives: Lives) -> None:
    number = short(lives)
    desk = lives.office.desk
    lives.sweep(date(2026, 4, 20))
    withdraw(desk, number, decision_ref="D/1", actor=board("ELE"), now=noon(date(2026, 4, 29)))
    assert lives.sweep(MAY).done == {"cpd.uncured": 1, "hold.cpd": 1}
    assert [kind for kind, *_ in lives.events(number)] == ["WITHDRAWN"]
    with desk.open_reading() as work:
        assert [hold.kind for hold in work.register.answering(number).value.holds] == [HoldKind.CPD]
    assert lives.sweep(date(2027, 5, 2)).done == {"cpd.not_due": 1}
    assert lives.kept(number)[2025].state is S.UNCURED


def test_scenario_93_a_later_course_makes_up_a_year_of_long_ago(lives: Lives) -> None:
    number, desk = since(lives, 2024, 2025), lives.office.desk
    lives.sweep(date(2026, 6, 9))
    cpd_facts.reverse(desk, number, 1, Decimal(4), actor=board("ELE"), now=noon(date(2026, 6, 10)))
    seq = lives.hours("4", date(2026, 7, 4))
    cpd_facts.allocate(desk, number, seq, 2024, actor=board("ELE"), now=noon(date(2026, 7, 5)))
    lives.accept(number, seq, at=date(2026, 7, 6))
    assert lives.kept(number)[2024].state is S.CURED


def test_scenario_96_notice_before_new_year_and_hold_on_29_february(lives: Lives) -> None:
    number, desk = since(lives, 2024, 2025, 2026, 2027), lives.office.desk
    lives.sweep(date(2027, 12, 29))
    with desk.open_reading() as work:
        (seq, *_) = [one.seq for one in work.cpd.activities(work.register.entry(number).member_id) if one.year == 2026]
    cpd_facts.reverse(desk, number, seq, Decimal(5), actor=board("ELE"), now=noon(date(2027, 12, 30)))
    assert lives.kept(number)[2026].cure_until_on == date(2028, 2, 28)
    lives.sweep(date(2028, 2, 29))
    lives.keeps(number, 2028)
    lives.sweep(start_of(date(2029, 1, 1)) - MINUTE)
    assert lives.sweep(start_of(date(2029, 3, 1)) - MINUTE).done.keys() <= {"expiry"}
    lives.sweep(date(2029, 3, 1))
    assert [(kind, at) for kind, at, _ in lives.events(number) if kind != "EXPIRED"] == [
        ("HOLD_ADDED", start_of(date(2028, 2, 29))), ("LAPSED", start_of(date(2029, 3, 1)))
    ]  # fmt: skip


@pytest.mark.parametrize("is_cured", [True, False])
def test_scenario_98_a_cure_that_outlasts_the_term(lives: Lives, is_cured: bool) -> None:
    number, desk = lives.person(date(2021, 4, 11)), lives.office.desk
    lives.keeps(number, 2021, 2022, 2023, 2024)
    lives.keeps(number, 2025, hours="34")
    lives.sweep(date(2026, 3, 1))
    file_renewal(desk, number, "2024", actor=board("ELE"), now=noon(date(2026, 4, 1)))
    lives.sweep(date(2026, 4, 11))
    seq = lives.hours("6", date(2025, 11, 1), date(2026, 4, 12))
    lives.accept(number, seq, at=date(2026, 4, 25), hours="6" if is_cured else "5")
    lives.sweep(MAY)
    assert lives.kept(number)[2025].state is (S.CURED if is_cured else S.UNCURED)
    kinds = [kind for kind, *_ in lives.events(number)]
    assert kinds == ["INTERIM_EXTENDED"] if is_cured else ["INTERIM_EXTENDED", "HOLD_ADDED"]
    at = noon(date(2026, 5, 4))
    recommend = partial(
        recommend_renewal, desk, number, AssessmentDays(), decision_ref="R/1", actor=board("ELE"), now=at
    )
    if is_cured:
        recommend()
        return
    with pytest.raises(RenewalConditionsError, match="a CPD hold runs"):
        recommend()
    refuse_renewal(desk, number, decision_ref="R/2", actor=REGISTRAR, now=at)
    assert lives.sweep(start_of(date(2026, 7, 10)) - MINUTE).done == {}
    assert lives.sweep(date(2026, 7, 10)).done["lapse.renewal"] == 1


# --- the clock job ---------------------------------------------------------------------------------------------------


def test_r_dt_08_a_late_run_makes_every_step_in_its_order(lives: Lives) -> None:
    number = short(lives)
    late = noon(date(2027, 8, 1))
    done = lives.sweep(late).done
    assert (done["hold.cpd"], done["lapse.cpd"]) == (1, 1)
    assert [(kind, at) for kind, at, _ in lives.events(number)] == [
        ("HOLD_ADDED", start_of(MAY)), ("LAPSED", start_of(date(2027, 5, 1)))
    ]  # fmt: skip


def test_r_dt_08_what_lapsed_before_the_hold_is_not_suspended_after_it(lives: Lives) -> None:
    number = lives.person(date(2021, 4, 1))
    lives.issue(number, date(2021, 4, 1))
    lives.keeps(number, 2021, 2022, 2023, 2024, 2025)
    lives.sweep(date(2026, 2, 1))
    late = noon(date(2027, 8, 1))
    lives.sweep(late)
    assert [kind for kind, *_ in lives.events(number)] == ["EXPIRED", "LAPSED"]
    assert lives.bits(number) == (1, 0)


def test_r_dt_11_while_the_job_is_late_with_a_hold_no_answer_is_given(lives: Lives) -> None:
    number = short(lives)
    lives.issue(number, BEGAN)
    lives.sweep(date(2026, 3, 1))
    began = start_of(MAY)
    assert lives.status(number, began + 15 * MINUTE) == "valid"
    assert lives.status(number, began + 16 * MINUTE) == "status_unreachable"
    lives.sweep(began + 17 * MINUTE)
    assert lives.status(number, began + 17 * MINUTE) == "suspended"


def test_r_dt_11_somebody_whom_the_job_never_looked_at_is_not_taken_for_good(lives: Lives) -> None:
    number = lives.person(date(2025, 1, 1))
    lives.issue(number, date(2025, 1, 1))
    assert lives.status(number, noon(date(2026, 5, 1))) == "status_unreachable"


def test_r_dt_12_a_dry_run_tells_what_the_run_then_does_and_changes_nothing(lives: Lives) -> None:
    number = short(lives)
    for serial in (21, 22):
        lives.person(date(2026, 1, 10), serial)
    lives.sweep(date(2026, 2, 2))
    before = lives.office.database.dump()
    with lives.office.desk.open_reading() as work:
        march = due_at(lives.office.desk, work, start_of(date(2026, 3, 1)))
        may = due_at(lives.office.desk, work, start_of(MAY))
    assert lives.office.database.dump() == before
    assert march == {"cpd.shortfall": 1}
    assert may["hold.cpd"] == 1
    assert lives.sweep(date(2026, 3, 1)).done == march
    assert lives.sweep(MAY).done == {"cpd.uncured": 1, "hold.cpd": 1}
    assert lives.kept(number)[2025].state is S.UNCURED


def test_a_run_that_is_repeated_does_nothing_more(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(MAY)
    before = lives.office.database.dump()
    assert lives.sweep(start_of(MAY)).done == {}
    after = lives.office.database.dump()
    assert {name for name, rows in before.items() if after[name] != rows} <= {"register_fact", "journal"}
    told = {year: row for year, row in lives.ledger(number, start_of(MAY)).items() if year < MAY.year}
    assert lives.kept(number) == told, "the copy is what the facts say"


def test_the_audit_compares_what_is_kept_of_the_years_with_the_facts(lives: Lives) -> None:
    number, desk = short(lives), lives.office.desk
    lives.sweep(MAY)
    assert audit(desk, None, actor=REGISTRAR, now=noon(MAY)) == []
    lives.office.database.execute("UPDATE cpd_state SET accepted = accepted + 1 WHERE state = 'UNCURED'")
    told = f"{lives.member_of(number)}: the CPD years that are kept are not what the facts on file say"
    assert audit(desk, None, actor=REGISTRAR, now=noon(MAY)) == [told]
    lives.office.database.execute("UPDATE member SET cpd_due_at = NULL")
    assert audit(desk, None, actor=REGISTRAR, now=noon(MAY)) == [], "the clock job will write it anew"
    lives.sweep(noon(MAY))
    assert audit(desk, None, actor=REGISTRAR, now=noon(MAY)) == []


@pytest.mark.parametrize("at_once", [1, 2, 3, 4])
def test_what_time_brings_is_recorded_for_everybody_by_so_many_at_once(lives: Lives, at_once: int) -> None:
    numbers, steps = [lives.person(date(2025, 6, 1), serial) for serial in (21, 22, 23)], list[tuple[int, int]]()
    lives.sweep(date(2026, 2, 28))
    whole = {"actor": CLOCK, "now": start_of(date(2026, 3, 1)), "approved_by": REGISTRARS, "states_at_once": at_once}
    swept = sweep(lives.office.desk, **whole, step=lambda *one: steps.append(one))  # type: ignore[arg-type]
    assert swept.done == {"cpd.shortfall": 3}
    assert steps == [(min(done, 3), 3) for done in range(at_once, 3 + at_once, at_once)]
    assert [lives.kept(number)[2025].state for number in numbers] == [S.SHORTFALL] * 3


def test_a_row_that_cannot_be_read_stops_nobody_else(lives: Lives) -> None:
    good, bad = lives.person(date(2024, 1, 1), 21), short(lives)
    own = {"member": lives.member_of(bad)}
    lives.office.database.execute("UPDATE member SET cpd_due_at = NULL WHERE id = :member", own)
    lives.office.database.execute("UPDATE cpd_state SET state = 'LOST' WHERE member_id = :member", own)
    swept = lives.sweep(MAY)
    assert "cpd.lost" not in swept.done
    assert swept.unreadable == [bad]
    assert [lives.events(number)[0][0] for number in (bad, good)] == ["HOLD_ADDED", "HOLD_ADDED"]
    lives.office.database.execute("UPDATE cpd_state SET state = 'EXEMPT' WHERE state = 'LOST'")
    assert lives.sweep(start_of(MAY) + MINUTE).unreadable == []
    assert lives.kept(bad)[2025].state is S.UNCURED


def test_a_run_that_was_stopped_goes_on_where_it_was(lives: Lives) -> None:
    numbers = [lives.person(date(2025, 6, 1), serial) for serial in (21, 22, 23)]
    lives.sweep(date(2026, 3, 1))

    class StoppedError(Exception):
        pass

    def stop(_done: int, _total: int) -> None:
        raise StoppedError

    whole = {"actor": CLOCK, "now": start_of(MAY), "approved_by": REGISTRARS, "at_once": 1}
    with pytest.raises(StoppedError):
        sweep(lives.office.desk, **whole, step=stop)  # type: ignore[arg-type]
    with pytest.raises(StoppedError):
        sweep(lives.office.desk, **whole, step=stop)  # type: ignore[arg-type]
    assert sum(len(lives.events(number)) for number in numbers) == 2
    assert [lives.kept(number)[2025].state for number in numbers] == [S.SHORTFALL] * 3
    assert lives.sweep(MAY).done == {"hold.cpd": 1, "cpd.uncured": 3}
    assert [lives.kept(number)[2025].state for number in numbers] == [S.UNCURED] * 3
    assert all(len(lives.events(number)) == 1 for number in numbers)


def test_threat_x09_two_jobs_at_once_make_each_change_once(lives: Lives, place: Server | None, tmp_path: Path) -> None:
    numbers = [lives.person(date(2025, 6, 1), serial) for serial in (21, 22, 23)]
    with shared(lives, place, tmp_path) as desk, ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(sweep, desk, actor=CLOCK, now=start_of(MAY), approved_by=REGISTRARS) for _ in range(4)]
        done = sum((job.result().done for job in jobs), Counter())
        with desk.open_reading() as work:
            kinds = [[one.type for one in work.journal.events(number)] for number in numbers]
            assert work.journal.broken_at() is None
    assert done == {"cpd.shortfall": 3, "cpd.uncured": 3, "hold.cpd": 3}
    assert kinds == [["REGISTERED", "HOLD_ADDED"]] * 3


def test_threat_c03_of_ten_decisions_at_once_one_is_made(lives: Lives, place: Server | None, tmp_path: Path) -> None:
    number = lives.person(BEGAN)
    seq, at = lives.hours("6", date(2024, 6, 1)), noon(date(2024, 6, 2))
    with shared(lives, place, tmp_path) as desk, ThreadPoolExecutor(10) as pool:
        asked = [
            pool.submit(cpd_facts.review, desk, number, [seq], Decimal(hours), actor=board("ELE"), now=at)
            for hours in (1, 2, 3, 4, 5) * 2
        ]
        refused_ones = [one for one in asked if isinstance(one.exception(), CpdStateError)]
        with desk.open_reading() as work:
            (kept,) = work.cpd.activities(work.register.entry(number).member_id)
            assert work.journal.broken_at() is None
    assert len(refused_ones) == 9
    assert kept.accepted in {1, 2, 3, 4, 5}


@contextmanager
def shared(lives: Lives, place: Server | None, folder: Path) -> Iterator[Desk]:
    """The same register in a database that several connections share."""
    if place is not None:
        yield lives.office.desk
        return
    file = folder / "shared.sqlite"
    with closing(sqlite3.connect(file)) as copy:
        connection = lives.office.database.engine.raw_connection().driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.backup(copy)
    engine = open_engine(f"sqlite:///{file}")
    yield desk_on(engine)
    engine.dispose()


def test_without_a_ledger_nothing_is_asked(lives: Lives) -> None:
    lives.office.database.execute("DELETE FROM register_fact WHERE name = 'cpd_from_year'")
    number = lives.person(BEGAN)
    assert lives.sweep(date(2027, 5, 1)).done == {}
    assert (lives.kept(number), lives.ledger(number, date(2027, 5, 1))) == ({}, {})
    with pytest.raises(CommandError, match="cse cpd begin"):
        lives.hand_in(activity(), at=noon(date(2025, 6, 2)))


@pytest.mark.parametrize(("year", "is_kept"), [(2026, False), (2027, True), (2028, True)])
def test_the_ledger_begins_once_and_never_in_the_past(lives: Lives, year: int, is_kept: bool) -> None:
    lives.office.database.execute("DELETE FROM register_fact WHERE name = 'cpd_from_year'")
    number, desk, at = lives.person(BEGAN), lives.office.desk, noon(date(2027, 2, 1))
    with pytest.raises(NotAllowedError):
        cpd_facts.begin_ledger(desk, year, actor=board("ELE"), now=at)
    if not is_kept:
        with pytest.raises(CommandError, match="running year or a later one"):
            cpd_facts.begin_ledger(desk, year, actor=REGISTRAR, now=at)
        return
    cpd_facts.begin_ledger(desk, year, actor=REGISTRAR, now=at)
    with pytest.raises(CommandError, match="begins once"):
        cpd_facts.begin_ledger(desk, year, actor=REGISTRAR, now=at)
    assert min(lives.ledger(number, date(2028, 1, 2))) == year
    lives.sweep(date(2029, 3, 1))
    assert min(lives.kept(number)) == year


# --- who may, and when -----------------------------------------------------------------------------------------------


def test_r_cpd_02_the_society_of_the_field_decides_and_cse_where_it_is_asked(lives: Lives) -> None:
    number, desk = lives.person(BEGAN), lives.office.desk
    lives.member(13, "CIV", "C-13")
    other = lives.register(BEGAN + timedelta(days=1), society="CIV", field="CIV", member_ref="C-13")
    seq = lives.hours("6", date(2024, 6, 1), field="CIV")
    assert lives.hours("6", date(2024, 6, 2), society="CIV", field="ELE") == seq + 1
    with pytest.raises(NotAllowedError):
        lives.accept(number, seq, at=date(2024, 6, 3), society="ELE")
    with pytest.raises(NotAllowedError):
        cpd_facts.reverse(desk, number, seq, Decimal(1), actor=board("ELE"), now=noon(date(2024, 6, 3)))
    at = noon(date(2024, 6, 3))
    assert cpd_facts.review(desk, other, [], None, actor=board("ELE"), now=at) == [seq + 1], "its own alone"
    assert cpd_facts.review(desk, number, [], None, actor=REGISTRAR, now=at) == [seq], "what the other did not"
    refused(lambda: lives.accept(number, seq, at=date(2024, 6, 4), society="CIV"), "decided already")
    with pytest.raises(NotAllowedError):
        cpd_facts.review(desk, number, [seq], None, actor=CONDUCT_PANEL, now=at)
    with pytest.raises(NotAllowedError):
        cpd_facts.exempt(desk, number, 2024, 1, "D/1", actor=board("CIV"), now=at)


@pytest.mark.parametrize("hours", ["-0.5", "6.5", "0.25"])
def test_r_cpd_06_what_is_accepted_is_a_part_of_what_was_handed_in(lives: Lives, hours: str) -> None:
    number = lives.person(BEGAN)
    seq = lives.hours("6", date(2024, 6, 1))
    refused(lambda: lives.accept(number, seq, at=date(2024, 6, 2), hours=hours), "0 to 6 hours in steps of 0.5")
    refused(lambda: lives.accept(number, seq + 1, at=date(2024, 6, 2)), "no activity 2")


def test_r_cpd_13_hours_are_taken_back_once_and_as_many_as_were_accepted(lives: Lives) -> None:
    number, desk = lives.person(BEGAN), lives.office.desk
    seq = lives.hours("6", date(2024, 6, 1))

    def take(hours: str) -> None:
        cpd_facts.reverse(desk, number, seq, Decimal(hours), actor=board("ELE"), now=noon(date(2024, 6, 3)))

    refused(lambda: take("1"), "0 to 0 hours")
    lives.accept(number, seq, at=date(2024, 6, 2), hours="4")
    refused(lambda: take("4.5"), "0 to 4 hours")
    refused(lambda: take("0"), "some hours")
    take("4")
    refused(lambda: take("1"), "once")
    assert lives.ledger(number, noon(date(2024, 6, 3)))[2024].accepted == 0


def test_scenario_29_a_reversal_changes_no_status_by_itself(lives: Lives) -> None:
    number = since(lives, 2024, 2025)
    lives.sweep(date(2026, 6, 1))
    cpd_facts.reverse(lives.office.desk, number, 1, Decimal(20), actor=board("ELE"), now=noon(date(2026, 6, 10)))
    about = {"ground": GroundClass.FALSE_STATEMENT, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    propose_end(lives.office.desk, "revocation", number, now=noon(date(2026, 6, 11)), **about)  # type: ignore[arg-type]
    assert lives.events(number) == []


def test_r_cpd_10_what_makes_up_a_shortfall(lives: Lives) -> None:
    number, desk = short(lives), lives.office.desk
    lives.sweep(date(2026, 3, 2))
    after, before = lives.hours("6", date(2026, 3, 3)), 1
    rejected = lives.hours("6", date(2026, 3, 4))
    lives.accept(number, rejected, at=date(2026, 3, 5), hours="0")

    def give(seq: int, year: int, day: date = date(2026, 3, 6)) -> None:
        cpd_facts.allocate(desk, number, seq, year, actor=board("ELE"), now=noon(day))

    refused(lambda: give(after, 2024), "2024 has no shortfall")
    refused(lambda: give(before, 2025), "after 31 December 2025")
    refused(lambda: give(rejected, 2025), "was rejected")
    give(after, 2025)
    refused(lambda: give(after, 2025), "makes up no other year")


def test_r_cpd_14_an_exemption_is_in_whole_months_of_a_year_that_is_kept_and_not_long_short(lives: Lives) -> None:
    number, desk = short(lives), lives.office.desk

    def grant(year: int, months: int, day: date, decision: str = "D/1") -> None:
        cpd_facts.exempt(desk, number, year, months, decision, actor=board("ELE"), now=noon(day))

    lives.sweep(date(2026, 3, 1))
    with pytest.raises(CommandError, match="reference of its decision"):
        grant(2025, 1, date(2026, 4, 30), " ")
    for months in (0, 13):
        refused(lambda months=months: grant(2025, months, date(2026, 4, 30)), "whole months")  # type: ignore[misc]
    refused(lambda: grant(2023, 1, date(2026, 4, 30)), "no ledger is kept of 2023")
    grant(2025, 1, date(2026, 4, 30))
    lives.sweep(MAY)
    refused(lambda: grant(2025, 1, MAY), "more than 60 days")


def test_r_cpd_14_nor_while_the_review_goes_on_after_60_days(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(date(2026, 3, 1))
    lives.hours("6", date(2025, 11, 1), date(2026, 4, 28))
    lives.sweep(MAY)
    grant = lambda: cpd_facts.exempt(  # noqa: E731
        lives.office.desk, number, 2025, 2, "D/1", actor=board("ELE"), now=noon(MAY)
    )
    refused(grant, "more than 60 days")


def test_r_dt_08_no_decision_is_made_before_the_clock_job_has_run(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(date(2026, 3, 1))
    seq = lives.hours("6", date(2025, 11, 1), date(2026, 5, 2))
    with pytest.raises(RegisterBehindError):
        lives.accept(number, seq, at=date(2026, 5, 2))
    lives.sweep(noon(date(2026, 5, 2)))
    lives.accept(number, seq, at=noon(date(2026, 5, 2)) + MINUTE)
    assert [kind for kind, *_ in lives.events(number)] == ["HOLD_ADDED", "HOLD_LIFTED"]


def test_r_cpd_12_the_hold_of_the_ledger_is_lifted_by_hours_alone(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(MAY)
    at = noon(MAY)
    with pytest.raises(CpdHoldError, match="R-CPD-12"):
        lift_hold(lives.office.desk, number, HoldKind.CPD, decision_ref="D/1", actor=REGISTRAR, now=at)


def test_an_unknown_number_has_no_ledger(lives: Lives) -> None:
    with pytest.raises(NotFoundError):
        lives.accept("CSE26ELE00012379", at=BEGAN)
    number = lives.person(BEGAN)
    with pytest.raises(NotAllowedError):
        cpd_facts.statement(lives.office.desk, number, actor=board("CIV"), now=noon(BEGAN))


# --- sampling --------------------------------------------------------------------------------------------------------


def test_r_cpd_15_a_sample_is_of_the_compliant_with_all_who_cured_the_year_before(lives: Lives) -> None:
    numbers = [lives.person(BEGAN, serial) for serial in range(30, 34)]
    for serial, number in enumerate(numbers, start=30):
        lives.keeps(number, 2024, hours="34" if serial == 33 else "40", member_no=f"M-{serial}")
    lives.sweep(date(2025, 3, 1))
    seq = lives.hours("6", date(2024, 11, 1), date(2025, 3, 2), member_no="M-33")
    lives.accept(numbers[3], seq, at=date(2025, 3, 3))
    for serial, number in enumerate(numbers, start=30):
        lives.keeps(number, 2025, hours="40", member_no=f"M-{serial}")
    lives.sweep(date(2026, 3, 1))
    with pytest.raises(NotAllowedError):
        cpd_facts.draw_audit(lives.office.desk, 2025, "seed", actor=board("ELE"), now=noon(date(2026, 3, 2)))
    drawn, told = cpd_facts.draw_audit(lives.office.desk, 2025, "seed", actor=REGISTRAR, now=noon(date(2026, 3, 2)))
    assert numbers[3] in told
    assert 1 <= len(told) <= 2
    assert drawn == hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()
    assert set(told.values()) == {"ELE"}
    ((kind, subject, digest),) = lives.office.database.execute(
        "SELECT kind, subject, payload_sha256 FROM journal ORDER BY seq DESC LIMIT 1"
    )
    assert (kind, subject, digest) == ("cpd-sample", "2025/seed", drawn)


def test_a_revoked_person_is_never_held(lives: Lives) -> None:
    number = short(lives)
    lives.issue(number, BEGAN)
    about = {"ground": GroundClass.CODE_BREACH, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    at = noon(date(2026, 4, 2))
    lives.sweep(at)
    digest = propose_end(lives.office.desk, "revocation", number, now=at, **about)  # type: ignore[arg-type]
    confirm_end(lives.office.desk, digest, actor=REGISTRAR, now=at)
    lives.sweep(date(2027, 8, 1))
    assert [kind for kind, *_ in lives.events(number)] == ["REVOKED"]
    assert lives.bits(number) == (1, 0)


def correct(lives: Lives, number: str, wrong: str, at: datetime) -> None:
    """Let two persons take back the one event of a type that was an error."""
    desk = lives.office.desk
    with desk.open_reading() as work:
        (event,) = [one.seq for one in work.journal.events(number) if one.type == wrong]
    digest = propose(desk, Ruling("correction", number, "D/2", event=event), actor=SECOND_REGISTRAR, now=at)
    confirm(desk, digest, actor=REGISTRAR, now=at)


def test_t23_a_deadline_that_ran_out_before_the_error_was_recorded_is_not_open_again(lives: Lives) -> None:
    number, desk = short(lives), lives.office.desk
    lives.sweep(MAY)
    told: dict[str, Any] = {"decision_ref": "D/1", "actor": board("ELE"), "now": noon(date(2026, 5, 20))}
    record_death(desk, number, date(2026, 4, 1), **told)
    lives.sweep(date(2026, 5, 21))
    at = noon(date(2026, 6, 20))
    correct(lives, number, "DECEASED", at)
    lives.sweep(at + MINUTE)
    assert lives.state(number, 2025, date(2026, 5, 10)) is S.UNCURED
    assert lives.kept(number)[2025].state is S.UNCURED
    with desk.open_reading() as work:
        (hold,) = work.register.answering(number).value.holds
    assert (hold.kind, hold.since) == (HoldKind.CPD, start_of(MAY))
    assert audit(desk, None, actor=REGISTRAR, now=at + MINUTE) == []


@pytest.mark.parametrize("has_another", [True, False])
def test_t23_a_deadline_is_open_again_for_nobody_who_was_live_in_another_field(lives: Lives, has_another: bool) -> None:
    number, desk = short(lives), lives.office.desk
    numbers = [number]
    if has_another:
        lives.member(13, "CIV", "C-13")
        numbers += [lives.register(BEGAN + timedelta(days=1), society="CIV", field="CIV", member_ref="C-13")]
    lives.sweep(date(2026, 3, 1))
    withdraw(desk, number, decision_ref="W/1", actor=board("ELE"), now=noon(date(2026, 4, 2)))
    lives.sweep(date(2026, 6, 20))
    at = noon(date(2026, 6, 20))
    correct(lives, number, "WITHDRAWN", at)
    assert lives.kept(number)[2025].cure_until_on == (None if has_another else date(2026, 8, 19))
    assert lives.state(number, 2025, civil_date(at)) is (S.UNCURED if has_another else S.SHORTFALL)
    with desk.open_reading() as work:
        held = {one: [hold.since for hold in work.register.answering(one).value.holds] for one in numbers}
    assert held == dict.fromkeys(numbers, [start_of(MAY)] if has_another else [])
    assert lives.sweep(at + MINUTE).done == {}
    assert audit(desk, None, actor=REGISTRAR, now=at + MINUTE) == []


@pytest.mark.parametrize("has_another", [False, True])
def test_r_cpd_16_a_job_that_stood_still_judges_no_year_that_was_over_before(lives: Lives, has_another: bool) -> None:
    """The last registration lapses in 2029, so that this year is not judged, and nobody is held for it."""
    number = lives.person(date(2024, 7, 1))
    if has_another:
        lives.member(13, "CIV", "C-13")
        other = lives.register(date(2024, 7, 2), society="CIV", field="CIV", member_ref="C-13")
        withdraw(lives.office.desk, other, decision_ref="W/1", actor=board("CIV"), now=noon(date(2024, 7, 3)))
    lives.keeps(number, 2024, month=8)
    lives.keeps(number, 2025, 2026, 2027, 2028)
    lives.sweep(date(2029, 6, 1))
    lives.hours("1", date(2029, 6, 2))
    assert lives.sweep(date(2030, 8, 1)).done == {"expiry": 1, "lapse.renewal": 1, "cpd.not_due": 1}
    assert [kind for kind, *_ in lives.events(number)] == ["EXPIRED", "LAPSED"]
    assert lives.kept(number)[2029].state is S.NOT_DUE
    assert lives.sweep(date(2030, 8, 1)).done == {}
    assert audit(lives.office.desk, None, actor=REGISTRAR, now=noon(date(2030, 8, 1))) == []


def test_r_dt_12_lapses_that_a_job_finds_only_when_it_looks_at_years_wait_for_two_persons(lives: Lives) -> None:
    """It stood still for more than two years: the words for the jump of the clock were given to a dry run without."""
    office = replace(
        lives.office, desk=replace(lives.office.desk, policy=replace(lives.office.desk.policy, sweep_breaker=(1, 0.0)))
    )
    late = replace(lives, office=office)
    numbers = [late.person(date(2024, 1, 10), serial) for serial in (31, 32, 33)]
    for serial, number in enumerate(numbers, start=31):
        late.keeps(number, 2024, member_no=f"M-{serial}")
    late.sweep(date(2024, 12, 20))
    swept = late.sweep(date(2027, 6, 1))
    assert (swept.done["hold.cpd"], swept.done["lapse.cpd"], swept.waiting) == (3, 0, {"lapse.cpd": 3})
    again = late.sweep(start_of(date(2027, 6, 1)) + MINUTE)
    assert (again.done, again.waiting) == ({"lapse.cpd": 3}, {})


@pytest.mark.parametrize("is_promoted", [True, False])
def test_t17_an_appeal_opens_no_deadline_again(lives: Lives, is_promoted: bool) -> None:
    number, desk = since(lives, 2024, 2025), lives.office.desk
    if is_promoted:
        assert lives.register(date(2026, 2, 1), kind="promotion", grade="SPE") == number
    lives.keeps(number, 2026, hours="34")
    lives.sweep(date(2027, 3, 1))
    grades = {"grades": (Grade.PE, Grade.SPE)} if is_promoted else {}
    at = noon(date(2027, 4, 1))
    void = Ruling("annulment", number, "A/1", ground=GroundClass.VOID_DECISION, **grades)  # type: ignore[arg-type]
    confirm(desk, propose(desk, void, actor=SECOND_REGISTRAR, now=at), actor=REGISTRAR, now=at)
    lives.sweep(date(2027, 5, 1))
    back, at = Ruling("appeal", number, "V/1", grades=(Grade.PE,)), noon(date(2027, 6, 1))
    lives.sweep(at)
    confirm(desk, propose(desk, back, actor=APPEAL_PANEL, now=at), actor=REGISTRAR, now=at)
    assert "hold.cpd-over" not in lives.sweep(at + MINUTE).done
    with desk.open_reading() as work:
        stored = work.register.answering(number).value
    assert (stored.grade, [hold.kind for hold in stored.holds]) == (Grade.PE, [HoldKind.CPD])
    assert lives.state(number, 2026, at) is S.UNCURED


def test_r_cpd_12_nobody_is_registered_whom_the_clock_job_owes_a_hold(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(date(2026, 3, 1))
    withdraw(lives.office.desk, number, decision_ref="W/1", actor=board("ELE"), now=noon(date(2026, 4, 1)))
    lives.sweep(date(2026, 4, 30))
    with pytest.raises(RegisterBehindError):
        lives.register(date(2026, 5, 4), field="ICT")


def test_threat_X06_who_hands_in_hours_makes_no_clock_right(lives: Lives) -> None:
    number, back = short(lives), noon(date(2026, 3, 2))
    lives.sweep(date(2026, 3, 20))
    hold = Suspension(number, HoldKind.IDENTITY, "I/1")
    suspend_registration(lives.office.desk, hold, actor=REGISTRAR, now=noon(date(2026, 3, 20)))
    lives.hours("2", date(2026, 3, 1), back)
    with pytest.raises(ClockJumpError):
        withdraw(lives.office.desk, number, decision_ref="W/1", actor=board("ELE"), now=back + MINUTE)
    with pytest.raises(ClockJumpError):
        lives.sweep(back + 2 * MINUTE, approved=False)
    lives.sweep(back + 3 * MINUTE)
    withdraw(lives.office.desk, number, decision_ref="W/1", actor=board("ELE"), now=back + 4 * MINUTE)


def test_r_cpd_15_a_sample_waits_for_the_clock_job_and_leaves_the_dead_out(lives: Lives) -> None:
    number, desk = since(lives, 2024, 2025), lives.office.desk
    lives.sweep(date(2026, 3, 1))
    drawn = partial(cpd_facts.draw_audit, desk, 2025, actor=REGISTRAR)
    assert list(drawn("s1", now=noon(date(2026, 4, 2)))[1]) == [number]
    lives.office.database.execute("UPDATE member SET cpd_due_at = NULL")
    with pytest.raises(CommandError, match="cse sweep"):
        drawn("s2", now=noon(date(2026, 4, 2)))
    lives.sweep(noon(date(2026, 4, 2)))
    told: dict[str, Any] = {"decision_ref": "D/1", "actor": board("ELE"), "now": noon(date(2026, 4, 3))}
    record_death(desk, number, date(2026, 4, 2), **told)
    lives.sweep(date(2026, 4, 4))
    assert drawn("s3", now=noon(date(2026, 4, 4)))[1] == {}


def test_the_audit_sees_years_that_are_gone(lives: Lives) -> None:
    number = short(lives)
    lives.sweep(MAY)
    lives.office.database.execute("DELETE FROM cpd_state")
    (told,) = audit(lives.office.desk, None, actor=REGISTRAR, now=noon(MAY))
    assert told.startswith(lives.member_of(number))
