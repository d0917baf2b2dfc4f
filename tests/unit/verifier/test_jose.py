"""Forms with one signature are as good as the certificate with four behind them, and never better."""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.contracts import validator
from schemas.multikey import Algorithm, encode_multikey
from tests.support import tokens, world
from tests.support.expect import changed, faults, finding, unknowns
from tests.support.online import online
from tests.support.strangers import Stranger, stranger, with_proof
from tests.support.tokens import Register, copy_of, judged, listed, register, vc_jwt
from verifier.asked import Asked, Fetched
from verifier.checks import CheckName, Outcome, Profile, Result
from verifier.folder import PublishedFolder
from verifier.judge import judge
from verifier.report import Report
from verifier.sources import UNREACHED, RegisterKnows, RegisterSources, WalletCopy
from verifier.state import State
from verifier.verdict import report_state, verdict

SECOND = timedelta(seconds=1)
UNTIL = datetime(2031, 3, 15, 15, 59, 59, tzinfo=UTC)
SHOWN = tokens.COPY.showing(*tokens.COPY.disclosures)


def test_a_vc_jwt_of_ours_shows_the_certificate_behind_it() -> None:
    report = judged(vc_jwt())
    assert report.outcome is Outcome.VALID
    assert report_state(report) is State.VALID
    assert report.profile is Profile.OWN_SINGLE_SIGNATURE
    assert report.document_sha256 == world.sha256(vc_jwt())
    answer = verdict(report)
    assert answer["certificate"]["names"] == {"hans": "林知远", "latn": "Lin Zhiyuan"}
    assert "disclosed" not in answer


def test_a_copy_shows_what_its_holder_chose_and_nothing_else() -> None:
    answer = verdict(judged(tokens.COPY.showing("name_latin", "field")))
    assert answer["state"] == "valid"
    assert answer["disclosed"] == {"grade": "PE", "name_latin": "Lin Zhiyuan", "field": "ELE"}
    assert not {"certificate", "current", "paper_sha256"} & answer.keys()
    assert "林知远" not in json.dumps(answer, ensure_ascii=False)


@pytest.mark.parametrize("token", [vc_jwt(), SHOWN, tokens.COPY.showing(), tokens.COPY.bound()])
def test_the_verdict_keeps_its_contract(token: bytes | str) -> None:
    assert list(validator("verdict", world.BASE).iter_errors(verdict(judged(token)))) == []


def test_the_checks_stand_in_their_order() -> None:
    for token in (vc_jwt(), SHOWN, vc_jwt(iss="x"), vc_jwt("holder/1"), copy_of(grade="SPE").showing()):
        assert [entry.name for entry in judged(token).findings] == list(CheckName)


# What the certificate behind is, the form is.


@pytest.mark.parametrize("token", [vc_jwt(), SHOWN], ids=["vc+jwt", "sd-jwt"])
@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"revoked": True, "ended": "REVOKED"}, State.REVOKED),
        ({"suspended": True, "public_status": "suspended"}, State.SUSPENDED),
        ({"suspended": None}, State.STATUS_UNREACHABLE),
        ({"knows": RegisterKnows.BEHIND}, State.STATUS_UNREACHABLE),
        ({"content_sha256": "0" * 64}, State.SIGNED_BUT_NOT_REGISTERED),
    ],
)
def test_a_form_is_never_better_than_its_certificate(token: Any, more: dict[str, Any], state: State) -> None:
    assert report_state(judged(token, register(**more))) is state


@pytest.mark.parametrize("token", [vc_jwt(), SHOWN], ids=["vc+jwt", "sd-jwt"])
@pytest.mark.parametrize(
    "change",
    [("proof/2/proofValue", "z1"), ("credentialSubject/registration/grade", "SPE"), ("proof", [])],
    ids=["a broken proof", "a changed grade", "no proof"],
)
def test_a_bad_original_makes_no_good_form(token: Any, change: tuple[str, Any]) -> None:
    bad = json.dumps(changed(world.parsed(world.certificate()), change)).encode()
    sources = register()
    sources.certificates[world.PROFILE.page_id] = bad
    assert judged(token, sources).outcome is Outcome.INVALID


