"""A compact token is read strictly, and its key decides how it is signed (RFC 7515, RFC 8725)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from joserfc import jws as oracle
from joserfc.jwk import ECKey, OctKey

from schemas.base64url import decode_base64url, encode_base64url
from tests.support import tokens, world
from tests.support.expect import faults, unknowns
from verifier.checks import Outcome
from verifier.judge import judge
from verifier.jws import LONGEST, TokenError, check_header, read_jws
from verifier.refusals import UnreadableDocumentError, UnreadableFileError
from verifier.state import State
from verifier.verdict import report_state, verdict

GOOD = tokens.vc_jwt().decode()
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")


def _with(**members: Any) -> str:
    """Return the good token with other header members (None takes one away), signed anew by CSE's own key."""
    header = {**tokens.JWT_HEADER, **members}
    return tokens.signed({name: member for name, member in header.items() if member is not None}, tokens.jwt_claims())


def _unsigned(algorithm: Any) -> str:
    return f"{tokens.encoded({**tokens.JWT_HEADER, 'alg': algorithm})}.{PAYLOAD}."


def _hmac(secret: bytes, algorithm: str = "HS256") -> str:
    """Return the token of somebody who takes our public key for a secret; the oracle signs it."""
    header = {**tokens.JWT_HEADER, "alg": algorithm}
    key = OctKey.import_key(secret)
    return oracle.serialize_compact(header, decode_base64url(PAYLOAD), key, algorithms=[algorithm])


def _der() -> str:
    raw = decode_base64url(SIGNATURE)
    return encode_base64url(encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])))


INVALID = [
    *(pytest.param(_unsigned(name), "algorithm", id=f"threat_V10-{name}") for name in ("none", "None", "nOnE", "NONE")),
    pytest.param(_unsigned("ES256"), "algorithm", id="threat_V10-empty-signature"),
    pytest.param(_with(alg="none"), "algorithm", id="threat_V10-none-with-a-signature"),
    pytest.param(_with(alg=None), "algorithm", id="threat_V10-absent"),
    pytest.param(_hmac(tokens.public_key("cse/issue-p256-2026")), "algorithm", id="threat_V11-our-key-as-secret"),
    pytest.param(_with(alg="HS256"), "algorithm", id="threat_V11-es256-called-hs256"),
    pytest.param(_with(alg=" EdDSA"), "algorithm", id="threat_V12-space-before"),
    pytest.param(_with(alg="ES256 "), "algorithm", id="threat_V12-space-behind"),
    pytest.param(_with(alg="es256"), "algorithm", id="threat_V12-lower-case"),
    pytest.param(_with(alg=["ES256"]), "algorithm", id="threat_V12-in-a-list"),
    pytest.param(_with(alg="RS256"), "algorithm", id="threat_V12-rsa"),
    pytest.param(_with(alg="ES384"), "signature", id="threat_V12-not-the-algorithm-of-the-key"),
    pytest.param(_with(jwk=tokens.jwk("holder/1")), "key_in_header", id="threat_V13-jwk"),
    pytest.param(_with(x5c=["AAAA"]), "key_in_header", id="threat_V13-x5c"),
    pytest.param(_with(jku="http://localhost:9/keys"), "key_in_header", id="threat_V13-jku"),
    pytest.param(_with(x5u="http://localhost:9/keys"), "key_in_header", id="threat_V13-x5u"),
    pytest.param(_with(typ="kb+jwt"), "typ", id="threat_V15-kb+jwt"),
    pytest.param(_with(typ="openid4vci-proof+jwt"), "typ", id="threat_V15-openid4vci-proof+jwt"),
    pytest.param(_with(typ="statuslist+jwt"), "typ", id="threat_V15-statuslist+jwt"),
    pytest.param(_with(typ="dc+sd-jwt"), "typ", id="threat_V15-dc+sd-jwt-without-tilde"),
    pytest.param(_with(typ="application/KB+JWT"), "typ", id="threat_V15-written-whole"),
    pytest.param(_with(typ={"a": 1}), "typ", id="threat_V15-no-text"),
    pytest.param(f"{HEADER}.{PAYLOAD}.{encode_base64url(bytes(64))}", "signature", id="threat_V18-r-and-s-are-0"),
    pytest.param(f"{HEADER}.{PAYLOAD}.{_der()}", "signature", id="threat_V18-der"),
    pytest.param(f"{HEADER}.{PAYLOAD}.{encode_base64url(bytes(96))}", "signature", id="threat_V18-96-bytes"),
    pytest.param(f"{HEADER}.{PAYLOAD}.{SIGNATURE}==", "signature", id="threat_V18-padding"),
    pytest.param(f"{HEADER}.{PAYLOAD}.A", "signature", id="threat_V18-no-base64url"),
]


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"crit": ["x"]}, "/header/crit"),
        ({"jwk": {}}, "/header"),
        ({"alg": "none"}, "/header/alg"),
        ({"typ": "kb+jwt"}, "/header/typ"),
        ({"typ": None}, "/header/typ"),
    ],
)
def test_a_refusal_names_the_member_at_fault(members: dict[str, Any], pointer: str) -> None:
    found = tokens.judged(_with(**members)).findings
    assert [entry.pointer for entry in found if entry.pointer] == [pointer]


