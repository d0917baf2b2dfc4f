"""What an error of the register cost is given back (T23): deadlines that ran out meanwhile, and files that waited."""

from datetime import date
from typing import Any

import pytest

from registry.demo.officers import CLOCK, REGISTRAR, SECOND_REGISTRAR
from registry.domain.history import entry_at
from registry.domain.registration import HoldKind, Life
from registry.domain.renewal_refusals import RenewalConditionsError
from registry.domain.status import life_at
from registry.services.audit import audit
from registry.services.decisions import Suspension, lift_hold, record_death, suspend_registration, withdraw
from registry.services.issuing import pending_numbers
from registry.services.renewals import file_renewal, refuse_renewal, withdraw_renewal
from registry.services.rulings import Ruling, confirm, propose
from registry.services.sweeping import sweep
from tests.integration.registers import AT, MINUTE, Office
from tests.integration.test_renewals import (
    BOARD,
    CODE,
    approve,
    certificates,
    china,
    count,
    file,
    issue,
    lift,
    lived,
    past,
    recommend,
    refuse,
    run,
    status,
    suspend,
    term,
    value,
)

__all__ = ["lived"]


@pytest.fixture
def told(lived: Office) -> Office:
    """The same, with an event that tells of the term as it is since it was shortened."""
    number, kind = lived.numbers[0], HoldKind.MEMBERSHIP
    suspend_registration(lived.desk, Suspension(number, kind, "M/1"), actor=REGISTRAR, now=AT)
    lift_hold(lived.desk, number, kind, decision_ref="M/2", actor=REGISTRAR, now=AT + MINUTE)
    return lived


def past_at(office: Office, at: str) -> tuple[str, bool]:
    """How it stood at a past moment, and whether something else was known then."""
    with office.desk.open_reading() as work:
        found = entry_at(work.journal.past(office.numbers[0]), china(at))
    assert found.value is not None
    return found.value.life, found.differs


def false_death(office: Office, recorded: str, corrected: str) -> None:
    """Record the death of somebody who lives, and take it back later; the clock job runs before and after."""
    number, ref = office.numbers[0], "E/1"
    run(office, recorded)
    record_death(office.desk, number, date(2026, 7, 2), decision_ref=ref, actor=BOARD, now=china(recorded))
    with office.desk.open_reading() as work:
        (wrong,) = [one.seq for one in work.journal.events(number) if one.type == "DECEASED"]
    ruling, now = Ruling("correction", number, "K/1", event=wrong), china(corrected)
    run(office, corrected)
    digest = propose(office.desk, ruling, actor=SECOND_REGISTRAR, now=now)
    confirm(office.desk, digest, actor=REGISTRAR, now=now)
    sweep(office.desk, actor=CLOCK, now=now + MINUTE)


@pytest.mark.parametrize(
    ("recorded", "corrected", "filed", "then"),
    [
        ("2026-07-14T23:00", "2026-09-01T10:00", "2026-10-31T23:59", ("2026-07-15", "2031-07-14", "renewal")),
        ("2026-07-03T10:00", "2026-07-15T10:00", "2026-07-15T10:05", ("2026-07-15", "2031-07-14", "renewal")),
        ("2026-07-15T09:00", "2026-09-01T10:00", "2026-10-31T23:59", ("2026-11-05", "2031-07-14", "late_renewal")),
        ("2026-07-03T10:00", "2026-07-14T10:00", "2026-07-15T10:00", ("2026-11-05", "2031-07-14", "late_renewal")),
        ("2026-07-03T10:00", "2026-07-20T10:00", "2026-09-19T00:00", ("2026-11-05", "2031-07-14", "late_renewal")),
    ],
)
def test_t23_a_renewal_in_the_60_days_after_an_error_counts_as_in_time(
    told: Office, recorded: str, corrected: str, filed: str, then: tuple[str, str, str]
) -> None:
    """If the term ended during the error, and for 60 days; it runs on in an interim and has no gap (R-RN-06)."""
    in_time = then[2] == "renewal"
    false_death(told, recorded, corrected)
    assert life_at(value(told), china(filed)) is Life.EXPIRED
    run(told, filed)
    at = min("2026-09-10T12:00", filed)
    before = past_at(told, at)
    file(told, filed)
    assert life_at(value(told), china(filed)) is (Life.CURRENT if in_time else Life.EXPIRED)
    run(told, "2026-11-05T09:00")
    assert bool(pending_numbers(told.desk)) is in_time, "of the interim"
    assert value(told).life is (Life.CURRENT if in_time else Life.EXPIRED)
    approve(told, "2026-11-05T10:00")
    assert (value(told).life, term(told)) == (Life.CURRENT, then)
    days = {past(told, f"{on}T12:00") for on in ("2026-07-15", "2026-09-10", "2026-09-13", "2026-11-04")}
    assert days == {"ACTIVE" if in_time else "EXPIRED"}, "a term without a gap has none in the past either"
    assert (before, past_at(told, at)) == (("EXPIRED", False), ("CURRENT", at < filed) if in_time else before)
    assert audit(told.desk, None, actor=REGISTRAR, now=china("2026-11-06T10:00")) == []