@pytest.mark.parametrize("token", [vc_jwt(), SHOWN], ids=["vc+jwt", "sd-jwt"])
def test_the_last_second_counts_and_the_next_does_not(token: Any) -> None:
    trust = tokens.trust()
    assert judged(token, register(trust_list=trust), now=UNTIL).outcome is Outcome.VALID
    report = judged(token, register(trust_list=trust), now=UNTIL + SECOND)
    assert faults(report) == {"dates": "expired"}
    assert report_state(report) is State.EXPIRED


def test_a_copy_begins_with_its_certificate_though_its_own_date_is_cut_to_the_day() -> None:
    report = judged(SHOWN, now=world.ISSUED - SECOND)
    assert finding(report, "dates").code == "not_yet_valid"
    assert judged(SHOWN, now=world.ISSUED).outcome is Outcome.VALID


# V55 and its like: only what the register holds.

RENEWED = world.certificate(world.RENEWED, created=world.RENEWED_AT)
HIGHER = changed(world.parsed(world.certificate()), ("credentialSubject/registration/grade", "SPE"))
OTHER = {
    "grade": {"credentialSubject": HIGHER["credentialSubject"]},
    "a member more": {"grade": "SPE"},
    "a member less": {"evidence": None},
    "a proof": {"proof": []},
    "exp": {"exp": tokens.seconds(UNTIL)},
    "nbf": {"nbf": tokens.seconds(world.ISSUED) - 1},
    "sub": {"sub": "did:example:other"},
    "jti": {"jti": f"https://evil.example/credentials/{world.PROFILE.page_id}"},
}


@pytest.mark.parametrize("changes", [pytest.param(one, id=f"threat_V55-{name}") for name, one in OTHER.items()])
def test_a_vc_jwt_says_exactly_what_the_certificate_says(changes: dict[str, Any]) -> None:
    report = judged(vc_jwt(**changes))
    assert faults(report) == {"register": "content_differs"}
    assert report_state(report) is State.SIGNED_BUT_NOT_REGISTERED
    assert "certificate" not in verdict(report)


@pytest.mark.parametrize("name", ["jti", "id"])
def test_threat_V55_a_page_that_the_register_does_not_know(name: str) -> None:
    report = judged(vc_jwt(**{name: f"{world.BASE}/credentials/a1b2c3d4e5f6g7h8j9k0"}))
    assert faults(report)["register"] in {"not_registered", "content_differs"}
    assert report.outcome is Outcome.INVALID


def test_threat_V55_a_vc_jwt_of_another_certificate_under_this_page() -> None:
    claims = tokens.jwt_claims(RENEWED, jti=f"{world.BASE}/credentials/{world.PROFILE.page_id}")
    report = judged(tokens.signed(tokens.JWT_HEADER, claims))
    assert faults(report)["register"] == "content_differs"


def test_a_copy_that_the_register_did_not_hand_out() -> None:
    """The key signed it and the register does not know it: the key was stolen."""
    for other in (copy_of(grade="SPE"), copy_of(iat=tokens.seconds(world.ISSUED)), copy_of({"field": "ELE"})):
        report = judged(other.showing())
        assert faults(report) == {"register": "not_registered"}
        assert report_state(report) is State.SIGNED_BUT_NOT_REGISTERED
    report = judged(copy_of(status={"status_list": {"idx": 1, "uri": tokens.LIST_URL}}).showing())
    assert faults(report) == {"register": "not_registered"}


def test_a_copy_whose_certificate_is_gone() -> None:
    sources = register()
    sources.certificates.clear()
    assert faults(judged(SHOWN, sources)) == {"register": "not_registered"}


def _handed_out(name: str, value: Any) -> tuple[tokens.Copy, Register]:
    """Return a copy that was handed out although it says something else than the certificate."""
    copy = (
        copy_of(tokens.holder_claims(**{name: value})) if name in tokens.holder_claims() else copy_of(**{name: value})
    )
    return copy, register(copy)


WRONG = {
    "grade": "SPE",
    "exp": tokens.seconds(UNTIL),
    "name_hans": "林知近",
    "name_latin": "Lin Zhijin",
    "register_number": "CSE21ELE00481736",
    "field": "ICT",
    "society": world.did("ict"),
    "first_registered": "2021-03-16",
    "standard": "T/CAS 326-2018",
    "certificate": {"id": f"{world.BASE}/credentials/{world.PROFILE.page_id}", "digest": "sha256-AAAA"},
}


