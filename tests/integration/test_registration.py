"""From a recommendation to a register number: two bodies, two persons, and what is refused (T1, R-RG)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import REGISTRAR, SECOND_REGISTRAR, board
from registry.domain.actors import Actor, Role
from registry.domain.calendar import civil_date
from registry.domain.changes import GroundClass
from registry.domain.intake_refusals import (
    ApplicationDaysError,
    AssessmentExpiredError,
    ConductBarError,
    DuplicateApplicationError,
    GradeHeldError,
    HoldRunningError,
)
from registry.domain.refusals import (
    DecisionLaterError,
    LiveRegistrationError,
    NotAllowedError,
    NotFoundError,
    ProposalChangedError,
    SamePersonError,
)
from registry.domain.registration import HoldKind
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.refusals import CommandError, SocietyNotAuthorizedError, TrustListError
from registry.services.registrations import KIND, confirm_registration, recommend_registration
from registry.services.trust import publish_trust_list
from schemas import codes
from tests.fakes import Numbers
from tests.integration.registers import AT, MINUTE, Office, recommendation
from tests.support.rulings import confirm_end, propose_end

TODAY = date(2026, 7, 1)


def confirm(office: Office, digest: str, actor: Actor = REGISTRAR, **changed: object) -> str:
    given = {"randomness": SystemRandomness(), "now": AT} | changed
    return confirm_registration(office.desk, digest, actor=actor, **given)  # type: ignore[arg-type]


def test_two_bodies_and_two_persons_make_one_registration(office: Office) -> None:
    digest = office.recommend()
    assert office.count("registration") == 0
    number = confirm(office, digest)
    with office.desk.open_reading() as work:
        stored = work.register.answering(number)
        entry = work.register.entry(number)
        events = work.journal.events(number)
        member = work.register.member(entry.member_id)
        waiting = work.proposals.open_digests(KIND)
    assert (stored.value.grade, stored.value.assessing_society, stored.value.standard_ref) == (
        "PE",
        "ELE",
        "T/CAS 326-2021",
    )
    assert (entry.society, entry.first_registered_on) == ("ELE", date(2026, 7, 1))
    assert [(term.start_on, term.end_on) for term in stored.value.terms] == [(date(2026, 7, 1), date(2031, 6, 30))]
    assert [(event.type, event.from_state, event.to_state) for event in events] == [("REGISTERED", None, "ACTIVE")]
    assert stored.assessment.interview_on == date(2026, 6, 10)
    assert member is not None
    assert member.name_hans == "林知远"
    assert waiting == []


def test_who_recommended_may_not_confirm_in_any_role(office: Office) -> None:
    digest = office.recommend()
    same = Actor(f" {board('ELE').person.upper()}", Role.CSE_REGISTRAR, "CSE", "passkey")
    with pytest.raises(SamePersonError):
        confirm(office, digest, same)
    assert office.count("registration") == 0


def test_a_recommendation_is_confirmed_once(office: Office) -> None:
    digest = office.recommend()
    confirm(office, digest)
    with pytest.raises(NotFoundError):
        confirm(office, digest)
    assert office.count("registration") == 1


def test_a_changed_digest_confirms_nothing(office: Office) -> None:
    digest = office.recommend()
    changed = ("0" if digest[0] != "0" else "1") + digest[1:]
    with pytest.raises(NotFoundError):
        confirm(office, changed)
    assert office.count("registration") == 0


def test_a_changed_recommendation_has_another_digest_and_its_stored_text_is_bound(office: Office) -> None:
    digest = office.recommend()
    assert office.recommend(grade="SPE", member_ref="M-2") != digest
    edit = "UPDATE proposal SET body = replace(body, '\"PE\"', '\"AE\"') WHERE digest = :digest"
    office.database.execute(edit, {"digest": digest})
    with pytest.raises(ProposalChangedError):
        confirm(office, digest)
    assert office.count("registration") == 0


def test_the_same_recommendation_twice_waits_once(office: Office) -> None:
    assert office.recommend() == office.recommend()
    assert office.count("proposal") == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"society": "CIV"}, SocietyNotAuthorizedError),
        ({"field": "MEC"}, SocietyNotAuthorizedError),
        ({"standard": "T/CAS 326-2030"}, CommandError),
        ({"society": "MEC", "field": "MEC"}, SocietyNotAuthorizedError),
        ({"society": "XXX"}, CommandError),
        ({"field": "XXX"}, CommandError),
        ({"field": "ele"}, CommandError),
        ({"grade": "XE"}, CommandError),
        ({"grade": "pe"}, CommandError),
        ({"member_ref": "  "}, CommandError),
        ({"name_hans": "林\u202e知远"}, CommandError),
        ({"name_latin": "Lin\u0000Zhiyuan"}, CommandError),
        ({"name_latin": "Lin\nZhiyuan"}, CommandError),
        ({"name_latin": " Lin"}, CommandError),
        ({"name_hans": None, "name_latin": None}, CommandError),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else value.__name__,
)
def test_what_a_society_may_not_recommend(office: Office, changed: dict[str, object], refusal: type) -> None:
    with pytest.raises(refusal):
        office.recommend(**changed)
    assert (office.count("proposal"), office.count("member")) == (0, 0)


def test_the_custodian_is_no_society_to_recommend(office: Office) -> None:
    actor = Actor("board-custodian", Role.SOCIETY_BOARD, codes.CUSTODIAN, "passkey")
    with pytest.raises(CommandError):
        recommend_registration(office.desk, recommendation(society=codes.CUSTODIAN), actor=actor, now=AT)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2021-11-30T23:59:59+08:00", False),
        ("2021-12-01T00:00:00+08:00", True),
        ("2026-11-30T23:59:59+08:00", True),
        ("2026-12-01T00:00:00+08:00", False),
    ],
    ids=["the second before", "the first", "the last", "the second after"],
)
def test_an_authorization_counts_from_its_first_day_to_its_last(office: Office, moment: str, allowed: bool) -> None:
    now = datetime.fromisoformat(moment)
    publish_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=now)
    command = recommendation(decided_on=civil_date(now), interview_on=None)
    if allowed:
        assert len(recommend_registration(office.desk, command, actor=board("ELE"), now=now)) == 64
    else:
        with pytest.raises(SocietyNotAuthorizedError):
            recommend_registration(office.desk, command, actor=board("ELE"), now=now)


def test_an_authorization_that_ended_meanwhile_stops_the_confirmation(office: Office) -> None:
    digest, later = office.recommend(), AT + timedelta(days=180)
    publish_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=later)
    with pytest.raises(SocietyNotAuthorizedError):
        confirm(office, digest, now=later)
    assert (office.count("registration"), office.count("member")) == (0, 0)


def test_without_a_trust_list_in_force_nobody_is_authorized(office: Office) -> None:
    with pytest.raises(TrustListError):
        recommend_registration(office.desk, recommendation(), actor=board("ELE"), now=AT + timedelta(days=8))


def test_a_second_live_registration_in_a_field_is_refused_and_nothing_is_left(office: Office) -> None:
    number = office.register()
    rows = [office.count(table) for table in ("registration", "status_event", "journal", "register_entry")]
    for grade, refusal in (("SPE", LiveRegistrationError), ("PE", GradeHeldError), ("AE", GradeHeldError)):
        with pytest.raises(refusal):
            office.recommend(grade=grade, decision_ref="ELE/2026/2")
    assert rows == [office.count(table) for table in ("registration", "status_event", "journal", "register_entry")]
    with office.desk.open_reading() as work:
        assert work.register.answering(number).value.grade == "PE"
        assert work.proposals.open_digests(KIND) == []


def test_a_second_live_registration_is_refused_at_the_confirmation_too(office: Office) -> None:
    """Two recommendations from before applications were compared, so without what they are about."""
    digests = [office.recommend()]
    office.database.execute("UPDATE proposal SET subject = NULL")
    digests.append(office.recommend(decision_ref="ELE/2026/2"))
    confirm(office, digests[0])
    with pytest.raises(LiveRegistrationError):
        confirm(office, digests[1])
    assert office.count("registration") == 1


def test_one_application_is_open_in_a_field(office: Office) -> None:
    digest = office.recommend()
    with pytest.raises(DuplicateApplicationError):
        office.recommend(grade="SPE")
    assert office.recommend(field="ICT") != digest
    assert office.recommend() == digest
    assert office.count("proposal") == 2


@pytest.mark.parametrize(("later", "allowed"), [(date(2026, 11, 20), True), (date(2026, 11, 21), False)])
def test_scenario_119_a_passed_assessment_is_used_within_twelve_months(
    office: Office, later: date, allowed: bool
) -> None:
    digest = office.recommend(decided_on=date(2025, 11, 20), interview_on=None)
    now = datetime.combine(later, AT.timetz())
    publish_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=now)
    if allowed:
        confirm(office, digest, now=now)
        return
    with pytest.raises(AssessmentExpiredError):
        confirm(office, digest, now=now)
    with pytest.raises(AssessmentExpiredError):
        recommend_registration(
            office.desk,
            recommendation(member_ref="M-2", decided_on=date(2025, 11, 20), interview_on=None),
            actor=board("ELE"),
            now=now,
        )
    # What is no longer usable is in nobody's way.
    again = recommendation(decided_on=date(2026, 11, 1))
    assert recommend_registration(office.desk, again, actor=board("ELE"), now=now) != digest


def test_who_is_named_as_having_decided_may_not_confirm(office: Office) -> None:
    digest = office.recommend(recommended_by=f"{REGISTRAR.person.upper()} ")
    with pytest.raises(SamePersonError):
        confirm(office, digest)
    confirm(office, digest, SECOND_REGISTRAR)


def test_a_second_field_gets_its_own_number_for_the_same_person(office: Office) -> None:
    first, second = office.register(), office.register(field="ICT")
    assert (first != second, first[5:8], second[5:8]) == (True, "ELE", "ICT")
    assert (office.count("member"), office.count("register_entry")) == (1, 2)


def test_the_same_reference_at_two_societies_is_two_people(office: Office) -> None:
    office.register()
    office.register(society="CIV", field="CIV")
    assert office.count("member") == 2


@pytest.mark.parametrize("field", ["ELE", "ICT"])
def test_after_a_revocation_nobody_is_registered_again_for_years(office: Office, field: str) -> None:
    """In no field, neither by a new application nor by one that was made before (R-CC-09, R-EL-05)."""
    number = office.register()
    waiting = office.recommend(field="ICT", grade="AE", decision_ref="ELE/2026/3") if field == "ICT" else None
    digest = propose_end(
        office.desk,
        "revocation",
        number,
        GroundClass.FALSE_STATEMENT,
        decision_ref="C/1",
        actor=SECOND_REGISTRAR,
        now=AT,
    )
    confirm_end(office.desk, digest, actor=REGISTRAR, now=AT + MINUTE)
    if waiting is not None:
        with pytest.raises(ConductBarError):
            confirm(office, waiting, now=AT + 2 * MINUTE)
    with pytest.raises(ConductBarError):
        office.recommend(field=field, decision_ref="ELE/2026/2", decided_on=date(2026, 6, 30))
    assert office.count("registration") == 1


@pytest.mark.parametrize("kind", [HoldKind.IDENTITY, HoldKind.MEMBERSHIP])
def test_under_a_hold_an_application_is_filed_and_not_decided(office: Office, kind: HoldKind) -> None:
    number = office.register()
    suspend_registration(office.desk, Suspension(number, kind, "H/1"), actor=REGISTRAR, now=AT)
    waiting = office.recommend(field="ICT", grade="AE", decision_ref="ELE/2026/3")
    with pytest.raises(HoldRunningError):
        confirm(office, waiting, now=AT + MINUTE)
    lift_hold(
        office.desk,
        number,
        kind,
        decision_ref="H/2",
        actor=REGISTRAR if kind is HoldKind.IDENTITY else board("ELE"),
        now=AT + MINUTE,
    )
    assert confirm(office, waiting, now=AT + 2 * MINUTE)


def test_after_a_revocation_the_entry_keeps_its_number(office: Office) -> None:
    number = office.register()
    digest = propose_end(
        office.desk, "revocation", number, GroundClass.CODE_BREACH, decision_ref="C/1", actor=SECOND_REGISTRAR, now=AT
    )
    confirm_end(office.desk, digest, actor=REGISTRAR, now=AT + MINUTE)
    later = office.without_bar()
    again = later.recommend(decision_ref="ELE/2026/2", decided_on=TODAY, interview_on=TODAY)
    assert confirm(later, again, now=AT + 2 * MINUTE) == number
    with office.desk.open_reading() as work:
        assert [stored.value.life for stored in work.register.registrations(number)] == ["REVOKED", "CURRENT"]
        assert work.register.answering(number).seq == 2


def test_a_registration_never_begins_before_its_decision(office: Office) -> None:
    with pytest.raises(ApplicationDaysError):
        office.recommend(decided_on=date(2026, 7, 2))
    command = recommendation(decided_on=date(2026, 7, 2))
    digest = recommend_registration(office.desk, command, actor=board("ELE"), now=AT + timedelta(days=1))
    with pytest.raises(DecisionLaterError):
        confirm(office, digest)
    assert (office.count("registration"), office.count("register_entry")) == (0, 0)


def test_a_taken_serial_is_drawn_again_and_in_the_end_refused(office: Office) -> None:
    first = confirm(office, office.recommend(), randomness=Numbers([7]))
    assert first[8:14] == "000007"
    second = confirm(office, office.recommend(member_ref="M-2"), randomness=Numbers([7, 7, 8]))
    assert second[8:14] == "000008"
    digest = office.recommend(member_ref="M-3")
    with pytest.raises(NotFoundError, match="free register number"):
        confirm(office, digest, randomness=Numbers([7] * 1000))
    assert office.count("register_entry") == 2


@pytest.mark.parametrize("tenant", ["CIV", "CSE"])
def test_a_board_recommends_for_its_own_society_only(office: Office, tenant: str) -> None:
    with pytest.raises(NotAllowedError):
        recommend_registration(
            office.desk, recommendation(), actor=Actor("board", Role.SOCIETY_BOARD, tenant, "passkey"), now=AT
        )


def test_a_transaction_is_undone_when_the_use_case_raises(office: Office) -> None:
    def broken(raising: Callable[[], None]) -> None:
        with office.desk.open_work() as work:
            work.trust.set_fact("half", "written")
            raising()

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken(stop)
    with office.desk.open_reading() as work:
        assert work.trust.fact("half") is None
