"""The pinned root and the trust list that it signs: more than half of the keys, both suites, no other key."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from issuer.documents import did_document
from issuer.proofs import document_bytes
from tests.support import world
from tests.support.bodies import key
from tests.support.expect import DROP, changed
from verifier.refusals import TrustRootError
from verifier.root import UntrustedListError, accept_trust_list, is_root_digest, read_root
from verifier.trust import TrustList

SECOND = timedelta(seconds=1)
ROOT = world.parsed(world.root_document())
LISTED = world.parsed(world.trust_list())
P = LISTED["proof"]
P256 = "zDnaesfU1cLWj1Ry2tDwLBwFACCfCUyRvAKpUgGnAqGMRTfFr"
ALL_THREE = ("root/root-a", "root/root-b", "root/root-c")


def accepted(content: bytes, now: Any = world.NOW) -> TrustList:
    return accept_trust_list(content, world.root(), now=now)


def refusal_of(content: bytes, now: Any = world.NOW) -> str:
    with pytest.raises(UntrustedListError) as refusal:
        accepted(content, now)
    return refusal.value.code


def re_signed(*changes: tuple[Any, Any], labels: tuple[str, ...] = world.ROOTS) -> bytes:
    return world.signed(changed(LISTED, *changes), *labels, created=world.NOW)


ROOTS = [
    pytest.param(document_bytes(changed(ROOT, ("verificationMethod", []))), "Multikeys", id="no-key"),
    pytest.param(document_bytes(changed(ROOT, ("@context", DROP))), "Multikeys", id="no-context"),
    pytest.param(document_bytes(changed(ROOT, ("note", "x"))), "Multikeys", id="not-closed"),
    pytest.param(b"{", "Multikeys", id="no-json"),
    pytest.param(b"[]", "Multikeys", id="no-object"),
    pytest.param(
        document_bytes(changed(ROOT, ("verificationMethod/0/publicKeyMultibase", P256))),
        "Multikeys",
        id="P-256",
    ),
    pytest.param(
        document_bytes(changed(ROOT, ("verificationMethod/0/id", f"{world.CSE}#issue-2026"))),
        "another body",
        id="a-key-of-another-body",
    ),
    pytest.param(
        document_bytes(changed(ROOT, ("verificationMethod/1", ROOT["verificationMethod"][0]))),
        "twice",
        id="threat_K07-same-key-twice",
    ),
    pytest.param(
        document_bytes(
            changed(
                ROOT,
                ("verificationMethod/1/publicKeyMultibase", ROOT["verificationMethod"][0]["publicKeyMultibase"]),
            )
        ),
        "twice",
        id="threat_K07-same-key-under-two-names",
    ),
]


@pytest.mark.parametrize(("content", "message"), ROOTS)
def test_a_file_that_is_no_root_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(TrustRootError, match=message):
        read_root(content)


def test_a_root_is_its_keys_and_the_digest_of_its_bytes() -> None:
    root = world.root()
    assert (root.did, root.sha256) == (world.did("root"), world.sha256(world.root_document()))
    assert list(root.keys) == [f"{world.did('root')}#root-{letter}" for letter in "abc"]


@pytest.mark.parametrize(("keys", "threshold"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_more_than_half_of_the_keys_must_sign(keys: int, threshold: int) -> None:
    listed = [key(f"root/root-{number}", "root") for number in range(keys)]
    assert read_root(document_bytes(did_document(world.did("root"), listed))).threshold == threshold


@pytest.mark.parametrize(
    ("text", "is_digest"),
    [
        ("sha256:" + "0a" * 32, True),
        ("sha256:" + "0A" * 32, False),
        ("sha256:" + "0a" * 31, False),
        ("sha256:" + "0a" * 33, False),
        ("0a" * 32, False),
        ("root.json", False),
    ],
)
def test_a_root_digest_has_one_spelling(text: str, is_digest: bool) -> None:
    assert is_root_digest(text) is is_digest


@pytest.mark.parametrize("labels", [world.ROOTS, ALL_THREE, ("root/root-c", "root/root-a")])
def test_a_list_that_enough_root_keys_signed_is_believed(labels: tuple[str, ...]) -> None:
    trust = accepted(world.trust_list(roots=labels))
    assert (trust.version, trust.base, trust.journal_seq, trust.root_threshold) == (7, world.BASE, 418, 2)
    assert trust.previous_sha256 == world.TRUST_LIST.previous_sha256
    assert trust.log_required_from is None


def with_proofs(*proofs: Any) -> bytes:
    return document_bytes({**LISTED, "proof": [*proofs]})


STRANGER = world.parsed(re_signed(labels=("root/root-a", "cse/issue-2026")))["proof"]
UNSIGNED = [
    pytest.param(world.trust_list(roots=("root/root-a",)), id="threat_K07-one-key-of-three"),
    pytest.param(re_signed(labels=("root/root-a", "root/root-x")), id="threat_K07-a-key-that-is-not-pinned"),
    pytest.param(re_signed(labels=(*world.ROOTS, "root/root-x")), id="threat_K07-a-strange-key-beside-enough"),
    pytest.param(with_proofs(*STRANGER), id="signed-by-cse-itself"),
    pytest.param(with_proofs(*P[:2], *P[:2]), id="threat_K07-one-key-twice"),
    pytest.param(with_proofs(*P[:3]), id="graph-proof-of-the-second-alone"),
    pytest.param(with_proofs(*P[:2], P[3]), id="text-proof-of-the-second-alone"),
    pytest.param(with_proofs(*P[:2], P[2], {**P[3], "created": "2026-05-25T02:00:01Z"}), id="two-moments"),
    pytest.param(with_proofs(*P[:2], P[2], {**P[3], "proofValue": P[1]["proofValue"]}), id="a-bad-text-proof"),
    pytest.param(document_bytes(changed(LISTED, ("name", "Trust list"))), id="a-changed-name"),
    pytest.param(document_bytes(changed(LISTED, ("credentialSubject/version", 9))), id="a-changed-version"),
    pytest.param(
        document_bytes(changed(LISTED, ("credentialSubject/log_required_from", "2026-01-01T00:00:00Z"))),
        id="an-added-beginning-of-the-log",
    ),
    pytest.param(re_signed(("issuer", world.CSE)), id="another-issuer"),
    pytest.param(re_signed(("credentialSubject/rootKey/2", DROP)), id="threat_K07-other-root-keys-than-pinned"),
    pytest.param(re_signed(("credentialSubject/rootThreshold", 3)), id="the-list-itself-asks-for-three"),
    pytest.param(
        re_signed(("credentialSubject/rootKey/0/notAfter", "2026-05-25T02:00:00Z")), id="a-root-key-that-has-ended"
    ),
    pytest.param(re_signed(("credentialSubject/rootKey/1/notBefore", "2026-05-25T02:00:01Z")), id="a-root-key-to-come"),
    pytest.param(re_signed(("credentialSubject/rootKey/0/keyUse", "issue")), id="a-root-key-of-another-class"),
    pytest.param(with_proofs(*({**proof, "created": "2026-02-30T02:00:00Z"} for proof in P)), id="proofs-of-no-day"),
]


@pytest.mark.parametrize("content", UNSIGNED)
def test_a_list_that_the_pinned_root_did_not_sign_is_refused(content: bytes) -> None:
    assert refusal_of(content) == "trust_list_not_signed_by_root"


SUBJECT = "credentialSubject"
ISSUERS = LISTED[SUBJECT]["recognizedIssuer"]
MALFORMED = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"[]", id="no-object"),
    pytest.param(re_signed((f"{SUBJECT}/rootThreshold", 0)), id="threat_K07-threshold-0"),
    pytest.param(re_signed(("validUntil", DROP)), id="without-an-end"),
    pytest.param(document_bytes(changed(LISTED, ("note", "x"))), id="not-closed"),
    pytest.param(document_bytes(changed(LISTED, ("@context", "x"))), id="context-is-a-text"),
    pytest.param(document_bytes(changed(LISTED, ("@context/2", "x"))), id="three-contexts"),
    pytest.param(document_bytes(changed(LISTED, ("@context/1", {}))), id="inline-context"),
    pytest.param(document_bytes(changed(LISTED, ("@context/0", "x"))), id="another-first-context"),
    pytest.param(document_bytes(changed(LISTED, ("@context/1", "x"))), id="another-second-context"),
    pytest.param(re_signed(("validFrom", "2026-02-30T00:00:00Z")), id="no-such-day"),
    pytest.param(re_signed((f"{SUBJECT}/recognizedIssuer/8", ISSUERS[0])), id="a-body-twice"),
    pytest.param(re_signed((f"{SUBJECT}/recognizedIssuer/0/role", "society")), id="no-registrar"),
    pytest.param(re_signed((f"{SUBJECT}/recognizedIssuer/1/role", "registrar")), id="two-registrars"),
    pytest.param(
        re_signed((f"{SUBJECT}/recognizedIssuer/4/trustedKey/0/controller", world.CSE)), id="a-key-of-another-body"
    ),
    pytest.param(
        re_signed((f"{SUBJECT}/recognizedIssuer/4/trustedKey/0/id", f"{world.CSE}#issue-2027")),
        id="a-key-under-another-body",
    ),
    pytest.param(
        re_signed((f"{SUBJECT}/recognizedIssuer/0/trustedKey/1", ISSUERS[0]["trustedKey"][0])), id="a-key-twice"
    ),
    pytest.param(
        re_signed((f"{SUBJECT}/recognizedIssuer/0/trustedKey/0/keyState", "compromised")),
        id="a-compromise-without-its-moment",
    ),
    pytest.param(
        re_signed((f"{SUBJECT}/recognizedIssuer/0/trustedKey/0/compromisedSince", "2026-02-10T00:00:00Z")),
        id="a-moment-without-a-compromise",
    ),
    pytest.param(
        re_signed((f"{SUBJECT}/recognizedIssuer/0/trustedKey/0/publicKeyMultibase", "z6Mk" + "1" * 44)),
        id="an-ill-formed-key",
    ),
]


@pytest.mark.parametrize("content", MALFORMED)
def test_a_list_that_contradicts_itself_is_refused(content: bytes) -> None:
    assert refusal_of(content) == "trust_list_malformed"


TIMES = [
    pytest.param(timedelta(0), None, id="first-second"),
    pytest.param(-SECOND, "trust_list_not_yet_valid", id="a-second-before"),
    pytest.param(timedelta(days=7), None, id="threat_K09-last-second"),
    pytest.param(timedelta(days=7) + SECOND, "trust_list_expired", id="threat_K09-a-second-after"),
]


@pytest.mark.parametrize(("age", "code"), TIMES)
def test_both_ends_of_a_trust_list(age: timedelta, code: str | None) -> None:
    if code is None:
        assert accepted(world.trust_list(), world.NOW + age).version == 7
    else:
        assert refusal_of(world.trust_list(), world.NOW + age) == code


def test_threat_K09_a_list_that_gives_itself_more_than_seven_days_is_refused() -> None:
    assert accepted(re_signed(("validUntil", "2026-06-01T02:00:00Z"))).version == 7
    assert refusal_of(re_signed(("validUntil", "2026-06-01T02:00:01Z"))) == "trust_list_expired"


@pytest.mark.parametrize(("text", "length"), [(P256, 33), ("z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", None)])
def test_a_list_with_a_key_of_another_algorithm_is_read(text: str, length: int | None) -> None:
    trust = accepted(re_signed((f"{SUBJECT}/recognizedIssuer/3/trustedKey/0/publicKeyMultibase", text)))
    key = trust.keys[f"{world.did('verifier')}#receipt-2026"].public_key
    assert (len(key) if key is not None else None) == length


def test_the_first_list_names_none_before_it_and_a_later_one_may_begin_the_log() -> None:
    first = accepted(world.trust_list(replace(world.TRUST_LIST, previous_sha256=None, version=1)))
    assert (first.previous_sha256, first.version) == (None, 1)
    begun = accepted(re_signed((f"{SUBJECT}/log_required_from", "2026-05-01T00:00:00Z")))
    assert begun.log_required_from == world.NOW.replace(month=5, day=1, hour=0)


def test_members_in_another_order_and_spacing_are_the_same_list() -> None:
    spread = json.dumps(dict(reversed(LISTED.items())), indent=3).encode()
    assert accepted(spread) == accepted(world.trust_list())