@pytest.mark.parametrize("name", WRONG)
def test_every_claim_that_is_shown_agrees_with_the_certificate(name: str) -> None:
    copy, sources = _handed_out(name, WRONG[name])
    report = judged(copy.showing(*copy.disclosures), sources)
    assert faults(report) == {"register": "content_differs"}
    assert finding(report, "register").pointer == f"/{name}"
    if name in copy.disclosures:
        assert judged(copy.showing(), sources).outcome is Outcome.VALID


def test_a_name_that_the_certificate_lacks_is_not_shown() -> None:
    sources = register(tokens.COPY, world.certificate(replace(world.PROFILE, name_hans=None)))
    assert finding(judged(tokens.COPY.showing("name_hans"), sources), "register").code == "content_differs"
    sources.copies[tokens.LIST_URL, tokens.INDEX] = WalletCopy("another", "0" * 64)
    assert faults(judged(tokens.COPY.showing("name_hans"), sources)) == {"register": "not_registered"}


# Who may sign.


def _by(key: str, label: str) -> bytes:
    return vc_jwt(label, {**tokens.JWT_HEADER, "kid": key})


def _copy_by(key: str, label: str) -> str:
    copy = copy_of(header={**tokens.SD_HEADER, "kid": key}, label=label)
    return copy.showing(*copy.disclosures)


STATUS = (tokens.STATUS_KEY, "cse/status-p256-2026")


def test_threat_K13_the_key_of_the_lists_signs_no_credential() -> None:
    report = judged(_by(*STATUS))
    assert faults(report) == {"issuer_trusted": "key_class"}
    assert report_state(report) is State.ISSUER_NOT_TRUSTED
    copy = copy_of(header={**tokens.SD_HEADER, "kid": STATUS[0]}, label=STATUS[1])
    assert faults(judged(copy.showing(), register(copy))) == {"issuer_trusted": "key_class"}


@pytest.mark.parametrize("use", ["issue", "status", "seal", "receipt", "statement", "manifest", "trust", "root", "log"])
def test_threat_K14_no_other_class_signs_a_credential(use: str) -> None:
    sources = register(trust_list=tokens.trust(listed("cse/issue-p256-2026", use)))
    assert faults(judged(vc_jwt(), sources)) == {"issuer_trusted": "key_class"}


def test_threat_K14_the_key_of_certificates_signs_no_token() -> None:
    header = {**tokens.JWT_HEADER, "alg": "EdDSA", "kid": f"{world.CSE}#issue-2026"}
    report = judged(vc_jwt("cse/issue-2026", header))
    assert faults(report) == {"issuer_trusted": "key_class"}


def test_threat_K15_a_society_signs_no_token() -> None:
    header = {**tokens.JWT_HEADER, "alg": "EdDSA", "kid": f"{world.did('ele')}#issue-2026"}
    report = judged(vc_jwt("ele/issue-2026", header, iss=world.did("ele")))
    assert faults(report) == {"issuer_trusted": "issuer_not_trusted"}
    assert report_state(report) is State.ISSUER_NOT_TRUSTED


def test_threat_K15_a_society_as_the_issuer_of_a_token() -> None:
    report = judged(vc_jwt(iss=world.did("ele")))
    assert faults(report) == {"issuer_binding": "issuer_binding"}
    assert finding(report, "issuer_binding").pointer == "/iss"


def test_a_token_and_its_credential_have_one_issuer() -> None:
    issuer = {"id": world.did("ele"), "type": ["Profile"]}
    assert faults(judged(vc_jwt(issuer=issuer)))["issuer_binding"] == "issuer_binding"


STRANGER = f"did:key:{encode_multikey(tokens.public_key('holder/1'))}"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(_by(STRANGER, "holder/1"), id="threat_V52-our-issuer"),
        pytest.param(
            vc_jwt("holder/1", {**tokens.JWT_HEADER, "kid": STRANGER}, iss=STRANGER, issuer={"id": STRANGER}),
            id="threat_V52-our-type-and-contexts",
        ),
        pytest.param(_copy_by(STRANGER, "holder/1"), id="threat_V52-our-vct"),
        pytest.param(vc_jwt("holder/1", {"alg": "ES256", "typ": "vc+jwt"}), id="threat_V13-no-kid"),
        pytest.param(vc_jwt("holder/1", {**tokens.JWT_HEADER, "kid": ["x"]}), id="threat_V13-kid-no-text"),
        pytest.param(vc_jwt(header={**tokens.JWT_HEADER, "kid": "issue-p256-2026"}), id="threat_V13-kid-relative"),
        pytest.param(vc_jwt(header={**tokens.JWT_HEADER, "kid": "http://localhost:9/k"}), id="threat_V13-kid-a-url"),
    ],
)
def test_what_claims_to_be_ours_needs_a_key_of_ours(token: bytes | str) -> None:
    report = judged(token)
    assert faults(report) == {"issuer_trusted": "unknown_key"}
    assert unknowns(report)["proofs"] == "unknown_key"
    assert report_state(report) is State.ISSUER_NOT_TRUSTED
    assert not {"certificate", "disclosed"} & verdict(report).keys()