@pytest.mark.parametrize(("token", "code"), INVALID)
def test_a_token_that_asks_for_trust_is_invalid(token: str, code: str) -> None:
    report = tokens.judged(token)
    assert faults(report) == {"proofs": code}
    assert report.outcome is Outcome.INVALID
    assert report_state(report) is State.INVALID
    assert "certificate" not in verdict(report)


UNSUPPORTED = [
    pytest.param(_with(crit=["b64"], b64=False), "critical_header", id="threat_V14-b64"),
    pytest.param(_with(b64=False), "critical_header", id="threat_V14-b64-alone"),
    pytest.param(_with(crit=["x"], x=1), "critical_header", id="threat_V14-unknown"),
    pytest.param(_with(crit=[]), "critical_header", id="threat_V14-empty"),
    pytest.param(
        f"{_with(crit=['b64'], b64=False).split('.')[0]}.not base64.AA", "critical_header", id="threat_V14-raw"
    ),
    pytest.param(_with(typ="JWT"), "unsupported_format", id="VC-JWT 1.1"),
    pytest.param(_with(typ="vp+jwt"), "unsupported_format", id="a presentation"),
    pytest.param(_with(typ=None), "unsupported_format", id="no type"),
    pytest.param(tokens.signed(tokens.JWT_HEADER, {"sub": "somebody"}), "unsupported_format", id="no credential"),
]


@pytest.mark.parametrize(("token", "code"), UNSUPPORTED)
def test_what_is_not_spoken_here_is_unsupported(token: str, code: str) -> None:
    report = tokens.judged(token)
    assert unknowns(report)["parse"] == code
    assert report.outcome is Outcome.INDETERMINATE
    assert report_state(report) is State.UNSUPPORTED


def _json_form(**more: Any) -> bytes:
    """Return the JSON form of a token with two signatures; `alg` is in the unprotected header of one."""
    ours = {"protected": HEADER, "signature": SIGNATURE}
    other = {"protected": tokens.encoded({"typ": "vc+jwt"}), "header": {"alg": "none"}, "signature": ""}
    return json.dumps({"payload": PAYLOAD, "signatures": [ours, other], **more}).encode()


@pytest.mark.parametrize("content", [_json_form(), _json_form(signatures=[], protected=HEADER, signature=SIGNATURE)])
def test_threat_V16_the_json_forms_are_unsupported(content: bytes) -> None:
    report = judge(content, tokens.register(), now=world.NOW)
    assert report_state(report) is State.UNSUPPORTED


def _encrypted(**members: Any) -> str:
    return f"{tokens.encoded(members)}.AAAA.AAAA.{encode_base64url(bytes(64))}.AAAA"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(_encrypted(alg="PBES2-HS256+A128KW", p2c=2**31, enc="A128GCM"), id="threat_V17-p2c"),
        pytest.param(_encrypted(alg="dir", enc="A128GCM", zip="DEF"), id="threat_V17-zip"),
        pytest.param(_encrypted(alg="dir") + "~", id="threat_V17-with-a-tilde"),
        pytest.param("....", id="threat_V17-dots-alone"),
    ],
)
def test_an_encrypted_token_is_refused_before_anything_is_derived(token: str) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        tokens.judged(token)
    assert refusal.value.code == "unsupported-media"


