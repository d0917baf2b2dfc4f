"""Status of documents by strangers: only a list that was fetched counts, judged like any document of its issuer."""

import gzip
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from issuer.proofs import document_bytes
from schemas.base64url import encode_base64url
from schemas.contexts import CREDENTIALS_V2
from tests.support import foreign, world
from tests.support.expect import DROP, changed, faults, finding, unknowns
from tests.support.online import online
from tests.support.strangers import ALICE, BOB, Stranger, with_proof
from verifier.asked import Asked, Fetched
from verifier.checks import Outcome
from verifier.judge import judge
from verifier.report import Report
from verifier.status_list import MINIMUM_BITS

URL = "https://issuer.example/status/1"
REVOCATION = {**foreign.STATUS, "statusListCredential": URL}
SUSPENSION = {**REVOCATION, "id": "https://issuer.example/c/1#held", "statusPurpose": "suspension"}


def encoded(*indexes: int, size: int = MINIMUM_BITS // 8) -> str:
    bits = bytearray(size)
    for index in indexes:
        bits[index // 8] |= 128 >> index % 8
    return f"u{encode_base64url(gzip.compress(bytes(bits)))}"


def unsigned_list(*indexes: int, **subject: Any) -> dict[str, Any]:
    members = {"type": "BitstringStatusList", "statusPurpose": "revocation", "encodedList": encoded(*indexes)}
    return {
        "@context": [CREDENTIALS_V2],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ALICE.did,
        "validFrom": "2024-01-01T00:00:00Z",
        "credentialSubject": {"id": f"{URL}#list", **members, **subject},
    }


def verified(entries: Any, content: dict[str, Any] | bytes | None, now: datetime = world.NOW) -> Report:
    """Judge a badge with these status entries, given that the caller fetched `content` from the address of the list."""
    document = with_proof(changed(foreign.unsigned_badge(), ("credentialStatus", entries)), suite="eddsa-jcs-2022")
    raw = document_bytes(content) if isinstance(content, dict) else content

    def fetched(url: str) -> Fetched:
        assert url == URL
        return Fetched(raw, "fetch_failed")

    return judge(document_bytes(document), online(), now=now, asked=Asked(status_list=fetched, is_conformance=True))


def test_a_clear_bit_is_good_and_a_set_one_is_not() -> None:
    assert verified(REVOCATION, with_proof(unsigned_list(6, 8))).outcome is Outcome.VALID
    assert faults(verified(REVOCATION, with_proof(unsigned_list(7)))) == {"revocation": "revoked"}
    assert (
        verified([{**REVOCATION, "type": [REVOCATION["type"]]}], with_proof(unsigned_list())).outcome is Outcome.VALID
    )
    held = with_proof(unsigned_list(7, statusPurpose="suspension"))
    assert faults(verified([SUSPENSION], held)) == {"suspension": "suspended"}
    both = with_proof(unsigned_list(7, statusPurpose=["revocation", "suspension"]))
    assert faults(verified([REVOCATION, SUSPENSION], both)) == {"revocation": "revoked", "suspension": "suspended"}


def test_threat_V32_a_revoked_entry_behind_one_that_is_not_understood_counts() -> None:
    old = {"id": "urn:x:old", "type": "StatusList2021Entry", "statusPurpose": "revocation"}
    second = {**REVOCATION, "id": "urn:x:second", "statusListIndex": "8"}
    revoked = with_proof(unsigned_list(8))
    assert finding(verified([old, second], revoked), "revocation").code == "revoked"
    assert finding(verified([REVOCATION, second], revoked), "revocation").code == "revoked"
    assert unknowns(verified([REVOCATION, {**second, "type": "CredentialStatusList2017"}], revoked))


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({**REVOCATION, "type": "StatusList2021Entry"}, id="threat_V32-unknown-type"),
        pytest.param({**REVOCATION, "type": ["StatusList2021Entry"]}, id="threat_V32-unknown-type-in-a-list"),
        pytest.param({**REVOCATION, "statusPurpose": "deletion"}, id="threat_V32-unknown-purpose"),
        pytest.param({**REVOCATION, "statusPurpose": {}}, id="threat_V32-purpose-is-an-object"),
        pytest.param({**REVOCATION, "statusSize": 2}, id="threat_V32-two-bits"),
        pytest.param("https://issuer.example/status", id="threat_V32-a-text"),
    ],
)
def test_an_entry_that_is_not_understood_leaves_the_answer_open(entry: Any) -> None:
    report = verified(entry, with_proof(unsigned_list()))
    assert report.outcome is not Outcome.VALID
    assert {finding(report, name).code for name in ("revocation", "suspension")} == {"status_unsupported"}