def test_our_vct_is_enough_to_be_judged_as_ours() -> None:
    copy = copy_of(iss="https://issuer.example", header={**tokens.SD_HEADER, "kid": STRANGER}, label="holder/1")
    assert faults(judged(copy.showing())) == {"issuer_trusted": "unknown_key"}


@pytest.mark.parametrize("issuer", [world.BASE, world.CSE, world.did("ele")])
def test_our_name_alone_is_enough_to_be_judged_as_ours(issuer: str) -> None:
    copy = copy_of(iss=issuer, vct="urn:x:1", header={**tokens.SD_HEADER, "kid": STRANGER}, label="holder/1")
    assert faults(judged(copy.showing())) == {"issuer_trusted": "unknown_key"}


def test_our_key_alone_is_enough_to_be_judged_as_ours() -> None:
    copy = copy_of(iss="https://issuer.example", vct="urn:x:1")
    assert faults(judged(copy.showing())) == {"schema": "schema"}


@pytest.mark.parametrize("prefix", ["application/", "APPLICATION/", ""])
def test_a_media_type_may_be_written_whole_and_in_capitals(prefix: str) -> None:
    """RFC 7515 4.1.9, RFC 2045 5.1: the register itself writes it short and small."""
    header = {**tokens.JWT_HEADER, "typ": f"{prefix}VC+jwt"}
    assert judged(vc_jwt(header=header)).outcome is Outcome.VALID
    copy = copy_of(header={**tokens.SD_HEADER, "typ": f"{prefix}dc+SD-jwt"})
    assert judged(copy.bound(typ=f"{prefix}KB+JWT"), register(copy)).outcome is Outcome.VALID
    assert unknowns(judged(vc_jwt(header={**header, "typ": f"{prefix}JWT"})))["parse"] == "unsupported_format"
    for other in (f"x-{prefix}vc+jwt", "application/application/vc+jwt", "text/vc+jwt", 7, None):
        assert judged(vc_jwt(header={**header, "typ": other})).outcome is not Outcome.VALID


@pytest.mark.parametrize("typ", ["JWT", "vp+jwt", "vp+sd-jwt", ""])
def test_forms_that_are_not_read_are_unsupported_and_not_invalid(typ: str) -> None:
    copy = copy_of(header={**tokens.SD_HEADER, "typ": typ})
    assert report_state(judged(copy.showing())) is State.UNSUPPORTED


def test_a_key_of_a_kind_that_is_not_known_signs_nothing() -> None:
    trust = tokens.trust()
    keys = {
        name: replace(key, public_key=None) if name == tokens.ISSUE_KEY else key for name, key in trust.keys.items()
    }
    assert faults(judged(vc_jwt(), register(trust_list=replace(trust, keys=keys)))) == {"proofs": "signature"}


def _during(begins: datetime, ends: datetime) -> Register:
    key = listed("cse/issue-p256-2026", "issue-jose")
    return register(trust_list=tokens.trust(replace(key, not_before=begins, not_after=ends)))


ISSUED, NEXT_YEAR = world.ISSUED, datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "is_valid"),
    [
        (ISSUED, NEXT_YEAR, True),
        (ISSUED + SECOND, NEXT_YEAR, False),
        (ISSUED - timedelta(days=1), ISSUED + SECOND, True),
        (ISSUED - timedelta(days=1), ISSUED, False),
    ],
)
def test_a_vc_jwt_is_signed_within_the_time_of_its_key(begins: datetime, ends: datetime, is_valid: bool) -> None:
    expected = {} if is_valid else {"issuer_trusted": "key_outside_its_time"}
    assert faults(judged(vc_jwt(), _during(begins, ends))) == expected


