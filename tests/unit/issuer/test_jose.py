"""The certificate as `vc+jwt` and SD-JWT VC: what they say, what they keep from readers, and when nothing is signed."""

import hashlib
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from issuer.jose import TokenSigner, jwt_issuer, public_holder_key, type_metadata, unsigned_sd_jwt, unsigned_vc_jwt
from issuer.profile import CertificateProfile, StatusPlace
from issuer.refusals import HolderKeyError, LintError, RecheckError
from issuer.status_lists import encode_statuses, unsigned_token_list
from keys.signer import P256Signer, Signer
from schemas.base64url import decode_base64url
from schemas.multikey import Algorithm
from tests.fakes import BrokenSigner, HardwareError
from tests.support import world
from tests.support.bodies import key, signer
from tests.support.expect import changed
from verifier.cryptosuite import content_sha256
from verifier.signatures import is_signature

KEY = signer("cse/issue-p256-2026")
HOLDER = {
    "kty": "EC",
    "crv": "P-256",
    "x": "J31gN6nHld54VzUzKxyzBA_GI-XanKvkcy_QHOkEGSQ",
    "y": "LhoJh0MwQy_Qk0iHv13hvr5Mtwthd4KZMEAHk41_gFo",
}
ED25519 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
PLACE = StatusPlace(3, 51217)
SIX = ("iss", "jti", "sub", "nbf", "exp", "iat")
ALWAYS = {"iss", "vct", "vct#integrity", "iat", "nbf", "exp", "cnf", "status", "grade", "_sd", "_sd_alg"}
SHOWN = (
    "name_hans",
    "name_latin",
    "register_number",
    "field",
    "society",
    "first_registered",
    "standard",
    "certificate",
)


