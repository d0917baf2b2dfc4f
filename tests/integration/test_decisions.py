"""Suspend, lift, revoke: which bits, which events, which certificates (T2, T3, T10-T12, T18, T24)."""

from datetime import date, datetime, timedelta

import pytest

from registry.demo.officers import CONDUCT_PANEL, REGISTRAR, REGISTRARS, SECOND_REGISTRAR, board
from registry.domain.actors import Actor, Role
from registry.domain.changes import GroundClass
from registry.domain.refusals import (
    HoldExistsError,
    HoldMissingError,
    HoldPeriodError,
    NotFoundError,
    NotLiveError,
    ProposalChangedError,
    SamePersonError,
)
from registry.domain.registration import HoldKind
from registry.services.cpd_facts import begin_ledger
from registry.services.decisions import Suspension, lift_hold, suspend_registration
from registry.services.refusals import CommandError
from registry.services.sweeping import sweep
from registry.store.certificates import StoredCertificate
from tests.integration.registers import AT, MINUTE, Office
from tests.support.rulings import confirm_end, propose_end

CLOCK = Actor("clock", Role.CLOCK, "CSE", "machine")


def suspend(office: Office, number: str, kind: HoldKind = HoldKind.CPD, at: datetime = AT, **more: object) -> None:
    conduct = kind in {HoldKind.CONDUCT_INTERIM, HoldKind.CONDUCT_SANCTION}
    command = Suspension(number, kind, "D/1", **more)  # type: ignore[arg-type]
    suspend_registration(office.desk, command, actor=CONDUCT_PANEL if conduct else REGISTRAR, now=at)


def propose(office: Office, number: str, actor: Actor = SECOND_REGISTRAR) -> str:
    return propose_end(
        office.desk, "revocation", number, GroundClass.FALSE_STATEMENT, decision_ref="C/1", actor=actor, now=AT
    )


def revoke(office: Office, number: str, at: datetime = AT + MINUTE) -> None:
    confirm_end(office.desk, propose(office, number), actor=REGISTRAR, now=at)


def certificate(office: Office, number: str) -> StoredCertificate:
    with office.desk.open_reading() as work:
        (only,) = work.certificates.of_registration(number, work.register.answering(number).seq)
    return only


def bits(office: Office, number: str) -> tuple[int, int]:
    """R and S of the one certificate of a number."""
    index = certificate(office, number).status_index
    with office.desk.open_reading() as work:
        return int(index in work.certificates.revoked_indexes(1)), int(index in work.certificates.suspended_indexes(1))


def events(office: Office, number: str) -> list[tuple[str, str | None, str]]:
    with office.desk.open_reading() as work:
        return [(event.type, event.from_state, event.to_state) for event in work.journal.events(number)][1:]


def test_a_hold_of_the_person_shows_on_both_fields_with_one_event_each(staffed: Office) -> None:
    first, second, other = staffed.numbers
    before = staffed.count("status_event")
    suspend(staffed, second)
    assert [bits(staffed, number) for number in staffed.numbers] == [(0, 1), (0, 1), (0, 0)]
    assert events(staffed, first) == events(staffed, second) == [("HOLD_ADDED", "ACTIVE", "SUSPENDED")]
    assert (events(staffed, other), staffed.count("status_event"), staffed.count("hold")) == ([], before + 2, 1)
    lift_hold(staffed.desk, first, HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=AT + MINUTE)
    assert [bits(staffed, number) for number in staffed.numbers] == [(0, 0)] * 3
    assert events(staffed, second)[-1] == ("HOLD_LIFTED", "SUSPENDED", "ACTIVE")
    assert staffed.count("status_event") == before + 4


@pytest.mark.parametrize("kind", [HoldKind.MEMBERSHIP, HoldKind.SOCIETY_REVIEW])
def test_a_hold_of_the_entry_stays_in_its_field(staffed: Office, kind: HoldKind) -> None:
    suspend(staffed, staffed.numbers[0], kind)
    assert [bits(staffed, number) for number in staffed.numbers] == [(0, 1), (0, 0), (0, 0)]


def test_lifting_one_of_two_holds_leaves_the_other(staffed: Office) -> None:
    number = staffed.numbers[0]
    suspend(staffed, number, HoldKind.CPD)
    suspend(staffed, number, HoldKind.MEMBERSHIP, AT + MINUTE)
    lift_hold(staffed.desk, number, HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=AT + 2 * MINUTE)
    assert [bits(staffed, one) for one in staffed.numbers] == [(0, 1), (0, 0), (0, 0)]
    assert events(staffed, number)[-1] == ("HOLD_LIFTED", "SUSPENDED", "SUSPENDED")
    lift_hold(staffed.desk, number, HoldKind.MEMBERSHIP, decision_ref="D/2", actor=board("ELE"), now=AT + 3 * MINUTE)
    assert bits(staffed, number) == (0, 0)
    with staffed.desk.open_reading() as work:
        assert work.register.answering(number).value.holds == frozenset()