DAY = datetime(2026, 3, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "is_valid"),
    [
        (DAY + timedelta(hours=11), NEXT_YEAR, True),
        (DAY + timedelta(days=1), NEXT_YEAR, True),
        (DAY + timedelta(days=1) + SECOND, NEXT_YEAR, False),
        (DAY - timedelta(days=30), DAY + SECOND, True),
        (DAY - timedelta(days=30), DAY, False),
    ],
)
def test_a_copy_names_only_the_day_on_which_its_key_signed(begins: datetime, ends: datetime, is_valid: bool) -> None:
    """A key that began at eleven may have signed at noon, and the copy says midnight."""
    expected = {} if is_valid else {"issuer_trusted": "key_outside_its_time"}
    assert faults(judged(SHOWN, _during(begins, ends))) == expected


@pytest.mark.parametrize(("ahead", "code"), [(120, None), (121, "proof_from_the_future")])
def test_a_token_from_the_future(ahead: int, code: str | None) -> None:
    token = vc_jwt(iat=tokens.seconds(world.NOW) + ahead)
    assert finding(judged(token), "issuer_trusted").code == code


def _compromised(since: datetime) -> Register:
    key = listed("cse/issue-p256-2026", "issue-jose", compromised_since=since)
    return register(trust_list=tokens.trust(key))


@pytest.mark.parametrize("token", [vc_jwt(), SHOWN], ids=["vc+jwt", "sd-jwt"])
def test_threat_K02_a_key_that_was_stolen_later_does_not_undo_what_the_register_holds(token: Any) -> None:
    report = judged(token, _compromised(ISSUED + SECOND))
    assert report.outcome is Outcome.VALID
    assert finding(report, "issuer_trusted").code == "key_compromised_later"


def test_threat_K01_a_stolen_key_signs_nothing_that_the_register_does_not_hold() -> None:
    sources = _compromised(ISSUED + SECOND)
    sources.copies.clear()
    assert judged(SHOWN, sources).outcome is Outcome.INVALID
    assert faults(judged(vc_jwt(), _compromised(ISSUED))) == {"issuer_trusted": "key_compromised"}


# The closed form.


@pytest.mark.parametrize(
    "changes",
    [{name: None} for name in ("iss", "vct", "iat", "nbf", "exp", "status", "grade")]
    + [
        {"licence": "yes"},
        {"grade": "XPE"},
        {"exp": "2031"},
        {"exp": True},
        {"nbf": -1},
        {"exp": 10**15},
        {"vct": f"{world.BASE}/vct/engineer-registration/v2"},
        {"iss": world.CSE},
        {"status": {"status_list": {"idx": "1", "uri": tokens.LIST_URL}}},
        {"status": {"status_list": {"idx": -1, "uri": tokens.LIST_URL}}},
        {"status": {"status_list": {"idx": 1, "uri": "http://localhost:9/statuslist/1"}}},
        {"status": {"status_list": {"idx": 1, "uri": f"{world.BASE}/statuslist/../status/revocation-1"}}},
    ],
    ids=str,
)
def test_a_copy_has_a_closed_form(changes: dict[str, Any]) -> None:
    copy = copy_of(**changes)
    assert faults(judged(copy.showing(), register(copy))) == {"schema": "schema"}


@pytest.mark.parametrize(
    "changes",
    [{name: None} for name in ("iss", "jti", "sub", "nbf", "exp", "iat")]
    + [{"jti": 5}, {"exp": "2031"}, {"iat": False}, {"nbf": 1.5}, {"exp": 253_370_764_800}],
    ids=str,
)
def test_a_vc_jwt_has_its_six_claims(changes: dict[str, Any]) -> None:
    assert faults(judged(vc_jwt(**changes))) == {"schema": "schema"}


def test_an_undisclosed_decoy_does_not_matter() -> None:
    hidden = [tokens.digest(text) for text in tokens.COPY.disclosures.values()]
    copy = copy_of(_sd=[*hidden, "decoy"])
    assert judged(copy.showing("field"), register(copy)).outcome is Outcome.VALID


@pytest.mark.parametrize(
    ("uri", "is_ours"),
    [
        ("https://cse.example/statuslist/1", True),
        ("https://cse-example/statuslist/1", False),
        ("https://cse.example/statuslist/1\n", False),
        ("https://cse.example/statuslist/0", False),
    ],
)
def test_the_address_of_a_list_is_below_the_base_and_nothing_follows_it(uri: str, is_ours: bool) -> None:
    pattern = validator("sd-jwt", "https://cse.example").schema["properties"]["status"]["properties"]["status_list"]
    assert (re.search(pattern["properties"]["uri"]["pattern"], uri) is not None) is is_ours


