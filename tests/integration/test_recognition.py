"""Scenarios of mutual recognition (`domain.md` 6), lived through the use cases on both kinds of database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import APPEAL_PANEL, CLOCK, CONDUCT_PANEL, REGISTRAR, board
from registry.domain import lifecycle
from registry.domain.actors import Actor
from registry.domain.changes import GroundClass
from registry.domain.refusals import NotFoundError
from registry.domain.registration import Hold, HoldKind
from registry.domain.transitions import suspend
from registry.services.bodies import BodyDecision, decide, review
from registry.services.decisions import (
    Suspension,
    apply_change,
    apply_hold,
    lift_hold,
    record_death,
    suspend_registration,
)
from registry.services.issuing import issue_certificate
from registry.services.recognition import check_number
from registry.services.renewals import confirm_renewal, file_renewal, recommend_renewal
from registry.services.rulings import Ruling, confirm, propose
from registry.services.trust import refresh_trust_list
from registry.store.register import AssessmentDays
from tests.integration.abroad import ANYBODY, ASKED, PARTY, Abroad, at, lived_in
from tests.integration.postgres import Server
from tests.integration.registers import office_of
from tests.support.agreements import OF_DEMO
from verifier.agreements import Claim

DEMO = {one["id"]: one for one in OF_DEMO if one["agreementVersion"] == 1}


@pytest.fixture
def abroad(tmp_path_factory: pytest.TempPathFactory, place: Server | None) -> Iterator[Abroad]:
    with office_of(lived_in(tmp_path_factory.getbasetemp(), place)) as office:
        yield Abroad(office)


def told(answer: dict[str, Any]) -> tuple[str, str, list[str]]:
    return answer["outcome"], answer["primary_code"], answer["codes"]


@pytest.fixture
def case_60(abroad: Abroad) -> str:
    """PE/MEC since 2023-03-16, three years kept; every agreement of the demonstration is in force as it says."""
    number = abroad.register("2023-03-16")
    abroad.agree()
    return number


def test_scenario_60_eligible_with_the_fixed_sentence(abroad: Abroad, case_60: str) -> None:
    answer = abroad.ask(case_60, PARTY, "2026-06-01")
    assert told(answer) == ("ELIGIBLE", "OK", ["OK"])
    board_en, board_zh = "Example Engineers Board (XA)", "示例工程师理事会（XA）"
    assert answer["text"] == {
        "en": f"Eligible to use the simplified procedure. The decision belongs to {board_en}. This is not a licence.",
        "zh": f"符合适用简化程序的条件；是否授予由{board_zh}决定。本结果不是执业许可。",
    }
    assert (answer["agreement"]["id"], answer["agreement"]["version"]) == ("m1", 1)
    assert answer["as_of"] == "2026-06-01T15:59:59Z"
    assert answer["current"] == {"status": "active", "grade": "PE"}


def test_scenario_61_too_few_years_and_when_all_can_hold(abroad: Abroad) -> None:
    number = abroad.register("2024-06-02")
    abroad.agree()
    answer = abroad.ask(number, PARTY, "2026-06-01")
    assert told(answer) == ("NOT_ELIGIBLE", "YEARS_REGISTERED_SHORT", ["YEARS_REGISTERED_SHORT", "CPD_YEARS_SHORT"])
    assert answer["first_on"] == "2027-03-01"
    answer = abroad.ask(number, ANYBODY, "2026-06-01")
    assert told(answer)[2] == ["YEARS_REGISTERED_SHORT", "PERSONAL_CONDITIONS_NOT_SHOWN"]
    assert answer["first_on"] == "2026-06-02"


def in_cure(abroad: Abroad) -> str:
    """Case 60 with 2025 short by 6 hours."""
    number = abroad.register("2023-03-16", kept=2024)
    abroad.hours(number, "2025-06-01", 34)
    abroad.agree()
    return number


def test_scenario_62_a_year_in_cure_is_pending_then_cured(abroad: Abroad) -> None:
    number = in_cure(abroad)
    make_up = at("2026-04-10")
    abroad.hours(number, "2026-04-05", 6, year=2025, allocated_at=make_up, submitted_at=make_up, decided_at=make_up)
    assert told(abroad.ask(number, PARTY, "2026-03-20")) == (
        "INDETERMINATE",
        "CPD_YEARS_PENDING",
        ["CPD_YEARS_PENDING"],
    )
    assert told(abroad.ask(number, PARTY, "2026-04-09"))[1] == "CPD_YEARS_PENDING"
    assert told(abroad.ask(number, PARTY, "2026-04-10")) == ("ELIGIBLE", "OK", ["OK"])


def test_scenario_62_a_year_that_was_not_cured(abroad: Abroad) -> None:
    number = in_cure(abroad)
    abroad.pass_time(at("2026-05-01", "00:01"))
    answer = abroad.ask(number, PARTY, "2026-05-01")
    assert told(answer) == (
        "NOT_ELIGIBLE",
        "REG_SUSPENDED",
        ["REG_SUSPENDED", "CPD", "CPD_YEARS_SHORT", "CHANGED_THAT_DAY"],
    )
    assert answer["changed_at"] == ["2026-04-30T16:00:00Z"]
    assert told(abroad.ask(number, PARTY, "2026-04-30"))[1] == "CPD_YEARS_PENDING"


def test_scenario_63_a_year_counts_once_it_is_assessed(abroad: Abroad, case_60: str) -> None:
    assert told(abroad.ask(case_60, PARTY, "2026-02-10"))[2] == ["CPD_YEARS_SHORT"]
    assert told(abroad.ask(case_60, PARTY, "2026-02-28"))[1] == "CPD_YEARS_SHORT"
    assert told(abroad.ask(case_60, PARTY, "2026-03-01"))[1] == "OK"


def test_scenario_64_a_grade_or_field_that_is_not_covered(abroad: Abroad) -> None:
    apprentice = abroad.register("2023-03-16", grade="AE")
    senior = abroad.register("2024-05-06", grade="SPE", member_ref="M-2")
    abroad.agree()
    assert "GRADE_NOT_COVERED" in abroad.ask(apprentice, PARTY, "2026-06-01")["codes"]
    m2 = replace(PARTY, agreement="m2")
    assert told(abroad.ask(senior, m2, "2025-06-01")) == ("NOT_ELIGIBLE", "FIELD_NOT_COVERED", ["FIELD_NOT_COVERED"])


def test_scenario_65_a_claim_that_was_lodged_in_time(abroad: Abroad) -> None:
    number = abroad.register("2024-05-05", grade="SPE", society="ELE", field="ELE")
    abroad.agree()
    m2 = Claim(agreement="m2", is_personal=True)
    recorded = replace(m2, lodged_on=date(2025, 12, 20), is_confirmed=True)
    assert told(abroad.ask(number, m2, "2026-02-01")) == ("NOT_ELIGIBLE", "MRA_ENDED", ["MRA_ENDED"])
    assert told(abroad.ask(number, recorded, "2026-02-01")) == ("ELIGIBLE", "OK", ["OK", "MRA_SAVINGS_APPLY"])
    asserted = abroad.ask(number, replace(recorded, is_confirmed=False), "2026-02-01")
    assert told(asserted)[:2] == ("ELIGIBLE_SUBJECT_TO", "LODGEMENT_UNCONFIRMED")
    assert told(abroad.ask(number, recorded, "2026-06-30"))[0] == "ELIGIBLE"
    assert told(abroad.ask(number, recorded, "2026-07-01"))[1] == "MRA_ENDED"
    assert told(abroad.ask(number, m2, "2025-12-31")) == ("ELIGIBLE", "OK", ["OK"])


def test_scenario_66_frameworks_and_agreements_to_come(abroad: Abroad, case_60: str) -> None:
    def under(name: str, day: str) -> str:
        return str(told(abroad.ask(case_60, replace(PARTY, agreement=name), day))[1])

    assert under("m3", "2026-06-01") == "MRA_FRAMEWORK_ONLY"
    assert under("m4", "2026-08-31") == "MRA_NOT_YET_IN_FORCE"
    assert under("m4", "2026-09-01") == "OK"
    assert under("m6", "2026-06-01") == "MRA_DIRECTION"


def test_scenario_67_what_nobody_has_on_file_is_asked_for(abroad: Abroad) -> None:
    number = abroad.register("2024-05-06", grade="SPE")
    abroad.agree()
    answer = abroad.ask(number, replace(PARTY, agreement="m5"), "2026-06-01")
    assert told(answer)[::2] == ("ELIGIBLE_SUBJECT_TO", ["DEGREE_EVIDENCE_REQUIRED", "MANUAL_CONDITION"])
    assert answer["text"]["en"].startswith("Subject to the conditions named here: Eligible to use the simplified")
    assert answer["agreement"]["manual"] == [{"en": "interview on local law", "zh": "当地法律面谈"}]


def test_scenario_68_another_place_or_title(abroad: Abroad, case_60: str) -> None:
    elsewhere = abroad.ask(case_60, replace(PARTY, jurisdiction="XB"), "2026-06-01")
    assert told(elsewhere) == ("NOT_ELIGIBLE", "MRA_JURISDICTION_MISMATCH", ["MRA_JURISDICTION_MISMATCH"])
    other = abroad.ask(case_60, replace(PARTY, title="Licensed Engineer (XA)"), "2026-06-01")
    assert told(other)[1] == "MRA_TITLE_MISMATCH"
    nowhere = abroad.ask(case_60, Claim(title="Registered Engineer (XA)", jurisdiction="ZZ"), "2026-06-01")
    assert (told(nowhere)[1], "agreement" in nowhere) == ("MRA_UNKNOWN", False)
    by_title = Claim(title="Registered Engineer (XA)", jurisdiction="XA", is_personal=True)
    assert told(abroad.ask(case_60, by_title, "2026-06-01"))[1] == "OK"


def test_R_MR_08_two_agreements_that_fit_are_ambiguous(abroad: Abroad, case_60: str) -> None:
    again = {**DEMO["m1"], "id": "m8"}
    abroad.agree(again)
    by_title = Claim(title="Registered Engineer (XA)", jurisdiction="XA", is_personal=True)
    assert told(abroad.ask(case_60, by_title))[:2] == ("INDETERMINATE", "MRA_AMBIGUOUS")


def test_scenario_69_years_in_the_lower_grade_count_unless_the_agreement_says_otherwise(abroad: Abroad) -> None:
    number = abroad.register("2021-07-15")
    abroad.register("2026-07-03", number=number, grade="SPE")
    strict = {**DEMO["m1"], "id": "m9", "conditions": {**DEMO["m1"]["conditions"], "countLowerGrades": False}}
    abroad.agree(DEMO["m1"], strict)
    old, new = abroad.certificates(number)
    assert told(abroad.show(old, PARTY, "2026-07-10"))[::2] == ("NOT_ELIGIBLE", ["REG_SUPERSEDED", "USE_SUCCESSOR"])
    assert told(abroad.show(new, PARTY, "2026-07-10")) == ("ELIGIBLE", "OK", ["OK"])
    assert told(abroad.ask(number, PARTY, "2026-07-10")) == ("ELIGIBLE", "OK", ["OK"])
    assert told(abroad.show(old, PARTY, "2026-06-10"))[0] == "ELIGIBLE"
    assert told(abroad.show(new, PARTY, "2026-06-10"))[1] == "REG_NOT_YET_VALID"
    answer = abroad.show(new, replace(PARTY, agreement="m9"), "2026-07-10")
    assert (answer["primary_code"], answer["first_on"]) == ("YEARS_REGISTERED_SHORT", "2028-07-03")


def test_scenario_70_who_says_that_the_title_is_held_is_told_so(abroad: Abroad, case_60: str) -> None:
    answer = abroad.ask(case_60, replace(PARTY, holds_title=True), "2026-06-01")
    assert told(answer) == ("ELIGIBLE", "OK", ["OK", "CLAIM_OVERSTATED"])


def test_scenario_71_a_body_that_is_no_party(abroad: Abroad, case_60: str) -> None:
    body = replace(ANYBODY, body="did:web:engineers.xb.example")
    answer = abroad.ask(case_60, body, "2026-06-01")
    codes = ["PERSONAL_CONDITIONS_NOT_SHOWN", "BODY_NOT_PARTY"]
    assert told(answer) == ("ELIGIBLE_SUBJECT_TO", codes[0], codes)


def sanction(abroad: Abroad, number: str, first: str, last: str) -> None:
    command = Suspension(number, HoldKind.CONDUCT_SANCTION, "C/1", date.fromisoformat(last))
    suspend_registration(abroad.office.desk, command, actor=CONDUCT_PANEL, now=abroad.dated(at(first, "00:00")))


def test_scenario_72_a_suspension_that_is_over_counts_for_its_days(abroad: Abroad, case_60: str) -> None:
    sanction(abroad, case_60, "2026-02-01", "2026-04-30")
    abroad.pass_time(at("2026-05-01", "00:05"))
    answer = abroad.ask(case_60, PARTY, "2026-03-15", now=at("2026-06-01"))
    assert told(answer)[2] == ["REG_SUSPENDED", "CONDUCT_SANCTION"]
    assert answer["current"]["status"] == "active"
    assert told(abroad.ask(case_60, PARTY, "2026-05-02"))[1] == "OK"


# --- who asks -------------------------------------------------------------------------------------------------------


def test_scenario_111_what_the_public_is_told_does_not_depend_on_private_facts(abroad: Abroad) -> None:
    """Row 28a: the same bytes for who kept every CPD year, for who is in cure, and whose hours nobody decided on."""
    good = abroad.register("2023-03-16")
    cure, undecided = (abroad.register("2023-03-16", member_ref=name, kept=2024) for name in ("M-2", "M-3"))
    abroad.hours(cure, "2025-06-01", 34)
    abroad.hours(undecided, "2025-06-01", decided_at=None, accepted=Decimal(0))
    abroad.agree()
    now = at("2026-03-20")
    public = [abroad.ask(number, ANYBODY, now=now, has_history=False) for number in (good, cure, undecided)]
    assert public[0] == public[1] == public[2]
    assert told(public[0])[::2] == ("ELIGIBLE_SUBJECT_TO", ["PERSONAL_CONDITIONS_NOT_SHOWN"])
    private = [told(abroad.ask(number, PARTY, now=now))[1] for number in (good, cure, undecided)]
    assert private == ["OK", "CPD_YEARS_PENDING", "CPD_YEARS_PENDING"]
    later = abroad.ask(cure, ANYBODY, "2026-03-20", has_history=False)
    assert told(later) == ("INDETERMINATE", "HISTORY_NOT_SHOWN", ["HISTORY_NOT_SHOWN"])
    assert "as_of" not in later


@pytest.mark.parametrize(
    ("as_of", "personal", "code"),
    [
        ("2023-10-01", False, "PERSONAL_CONDITIONS_NOT_SHOWN"),
        ("2023-09-30", False, "HISTORY_NOT_SHOWN"),
        ("2023-09-30", True, "YEARS_REGISTERED_SHORT"),
    ],
)
def test_R_MR_03_without_a_claim_history_reaches_back_three_years(
    abroad: Abroad, case_60: str, as_of: str, personal: bool, code: str
) -> None:
    answer = abroad.ask(case_60, replace(PARTY, is_personal=personal), as_of)
    assert code in answer["codes"]


def test_scenario_114_a_day_that_has_begun_somewhere_is_answered_as_now(abroad: Abroad, case_60: str) -> None:
    evening = at("2026-07-01", "20:00")
    for as_of in ("2026-07-02", "2026-07-01", None):
        answer = abroad.ask(case_60, ANYBODY, as_of, now=evening, has_history=False)
        assert (answer["primary_code"], answer["as_of"]) == ("PERSONAL_CONDITIONS_NOT_SHOWN", "2026-07-01T12:00:00Z")
    assert told(abroad.ask(case_60, ANYBODY, "2026-07-03", now=evening))[1] == "AS_OF_FUTURE"
    assert told(abroad.ask(case_60, ANYBODY, "2026-07-02", now=at("2026-07-01", "17:59")))[1] == "AS_OF_FUTURE"
    assert told(abroad.ask(case_60, ANYBODY, "2026-07-02", now=at("2026-07-01", "18:00")))[1] != "AS_OF_FUTURE"
    assert told(abroad.ask(case_60, ANYBODY, evening + timedelta(seconds=1), now=evening))[1] == "AS_OF_FUTURE"


def suspended_for_cpd(abroad: Abroad, number: str, since: datetime) -> None:
    """Set the hold of the ledger, as the clock job does."""
    move = partial(suspend, hold=Hold(HoldKind.CPD, since, None, "2025"), at=since, reason_code="cpd")
    abroad.dated(since)
    with abroad.office.desk.open_work() as work:
        apply_hold(work, work.register.answering(number), move, on_person=True, actor=CLOCK, now=since)


def test_scenario_113_the_state_changed_on_the_day(abroad: Abroad, case_60: str) -> None:
    desk = abroad.office.desk
    suspended_for_cpd(abroad, case_60, at("2026-08-01"))
    lift_hold(desk, case_60, HoldKind.CPD, decision_ref="2025", actor=REGISTRAR, now=at("2026-08-10", "14:05"))
    answer = abroad.ask(case_60, PARTY, "2026-08-10")
    assert told(answer) == ("ELIGIBLE", "OK", ["OK", "CHANGED_THAT_DAY"])
    assert answer["changed_at"] == ["2026-08-10T06:05:00Z"]
    before = abroad.ask(case_60, PARTY, at("2026-08-10", "14:00"))
    assert (told(before)[2], "changed_at" in before) == (["REG_SUSPENDED", "CPD"], False)


def test_scenario_115_hours_taken_back_later_change_no_earlier_day(abroad: Abroad) -> None:
    number = abroad.register("2023-03-16", kept=2023)
    abroad.hours(number, "2025-06-01")
    abroad.hours(number, "2024-06-01", 41, reversed_at=at("2026-06-10"), reversed_hours=Decimal(5))
    abroad.agree()
    now = at("2026-07-01")
    assert told(abroad.ask(number, PARTY, "2026-05-01", now=now)) == ("ELIGIBLE", "OK", ["OK"])
    assert told(abroad.ask(number, PARTY, "2026-06-11", now=now))[1] == "CPD_YEARS_PENDING"


def test_scenario_116_a_recorded_claim_is_judged_by_the_version_of_its_day(abroad: Abroad) -> None:
    number = abroad.register("2024-05-05", grade="SPE", society="ELE", field="ELE")
    abroad.agree(DEMO["m2"])
    second = {**DEMO["m2"], "agreementVersion": 2, "effectiveFrom": "2026-01-01", "effectiveTo": "2030-12-31"}
    second |= {"mapping": [{"grade": "SPE", "fields": ["CIV"]}]}
    del second["savings"]
    abroad.agree(second, recorded_at=at("2025-11-01"))
    claim = Claim(agreement="m2", lodged_on=date(2025, 12, 20), is_confirmed=True, is_personal=True)
    answer = abroad.ask(number, claim, "2026-03-01")
    assert (told(answer)[0], answer["agreement"]["version"]) == ("ELIGIBLE", 1)
    answer = abroad.ask(number, replace(claim, lodged_on=None), "2026-03-01")
    assert (told(answer)[1], answer["agreement"]["version"]) == ("FIELD_NOT_COVERED", 2)


@pytest.mark.parametrize(("conditions", "code"), [({"conductLookbackYears": 5}, "CONDUCT_LOOKBACK"), ({}, "OK")])
def test_scenario_112_a_sanction_that_is_no_longer_shown(abroad: Abroad, conditions: dict[str, int], code: str) -> None:
    """A suspension that ended more than three years ago: the party with the claim is told, anybody else is not."""
    number = abroad.register("2021-07-15")
    sanction(abroad, number, "2022-05-10", "2022-06-10")
    abroad.pass_time(at("2022-06-11", "00:05"))
    abroad.agree({**DEMO["m1"], "conditions": conditions})
    assert told(abroad.ask(number, PARTY, now=at("2026-06-01")))[1] == code
    public = abroad.ask(number, ANYBODY, now=at("2026-06-01"))
    assert told(public)[1] == ("PERSONAL_CONDITIONS_NOT_SHOWN" if conditions else "OK")
    assert "CONDUCT_LOOKBACK" not in public["codes"]


def test_a_sanction_that_is_still_shown_is_told_to_anybody(abroad: Abroad) -> None:
    number = abroad.register("2022-07-15")
    sanction(abroad, number, "2024-05-10", "2024-06-10")
    abroad.pass_time(at("2024-06-11", "00:05"))
    abroad.agree({**DEMO["m1"], "conditions": {"conductLookbackYears": 5}})
    assert "CONDUCT_LOOKBACK" in abroad.ask(number, ANYBODY)["codes"]


@pytest.mark.parametrize(("actor", "code"), [(CONDUCT_PANEL, "CONDUCT_LOOKBACK"), (APPEAL_PANEL, "OK")])
def test_row_31_a_sanction_that_was_lifted_early_counts_unless_an_appeal_undid_it(
    abroad: Abroad, actor: Actor, code: str
) -> None:
    """Also with an earlier one, that ran to its end, on file: which of them an appeal lifted is told apart."""
    number = abroad.register("2022-07-15")
    sanction(abroad, number, "2022-08-10", "2022-09-10")
    abroad.pass_time(at("2022-09-11", "00:05"))
    sanction(abroad, number, "2023-09-10", "2025-09-09")
    lifted = {"decision_ref": "A/1", "actor": actor, "now": at("2023-09-20")}
    lift_hold(abroad.office.desk, number, HoldKind.CONDUCT_SANCTION, **lifted)
    abroad.agree({**DEMO["m1"], "conditions": {"conductLookbackYears": 4}})
    assert told(abroad.ask(number, PARTY))[1] == code
    assert "CONDUCT_LOOKBACK" not in abroad.ask(number, ANYBODY)["codes"], "shown for three years after it was lifted"


def test_row_31_an_appeal_against_one_sanction_undoes_no_other(abroad: Abroad) -> None:
    number = abroad.register("2022-07-15")
    sanction(abroad, number, "2023-01-10", "2023-02-28")
    abroad.pass_time(at("2023-03-01", "00:05"))
    sanction(abroad, number, "2024-05-10", "2024-06-10")
    lifted = {"decision_ref": "A/1", "actor": APPEAL_PANEL, "now": at("2024-05-20")}
    lift_hold(abroad.office.desk, number, HoldKind.CONDUCT_SANCTION, **lifted)
    abroad.agree({**DEMO["m1"], "conditions": {"conductLookbackYears": 4}})
    assert told(abroad.ask(number, PARTY))[1] == "CONDUCT_LOOKBACK"


def test_the_dead_are_not_eligible_from_the_day_on(abroad: Abroad, case_60: str) -> None:
    death = {"decision_ref": "D/1", "actor": board("MEC"), "now": at("2026-05-20")}
    record_death(abroad.office.desk, case_60, date(2026, 4, 2), **death)
    assert told(abroad.ask(case_60, PARTY, "2026-04-01"))[1] == "OK"
    answer = abroad.ask(case_60, PARTY, "2026-04-02")
    assert told(answer)[:2] == ("NOT_ELIGIBLE", "REG_DECEASED")
    assert answer["current"]["status"] == "deceased"


def test_scenario_57_a_name_that_is_not_published_is_remarked(abroad: Abroad) -> None:
    number = abroad.register("2023-03-16", consent_c1=False)
    abroad.agree({**DEMO["m1"], "conditions": {}})
    assert told(abroad.ask(number, ANYBODY)) == ("ELIGIBLE", "OK", ["OK", "NAME_WITHHELD"])
    (document,) = abroad.certificates(number)
    assert told(abroad.show(document, ANYBODY))[2] == ["OK"]


# --- lives: renewals, appeals, annulments ---------------------------------------------------------------------------

MEC = board("MEC")


def renewing(abroad: Abroad, number: str, filed: str, hour: str = "10:00") -> None:
    file_renewal(abroad.office.desk, number, "2024", is_complete=True, actor=MEC, now=abroad.dated(at(filed, hour)))


def approve(abroad: Abroad, number: str, day: str) -> None:
    desk, keyring = abroad.office.desk, abroad.office.keyring
    refresh_trust_list(desk, keyring, actor=REGISTRAR, now=at(day))
    days = AssessmentDays(date.fromisoformat(day) - timedelta(days=9), None, None)
    digest = recommend_renewal(desk, number, days, decision_ref="R/1", actor=MEC, now=at(day))
    confirm_renewal(desk, digest, actor=REGISTRAR, now=at(day))
    issuing = {"keyring": keyring, "randomness": SystemRandomness(), "actor": REGISTRAR}
    issue_certificate(desk, number, now=at(day, "10:05"), **issuing)


@pytest.fixture
def ending(abroad: Abroad) -> str:
    """PE/MEC since 2021-07-15, every year kept: the term ends on 14 July 2026."""
    number = abroad.register("2021-07-15")
    accepting = {**DEMO["m1"], "id": "m9", "conditions": {**DEMO["m1"]["conditions"], "acceptInterim": True}}
    abroad.agree(DEMO["m1"], accepting)
    return number


def test_scenario_110_an_interim_is_accepted_if_the_agreement_says_so(abroad: Abroad, ending: str) -> None:
    renewing(abroad, ending, "2026-07-10")
    abroad.pass_time(at("2026-07-15", "00:01"))
    for now in (at("2026-08-01"), ASKED):
        if now is ASKED:
            approve(abroad, ending, "2026-08-20")
        pending = abroad.ask(ending, PARTY, "2026-08-01", now=now)
        assert told(pending)[:2] == ("ELIGIBLE_SUBJECT_TO", "RENEWAL_PENDING")
        accepted = abroad.ask(ending, replace(PARTY, agreement="m9"), "2026-08-01", now=now)
        assert accepted["outcome"] == "ELIGIBLE"
    assert told(abroad.ask(ending, PARTY, "2026-08-20")) == ("ELIGIBLE", "OK", ["OK", "CHANGED_THAT_DAY"])


def test_scenario_38_a_gap_is_no_time_of_registration(abroad: Abroad, ending: str) -> None:
    abroad.pass_time(at("2026-07-15", "00:01"))
    renewing(abroad, ending, "2026-08-01")
    approve(abroad, ending, "2026-09-01")
    assert told(abroad.ask(ending, PARTY, "2026-08-15"))[:2] == ("NOT_ELIGIBLE", "REG_EXPIRED")
    assert told(abroad.ask(ending, PARTY, "2026-07-14"))[0] == "ELIGIBLE"
    assert told(abroad.ask(ending, PARTY, "2026-09-02")) == ("ELIGIBLE", "OK", ["OK"])


def test_scenario_36_the_paper_of_another_term_is_answered_for_its_registration(abroad: Abroad, ending: str) -> None:
    renewing(abroad, ending, "2026-05-01")
    approve(abroad, ending, "2026-05-02")
    old, new = abroad.certificates(ending)
    coming = abroad.show(new, PARTY, now=at("2026-06-01"))
    assert told(coming) == ("ELIGIBLE", "OK", ["OK", "CRED_NOT_YET_VALID"])
    abroad.pass_time(at("2026-07-15", "00:01"))
    assert told(abroad.show(old, PARTY, "2026-07-14", now=at("2026-08-01"))) == ("ELIGIBLE", "OK", ["OK"])
    assert told(abroad.show(old, PARTY, "2026-07-15", now=at("2026-08-01")))[2] == ["OK", "CRED_ENDED_RENEWED"]
    over = abroad.show(old, PARTY, now=at("2026-08-01"))
    assert told(over) == ("ELIGIBLE", "OK", ["OK", "CRED_ENDED_RENEWED"])
    assert told(abroad.ask(ending, PARTY, now=at("2026-08-01"))) == ("ELIGIBLE", "OK", ["OK"])


def test_scenario_39_who_does_not_renew_lapses(abroad: Abroad, ending: str) -> None:
    for day in ("2026-07-15", "2026-10-13"):
        abroad.pass_time(at(day, "00:01"))
    answer = abroad.ask(ending, PARTY, now=at("2026-10-13"))
    assert told(answer)[::2] == ("NOT_ELIGIBLE", ["REG_LAPSED", "RENEWAL_LAPSE"])
    assert told(abroad.ask(ending, PARTY, "2026-10-12", now=at("2026-10-13")))[1] == "REG_EXPIRED"


def test_a_lapse_for_want_of_CPD_is_told_as_such(abroad: Abroad, case_60: str) -> None:
    suspended_for_cpd(abroad, case_60, at("2025-05-01", "00:00"))
    with (
        abroad.office.desk.open_work() as work
    ):  # By the facts on file it was never short: the job would lift the hold.
        stored = work.register.answering(case_60)
        change = lifecycle.end(stored.value, lifecycle.CPD_LAPSE, at=at("2026-05-01", "00:00"), decision_ref="clock")
        apply_change(work, stored, change, actor=CLOCK, now=at("2026-05-01", "00:01"))
    assert told(abroad.ask(case_60, PARTY, "2026-05-01"))[2][:2] == ["REG_LAPSED", "CPD_LAPSE"]


def ruled(abroad: Abroad, ruling: Ruling, day: str) -> None:
    digest = propose(abroad.office.desk, ruling, actor=CONDUCT_PANEL, now=abroad.dated(at(day)))
    confirm(abroad.office.desk, digest, actor=REGISTRAR, now=at(day, "10:01"))


def test_scenario_47_what_is_annulled_never_was(abroad: Abroad, case_60: str) -> None:
    assert told(abroad.ask(case_60, PARTY, "2026-05-01", now=at("2026-05-03")))[0] == "ELIGIBLE"
    ruled(abroad, Ruling("annulment", case_60, "C/1", GroundClass.FALSE_STATEMENT), "2026-05-04")
    answer = abroad.ask(case_60, PARTY, "2026-05-01")
    assert told(answer) == ("NOT_ELIGIBLE", "REG_ANNULLED", ["REG_ANNULLED", "HISTORY_DIFFERS"])
    assert answer["current"]["status"] == "annulled"
    assert told(abroad.ask(case_60, PARTY, "2025-01-01"))[2] == ["REG_ANNULLED", "HISTORY_DIFFERS"]


def test_scenario_44_a_revocation_is_not_dated_back(abroad: Abroad, case_60: str) -> None:
    ruled(abroad, Ruling("revocation", case_60, "C/1", GroundClass.CODE_BREACH), "2026-07-04")
    assert told(abroad.ask(case_60, PARTY, "2026-07-03"))[0] == "ELIGIBLE"
    assert told(abroad.ask(case_60, PARTY, "2026-07-05"))[::2] == ("NOT_ELIGIBLE", ["REG_REVOKED"])


def test_scenario_46_after_an_appeal_the_old_paper_leads_to_the_live_registration(abroad: Abroad, case_60: str) -> None:
    looking_back = {**DEMO["m1"], "id": "m9", "conditions": {"conductLookbackYears": 5}}
    abroad.agree(looking_back)
    ruled(abroad, Ruling("revocation", case_60, "C/1", GroundClass.CODE_BREACH), "2026-07-04")
    appeal = propose(abroad.office.desk, Ruling("appeal", case_60, "A/1"), actor=APPEAL_PANEL, now=at("2026-08-03"))
    confirm(abroad.office.desk, appeal, actor=REGISTRAR, now=at("2026-08-03", "10:01"))
    (old,) = abroad.certificates(case_60)
    assert told(abroad.show(old, ANYBODY))[2][0] == "CRED_CLOSED"
    assert told(abroad.show(old, replace(PARTY, agreement="m9")))[::2] == ("ELIGIBLE", ["OK", "CRED_CLOSED"])
    assert told(abroad.ask(case_60, PARTY, "2026-07-10"))[1] == "REG_REVOKED"


def test_a_revocation_stays_in_the_lookback_of_who_is_registered_again(abroad: Abroad) -> None:
    number = abroad.register("2020-06-15")
    ruled(abroad, Ruling("revocation", number, "C/1", GroundClass.CODE_BREACH), "2021-07-04")
    assert abroad.register("2024-09-10") == number
    abroad.agree({**DEMO["m1"], "conditions": {"conductLookbackYears": 6}})
    assert told(abroad.ask(number, ANYBODY))[1] == "CONDUCT_LOOKBACK"
    assert told(abroad.ask(number, ANYBODY, "2023-11-01", now=at("2026-06-01")))[1] == "REG_REVOKED"


def test_scenario_109_an_assessment_in_doubt_is_for_the_foreign_body_to_weigh(abroad: Abroad) -> None:
    number, later = abroad.register("2023-03-30"), abroad.register("2023-08-30", member_ref="M-2")
    abroad.agree()
    desk, doubt = abroad.office.desk, (date(2023, 1, 1), date(2023, 6, 30))
    lost = BodyDecision("MEC", "withdrawn", date(2026, 4, 1), "2026/9", cause="integrity", doubt=doubt)
    decide(desk, abroad.office.keyring, lost, actor=REGISTRAR, now=at("2026-03-20"))
    abroad.pass_time(at("2026-04-01", "00:01"))
    review(desk, [number], "2026/30", clears=True, actor=REGISTRAR, now=at("2026-07-01"))
    doubted = abroad.ask(number, PARTY, "2026-06-01")
    assert told(doubted)[:2] == ("ELIGIBLE_SUBJECT_TO", "AUTH_SOCIETY_LOST_INTEGRITY")
    assert told(abroad.ask(later, PARTY, "2026-06-01"))[0] == "ELIGIBLE"
    assert told(abroad.ask(number, PARTY, "2026-03-31"))[0] == "ELIGIBLE"
    assert told(abroad.ask(number, PARTY, "2026-07-02"))[0] == "ELIGIBLE"


def test_an_entry_older_than_the_record_of_the_past_answers_for_now_alone(abroad: Abroad, case_60: str) -> None:
    database = abroad.office.database
    database.drop_trigger("status_event_no_update", "status_event")
    database.execute("UPDATE status_event SET after = NULL")
    assert told(abroad.ask(case_60, PARTY)) == ("ELIGIBLE", "OK", ["OK"])
    assert told(abroad.ask(case_60, PARTY, "2026-06-01"))[:2] == ("INDETERMINATE", "STATUS_UNAVAILABLE")


def test_R_DT_11_a_register_that_is_behind_does_not_answer(abroad: Abroad, case_60: str) -> None:
    sanction(abroad, case_60, "2026-02-01", "2026-04-30")
    late = abroad.ask(case_60, PARTY, "2026-03-01", now=at("2026-05-01", "00:20"))
    assert told(late) == ("INDETERMINATE", "REGISTER_BEHIND", ["REGISTER_BEHIND"])
    assert late["current"]["status"] == "register_behind"
    (document,) = abroad.certificates(case_60)
    assert told(abroad.show(document, PARTY, now=at("2026-05-01", "00:20")))[1] == "REGISTER_BEHIND"
    assert told(abroad.ask(case_60, PARTY, now=at("2026-05-01", "00:10")))[1] == "REG_SUSPENDED"


def test_without_a_trust_list_in_force_no_agreement_is_believed(abroad: Abroad, case_60: str) -> None:
    answer = check_number(abroad.office.desk, case_60, PARTY, now=ASKED + timedelta(days=8))
    assert told(answer) == ("INDETERMINATE", "MRA_UNAVAILABLE", ["MRA_UNAVAILABLE"])


def test_a_number_that_is_not_there_is_not_found(abroad: Abroad) -> None:
    abroad.agree()
    with pytest.raises(NotFoundError):
        abroad.ask("CSE26ELE00012379", PARTY)
