"""Re-registration lived through the use cases, on both databases: scenarios of domain 6, both sides of each date."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import CLOCK, CONDUCT_PANEL, REGISTRAR, REGISTRARS, SECOND_REGISTRAR, board
from registry.domain.calendar import SHANGHAI, civil_date, day_after, end_of, start_of
from registry.domain.changes import GroundClass
from registry.domain.history import entry_at
from registry.domain.intake_refusals import ApplicationDaysError, ConductBarError
from registry.domain.refusals import (
    DomainError,
    NotAllowedError,
    NotLiveError,
    ProposalChangedError,
    RegisterBehindError,
    SamePersonError,
)
from registry.domain.registration import HoldKind, Registration
from registry.domain.renewal_refusals import (
    RenewalConditionsError,
    RenewalMissingError,
    RenewalOpenError,
    TooEarlyError,
)
from registry.domain.status import life_at, public_status
from registry.services.answers import verdict_of_number, verdict_of_page
from registry.services.audit import audit
from registry.services.cpd import FROM_YEAR
from registry.services.decisions import Suspension, lift_hold, suspend_registration, withdraw
from registry.services.explaining import explain
from registry.services.issuing import issue_certificate, pending_numbers
from registry.services.refusals import CommandError, ServiceError
from registry.services.registrations import confirm_registration, recommend_registration
from registry.services.renewals import (
    confirm_renewal,
    file_renewal,
    recommend_renewal,
    refuse_renewal,
    renewal_queue,
    withdraw_renewal,
)
from registry.services.rulings import Ruling, confirm, propose
from registry.services.sweeping import sweep
from registry.services.trust import refresh_trust_list
from registry.store.certificates import StoredCertificate
from registry.store.refusals import IntentLostError
from registry.store.register import AssessmentDays
from registry.store.tables import CPD_ACTIVITY, EVENT, RENEWAL
from tests.integration.registers import AT, MINUTE, Office, recommendation
from tests.integration.test_meanwhile import Interrupting
from tests.support.rulings import confirm_end, propose_end

END = date(2026, 7, 14)
CODE = "2024"
"""The version of the code of conduct that is signed."""
REVIEWED = AssessmentDays(date(2026, 11, 1))
FULL = AssessmentDays(date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3))
BOARD = board("ELE")


def china(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.fixture
def lived(office: Office) -> Office:
    """The founded register with one person certified in ELE, whose term ends on 14 July 2026."""
    number = office.register()
    office.database.execute("UPDATE registration_term SET end_on = :last", {"last": END})
    office.issue(number)
    return Office(office.desk, office.keyring, office.database, (number,))


def set_end(office: Office, last: str) -> None:
    office.database.execute("UPDATE registration_term SET end_on = :last", {"last": date.fromisoformat(last)})
    office.database.execute("UPDATE registration SET due_at = NULL")


def run(office: Office, at: str) -> None:
    """Let the clock job run at a moment, and the trust list be renewed."""
    sweep(office.desk, actor=CLOCK, now=china(at), approved_by=REGISTRARS)
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=china(at))


def file(office: Office, at: str, code: str = CODE, *, is_complete: bool = True) -> str:
    asked: dict[str, Any] = {"is_complete": is_complete, "actor": BOARD, "now": china(at)}
    return file_renewal(office.desk, office.numbers[0], code, **asked)


def recommend(office: Office, at: str, days: AssessmentDays | None = None) -> str:
    """Recommend, and have the material review of a restoration on that day, unless other `days` are given."""
    asked: dict[str, Any] = {"decision_ref": "R/1", "actor": BOARD, "now": china(at)}
    days = days or AssessmentDays(civil_date(china(at)))
    return recommend_renewal(office.desk, office.numbers[0], days, **asked)


def approve(office: Office, at: str, days: AssessmentDays | None = None) -> Registration:
    digest = recommend(office, at, days)
    return confirm_renewal(office.desk, digest, actor=REGISTRAR, now=china(at))


def refuse(office: Office, at: str) -> date:
    return refuse_renewal(office.desk, office.numbers[0], decision_ref="R/2", actor=REGISTRAR, now=china(at))


def issue(office: Office, at: str) -> str:
    """Issue what `cse issue --pending` would, which is one certificate; returns its page."""
    assert pending_numbers(office.desk) == [office.numbers[0]]
    page = office.issue(office.numbers[0], china(at))
    assert pending_numbers(office.desk) == []
    return page


def suspend(office: Office, kind: HoldKind, at: str, until: date | None = None) -> None:
    actor = CONDUCT_PANEL if kind.name.startswith("CONDUCT") else REGISTRAR
    command = Suspension(office.numbers[0], kind, "H/1", until)
    suspend_registration(office.desk, command, actor=actor, now=china(at))


def lift(office: Office, kind: HoldKind, at: str) -> None:
    actor = CONDUCT_PANEL if kind.name.startswith("CONDUCT") else REGISTRAR
    lift_hold(office.desk, office.numbers[0], kind, decision_ref="H/2", actor=actor, now=china(at))


def value(office: Office) -> Registration:
    with office.desk.open_reading() as work:
        return work.register.answering(office.numbers[0]).value


def status(office: Office, at: str) -> str:
    return public_status(life_at(value(office), china(at)), value(office).holds)


def past(office: Office, at: str) -> str:
    """The public status at a past moment, as the events tell it."""
    with office.desk.open_reading() as work:
        told = entry_at(work.journal.past(office.numbers[0]), china(at)).value
    assert told is not None
    return public_status(life_at(told, china(at)), told.holds)


def require_sound(office: Office, at: str) -> None:
    """The register agrees with itself: what events tell, what is stored, ends of certificates, journal."""
    assert audit(office.desk, None, actor=REGISTRAR, now=china(at)) == []


def term(office: Office) -> tuple[str, str, str]:
    last = value(office).last_term()
    assert last is not None
    return str(last.start_on), str(last.end_on), last.origin


def certificates(office: Office) -> list[StoredCertificate]:
    with office.desk.open_reading() as work:
        return work.certificates.of_registration(office.numbers[0], 1)


def ends(office: Office) -> list[str]:
    """Of each certificate, in order, its basis and how it ended."""
    found = certificates(office)
    return [f"{one.basis} {one.ended.reason}/{one.ended.sub_reason}" if one.ended else one.basis for one in found]


def revoked(office: Office) -> set[int]:
    """The issue numbers of the certificates with R = 1."""
    with office.desk.open_reading() as work:
        bits = work.certificates.revoked_indexes(1)
    return {one.issue_number for one in certificates(office) if one.status_index in bits}


def events(office: Office) -> list[tuple[str, str]]:
    with office.desk.open_reading() as work:
        found = work.journal.events(office.numbers[0])[1:]
        assert work.journal.broken_at() is None
    return [(one.type, one.effective_at.astimezone(SHANGHAI).isoformat()[:16]) for one in found]


def page(office: Office, page_id: str, at: str) -> tuple[Any, Any]:
    """State of a page, and that of the entry today if it is shown."""
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=china(at))
    answer = verdict_of_page(office.desk, page_id, now=china(at))
    assert answer is not None
    return answer["state"], answer.get("current", {}).get("state")


def reasons(office: Office, page_id: str, at: str) -> Any:
    """Why a paper has the state of its page, as far as the page knows."""
    answer = verdict_of_page(office.desk, page_id, now=china(at))
    assert answer is not None
    return answer["certificate"].get("status_reason")


def told(office: Office, at: str) -> Any:
    """State of the verdict of the number."""
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=china(at))
    answer = verdict_of_number(office.desk, office.numbers[0], now=china(at)).verdict
    assert answer is not None
    return answer["state"]


def test_scenario_35_the_window_opens_180_days_before_the_end(lived: Office) -> None:
    """Of a term that ends a year later: nothing is recorded before what was recorded last."""
    lived.database.execute("UPDATE registration_term SET end_on = '2027-07-14'")
    with pytest.raises(TooEarlyError, match=r"2027-01-15 \(R-RN-02\)"):
        file(lived, "2027-01-14T23:59")
    assert file(lived, "2027-01-15T00:00") == "renewal"
    with pytest.raises(RenewalOpenError):
        file(lived, "2027-01-15T00:01")


def test_scenario_36_an_early_renewal_has_two_certificates_without_a_gap(lived: Office) -> None:
    file(lived, "2026-07-02T09:00")
    after = approve(lived, "2026-07-03T10:00")
    assert term(lived) == ("2026-07-15", "2031-07-14", "renewal")
    coming = issue(lived, "2026-07-03T11:00")
    old = certificates(lived)[0].page_id
    assert (ends(lived), revoked(lived)) == (["initial", "renewal"], set())
    assert certificates(lived)[1].valid_from == start_of(day_after(END))
    assert (page(lived, coming, "2026-07-14T23:59:59")[0], told(lived, "2026-07-14T23:59:59")) == (
        "not_yet_valid",
        "valid",
    )
    run(lived, "2026-07-15T00:00")
    assert (page(lived, coming, "2026-07-15T00:00")[0], page(lived, old, "2026-07-15T00:00")[0]) == (
        "valid",
        "ended_renewed",
    )
    assert (page(lived, old, "2026-08-01T10:00"), told(lived, "2026-08-01T10:00")) == (
        ("ended_renewed", None),
        "valid",
    )
    assert (events(lived), revoked(lived)) == ([("RENEWED", "2026-07-03T10:00")], set())
    with pytest.raises(TooEarlyError):
        file(lived, "2026-08-01T10:00")
    assert after.life == "CURRENT"


def test_scenario_37_filed_in_the_last_hour_an_interim_runs_until_the_approval(lived: Office) -> None:
    file(lived, "2026-07-14T23:30")
    # Before the clock job comes the register counts it already (R-DT-11), and no paper does.
    assert status(lived, "2026-07-15T00:00") == "ACTIVE"
    assert pending_numbers(lived.desk) == []
    assert told(lived, "2026-07-15T00:00") == "could_not_check"
    run(lived, "2026-07-15T00:01")
    interim = issue(lived, "2026-07-15T00:02")
    shown = certificates(lived)[1]
    assert (shown.valid_from, shown.valid_until) == (start_of(date(2026, 7, 15)), end_of(date(2026, 9, 12)))
    assert (shown.term_seq, shown.basis, told(lived, "2026-07-16T10:00")) == (1, "interim", "valid_interim")
    assert page(lived, certificates(lived)[0].page_id, "2026-07-16T10:00") == ("expired", "valid")
    run(lived, "2026-08-20T10:00")
    approve(lived, "2026-08-20T10:00")
    assert (term(lived), revoked(lived)) == (("2026-07-15", "2031-07-14", "renewal"), {2})
    assert (ends(lived), told(lived, "2026-08-20T10:01")) == (
        ["initial", "interim REPLACED/INTERIM"],
        "could_not_check",
    )
    issue(lived, "2026-08-20T10:05")
    assert (page(lived, interim, "2026-08-20T10:06"), told(lived, "2026-08-20T10:06")) == (
        ("replaced", "valid"),
        "valid",
    )
    assert events(lived) == [("INTERIM_EXTENDED", "2026-07-15T00:00"), ("RENEWED", "2026-08-20T10:00")]
    assert {past(lived, at) for at in ("2026-07-15T00:00", "2026-08-19T12:00", "2026-08-20T12:00")} == {"ACTIVE"}
    require_sound(lived, "2026-08-20T10:06")


def test_scenario_38_a_late_renewal_begins_with_the_approval(lived: Office) -> None:
    run(lived, "2026-07-15T00:01")
    file(lived, "2026-08-01T10:00")
    run(lived, "2026-09-01T14:00")
    approve(lived, "2026-09-01T14:30:20")
    assert term(lived) == ("2026-09-01", "2031-07-14", "late_renewal")
    issue(lived, "2026-09-01T15:00")
    assert certificates(lived)[1].valid_from == china("2026-09-01T14:30:20")
    statuses = [status(lived, f"{on}T12:00") for on in ("2026-07-14", "2026-07-15", "2026-08-31", "2026-09-01")]
    assert statuses == ["ACTIVE", "EXPIRED", "EXPIRED", "ACTIVE"]
    assert [past(lived, f"{on}T12:00") for on in ("2026-08-15", "2026-08-31", "2026-09-02")] == [
        "EXPIRED",
        "EXPIRED",
        "ACTIVE",
    ]
    require_sound(lived, "2026-09-01T15:00")
    assert events(lived) == [("EXPIRED", "2026-07-15T00:00"), ("RENEWED", "2026-09-01T14:30")]
    assert told(lived, "2026-09-01T15:00") == "valid"


def test_scenario_40_a_restoration_is_simple_until_the_third_anniversary_of_the_lapse(lived: Office) -> None:
    run(lived, "2026-10-13T00:01")
    assert (value(lived).life, revoked(lived)) == ("LAPSED", {1})
    count(lived, [("40", "2029-01-01", None)])
    assert file(lived, "2029-10-12T23:59") == "restoration"
    recommend(lived, "2029-10-12T23:59")
    withdraw_renewal(lived.desk, lived.numbers[0], decision_ref="W/1", actor=BOARD, now=china("2029-10-12T23:59"))
    file(lived, "2029-10-13T00:00")
    with pytest.raises(RenewalConditionsError, match="full assessment"):
        recommend(lived, "2029-10-13T00:00")
    approve(lived, "2029-10-20T10:00", FULL)
    assert term(lived) == ("2029-10-20", "2034-10-19", "restoration")


@pytest.mark.parametrize(
    ("hours", "on", "days", "lacks"),
    [
        ("39.5", "2026-01-01", REVIEWED, "40 accepted hours"),
        ("40", "2025-10-19", REVIEWED, "40 accepted hours"),
        ("40", "2025-10-20", REVIEWED, None),
        ("40", "2026-10-19", REVIEWED, None),
        ("40", "2026-10-20", REVIEWED, "40 accepted hours"),
        ("40", "2026-01-01", AssessmentDays(None, date(2026, 11, 2), date(2026, 11, 3)), "material review"),
    ],
)
def test_r_rn_08_a_simple_restoration_needs_40_hours_of_12_months_and_a_review(
    lived: Office, hours: str, on: str, days: AssessmentDays, lacks: str | None
) -> None:
    run(lived, "2026-10-13T00:01")
    count(lived, [(hours, on, None)])
    file(lived, "2026-10-20T10:00")
    if lacks is None:
        return approve(lived, "2026-11-04T10:00", days) and None
    with pytest.raises(RenewalConditionsError, match=lacks):
        recommend(lived, "2026-11-04T10:00", days)


def test_scenario_41_under_a_cpd_hold_a_renewal_is_filed_and_not_approved(lived: Office) -> None:
    suspend(lived, HoldKind.CPD, "2026-07-05T10:00")
    file(lived, "2026-07-14T23:00")
    run(lived, "2026-07-15T00:01")
    assert (value(lived).life, status(lived, "2026-07-15T00:01")) == ("EXPIRED", "SUSPENDED")
    with pytest.raises(RenewalConditionsError, match=r"hold runs.*\(R-RN-03\)"):
        recommend(lived, "2026-07-16T10:00")
    lift(lived, HoldKind.CPD, "2026-08-10T14:05")
    approve(lived, "2026-08-11T10:00")
    assert term(lived) == ("2026-08-11", "2031-07-14", "late_renewal")


@pytest.mark.parametrize(("lifted", "life"), [("2026-07-14T23:59:59", "CURRENT"), ("2026-07-15T00:00", "EXPIRED")])
def test_r_rn_03_a_file_under_a_cpd_hold_is_complete_with_the_cure(lived: Office, lifted: str, life: str) -> None:
    suspend(lived, HoldKind.CPD, "2026-07-05T10:00")
    file(lived, "2026-07-10T10:00")
    lift(lived, HoldKind.CPD, lifted)
    run(lived, "2026-07-15T00:01")
    assert value(lived).life == life
    approve(lived, "2026-08-11T10:00")
    assert term(lived)[0] == ("2026-07-15" if life == "CURRENT" else "2026-08-11")


@pytest.mark.parametrize(("completed", "life"), [("2026-07-14T23:59:59", "CURRENT"), ("2026-07-15T00:01", "EXPIRED")])
def test_r_rn_05_a_file_counts_from_when_it_is_complete(lived: Office, completed: str, life: str) -> None:
    assert file(lived, "2026-07-10T10:00", is_complete=False) == "renewal"
    with pytest.raises(RenewalOpenError):
        file(lived, "2026-07-10T10:01", is_complete=False)
    with pytest.raises(RenewalMissingError):
        recommend(lived, "2026-07-10T10:01")
    run(lived, completed)
    file(lived, completed)
    run(lived, "2026-07-15T00:02")
    assert value(lived).life == life


def test_scenario_73_a_refused_interim_is_closed_at_that_instant(lived: Office) -> None:
    file(lived, "2026-07-13T10:00")
    run(lived, "2026-07-15T00:01")
    interim = issue(lived, "2026-07-15T00:02")
    assert refuse(lived, "2026-07-20T10:00") == date(2026, 8, 19)
    ended = certificates(lived)[1].ended
    assert ended is not None
    assert (ends(lived), ended.at) == (["initial", "interim CLOSED/REFUSED"], china("2026-07-20T10:00"))
    assert (revoked(lived), value(lived).life, told(lived, "2026-07-20T10:01")) == ({2}, "EXPIRED", "expired")
    assert page(lived, interim, "2026-07-20T10:01")[0] == "expired"
    assert reasons(lived, interim, "2026-07-20T10:01") == [{"code": "closed", "since": "2026-07-20"}]
    assert reasons(lived, certificates(lived)[0].page_id, "2026-07-20T10:01") is None
    assert pending_numbers(lived.desk) == []
    assert events(lived)[1:] == [("CRED_CLOSED", "2026-07-20T10:00"), ("EXPIRED", "2026-07-20T10:00")]
    assert [past(lived, at) for at in ("2026-07-20T09:59", "2026-07-20T10:00")] == ["ACTIVE", "EXPIRED"]
    require_sound(lived, "2026-07-20T10:01")
    run(lived, "2026-10-12T23:59")
    assert value(lived).life == "EXPIRED"
    run(lived, "2026-10-13T00:00")
    assert (value(lived).life, revoked(lived)) == ("LAPSED", {1, 2})
    assert ends(lived)[1] == "interim CLOSED/REFUSED"


def test_t06r_a_withdrawn_file_closes_its_interim_and_another_may_be_filed(lived: Office) -> None:
    file(lived, "2026-07-13T10:00")
    run(lived, "2026-07-15T00:01")
    issue(lived, "2026-07-15T00:02")
    withdraw_renewal(lived.desk, lived.numbers[0], decision_ref="W/1", actor=BOARD, now=china("2026-07-20T10:00"))
    assert (ends(lived)[1], value(lived).life) == ("interim CLOSED/FILE_WITHDRAWN", "EXPIRED")
    file(lived, "2026-07-21T10:00")
    approve(lived, "2026-07-22T10:00")
    assert term(lived) == ("2026-07-22", "2031-07-14", "late_renewal")


# --- a promotion that waits -------------------------------------------------------------------------------------------


def promote(office: Office, at: str, *, is_complete: bool = True) -> str:
    """File a promotion that the society assesses."""
    asked: dict[str, Any] = {"is_complete": is_complete, "promotes": True, "actor": BOARD, "now": china(at)}
    return file_renewal(office.desk, office.numbers[0], CODE, **asked)


def fail(office: Office, at: str) -> None:
    about: dict[str, Any] = {"decision_ref": "P/1", "promotes": True, "actor": BOARD}
    refuse_renewal(office.desk, office.numbers[0], **about, now=china(at))


@pytest.fixture
def promoting(lived: Office) -> Office:
    """The person in the interim of a promotion, with its certificate, on 15 July."""
    assert promote(lived, "2026-07-10T10:00") == "promotion"
    run(lived, "2026-07-15T00:01")
    issue(lived, "2026-07-15T00:02")
    assert (ends(lived), told(lived, "2026-07-15T00:03")) == (["initial", "interim"], "valid_interim")
    return lived


def test_scenario_101_and_r_pr_07_a_promotion_that_is_confirmed_supersedes_its_interim(promoting: Office) -> None:
    at, on = "2026-07-20T10:00", date(2026, 7, 20)
    own = {"kind": "promotion", "grade": "SPE", "decided_on": on, "interview_on": on, "decision_ref": "ELE/2026/9"}
    run(promoting, at)
    digest = recommend_registration(promoting.desk, recommendation(**own), actor=BOARD, now=china(at))
    asked: dict[str, Any] = {"randomness": SystemRandomness(), "actor": REGISTRAR}
    confirm_registration(promoting.desk, digest, **asked, now=china(at))
    assert (ends(promoting), revoked(promoting)) == (["initial SUPERSEDED/None", "interim SUPERSEDED/None"], {1, 2})
    assert (value(promoting).grade, term(promoting)) == ("SPE", ("2026-07-20", "2031-07-19", "promotion"))
    assert renewal_queue(promoting.desk, actor=REGISTRAR) == []
    with pytest.raises(TooEarlyError):
        promote(promoting, at)
    require_sound(promoting, at)


def test_scenario_101_after_it_failed_a_renewal_is_in_time_for_30_days(promoting: Office) -> None:
    fail(promoting, "2026-07-20T10:00")
    assert (ends(promoting), told(promoting, "2026-08-19T23:59")) == (["initial", "interim"], "valid_interim")
    require_sound(promoting, "2026-07-20T10:01")
    steps = explain(promoting.desk, promoting.numbers[0], actor=REGISTRAR, now=china("2026-07-20T10:01"))
    assert [(one.rule, one.says[-24:]) for one in steps if "interim until" in one.says] == [
        ("R-PR-07", "interim until 2026-09-12")
    ]
    file(promoting, "2026-08-19T23:59")
    run(promoting, "2026-08-20T00:01")
    assert told(promoting, "2026-08-20T00:02") == "valid_interim"
    approve(promoting, "2026-08-25T10:00")
    assert (ends(promoting), term(promoting)) == (
        ["initial", "interim REPLACED/INTERIM"],
        ("2026-07-15", "2031-07-14", "renewal"),
    )
    require_sound(promoting, "2026-08-25T10:01")


def test_scenario_101_without_one_the_interim_ends_unused(promoting: Office) -> None:
    fail(promoting, "2026-07-20T10:00")
    run(promoting, "2026-08-19T23:59")
    assert (value(promoting).life, status(promoting, "2026-08-20T00:00")) == ("CURRENT", "EXPIRED")
    with pytest.raises(RegisterBehindError):
        file(promoting, "2026-08-20T00:00")
    run(promoting, "2026-08-20T00:01")
    assert (ends(promoting), revoked(promoting)) == (["initial", "interim CLOSED/UNUSED"], {2})
    midnight = "2026-08-20T00:00"
    extended = [("INTERIM_EXTENDED", "2026-07-15T00:00"), ("INTERIM_EXTENDED", "2026-07-20T10:00")]
    assert events(promoting) == [*extended, ("CRED_CLOSED", midnight), ("EXPIRED", midnight)]
    assert [past(promoting, at) for at in ("2026-08-19T23:59", midnight)] == ["ACTIVE", "EXPIRED"]
    require_sound(promoting, "2026-08-20T00:02")
    run(promoting, "2026-10-12T23:59")
    assert value(promoting).life == "EXPIRED"
    run(promoting, "2026-10-13T00:00")
    assert (value(promoting).life, ends(promoting)[1]) == ("LAPSED", "interim CLOSED/UNUSED")


def test_r_dt_12_the_end_of_an_unused_interim_sets_r_and_waits_for_two_persons(promoting: Office) -> None:
    """And with it the lapse that would follow; until then the paper says nothing good, for its days are over."""
    fail(promoting, "2026-07-20T10:00")
    policy = replace(promoting.desk.policy, sweep_breaker=(0, 0.02))
    office = replace(promoting, desk=replace(promoting.desk, policy=policy))
    with office.desk.open_work() as work:
        for name, fact in (("swept_at", "2026-08-20T00:00+08:00"), ("sweep_forecasts", "{}")):
            work.trust.set_fact(name, fact)
    swept = sweep(office.desk, actor=CLOCK, now=china("2026-08-20T00:01"))
    assert (swept.done, swept.waiting, revoked(office)) == ({}, {"interim-unused": 1}, set())
    assert (status(office, "2026-08-20T00:01"), told(office, "2026-08-20T00:01")) == ("EXPIRED", "status_unreachable")
    run(office, "2026-08-20T00:02")
    assert (ends(office)[1], revoked(office)) == ("interim CLOSED/UNUSED", {2})


def test_scenario_101_and_t23_what_ended_in_error_meanwhile_has_its_days_again(promoting: Office) -> None:
    fail(promoting, "2026-07-20T10:00")
    withdraw(promoting.desk, promoting.numbers[0], decision_ref="W/1", actor=BOARD, now=china("2026-07-21T10:00"))
    with promoting.desk.open_reading() as work:
        wrong = work.journal.past(promoting.numbers[0])[-1].seq
    ruling = Ruling("correction", promoting.numbers[0], "K/1", event=wrong)
    digest = propose(promoting.desk, ruling, actor=SECOND_REGISTRAR, now=china("2026-07-22T10:00"))
    confirm(promoting.desk, digest, actor=REGISTRAR, now=china("2026-07-22T11:00"))
    assert [status(promoting, at) for at in ("2026-08-19T23:59", "2026-08-20T00:00")] == ["ACTIVE", "EXPIRED"]
    require_sound(promoting, "2026-07-22T11:01")


def test_scenario_43_a_promotion_that_failed_before_the_end_leaves_no_day_beyond(lived: Office) -> None:
    promote(lived, "2026-07-10T10:00")
    fail(lived, "2026-07-10T10:00")
    run(lived, "2026-07-15T00:01")
    assert (value(lived).life, ends(lived)) == ("EXPIRED", ["initial"])


def test_r_ap_04_a_renewal_runs_beside_a_promotion_and_ends_its_part(promoting: Office) -> None:
    file(promoting, "2026-07-18T10:00")
    assert [one.kind for one, _, _ in renewal_queue(promoting.desk, actor=BOARD)] == ["promotion", "renewal"]
    approve(promoting, "2026-08-01T10:00")
    assert (term(promoting)[0], renewal_queue(promoting.desk, actor=BOARD)) == ("2026-07-15", [])
    with pytest.raises(RenewalMissingError):
        fail(promoting, "2026-08-02T10:00")
    require_sound(promoting, "2026-08-02T10:00")


def test_t06r_a_promotion_that_is_withdrawn_ends_its_interim(promoting: Office) -> None:
    about: dict[str, Any] = {"decision_ref": "W/1", "promotes": True, "actor": BOARD}
    withdraw_renewal(promoting.desk, promoting.numbers[0], **about, now=china("2026-07-20T10:00"))
    assert (ends(promoting)[1], value(promoting).life) == ("interim CLOSED/FILE_WITHDRAWN", "EXPIRED")
    require_sound(promoting, "2026-07-20T10:01")


def test_r_pr_07_a_promotion_counts_from_when_it_is_complete_and_is_filed_until_the_end(lived: Office) -> None:
    with pytest.raises(TooEarlyError):
        promote(lived, "2026-01-14T23:59")
    promote(lived, "2026-07-10T10:00", is_complete=False)
    with pytest.raises(RenewalOpenError, match="a promotion is filed"):
        promote(lived, "2026-07-11T10:00", is_complete=False)
    run(lived, "2026-07-15T00:01")
    assert value(lived).life == "EXPIRED"
    with pytest.raises(RenewalConditionsError, match=r"until the term ends.*\(R-PR-07\)"):
        promote(lived, "2026-07-15T00:02")
    withdraw(lived.desk, lived.numbers[0], decision_ref="W/2", actor=BOARD, now=china("2026-07-15T00:03"))
    with pytest.raises(NotLiveError):
        promote(lived, "2026-07-15T00:04")


def test_r_pr_07_of_the_highest_grade_there_is_no_promotion(lived: Office) -> None:
    lived.database.execute("UPDATE registration SET grade = 'SPE'")
    with pytest.raises(RenewalConditionsError, match="a promotion to a higher grade"):
        promote(lived, "2026-07-02T10:00")


def test_scenario_74_what_is_restored_has_a_new_certificate_and_the_old_stays_revoked(lived: Office) -> None:
    set_end(lived, "2026-07-01")
    run(lived, "2026-09-30T00:01")
    assert (value(lived).life, revoked(lived)) == ("LAPSED", {1})
    old = certificates(lived)[0].page_id
    count(lived, [("40", "2026-01-20", None)])
    file(lived, "2026-10-20T10:00")
    approve(lived, "2026-11-04T15:10", REVIEWED)
    assert term(lived) == ("2026-11-04", "2031-11-03", "restoration")
    assert told(lived, "2026-11-04T15:11") == "could_not_check"
    new = issue(lived, "2026-11-04T15:12")
    assert (ends(lived), revoked(lived)) == (["initial RENEWAL_LAPSE/None", "restoration"], {1})
    assert certificates(lived)[1].valid_from == china("2026-11-04T15:10")
    assert (page(lived, old, "2026-11-04T15:13"), page(lived, new, "2026-11-04T15:13")[0]) == (
        ("lapsed", "valid"),
        "valid",
    )
    assert b"2026-11-01" in certificates(lived)[1].document
    assert events(lived)[-1] == ("REINSTATED", "2026-11-04T15:10")
    assert [past(lived, f"{on}T12:00") for on in ("2026-10-30", "2026-11-05")] == ["LAPSED", "ACTIVE"]
    require_sound(lived, "2026-11-04T15:13")


def test_scenario_78_a_case_goes_on_after_the_lapse_and_the_end_of_the_certificate_stays(lived: Office) -> None:
    about: dict[str, Any] = {"ground": GroundClass.CODE_BREACH, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    digest = propose_end(lived.desk, "revocation", lived.numbers[0], now=china("2026-07-02T10:00"), **about)
    run(lived, "2026-10-13T00:00")
    assert value(lived).life == "LAPSED"
    confirm_end(lived.desk, digest, actor=REGISTRAR, now=china("2027-03-02T10:00"))
    assert (value(lived).life, ends(lived)) == ("REVOKED", ["initial RENEWAL_LAPSE/None"])
    with pytest.raises(NotLiveError):
        file(lived, "2030-03-02T10:00")


def test_scenario_82_grace_runs_60_days_from_the_end_of_a_hold_that_defers_the_lapse(lived: Office) -> None:
    set_end(lived, "2026-07-02")
    suspend(lived, HoldKind.CONDUCT_INTERIM, "2026-07-01T15:00")
    run(lived, "2026-10-10T10:00")
    lift(lived, HoldKind.CONDUCT_INTERIM, "2026-10-15T10:00")
    run(lived, "2026-12-14T23:59")
    assert value(lived).life == "EXPIRED"
    file(lived, "2026-12-14T23:59")
    run(lived, "2026-12-15T00:01")
    assert value(lived).life == "EXPIRED"
    approve(lived, "2026-12-20T10:00")
    assert term(lived) == ("2026-12-20", "2031-07-02", "late_renewal")


def test_scenario_83_a_renewal_under_a_conduct_hold_begins_suspended(lived: Office) -> None:
    suspend(lived, HoldKind.CONDUCT_SANCTION, "2026-07-01T15:00", date(2027, 1, 31))
    file(lived, "2026-07-02T10:00")
    approve(lived, "2026-07-03T10:00")
    issue(lived, "2026-07-03T11:00")
    assert (term(lived)[0], revoked(lived), status(lived, "2026-07-15T10:00")) == ("2026-07-15", set(), "SUSPENDED")
    indexes = {one.status_index for one in certificates(lived)}
    with lived.desk.open_reading() as work:
        assert {*work.certificates.suspended_indexes(1)} == indexes
    run(lived, "2027-02-01T00:00")
    assert status(lived, "2027-02-01T00:00") == "ACTIVE"


def begin_cpd(office: Office, year: int) -> None:
    """Let the register keep a CPD ledger from a year on, of somebody who was registered long before."""
    with office.desk.open_work() as work:
        work.trust.set_fact(FROM_YEAR, str(year))
    office.database.drop_trigger("status_event_no_update", "status_event")
    office.database.execute(update(EVENT).values(effective_at=start_of(date(2021, 7, 15))))


def test_scenario_91_what_was_owed_at_the_lapse_is_made_up_by_hours_used_once(lived: Office) -> None:
    begin_cpd(lived, 2025)
    count(lived, [("34", "2025-10-01", None)])
    run(lived, "2026-10-13T00:01")
    count(lived, [("34", "2026-01-20", None)], first=2)
    file(lived, "2026-11-30T10:00")
    with pytest.raises(RenewalConditionsError, match=r"40 accepted hours.*R-RN-08.*owed.*\(R-RN-10\)"):
        recommend(lived, "2026-12-01T10:00")
    count(lived, [("6", "2026-11-01", 2025), ("6", "2026-11-02", None)], first=3)
    approve(lived, "2027-02-01T10:00")
    assert term(lived) == ("2027-02-01", "2032-01-31", "restoration")


@pytest.mark.parametrize(("filed", "simple"), [("2029-07-01T23:59", True), ("2029-07-02T00:00", False)])
def test_scenario_92_after_a_withdrawal_the_third_anniversary_is_that_of_the_withdrawal(
    lived: Office, filed: str, simple: bool
) -> None:
    withdraw(lived.desk, lived.numbers[0], decision_ref="W/1", actor=BOARD, now=china("2026-07-02T10:00"))
    count(lived, [("40", "2029-01-01", None)])
    file(lived, filed)
    if simple:
        approve(lived, filed)
        return
    with pytest.raises(RenewalConditionsError, match=r"full assessment.*\(R-RN-09\)"):
        recommend(lived, filed)


def test_scenario_97_a_year_that_is_not_assessed_yet_is_not_required(lived: Office) -> None:
    set_end(lived, "2026-12-31")
    begin_cpd(lived, 2026)
    file(lived, "2026-12-01T10:00")
    run(lived, "2027-01-01T00:01")
    approve(lived, "2027-01-20T10:00")
    assert term(lived) == ("2027-01-01", "2031-12-31", "renewal")


def test_scenario_98_a_year_in_its_cure_time_makes_the_decision_wait(lived: Office) -> None:
    begin_cpd(lived, 2026)
    set_end(lived, "2027-04-10")
    file(lived, "2027-04-01T10:00")
    run(lived, "2027-04-11T00:01")
    with pytest.raises(RenewalConditionsError, match=r"cure time.*\(R-RN-03\)"):
        recommend(lived, "2027-04-12T10:00")
    run(lived, "2027-05-01T00:01")
    with pytest.raises(RenewalConditionsError, match=r"UNCURED.*\(R-RN-03\)"):
        recommend(lived, "2027-05-02T10:00")
    refuse(lived, "2027-05-04T10:00")
    run(lived, "2027-07-09T23:59")
    assert value(lived).life == "EXPIRED"
    run(lived, "2027-07-10T00:00")
    assert value(lived).life == "LAPSED"


def test_scenario_98_a_year_that_is_cured_in_the_interim_lets_the_renewal_go_on(lived: Office) -> None:
    begin_cpd(lived, 2026)
    set_end(lived, "2027-04-10")
    file(lived, "2027-04-01T10:00")
    run(lived, "2027-04-11T00:01")
    count(lived, [("40", "2027-04-20", 2026)])
    approve(lived, "2027-04-25T10:00")
    assert term(lived) == ("2027-04-11", "2032-04-10", "renewal")


def test_scenario_99_on_day_45_the_file_passes_to_cse_and_interims_follow_one_another(lived: Office) -> None:
    file(lived, "2026-07-13T10:00")
    run(lived, "2026-07-15T00:01")
    issue(lived, "2026-07-15T00:02")
    asked: dict[str, Any] = {"actor": SECOND_REGISTRAR}
    own: dict[str, Any] = asked | {"decision_ref": "R/9"}
    with pytest.raises(RenewalConditionsError, match=r"on day 45 after the end \(R-RN-05\)"):
        recommend_renewal(lived.desk, lived.numbers[0], AssessmentDays(), **own, now=china("2026-08-27T23:59"))
    run(lived, "2026-08-28T00:00")
    digest = recommend_renewal(lived.desk, lived.numbers[0], AssessmentDays(), **own, now=china("2026-08-28T00:00"))
    with pytest.raises(SamePersonError):
        confirm_renewal(lived.desk, digest, **asked, now=china("2026-08-28T00:01"))
    run(lived, "2026-09-13T00:01")
    assert told(lived, "2026-09-13T00:01") == "could_not_check"
    issue(lived, "2026-09-13T00:02")
    assert certificates(lived)[2].valid_from == start_of(date(2026, 9, 13))
    assert certificates(lived)[2].valid_until == end_of(date(2026, 11, 11))
    run(lived, "2026-10-20T09:00")
    confirm_renewal(lived.desk, digest, actor=REGISTRAR, now=china("2026-10-20T10:00"))
    assert (term(lived), revoked(lived)) == (("2026-07-15", "2031-07-14", "renewal"), {2, 3})
    issue(lived, "2026-10-20T11:00")
    assert told(lived, "2026-10-20T11:00") == "valid"


@pytest.mark.parametrize("approved", [True, False])
def test_scenario_100_what_is_filed_in_grace_defers_the_lapse_until_the_decision(lived: Office, approved: bool) -> None:
    run(lived, "2026-07-15T00:01")
    file(lived, "2026-10-10T10:00")
    run(lived, "2026-10-13T00:01")
    assert value(lived).life == "EXPIRED"
    run(lived, "2026-10-25T09:00")
    if approved:
        approve(lived, "2026-10-25T10:00")
        assert term(lived) == ("2026-10-25", "2031-07-14", "late_renewal")
        return
    refuse(lived, "2026-10-25T10:00")
    run(lived, "2026-10-25T23:59")
    assert value(lived).life == "EXPIRED"
    run(lived, "2026-10-26T00:00")
    assert (value(lived).life, events(lived)[-1]) == ("LAPSED", ("LAPSED", "2026-10-26T00:00"))


def test_r_ap_11_what_is_refused_before_the_end_changes_no_status(lived: Office) -> None:
    file(lived, "2026-07-02T10:00")
    assert refuse(lived, "2026-07-03T10:00") == date(2026, 8, 2)
    assert (events(lived), status(lived, "2026-07-03T10:00")) == ([], "ACTIVE")
    with pytest.raises(RenewalMissingError):
        refuse(lived, "2026-07-03T10:01")
    ((outcome, reference),) = lived.database.execute(select(RENEWAL.c.outcome, RENEWAL.c.decision_ref))
    assert (outcome, reference) == ("refused", "R/2")


def test_a_renewal_takes_two_persons_and_exactly_what_was_recommended(lived: Office) -> None:
    file(lived, "2026-07-02T10:00")
    digest = recommend(lived, "2026-07-02T11:00")
    assert recommend(lived, "2026-07-02T11:00") == digest
    before = lived.database.dump()
    with pytest.raises(NotAllowedError):
        confirm_renewal(lived.desk, digest, actor=BOARD, now=china("2026-07-02T12:00"))
    with pytest.raises(NotAllowedError):
        file_renewal(lived.desk, lived.numbers[0], CODE, actor=board("CIV"), now=AT + MINUTE)
    with pytest.raises(CommandError):
        refuse_renewal(lived.desk, lived.numbers[0], decision_ref=" ", actor=BOARD, now=china("2026-07-02T12:00"))
    assert lived.database.dump() == before
    withdraw_renewal(lived.desk, lived.numbers[0], decision_ref="W/1", actor=BOARD, now=china("2026-07-02T12:00"))
    with pytest.raises(RenewalMissingError):
        confirm_renewal(lived.desk, digest, actor=REGISTRAR, now=china("2026-07-02T13:00"))
    file(lived, "2026-07-02T14:00")
    with pytest.raises(ProposalChangedError):
        confirm_renewal(lived.desk, digest, actor=REGISTRAR, now=china("2026-07-02T15:00"))


def test_nothing_is_filed_while_the_clock_job_owes_a_change_or_without_the_code_of_conduct(lived: Office) -> None:
    for code in (" ", "\u200b"):
        with pytest.raises(RenewalConditionsError, match="R-CC-01"):
            file(lived, "2026-07-02T10:00", code)
    with pytest.raises(RegisterBehindError):
        file(lived, "2026-07-15T00:00")
    run(lived, "2026-07-15T00:00")
    file(lived, "2026-07-15T00:00")


def test_r_cc_09_a_revocation_in_another_field_bars_a_restoration(lived: Office) -> None:
    other = lived.register(field="ICT")
    withdraw(lived.desk, lived.numbers[0], decision_ref="W/1", actor=BOARD, now=china("2026-07-02T10:00"))
    about: dict[str, Any] = {"ground": GroundClass.CODE_BREACH, "decision_ref": "C/1", "actor": SECOND_REGISTRAR}
    digest = propose_end(lived.desk, "revocation", other, now=china("2026-07-02T11:00"), **about)
    confirm_end(lived.desk, digest, actor=REGISTRAR, now=china("2026-07-02T12:00"))
    with pytest.raises(ConductBarError):
        file(lived, "2027-01-02T10:00")


def test_a_review_that_is_yet_to_come_restores_nothing(lived: Office) -> None:
    run(lived, "2026-10-13T00:01")
    count(lived, [("40", "2026-01-20", None)])
    file(lived, "2026-10-20T10:00")
    with pytest.raises(ApplicationDaysError, match="2026-11-01 lies after"):
        recommend(lived, "2026-10-31T23:59", REVIEWED)
    recommend(lived, "2026-11-01T00:00", REVIEWED)


def test_a_file_is_closed_with_its_registration(lived: Office) -> None:
    file(lived, "2026-07-02T10:00")
    digest = recommend(lived, "2026-07-02T11:00")
    withdraw(lived.desk, lived.numbers[0], decision_ref="W/1", actor=BOARD, now=china("2026-07-02T12:00"))
    with pytest.raises(RenewalMissingError):
        confirm_renewal(lived.desk, digest, actor=REGISTRAR, now=china("2026-07-02T13:00"))
    assert value(lived).life == "WITHDRAWN"
    assert file(lived, "2026-07-03T10:00") == "restoration"


def test_a_file_is_closed_with_the_lapse(lived: Office) -> None:
    file(lived, "2026-07-02T10:00", is_complete=False)
    run(lived, "2026-10-13T00:01")
    assert file(lived, "2026-10-14T12:00") == "restoration"


def test_r_rn_11_the_queue_is_by_the_end_of_the_term_and_each_society_sees_its_own(lived: Office) -> None:
    other = lived.register(member_ref="M-2", society="CIV", field="CIV")
    lived.database.execute("UPDATE registration_term SET end_on = '2026-07-10' WHERE register_no = :n", {"n": other})
    file_renewal(lived.desk, other, CODE, actor=board("CIV"), now=AT + MINUTE)
    file(lived, "2026-07-02T10:00")
    seen = {
        actor.person: [(file.register_no, days[0]) for file, days, _ in renewal_queue(lived.desk, actor=actor)]
        for actor in (REGISTRAR, BOARD)
    }
    own = (lived.numbers[0], END)
    assert seen == {"registrar-1": [(other, date(2026, 7, 10)), own], "board-ele": [own]}


def test_an_interim_that_was_closed_while_its_certificate_was_signed_is_not_kept(lived: Office) -> None:
    file(lived, "2026-07-13T10:00")
    run(lived, "2026-07-15T00:01")
    keyring = Interrupting(lived.keyring, [lambda: refuse(lived, "2026-07-15T00:02")])
    asked: dict[str, Any] = {"keyring": keyring, "randomness": SystemRandomness(), "actor": REGISTRAR}
    with pytest.raises(IntentLostError, match="decided meanwhile"):
        issue_certificate(lived.desk, lived.numbers[0], **asked, now=china("2026-07-15T00:03"))
    assert ends(lived) == ["initial"]


@pytest.mark.parametrize(
    ("seed", "origin"), [(1, "restoration"), (2, "late_renewal"), (4, "renewal"), (9, "late_renewal"), (11, "initial")]
)
def test_whatever_is_done_r_never_falls_and_one_term_is_current(lived: Office, seed: int, origin: str) -> None:
    """What the seeds lead to: a lapse that is restored, interims that are refused or approved, and nothing."""
    rng, now, bits = random.Random(seed), AT + timedelta(hours=1), set[int]()
    count(lived, [("40", "2026-06-01", None)])
    while now < china("2026-11-25T00:00"):
        at = now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")
        run(lived, at)
        acts = {"file": file, "half": partial(file, is_complete=False), "refuse": refuse, "approve": approve}
        (name,) = rng.choices([*acts, "issue"], weights=[6, 2, 2, 1, 9])
        with suppress(DomainError, ServiceError):
            if name in acts:
                acts[name](lived, at)  # type: ignore[operator]
            else:
                [lived.issue(number, now) for number in pending_numbers(lived.desk)]
        found, stands = revoked(lived), value(lived)
        assert bits <= found
        bits = found
        assert sum(term.covers(civil_date(now)) for term in stands.terms) <= 1
        interims = [one for one in certificates(lived) if one.basis == "interim" and one.ended is None]
        assert not interims or stands.life == "CURRENT"
        now += timedelta(hours=rng.randrange(1, 24 * 9))
    assert term(lived)[2] == origin


def count(office: Office, activities: list[tuple[str, str, int | None]], first: int = 1) -> None:
    """Have hours on file, accepted on the day after the activity; a year to which they are allocated makes it up."""
    for seq, (hours, on, year) in enumerate(activities, start=first):
        day = date.fromisoformat(on)
        at = start_of(day_after(day))
        row = {"member_id": value(office).member_id, "seq": seq, "hours": Decimal(hours), "activity_on": day}
        row |= {
            "year": year or day.year,
            "submitted_at": at,
            "decided_at": at,
            "accepted": Decimal(hours),
            "category": 1,
        }
        row |= {"allocated_at": at if year else None, "reversed_at": None, "reversed_hours": Decimal(0)}
        texts = dict.fromkeys(("organizer", "field", "evidence_ref"), "ELE")
        office.database.execute(insert(CPD_ACTIVITY), row | texts)


def test_r_rn_05_a_renewal_in_time_after_a_failed_promotion_passes_to_cse_45_days_after_it_was_complete(
    promoting: Office,
) -> None:
    fail(promoting, "2026-07-20T10:00")
    file(promoting, "2026-08-10T10:00")
    asked: dict[str, Any] = {"decision_ref": "R/1", "actor": SECOND_REGISTRAR}
    run(promoting, "2026-09-23T09:00")
    with pytest.raises(RenewalConditionsError):
        recommend_renewal(
            promoting.desk, promoting.numbers[0], AssessmentDays(), **asked, now=china("2026-09-23T10:00")
        )
    run(promoting, "2026-09-24T09:00")
    recommend_renewal(promoting.desk, promoting.numbers[0], AssessmentDays(), **asked, now=china("2026-09-24T10:00"))


@pytest.mark.parametrize("fails", [True, False])
def test_r_pr_05_a_promotion_that_ends_beside_a_renewal_in_time_changes_nothing(lived: Office, fails: bool) -> None:
    file(lived, "2026-07-09T10:00")
    promote(lived, "2026-07-10T10:00")
    run(lived, "2026-07-15T00:01")
    before, last = events(lived), value(lived).last_term()
    if fails:
        fail(lived, "2026-08-01T10:00")
    else:
        about: dict[str, Any] = {"decision_ref": "W/1", "promotes": True, "actor": BOARD}
        withdraw_renewal(lived.desk, lived.numbers[0], **about, now=china("2026-08-01T10:00"))
    assert last is not None
    now = value(lived).last_term()
    assert now is not None
    assert (events(lived), now.promotion_filed_at, now.timely_until_on) == (before, None, None)
    assert (now.filed_at, now.interim_until_on) == (last.filed_at, last.interim_until_on)