# Others.

ALICE = stranger(Algorithm.ES256)
FOREIGN = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": ALICE.did,
    "credentialSubject": {"id": "did:example:1"},
}


def _foreign(claims: Any = FOREIGN, typ: str = "vc+jwt", kid: Any = ALICE.verification_method, tail: str = "") -> str:
    text = f"{tokens.encoded({'alg': 'ES256', 'typ': typ, 'kid': kid})}.{tokens.encoded(claims)}"
    return f"{text}.{tokens.encoded(ALICE.sign(text.encode()))}{tail}"


@pytest.mark.parametrize(
    "token",
    [
        _foreign(),
        _foreign({"vct": "urn:eudi:pid:1", "iss": ALICE.did}, "dc+sd-jwt", tail="~"),
        _foreign({"vct": {"a": 1}}, "vc+sd-jwt", tail="~"),
    ],
)
def test_the_token_of_somebody_else_is_not_trusted_however_good_its_signature(token: str) -> None:
    report = judged(token)
    assert faults(report) == {"issuer_trusted": "issuer_not_trusted"}
    assert report.profile is Profile.FOREIGN
    assert report_state(report) is State.ISSUER_NOT_TRUSTED
    assert finding(report, "proofs").result is Result.PASS


PORT = Asked(is_conformance=True)
FOREIGN_FAULTS: list[tuple[dict[str, Any], dict[str, str], dict[str, str]]] = [
    ({}, {}, {}),
    ({"iss": ALICE.did, "nbf": tokens.seconds(world.NOW), "exp": tokens.seconds(world.NOW) + 1}, {}, {}),
    ({"exp": tokens.seconds(world.NOW)}, {"dates": "expired"}, {}),
    ({"nbf": tokens.seconds(world.NOW) + 1}, {"dates": "not_yet_valid"}, {}),
    ({"exp": "never"}, {"dates": "malformed_date"}, {}),
    ({"validUntil": "2026-05-25T01:59:59Z"}, {"dates": "expired"}, {}),
    ({"validFrom": "2026-05-25T02:00:01Z"}, {"dates": "not_yet_valid"}, {}),
    ({"iss": ["x"]}, {"issuer_binding": "issuer_binding"}, {}),
    ({"iss": "did:example:other"}, {"issuer_binding": "issuer_binding"}, {}),
    ({"issuer": "did:example:other"}, {"issuer_binding": "issuer_binding"}, {}),
    ({"credentialSubject": []}, {"schema": "model_subject"}, {}),
    ({"@context": [*FOREIGN["@context"], "https://evil.example/1"]}, {}, {"contexts": "unknown_context"}),
    (
        {"credentialStatus": {"id": "urn:x:1", "type": "Unheard"}},
        {},
        {"revocation": "status_unsupported", "suspension": "status_unsupported"},
    ),
]


@pytest.mark.parametrize(("changes", "wrong", "open_ones"), FOREIGN_FAULTS)
def test_a_vc_jwt_of_others_is_judged_like_any_document_of_theirs(
    changes: dict[str, Any], wrong: dict[str, str], open_ones: dict[str, str]
) -> None:
    token = _foreign({**FOREIGN, **changes})
    report = judged(token, asked=PORT)
    assert (faults(report), unknowns(report), report.profile) == (wrong, open_ones, Profile.CONFORMANCE)
    assert (report.outcome is Outcome.VALID) is (not wrong and not open_ones)
    shown = judge(_presentation(_enveloped(token)), register(), now=world.NOW, asked=PORT)
    assert (shown.outcome, shown.credentials[0].findings) == (report.outcome, report.findings)
    assert faults(judged(token)) == {**wrong, "issuer_trusted": "issuer_not_trusted"}


def test_the_key_of_a_foreign_token_is_that_of_its_did() -> None:
    other = stranger(Algorithm.ES256, 2).verification_method
    assert faults(judged(_foreign(kid=other)))["proofs"] == "signature"
    assert unknowns(judged(_foreign(kid="https://issuer.example/key")))["proofs"] == "unsupported"
    assert unknowns(judged(_foreign(kid="did:web:issuer.example#key")))["proofs"] == "not_fetched"
    assert unknowns(judged(_foreign(kid=None)))["proofs"] == "unsupported"


