"""Proofs of strangers: every suite, sets and chains, and each way in which one must not count."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from issuer.proofs import document_bytes
from schemas import base58btc
from schemas.contexts import CREDENTIALS_V1, CREDENTIALS_V2
from schemas.multikey import Algorithm, encode_multikey
from tests.support import foreign, world
from tests.support.expect import DROP, changed, faults, finding, unknowns
from tests.support.online import online
from tests.support.strangers import ALICE, BOB, KINDS, Stranger, stranger, with_proof
from tests.unit.verifier.test_dids import DOCUMENT, WEB, did_jwk, jwk
from tests.unit.verifier.test_signatures import ED25519_ORDER
from verifier.asked import Asked, Fetched
from verifier.checks import Outcome, Profile, Result
from verifier.cryptosuite import SUITES
from verifier.judge import judge
from verifier.proof_chain import MOST_CHAINS
from verifier.report import Report
from verifier.state import State
from verifier.verdict import report_state

PORT = Asked(is_conformance=True)
P384 = stranger(Algorithm.ES384)


def unsigned(by: Stranger = ALICE) -> dict[str, Any]:
    """Return a badge by somebody that declares no status."""
    return changed(foreign.unsigned_badge(), ("issuer/id", by.did), ("credentialStatus", DROP))


def verified(document: dict[str, Any], asked: Asked = PORT, now: datetime = world.NOW) -> Report:
    return judge(document_bytes(document), online(), now=now, asked=asked)


def proofs(document: dict[str, Any], asked: Asked = PORT, now: datetime = world.NOW) -> tuple[str, str | None]:
    found = finding(verified(document, asked, now), "proofs")
    return found.result.value, found.code


GOOD = with_proof(unsigned())
TEXT = with_proof(unsigned(), suite="eddsa-jcs-2022")
A, B, C = (f"urn:uuid:0000000{number}-0000-4000-8000-000000000000" for number in range(3))


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("suite", SUITES)
def test_every_suite_counts_with_its_own_algorithms(suite: str, algorithm: Algorithm) -> None:
    by = stranger(algorithm)
    report = verified(with_proof(unsigned(by), by, suite))
    is_right = algorithm in SUITES[suite].algorithms
    assert faults(report) == ({} if is_right else {"proofs": "algorithm"})
    assert report.outcome is (Outcome.VALID if is_right else Outcome.INVALID)


@pytest.mark.parametrize("suite", KINDS)
def test_a_changed_word_breaks_every_suite(suite: str) -> None:
    by = stranger(KINDS[suite])
    signed = with_proof(unsigned(by), by, suite)
    assert verified(signed).outcome is Outcome.VALID
    assert proofs(changed(signed, ("name", "Another badge"))) == ("fail", "signature")


HAIR = {"hairColor": "https://example.org/terms#hairColor"}


@pytest.mark.parametrize(
    ("more", "code"),
    [([HAIR], None), ([HAIR, "https://evil.example/1"], "unknown_context")],
    ids=["plain terms", "another context behind them"],
)
def test_on_the_conformance_port_a_document_brings_plain_terms(more: list[Any], code: str | None) -> None:
    document = {**unsigned(), "hairColor": "brown"}
    document["@context"] = [*document["@context"], *more]
    assert unknowns(verified(with_proof(document, suite="eddsa-jcs-2022"))).get("contexts") == code


def test_threat_V52_off_the_conformance_port_a_foreign_issuer_is_never_trusted() -> None:
    report = verified(GOOD, Asked())
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.ISSUER_NOT_TRUSTED)
    assert faults(report) == {"issuer_trusted": "issuer_not_trusted"}
    assert report.profile is Profile.FOREIGN
    port = verified(GOOD)
    assert (port.outcome, report_state(port), port.profile) == (
        Outcome.VALID,
        State.VALID_FOREIGN,
        Profile.CONFORMANCE,
    )


OWN_CONTEXTS = world.parsed(world.certificate())["@context"]


@pytest.mark.parametrize("asked", [Asked(), PORT], ids=["public", "port"])
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("@context", OWN_CONTEXTS)], id="threat_V52-our-contexts"),
        pytest.param([("type/2", "EngineerRegistrationCredential")], id="threat_V52-our-type"),
        pytest.param([("issuer/id", world.CSE)], id="threat_V52-our-name"),
    ],
)
def test_what_claims_to_be_ours_gets_full_policy(changes: list[tuple[Any, Any]], asked: Asked) -> None:
    document = with_proof(changed(unsigned(), *changes)) if changes[0][0] != "type/2" else None
    report = verified(document or changed(GOOD, *changes), asked)
    assert report.profile is Profile.OWN_ONLINE
    assert report.outcome is not Outcome.VALID


def test_threat_V52_a_copied_certificate_signed_by_a_did_key_is_not_trusted() -> None:
    own = {name: value for name, value in world.parsed(world.certificate()).items() if name != "proof"}
    forged = changed(own, ("issuer/id", ALICE.did))
    for suite in ("eddsa-rdfc-2022", "eddsa-jcs-2022"):
        forged = with_proof(forged, suite=suite)
    for asked in (Asked(), PORT):
        report = verified(forged, asked)
        assert report_state(report) is State.ISSUER_NOT_TRUSTED
        assert finding(report, "issuer_trusted").code == "issuer_not_trusted"


# --- sets and chains ----------------------------------------------------------------------------------------------


def test_every_proof_of_a_set_must_be_good() -> None:
    both = with_proof(with_proof(unsigned(), id=A), BOB, "eddsa-jcs-2022")
    assert verified(both).outcome is Outcome.VALID
    for index in range(2):
        other = both["proof"][1 - index]["proofValue"]
        assert proofs(changed(both, (f"proof/{index}/proofValue", other))) == ("fail", "signature")
        assert finding(verified(changed(both, (f"proof/{index}/proofValue", other))), "proofs").pointer == (
            f"/proof/{index}"
        )


def chained(first: str = "eddsa-rdfc-2022", then: str = "eddsa-rdfc-2022") -> dict[str, Any]:
    """Return a document that Alice signed, then Bob along it, then P-384 along both."""
    document = with_proof(unsigned(), ALICE, first, id=A)
    document = with_proof(document, BOB, then, id=B, previousProof=A)
    chain: dict[str, Any] = with_proof(document, P384, "ecdsa-rdfc-2019", previousProof=[B, A])
    return chain


@pytest.mark.parametrize("first", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("then", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_chain_counts_when_every_link_does(first: str, then: str) -> None:
    chain = chained(first, then)
    assert verified(chain).outcome is Outcome.VALID
    # The later proofs sign the earlier ones too, to the last member.
    again = with_proof(unsigned(), ALICE, first, id=A, nonce="another")
    mixed = changed(chain, ("proof/0", again["proof"]))
    assert proofs(mixed) == ("fail", "signature")
    assert finding(verified(mixed), "proofs").pointer == "/proof/1"


def test_the_order_in_which_a_chain_over_the_graph_is_listed_says_nothing() -> None:
    chain = chained()
    assert verified(changed(chain, ("proof", chain["proof"][::-1]))).outcome is Outcome.VALID


@pytest.mark.parametrize("row", [pytest.param(row, id=f"threat_{row}") for row in ("T03", "V39")])
def test_what_a_chain_costs_is_bounded_by_its_links(row: str) -> None:
    """Each link that signs along other ones costs the graph once more; proofs of one set share it."""
    document = with_proof(unsigned(), ALICE, id="urn:x:0")
    for link in range(1, MOST_CHAINS + 1):
        assert proofs(document) == ("pass", None), row
        document = with_proof(document, BOB, id=f"urn:x:{link}", previousProof=f"urn:x:{link - 1}")
    assert proofs(document) == ("unknown", "too_many_proofs")
    many = unsigned()
    for _ in range(MOST_CHAINS + 1):
        many = with_proof(many, ALICE)
    assert proofs(many) == ("pass", None)


CHAIN = chained()
LOOP = [("proof/0/previousProof", B)]
BROKEN = [
    pytest.param([("proof", DROP)], "no_proof", id="threat_V27-no-proof"),
    pytest.param([("proof", [])], "no_proof", id="threat_V27-empty-list"),
    pytest.param([("proof", None)], "no_proof", id="threat_V27-null"),
    pytest.param([("proof/1/proofValue", CHAIN["proof"][0]["proofValue"])], "signature", id="threat_V27-one-bad"),
    pytest.param(LOOP, "proof_chain", id="threat_V27-loop-of-two"),
    pytest.param([("proof/0/previousProof", A)], "proof_chain", id="threat_V27-loop-of-one"),
    pytest.param([("proof/2/id", C), ("proof/0/previousProof", [C])], "proof_chain", id="threat_V27-loop-of-three"),
    pytest.param([("proof/1/previousProof", C)], "proof_chain", id="threat_V27-names-no-proof"),
    pytest.param([("proof/2/previousProof/2", C)], "proof_chain", id="threat_V27-one-of-three-names-no-proof"),
    pytest.param([("proof/0/id", B)], "proof_chain", id="threat_V27-two-of-one-id"),
    pytest.param([("proof/1/previousProof", [])], "proof_form", id="threat_V27-previousProof-empty"),
    pytest.param([("proof/2/previousProof", [A, A])], "proof_form", id="threat_V27-previousProof-doubled"),
    pytest.param([("proof/1/previousProof", {"id": A})], "proof_form", id="threat_V27-previousProof-object"),
    pytest.param([("proof/1/previousProof", DROP)], "signature", id="threat_V27-link-taken-away"),
    pytest.param([("proof/2/previousProof", A)], "signature", id="threat_V27-one-link-taken-away"),
    pytest.param([("proof/0", DROP)], "proof_chain", id="threat_V27-first-taken-away"),
]


@pytest.mark.parametrize(("changes", "code"), BROKEN)
def test_a_broken_set_or_chain_is_refused(changes: list[tuple[Any, Any]], code: str) -> None:
    report = verified(changed(CHAIN, *changes))
    assert (report.outcome, finding(report, "proofs").code) == (Outcome.INVALID, code)


def test_at_most_sixteen_proofs_are_checked() -> None:
    document = unsigned()
    for number in range(16):
        document = with_proof(document, suite="eddsa-jcs-2022", nonce=str(number))
    assert verified(document).outcome is Outcome.VALID
    more = verified(with_proof(document, suite="eddsa-jcs-2022"))
    assert (more.outcome, unknowns(more)) == (Outcome.INDETERMINATE, {"proofs": "too_many_proofs"})


# --- what one proof says ------------------------------------------------------------------------------------------


def test_threat_V20_a_signature_with_the_order_added_is_refused() -> None:
    value = base58btc.decode(GOOD["proof"]["proofValue"], length=64)
    twin = value[:32] + (int.from_bytes(value[32:], "little") + ED25519_ORDER).to_bytes(32, "little")
    assert proofs(changed(GOOD, ("proof/proofValue", base58btc.encode(twin)))) == ("fail", "signature")


@pytest.mark.parametrize("encoded", ["01" + "00" * 31, "ec" + "ff" * 30 + "7f"])
def test_threat_V19_a_weak_key_proves_nothing(encoded: str) -> None:
    """The signature R = identity, S = 0 fits every message under the first of these keys."""
    text = encode_multikey(bytes.fromhex(encoded))
    value = base58btc.encode(bytes.fromhex("01" + "00" * 63))
    document = changed(
        GOOD,
        ("issuer/id", f"did:key:{text}"),
        ("proof/verificationMethod", f"did:key:{text}#{text}"),
        ("proof/proofValue", value),
    )
    report = verified(document)
    assert (report.outcome, faults(report)) == (Outcome.INVALID, {"proofs": "weak_key"})


VALUE = GOOD["proof"]["proofValue"]
VALUES = [
    pytest.param("u" + VALUE[1:], id="threat_V29-base64url"),
    pytest.param(VALUE[1:], id="threat_V29-no-z"),
    pytest.param(base58btc.encode(bytes([1] * 63)), id="threat_V29-63-bytes"),
    pytest.param(base58btc.encode(bytes([1] * 65)), id="threat_V29-65-bytes"),
    pytest.param(base58btc.encode(bytes([1] * 96)), id="threat_V29-96-bytes"),
    pytest.param("z" + "2" * 65_000, id="threat_V29-65000-characters"),
    pytest.param("", id="threat_V29-nothing"),
    pytest.param(f" {VALUE}", id="threat_V29-space-before"),
]


@pytest.mark.parametrize("value", VALUES)
def test_a_malformed_proof_value_is_refused(value: str) -> None:
    assert proofs(changed(GOOD, ("proof/proofValue", value))) == ("fail", "proof_value")


@pytest.mark.parametrize(("length", "code"), [(64, "proof_value"), (95, "proof_value"), (96, "signature")])
def test_threat_V29_the_length_of_a_signature_follows_the_key(length: int, code: str) -> None:
    document = with_proof(unsigned(P384), P384, "ecdsa-jcs-2019")
    changes = ("proof/proofValue", base58btc.encode(bytes([1] * length)))
    assert proofs(changed(document, changes)) == ("fail", code)


FORMS = [
    pytest.param("type", DROP, id="no-type"),
    pytest.param("type", ["DataIntegrityProof"], id="type-in-a-list"),
    pytest.param("proofValue", DROP, id="threat_V29-no-value"),
    pytest.param("proofValue", 7, id="threat_V29-value-is-a-number"),
    pytest.param("proofPurpose", DROP, id="threat_V28-no-purpose"),
    pytest.param("proofPurpose", ["assertionMethod"], id="threat_V28-purpose-in-a-list"),
    pytest.param("verificationMethod", DROP, id="no-method"),
    pytest.param("verificationMethod", {"id": ALICE.verification_method}, id="method-is-an-object"),
    pytest.param("verificationMethod", ALICE.did, id="method-without-fragment"),
    pytest.param("cryptosuite", 7, id="suite-is-a-number"),
    pytest.param("id", "relative", id="relative-id"),
    pytest.param("domain", [], id="no-domain"),
    pytest.param("challenge", ["c"], id="challenge-in-a-list"),
    pytest.param("https://w3id.org/security#nonce", "n", id="threat_V41-respelled"),
    pytest.param("@id", A, id="threat_V41-keyword"),
    pytest.param("name", None, id="null-that-no-graph-holds"),
    pytest.param("name", [], id="empty-array-that-no-graph-holds"),
    pytest.param("name", {"id": A, "description": []}, id="object"),
]


@pytest.mark.parametrize(("name", "value"), FORMS)
def test_a_proof_of_a_wrong_form_is_refused(name: str, value: Any) -> None:
    report = verified(changed(GOOD, (("proof", name), value)))
    assert (report.outcome, finding(report, "proofs").code) == (Outcome.INVALID, "proof_form")


@pytest.mark.parametrize("proof", ["z", 7, ["z"], [None], [GOOD["proof"], "z"]])
def test_what_is_no_proof_is_refused(proof: Any) -> None:
    assert proofs({**GOOD, "proof": proof}) == ("fail", "proof_form")


@pytest.mark.parametrize("purpose", ["authentication", "keyAgreement", "https://w3id.org/security#assertionMethod"])
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_threat_V28_a_proof_for_another_purpose_is_refused(purpose: str, suite: str) -> None:
    assert proofs(with_proof(unsigned(), suite=suite, proofPurpose=purpose)) == ("fail", "proof_purpose")


def test_a_suite_that_is_not_spoken_leaves_the_answer_open() -> None:
    for change in (("proof/type", "Ed25519Signature2020"), ("proof/cryptosuite", "ecdsa-sd-2023")):
        report = verified(changed(GOOD, change))
        assert (report.outcome, unknowns(report)) == (Outcome.INDETERMINATE, {"proofs": "suite_unsupported"})
    beside = with_proof(changed(GOOD, ("proof/cryptosuite", "bbs-2023")), BOB)
    assert proofs(beside) == ("unknown", "suite_unsupported")
    assert proofs(changed(beside, ("name", "Another"))) == ("fail", "signature")
    assert proofs(changed(GOOD, ("proof/cryptosuite", DROP))) == ("unknown", "suite_unsupported")


APPENDED = [*GOOD["@context"], "https://w3id.org/security/data-integrity/v2"]


@pytest.mark.parametrize(
    ("document", "changes", "code"),
    [
        pytest.param(TEXT, [("@context", APPENDED)], "proof_context", id="threat_V47-appended"),
        pytest.param(
            TEXT, [("@context", APPENDED), ("proof/@context", APPENDED)], "signature", id="threat_V47-appended-to-both"
        ),
        pytest.param(TEXT, [("proof/@context", TEXT["@context"][:1])], "proof_context", id="threat_V47-prefix"),
        pytest.param(TEXT, [("proof/@context", CREDENTIALS_V2)], "proof_context", id="threat_V47-text"),
        pytest.param(TEXT, [("proof/@context", DROP)], "signature", id="threat_V47-left-out"),
        pytest.param(GOOD, [("proof/@context", GOOD["@context"][:1])], "proof_context", id="threat_V47-graph-prefix"),
    ],
)
def test_the_contexts_of_a_proof_are_those_of_the_document(
    document: dict[str, Any], changes: list[tuple[Any, Any]], code: str
) -> None:
    assert proofs(changed(document, *changes)) == ("fail", code)


def test_a_proof_signed_over_a_prefix_of_the_contexts_is_refused_although_the_recommendation_allows_it() -> None:
    short = with_proof(unsigned(), suite="eddsa-jcs-2022", **{"@context": GOOD["@context"][:1]})
    assert proofs(short) == ("fail", "proof_context")


def test_a_text_proof_without_contexts_and_a_graph_proof_with_them_count() -> None:
    assert verified(with_proof(unsigned(), suite="eddsa-jcs-2022", **{"@context": None})).outcome is Outcome.VALID
    assert verified(with_proof(unsigned(), **{"@context": GOOD["@context"]})).outcome is Outcome.VALID


SECOND = timedelta(seconds=1)
SKEW = timedelta(minutes=2)
TIMES = [
    pytest.param("created", None, None, id="no-created"),
    pytest.param("created", world.NOW + SKEW, None, id="created-two-minutes-ahead"),
    pytest.param("created", world.NOW + SKEW + SECOND, "proof_from_the_future", id="created-later"),
    pytest.param("expires", world.NOW + SECOND, None, id="expires-later"),
    pytest.param("expires", world.NOW, None, id="expires-now"),
    pytest.param("expires", world.NOW - SECOND, "proof_expired", id="expired"),
]


@pytest.mark.parametrize(("name", "at", "code"), TIMES)
def test_the_times_of_a_proof(name: str, at: datetime | None, code: str | None) -> None:
    text = at.isoformat() if at is not None else None
    found = finding(verified(with_proof(unsigned(), **{name: text})), "proofs")
    assert (found.result, found.code) == (Result.PASS if code is None else Result.FAIL, code)


@pytest.mark.parametrize("text", ["2024-01-01T00:00:00", "10000-01-01T00:00:00Z", "2024-06-30T23:59:60Z", "", "now"])
@pytest.mark.parametrize("name", ["created", "expires"])
def test_threat_V30_an_ill_formed_time_of_a_proof_is_refused(name: str, text: str) -> None:
    assert proofs(with_proof(unsigned(), suite="eddsa-jcs-2022", **{name: text})) == ("fail", "proof_created")


def test_domain_and_challenge_on_a_credential_are_signed() -> None:
    for suite in ("eddsa-rdfc-2022", "eddsa-jcs-2022"):
        signed = with_proof(unsigned(), suite=suite, domain=["a.example", "b.example"], challenge="c", nonce="n")
        assert verified(signed).outcome is Outcome.VALID
        for name in ("domain", "challenge", "nonce"):
            assert proofs(changed(signed, (f"proof/{name}", "another"))) == ("fail", "signature")


# --- whose key ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([("issuer", BOB.did)], id="threat_V33-another-issuer-text"),
        pytest.param([("issuer/id", BOB.did)], id="threat_V33-another-issuer-object"),
        pytest.param([("issuer", "https://issuer.example/1")], id="threat_V33-an-address"),
        pytest.param([("issuer", {})], id="threat_V33-no-id"),
        pytest.param([("issuer", DROP)], id="threat_V33-no-issuer"),
        pytest.param([("issuer", [ALICE.did])], id="threat_V33-a-list"),
    ],
)
def test_the_issuer_must_have_signed(changes: list[tuple[Any, Any]]) -> None:
    report = verified(with_proof(changed(unsigned(), *changes)))
    assert (report.outcome, finding(report, "issuer_binding").code) == (Outcome.INVALID, "issuer_binding")


def test_threat_V28_a_proof_by_somebody_else_alone_is_refused() -> None:
    report = verified(with_proof(unsigned(), BOB))
    assert (report.outcome, faults(report)) == (Outcome.INVALID, {"issuer_binding": "issuer_binding"})


def test_threat_V33_the_issuer_may_be_a_text() -> None:
    assert verified(with_proof(changed(unsigned(), ("issuer", ALICE.did)))).outcome is Outcome.VALID


def test_a_did_jwk_signs_too() -> None:
    did = did_jwk(jwk(ALICE.public_key))
    signed = with_proof(changed(unsigned(), ("issuer/id", did)), verificationMethod=f"{did}#0")
    assert verified(signed).outcome is Outcome.VALID


def by_web(**changes: Any) -> Asked:
    content = json.dumps({**DOCUMENT, **changes}).encode()
    return Asked(did_document=lambda _url: Fetched(content), is_conformance=True)


WEB_SIGNED = with_proof(changed(unsigned(), ("issuer/id", WEB)), verificationMethod=f"{WEB}#key")


def test_a_did_web_counts_by_what_the_caller_fetched() -> None:
    assert verified(WEB_SIGNED, by_web()).outcome is Outcome.VALID
    unfetched = verified(WEB_SIGNED)
    assert (unfetched.outcome, unknowns(unfetched)) == (Outcome.INDETERMINATE, {"proofs": "not_fetched"})
    denied = Asked(did_document=lambda _url: Fetched(None, "fetch_denied"), is_conformance=True)
    assert unknowns(verified(WEB_SIGNED, denied)) == {"proofs": "fetch_denied"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"id": "did:web:other.example"}, "did_document_of_another", id="threat_F10-id-differs"),
        pytest.param({"assertionMethod": []}, "key_not_for_this", id="threat_F10-not-for-assertions"),
    ],
)
def test_a_did_document_that_denies_the_key_makes_it_invalid(changes: dict[str, Any], code: str) -> None:
    report = verified(WEB_SIGNED, by_web(**changes))
    assert (report.outcome, faults(report)) == (Outcome.INVALID, {"proofs": code})


# --- VCDM 1.1 -----------------------------------------------------------------------------------------------------


def of_2018(**dates: Any) -> dict[str, Any]:
    """Return a signed credential of VCDM 1.1 with these dates, however they are spelled."""
    document = {
        "@context": [CREDENTIALS_V1, "https://w3id.org/security/data-integrity/v2"],
        "id": "urn:uuid:00000000-0000-4000-8000-00000000000a",
        "type": ["VerifiableCredential"],
        "issuer": ALICE.did,
        "issuanceDate": "2024-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:holder"},
    }
    made: dict[str, Any] = with_proof({**document, **dates})
    return made


@pytest.mark.parametrize(
    ("dates", "code", "pointer"),
    [
        pytest.param({}, None, None, id="issued"),
        pytest.param({"issuanceDate": "2024-01-01T00:00:00.123456Z"}, None, None, id="threat_V30-a-fraction"),
        pytest.param({"expirationDate": world.NOW.isoformat()}, None, None, id="expires-now"),
        pytest.param({"expirationDate": (world.NOW - SECOND).isoformat()}, "expired", "/expirationDate", id="expired"),
        pytest.param({"issuanceDate": (world.NOW + SECOND).isoformat()}, "not_yet_valid", "/issuanceDate", id="early"),
        pytest.param({"issuanceDate": "2024-01-01T00:00:00"}, "malformed_date", None, id="threat_V30-without-zone"),
        pytest.param({"expirationDate": "10000-01-01T00:00:00Z"}, "malformed_date", None, id="threat_V30-year-10000"),
        pytest.param({"expirationDate": "2024-06-30T23:59:60Z"}, "malformed_date", None, id="threat_V30-leap-second"),
        pytest.param(
            {"expirationDate": "2023-12-31T23:59:59Z"}, "malformed_date", "/expirationDate", id="threat_V30-end-first"
        ),
    ],
)
def test_the_dates_of_vcdm_1_1_are_its_own(dates: dict[str, str], code: str | None, pointer: str | None) -> None:
    report = verified(of_2018(**dates))
    found = finding(report, "dates")
    assert (found.code, found.pointer) == (code, pointer)
    assert report.outcome is (Outcome.VALID if code is None else Outcome.INVALID)