@pytest.mark.parametrize(
    ("cured", "then"),
    [
        ("2026-09-18T23:59", ("2026-07-15", "2031-07-14", "renewal")),
        ("2026-09-19T00:00", ("2026-11-05", "2031-07-14", "late_renewal")),
    ],
)
def test_t23_a_renewal_that_a_cure_completes_in_the_60_days_counts_as_in_time(
    told: Office, cured: str, then: tuple[str, str, str]
) -> None:
    """Under a hold of CPD it is not complete (R-RN-03); the interim runs from the cure on, and the past has no gap."""
    suspend(told, HoldKind.CPD, "2026-07-02T10:00")
    false_death(told, "2026-07-03T10:00", "2026-07-20T10:00")
    file(told, "2026-07-25T10:00")
    run(told, cured)
    assert value(told).life is Life.EXPIRED
    lift(told, HoldKind.CPD, cured)
    assert life_at(value(told), china(cured)) is (Life.CURRENT if then[2] == "renewal" else Life.EXPIRED)
    run(told, "2026-11-05T09:00")
    approve(told, "2026-11-05T10:00")
    assert term(told) == then
    assert past(told, "2026-11-03T12:00") == ("ACTIVE" if then[2] == "renewal" else "EXPIRED")
    assert audit(told.desk, None, actor=REGISTRAR, now=china("2026-11-06T10:00")) == []


def test_t23_an_interim_after_an_error_ends_with_the_refusal(told: Office) -> None:
    false_death(told, "2026-07-03T10:00", "2026-09-01T10:00")
    file(told, "2026-09-10T10:00")
    run(told, "2026-09-20T09:00")
    refuse(told, "2026-09-20T10:00")
    assert (value(told).life, status(told, "2026-09-20T10:00")) == (Life.EXPIRED, "EXPIRED")
    assert [past(told, f"{on}T12:00") for on in ("2026-08-01", "2026-09-19", "2026-09-21")] == [
        "ACTIVE",
        "ACTIVE",
        "EXPIRED",
    ]
    run(told, "2026-12-01T00:00")
    assert value(told).life is Life.LAPSED


@pytest.mark.parametrize(
    ("recorded", "corrected", "filed", "is_simple"),
    [
        ("2029-10-01T10:00", "2029-12-01T10:00", "2030-01-30T23:59", True),
        ("2029-10-01T10:00", "2029-12-01T10:00", "2030-01-31T00:00", False),
        ("2029-10-12T10:00", "2029-10-13T10:00", "2029-10-14T10:00", True),
        ("2029-10-13T10:00", "2029-12-01T10:00", "2029-12-02T10:00", False),
        ("2029-10-01T10:00", "2029-10-12T10:00", "2029-10-13T10:00", False),
    ],
)
def test_t23_the_limit_of_a_simple_restoration_that_ran_out_in_an_error_is_open_again(
    told: Office, recorded: str, corrected: str, filed: str, is_simple: bool
) -> None:
    """For 60 days, and only if it ran out between the error and its correction (R-RN-08)."""
    run(told, "2026-10-13T00:01")
    count(told, [("40", "2029-06-01", None)])
    false_death(told, recorded, corrected)
    assert value(told).life is Life.LAPSED
    run(told, filed)
    assert file(told, filed) == "restoration"
    if is_simple:
        recommend(told, filed)
    else:
        with pytest.raises(RenewalConditionsError, match="full assessment"):
            recommend(told, filed)


def test_t23_a_renewal_that_waited_waits_again_and_its_interim_goes_on(told: Office) -> None:
    file(told, "2026-07-10T10:00")
    run(told, "2026-07-15T00:00")
    issue(told, "2026-07-15T10:00")
    false_death(told, "2026-07-20T10:00", "2026-09-20T10:00")
    assert value(told).life is Life.CURRENT
    assert life_at(value(told), china("2026-09-20T11:00")) is Life.CURRENT
    page = issue(told, "2026-09-20T11:00")
    assert [(one.basis, one.page_id == page) for one in certificates(told) if one.ended is None] == [("interim", True)]
    approve(told, "2026-09-25T10:00")
    assert term(told) == ("2026-07-15", "2031-07-14", "renewal")


def test_t23_without_a_filing_it_lapses_after_the_60_days(told: Office) -> None:
    false_death(told, "2026-07-03T10:00", "2026-10-01T10:00")
    for at, life in (("2026-11-30T23:59", Life.EXPIRED), ("2026-12-01T00:00", Life.LAPSED)):
        sweep(told.desk, actor=CLOCK, now=china(at), approved_by=(REGISTRAR, SECOND_REGISTRAR))
        assert value(told).life is life


