"""Each finding about a document points at the member at fault: people and machines mend what they are shown."""

from datetime import timedelta
from typing import Any

import pytest

from issuer.proofs import document_bytes
from tests.support import foreign, world
from tests.support.expect import DROP, changed, finding
from tests.support.online import online
from tests.support.strangers import ALICE, with_proof
from verifier.asked import Asked
from verifier.judge import judge

SECOND = timedelta(seconds=1)
GOOD = world.parsed(world.certificate())
P = GOOD["proof"]
OTHER = world.parsed(world.signed(GOOD, "ict/issue-2026"))["proof"]
UNKNOWN = [(f"proof/{index}/verificationMethod", f"{world.CSE}#unknown") for index in range(2)]
BADGE = with_proof(
    changed(foreign.unsigned_badge(), ("issuer/id", ALICE.did), ("credentialStatus", DROP), ("validUntil", DROP))
)


@pytest.mark.parametrize(
    ("changes", "check", "code", "pointer"),
    [
        ([("proof", DROP)], "proofs", "proof_set_shape", "/proof"),
        ([("proof", DROP)], "issuer_binding", "no_proof", "/proof"),
        ([("proof", DROP)], "issuer_trusted", "no_proof", "/proof"),
        ([("proof", [*P[:2], *OTHER])], "proofs", "proof_set_shape", "/proof"),
        ([("proof", [*P[:2], *OTHER])], "issuer_binding", "issuer_binding", "/issuer"),
        ([("proof/1", None)], "issuer_trusted", "proof_set_shape", "/proof/1"),
        (UNKNOWN, "proofs", "unknown_key", "/proof"),
        (UNKNOWN, "issuer_trusted", "unknown_key", "/proof/0"),
        ([("issuer/id", world.did("ele"))], "issuer_trusted", "issuer_not_trusted", "/issuer"),
        ([("issuer", DROP)], "issuer_trusted", "issuer_not_trusted", "/issuer"),
        ([("name", 1)], "schema", "schema", "/name"),
        ([("proof/2/created", "2027-03-16T02:00:00Z")], "issuer_trusted", "proof_from_the_future", "/proof/2"),
    ],
)
def test_a_finding_about_a_certificate_names_its_place(
    changes: list[tuple[str, Any]], check: str, code: str, pointer: str
) -> None:
    found = finding(judge(document_bytes(changed(GOOD, *changes)), online(), now=world.NOW), check)
    assert (found.code, found.pointer) == (code, pointer)


@pytest.mark.parametrize(
    ("days", "code", "pointer"), [(-1, "not_yet_valid", "/validFrom"), (1, "expired", "/validUntil")]
)
def test_a_date_that_is_not_good_is_named(days: int, code: str, pointer: str) -> None:
    now = world.ISSUED - SECOND if days < 0 else world.ISSUED + timedelta(days=5 * 366)
    found = finding(judge(world.certificate(), online(), now=now), "dates")
    assert (found.code, found.pointer) == (code, pointer)


@pytest.mark.parametrize(("purpose", "bit"), [("revocation", "revoked"), ("suspension", "suspended")])
def test_a_bit_that_is_set_leads_to_the_status(purpose: str, bit: str) -> None:
    found = finding(judge(world.certificate(), online(**{bit: True}), now=world.NOW), purpose)
    assert (found.code, found.pointer) == (bit, "/credentialStatus")


@pytest.mark.parametrize(
    ("changes", "check", "code", "pointer"),
    [
        ([], "issuer_trusted", "issuer_not_trusted", "/issuer"),
        ([("issuer/id", "did:web:other.example")], "issuer_binding", "issuer_binding", "/issuer"),
        ([("proof", DROP)], "proofs", "no_proof", "/proof"),
        ([("proof", [BADGE["proof"]] * 17)], "proofs", "too_many_proofs", "/proof"),
        ([("proof/previousProof", "urn:uuid:x")], "proofs", "proof_chain", "/proof"),
        ([("proof/cryptosuite", "none-2099")], "proofs", "suite_unsupported", "/proof/0"),
        ([("proof/created", "x")], "proofs", "proof_created", "/proof/0"),
        ([("name", "Another")], "proofs", "signature", "/proof/0"),
        ([("validFrom", "2027-01-01T00:00:00Z")], "dates", "not_yet_valid", "/validFrom"),
        ([("validUntil", "2025-12-31T00:00:00Z")], "dates", "expired", "/validUntil"),
    ],
)
def test_a_finding_about_a_foreign_document_names_its_place(
    changes: list[tuple[str, Any]], check: str, code: str, pointer: str
) -> None:
    report = judge(document_bytes(changed(BADGE, *changes)), online(), now=world.NOW, asked=Asked())
    found = finding(report, check)
    assert (found.code, found.pointer) == (code, pointer)
