"""Two at once, and things that change between two steps: nothing is signed, decided or told wrongly."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import pytest

from keys.records import KeyUse
from keys.signer import Signer
from registry.adapters.randomness import SystemRandomness
from registry.app.reads import RegisterReads
from registry.demo.officers import REGISTRAR, SECOND_REGISTRAR, board
from registry.demo.plan import Story
from registry.domain.actors import Actor, Role
from registry.domain.changes import GroundClass
from registry.domain.refusals import NotAllowedError, NotFoundError, ProposalChangedError
from registry.domain.registration import HoldKind
from registry.services.answers import verdict_of_number
from registry.services.bodies import GrantAuthorization, grant_authorization
from registry.services.census import newest_certificate, register_lines, waiting_recommendations
from registry.services.decisions import Suspension, suspend_registration
from registry.services.issuing import issue_certificate
from registry.services.ports import Keyring
from registry.services.refusals import CommandError, SocietyNotAuthorizedError
from registry.services.registrations import confirm_registration
from registry.services.trust import publish_trust_list, refresh_trust_list
from registry.store.refusals import DuplicateError, IntentLostError
from registry.store.register import Entry
from tests.integration.conftest import Cse
from tests.integration.registers import AT, MINUTE, Demo, Office
from tests.support.papers import document_of
from tests.support.rulings import confirm_end, propose_end

TODAY = date(2026, 7, 1)


def propose(office: Office, number: str) -> str:
    return propose_end(
        office.desk, "revocation", number, GroundClass.CONVICTION, decision_ref="C/1", actor=SECOND_REGISTRAR, now=AT
    )


@dataclass
class Interrupting:
    """A keyring whose first signer does something else before it signs."""

    real: Keyring
    meanwhile: list[object] = field(default_factory=list)
    create = None

    def signer(self, keystore: str, use: KeyUse, at: object) -> Signer:
        return _Slow(self.real.signer(keystore, use, at), self.meanwhile)  # type: ignore[arg-type,return-value]


class _Slow:
    def __init__(self, signer: Signer, meanwhile: list[object]) -> None:
        self.verification_method, self._signer, self._meanwhile = signer.verification_method, signer, meanwhile

    def sign(self, message: bytes) -> bytes:
        while self._meanwhile:
            self._meanwhile.pop()()  # type: ignore[operator]
        return self._signer.sign(message)


def issue(office: Office, number: str, *meanwhile: object) -> str:
    return issue_certificate(
        office.desk,
        number,
        keyring=Interrupting(office.keyring, list(meanwhile)),  # type: ignore[arg-type]
        randomness=SystemRandomness(),
        actor=REGISTRAR,
        now=AT,
    )


def test_what_ends_while_it_is_signed_gets_no_certificate(office: Office) -> None:
    number = office.register()
    digest = propose(office, number)
    revoke = partial(confirm_end, office.desk, digest, actor=REGISTRAR, now=AT)
    with pytest.raises(NotFoundError):
        issue(office, number, revoke)
    assert office.database.execute("SELECT state FROM certificate") == [("intent",)]


def test_of_two_issues_at_once_one_certificate_results(office: Office) -> None:
    number = office.register()
    with pytest.raises(IntentLostError):
        issue(office, number, partial(office.issue, number))
    states = [state for (state,) in office.database.execute("SELECT state FROM certificate ORDER BY issue_number")]
    assert states == ["void", "issued"]


def test_a_society_that_may_no_longer_sign_is_asked_before_a_key_is_touched(office: Office) -> None:
    number, later = office.register(), AT + timedelta(days=160)
    publish_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=later)
    with pytest.raises(SocietyNotAuthorizedError):
        office.issue(number, later)
    assert office.count("certificate") == 0


def test_a_proposal_is_about_the_registration_that_was_live_then(office: Office) -> None:
    number = office.register()
    old = propose(office, number)
    other = propose_end(
        office.desk, "revocation", number, GroundClass.CODE_BREACH, decision_ref="C/2", actor=SECOND_REGISTRAR, now=AT
    )
    confirm_end(office.desk, other, actor=REGISTRAR, now=AT)
    later = office.without_bar()
    again = later.recommend(decision_ref="ELE/2", decided_on=TODAY, interview_on=TODAY)
    confirm_registration(later.desk, again, randomness=SystemRandomness(), actor=REGISTRAR, now=AT + MINUTE)
    with pytest.raises(ProposalChangedError):
        confirm_end(office.desk, old, actor=REGISTRAR, now=AT + 2 * MINUTE)
    with office.desk.open_reading() as work:
        assert [one.value.life for one in work.register.registrations(number)] == ["REVOKED", "CURRENT"]
        terms = [term.seq for one in work.register.registrations(number) for term in one.value.terms]
    assert terms == [1, 2], "no two registrations share the id of a term"
    assert office.issue(number, AT + 2 * MINUTE)


def test_the_same_proposal_again_is_the_same_until_it_is_confirmed(office: Office) -> None:
    number = office.register()
    assert propose(office, number) == propose(office, number)
    assert office.count("proposal") == 2


def test_a_registration_changes_no_name_and_no_consent(office: Office) -> None:
    for person, changed in (("M-1", {"name_latin": "Lin Zhi-yuan"}), ("M-2", {"consent_c1": False})):
        office.register(member_ref=person)
        digest = office.recommend(member_ref=person, field="ICT", **changed)
        with pytest.raises(CommandError, match="another name or consent"):
            confirm_registration(office.desk, digest, randomness=SystemRandomness(), actor=REGISTRAR, now=AT)
    assert office.count("register_entry") == 2


def test_an_authorization_acts_forward_only(office: Office) -> None:
    grant = GrantAuthorization("ELE", ("MEC",), ("PE",), date(2026, 6, 30), "T/1")
    with pytest.raises(CommandError, match="forward only"):
        grant_authorization(office.desk, office.keyring, grant, actor=REGISTRAR, now=AT)


@pytest.mark.parametrize(("days", "more"), [(5, 0), (6, 1), (8, 1)])
def test_a_trust_list_is_made_anew_in_its_last_day(office: Office, days: int, more: int) -> None:
    before = office.count("trust_list")
    refresh_trust_list(office.desk, office.keyring, actor=REGISTRAR, now=AT + timedelta(days=days))
    assert office.count("trust_list") == before + more


def test_an_entry_exists_once(office: Office) -> None:
    number = office.register()
    with office.desk.open_work() as work:
        entry = work.register.entry(number)
        for twice in (entry, Entry("CSE26ELE00012379", entry.member_id, "ELE", "ELE", entry.first_registered_on)):
            with pytest.raises(DuplicateError):
                work.register.add_entry(twice)
        assert work.register.numbers() == [number]


def test_a_number_without_a_certificate_still_says_that_it_is_suspended(office: Office) -> None:
    number = office.register()
    suspend_registration(office.desk, Suspension(number, HoldKind.CPD, "D/1"), actor=REGISTRAR, now=AT)
    answer = verdict_of_number(office.desk, number, now=AT).verdict
    assert answer is not None
    assert (answer["outcome"] == "valid", answer["state"]) == (False, "suspended")


def test_a_naive_moment_is_never_stored(office: Office) -> None:
    with pytest.raises(Exception, match="needs a zone"), office.desk.open_work() as work:
        work.trust.next_slot(issued_at=AT.replace(tzinfo=None))


def test_reading_the_register_is_a_right_too(staffed: Office) -> None:
    digest = staffed.recommend(member_ref="M-9")
    own, other = board("ELE"), board("CIV")
    assert [line.number for line in register_lines(staffed.desk, actor=other, now=AT)] == [staffed.numbers[2]]
    assert len(register_lines(staffed.desk, actor=REGISTRAR, now=AT)) == 3
    assert [found for found, _ in waiting_recommendations(staffed.desk, actor=own)] == [digest]
    assert waiting_recommendations(staffed.desk, actor=other) == []
    assert newest_certificate(staffed.desk, staffed.numbers[0], actor=own).register_no == staffed.numbers[0]
    with pytest.raises(NotAllowedError):
        newest_certificate(staffed.desk, staffed.numbers[0], actor=other)
    for machine in (Role.CLOCK, Role.PUBLISHER):
        actor = Actor("machine", machine, "CSE", "machine")
        for ask in (partial(register_lines, now=AT), waiting_recommendations):
            with pytest.raises(NotAllowedError):
                ask(staffed.desk, actor=actor)
    uncertified = staffed.register(member_ref="M-9")
    with pytest.raises(NotFoundError):
        newest_certificate(staffed.desk, uncertified, actor=own)


def test_a_decision_that_could_not_be_published_says_so_and_stands(copied: Demo, cse: Cse) -> None:
    """The folder holds a directory where a list must be: found only when the files are written."""
    number = copied.number(Story.VALID)
    (copied.published / "status" / "suspension-1").unlink()
    (copied.published / "status" / "suspension-1").mkdir()
    said = cse(
        "decide", "suspend", number, "--reason", "identity", "--decision", "D/1", env=copied.environment(AT + MINUTE)
    )
    assert said.code == 2
    assert "recorded and NOT yet published" in said.err
    assert cse("verify", number, "--json", env=copied.environment(AT + MINUTE)).json["state"] == "suspended"
    shutil.rmtree(copied.published / "status" / "suspension-1")
    assert cse("publish", env=copied.environment(AT + MINUTE)).code == 0


def test_threat_V53_a_row_for_another_content_is_red_and_raises_the_alarm(
    copied: Demo, cse: Cse, caplog: pytest.LogCaptureFixture
) -> None:
    number = copied.number(Story.VALID)
    with closing(sqlite3.connect(copied.folder / "register.sqlite")) as database:
        database.execute("UPDATE certificate SET content_sha256 = ? WHERE register_no = ?", ("0" * 64, number))
        database.commit()
    said = cse("verify", number, "--json", env=copied.environment())
    assert (said.code, said.json["state"]) == (1, "signed_but_not_registered")
    page, content = copied.pages()[number], document_of(copied.desk(), copied.pages()[number])
    reads = RegisterReads(copied.desk(), copied.settings)
    assert reads.verify(content).verdict["state"] == "signed_but_not_registered"
    assert [record.getMessage().partition("=")[0] for record in caplog.records] == [
        "alarm.signed-but-not-registered document_sha256"
    ] * 2
    assert not any(number in record.getMessage() or page in record.getMessage() for record in caplog.records)
