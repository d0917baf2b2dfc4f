"""What two persons decide: promotion, annulment with reinstatement, appeals and corrections, through the use cases."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from registry.demo.officers import APPEAL_PANEL, CONDUCT_PANEL, REGISTRAR, REGISTRARS, SECOND_REGISTRAR, board
from registry.domain import history
from registry.domain.actors import Actor, Role
from registry.domain.calendar import civil_date, start_of
from registry.domain.changes import GroundClass
from registry.domain.intake_refusals import HoldRunningError, PromotionError
from registry.domain.refusals import (
    LiveRegistrationError,
    NotAllowedError,
    NotFoundError,
    NotLiveError,
    ProposalChangedError,
    SamePersonError,
)
from registry.domain.registration import Grade, HoldKind, Life
from registry.services.answers import verdict_of_number, verdict_of_page
from registry.services.audit import audit
from registry.services.decisions import Suspension, lift_hold, record_death, suspend_registration, withdraw
from registry.services.refusals import CommandError
from registry.services.registrations import confirm_registration, recommend_registration
from registry.services.rulings import Ruling, confirm, propose, take_back
from registry.services.sweeping import sweep
from registry.services.trust import refresh_trust_list
from registry.store.certificates import StoredCertificate
from registry.store.register import StoredRegistration
from tests.integration.registers import AT, MINUTE, Office, SystemRandomness, recommendation

DAY = timedelta(days=1)
CLOCK = Actor("clock", Role.CLOCK, "CSE", "machine")
ROLE = {"appeal": APPEAL_PANEL, "correction": SECOND_REGISTRAR}


def rule(office: Office, kind: str, now: datetime, position: int = 0, **more: object) -> None:
    ruling = Ruling(kind, office.numbers[position], f"{kind}/{now:%m%d}", **more)  # type: ignore[arg-type]
    digest = propose(office.desk, ruling, actor=ROLE.get(kind, CONDUCT_PANEL), now=now)
    confirm(office.desk, digest, actor=REGISTRAR, now=now + MINUTE)


def held(office: Office, position: int = 0) -> list[StoredRegistration]:
    with office.desk.open_reading() as work:
        return work.register.registrations(office.numbers[position])


def papers(office: Office) -> list[StoredCertificate]:
    number, places = office.numbers[0], [one.seq for one in held(office)]
    with office.desk.open_reading() as work:
        return [one for place in places for one in work.certificates.of_registration(number, place)]


def status_at(office: Office, at: datetime) -> tuple[str, str, bool]:
    with office.desk.open_reading() as work:
        past = history.entry_at(work.journal.past(office.numbers[0]), at)
    assert past.value is not None
    return past.value.grade, past.value.life, past.differs


def promotion_of(office: Office, now: datetime, **changed: object) -> str:
    """Recommend the first person of the office for SPE."""
    command = recommendation(
        **{
            "grade": "SPE",
            "kind": "promotion",
            "decided_on": civil_date(now),
            "interview_on": civil_date(now),
            "decision_ref": "ELE/2026/77",
            **changed,
        }
    )
    return recommend_registration(office.desk, command, actor=board("ELE"), now=now)


def promote(office: Office, now: datetime, **changed: object) -> None:
    digest = promotion_of(office, now, **changed)
    confirm_registration(office.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=now)


def state(office: Office, page: str, now: datetime) -> tuple[str, str | None]:
    answer = verdict_of_page(office.desk, page, now=now)
    assert answer is not None
    current = answer.get("current")
    return answer["state"], current["state"] if current else None


def test_scenario_42_promotion_ends_the_lower_grade_and_keeps_the_number(staffed: Office) -> None:
    at = AT + DAY
    promote(staffed, at)
    page = staffed.issue(staffed.numbers[0], at + MINUTE)
    lower, upper = held(staffed)
    assert (lower.value.life, upper.value.life, upper.value.grade) == (Life.SUPERSEDED, Life.CURRENT, Grade.SPE)
    (term,) = upper.value.terms
    assert (term.start_on, term.end_on, term.origin) == (date(2026, 7, 2), date(2031, 7, 1), "promotion")
    old, new = papers(staffed)
    assert old.ended is not None
    assert (old.ended.reason, new.ended, new.valid_from, new.basis) == ("SUPERSEDED", None, at, "promotion")
    assert state(staffed, page, at + 2 * MINUTE) == ("valid", None)
    assert state(staffed, old.page_id, at + 2 * MINUTE) == ("superseded", "valid")
    with staffed.desk.open_reading() as work:
        told = [one.type for one in work.journal.events(staffed.numbers[0])]
    assert told == ["REGISTERED", "SUPERSEDED", "REGISTERED"]


def test_scenario_69_the_years_count_from_the_lower_grade(staffed: Office) -> None:
    promote(staffed, AT + DAY)
    with staffed.desk.open_reading() as work:
        past = history.entry_at(work.journal.past(staffed.numbers[0]), AT + 2 * DAY)
    assert past.held == ((Grade.PE, date(2026, 7, 1)), (Grade.SPE, date(2026, 7, 2)))


def test_scenario_76_a_promotion_is_not_entered_under_a_hold(staffed: Office) -> None:
    digest = promotion_of(staffed, AT)
    suspend_registration(
        staffed.desk, Suspension(staffed.numbers[0], HoldKind.IDENTITY, "I/1"), actor=REGISTRAR, now=AT
    )
    before = staffed.database.dump()
    with pytest.raises(HoldRunningError):
        confirm_registration(staffed.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=AT + MINUTE)
    assert staffed.database.dump() == before


def test_r_pr_01_nothing_is_promoted_that_does_not_live(office: Office) -> None:
    with pytest.raises(PromotionError):
        office.recommend(kind="promotion", grade="SPE")


def test_scenario_80_both_grades_are_annulled_in_one_decision(staffed: Office) -> None:
    promote(staffed, AT + DAY)
    grades = {"ground": GroundClass.FALSE_STATEMENT, "grades": (Grade.PE, Grade.SPE)}
    rule(staffed, "annulment", AT + 2 * DAY, **grades)
    assert [one.value.life for one in held(staffed)] == [Life.ANNULLED, Life.ANNULLED]
    assert status_at(staffed, AT + DAY / 2)[1:] == (Life.ANNULLED, True)


@pytest.mark.parametrize(
    ("ground", "reinstate", "then"),
    [
        (GroundClass.VOID_DECISION, False, ("PE", "CURRENT", True)),
        (GroundClass.VOID_DECISION, True, ("PE", "CURRENT", True)),
        (GroundClass.FALSE_STATEMENT, True, ("SPE", "ANNULLED", True)),
    ],
)
def test_scenario_85_the_lower_grade_lives_again(
    staffed: Office, ground: GroundClass, reinstate: bool, then: tuple[str, str, bool]
) -> None:
    """Without fault always, as held throughout; with it only if the panel says so, from that day (T21)."""
    promote(staffed, AT + DAY)
    staffed.issue(staffed.numbers[0], AT + DAY + MINUTE)
    rule(staffed, "annulment", AT + 3 * DAY, ground=ground, reinstate=reinstate)
    lower, upper = held(staffed)
    assert (lower.value.life, upper.value.life) == (Life.CURRENT, Life.ANNULLED)
    assert status_at(staffed, AT + 2 * DAY) == then
    assert status_at(staffed, AT + 4 * DAY)[:2] == ("PE", "CURRENT")
    page = staffed.issue(staffed.numbers[0], AT + 3 * DAY + 2 * MINUTE)
    told = papers(staffed)
    assert [one.ended is None for one in told] == [False, True, False]
    assert next(one for one in told if one.page_id == page).basis == "appeal"
    assert state(staffed, page, AT + 4 * DAY) == ("valid", None)


def test_t21_with_fault_and_without_a_word_of_the_panel_nothing_lives_again(staffed: Office) -> None:
    promote(staffed, AT + DAY)
    rule(staffed, "annulment", AT + 3 * DAY, ground=GroundClass.FALSE_STATEMENT)
    assert [one.value.life for one in held(staffed)] == [Life.SUPERSEDED, Life.ANNULLED]
    assert status_at(staffed, AT + 4 * DAY)[:2] == ("SPE", "ANNULLED")


@pytest.mark.parametrize("reinstate", [False, True])
def test_t21_what_was_not_promoted_has_no_lower_grade(staffed: Office, reinstate: bool) -> None:
    void = {"ground": GroundClass.VOID_DECISION, "reinstate": reinstate}
    if reinstate:
        with pytest.raises(CommandError, match="T21"):
            rule(staffed, "annulment", AT, **void)
    else:
        rule(staffed, "annulment", AT, **void)
    assert held(staffed)[0].value.is_live is reinstate


def test_t21_a_new_registration_after_a_revocation_is_no_promotion(staffed: Office) -> None:
    """The lower grade from before the revocation does not live again when what was registered anew is annulled."""
    office = staffed.without_bar()
    promote(office, AT + DAY)
    rule(office, "revocation", AT + 2 * DAY, ground=GroundClass.CONVICTION, in_this_field=True)
    anew = recommendation(grade="SPE", decided_on=civil_date(AT + 3 * DAY), interview_on=civil_date(AT + 3 * DAY))
    digest = recommend_registration(office.desk, anew, actor=board("ELE"), now=AT + 3 * DAY)
    confirm_registration(office.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=AT + 3 * DAY)
    rule(office, "annulment", AT + 4 * DAY, ground=GroundClass.VOID_DECISION)
    assert [one.value.life for one in held(office)] == [Life.SUPERSEDED, Life.REVOKED, Life.ANNULLED]
    with pytest.raises(NotLiveError):
        rule(office, "annulment", AT + 5 * DAY, ground=GroundClass.VOID_DECISION, reinstate=True)


def test_t21_who_withdrew_the_higher_grade_does_not_live_in_the_lower_one(staffed: Office) -> None:
    promote(staffed, AT + DAY)
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT + 2 * DAY)
    rule(staffed, "annulment", AT + 3 * DAY, ground=GroundClass.VOID_DECISION)
    assert [one.value.life for one in held(staffed)] == [Life.SUPERSEDED, Life.ANNULLED]


def twice_promoted(office: Office) -> Office:
    """AE since AT, PE since a day later, SPE since a day after that, in the second number of the first person."""
    twice = replace(office, numbers=(office.numbers[1],))
    for days, grade in ((1, "PE"), (2, "SPE")):
        promote(twice, AT + days * DAY, grade=grade, field="ICT", decision_ref=f"ELE/2026/{grade}")
    return twice


def test_t21_of_two_promotions_annulled_at_once_the_grade_below_both_lives_again(staffed: Office) -> None:
    office = twice_promoted(staffed)
    void = {"ground": GroundClass.VOID_DECISION, "grades": (Grade.PE, Grade.SPE)}
    rule(office, "annulment", AT + 4 * DAY, **void)
    assert [one.value.life for one in held(office)] == [Life.CURRENT, Life.ANNULLED, Life.ANNULLED]
    assert status_at(office, AT + DAY + DAY / 2) == status_at(office, AT + 3 * DAY) == ("AE", "CURRENT", True)
    assert audit(office.desk, None, actor=REGISTRAR, now=AT + 5 * DAY) == []


def test_t21_the_lower_of_two_promotions_alone_leaves_the_higher_one(staffed: Office) -> None:
    office = twice_promoted(staffed)
    rule(office, "annulment", AT + 4 * DAY, ground=GroundClass.VOID_DECISION, grades=(Grade.PE,))
    assert [one.value.life for one in held(office)] == [Life.SUPERSEDED, Life.ANNULLED, Life.CURRENT]
    rule(office, "annulment", AT + 5 * DAY, ground=GroundClass.VOID_DECISION)
    assert [one.value.life for one in held(office)] == [Life.CURRENT, Life.ANNULLED, Life.ANNULLED]


def lives(office: Office) -> list[str]:
    return [one.value.life for one in held(office)]


@pytest.mark.parametrize(
    ("ground", "named", "first", "between", "on_day_3"),
    [
        (GroundClass.VOID_DECISION, (Grade.PE, Grade.SPE), ["SUPERSEDED", "CURRENT", "ANNULLED"], "AE", "PE CURRENT"),
        (GroundClass.VOID_DECISION, (Grade.SPE, Grade.PE), ["SUPERSEDED", "ANNULLED", "CURRENT"], "AE", "SPE CURRENT"),
        (GroundClass.VOID_DECISION, (None, None), ["SUPERSEDED", "ANNULLED", "CURRENT"], "AE", "SPE CURRENT"),
        (
            GroundClass.FALSE_STATEMENT,
            (Grade.PE, Grade.SPE),
            ["SUPERSEDED", "CURRENT", "ANNULLED"],
            "SPE",
            "SPE ANNULLED",
        ),
        (GroundClass.FALSE_STATEMENT, (None, None), ["SUPERSEDED", "ANNULLED", "CURRENT"], "SPE", "SPE CURRENT"),
    ],
)
def test_t17_two_promotions_annulled_at_once_come_back_one_after_the_other(
    staffed: Office,
    ground: GroundClass,
    named: tuple[Grade | None, Grade | None],
    first: list[str],
    between: str,
    on_day_3: str,
) -> None:
    """In either order; what the other promotion superseded is so again, and counts as held if that was void (T21)."""
    office = twice_promoted(staffed)
    office.issue(office.numbers[0], AT + 3 * DAY)
    rule(office, "annulment", AT + 4 * DAY, ground=ground, grades=(Grade.PE, Grade.SPE))
    appealed = [{"grades": (grade,)} if grade else {} for grade in named]
    rule(office, "appeal", AT + 5 * DAY, **appealed[0])
    assert lives(office) == first
    assert " ".join(status_at(office, AT + 3 * DAY)[:2]) == on_day_3
    rule(office, "appeal", AT + 7 * DAY, **appealed[1])
    assert lives(office) == ["SUPERSEDED", "SUPERSEDED", "CURRENT"]
    told = [status_at(office, AT + days * DAY)[0] for days in (0.5, 1.5, 3, 4.5, 6, 8)]
    assert told == ["AE", "PE", "SPE", between, "SPE" if first[-1] == "CURRENT" else "PE", "SPE"]
    with office.desk.open_reading() as work:
        years = history.entry_at(work.journal.past(office.numbers[0]), AT + 8 * DAY).held
    assert [grade for grade, _ in years] == [Grade.AE, Grade.PE, Grade.SPE]
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=AT + 7 * DAY)
    page = office.issue(office.numbers[0], AT + 7 * DAY + 2 * MINUTE)
    assert [one.page_id for one in papers(office) if one.ended is None] == [page]
    assert audit(office.desk, None, actor=REGISTRAR, now=AT + 9 * DAY) == []
    with pytest.raises(LiveRegistrationError):
        rule(office, "appeal", AT + 9 * DAY)


def test_t17_what_a_promotion_had_superseded_is_so_again_whatever_became_of_that(staffed: Office) -> None:
    office = twice_promoted(staffed)
    rule(office, "annulment", AT + 4 * DAY, ground=GroundClass.VOID_DECISION, grades=(Grade.PE,))
    withdraw(office.desk, office.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT + 5 * DAY)
    with pytest.raises(NotLiveError):
        rule(office, "appeal", AT + 6 * DAY, grades=(Grade.SPE,))
    rule(office, "appeal", AT + 6 * DAY, grades=(Grade.PE,))
    assert lives(office) == ["SUPERSEDED", "SUPERSEDED", "WITHDRAWN"]
    assert status_at(office, AT + DAY + DAY / 2)[:2] == ("PE", "CURRENT")


def test_t17_an_appeal_names_a_grade_that_was_registered(staffed: Office) -> None:
    rule(staffed, "annulment", AT, ground=GroundClass.FALSE_STATEMENT)
    with pytest.raises(CommandError, match="registered once"):
        rule(staffed, "appeal", AT + DAY, grades=(Grade.SPE,))


FAULT = {"ground": GroundClass.FALSE_STATEMENT, "reinstate": True}


@pytest.mark.parametrize("more", [{"ground": GroundClass.VOID_DECISION}, FAULT])
@pytest.mark.parametrize("way_back", ["appeal", "correction"])
def test_t17_after_t21_the_higher_grade_comes_back_and_the_lower_is_superseded_again(
    staffed: Office, more: dict[str, object], way_back: str
) -> None:
    """What T23 takes back is answered as if it had not been; what T17 allows counts from its day (R-MR-03)."""
    promote(staffed, AT + DAY)
    staffed.issue(staffed.numbers[0], AT + DAY + MINUTE)
    rule(staffed, "annulment", AT + 3 * DAY, **more)
    staffed.issue(staffed.numbers[0], AT + 3 * DAY + 2 * MINUTE)
    with staffed.desk.open_reading() as work:
        (annulled,) = [one.seq for one in work.journal.events(staffed.numbers[0]) if one.type == "ANNULLED"]
    rule(staffed, way_back, AT + 5 * DAY, **({"event": annulled} if way_back == "correction" else {}))
    assert [one.value.life for one in held(staffed)] == [Life.SUPERSEDED, Life.CURRENT]
    assert status_at(staffed, AT + 2 * DAY)[:2] == status_at(staffed, AT + 6 * DAY)[:2] == ("SPE", "CURRENT")
    between = status_at(staffed, AT + 4 * DAY)
    assert between == (("SPE", "CURRENT", True) if way_back == "correction" else ("PE", "CURRENT", False))
    with staffed.desk.open_reading() as work:
        now = history.entry_at(work.journal.past(staffed.numbers[0]), AT + 6 * DAY)
    assert now.held == ((Grade.PE, date(2026, 7, 1)), (Grade.SPE, date(2026, 7, 2))), "the years go on"
    page = staffed.issue(staffed.numbers[0], AT + 5 * DAY + 2 * MINUTE)
    assert [one.ended is None for one in papers(staffed)].count(True) == 1
    assert state(staffed, page, AT + 6 * DAY) == ("valid", None)
    assert audit(staffed.desk, None, actor=REGISTRAR, now=AT + 7 * DAY) == []


def test_t17_a_lower_grade_does_not_come_back_over_a_higher_one(staffed: Office) -> None:
    office = staffed.without_bar()
    rule(office, "revocation", AT, ground=GroundClass.CONVICTION, in_this_field=True)
    anew = recommendation(grade="SPE", decided_on=civil_date(AT + DAY), interview_on=civil_date(AT + DAY))
    digest = recommend_registration(office.desk, anew, actor=board("ELE"), now=AT + DAY)
    confirm_registration(office.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=AT + DAY)
    with pytest.raises(LiveRegistrationError):
        rule(office, "appeal", AT + 2 * DAY)


def test_scenario_46_after_an_appeal_the_number_is_active_with_a_new_certificate(staffed: Office) -> None:
    rule(staffed, "revocation", AT, ground=GroundClass.CONVICTION)
    rule(staffed, "appeal", AT + DAY)
    page = staffed.issue(staffed.numbers[0], AT + 2 * DAY)
    old, new = papers(staffed)
    assert old.ended is not None
    assert (old.ended.reason, new.ended, new.page_id) == ("REVOKED", None, page)
    assert state(staffed, page, AT + 2 * DAY) == ("valid", None)
    assert state(staffed, old.page_id, AT + 2 * DAY) == ("replaced", "valid")
    answer = verdict_of_page(staffed.desk, old.page_id, now=AT + 2 * DAY)
    assert answer is not None
    assert [one["code"] for one in answer["certificate"]["status_reason"]] == ["appeal"]
    assert status_at(staffed, AT + DAY / 2)[1] == "REVOKED"


def test_scenario_81_a_false_death_is_corrected(staffed: Office) -> None:
    number = staffed.numbers[0]
    record_death(staffed.desk, number, civil_date(AT), decision_ref="E/1", actor=board("ELE"), now=AT + DAY)
    with staffed.desk.open_reading() as work:
        (died,) = [one.seq for one in work.journal.events(number) if one.type == "DECEASED"]
    rule(staffed, "correction", AT + 4 * DAY, event=died)
    page = staffed.issue(number, AT + 4 * DAY + 2 * MINUTE)
    old, new = papers(staffed)
    assert old.ended is not None
    assert (old.ended.reason, new.ended, new.term_seq, new.valid_from) == ("DECEASED", None, old.term_seq, AT)
    assert status_at(staffed, AT + 2 * DAY) == ("PE", "CURRENT", True)
    assert state(staffed, page, AT + 5 * DAY) == ("valid", None)
    answer = verdict_of_number(staffed.desk, number, now=AT + 5 * DAY).verdict
    assert answer is not None
    assert answer["state"] == "valid"
    member = held(staffed)[0].value.member_id
    with staffed.desk.open_reading() as work:
        person = work.register.member(member)
    assert person is not None
    assert person.deceased_on is None


def test_t23_a_deadline_that_ran_out_meanwhile_is_open_for_60_days(staffed: Office) -> None:
    number, after_grace = staffed.numbers[0], start_of(date(2031, 10, 20))
    record_death(staffed.desk, number, civil_date(AT), decision_ref="E/1", actor=board("ELE"), now=AT + DAY)
    with staffed.desk.open_reading() as work:
        (died,) = [one.seq for one in work.journal.events(number) if one.type == "DECEASED"]
    rule(staffed, "correction", after_grace, event=died)
    for day, life in ((date(2031, 12, 19), Life.EXPIRED), (date(2031, 12, 20), Life.LAPSED)):
        sweep(staffed.desk, actor=CLOCK, now=start_of(day), approved_by=REGISTRARS)
        assert held(staffed)[0].value.life is life


@pytest.mark.parametrize("event", [0, 1, 10**6])
def test_t23_only_the_last_event_that_ended_it_is_corrected(staffed: Office, event: int) -> None:
    with pytest.raises(CommandError, match="T23"):
        rule(staffed, "correction", AT, event=event)


def test_nothing_comes_back_beside_something_that_lives(staffed: Office) -> None:
    with pytest.raises(LiveRegistrationError):
        rule(staffed, "appeal", AT)


def test_what_cannot_be_is_refused_when_it_is_proposed(staffed: Office) -> None:
    before = staffed.database.dump()
    missing = {"ground": GroundClass.CONVICTION, "grades": (Grade.SPE,)}
    with pytest.raises(CommandError, match="registered once"):
        rule(staffed, "annulment", AT, **missing)
    with pytest.raises(CommandError, match="decision"):
        propose(staffed.desk, Ruling("revocation", staffed.numbers[0], " "), actor=CONDUCT_PANEL, now=AT)
    assert staffed.database.dump() == before


def test_a_ruling_is_confirmed_by_another_person_exactly_as_it_was_proposed(staffed: Office) -> None:
    number, ground = staffed.numbers[0], GroundClass.CONVICTION
    ruling = Ruling("revocation", number, "C/1", ground)
    digest = propose(staffed.desk, ruling, actor=SECOND_REGISTRAR, now=AT)
    assert propose(staffed.desk, ruling, actor=SECOND_REGISTRAR, now=AT + MINUTE) == digest
    with pytest.raises(SamePersonError):
        confirm(staffed.desk, digest, actor=replace(REGISTRAR, person=SECOND_REGISTRAR.person), now=AT)
    other = propose(staffed.desk, replace(ruling, decision_ref="C/2"), actor=CONDUCT_PANEL, now=AT)
    promote(staffed, AT + MINUTE)
    with pytest.raises(ProposalChangedError):
        confirm(staffed.desk, digest, actor=REGISTRAR, now=AT + 2 * MINUTE)
    staffed.database.execute("UPDATE proposal SET body = '{}' WHERE digest = :digest", {"digest": other})
    with pytest.raises(ProposalChangedError):
        confirm(staffed.desk, other, actor=REGISTRAR, now=AT + 2 * MINUTE)


def test_an_open_proposal_is_taken_back_and_blocks_nothing_any_more(staffed: Office) -> None:
    ruling = Ruling("revocation", staffed.numbers[0], "C/1", GroundClass.CONVICTION)
    digest = propose(staffed.desk, ruling, actor=CONDUCT_PANEL, now=AT)
    with pytest.raises(NotAllowedError):
        take_back(staffed.desk, digest, actor=APPEAL_PANEL, now=AT + MINUTE)
    assert take_back(staffed.desk, digest, actor=CONDUCT_PANEL, now=AT + MINUTE) == staffed.numbers[0]
    for gone in (confirm, take_back):
        with pytest.raises(NotFoundError):
            gone(staffed.desk, digest, actor=REGISTRAR, now=AT + 2 * MINUTE)
    assert held(staffed)[0].value.is_live


def test_t15_nobody_who_has_died_comes_back(staffed: Office) -> None:
    """Not by an appeal, by the end of a promotion, or by another correction than that of the death."""
    number, later = staffed.numbers[0], AT + DAY
    rule(staffed, "revocation", AT, ground=GroundClass.CONVICTION)
    record_death(staffed.desk, number, civil_date(AT), decision_ref="E/1", actor=board("ELE"), now=later)
    with staffed.desk.open_reading() as work:
        (revoked,) = [one.seq for one in work.journal.events(number) if one.type == "REVOKED"]
    for kind, more in (("appeal", {}), ("correction", {"event": revoked})):
        with pytest.raises(CommandError, match="T15"):
            rule(staffed, kind, later + DAY, **more)
    assert audit(staffed.desk, None, actor=REGISTRAR, now=later) == []


def test_t17_only_after_a_revocation_or_annulment(staffed: Office) -> None:
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT)
    with pytest.raises(NotLiveError):
        rule(staffed, "appeal", AT + DAY)


def test_r_cc_10_a_revocation_ends_all_that_the_person_holds_unless_it_is_limited(staffed: Office) -> None:
    limited = Ruling("revocation", staffed.numbers[0], "C/1", GroundClass.CONVICTION, in_this_field=True)
    for ruling, lives in ((limited, ["REVOKED", "CURRENT"]), (replace(limited, number=staffed.numbers[1]), None)):
        digest = propose(staffed.desk, ruling, actor=CONDUCT_PANEL, now=AT)
        if lives is not None:
            confirm(staffed.desk, digest, actor=REGISTRAR, now=AT + MINUTE)
            assert [held(staffed, place)[0].value.life for place in (0, 1)] == lives


def test_r_cc_10_both_fields_are_revoked_in_one_decision(staffed: Office) -> None:
    rule(staffed, "revocation", AT, ground=GroundClass.CONVICTION)
    assert [held(staffed, place)[0].value.life for place in (0, 1, 2)] == ["REVOKED", "REVOKED", "CURRENT"]


def test_t23_a_false_death_is_corrected_in_every_number(staffed: Office) -> None:
    number = staffed.numbers[0]
    record_death(staffed.desk, number, civil_date(AT), decision_ref="E/1", actor=board("ELE"), now=AT + DAY)
    with staffed.desk.open_reading() as work:
        (died,) = [one.seq for one in work.journal.events(number) if one.type == "DECEASED"]
    rule(staffed, "correction", AT + 2 * DAY, event=died)
    assert [held(staffed, place)[0].value.life for place in (0, 1)] == ["CURRENT", "CURRENT"]
    assert audit(staffed.desk, None, actor=REGISTRAR, now=AT + 3 * DAY) == []


def test_t23_routine_events_after_the_wrong_one_take_no_remedy_away(staffed: Office) -> None:
    number = staffed.numbers[0]
    suspend_registration(staffed.desk, Suspension(number, HoldKind.IDENTITY, "I/1"), actor=REGISTRAR, now=AT)
    withdraw(staffed.desk, number, decision_ref="W/1", actor=board("ELE"), now=AT + MINUTE)
    lift_hold(staffed.desk, number, HoldKind.IDENTITY, decision_ref="I/2", actor=REGISTRAR, now=AT + DAY)
    with staffed.desk.open_reading() as work:
        (wrong,) = [one.seq for one in work.journal.events(number) if one.type == "WITHDRAWN"]
    rule(staffed, "correction", AT + 2 * DAY, event=wrong)
    assert held(staffed)[0].value.is_live
    assert not held(staffed)[0].value.holds
    answer = verdict_of_number(staffed.desk, number, now=AT + 3 * DAY).verdict
    assert answer is not None
    assert answer["state"] == "could_not_check", "its certificate is yet to be issued"


def test_2_8_what_ended_last_answers_for_the_number(staffed: Office) -> None:
    """After a promotion that was annulled without fault the lower grade lives, and ends, as itself."""
    promote(staffed, AT + DAY)
    rule(staffed, "annulment", AT + 2 * DAY, ground=GroundClass.VOID_DECISION)
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT + 3 * DAY)
    assert status_at(staffed, AT + 4 * DAY)[:2] == ("PE", "WITHDRAWN")
    with staffed.desk.open_reading() as work:
        assert work.register.answering(staffed.numbers[0]).value.life is Life.WITHDRAWN


def test_r_mr_03_a_second_annulment_reaches_the_past_again(staffed: Office) -> None:
    for days, kind in enumerate(("annulment", "appeal", "annulment")):
        rule(staffed, kind, AT + days * DAY, ground=None if kind == "appeal" else GroundClass.FALSE_STATEMENT)
    assert status_at(staffed, AT + DAY / 2)[1:] == ("ANNULLED", False)
    assert status_at(staffed, AT + DAY + DAY / 2)[1:] == ("ANNULLED", True)


def event_of(office: Office, kind: str, grade: Grade) -> int:
    with office.desk.open_reading() as work:
        past = work.journal.past(office.numbers[0])
    return max(one.seq for one in past if (one.type, one.after.grade) == (kind, grade))


@pytest.mark.parametrize("annulled", [(Grade.PE,), (Grade.PE, Grade.SPE)])
def test_t23_what_was_superseded_before_an_error_is_so_again_and_what_lives_goes_on(
    staffed: Office, annulled: tuple[Grade, ...]
) -> None:
    office = twice_promoted(staffed)
    rule(office, "annulment", AT + 4 * DAY, ground=GroundClass.VOID_DECISION, grades=annulled)
    lives = [one.value.grade for one in held(office) if one.value.is_live]
    rule(office, "correction", AT + 5 * DAY, event=event_of(office, "ANNULLED", Grade.PE))
    now = {one.value.grade: one.value.life for one in held(office)}
    assert now[Grade.PE] == "SUPERSEDED"
    assert [grade for grade, life in now.items() if life == "CURRENT"] == lives


def test_t23_a_page_of_before_says_that_it_was_closed_in_error(staffed: Office) -> None:
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT + DAY)
    (old,) = papers(staffed)
    assert state(staffed, old.page_id, AT + DAY)[0] == "withdrawn"
    rule(staffed, "correction", AT + 2 * DAY, event=event_of(staffed, "WITHDRAWN", Grade.PE))
    answer = verdict_of_page(staffed.desk, old.page_id, now=AT + 3 * DAY)
    assert answer is not None
    assert answer["state"] == "replaced"
    assert answer["certificate"]["status_reason"] == [{"code": "corrected", "since": str(civil_date(AT + DAY))}]


def test_t15_a_death_that_is_corrected_leaves_nobody_dead_whatever_the_registration_was_before(staffed: Office) -> None:
    number = staffed.numbers[0]
    withdraw(staffed.desk, number, decision_ref="W/1", actor=board("ELE"), now=AT + DAY)
    on = civil_date(AT + 2 * DAY)
    record_death(staffed.desk, number, on, decision_ref="E/1", actor=board("ELE"), now=AT + 2 * DAY)
    died = event_of(staffed, "DECEASED", Grade.PE)
    rule(staffed, "correction", AT + 3 * DAY, event=died)
    with staffed.desk.open_reading() as work:
        person = work.register.member(work.register.entry(number).member_id)
        corrected = max(one.seq for one in work.journal.past(number))
    assert person is not None
    assert person.deceased_on is None
    with pytest.raises(CommandError):
        rule(staffed, "correction", AT + 4 * DAY, event=corrected)