@pytest.mark.parametrize("entries", [[], None])
def test_no_entry_is_no_declared_status(entries: Any) -> None:
    report = verified(entries, None)
    assert (faults(report), finding(report, "revocation").code) == ({"schema": "model_status"}, "no_status_declared")


@pytest.mark.parametrize("purpose", ["message", "refresh"])
def test_a_bit_for_another_purpose_takes_nothing_away(purpose: str) -> None:
    report = verified({**REVOCATION, "statusPurpose": purpose}, None)
    assert (report.outcome, finding(report, "revocation").code) == (Outcome.VALID, "no_status_declared")


INDEXES = ["-1", "01", "1e3", "", " 7", "7.0", "٧", str(2**63), str(MINIMUM_BITS), 7, 7.5, True, None, ["7"], DROP]


@pytest.mark.parametrize("index", INDEXES, ids=[f"threat_S03-{index!r}" for index in INDEXES[:-1]] + ["threat_S03-no"])
def test_an_index_that_the_list_does_not_have_is_refused(index: Any) -> None:
    report = verified(changed(REVOCATION, ("statusListIndex", index)), with_proof(unsigned_list()))
    assert (report.outcome, faults(report)["revocation"]) == (Outcome.INVALID, "index_out_of_range")


def test_the_last_index_of_a_list_counts() -> None:
    last = {**REVOCATION, "statusListIndex": str(MINIMUM_BITS - 1)}
    assert verified(last, with_proof(unsigned_list())).outcome is Outcome.VALID
    assert faults(verified(last, with_proof(unsigned_list(MINIMUM_BITS - 1)))) == {"revocation": "revoked"}


def signed(*changes: tuple[Any, Any], by: Stranger = ALICE, **options: Any) -> dict[str, Any]:
    made: dict[str, Any] = with_proof(changed(unsigned_list(), *changes), by, **options)
    return made


GOOD = signed()
SUBJECT = "credentialSubject"
AHEAD = (world.NOW + timedelta(seconds=1)).isoformat()
PAST = (world.NOW - timedelta(seconds=1)).isoformat()
LISTS = [
    pytest.param(None, "fetch_failed", id="not-fetched"),
    pytest.param(b"", "list_malformed", id="empty"),
    pytest.param(b"[]", "list_malformed", id="no-object"),
    pytest.param(signed(("type", ["VerifiableCredential"])), "list_malformed", id="another-type"),
    pytest.param({**GOOD, "type": ["BitstringStatusListCredential"]}, "list_proof", id="no-credential"),
    pytest.param({**GOOD, "@context": [CREDENTIALS_V2, "https://evil.example/1"]}, "list_proof", id="context"),
    pytest.param(signed(("issuer", BOB.did), by=BOB), "list_of_another", id="threat_S09-other-issuer"),
    pytest.param(signed(by=BOB), "list_proof", id="threat_S09-other-signer"),
    pytest.param(changed(GOOD, (f"{SUBJECT}/encodedList", encoded(9))), "list_proof", id="threat_S09-changed"),
    pytest.param(changed(GOOD, ("proof", DROP)), "list_proof", id="threat_S09-not-signed"),
    pytest.param(signed(proofPurpose="authentication"), "list_proof", id="threat_S09-other-purpose"),
    pytest.param(signed(("id", "https://issuer.example/status/2")), "list_of_another", id="threat_S09-other-list"),
    pytest.param(signed((f"{SUBJECT}/statusPurpose", "suspension")), "list_purpose", id="threat_S10-other-purpose"),
    pytest.param(signed((SUBJECT, {**REVOCATION, "id": f"{URL}#list"})), "list_malformed", id="other-subject"),
    pytest.param(signed((SUBJECT, [unsigned_list()[SUBJECT]])), "list_malformed", id="subject-in-a-list"),
    pytest.param(signed(("validUntil", PAST)), "list_too_old", id="threat_S11-past-validUntil"),
    pytest.param(signed(("validFrom", AHEAD)), "list_too_old", id="threat_S11-not-begun"),
    pytest.param(signed((f"{SUBJECT}/encodedList", encoded(size=16383))), "list_too_small", id="threat_S02"),
    pytest.param(signed((f"{SUBJECT}/encodedList", encoded()[1:])), "list_malformed", id="threat_S05-no-u"),
    pytest.param(signed((f"{SUBJECT}/encodedList", DROP)), "list_malformed", id="no-bits"),
    pytest.param(signed((f"{SUBJECT}/encodedList", "uH4sI")), "list_encoding", id="broken-bits"),
]