def test_the_same_hold_twice_is_refused_and_leaves_nothing(staffed: Office) -> None:
    number = staffed.numbers[0]
    suspend(staffed, number)
    journal = staffed.count("journal")
    with pytest.raises(HoldExistsError):
        suspend(staffed, number)
    with pytest.raises(HoldExistsError):
        suspend(staffed, staffed.numbers[1])
    assert (staffed.count("hold"), staffed.count("journal")) == (1, journal)


def test_a_hold_that_is_not_there_is_not_lifted(staffed: Office) -> None:
    suspend(staffed, staffed.numbers[0], HoldKind.MEMBERSHIP)
    for number, kind in ((staffed.numbers[0], HoldKind.CPD), (staffed.numbers[1], HoldKind.MEMBERSHIP)):
        with pytest.raises(HoldMissingError):
            lift_hold(staffed.desk, number, kind, decision_ref="D/2", actor=REGISTRAR, now=AT)
    assert bits(staffed, staffed.numbers[0]) == (0, 1)


def test_a_hold_can_be_set_again_after_it_was_lifted(staffed: Office) -> None:
    number = staffed.numbers[0]
    for step in range(2):
        suspend(staffed, number, at=AT + 2 * step * MINUTE)
        lift_hold(
            staffed.desk, number, HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=AT + (2 * step + 1) * MINUTE
        )
    suspend(staffed, number, at=AT + 9 * MINUTE)
    assert (staffed.count("hold"), bits(staffed, number)) == (3, (0, 1))


def test_a_fixed_term_needs_its_last_day_and_ends_after_it(staffed: Office) -> None:
    number = staffed.numbers[2]
    with pytest.raises(HoldPeriodError):
        suspend(staffed, number, HoldKind.CONDUCT_SANCTION)
    with pytest.raises(HoldPeriodError):
        suspend(staffed, number, HoldKind.CONDUCT_SANCTION, until_on=date(2026, 6, 30))
    suspend(staffed, number, HoldKind.CONDUCT_SANCTION, until_on=date(2026, 7, 31))
    ends = datetime.fromisoformat("2026-08-01T00:00:00+08:00")
    assert bits(staffed, number) == (0, 1)
    sweep(staffed.desk, actor=CLOCK, now=ends, approved_by=REGISTRARS)
    assert [kind for kind, *_ in events(staffed, number)] == ["HOLD_ADDED", "SUSPENSION_TERM_ENDED"]
    assert bits(staffed, number) == (0, 0)


@pytest.mark.parametrize("reference", ["", " ", "\u200b", "D/\udcff", "D/\u202e1"])
def test_a_hold_is_set_and_lifted_by_a_reference_that_can_be_read(staffed: Office, reference: str) -> None:
    number, kind, before = staffed.numbers[0], HoldKind.IDENTITY, staffed.count("journal")
    with pytest.raises(CommandError, match="reference of its decision"):
        suspend_registration(staffed.desk, Suspension(number, kind, reference), actor=REGISTRAR, now=AT)
    with pytest.raises(CommandError, match="reference of its decision"):
        lift_hold(staffed.desk, number, kind, decision_ref=reference, actor=REGISTRAR, now=AT)
    assert staffed.count("journal") == before


@pytest.mark.parametrize(("at", "is_set"), [("2026-12-31T23:59:59+08:00", True), ("2027-01-01T00:00:00+08:00", False)])
def test_r_cpd_12_after_the_first_year_of_a_ledger_no_decision_sets_its_hold(
    staffed: Office, at: str, is_set: bool
) -> None:
    begin_ledger(staffed.desk, 2026, actor=REGISTRAR, now=AT)
    now, number = datetime.fromisoformat(at), staffed.numbers[0]
    if not is_set:
        with pytest.raises(CommandError, match="R-CPD-12"):
            suspend(staffed, number, at=now)
        return
    suspend(staffed, number, at=now)
    lift_hold(staffed.desk, number, HoldKind.CPD, decision_ref="D/2", actor=REGISTRAR, now=now + MINUTE)
    assert bits(staffed, number) == (0, 0)