@pytest.mark.parametrize(("purpose", "result"), [("assertionMethod", Result.PASS), ("authentication", Result.FAIL)])
def test_threat_F10_the_key_of_a_foreign_token_is_one_for_assertions(purpose: str, result: Result) -> None:
    did, multikey = "did:web:issuer.example", encode_multikey(ALICE.public_key)
    key = {"id": f"{did}#key", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey}
    content = json.dumps({"id": did, "verificationMethod": [key], purpose: [key["id"]]}).encode()
    report = judged(_foreign(kid=key["id"]), asked=Asked(did_document=lambda _url: Fetched(content)))
    assert finding(report, "proofs").result is result


def test_threat_V19_a_key_with_which_anybody_could_have_signed() -> None:
    """The neutral point of the curve, and a signature that fits every message."""
    multikey = encode_multikey(bytes([1, *bytes(31)]))
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": f"did:key:{multikey}#{multikey}"}
    token = f"{tokens.encoded(header)}.{tokens.encoded(FOREIGN)}.{tokens.encoded(bytes([1, *bytes(63)]))}"
    report = judged(token)
    assert faults(report)["proofs"] == "weak_key"
    assert finding(report, "proofs").pointer == "/header/kid"


# In a presentation: as if the token had come alone, and shown by its holder.


def _presentation(*items: Any, by: Stranger = stranger()) -> bytes:  # noqa: B008 (equal whenever it is made)
    made = {"@context": [FOREIGN["@context"][0]], "type": ["VerifiablePresentation"], "verifiableCredential": [*items]}
    signed = with_proof(made, by, "eddsa-jcs-2022", proofPurpose="authentication", challenge="c", domain="d")
    return json.dumps(signed).encode()


def _enveloped(token: bytes | str) -> dict[str, Any]:
    text = token.decode() if isinstance(token, bytes) else token
    kind = "EnvelopedVerifiableCredential"
    return {"@context": FOREIGN["@context"][0], "type": kind, "id": f"data:application/vc+jwt,{text}"}


def _presented(*items: Any, sources: Register | None = None) -> Report:
    asked = Asked(challenge="c", domain="d")
    return judge(_presentation(*items), sources or register(), now=world.NOW, asked=asked)


def test_a_token_in_an_envelope_is_judged_by_the_certificate_behind_it() -> None:
    report = _presented(_enveloped(vc_jwt()), world.parsed(world.certificate()))
    assert report.outcome is Outcome.VALID
    assert [one.profile for one in report.credentials] == [Profile.OWN_SINGLE_SIGNATURE, Profile.OWN_ONLINE]
    assert report.credentials[0].findings == judged(vc_jwt()).findings
    assert list(validator("verdict", world.BASE).iter_errors(verdict(report))) == []


def test_a_bad_token_makes_the_whole_bad() -> None:
    assert _presented(_enveloped(vc_jwt("holder/1"))).outcome is Outcome.INVALID
    assert _presented(_enveloped(vc_jwt()), sources=register(revoked=True)).outcome is Outcome.INVALID


def test_threat_P06_a_token_that_is_bound_to_another_key() -> None:
    holder, other = stranger(number=1).did, stranger(number=2).did
    for subject, code in ((holder, None), (other, "holder_binding")):
        claims = {**FOREIGN, "credentialSubject": {"id": subject}}
        report = _presented(_enveloped(_foreign(claims)))
        assert finding(report, "issuer_binding").code == code


@pytest.mark.parametrize("item", ["a.b.c", _enveloped("x"), _enveloped("a.b.c.d.e"), _enveloped(SHOWN), SHOWN])
def test_what_cannot_be_judged_in_a_presentation_makes_it_undecided(item: Any) -> None:
    report = _presented(item)
    assert report.credentials[0].outcome is Outcome.INDETERMINATE
    assert report_state(report.credentials[0]) is State.UNSUPPORTED


# Offline: the certificate itself is private, and what was published says whether a copy still counts.


def _folder(path: Path, copies: bytes | None = None, **more: Any) -> PublishedFolder:
    return PublishedFolder(world.write(path, tokens.publication(copies)), **{"root": world.root(), **more})