@pytest.mark.parametrize(("content", "code"), LISTS)
def test_a_list_that_cannot_be_believed_says_nothing(content: Any, code: str) -> None:
    report = verified(REVOCATION, content)
    assert (report.outcome, unknowns(report)) == (Outcome.INDETERMINATE, {"revocation": code})


def test_threat_V44_a_list_whose_end_is_respelled_is_refused() -> None:
    old = signed(("validUntil", "2025-01-01T00:00:00Z"))
    typed = {"@value": "2025-01-01T00:00:00Z", "@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    respelled = changed(old, ("validUntil", DROP), (("https://www.w3.org/2018/credentials#validUntil",), typed))
    assert unknowns(verified(REVOCATION, respelled)) == {"revocation": "list_proof"}
    assert unknowns(verified(REVOCATION, old)) == {"revocation": "list_too_old"}


def test_threat_S12_a_list_with_a_status_of_its_own_is_refused_without_looking_it_up() -> None:
    own = signed(("credentialStatus", REVOCATION))
    assert faults(verified(REVOCATION, own)) == {"revocation": "list_with_status"}
    forged = changed(own, ("name", "x"))
    assert unknowns(verified(REVOCATION, forged)) == {"revocation": "list_proof"}


def test_a_list_need_not_name_its_address() -> None:
    assert verified(REVOCATION, signed(("id", DROP))).outcome is Outcome.VALID


def test_an_entry_without_an_address_cannot_be_looked_up() -> None:
    report = verified(changed(REVOCATION, ("statusListCredential", 7)), None)
    assert unknowns(report)["revocation"] == "status_unsupported"


def test_a_list_of_eight_MiB_at_most_is_inflated() -> None:
    bomb = json.loads(document_bytes(signed((f"{SUBJECT}/encodedList", encoded(size=8 * 1024 * 1024 + 1)))))
    assert unknowns(verified(REVOCATION, bomb)) == {"revocation": "list_too_large"}


def entries(count: int) -> list[dict[str, Any]]:
    return [{**REVOCATION, "id": f"urn:x:{place}", "statusListIndex": str(place)} for place in range(count)]


def test_sixteen_entries_are_looked_up_and_seventeen_are_not() -> None:
    assert verified(entries(16), signed()).outcome is Outcome.VALID
    assert faults(verified(entries(16), with_proof(unsigned_list(15)))) == {"revocation": "revoked"}
    report = verified(entries(17), None)
    assert unknowns(report) == {"revocation": "too_many_entries", "suspension": "too_many_entries"}


def test_a_list_is_read_once_for_each_purpose() -> None:
    asked, both_purposes = [], with_proof(unsigned_list(statusPurpose=["revocation", "suspension"]))

    def fetched(url: str) -> Fetched:
        asked.append(url)
        return Fetched(document_bytes(both_purposes))

    both = [*entries(7), *({**one, "id": f"{one['id']}s", "statusPurpose": "suspension"} for one in entries(7))]
    document = with_proof(changed(foreign.unsigned_badge(), ("credentialStatus", both)), suite="eddsa-jcs-2022")
    report = judge(document_bytes(document), online(), now=world.NOW, asked=Asked(status_list=fetched))
    assert (asked, faults(report), unknowns(report)) == ([URL, URL], {"issuer_trusted": "issuer_not_trusted"}, {})


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("credentialStatus", DROP)], id="threat_V32-own-without-status"),
        pytest.param([("credentialStatus/0", DROP)], id="threat_V32-own-without-revocation"),
        pytest.param([("credentialStatus/1", DROP)], id="threat_V32-own-without-suspension"),
        pytest.param([("credentialStatus/0/type", "StatusList2021Entry")], id="threat_V32-own-of-unknown-type"),
    ],
)
def test_a_certificate_of_ours_has_both_entries(changes: list[tuple[Any, Any]]) -> None:
    unsigned = changed(world.parsed(world.certificate()), *changes)
    if changes[0][1] == "StatusList2021Entry":
        content = document_bytes(unsigned)
    else:
        content = world.signed(unsigned, "cse/issue-2026", "ele/issue-2026")
    report = judge(content, online(content), now=world.NOW)
    assert (report.outcome, faults(report)["schema"]) == (Outcome.INVALID, "schema")
