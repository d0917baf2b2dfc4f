"""From a DID to a key: what a did:key, a did:jwk and a fetched did:web document give, and what they do not."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from schemas.base58btc import encode
from schemas.base64url import encode_base64url
from schemas.multikey import Algorithm, encode_multikey
from tests.support.expect import DROP, changed
from tests.support.strangers import ALICE, stranger
from tests.unit.verifier.test_signatures import SMALL_ORDER
from verifier.asked import Fetched, nothing_fetched
from verifier.dids import DidError, document_key, method_key
from verifier.signatures import is_sound_key

NOW = datetime(2026, 5, 25, 2, 0, tzinfo=UTC)
P256 = stranger(Algorithm.ES256)
P384 = stranger(Algorithm.ES384)
WEB = "did:web:issuer.example"


def key_of(method: str, purpose: str = "assertionMethod", content: bytes | None = None) -> bytes:
    def fetched(url: str) -> Fetched:
        assert url == "https://issuer.example/.well-known/did.json"
        return Fetched(content, "fetch_denied")

    return method_key(method, purpose, did_document=fetched, now=NOW)


def refused(method: str, content: bytes | None = None, purpose: str = "assertionMethod") -> str:
    with pytest.raises(DidError) as caught:
        key_of(method, purpose, content)
    return caught.value.code


def jwk(public_key: bytes) -> dict[str, Any]:
    if len(public_key) == 32:
        return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(public_key)}
    curve = ec.SECP256R1() if len(public_key) == 33 else ec.SECP384R1()
    point = ec.EllipticCurvePublicKey.from_encoded_point(curve, public_key).public_numbers()
    size = len(public_key) - 1
    x, y = (encode_base64url(number.to_bytes(size)) for number in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256" if size == 32 else "P-384", "x": x, "y": y}


def did_jwk(value: Any) -> str:
    return f"did:jwk:{encode_base64url(json.dumps(value).encode())}"


@pytest.mark.parametrize("somebody", [ALICE, P256, P384], ids=str)
def test_a_did_that_holds_its_key_gives_it(somebody: Any) -> None:
    assert key_of(somebody.verification_method) == somebody.public_key
    assert key_of(somebody.verification_method, "authentication") == somebody.public_key
    assert key_of(f"{did_jwk(jwk(somebody.public_key))}#0") == somebody.public_key


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_threat_V19_a_key_of_small_order_is_refused_where_it_enters(encoded: str) -> None:
    weak = bytes.fromhex(encoded)
    text = encode_multikey(weak)
    assert refused(f"did:key:{text}#{text}") == "weak_key"
    assert refused(f"{did_jwk(jwk(weak))}#0") == "weak_key"


@pytest.mark.parametrize("number", [2**255 - 19, 2**255 - 18, 2**255 - 1, 2**256 - 1, 2**255 - 19 + 3])
def test_threat_V19_an_encoding_beyond_the_field_is_refused(number: int) -> None:
    assert not is_sound_key(number.to_bytes(32, "little"))


def test_threat_V19_a_point_that_is_on_no_curve_is_refused() -> None:
    outside = [bytes([2]) + number.to_bytes(32) for number in range(8)]
    found = [is_sound_key(point) for point in outside]
    assert not all(found)
    text = encode_multikey(outside[found.index(False)])
    assert refused(f"did:key:{text}#{text}") == "weak_key"
    assert not is_sound_key(b"short")


KEY = encode_multikey(ALICE.public_key)
GOOD_JWK = jwk(P256.public_key)
SPELLED = did_jwk(GOOD_JWK)
OTHER_Y = jwk(stranger(Algorithm.ES256, 2).public_key)["y"]


@pytest.mark.parametrize(
    ("method", "code"),
    [
        pytest.param(f"did:key:{KEY}#{encode_multikey(P256.public_key)}", "key_not_for_this", id="another-fragment"),
        pytest.param(f"did:key:{KEY}", "key_not_for_this", id="no-fragment"),
        pytest.param(f"did:key:{KEY}?x=1#{KEY}", "key_not_for_this", id="with-a-query"),
        pytest.param(f"did:key:{KEY[1:]}#{KEY[1:]}", "key_unsupported", id="no-multibase"),
        pytest.param("did:key:{0}#{0}".format(encode(b"\xec\x01" + bytes(32))), "key_unsupported", id="x25519"),
        pytest.param("did:key:#", "key_unsupported", id="empty"),
        pytest.param(f"{SPELLED}#1", "key_not_for_this", id="jwk-another-fragment"),
        pytest.param(f"{SPELLED}=#0", "key_unsupported", id="jwk-padded"),
        pytest.param(f"did:jwk:{base64.b64encode(b'{}').decode()}#0", "key_unsupported", id="jwk-empty"),
        pytest.param("did:jwk:!#0", "key_unsupported", id="jwk-not-base64url"),
        pytest.param(f"did:jwk:{encode_base64url(b'[1]')}#0", "key_unsupported", id="jwk-no-object"),
        pytest.param(f"{did_jwk({**GOOD_JWK, 'kid': 'x' * 1000})}#0", "key_unsupported", id="jwk-over-1-KiB"),
        pytest.param(f"{did_jwk({**GOOD_JWK, 'd': 'AA'})}#0", "key_unsupported", id="jwk-private"),
        pytest.param(f"{did_jwk({**GOOD_JWK, 'y': OTHER_Y})}#0", "key_unsupported", id="jwk-off-its-curve"),
        pytest.param(f"{did_jwk({'kty': 'RSA', 'n': 'AQAB', 'e': 'AQAB'})}#0", "key_unsupported", id="jwk-rsa"),
        pytest.param(f"{did_jwk({**GOOD_JWK, 'kty': 'RSA'})}#0", "key_unsupported", id="jwk-other-kind"),
        pytest.param(f"{did_jwk({**GOOD_JWK, 'use': 'enc'})}#0", "key_not_for_this", id="jwk-for-encryption"),
        pytest.param(f"{did_jwk({**GOOD_JWK, 'alg': 'ES384'})}#0", "key_not_for_this", id="jwk-other-algorithm"),
        pytest.param("did:example:a#b", "unsupported", id="other-method"),
        pytest.param("https://issuer.example/keys#1", "unsupported", id="no-did"),
        pytest.param("key:x#x", "unsupported", id="no-did-either"),
        pytest.param("did:web:issuer.example:..:a#key", "unsupported", id="threat_F05-dots"),
        pytest.param("did:web:issuer.example#key", "fetch_denied", id="threat_F01-nothing-fetched"),
    ],
)
def test_what_gives_no_key(method: str, code: str) -> None:
    assert refused(method) == code


def test_a_did_jwk_may_say_what_it_is_for() -> None:
    assert key_of(f"{did_jwk({**GOOD_JWK, 'use': 'sig', 'alg': 'ES256', 'kid': 'a'})}#0") == P256.public_key


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_a_did_jwk_names_its_algorithm_by_the_old_or_the_new_name(algorithm: str) -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(stranger().public_key), "alg": algorithm}
    assert key_of(f"{did_jwk(jwk)}#0") == stranger().public_key
    assert refused(f"{did_jwk({**GOOD_JWK, 'alg': algorithm})}#0") == "key_not_for_this"


def test_nothing_is_fetched_unless_the_caller_fetched_it() -> None:
    with pytest.raises(DidError) as caught:
        method_key(f"{WEB}#key", "assertionMethod", did_document=nothing_fetched, now=NOW)
    assert caught.value.code == "not_fetched"


METHOD = f"{WEB}#key"
DOCUMENT: dict[str, Any] = {
    "id": WEB,
    "verificationMethod": [
        {"id": METHOD, "type": "Multikey", "controller": WEB, "publicKeyMultibase": KEY},
        {"id": "#jwk", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": GOOD_JWK},
    ],
    "assertionMethod": [METHOD, "#jwk"],
    "authentication": [
        {"id": f"{WEB}#own", "type": "Ed25519VerificationKey2020", "controller": WEB, "publicKeyMultibase": KEY}
    ],
}


def document(*changes: tuple[Any, Any]) -> bytes:
    return json.dumps(changed(DOCUMENT, *changes)).encode()


def test_a_did_document_gives_its_keys_by_purpose() -> None:
    assert key_of(METHOD, content=document()) == ALICE.public_key
    assert key_of(f"{WEB}#jwk", content=document()) == P256.public_key
    assert key_of(f"{WEB}#own", "authentication", document()) == ALICE.public_key
    assert document_key(document(), METHOD, "assertionMethod", now=NOW) == ALICE.public_key


SOON = (NOW + timedelta(seconds=1)).isoformat()
FIRST = "verificationMethod/0"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param([("id", "did:web:other.example")], "did_document_of_another", id="threat_F10-id-differs"),
        pytest.param([("id", DROP)], "did_document_of_another", id="threat_F10-no-id"),
        pytest.param([(f"{FIRST}/controller", ALICE.did)], "key_not_for_this", id="threat_F10-controller-differs"),
        pytest.param([(f"{FIRST}/controller", DROP)], "key_not_for_this", id="threat_F10-no-controller"),
        pytest.param([("assertionMethod/0", DROP)], "key_not_for_this", id="threat_F10-not-for-assertions"),
        pytest.param([("assertionMethod", {})], "key_not_for_this", id="threat_F10-purpose-is-an-object"),
        pytest.param([("assertionMethod/0", 7)], "key_not_for_this", id="threat_F10-purpose-is-a-number"),
        pytest.param([(FIRST, "#key")], "key_not_for_this", id="threat_F10-method-is-a-text"),
        pytest.param([(f"{FIRST}/id", "#other")], "key_not_for_this", id="threat_F10-no-such-method"),
        pytest.param([("verificationMethod/1/id", METHOD)], "key_not_for_this", id="threat_F10-two-of-one-id"),
        pytest.param([(f"{FIRST}/revoked", NOW.isoformat())], "key_not_for_this", id="revoked"),
        pytest.param([(f"{FIRST}/expires", NOW.isoformat())], "key_not_for_this", id="expired"),
        pytest.param([(f"{FIRST}/expires", "soon")], "key_not_for_this", id="expires-nobody-knows-when"),
        pytest.param([(f"{FIRST}/type", "Bls12381G2Key2020")], "key_unsupported", id="other-kind"),
        pytest.param([(f"{FIRST}/type", ["Multikey"])], "key_unsupported", id="kind-is-a-list"),
        pytest.param([(f"{FIRST}/publicKeyMultibase", "z2")], "key_unsupported", id="no-key"),
        pytest.param([(f"{FIRST}/type", "JsonWebKey")], "key_unsupported", id="another-member"),
    ],
)
def test_what_a_did_document_does_not_give(changes: list[tuple[Any, Any]], code: str) -> None:
    assert refused(METHOD, document(*changes)) == code


def test_a_key_counts_until_it_expires() -> None:
    assert key_of(METHOD, content=document((f"{FIRST}/expires", SOON), (f"{FIRST}/revoked", SOON))) == ALICE.public_key


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"id": "a", "id": "b"}'])
def test_an_unreadable_did_document_gives_nothing(content: bytes) -> None:
    assert refused(METHOD, content) == "did_document_malformed"


def test_threat_F08_a_did_document_has_64_KiB_at_most() -> None:
    content = document()
    padded = content[:-1] + b" " * (64 * 1024 - len(content)) + b"}"
    assert key_of(METHOD, content=padded) == ALICE.public_key
    assert refused(METHOD, padded[:-1] + b" }") == "did_document_malformed"


def test_a_multikey_of_another_length_is_none() -> None:
    text = encode(b"\xed\x01" + bytes(31))
    assert refused(f"did:key:{text}#{text}") == "key_unsupported"
