"""Issuing: the intent is committed before a key is touched; a refusal leaves no certificate (R-CE-03, threats 0.8)."""

import json
from datetime import timedelta

import pytest

from issuer.refusals import RecheckError
from registry.adapters.randomness import SystemRandomness
from registry.demo.officers import REGISTRAR
from registry.domain.refusals import NotFoundError
from registry.domain.registration import HoldKind
from registry.services.answers import verdict_of_page
from registry.services.decisions import Suspension, suspend_registration
from registry.services.issuing import issue_certificate, pending_numbers
from registry.services.ports import Keyring, Randomness
from registry.services.refusals import AlreadyIssuedError, ListsFullError, TrustListError
from registry.store.refusals import DuplicateError
from registry.store.tables import CERTIFICATE
from schemas.paper_code import paper_sha256
from tests.fakes import HardwareError, Numbers, OtherKeyring
from tests.integration.registers import AT, MINUTE, Demo, Office, certificates
from verifier.status_list import MINIMUM_BITS


def rows(office: Office) -> list[tuple[str, str, int, bool]]:
    """State, page id, index and whether there is a document, in the order of the intents."""
    query = "SELECT state, page_id, status_index, document IS NOT NULL FROM certificate ORDER BY issue_number"
    return [(state, page, index, bool(signed)) for state, page, index, signed in office.database.execute(query)]


def issue(office: Office, number: str, keyring: Keyring | None = None, randomness: Randomness | None = None) -> str:
    return issue_certificate(
        office.desk,
        number,
        keyring=keyring or office.keyring,
        randomness=randomness or SystemRandomness(),
        actor=REGISTRAR,
        now=AT,
    )


def test_an_issued_certificate_reads_valid_and_is_in_the_journal(office: Office) -> None:
    number = office.register()
    page = office.issue(number)
    answer = verdict_of_page(office.desk, page, now=AT)
    assert answer is not None
    assert (answer["outcome"], answer["state"]) == ("valid", "valid")
    with office.desk.open_reading() as work:
        certificate = work.certificates.by_page(page)
        (code,) = work.certificates.paper_codes(page)
        assert work.journal.broken_at() is None
    assert certificate is not None
    query = "SELECT kind, payload_sha256 FROM journal WHERE subject = :page ORDER BY seq"
    assert office.database.execute(query, {"page": page}) == [
        ("certificate-issued", certificate.content_sha256),
        ("paper-code", paper_sha256(code)),
    ]
    assert answer["paper_sha256"] == [paper_sha256(code)]


def test_the_intent_is_committed_before_a_key_is_touched(office: Office) -> None:
    number = office.register()
    keyring = OtherKeyring(office.keyring)
    with pytest.raises(HardwareError):
        issue(office, number, keyring)
    assert [signer.asked for signer in keyring.signers] == [1, 0, 0]
    ((state, page, index, signed),) = rows(office)
    assert (state, signed, pending_numbers(office.desk)) == ("intent", False, [number])
    assert verdict_of_page(office.desk, page, now=AT) is None
    ((unsigned,),) = office.database.execute("SELECT unsigned FROM certificate")
    document = json.loads(unsigned)
    assert document["credentialStatus"][0]["statusListIndex"] == str(index)
    assert "proof" not in document


def test_the_next_issue_voids_the_intent_and_uses_a_new_place(office: Office) -> None:
    number = office.register()
    for _ in range(2):
        with pytest.raises(HardwareError):
            issue(office, number, OtherKeyring(office.keyring))
    page = office.issue(number)
    found = rows(office)
    assert [state for state, *_ in found] == ["void", "void", "issued"]
    assert len({one for _, one, _, _ in found}) == 3
    assert len({index for _, _, index, _ in found}) == 3
    assert found[-1][1] == page


def test_a_voided_index_is_never_given_out_again(office: Office) -> None:
    number = office.register()
    with pytest.raises(HardwareError):
        issue(office, number, OtherKeyring(office.keyring), Numbers([77]))
    issue(office, number, randomness=Numbers([77, 77, 78], drawn=10))
    assert [index for _, _, index, _ in rows(office)] == [77, 78]


def test_a_list_without_a_free_index_is_refused_and_leaves_nothing(office: Office) -> None:
    first, second = office.register(), office.register(member_ref="M-2")
    issue(office, first, randomness=Numbers([5]))
    with pytest.raises(ListsFullError):
        issue(office, second, randomness=Numbers([5] * 1000, drawn=10))
    assert len(rows(office)) == 1