def _ed25519_order_added() -> str:
    """Return a token by an Ed25519 key whose S is S + L: the same number to whoever does not reduce it."""
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": tokens.ISSUE_KEY}
    text, _, signature = tokens.signed(header, tokens.jwt_claims(), "cse/issue-2026").rpartition(".")
    raw = decode_base64url(signature)
    larger = int.from_bytes(raw[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    return f"{text}.{encode_base64url(raw[:32] + larger.to_bytes(32, 'little'))}"


def test_threat_V20_a_signature_has_one_spelling() -> None:
    """The class may be given to a key of either curve; then the token verifies, and its twin does not."""
    key = world.key("cse/issue-2026", "issue-jose")
    sources = tokens.register(trust_list=tokens.trust(replace(key, key_id=tokens.ISSUE_KEY)))
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": tokens.ISSUE_KEY}
    good = tokens.signed(header, tokens.jwt_claims(), "cse/issue-2026")
    assert tokens.judged(good, sources).outcome is Outcome.VALID
    assert faults(tokens.judged(_ed25519_order_added(), sources)) == {"proofs": "signature"}


UNREADABLE = [
    pytest.param("", id="nothing"),
    pytest.param("..", id="two dots"),
    pytest.param("a.b", id="two parts"),
    pytest.param("a.b.c.d", id="four parts"),
    pytest.param(f"{HEADER}=.{PAYLOAD}.{SIGNATURE}", id="padding in the header"),
    pytest.param(f"{HEADER}.{PAYLOAD}=.{SIGNATURE}", id="padding in the payload"),
    pytest.param(f"{HEADER}.{PAYLOAD} .{SIGNATURE}", id="space in the payload"),
    pytest.param(f"{HEADER}.é.{SIGNATURE}", id="not ASCII"),
    pytest.param(f"{encode_base64url(b'[]')}.{PAYLOAD}.{SIGNATURE}", id="the header is an array"),
    pytest.param(f"{encode_base64url(b'{')}.{PAYLOAD}.{SIGNATURE}", id="the header is no JSON"),
    pytest.param(
        f'{encode_base64url(b"""{"alg":"ES256","alg":"none"}""")}.{PAYLOAD}.AA', id="threat_V09-two-algorithms"
    ),
    pytest.param(f'{HEADER}.{encode_base64url(b"""{"iss":"a","iss":"b"}""")}.AA', id="threat_V09-two-issuers"),
    pytest.param(f'{HEADER}.{encode_base64url(b"""{"iat":NaN}""")}.AA', id="threat_V09-NaN"),
    pytest.param(f"{HEADER}.{encode_base64url(b'[' * 33 + b']' * 33)}.AA", id="threat_V08-in-a-payload"),
]


@pytest.mark.parametrize("token", UNREADABLE)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(UnreadableDocumentError) as refusal:
        tokens.judged(token.encode())
    assert refusal.value.code == "malformed_json"


def _of_length(length: int) -> str:
    filler = "A" * (length - len(f"{HEADER}..AA"))
    return f"{HEADER}.{filler}.AA"


def test_a_token_has_at_most_64_kib() -> None:
    assert read_jws(_of_length(LONGEST)).header["alg"] == "ES256"
    with pytest.raises(UnreadableDocumentError, match="65536"):
        read_jws(_of_length(LONGEST + 1))


@pytest.mark.parametrize(("size", "is_read"), [(4096, True), (4097, False)])
def test_a_header_has_at_most_4_kib(size: int, is_read: bool) -> None:
    text = json.dumps({"alg": "ES256", "x": ""})
    header = encode_base64url(text.replace('""', f'"{"x" * (size - len(text))}"').encode())
    assert len(decode_base64url(header)) == size
    if is_read:
        assert read_jws(f"{header}.AA.AA").header["alg"] == "ES256"
        return
    with pytest.raises(UnreadableDocumentError, match="4096"):
        read_jws(f"{header}.AA.AA")


def _flips(text: str) -> Iterator[str]:
    """Give every text in which one character is another one, near or far in the alphabet."""
    for place, old in enumerate(text):
        for new in {"A", "B", "-", chr(ord(old) ^ 1)} - {old, " "}:
            yield text[:place] + new + text[place + 1 :]


def test_no_changed_character_verifies() -> None:
    trusted = tokens.public_key("cse/issue-p256-2026")
    verified = 0
    for text in _flips(tokens.signed(tokens.JWT_HEADER, {"iss": "x"})):
        try:
            jws = read_jws(text)
            check_header(jws)
            verified += jws.is_signed_by(trusted)
        except (UnreadableDocumentError, TokenError):
            continue
    assert verified == 0


def test_joserfc_reads_what_is_accepted_here_and_agrees() -> None:
    key = ECKey.import_key(tokens.jwk("cse/issue-p256-2026"))
    read = oracle.deserialize_compact(GOOD, key, algorithms=["ES256"])
    assert json.loads(read.payload) == read_jws(GOOD).claims()
    assert read_jws(GOOD).is_signed_by(tokens.public_key("cse/issue-p256-2026"))


def test_what_joserfc_signs_is_accepted_here() -> None:
    secret = tokens.private_key("cse/issue-p256-2026").private_numbers().private_value
    key = ECKey.import_key({**tokens.jwk("cse/issue-p256-2026"), "d": encode_base64url(secret.to_bytes(32))})
    content = json.dumps(tokens.jwt_claims()).encode()
    token = oracle.serialize_compact(dict(tokens.JWT_HEADER), content, key, algorithms=["ES256"])
    assert tokens.judged(token).outcome is Outcome.VALID


def test_white_space_around_a_token_does_not_matter() -> None:
    assert tokens.judged(f"\n {GOOD}\r\n").outcome is Outcome.VALID
