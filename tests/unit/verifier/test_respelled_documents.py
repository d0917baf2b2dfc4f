"""Members spelled or placed so that the graph keeps them and readers of the JSON lose them.

Each such document keeps every graph proof good, which is measured here too: only the text proofs, the
closed form, and the rule about member names see it.
"""

from typing import Any

import pytest

from issuer.proofs import document_bytes
from tests.support import foreign, world
from tests.support.expect import DROP, changed, faults, finding
from tests.support.online import online
from tests.support.respelled import V2, full_status, typed
from verifier.checks import Outcome
from verifier.cryptosuite import RDFC
from verifier.judge import judge
from verifier.proof_set import signature_fault
from verifier.rdf import canonical_nquads
from verifier.state import State
from verifier.terms import respelled_member
from verifier.verdict import report_state, verdict

OURS = f"{world.BASE}/ns/registration/v1#"
OWN = world.parsed(world.certificate())
BADGE = foreign.badge()


def split_subject(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the subject as two objects of one id: the second holds what the first no longer shows."""
    subject = document["credentialSubject"]
    hidden = "achievement"
    first = {name: value for name, value in subject.items() if name != hidden}
    return [first, {"id": subject["id"], "type": subject["type"], hidden: subject[hidden]}]


STATUS = OWN["credentialStatus"]
GRADE = OWN["credentialSubject"]["registration"]["grade"]
REGISTRATION = OWN["credentialSubject"]["registration"]["id"]
OWN_CASES = [
    pytest.param(
        [("validUntil", DROP), ((f"{V2}validUntil",), typed(OWN["validUntil"]))], True, id="threat_V41-validUntil"
    ),
    pytest.param(
        [("validFrom", DROP), ((f"{V2}validFrom",), typed(OWN["validFrom"]))], True, id="threat_V41-validFrom"
    ),
    pytest.param([("credentialStatus", DROP), ((f"{V2}credentialStatus",), full_status(STATUS))], True,
                 id="threat_V42-both-status-entries"),
    pytest.param([("credentialStatus", STATUS[1:]), ((f"{V2}credentialStatus",), full_status(STATUS[:1]))], True,
                 id="threat_V43-revocation-entry"),
    pytest.param([("credentialStatus", STATUS[:1]), ((f"{V2}credentialStatus",), full_status(STATUS[1:]))], True,
                 id="threat_V43-suspension-entry"),
    pytest.param([("credentialSubject/registration/grade", DROP),
                  ("@included", [{"id": REGISTRATION, "type": "EngineerRegistration", "grade": GRADE}])], True,
                 id="threat_V45-grade-moved-to-included"),
    pytest.param([("credentialSubject/registration/grade", DROP),
                  (("credentialSubject", "registration", f"{OURS}grade"), GRADE)], True,
                 id="threat_V45-grade-under-its-address"),
    pytest.param([("credentialSubject/nameHans", DROP),
                  ("@included", [{"id": OWN["credentialSubject"]["id"], "type": ["EngineeringMember"],
                                  "nameHans": OWN["credentialSubject"]["nameHans"]}])], True,
                 id="threat_V45-name-moved-to-included"),
    pytest.param([("credentialSubject", split_subject(OWN))], True, id="threat_V46-subject-split"),
    pytest.param([("credentialStatus/0/statusPurpose", DROP),
                  ("credentialStatus/2", {"id": STATUS[0]["id"], "type": STATUS[0]["type"],
                                          "statusPurpose": "revocation"})], True, id="threat_V46-status-entry-split"),
    pytest.param([("type", OWN["type"][::-1])], False, id="type-order-reversed"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "is_named"), OWN_CASES)
def test_a_respelled_certificate_is_refused(changes: list[tuple[str, Any]], is_named: bool) -> None:
    document = changed(OWN, *changes)
    report = judge(document_bytes(document), online(revoked=True), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert faults(report)["schema"] == "schema"
    # In a split subject no second signer can be read, so it is the set that is wrong; else the text proof is.
    is_split = isinstance(document["credentialSubject"], list)
    assert finding(report, "proofs").code == ("proof_set_shape" if is_split else "signature")
    assert finding(report, "all_terms_signed").code == ("respelled_term" if is_named else None)
    assert "certificate" not in verdict(report)


@pytest.mark.parametrize(("changes", "is_named"), OWN_CASES)
def test_every_graph_proof_of_a_respelled_certificate_is_good(changes: list[tuple[str, Any]], is_named: bool) -> None:
    """The measured reason of the rule: whoever checks graph proofs alone sees nothing."""
    keys = {method: key.public_key for method, key in world.trust().keys.items() if key.public_key is not None}
    assert signature_fault(changed(OWN, *changes), world.BASE, keys, suites=(RDFC,)) is None


BADGE_STATUS = BADGE["credentialStatus"]
FOREIGN_CASES = [
    pytest.param([("validUntil", DROP), ((f"{V2}validUntil",), typed(BADGE["validUntil"]))],
                 f"/{V2.replace('/', '~1')}validUntil", id="threat_V41-foreign-validUntil"),
    pytest.param([("credentialStatus", DROP), ((f"{V2}credentialStatus",), full_status([BADGE_STATUS]))],
                 f"/{V2.replace('/', '~1')}credentialStatus", id="threat_V42-foreign-status"),
    pytest.param([("credentialStatus", [{**BADGE_STATUS, "id": "urn:x:1"}]),
                  ((f"{V2}credentialStatus",), full_status([BADGE_STATUS]))],
                 f"/{V2.replace('/', '~1')}credentialStatus", id="threat_V43-foreign-one-of-two-entries"),
    pytest.param([("name", DROP), ("@included", [{"id": BADGE["id"], "name": "A badge"}])],
                 "/@included", id="threat_V45-foreign-name"),
    pytest.param([("credentialSubject", split_subject(BADGE))], "/credentialSubject/1/id",
                 id="threat_V46-foreign-subject-split"),
    pytest.param([("credentialStatus", [BADGE_STATUS, dict(BADGE_STATUS)])], "/credentialStatus/1/id",
                 id="threat_V46-foreign-status-split"),
    pytest.param([("name", {"@value": "A badge", "@id": "urn:x:1"})], "/name/@id", id="threat_V45-odd-value-object"),
    pytest.param([("name", {"@language": "en"})], "/name/@language", id="threat_V45-language-without-value"),
    pytest.param([("@id", BADGE["id"]), ("id", DROP)], "/@id", id="threat_V45-keyword-in-place-of-id"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "pointer"), FOREIGN_CASES)
def test_a_respelled_foreign_document_is_refused(changes: list[tuple[str, Any]], pointer: str) -> None:
    report = judge(document_bytes(changed(BADGE, *changes)), online(), now=world.NOW)
    assert report.outcome is Outcome.INVALID
    assert (finding(report, "all_terms_signed").code, finding(report, "all_terms_signed").pointer) == (
        "respelled_term",
        pointer,
    )
    assert report_state(report) is State.ISSUER_NOT_TRUSTED


def same_graph(document: dict[str, Any], other: dict[str, Any]) -> bool:
    unsigned = [{name: value for name, value in each.items() if name != "proof"} for each in (document, other)]
    return canonical_nquads(unsigned[0], world.BASE) == canonical_nquads(unsigned[1], world.BASE)


@pytest.mark.parametrize(("changes", "pointer"), [FOREIGN_CASES[index] for index in (0, 1, 4, 5)])
def test_a_respelled_foreign_document_has_the_same_graph(changes: list[tuple[str, Any]], pointer: str) -> None:
    assert same_graph(BADGE, changed(BADGE, *changes))


@pytest.mark.parametrize(
    "name",
    [{"@value": "A badge", "@language": "en"}, {"@value": "徽章", "@language": "zh", "@direction": "ltr"}],
    ids=["language", "direction"],
)
def test_a_value_object_is_no_respelling(name: dict[str, str]) -> None:
    document = changed(BADGE, ("name", name))
    assert respelled_member(document) is None
    assert finding(judge(document_bytes(document), online(), now=world.NOW), "all_terms_signed").result == "pass"


def test_an_own_document_and_a_foreign_one_are_not_respelled() -> None:
    assert respelled_member(OWN) is None
    assert respelled_member(BADGE) is None


def test_the_first_hidden_member_is_named_by_its_pointer() -> None:
    assert respelled_member({"a/b~c": [{"x:y": 1}]}) == "/a~1b~0c/0/x:y"