def test_a_taken_page_id_is_refused_and_leaves_nothing(office: Office) -> None:
    first, second = office.register(), office.register(member_ref="M-2")
    issue(office, first, randomness=Numbers([5]))
    with pytest.raises(DuplicateError):
        issue(office, second, randomness=Numbers([6]))
    assert len(rows(office)) == 1


def test_half_a_list_full_begins_the_next_pair(staffed: Office) -> None:
    (number,) = staffed.numbers[:1]
    names = list(CERTIFICATE.c.keys())
    own = {"page_id": "'p' || i", "status_index": "i", "issue_number": "10 + i"}
    values = ", ".join(own.get(name, name) for name in names)
    staffed.database.execute("DELETE FROM paper_code")
    staffed.database.execute("DELETE FROM certificate WHERE register_no <> :n", {"n": number})
    staffed.database.execute("UPDATE certificate SET status_index = -1")
    staffed.database.execute(
        "WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < :count) "  # noqa: S608
        f"INSERT INTO certificate ({', '.join(names)}) SELECT {values} FROM numbers, certificate",
        {"count": MINIMUM_BITS // 2},
    )
    staffed.database.execute("DELETE FROM certificate WHERE status_index = -1")
    page = staffed.issue(staffed.numbers[2])
    with staffed.desk.open_reading() as work:
        certificate = work.certificates.by_page(page)
        assert certificate is not None
        assert (certificate.list_number, work.certificates.last_list()) == (2, 2)


def test_a_term_is_certified_once(office: Office) -> None:
    number = office.register()
    page = office.issue(number)
    with pytest.raises(AlreadyIssuedError):
        office.issue(number)
    assert [(state, one) for state, one, _, _ in rows(office)] == [("issued", page)]
    assert pending_numbers(office.desk) == []


def test_a_failing_last_look_leaves_no_certificate(office: Office) -> None:
    number = office.register()
    journal = office.count("journal")
    with pytest.raises(RecheckError, match="proofs signature"):
        issue(office, number, OtherKeyring(office.keyring, broken=False))
    assert [(state, signed) for state, _, _, signed in rows(office)] == [("intent", False)]
    assert office.count("journal") == journal


def test_both_lists_of_a_certificate_have_the_same_index(staffed: Office) -> None:
    with staffed.desk.open_reading() as work:
        for certificate in certificates(work):
            entries = json.loads(certificate.document)["credentialStatus"]
            assert [entry["statusPurpose"] for entry in entries] == ["revocation", "suspension"]
            assert {entry["statusListIndex"] for entry in entries} == {str(certificate.status_index)}
            assert 0 <= certificate.status_index < MINIMUM_BITS


def test_indexes_tell_no_order(demo: Demo) -> None:
    """25 random indexes: in the order of issue they neither rise throughout nor lie together."""
    with demo.desk().open_reading() as work:
        found = certificates(work)
    by_time = sorted(found, key=lambda one: one.issued_at)
    indexes = [one.status_index for one in by_time]
    assert len(set(indexes)) == len(indexes) == 25
    assert indexes != sorted(indexes)
    assert max(indexes) - min(indexes) > 1000


@pytest.mark.parametrize("number", ["CSE26ELE00012379", "nonsense"])
def test_a_number_that_is_not_there_is_not_certified(office: Office, number: str) -> None:
    with pytest.raises(NotFoundError):
        issue(office, number)


def test_what_has_ended_is_not_certified(office: Office) -> None:
    number = office.register()
    office.database.execute("UPDATE registration SET life = 'REVOKED'")
    with pytest.raises(NotFoundError, match="live registration"):
        issue(office, number)
    assert (rows(office), pending_numbers(office.desk)) == ([], [])


def test_without_a_trust_list_in_force_nothing_is_signed(office: Office) -> None:
    number = office.register()
    with pytest.raises(TrustListError):
        office.issue(number, AT + timedelta(days=8))
    assert rows(office) == []
    assert office.issue(number, AT + timedelta(days=7) - MINUTE)


def test_a_hold_of_the_person_does_not_stop_the_paper_and_shows_on_it(staffed: Office) -> None:
    suspend_registration(staffed.desk, Suspension(staffed.numbers[0], HoldKind.CPD, "D/1"), actor=REGISTRAR, now=AT)
    staffed.database.execute("UPDATE certificate SET state = 'void' WHERE register_no = :n", {"n": staffed.numbers[1]})
    page = staffed.issue(staffed.numbers[1])
    answer = verdict_of_page(staffed.desk, page, now=AT)
    assert answer is not None
    assert answer["state"] == "suspended"
