"""Replacing certificates: a name, an error, one lost, a key (T20, R-CE-06, R-ME-03)."""

from datetime import timedelta

import pytest

from registry.demo.officers import PUBLISHER, REGISTRAR, SECOND_REGISTRAR, board
from registry.domain.refusals import NotFoundError, RegisterBehindError, SamePersonError
from registry.domain.registration import HoldKind
from registry.services.answers import verdict_of_page
from registry.services.decisions import Suspension, suspend_registration, withdraw
from registry.services.issuing import pending_numbers
from registry.services.publishing import publish
from registry.services.refusals import CommandError
from registry.services.replacing import ReplacedFor, Replacement, confirm_replacement, propose_replacement
from registry.store.certificates import StoredCertificate
from tests.fakes import MemoryPublisher
from tests.integration.conftest import Cse
from tests.integration.registers import AT, MINUTE, Demo, Office

CIV = 2
DAY = timedelta(days=1)


def decided(office: Office, why: ReplacedFor, now: object = AT, **names: str) -> None:
    command = Replacement(office.numbers[0], why, "R/1", **names)
    digest = propose_replacement(office.desk, command, actor=board("ELE"), now=AT)
    confirm_replacement(office.desk, digest, actor=REGISTRAR, now=AT)


def papers(office: Office, position: int = 0) -> list[StoredCertificate]:
    with office.desk.open_reading() as work:
        number = office.numbers[position]
        return work.certificates.of_registration(number, work.register.answering(number).seq)


def published(office: Office, now: object, folder: MemoryPublisher | None = None) -> MemoryPublisher:
    folder = folder or MemoryPublisher()
    publish(office.desk, office.keyring, folder, actor=PUBLISHER, now=now)  # type: ignore[arg-type]
    return folder


def verdict(office: Office, page: str, now: object) -> tuple[str, str | None, str | None]:
    answer = verdict_of_page(office.desk, page, now=now)  # type: ignore[arg-type]
    assert answer is not None
    certificate = answer["certificate"]
    return answer["state"], certificate.get("successor"), (certificate.get("names") or {}).get("latn")


def test_scenario_56_a_name_change_replaces_every_certificate_of_the_person(staffed: Office) -> None:
    decided(staffed, ReplacedFor.NAME, name_latin="Lin Zhiyuan-Example", name_hans="林知远")
    own = list(staffed.numbers[:2])
    assert pending_numbers(staffed.desk) == sorted(own)
    new = [staffed.issue(number, AT + MINUTE) for number in own]
    (old, fresh), _ = papers(staffed), papers(staffed, 1)
    assert (fresh.term_seq, fresh.valid_from, fresh.valid_until) == (old.term_seq, old.valid_from, old.valid_until)
    assert (fresh.basis, fresh.issue_number) == ("initial", 2)
    assert fresh.status_index != old.status_index
    assert [verdict(staffed, page, AT + MINUTE)[0] for page in (old.page_id, fresh.page_id)] == ["valid", "valid"]
    folder = published(staffed, AT + 2 * MINUTE)
    assert papers(staffed)[0].ended is None, "the new one was not published before"
    published(staffed, AT + 3 * MINUTE, folder)
    ended = papers(staffed)[0].ended
    assert ended is not None
    assert (ended.reason, ended.sub_reason, papers(staffed)[0].replaced_by) == ("REPLACED", "NAME", new[0])
    state, successor, _ = verdict(staffed, old.page_id, AT + 4 * MINUTE)
    assert (state, successor) == ("replaced", f"http://localhost:8000/v/{new[0]}")
    assert verdict(staffed, new[0], AT + 4 * MINUTE) == ("valid", None, "Lin Zhiyuan-Example")
    assert pending_numbers(staffed.desk) == []
    with staffed.desk.open_reading() as work:
        told = [[one.type for one in work.journal.events(number)] for number in own]
    assert told == [["REGISTERED", "NAME_CHANGED", "REPLACED"]] * 2


def test_scenario_76_the_new_certificate_is_suspended_as_the_old_one_was(staffed: Office) -> None:
    suspend_registration(
        staffed.desk, Suspension(staffed.numbers[0], HoldKind.IDENTITY, "I/1"), actor=REGISTRAR, now=AT
    )
    decided(staffed, ReplacedFor.NAME, name_latin="Other Name-Example")
    staffed.issue(staffed.numbers[0], AT + MINUTE)
    folder = published(staffed, AT + 2 * MINUTE)
    published(staffed, AT + 3 * MINUTE, folder)
    old, new = papers(staffed)
    assert (old.suspension_kept, new.ended) == (True, None)
    with staffed.desk.open_reading() as work:
        bits = work.certificates.suspended_indexes(1)
    assert {old.status_index, new.status_index} <= set(bits)


