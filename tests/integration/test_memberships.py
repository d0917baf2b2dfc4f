"""Memberships in societies, lived on both databases: R-AP-01, R-RG-06, R-RN-03, both sides of each day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import CLOCK, REGISTRAR, REGISTRARS, board
from registry.domain.calendar import start_of
from registry.domain.identity import member_id_of
from registry.domain.intake_refusals import MembershipError
from registry.domain.refusals import NotAllowedError, NotFoundError, RegisterBehindError
from registry.domain.registration import HoldKind, Registration
from registry.domain.renewal_refusals import RenewalConditionsError
from registry.services.answers import verdict_of_number
from registry.services.audit import audit
from registry.services.bodies import BodyDecision, decide
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.memberships import ARREARS, ENDED, GOOD, set_standing, transfer
from registry.services.refusals import CommandError, SocietyNotAuthorizedError
from registry.services.registrations import confirm_registration
from registry.services.renewals import file_renewal, recommend_renewal
from registry.services.sweeping import sweep
from registry.services.trust import refresh_trust_list
from registry.store.members import Membership
from registry.store.register import AssessmentDays
from registry.store.tables import TERM
from tests.integration.intake_files import member, take_members, told
from tests.integration.registers import AT, MINUTE, Office

TODAY = date(2026, 7, 1)
HOLD = start_of(date(2026, 9, 30))
"""00:00 after the 90th day from a notice of 1 July."""


@pytest.fixture
def joined(staffed: Office) -> Office:
    """The staffed register with memberships on file: M-1 in ELE and ICT."""
    with staffed.desk.open_work() as work:
        for society, number in (("ELE", "M-1"), ("ICT", "I-1")):
            work.members.add(Membership(society, number, member_id_of("ELE", "M-1"), date(2020, 1, 1)))
    return staffed


def stand(office: Office, standing: str, on: date = TODAY, at: datetime = AT, society: str = "ELE") -> date | None:
    number = "M-1" if society == "ELE" else "I-1"
    return set_standing(office.desk, society, number, standing, on, actor=board(society), now=at)


def run(office: Office, at: datetime) -> dict[str, int]:
    done = sweep(office.desk, actor=CLOCK, now=at, approved_by=REGISTRARS).done
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=at)
    return dict(done)


def value(office: Office, number: int) -> Registration:
    with office.desk.open_reading() as work:
        return work.register.answering(office.numbers[number]).value


def holds(office: Office) -> list[list[HoldKind]]:
    return [[hold.kind for hold in value(office, number).entry_holds] for number in range(3)]


def events(office: Office, number: int) -> list[str]:
    with office.desk.open_reading() as work:
        return [one.type for one in work.journal.events(office.numbers[number])][1:]


def state(office: Office, at: datetime) -> str:
    verdict = verdict_of_number(office.desk, office.numbers[0], now=at).verdict
    assert verdict is not None
    return str(verdict["state"])


def outcome(office: Office, at: datetime) -> str:
    verdict = verdict_of_number(office.desk, office.numbers[0], now=at).verdict
    assert verdict is not None
    return str(verdict["outcome"])


def move(office: Office, to: str, at: datetime, number: int = 0) -> None:
    transfer(office.desk, office.numbers[number], to, "T/1", actor=REGISTRAR, now=at)


MEMBERSHIP = [HoldKind.MEMBERSHIP]


def test_scenario_103_90_days_after_the_notice_the_hold_begins_and_a_transfer_lifts_it(joined: Office) -> None:
    before = value(joined, 1)
    assert stand(joined, ENDED) == date(2026, 9, 29)
    assert run(joined, HOLD - MINUTE) == {}
    assert (holds(joined), state(joined, HOLD)) == ([[], [], []], "valid")
    late = HOLD + timedelta(minutes=16)
    assert state(joined, late - MINUTE) == "valid"
    assert outcome(joined, late) == "indeterminate"
    assert run(joined, late) == {"hold.membership": 2}
    assert (holds(joined), state(joined, late)) == ([MEMBERSHIP, MEMBERSHIP, []], "suspended")
    moved = late + timedelta(days=10)
    refresh_trust_list(joined.desk, joined.keyring, actor=REGISTRAR, now=moved)
    move(joined, "ICT", moved, 1)
    after = value(joined, 1)
    assert (after.register_no, after.terms, after.grade) == (before.register_no, before.terms, before.grade)
    assert events(joined, 1) == ["HOLD_ADDED", "TRANSFERRED", "HOLD_LIFTED"]
    assert holds(joined) == [MEMBERSHIP, [], []]
    assert audit(joined.desk, None, actor=REGISTRAR, now=moved) == []


@pytest.mark.parametrize("standing", [ENDED, ARREARS])
def test_t24_who_rejoins_has_no_hold(joined: Office, standing: str) -> None:
    stand(joined, standing, date(2026, 6, 1))
    run(joined, HOLD)
    stand(joined, GOOD, date(2026, 9, 30), HOLD + MINUTE)
    assert (holds(joined), events(joined, 0)) == ([[], [], []], ["HOLD_ADDED", "HOLD_LIFTED"])
    assert run(joined, HOLD + 2 * MINUTE) == {}


def test_t24_who_mends_it_in_time_never_has_one(joined: Office) -> None:
    stand(joined, ARREARS)
    stand(joined, GOOD, date(2026, 9, 29), HOLD - MINUTE)
    assert run(joined, HOLD) == {}
    assert events(joined, 0) == []


def test_r_rg_06_a_membership_on_file_alone_sets_and_lifts_its_hold(joined: Office) -> None:
    """A hold of before the file is lifted by a decision while the membership is good, and not while it is not."""
    number = joined.numbers[0]
    asked: dict[str, Any] = {"actor": board("ELE"), "now": HOLD + 2 * MINUTE}
    with pytest.raises(CommandError, match="90 days after a notice"):
        suspend_registration(joined.desk, Suspension(number, HoldKind.MEMBERSHIP, "D/1"), **asked)
    stand(joined, ARREARS)
    run(joined, HOLD)
    with pytest.raises(CommandError, match="not mended"):
        lift_hold(joined.desk, number, HoldKind.MEMBERSHIP, decision_ref="D/1", **asked)
    assert (holds(joined)[0], events(joined, 0)) == (MEMBERSHIP, ["HOLD_ADDED"])
    joined.database.execute("UPDATE membership SET arrears_on = NULL, notified_on = NULL")
    lift_hold(joined.desk, number, HoldKind.MEMBERSHIP, decision_ref="D/1", **asked)
    assert holds(joined)[0] == []


def test_r_rg_06_the_first_notice_counts(joined: Office) -> None:
    stand(joined, ARREARS)
    assert stand(joined, ENDED, date(2026, 7, 20), AT + timedelta(days=30)) == date(2026, 9, 29)


def test_r_rg_06_nothing_is_decided_on_a_registration_that_is_owed_its_hold(joined: Office) -> None:
    stand(joined, ENDED)
    refresh_trust_list(joined.desk, joined.keyring, actor=REGISTRAR, now=HOLD)
    with pytest.raises(RegisterBehindError):
        move(joined, "ICT", HOLD, 1)


@pytest.mark.parametrize("on", [date(2026, 7, 2), date(2019, 12, 31)])
def test_a_standing_counts_from_no_day_to_come_nor_before_the_membership(joined: Office, on: date) -> None:
    with pytest.raises(CommandError, match="yet to come, or before"):
        stand(joined, ENDED, on)


def test_a_standing_is_of_a_member_of_the_own_society(joined: Office) -> None:
    with pytest.raises(NotFoundError):
        set_standing(joined.desk, "ELE", "M-9", ENDED, TODAY, actor=board("ELE"), now=AT)
    with pytest.raises(NotAllowedError):
        set_standing(joined.desk, "ELE", "M-1", ENDED, TODAY, actor=board("ICT"), now=AT)


def test_t19_a_transfer_needs_scope_membership_and_another_society(joined: Office) -> None:
    for to in ("ELE", "CIV"):
        with pytest.raises(CommandError, match=f"{to} administers this entry already, or has no such member"):
            move(joined, to, AT)
    with pytest.raises(SocietyNotAuthorizedError):
        move(joined, "ICT", AT)
    stand(joined, ENDED, date(2026, 6, 30), society="ICT")
    with pytest.raises(MembershipError, match="R-AP-01"):
        move(joined, "ICT", AT, 1)


def test_t19_the_next_certificate_names_both_societies(joined: Office) -> None:
    move(joined, "ICT", AT, 1)
    joined.database.execute(update(TERM).filter_by(register_no=joined.numbers[1]).values(seq=2, origin="renewal"))
    joined.issue(joined.numbers[1], AT + MINUTE)
    with joined.desk.open_reading() as work:
        old, new = work.certificates.of_registration(joined.numbers[1], 1)
    assert (b"assessedBy" in new.document, old.ended) == (True, None)


@pytest.mark.parametrize(("last", "is_member"), [(date(2026, 7, 1), True), (date(2026, 6, 30), False)])
def test_scenario_02_who_is_no_member_any_more_is_not_registered(
    office: Office, last: date, *, is_member: bool
) -> None:
    row = member(society_membership_no="M-1", name_hans="林知远", name_latin="Lin Zhiyuan")
    assert told(take_members(office, row)) == ["added"]
    digest = office.recommend()
    set_standing(office.desk, "ELE", "M-1", ENDED, last, actor=board("ELE"), now=AT)
    assert told(take_members(office, row)) == ["unchanged"]
    asked: dict[str, Any] = {"randomness": SystemRandomness(), "actor": REGISTRAR, "now": AT}
    if is_member:
        assert confirm_registration(office.desk, digest, **asked)
        return
    with pytest.raises(MembershipError) as refused:
        confirm_registration(office.desk, digest, **asked)
    assert refused.value.code == "SOCIETY_MEMBERSHIP"
    with pytest.raises(MembershipError):
        office.recommend(field="ICT", application_ref="A-2")
    assert (office.count("registration"), office.count("certificate")) == (0, 0)


def test_r_rn_03_a_renewal_needs_a_membership_in_good_standing_but_in_custody(joined: Office) -> None:
    joined.database.execute(update(TERM).values(end_on=date(2026, 8, 20)))
    stand(joined, ENDED, date(2026, 6, 30))
    number, at = joined.numbers[0], AT + MINUTE
    file_renewal(joined.desk, number, "2024", actor=board("ELE"), now=at)
    approval: dict[str, Any] = {"days": AssessmentDays(), "decision_ref": "R/1"}
    with pytest.raises(RenewalConditionsError, match="no member in good standing"):
        recommend_renewal(joined.desk, number, **approval, actor=board("ELE"), now=at)
    decision = BodyDecision("ELE", "withdrawn", date(2026, 8, 1), "T/1", "quality")
    decide(joined.desk, joined.keyring, decision, actor=REGISTRAR, now=at)
    in_custody = start_of(date(2026, 8, 1))
    run(joined, in_custody)
    assert recommend_renewal(joined.desk, number, **approval, actor=board("CUS"), now=in_custody)
    run(joined, HOLD)
    assert holds(joined) == [[], [], []]


def test_r_rg_06_in_custody_the_hold_is_lifted(joined: Office) -> None:
    stand(joined, ENDED)
    run(joined, HOLD)
    on = date(2026, 10, 5)
    decision = BodyDecision("ELE", "withdrawn", on, "T/1", "quality")
    decide(joined.desk, joined.keyring, decision, actor=REGISTRAR, now=HOLD)
    run(joined, start_of(on))
    assert events(joined, 0) == ["HOLD_ADDED", "TRANSFERRED", "HOLD_LIFTED"]


def test_r_au_11_memberships_pass_as_they_stand(joined: Office) -> None:
    stand(joined, ENDED)
    run(joined, HOLD)
    on = date(2026, 10, 5)
    decision = BodyDecision("ELE", "withdrawn", on, "T/1", "merger", "ICT")
    decide(joined.desk, joined.keyring, decision, actor=REGISTRAR, now=HOLD)
    with joined.desk.open_work() as work:
        work.members.add(Membership("ELE", "M-2", member_id_of("CIV", "M-2"), date(2020, 1, 1), arrears_on=TODAY))
    run(joined, start_of(on))
    with joined.desk.open_reading() as work:
        passed = work.members.membership(society="ICT", member_id=member_id_of("CIV", "M-2"))
    assert passed == Membership("ICT", "ELE: M-2", member_id_of("CIV", "M-2"), on, arrears_on=TODAY)
    # The person was a member of the successor before, in good standing.
    assert holds(joined) == [[], [], []]


def test_r_dt_08_a_membership_is_not_mended_while_the_clock_job_owes_its_hold(joined: Office) -> None:
    stand(joined, ENDED)
    with pytest.raises(RegisterBehindError):
        stand(joined, GOOD, date(2026, 9, 30), HOLD)
    run(joined, HOLD)
    stand(joined, GOOD, date(2026, 9, 30), HOLD + MINUTE)
    assert events(joined, 0) == ["HOLD_ADDED", "HOLD_LIFTED"]
