"""What the holder signed shows who presents a copy only to whoever asked for it (RFC 9901, 7.3)."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from schemas.base64url import encode_base64url
from tests.support import tokens, world
from tests.support.expect import faults, finding, unknowns
from verifier.asked import NOTHING_ASKED, Asked
from verifier.checks import Outcome
from verifier.judge import judge
from verifier.refusals import UnreadableDocumentError
from verifier.state import State
from verifier.verdict import report_state

ASKED = Asked(challenge=tokens.ASKED[0], domain=tokens.ASKED[1])
BOUND = tokens.COPY.bound("field")
SECOND = timedelta(seconds=1)


def _remark(token: str, asked: Asked = NOTHING_ASKED) -> str | None:
    report = tokens.judged(token, asked=asked)
    assert report.outcome is Outcome.VALID
    return finding(report, "proofs").code


def test_the_answer_to_the_question_shows_who_presents_it() -> None:
    assert _remark(BOUND, ASKED) == "key_binding_good"


def test_whoever_asks_for_one_of_the_two_is_shown_nobody() -> None:
    assert _remark(BOUND, Asked(challenge=ASKED.challenge)) == "domain_not_asked"
    assert _remark(BOUND, Asked(domain=ASKED.domain)) == "challenge_not_asked"
    assert faults(tokens.judged(BOUND, asked=Asked(challenge="x"))) == {"proofs": "challenge_differs"}
    assert faults(tokens.judged(BOUND, asked=Asked(domain="x"))) == {"proofs": "domain_differs"}
    for asked in (Asked(challenge="x"), Asked(domain="x")):
        assert faults(tokens.judged(tokens.COPY.showing(), asked=asked)) == {"proofs": "holder_not_proved"}


@pytest.mark.parametrize("asked", [Asked(challenge="x"), Asked(domain="x"), ASKED])
@pytest.mark.parametrize("content", [tokens.vc_jwt(), world.certificate()], ids=["vc+jwt", "certificate"])
def test_threat_P09_a_genuine_certificate_alone_does_not_show_who_presents_it(content: bytes, asked: Asked) -> None:
    report = judge(content, tokens.register(), now=world.NOW, asked=asked)
    assert (report.outcome, report_state(report)) == (Outcome.INDETERMINATE, State.COULD_NOT_CHECK)
    assert unknowns(report) == {"proofs": "holder_not_proved"}
    assert judge(content, tokens.register(), now=world.NOW).outcome is Outcome.VALID


def test_threat_P09_without_a_question_nobody_is_shown() -> None:
    assert _remark(BOUND) == "challenge_not_asked"
    assert _remark(tokens.COPY.showing("field")) is None


def test_an_old_answer_stays_good_for_what_it_says_of_the_certificate() -> None:
    """Whoever hands in what was shown an hour ago learns of the certificate, and nothing about the presenter."""
    old = tokens.COPY.bound("field", iat=tokens.seconds(world.NOW - timedelta(hours=1)))
    assert _remark(old) == "challenge_not_asked"


def _at(offset: timedelta) -> str:
    return tokens.COPY.bound("field", iat=tokens.seconds(world.NOW + offset))


_bound = partial(tokens.COPY.bound, "field")

REFUSED = [
    pytest.param(tokens.COPY.showing("field"), "holder_not_proved", id="threat_V26-missing"),
    pytest.param(
        _bound(sd_hash=tokens.digest(tokens.COPY.showing())), "key_binding_hash", id="threat_V26-other-disclosures"
    ),
    pytest.param(_bound(sd_hash=None), "key_binding_form", id="threat_V26-no-hash"),
    pytest.param(_bound(nonce="n-other"), "challenge_differs", id="threat_P02-nonce-of-another-session"),
    pytest.param(_bound(nonce=None), "key_binding_form", id="threat_P02-no-nonce"),
    pytest.param(_bound(aud="https://other.example"), "domain_differs", id="threat_P03-other-verifier"),
    pytest.param(_bound(aud=[tokens.ASKED[1]]), "key_binding_form", id="threat_P03-several"),
    pytest.param(_at(timedelta(minutes=-10)), "key_binding_time", id="threat_P05-10-min-old"),
    pytest.param(_at(timedelta(minutes=10)), "key_binding_time", id="threat_P05-10-min-ahead"),
    pytest.param(_at(timedelta(seconds=-121)), "key_binding_time", id="threat_P05-121-s-old"),
    pytest.param(_at(timedelta(seconds=121)), "key_binding_time", id="threat_P05-121-s-ahead"),
    pytest.param(_bound(iat=None), "key_binding_form", id="threat_P05-no-time"),
    pytest.param(_bound(iat="now"), "key_binding_form", id="threat_P05-no-number"),
    pytest.param(_bound(exp=tokens.seconds(world.NOW)), "key_binding_time", id="threat_P05-over"),
    pytest.param(_bound(nbf=tokens.seconds(world.NOW) + 121), "key_binding_time", id="threat_P05-not-begun"),
    pytest.param(_bound(exp="never"), "key_binding_form", id="threat_P05-end-is-no-number"),
    pytest.param(_bound(aud=None), "key_binding_form", id="threat_P03-no-audience"),
    pytest.param(_bound(label="holder/2"), "holder_binding", id="threat_P06-another-key"),
    pytest.param(_bound(typ="JWT"), "typ", id="threat_V15-no-key-binding"),
    pytest.param(_bound(typ="dc+sd-jwt"), "typ", id="threat_V15-a-credential-as-key-binding"),
]


@pytest.mark.parametrize(("token", "code"), REFUSED)
def test_whoever_asked_accepts_no_other_answer(token: str, code: str) -> None:
    report = tokens.judged(token, asked=ASKED)
    assert faults(report) == {"proofs": code}
    assert report_state(report) is State.INVALID


def test_an_answer_may_begin_and_end() -> None:
    at = tokens.seconds(world.NOW)
    assert _remark(_bound(exp=at + 1, nbf=at + 120, iat=at + 0.5, more="x"), ASKED) == "key_binding_good"


@pytest.mark.parametrize("offset", [timedelta(seconds=-120), timedelta(seconds=120)])
def test_both_ends_of_the_time_for_an_answer(offset: timedelta) -> None:
    assert _remark(_at(offset), ASKED) == "key_binding_good"


UNASKED = [
    pytest.param(tokens.COPY.bound("field", sd_hash="x"), "key_binding_hash", id="threat_V26-unasked"),
    pytest.param(tokens.COPY.bound("field", label="holder/2"), "holder_binding", id="threat_P06-unasked"),
    pytest.param(_at(timedelta(minutes=10)), "key_binding_time", id="threat_P05-unasked"),
    pytest.param(_bound(exp=tokens.seconds(world.NOW)), "key_binding_time", id="threat_P05-over-unasked"),
    pytest.param(_bound(nonce=None, aud=None), "key_binding_form", id="threat_P09-for-nobody"),
]


@pytest.mark.parametrize(("token", "code"), UNASKED)
def test_what_the_holder_signed_must_fit_even_if_nobody_asked(token: str, code: str) -> None:
    assert faults(tokens.judged(token)) == {"proofs": code}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"sd_hash": "x"}, "sd_hash"),
        ({"iat": 1}, "iat"),
        ({"nonce": "x"}, "nonce"),
        ({"aud": "x"}, "aud"),
        ({"aud": 7}, "aud"),
        ({"exp": 1}, "exp"),
        ({"typ": "x"}, "header/typ"),
    ],
)
def test_a_refusal_names_the_claim_at_fault(changes: dict[str, Any], pointer: str) -> None:
    report = tokens.judged(_bound(**changes), asked=ASKED)
    assert finding(report, "proofs").pointer == f"/key_binding/{pointer}"


def test_a_disclosure_left_out_after_signing_is_noticed() -> None:
    fewer = BOUND.replace(f"~{tokens.COPY.disclosures['field']}", "")
    assert faults(tokens.judged(fewer, asked=ASKED)) == {"proofs": "key_binding_hash"}


def test_a_key_binding_with_a_demand_of_its_own_is_unsupported() -> None:
    shown = tokens.COPY.showing("field")
    report = tokens.judged(shown + tokens.signed({"alg": "ES256", "typ": "kb+jwt", "crit": ["x"]}, {}, "holder/1"))
    assert unknowns(report)["parse"] == "critical_header"


def test_what_follows_the_last_tilde_is_a_token() -> None:
    with pytest.raises(UnreadableDocumentError):
        tokens.judged(tokens.COPY.showing("field").removesuffix("~"))


WEAK = encode_base64url(bytes([1, *bytes(31)]))
"""An Ed25519 point of order 1: R = identity and S = 0 would sign every message."""


@pytest.mark.parametrize(
    "confirmation",
    [None, "key", {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": WEAK}}, {"jwk": {}}, {"kid": "x"}, {"jwk": [1]}],
)
def test_without_a_sound_key_of_the_holder_nothing_is_bound(confirmation: Any) -> None:
    copy = tokens.copy_of(cnf=confirmation)
    shown = copy.showing("field")
    said = {
        "iat": tokens.seconds(world.NOW),
        "aud": ASKED.domain,
        "nonce": ASKED.challenge,
        "sd_hash": tokens.digest(shown),
    }
    forged = f"{tokens.encoded({'alg': 'EdDSA', 'typ': 'kb+jwt'})}.{tokens.encoded(said)}."
    forged += encode_base64url(bytes([1, *bytes(63)]))
    assert faults(tokens.judged(shown + forged, tokens.register(copy), asked=ASKED)) == {"proofs": "holder_binding"}


def test_a_copy_without_a_key_is_good_but_for_whoever_asked() -> None:
    copy = tokens.copy_of(cnf=None)
    assert tokens.judged(copy.showing("field"), tokens.register(copy)).outcome is Outcome.VALID
    report = tokens.judged(copy.showing("field"), tokens.register(copy), asked=ASKED)
    assert faults(report) == {"proofs": "holder_not_proved"}


def test_the_reference_library_accepts_the_same_answer() -> None:
    issuer = JWK.from_json(json.dumps(tokens.jwk("cse/issue-p256-2026")))
    read = SDJWTVerifier(BOUND, lambda *_: issuer, expected_aud=ASKED.domain, expected_nonce=ASKED.challenge)
    assert read.get_verified_payload()["field"] == "ELE"