def wrong_withdrawal(office: Office, recorded: str, corrected: str) -> None:
    """Record a withdrawal that nobody asked for, and take it back later."""
    number, ref = office.numbers[0], "E/1"
    run(office, recorded)
    withdraw(office.desk, number, decision_ref=ref, actor=BOARD, now=china(recorded))
    run(office, corrected)
    with office.desk.open_reading() as work:
        ruling = Ruling("correction", number, "K/1", event=work.journal.events(number)[-1].seq)
    digest = propose(office.desk, ruling, actor=SECOND_REGISTRAR, now=china(corrected))
    confirm(office.desk, digest, actor=REGISTRAR, now=china(corrected))


def test_t23_what_is_filed_again_in_the_days_that_are_open_again_is_in_time(told: Office) -> None:
    false_death(told, "2026-07-03T10:00", "2026-09-01T10:00")
    file(told, "2026-09-10T10:00")
    run(told, "2026-09-20T09:00")
    refuse(told, "2026-09-20T10:00")
    assert value(told).life is Life.EXPIRED
    run(told, "2026-10-10T09:00")
    file(told, "2026-10-10T10:00")
    run(told, "2026-11-05T09:00")
    approve(told, "2026-11-05T10:00")
    assert term(told) == ("2026-07-15", "2031-07-14", "renewal")
    assert {past(told, f"{on}T12:00") for on in ("2026-07-20", "2026-10-01", "2026-10-20")} == {"ACTIVE"}
    assert audit(told.desk, None, actor=REGISTRAR, now=china("2026-11-06T10:00")) == []


@pytest.mark.parametrize("is_refused", [True, False])
def test_t23_a_promotion_that_fails_takes_no_open_day_away(told: Office, is_refused: bool) -> None:
    """Of the 60 days after the correction and the 30 after the promotion failed, the later ones count (R-PR-07)."""
    number = told.numbers[0]
    file_renewal(told.desk, number, CODE, promotes=True, actor=BOARD, now=china("2026-07-05T10:00"))
    wrong_withdrawal(told, "2026-07-10T10:00", "2026-09-01T10:00")
    run(told, "2026-09-01T10:01")
    run(told, "2026-09-05T09:00")
    about: Any = {"decision_ref": "R/9", "promotes": True, "now": china("2026-09-05T10:00")}
    if is_refused:
        refuse_renewal(told.desk, number, actor=REGISTRAR, **about)
    else:
        withdraw_renewal(told.desk, number, actor=BOARD, **about)
    run(told, "2026-10-20T09:00")
    file(told, "2026-10-20T10:00")
    run(told, "2026-11-05T09:00")
    approve(told, "2026-11-05T10:00")
    assert term(told) == ("2026-07-15", "2031-07-14", "renewal")


def test_r_mr_03_what_was_told_during_an_error_is_not_forgotten_when_the_term_is_over(told: Office) -> None:
    """The expiry is recorded after the correction; the register said WITHDRAWN on that day."""
    wrong_withdrawal(told, "2026-07-10T10:00", "2026-09-01T10:00")
    days = "2026-07-12T12:00", "2026-07-20T12:00", "2026-08-20T12:00"
    assert [past_at(told, at)[1] for at in days] == [True] * 3
    run(told, "2026-09-01T10:01")
    assert [past_at(told, at) for at in days] == [("CURRENT", True), ("EXPIRED", True), ("EXPIRED", True)]


def test_t23_of_a_term_that_is_over_no_certificate_is_wanted(told: Office) -> None:
    wrong_withdrawal(told, "2026-07-10T10:00", "2026-09-01T10:00")
    run(told, "2026-09-01T10:01")
    assert value(told).life is Life.EXPIRED
    assert pending_numbers(told.desk) == []
    file(told, "2026-09-05T10:00")
    run(told, "2026-09-05T10:01")
    assert pending_numbers(told.desk) == list(told.numbers), "the interim"


def test_t23_the_same_false_day_of_death_is_corrected_twice(told: Office) -> None:
    for recorded, corrected in (("2026-07-03T10:00", "2026-07-04T10:00"), ("2026-07-05T10:00", "2026-07-06T10:00")):
        run(told, recorded)
        record_death(
            told.desk, told.numbers[0], date(2026, 7, 2), decision_ref=recorded, actor=BOARD, now=china(recorded)
        )
        with told.desk.open_reading() as work:
            wrong = [one.seq for one in work.journal.events(told.numbers[0]) if one.type == "DECEASED"][-1]
        ruling = Ruling("correction", told.numbers[0], f"K/{wrong}", event=wrong)
        digest = propose(told.desk, ruling, actor=SECOND_REGISTRAR, now=china(corrected))
        confirm(told.desk, digest, actor=REGISTRAR, now=china(corrected))
        assert value(told).life is Life.CURRENT