@pytest.mark.parametrize("why", [ReplacedFor.DATA, ReplacedFor.LOST, ReplacedFor.KEY])
def test_scenario_54_other_reasons_concern_the_number_alone(staffed: Office, why: ReplacedFor) -> None:
    decided(staffed, why)
    assert pending_numbers(staffed.desk) == [staffed.numbers[0]]
    staffed.issue(staffed.numbers[0], AT + MINUTE)
    published(staffed, AT + 3 * MINUTE, published(staffed, AT + 2 * MINUTE))
    (old, _), (other,) = papers(staffed), papers(staffed, 1)
    assert (old.ended and old.ended.sub_reason, other.ended) == (why, None)


def test_a_registration_that_ends_meanwhile_ends_both(staffed: Office) -> None:
    decided(staffed, ReplacedFor.LOST)
    staffed.issue(staffed.numbers[0], AT + MINUTE)
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT + MINUTE)
    published(staffed, AT + 3 * MINUTE, published(staffed, AT + 2 * MINUTE))
    assert [one.ended and one.ended.reason for one in papers(staffed)] == ["WITHDRAWN", "WITHDRAWN"]


@pytest.mark.parametrize(
    ("why", "names", "field"),
    [
        (ReplacedFor.NAME, {}, "name"),
        (ReplacedFor.KEY, {"name_latin": "Somebody-Example"}, "name"),
        (ReplacedFor.NAME, {"name_latin": "\u202e"}, "name"),
    ],
)
def test_what_cannot_be_is_refused(staffed: Office, why: ReplacedFor, names: dict[str, str], field: str) -> None:
    before = staffed.database.dump()
    with pytest.raises(CommandError) as refused:
        decided(staffed, why, **names)
    assert refused.value.field == field
    assert staffed.database.dump() == before


def test_r_me_03_a_script_that_is_not_named_keeps_its_name(staffed: Office) -> None:
    decided(staffed, ReplacedFor.NAME, name_latin="Lin Zhiyuan-Example")
    with staffed.desk.open_reading() as work:
        member = work.register.member(work.register.entry(staffed.numbers[0]).member_id)
    assert member is not None
    assert (member.name_hans, member.name_latin) == ("林知远", "Lin Zhiyuan-Example")


def test_nothing_is_replaced_of_what_has_no_certificate_in_force(staffed: Office) -> None:
    withdraw(staffed.desk, staffed.numbers[0], decision_ref="W/1", actor=board("ELE"), now=AT)
    with pytest.raises(CommandError, match="T20"):
        decided(staffed, ReplacedFor.KEY)


def test_a_replacement_takes_two_persons_once(staffed: Office) -> None:
    command = Replacement(staffed.numbers[0], ReplacedFor.LOST, "R/1")
    digest = propose_replacement(staffed.desk, command, actor=SECOND_REGISTRAR, now=AT)
    assert propose_replacement(staffed.desk, command, actor=SECOND_REGISTRAR, now=AT) == digest
    with pytest.raises(SamePersonError):
        confirm_replacement(staffed.desk, digest, actor=SECOND_REGISTRAR, now=AT)
    confirm_replacement(staffed.desk, digest, actor=REGISTRAR, now=AT)
    with pytest.raises(NotFoundError):
        confirm_replacement(staffed.desk, digest, actor=REGISTRAR, now=AT)


def test_nothing_is_decided_while_the_clock_job_is_behind(staffed: Office) -> None:
    with pytest.raises(RegisterBehindError):
        propose_replacement(
            staffed.desk,
            Replacement(staffed.numbers[0], ReplacedFor.LOST, "R/1"),
            actor=board("ELE"),
            now=AT + 365 * 6 * DAY,
        )


def test_the_replacement_as_commands(copied: Demo, cse: Cse) -> None:
    env = copied.environment()
    number = copied.number("valid")
    society = f"board-{copied.engineers[number].society.lower()}"
    refused = cse("replace", "propose", number, "--reason", "wish", "--decision", "R/1", "--as", society, env=env)
    assert refused.code == 3
    asked = ("replace", "propose", number, "--reason", "lost", "--decision", "R/1", "--as", society, "--json")
    digest = cse(*asked, env=env).json["proposal"]
    assert digest in cse(*asked[:-1], env=env).out
    assert cse("replace", "confirm", digest, env=env).out.endswith("cse issue --pending\n")
    assert cse("issue", "--pending", env=env).code == 0
    for minutes in (1, 2):
        assert cse("publish", env=copied.environment(AT + minutes * MINUTE)).code == 0
    with copied.desk().open_reading() as work:
        old, new = work.certificates.of_registration(number, 1)
    assert (old.ended and old.ended.sub_reason, new.ended) == ("LOST", None)
    assert cse("audit", env=copied.environment(AT + 3 * MINUTE)).out == "inconsistencies=0\n"
