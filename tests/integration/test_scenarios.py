"""Scenarios of domain 6 that belong to no chapter of their own, lived on both databases, both sides of each instant."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.adapters.folder import PublishFolder
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import APPEAL_PANEL, CONDUCT_PANEL, PUBLISHER, REGISTRAR, SECOND_REGISTRAR, board
from registry.domain.actors import Actor
from registry.domain.calendar import start_of
from registry.domain.changes import GroundClass
from registry.domain.intake_refusals import (
    ApplicationDaysError,
    ConductBarError,
    DuplicateApplicationError,
    HoldRunningError,
    PromotionSkipsGradeError,
)
from registry.domain.registration import HoldKind, Registration
from registry.services.answers import verdict_of_document, verdict_of_number, verdict_of_page
from registry.services.bodies import BodyDecision, decide
from registry.services.codes import verdict_of_code
from registry.services.decisions import Suspension, lift_hold, suspend_registration, withdraw
from registry.services.entries import public_entry
from registry.services.publishing import publish
from registry.services.refusals import SocietyNotAuthorizedError
from registry.services.registrations import confirm_registration, recommend_registration
from registry.services.renewals import confirm_renewal, file_renewal, recommend_renewal
from registry.services.rulings import Ruling, confirm, propose, take_back
from registry.services.trust import refresh_trust_list
from registry.store.register import AssessmentDays
from tests.fakes import Numbers
from tests.integration.abroad import ASKED, PARTY, Abroad
from tests.integration.abroad import lived_in as abroad_in
from tests.integration.intake_files import application, member, take_applications, take_members, told
from tests.integration.lives import FOUNDED, Lives, noon
from tests.integration.postgres import Server
from tests.integration.published import offline_verdict, root_sha256
from tests.integration.registers import AT, MINUTE, Office, office_of, recommendation
from tests.support.papers import paper_text
from verifier.eligibility import checked_offline
from verifier.folder import PublishedFolder
from verifier.judge import judge
from verifier.verdict import verdict

ELE, ICT = board("ELE"), board("ICT")
LIN = {"name_hans": "林知远", "name_latin": "Lin Zhiyuan"}
PASSPORT = {"id_type": "passport", "id_country": "XA", "id_number": "XA 12345"}


def china(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.fixture
def abroad(tmp_path_factory: pytest.TempPathFactory, place: Server | None) -> Iterator[Abroad]:
    with office_of(abroad_in(tmp_path_factory.getbasetemp(), place)) as office:
        yield Abroad(office)


def refresh(office: Office, at: datetime) -> None:
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=at)


def value(office: Office, number: str) -> Registration:
    with office.desk.open_reading() as work:
        return work.register.answering(number).value


def terms(office: Office, number: str) -> list[tuple[str, str]]:
    return [(str(one.start_on), str(one.end_on)) for one in value(office, number).terms]


@pytest.mark.parametrize(("reviewed", "counts"), [(date(2025, 8, 2), True), (date(2025, 8, 1), False)])
def test_scenario_53_and_r_au_09_after_a_loss_an_open_file_goes_to_a_society_in_scope(
    office: Office, reviewed: date, *, counts: bool
) -> None:
    in_both_societies(office)
    names = {"name_hans": "诸葛澄", "name_latin": "Zhuge Cheng", "field": "ICT"}
    digest = office.recommend(**names, member_ref="E-1")
    lost, at = date(2026, 8, 1), china("2026-08-02T10:00")
    decision = BodyDecision("ELE", "withdrawn", lost, "T/1", "quality")
    asked: dict[str, Any] = {"decided_on": lost, "material_review_on": reviewed, "decision_ref": "ICT/1"}
    transferred = recommendation(**names, **asked, society="ICT", member_ref="I-1", interview_on=None)
    with pytest.raises(DuplicateApplicationError):
        recommend_registration(office.desk, replace(transferred, decided_on=reviewed), actor=ICT, now=AT)
    decide(office.desk, office.keyring, decision, actor=REGISTRAR, now=AT)
    refresh(office, at)
    with pytest.raises(SocietyNotAuthorizedError) as frozen:
        enter(office, digest, at)
    assert frozen.value.code == "AUTH_SCOPE_VIOLATION"
    if counts:
        assert enter(office, recommend_registration(office.desk, transferred, actor=ICT, now=at), at)
        return
    with pytest.raises(ApplicationDaysError, match="R-AU-09"):
        recommend_registration(office.desk, transferred, actor=ICT, now=at)


# --- registration and certificates ------------------------------------------------------------------------------------


def test_scenario_01_registered_with_a_term_of_five_years_two_signatures_and_one_event(lives: Lives) -> None:
    row = member(society_membership_no="E-13", **LIN)
    take_members(lives.office, row, actor=ELE, at=FOUNDED)
    own = {"decided_on": date(2026, 3, 2), "interview_on": date(2026, 3, 2), **LIN}
    number = lives.register(date(2026, 3, 16), **own)
    lives.issue(number, date(2026, 3, 16))
    found = value(lives.office, number)
    assert (terms(lives.office, number), found.life) == ([("2026-03-16", "2031-03-15")], "CURRENT")
    with lives.office.desk.open_reading() as work:
        (paper,) = work.certificates.of_registration(number, 1)
        (event,) = work.journal.events(number)
    signers = {one["verificationMethod"].partition("#")[0] for one in json.loads(paper.document)["proof"]}
    assert (event.type, lives.bits(number), len(signers)) == ("REGISTERED", (0, 0), 2)
    assert lives.status(number, noon(date(2026, 3, 16)) + MINUTE) == "valid"


def test_scenario_05_without_the_signatures_of_the_society_it_proves_nothing(abroad: Abroad) -> None:
    """The paper code of the same certificate, the register at hand: both signatures count by reference (R-CE-01)."""
    number, desk = abroad.register("2023-03-16"), abroad.office.desk
    abroad.agree()
    (whole,) = abroad.certificates(number)
    stripped = json.loads(whole)
    stripped["proof"] = [one for one in stripped["proof"] if ":societies:" not in one["verificationMethod"]]
    lone = json.dumps(stripped).encode()
    assert [len(stripped["proof"]), abroad.show(whole, PARTY)["primary_code"]] == [2, "OK"]
    refused = abroad.show(lone, PARTY)
    assert (refused["outcome"], refused["primary_code"]) == ("NOT_VERIFIED", "CRED_PROOF_INVALID")
    assert verdict_of_document(desk, lone, now=ASKED)["outcome"] == "invalid"
    with desk.open_reading() as work:
        (paper,) = work.certificates.of_registration(number, 1)
    read = verdict_of_code(desk, paper_text(desk, paper.page_id), now=ASKED)
    proofs = next(one for one in read.verdict["checks"] if one["name"] == "proofs")
    assert (read.is_readable, read.verdict["outcome"], proofs["result"]) == (True, "valid", "pass")


@pytest.mark.parametrize(
    ("first", "last", "following"),
    [
        (date(2024, 2, 29), "2029-02-28", ("2029-03-01", "2034-02-28")),
        (date(2023, 3, 1), "2028-02-29", ("2028-03-01", "2033-02-28")),
    ],
)
def test_scenario_06_a_term_that_meets_29_february(
    lives: Lives, first: date, last: str, following: tuple[str, str]
) -> None:
    number, desk = lives.person(first), lives.office.desk
    end = date.fromisoformat(last)
    lives.keeps(number, *range(first.year, end.year))
    at = noon(end - timedelta(days=20))
    lives.sweep(at)
    file_renewal(desk, number, "2024", is_complete=True, actor=ELE, now=at)
    refresh(lives.office, at)
    digest = recommend_renewal(desk, number, AssessmentDays(None), decision_ref="R/1", actor=ELE, now=at)
    confirm_renewal(desk, digest, actor=REGISTRAR, now=at)
    assert terms(lives.office, number) == [(str(first), last), following]


def test_scenario_07_the_last_second_of_a_term_counts(lives: Lives) -> None:
    number = lives.person(date(2021, 7, 15))
    lives.issue(number, date(2021, 7, 15))
    lives.keeps(number, 2021, month=8)
    lives.keeps(number, *range(2022, 2026))
    lives.sweep(china("2026-07-14T23:00"))
    at = datetime.fromisoformat("2026-07-14T15:59:59+00:00")
    assert lives.status(number, at) == "valid_notice"
    assert lives.status(number, at + timedelta(milliseconds=999)) == "valid_notice"
    assert lives.status(number, at + timedelta(seconds=1)) == "expired"


def test_scenario_08_any_changed_digit_is_a_typing_mistake(office: Office) -> None:
    digest = office.recommend()
    number = confirm_registration(office.desk, digest, randomness=Numbers([123]), actor=REGISTRAR, now=AT)
    assert number == "CSE26ELE00012379"
    assert verdict_of_number(office.desk, number, now=AT).kind == "verdict"
    places = [place for place, sign in enumerate(number) if sign.isdigit()]
    changed = [number[:at] + digit + number[at + 1 :] for at in places for digit in "0123456789" if digit != number[at]]
    assert {verdict_of_number(office.desk, one, now=AT).kind for one in changed} == {"typing_mistake"}
    assert len(changed) == 90


def test_scenario_09_a_passport_holder_abroad_applies_like_anybody(office: Office) -> None:
    row = member(society="ICT", society_membership_no="I-1", name_hans="", name_latin="Daniel Testwell", **PASSPORT)
    assert told(take_members(office, row, actor=ICT)) == ["added"]
    asked = application(society="ICT", field="ICT", recommended_by="board-ict")
    assert told(take_applications(office, asked, actor=ICT)) == ["added"]


# --- applications, as far as they are recommendations ---------------------------------------------------------------


def in_both_societies(office: Office, **changed: str) -> None:
    take_members(office, member())
    take_members(office, member(society="ICT", society_membership_no="I-1", **changed), actor=ICT)


def test_scenario_10_one_application_is_open_in_a_field_whatever_the_society(office: Office) -> None:
    in_both_societies(office)
    asked = application(field="ICT")
    assert told(take_applications(office, asked)) == ["added"]
    (second,) = take_applications(
        office, application(field="ICT", society="ICT", recommended_by="board-ict"), actor=ICT
    )
    assert (second.result, "R-AP-04" in second.reason) == ("refused", True)


def test_scenario_11_in_another_field_an_application_may_run_beside_it(office: Office) -> None:
    in_both_societies(office)
    assert told(take_applications(office, application())) == ["added"]
    other = application(society="ICT", field="ICT", recommended_by="board-ict")
    assert told(take_applications(office, other, actor=ICT)) == ["added"]


def test_scenario_20_from_the_lowest_to_the_highest_grade_where_the_policy_lets_it(office: Office) -> None:
    office.register(grade="AE")
    own = {"kind": "promotion", "grade": "SPE", "decision_ref": "ELE/2026/9"}
    strict = replace(office, desk=replace(office.desk, policy=replace(office.desk.policy, promo_allow_skip=False)))
    with pytest.raises(PromotionSkipsGradeError):
        strict.recommend(**own)
    assert office.recommend(**own)


# --- renewal and promotion --------------------------------------------------------------------------------------------


@pytest.fixture
def ending(office: Office) -> Office:
    """One person certified as PE in ELE, whose term ends on 14 July 2026; M-1 of the society."""
    number = office.register()
    office.database.execute("UPDATE registration_term SET end_on = :last", {"last": date(2026, 7, 14)})
    office.issue(number)
    return replace(office, numbers=(number,))


def promotion(office: Office, on: date) -> str:
    """Recommend the person of the office for SPE on a day; returns the digest."""
    own = {"kind": "promotion", "grade": "SPE", "decided_on": on, "interview_on": on, "decision_ref": "ELE/2026/9"}
    refresh(office, noon(on))
    return recommend_registration(office.desk, recommendation(**own), actor=ELE, now=noon(on))


def enter(office: Office, digest: str, at: datetime) -> str:
    return confirm_registration(office.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=at)


def test_scenario_42_a_renewal_that_was_approved_is_dropped_by_the_promotion(ending: Office) -> None:
    """Both certificates of the lower grade end: the one in force SUPERSEDED, the coming one CLOSED (R-PR-07)."""
    (number,), desk, early = ending.numbers, ending.desk, noon(date(2026, 7, 2))
    file_renewal(desk, number, "2024", is_complete=True, actor=ELE, now=early)
    digest = recommend_renewal(desk, number, AssessmentDays(None), decision_ref="R/1", actor=ELE, now=early)
    confirm_renewal(desk, digest, actor=REGISTRAR, now=early)
    ending.issue(number, early)
    at = noon(date(2026, 7, 3))
    assert enter(ending, promotion(ending, date(2026, 7, 3)), at) == number
    with desk.open_reading() as work:
        old = work.certificates.of_registration(number, 1)
        revoked = work.certificates.revoked_indexes(1)
        lives = [one.value.life for one in work.register.registrations(number)]
    ends = [(one.ended.reason, one.ended.sub_reason, one.ended.at) for one in old if one.ended]
    assert ends == [("SUPERSEDED", None, at), ("CLOSED", "CANCELLED", at)]
    assert sorted(one.status_index for one in old) == sorted(revoked)
    assert (lives, terms(ending, number)) == (["SUPERSEDED", "CURRENT"], [("2026-07-03", "2031-07-02")])


def test_scenario_43_a_promotion_that_fails_changes_nothing_in_the_grade_held(ending: Office) -> None:
    """It is not entered, and nothing is filed for the grade that is held (R-PR-05)."""
    (number,), on = ending.numbers, date(2026, 7, 8)
    digest, before = promotion(ending, on), value(ending, number)
    suspend_registration(
        ending.desk, Suspension(number, HoldKind.IDENTITY, "I/1"), actor=REGISTRAR, now=china("2026-07-09T10:00")
    )
    with pytest.raises(HoldRunningError):
        enter(ending, digest, china("2026-07-10T10:00"))
    lift_hold(
        ending.desk, number, HoldKind.IDENTITY, decision_ref="I/2", actor=REGISTRAR, now=china("2026-07-10T11:00")
    )
    after = value(ending, number)
    assert (after.grade, after.life, after.terms, after.holds) == (
        before.grade,
        before.life,
        before.terms,
        before.holds,
    )
    for at, status in (("2026-07-14T23:59:59", "valid_notice"), ("2026-07-15T00:00", "expired")):
        refresh(ending, china(at))
        assert (verdict_of_number(ending.desk, number, now=china(at)).verdict or {})["state"] == status


def test_scenario_102_a_promotion_at_another_society_runs_beside_the_renewal(office: Office) -> None:
    in_both_societies(office)
    names = {"name_hans": "诸葛澄", "name_latin": "Zhuge Cheng", "field": "ICT"}
    number = office.register(**names, society="ICT", member_ref="I-1")
    office.database.execute("UPDATE registration_term SET end_on = :last", {"last": date(2026, 9, 30)})
    file_renewal(office.desk, number, "2024", is_complete=True, actor=ICT, now=AT)
    higher = {**names, "kind": "promotion", "grade": "SPE", "decision_ref": "D/2"}
    assert office.recommend(**higher, society="ELE", member_ref="E-1")
    with pytest.raises(DuplicateApplicationError):
        office.recommend(**higher, society="ICT", member_ref="I-1")


def test_r_rn_09_another_grade_after_three_years_is_a_new_registration_in_the_same_entry(lives: Lives) -> None:
    number, desk = lives.person(date(2026, 1, 5)), lives.office.desk
    withdraw(desk, number, decision_ref="W/1", actor=ELE, now=noon(date(2026, 3, 2)))
    lives.sweep(date(2029, 3, 2))
    assert lives.register(date(2029, 3, 2), grade="SPE") == number
    with desk.open_reading() as work:
        held = [(one.value.grade, one.value.life) for one in work.register.registrations(number)]
    assert held == [("PE", "WITHDRAWN"), ("SPE", "CURRENT")]
    assert terms(lives.office, number) == [("2029-03-02", "2034-03-01")]


# --- conduct ----------------------------------------------------------------------------------------------------------


def suspend(lives: Lives, number: str, kind: HoldKind, at: datetime, until: date | None = None) -> None:
    suspend_registration(lives.office.desk, Suspension(number, kind, "C/1", until), actor=CONDUCT_PANEL, now=at)


def lift(lives: Lives, number: str, kind: HoldKind, at: datetime, actor: Actor = CONDUCT_PANEL) -> None:
    lift_hold(lives.office.desk, number, kind, decision_ref="C/2", actor=actor, now=at)


def revocation(lives: Lives, number: str, at: datetime) -> str:
    ruling = Ruling("revocation", number, "C/1", GroundClass.CODE_BREACH)
    return propose(lives.office.desk, ruling, actor=SECOND_REGISTRAR, now=at)


def test_scenario_45_a_revocation_that_is_appealed_is_a_hold_until_the_appeal_is_decided(lives: Lives) -> None:
    """As decisions: the hold at once, the revocation when it is final, or the hold lifted (R-CC-07)."""
    number = lives.person(date(2026, 1, 5))
    lives.issue(number, date(2026, 1, 5))
    suspend(lives, number, HoldKind.CONDUCT_INTERIM, china("2026-06-03T09:00"))
    digest = revocation(lives, number, china("2026-06-03T10:00"))
    for on in ("2026-06-03T10:00", "2026-07-03T23:59", "2026-07-04T00:00", "2026-09-15T09:59"):
        lives.sweep(china(on))
        assert lives.bits(number) == (0, 1)
    allowed = china("2026-09-15T10:00")
    take_back(lives.office.desk, digest, actor=SECOND_REGISTRAR, now=allowed)
    lift(lives, number, HoldKind.CONDUCT_INTERIM, allowed)
    assert (lives.bits(number), lives.status(number, allowed)) == ((0, 0), "valid")
    assert [kind for kind, *_ in lives.events(number)] == ["HOLD_ADDED", "HOLD_LIFTED"]


def test_scenario_84_a_suspension_that_is_appealed_is_stayed_and_set_again(lives: Lives) -> None:
    """As decisions: the hold from 1 February, lifted by the appeal on the 10th, set again by its dismissal."""
    number, last = lives.person(date(2025, 12, 5)), date(2026, 7, 31)
    lives.issue(number, date(2025, 12, 5))
    first, appealed, dismissed = start_of(date(2026, 2, 1)), china("2026-02-10T14:00"), china("2026-03-20T10:00")
    suspend(lives, number, HoldKind.CONDUCT_SANCTION, first, last)
    assert lives.bits(number) == (0, 1)
    lift(lives, number, HoldKind.CONDUCT_SANCTION, appealed, APPEAL_PANEL)
    assert (lives.bits(number), lives.status(number, appealed)) == ((0, 0), "valid")
    suspend(lives, number, HoldKind.CONDUCT_SANCTION, dismissed, last)
    lives.sweep(start_of(date(2026, 8, 1)) - MINUTE)
    assert lives.bits(number) == (0, 1)
    lives.sweep(start_of(date(2026, 8, 1)))
    assert lives.bits(number) == (0, 0)
    kinds = [kind for kind, *_ in lives.events(number)]
    assert kinds == ["HOLD_ADDED", "HOLD_LIFTED", "HOLD_ADDED", "SUSPENSION_TERM_ENDED"]


def test_scenario_86_three_years_after_a_revocation_the_same_number_lives_again(lives: Lives) -> None:
    number, desk = lives.person(date(2026, 1, 5)), lives.office.desk
    revoked = china("2026-07-04T00:00")
    confirm(desk, revocation(lives, number, revoked), actor=REGISTRAR, now=revoked)
    lives.sweep(date(2029, 7, 3))
    with pytest.raises(ConductBarError, match="a new assessment may begin on 2029-07-04"):
        lives.register(date(2029, 7, 3))
    assert lives.register(date(2029, 7, 4)) == number
    with desk.open_reading() as work:
        assert [one.value.life for one in work.register.registrations(number)] == ["REVOKED", "CURRENT"]
    shown = public_entry(desk, number, now=noon(date(2029, 7, 4)))
    assert shown is not None
    assert [one["type"] for one in shown["events"]] == ["REGISTERED", "REVOKED", "REGISTERED"]


# --- privacy and presentation -----------------------------------------------------------------------------------------


def test_scenario_58_without_consent_status_is_answered_and_no_name(office: Office) -> None:
    number = office.register(consent_c1=False)
    page = office.issue(number)
    entry = public_entry(office.desk, number, now=AT)
    assert entry is not None
    shown = entry["registration"]
    assert (shown["status"], shown["grade"]["code"], entry["field"]["code"]) == ("active", "PE", "ELE")
    for answer in (
        entry,
        verdict_of_number(office.desk, number, now=AT).verdict,
        verdict_of_page(office.desk, page, now=AT),
    ):
        text = json.dumps(answer, ensure_ascii=False)
        assert ("NAME_WITHHELD" in text, "林知远" in text, "Lin Zhiyuan" in text) == (True, False, False)
    # There is no search by name: what is no number is answered as such, whoever is on the register.
    assert verdict_of_number(office.desk, "林知远", now=AT).kind == "not_a_number"


def test_scenario_59_a_list_of_25_hours_ago_is_never_good(abroad: Abroad, tmp_path: Path) -> None:
    number, office = abroad.register("2023-03-16"), abroad.office
    abroad.agree()
    refresh(office, ASKED)
    publish(office.desk, office.keyring, PublishFolder(tmp_path), actor=PUBLISHER, now=ASKED)
    folder = PublishedFolder(tmp_path, root_sha256=root_sha256(tmp_path))
    (document,) = abroad.certificates(number)
    said = []
    for age in (timedelta(hours=24), timedelta(hours=25)):
        report = checked_offline(judge(document, folder, now=ASKED + age), "m1", folder.agreements)
        said.append((verdict(report)["outcome"], (report.recognition or {})["primary_code"]))
    assert said == [("indeterminate", "ONLINE_CHECK_REQUIRED"), ("indeterminate", "STATUS_UNAVAILABLE")]
    assert [offline_verdict(document, tmp_path, ASKED + timedelta(hours=hours))["outcome"] for hours in (24, 25)] == [
        "valid",
        "indeterminate",
    ]