def test_a_revocation_needs_a_second_person(staffed: Office) -> None:
    number = staffed.numbers[0]
    digest = propose(staffed, number)
    assert bits(staffed, number) == (0, 0)
    same = Actor(SECOND_REGISTRAR.person.upper(), Role.CSE_REGISTRAR, "CSE", "passkey")
    with pytest.raises(SamePersonError):
        confirm_end(staffed.desk, digest, actor=same, now=AT)
    with pytest.raises(NotFoundError):
        confirm_end(staffed.desk, "0" * 64, actor=REGISTRAR, now=AT)
    assert (bits(staffed, number), events(staffed, number)) == ((0, 0), [])
    assert confirm_end(staffed.desk, digest, actor=REGISTRAR, now=AT + MINUTE) == (number, "revoked")
    assert bits(staffed, number) == (1, 0)
    assert events(staffed, number) == [("REVOKED", "ACTIVE", "REVOKED")]
    with pytest.raises(NotFoundError):
        confirm_end(staffed.desk, digest, actor=REGISTRAR, now=AT + 2 * MINUTE)


def test_a_proposal_that_was_edited_in_the_database_is_refused(staffed: Office) -> None:
    digest = propose(staffed, staffed.numbers[0])
    staffed.database.execute(
        "UPDATE proposal SET body = replace(body, :old, :new)", {"old": staffed.numbers[0], "new": staffed.numbers[2]}
    )
    with pytest.raises(ProposalChangedError):
        confirm_end(staffed.desk, digest, actor=REGISTRAR, now=AT + MINUTE)
    assert [bits(staffed, number) for number in staffed.numbers] == [(0, 0)] * 3


def test_a_revocation_needs_the_reference_of_its_decision(staffed: Office) -> None:
    with pytest.raises(CommandError):
        propose_end(
            staffed.desk,
            "revocation",
            staffed.numbers[0],
            GroundClass.CONVICTION,
            decision_ref=" ",
            actor=REGISTRAR,
            now=AT,
        )
    assert staffed.count("proposal") == 3


def test_a_recommendation_cannot_be_confirmed_as_a_revocation(staffed: Office) -> None:
    digest = staffed.recommend(member_ref="M-9")
    with pytest.raises(NotFoundError):
        confirm_end(staffed.desk, digest, actor=REGISTRAR, now=AT)


@pytest.mark.parametrize("is_held", [False, True])
def test_the_suspension_bit_is_kept_and_revocation_never_falls(staffed: Office, is_held: bool) -> None:
    number = staffed.numbers[2]
    if is_held:
        suspend(staffed, number, HoldKind.CONDUCT_INTERIM)
    revoke(staffed, number)
    assert bits(staffed, number) == (1, int(is_held))
    if is_held:
        lift_hold(
            staffed.desk,
            number,
            HoldKind.CONDUCT_INTERIM,
            decision_ref="D/2",
            actor=CONDUCT_PANEL,
            now=AT + timedelta(days=1),
        )
    assert bits(staffed, number) == (1, int(is_held))
    for refused in (lambda: suspend(staffed, number), lambda: revoke(staffed, number)):
        with pytest.raises(NotLiveError):
            refused()
    assert bits(staffed, number) == (1, int(is_held))


def test_a_later_hold_of_the_person_leaves_the_ended_paper_as_it_was(staffed: Office) -> None:
    first, second, _ = staffed.numbers
    revoke(staffed, first)
    suspend(staffed, second, at=AT + 2 * MINUTE)
    assert (bits(staffed, first), bits(staffed, second)) == ((1, 0), (0, 1))
    assert [kind for kind, *_ in events(staffed, first)] == ["REVOKED"]


def test_the_end_of_a_certificate_is_written_once(staffed: Office) -> None:
    number = staffed.numbers[0]
    revoke(staffed, number)
    ended = certificate(staffed, number).ended
    staffed.database.execute("UPDATE registration SET life = 'CURRENT' WHERE register_no = :n", {"n": number})
    digest = propose_end(
        staffed.desk,
        "revocation",
        number,
        GroundClass.CONVICTION,
        decision_ref="C/2",
        actor=SECOND_REGISTRAR,
        now=AT + 2 * MINUTE,
    )
    confirm_end(staffed.desk, digest, actor=REGISTRAR, now=AT + 3 * MINUTE)
    assert certificate(staffed, number).ended == ended


def test_unknown_numbers_are_not_decided_about(office: Office) -> None:
    with pytest.raises(NotFoundError):
        suspend(office, "CSE26ELE00012379")
    with pytest.raises(NotFoundError):
        propose(office, "CSE26ELE00012379")