def parts(text: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token."""
    header, claims, *_ = text.decode().split(".")
    return json.loads(decode_base64url(header)), json.loads(decode_base64url(claims))


def certificate(profile: CertificateProfile = world.PROFILE) -> dict[str, Any]:
    return world.parsed(world.certificate(profile))


def by(signer: Signer = KEY, published: bytes = KEY.public_key, now: datetime = world.NOW) -> TokenSigner:
    return TokenSigner(signer, published, world.BASE, is_demo=True, now=now)


def vc_jwt(document: dict[str, Any] | None = None) -> bytes:
    return unsigned_vc_jwt(document or certificate(), by())


def sd_jwt(
    document: dict[str, Any] | None = None,
    now: datetime = world.NOW,
    holder: dict[str, Any] | None = None,
    place: StatusPlace = PLACE,
) -> tuple[bytes, tuple[str, ...]]:
    drawn = count(1)
    return unsigned_sd_jwt(
        document or certificate(),
        holder or HOLDER,
        place,
        by(now=now),
        lambda length: next(drawn).to_bytes(length),
    )


def disclosed(disclosures: tuple[str, ...]) -> list[list[Any]]:
    return [json.loads(decode_base64url(one)) for one in disclosures]


# --- vc+jwt -------------------------------------------------------------------------------------------------------


def test_a_vc_jwt_is_the_certificate_without_proofs_and_six_claims() -> None:
    document = certificate()
    header, claims = parts(vc_jwt(document))
    assert header == {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": f"{world.CSE}#issue-p256-2026"}
    six = [claims.pop(name) for name in SIX]
    assert six[:3] == [world.CSE, document["id"], document["credentialSubject"]["id"]]
    assert six[3:] == [1773626400, 1931356800, int(world.NOW.timestamp())]
    assert "proof" not in claims
    assert content_sha256(claims) == content_sha256(document)


def test_exp_is_the_first_second_that_is_no_longer_good() -> None:
    last = datetime(2031, 3, 15, 15, 59, 59, tzinfo=UTC)
    for text in (vc_jwt(), sd_jwt()[0]):
        assert parts(text)[1]["exp"] == int((last + timedelta(seconds=1)).timestamp())


@pytest.mark.parametrize(
    "change",
    [("credentialSubject/registration/grade", "AE"), ("validUntil", "2031-03-16T23:59:59+08:00"), ("grade", "SPE")],
    ids=["contradicts itself", "another end", "a member that nothing defines"],
)
def test_what_may_not_be_signed_with_four_proofs_is_signed_in_no_other_form(change: tuple[str, str]) -> None:
    document = changed(certificate(), change)
    for make in (vc_jwt, sd_jwt):
        with pytest.raises(LintError):
            make(document)


def test_claims_that_a_verifier_would_not_read_are_not_signed() -> None:
    """Lists are numbered from 1, entries from 0."""
    assert sd_jwt(place=StatusPlace(1, 0))
    for place, pointer in (
        (StatusPlace(0, 0), "/status/status_list/uri"),
        (StatusPlace(1, -1), "/status/status_list/idx"),
    ):
        with pytest.raises(LintError) as refused:
            sd_jwt(place=place)
        assert (refused.value.code, refused.value.pointer) == ("schema", pointer)


# --- SD-JWT VC ----------------------------------------------------------------------------------------------------


def test_what_a_copy_always_shows() -> None:
    text, _ = sd_jwt()
    header, claims = parts(text)
    assert header == {"alg": "ES256", "typ": "dc+sd-jwt", "kid": f"{world.CSE}#issue-p256-2026"}
    assert set(claims) == ALWAYS
    assert (claims["iss"], claims["vct"]) == (world.BASE, f"{world.BASE}/vct/engineer-registration/v1")
    assert (claims["grade"], claims["cnf"], claims["_sd_alg"]) == ("PE", {"jwk": HOLDER}, "sha-256")
    assert claims["status"] == {"status_list": {"idx": 51217, "uri": f"{world.BASE}/statuslist/3"}}


def test_each_claim_is_disclosed_alone_with_a_salt_of_its_own() -> None:
    text, disclosures = sd_jwt()
    shown = disclosed(disclosures)
    assert [name for _, name, _ in shown] == list(SHOWN)
    assert [decode_base64url(salt) for salt, _, _ in shown] == [number.to_bytes(16) for number in range(1, 9)]
    digests = parts(text)[1]["_sd"]
    assert digests == sorted(digests)
    assert {decode_base64url(one) for one in digests} == {hashlib.sha256(one.encode()).digest() for one in disclosures}
    assert len(set(digests)) == len(disclosures) == 8


def test_a_copy_leads_to_the_certificate_with_four_proofs() -> None:
    document = certificate()
    _, disclosures = sd_jwt(document)
    leads = {name: value for _, name, value in disclosed(disclosures)}["certificate"]
    assert leads == {"id": document["id"], "digest": "sha256-IRsigXUUtVqewQ47sHtPYRdl5efynmXYzjhZHQ0W2L0="}


@pytest.mark.parametrize("missing", ["name_hans", "name_latin"])
def test_a_name_that_a_certificate_lacks_is_no_claim(missing: str) -> None:
    profile = replace(world.PROFILE, **{missing: None})  # type: ignore[arg-type]
    text, disclosures = sd_jwt(certificate(profile))
    assert [name for _, name, _ in disclosed(disclosures)] == [name for name in SHOWN if name != missing]
    assert len(parts(text)[1]["_sd"]) == 7


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-05-24T23:59:59Z", "2026-05-24T00:00:00Z"),
        ("2026-05-25T00:00:00Z", "2026-05-25T00:00:00Z"),
        ("2026-05-25T07:59:59+08:00", "2026-05-24T00:00:00Z"),
        ("2026-05-25T23:59:59Z", "2026-05-25T00:00:00Z"),
    ],
)
def test_when_a_copy_was_made_is_told_to_the_day(now: str, day: str) -> None:
    made = parts(sd_jwt(now=datetime.fromisoformat(now))[0])[1]["iat"]
    assert datetime.fromtimestamp(made, UTC) == datetime.fromisoformat(day)


@pytest.mark.parametrize("instant", ["2026-03-15T16:00:00Z", "2026-03-16T02:00:00Z", "2026-03-16T15:59:59Z"])
def test_when_a_registration_began_is_told_to_the_day_in_shanghai(instant: str) -> None:
    profile = replace(world.PROFILE, valid_from=datetime.fromisoformat(instant))
    begins = parts(sd_jwt(certificate(profile))[0])[1]["nbf"]
    assert datetime.fromtimestamp(begins, UTC) == datetime(2026, 3, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize("jwk", [HOLDER, ED25519], ids=["P-256", "Ed25519"])
def test_only_the_members_that_make_the_key_are_bound(jwk: dict[str, Any]) -> None:
    assert public_holder_key({**jwk, "kid": "my phone", "use": "sig", "alg": "ES256"}) == jwk
    assert parts(sd_jwt(holder={**jwk, "kid": "my phone"})[0])[1]["cnf"] == {"jwk": jwk}


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        ({**HOLDER, "d": "AQ"}, "a private one (member d)"),
        ({"kty": "oct", "k": "AQ"}, "a private one (member k)"),
        ({}, "not one of P-256 or Ed25519"),
        ({"kty": "RSA", "n": "AQ", "e": "AQAB"}, "not one"),
        ({**HOLDER, "crv": "P-384"}, "not one"),
        ({**HOLDER, "kty": ["EC"]}, "not one"),
        ({**ED25519, "crv": "X25519"}, "not one"),
        ({**HOLDER, "y": HOLDER["x"]}, "not one"),
        ({**HOLDER, "y": ""}, "not one"),
        ({**HOLDER, "y": None}, "not one"),
        ({**HOLDER, "x": HOLDER["x"] + "="}, "not one"),
        ({**HOLDER, "x": "AA" + HOLDER["x"]}, "not one"),
        ({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "not one"),
        ({**ED25519, "x": "AA"}, "not one"),
        ({**ED25519, "x": "A" * 43}, "not one"),
        ({**ED25519, "x": "AQ" + "A" * 41}, "not one"),
    ],
    ids=[
        "private",
        "symmetric",
        "empty",
        "RSA",
        "another curve",
        "kty is a list",
        "a key to agree on keys",
        "not on the curve",
        "empty y",
        "no y",
        "padding",
        "x too long",
        "both too short",
        "Ed25519 too short",
        "Ed25519 of small order",
        "Ed25519 identity",
    ],
)
def test_a_key_to_which_no_copy_can_be_bound_is_refused(jwk: dict[str, Any], why: str) -> None:
    with pytest.raises(HolderKeyError) as refused:
        public_holder_key(jwk)
    assert why in str(refused.value)
    assert refused.value.code == "holder-key"


def test_a_copy_for_a_private_key_is_not_made() -> None:
    with pytest.raises(HolderKeyError):
        sd_jwt(holder={**HOLDER, "d": "AQ"})


def test_the_type_metadata_say_which_claims_the_holder_discloses() -> None:
    metadata = type_metadata(world.BASE, is_demo=True)
    told = {claim["path"][0]: claim["sd"] for claim in json.loads(metadata)["claims"]}
    assert told == {**dict.fromkeys(SHOWN, "always"), "grade": "never"}
    assert parts(sd_jwt()[0])[1]["vct#integrity"] == "sha256-JpO0LbTllx1QFGuZKCm/9OKlgY+hpyl7WlsiVTTK4Q4="
    real = type_metadata("https://registry.example", is_demo=False)
    assert b"xample data" not in real
    assert json.loads(real)["vct"] == "https://registry.example/vct/engineer-registration/v1"


# --- the signature ------------------------------------------------------------------------------------------------


def test_a_token_is_signed_and_read_anew() -> None:
    text = vc_jwt()
    content = by().sign(text)
    assert content.startswith(text + b".")
    signature = decode_base64url(content.decode().rpartition(".")[2])
    assert is_signature(Algorithm.ES256, KEY.public_key, text, signature)


@pytest.mark.parametrize(
    ("signer", "published"),
    [
        (KEY, signer("cse/status-p256-2026").public_key),
        (KEY, signer("cse/issue-2026").public_key),
        (P256Signer(f"{world.CSE}#another", b"\1" * 32), P256Signer("did:x#y", b"\1" * 32).public_key),
        (signer("cse/issue-2026"), KEY.public_key),
    ],
    ids=["another key is published", "one of another algorithm is", "the header names another key", "another signed"],
)
def test_what_does_not_read_back_never_leaves(signer: Signer, published: bytes) -> None:
    with pytest.raises(RecheckError, match="does not verify under the published key"):
        by(signer, published).sign(vc_jwt())


def test_a_signer_that_fails_gives_nothing() -> None:
    with pytest.raises(HardwareError):
        by(BrokenSigner(KEY.verification_method)).sign(vc_jwt())


def test_readers_find_the_keys_that_issue_and_are_not_compromised() -> None:
    good, bad = key("cse/issue-p256-2026", "issue-jose"), key("cse/issue-p256-2026", "issue-jose")
    others = [key("cse/issue-2026", "issue"), key("cse/status-p256-2026", "status-jose")]
    lost = replace(bad, key_id=f"{world.CSE}#lost", compromised_since=world.NOW)
    found = jwt_issuer(world.BASE, [*others, good, lost])
    assert [entry["kid"] for entry in found["jwks"]["keys"]] == [good.key_id]
    assert jwt_issuer(world.BASE, others) == {"issuer": world.BASE, "jwks": {"keys": []}}


# --- Token Status List --------------------------------------------------------------------------------------------


def entries(encoded: str) -> bytes:
    return zlib.decompress(decode_base64url(encoded))


def test_entries_stand_as_token_status_list_4_1_has_them() -> None:
    """The first bytes of the example there, as far as it has values that we give: 1, 2, 0 | 0, 1, 0, 1 | 1, 2."""
    found = entries(encode_statuses([0, 5, 7, 8], [1, 9]))
    assert found[:3] == bytes([0x09, 0x44, 0x09])
    assert (len(found) * 4, any(found[3:])) == (131_072, False)


@pytest.mark.parametrize(
    ("invalid", "suspended", "value"),
    [([], [], 0), ([6], [], 1), ([], [6], 2), ([6], [6], 1)],
    ids=["good", "ended", "on hold", "ended while on hold"],
)
def test_the_end_of_a_certificate_outranks_a_hold(invalid: list[int], suspended: list[int], value: int) -> None:
    assert entries(encode_statuses(invalid, suspended))[1] == value << 4


def test_an_index_beyond_the_list_is_a_mistake() -> None:
    assert encode_statuses([131_071], [])
    with pytest.raises(IndexError):
        encode_statuses([131_072], [])


def test_the_same_entries_give_the_same_text_and_a_list_lives_for_a_day() -> None:
    assert encode_statuses([4, 2], [9]) == encode_statuses([2, 4], [9])
    text = unsigned_token_list(2, encode_statuses([], []), by())
    header, claims = parts(text)
    assert (header["typ"], claims["sub"]) == ("statuslist+jwt", f"{world.BASE}/statuslist/2")
    assert (claims["exp"] - claims["iat"], claims["ttl"], claims["status_list"]["bits"]) == (86_400, 900, 2)