@pytest.mark.parametrize("token", [vc_jwt(), SHOWN], ids=["threat_V55-vc+jwt-offline", "sd-jwt-offline"])
def test_offline_one_signature_is_not_enough(token: Any, tmp_path: Path) -> None:
    report = judged(token, _folder(tmp_path))
    assert report.outcome is Outcome.INDETERMINATE
    assert report_state(report) is State.COULD_NOT_CHECK
    assert unknowns(report)["proofs"] == "original_not_reached"
    assert finding(report, "register").result is Result.UNKNOWN
    good = ("parse", "issuer_binding", "issuer_trusted", "dates")
    assert [finding(report, name).result for name in good] == [Result.PASS] * len(good)
    assert not {"certificate", "disclosed"} & verdict(report).keys()


@pytest.mark.parametrize(
    ("value", "state"), [(0, State.COULD_NOT_CHECK), (1, State.ENDED_UNSPECIFIED), (2, State.SUSPENDED)]
)
def test_offline_the_published_list_tells_of_a_copy_that_has_ended(value: int, state: State, tmp_path: Path) -> None:
    report = judged(SHOWN, _folder(tmp_path, tokens.status_list({tokens.INDEX: value})))
    assert report_state(report) is state


def test_offline_an_unknown_value_says_nothing(tmp_path: Path) -> None:
    report = judged(SHOWN, _folder(tmp_path, tokens.status_list({tokens.INDEX: 3})))
    assert unknowns(report)["revocation"] == "status_unknown_value"


def test_offline_what_is_over_is_over(tmp_path: Path) -> None:
    copy = copy_of(exp=tokens.seconds(world.NOW))
    report = judged(copy.showing(), _folder(tmp_path))
    assert faults(report) == {"dates": "expired"}
    assert report_state(report) is State.EXPIRED


def test_offline_a_forged_token_is_invalid_all_the_same(tmp_path: Path) -> None:
    forged = vc_jwt("holder/1")
    assert report_state(judged(forged, _folder(tmp_path))) is State.INVALID


def test_offline_without_a_root_nothing_is_said(tmp_path: Path) -> None:
    report = judged(vc_jwt(), _folder(tmp_path, root=None))
    assert unknowns(report)["proofs"] == "trust_root_unpinned"
    assert report_state(report) is State.OFFLINE_UNPROVEN


def test_offline_a_list_that_the_manifest_does_not_name_says_nothing(tmp_path: Path) -> None:
    sources = _folder(tmp_path)
    world.write(tmp_path, {"/statuslist/1": tokens.status_list({1: 2})})
    assert unknowns(judged(SHOWN, sources))["revocation"] == "manifest_mismatch"


def test_offline_a_copy_of_a_list_that_is_not_there(tmp_path: Path) -> None:
    copy = copy_of(status={"status_list": {"idx": 1, "uri": f"{world.BASE}/statuslist/2"}})
    assert unknowns(judged(copy.showing(), _folder(tmp_path)))["revocation"] == "list_missing"
    assert _folder(tmp_path).wallet_copy(tokens.LIST_URL, 1) is RegisterKnows.OFFLINE
    assert _folder(tmp_path).original(world.PROFILE.page_id) is RegisterKnows.OFFLINE


@pytest.mark.parametrize("token", [vc_jwt(), SHOWN], ids=["vc+jwt", "sd-jwt"])
def test_a_register_that_was_not_asked_is_no_register_without_the_certificate(token: Any) -> None:
    absent = register()
    absent.certificates.clear()
    assert faults(judged(token, absent)) == {"register": "not_registered"}
    unreached = RegisterSources(absent.trust_list, absent.rested_on, lambda _page: UNREACHED)
    report = judged(token, unreached)
    assert (report.outcome, faults(report)) == (Outcome.INDETERMINATE, {})
    assert unknowns(report)["register"] == "register_unreachable"


def test_a_register_tells_the_status_of_a_copy_by_its_certificate_alone() -> None:
    assert online().copy_status(tokens.LIST_URL, tokens.INDEX, "revocation", world.NOW).code == "status_unavailable"


def test_the_digest_of_a_certificate_is_that_of_its_content() -> None:
    """As `credential.md` 7 writes it: base64 with padding, as in a subresource integrity."""
    text = tokens.holder_claims()["certificate"]["digest"]
    assert len(base64.b64decode(text.removeprefix("sha256-"), validate=True)) == 32
