"""Selective disclosure by all rules of RFC 9901, among them those that common libraries leave out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from tests.support import tokens
from tests.support.expect import faults, unknowns
from tests.support.tokens import digest, disclosure
from verifier.asked import Asked
from verifier.checks import Outcome
from verifier.jwk import read_jwk
from verifier.jws import TokenError, read_jws
from verifier.refusals import UnreadableDocumentError
from verifier.sd_jwt import check_key_binding, disclosed_claims, read_sd_jwt
from verifier.state import State
from verifier.verdict import report_state, verdict

RFC_9901 = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "sd-jwt-rfc9901.json").read_text("utf-8"))


@pytest.mark.parametrize("example", RFC_9901["examples"], ids=lambda example: example["section"])
def test_the_examples_of_the_rfc(example: dict[str, Any]) -> None:
    token = read_sd_jwt(example["presentation"])
    issued = read_jws(token.issuer_signed)
    assert issued.is_signed_by(read_jwk(RFC_9901["issuer_key"]))
    claims = disclosed_claims(issued.claims(), token.disclosures)
    assert claims == example["processed"]
    if token.key_binding:
        asked, at = (
            Asked(challenge=example["nonce"], domain=example["aud"]),
            datetime.fromtimestamp(example["iat"], UTC),
        )
        assert check_key_binding(token, claims, asked, now=at) == "key_binding_good"


def test_a_nested_disclosure_shows_nothing_without_the_one_it_stands_in() -> None:
    inner = disclosure("s1", "country", "DE")
    outer = disclosure("s2", "address", {"_sd": [digest(inner)], "city": "Xi'an"})
    payload = {"_sd": [digest(outer)]}
    assert disclosed_claims(payload, (inner, outer)) == {"address": {"city": "Xi'an", "country": "DE"}}
    assert disclosed_claims(payload, (outer,)) == {"address": {"city": "Xi'an"}}
    assert _code(payload, inner) == "disclosure_unreferenced"


def test_elements_that_were_held_back_leave_no_trace() -> None:
    first, second = disclosure("s1", "US"), disclosure("s2", {"a": 1})
    payload = {"list": [{"...": digest(first)}, "CN", {"...": digest(second)}, {"...": "decoy"}]}
    assert disclosed_claims(payload, ()) == {"list": ["CN"]}
    assert disclosed_claims(payload, (second,)) == {"list": ["CN", {"a": 1}]}
    assert disclosed_claims(payload, (second, first)) == {"list": ["US", "CN", {"a": 1}]}


def test_digests_and_their_algorithm_are_gone() -> None:
    payload = {"_sd_alg": "sha-256", "_sd": ["decoy"], "a": {"_sd": []}, "b": [[{"_sd": ["other"]}]]}
    assert disclosed_claims(payload, ()) == {"a": {}, "b": [[{}]]}


def _code(payload: dict[str, Any], *disclosures: str) -> str:
    with pytest.raises(TokenError) as refusal:
        disclosed_claims(payload, disclosures)
    return refusal.value.code


def _pointer(payload: dict[str, Any], *disclosures: str) -> str | None:
    with pytest.raises(TokenError) as refusal:
        disclosed_claims(payload, disclosures)
    return refusal.value.pointer


def test_a_refusal_names_the_disclosure_at_fault() -> None:
    payload, good = _hidden("salt", "name", "value")
    for bad in (disclosure("s"), disclosure("s", "_sd", 1), disclosure("s", "other", 1), disclosure("s", 1)):
        assert _pointer(payload, good, bad) == "/disclosures/1"
    assert _pointer({}, good, disclosure("s", "n", 1)) == "/disclosures/0"
    assert _pointer({**payload, "name": 1}, good) == "/disclosures/0"
    assert _pointer({"a": [{"...": digest(good)}]}, good) == "/disclosures/0"
    assert _pointer(*_hidden("s", "exp", 1)) == "/disclosures/0"
    assert _pointer(payload, good, good) == "/disclosures"
    assert _pointer({"_sd_alg": "md5"}) == "/_sd_alg"


def _hidden(*parts: Any) -> tuple[dict[str, Any], str]:
    """Return a payload that hides a member, and the disclosure of these parts for it."""
    text = disclosure(*parts)
    return {"_sd": [digest(text)]}, text


RESERVED = ["_sd", "...", "_sd_alg", "iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"]


@pytest.mark.parametrize("name", [pytest.param(name, id=f"threat_V23-{name}") for name in RESERVED])
def test_no_disclosure_names_what_decides(name: str) -> None:
    assert _code(*_hidden("salt", name, {"idx": 1})) == "disclosure_reserved"


def test_further_in_only_the_words_of_the_format_are_reserved() -> None:
    text = disclosure("salt", "status", "married")
    assert disclosed_claims({"person": {"_sd": [digest(text)]}}, (text,)) == {"person": {"status": "married"}}
    for name in ("_sd", "...", "_sd_alg"):
        inside = disclosure("salt", name, "x")
        assert _code({"person": {"_sd": [digest(inside)]}}, inside) == "disclosure_reserved"


MALFORMED = [
    pytest.param(disclosure("salt", "value"), id="threat_V24-an-element-for-a-member"),
    pytest.param(disclosure("salt", "name", "value", 1), id="threat_V24-four-parts"),
    pytest.param(disclosure("salt"), id="threat_V24-one-part"),
    pytest.param(disclosure(), id="threat_V24-no-part"),
    pytest.param(disclosure(1, "name", "value"), id="threat_V24-salt-a-number"),
    pytest.param(disclosure("salt", None, "value"), id="threat_V24-name-null"),
    pytest.param(disclosure("salt", ["name"], "value"), id="threat_V24-name-an-array"),
    pytest.param(disclosure("salt", "name", "value") + "=", id="threat_V24-padding"),
    pytest.param(tokens.encoded(b'["salt","name"'), id="threat_V24-no-json"),
    pytest.param(tokens.encoded(b'["salt","name",{"a":1,"a":2}]'), id="threat_V24-two-members-of-one-name"),
    pytest.param(tokens.encoded(b'["salt","name",NaN]'), id="threat_V24-not-a-number"),
    pytest.param(tokens.encoded(b'["salt","name","\xff"]'), id="threat_V24-not-utf-8"),
    pytest.param(tokens.encoded({"0": "salt"}), id="threat_V24-an-object"),
    pytest.param(tokens.encoded("abc"), id="threat_V24-a-text-of-three-letters"),
    pytest.param("", id="threat_V24-empty"),
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_disclosure_has_one_form(text: str) -> None:
    assert _code({"_sd": [digest(text)]}, text) == "disclosure_malformed"


def test_threat_V24_a_member_for_an_element() -> None:
    text = disclosure("salt", "name", "value")
    assert _code({"list": [{"...": digest(text)}]}, text) == "disclosure_malformed"


DIGESTS = [
    pytest.param({"_sd": "x"}, "digest_malformed", id="no array"),
    pytest.param({"_sd": None}, "digest_malformed", id="null"),
    pytest.param({"_sd": [1]}, "digest_malformed", id="a number"),
    pytest.param({"_sd": [["x"]]}, "digest_malformed", id="an array in the array"),
    pytest.param({"...": "x"}, "digest_malformed", id="an element that is none"),
    pytest.param({"a": {"...": "x"}}, "digest_malformed", id="an element as a member"),
    pytest.param({"a": [{"...": "x", "b": 1}]}, "digest_malformed", id="an element with more"),
    pytest.param({"a": [{"...": 5}]}, "digest_malformed", id="an element with a number"),
    pytest.param({"_sd": ["x", "x"]}, "digest_repeated", id="a decoy twice in one place"),
    pytest.param({"_sd": ["x"], "a": {"_sd": ["x"]}}, "digest_repeated", id="a decoy in two places"),
    pytest.param({"_sd": ["x"], "a": [{"...": "x"}]}, "digest_repeated", id="of a member and of an element"),
    pytest.param({"_sd_alg": "md5"}, "digest_algorithm", id="threat_V25-md5"),
    pytest.param({"_sd_alg": "sha-512"}, "digest_algorithm", id="threat_V25-sha-512"),
    pytest.param({"_sd_alg": "SHA-256"}, "digest_algorithm", id="threat_V25-upper-case"),
    pytest.param({"_sd_alg": None}, "digest_algorithm", id="threat_V25-null"),
]


@pytest.mark.parametrize(("payload", "code"), DIGESTS)
def test_digests_stand_where_they_may_and_once(payload: dict[str, Any], code: str) -> None:
    assert _code(payload) == code


def test_a_digest_in_a_disclosure_counts_too() -> None:
    payload, text = _hidden("salt", "name", {"_sd": ["decoy"]})
    payload["_sd"].append("decoy")
    assert _code(payload, text) == "digest_repeated"


def test_nothing_is_written_over() -> None:
    payload, text = _hidden("salt", "grade", "SPE")
    assert _code({**payload, "grade": "PE"}, text) == "disclosure_overwrites"
    other = disclosure("other", "grade", "AE")
    assert _code({"_sd": [digest(text), digest(other)]}, text, other) == "disclosure_overwrites"


def test_threat_V21_a_disclosure_is_used_once() -> None:
    payload, text = _hidden("salt", "name", "value")
    assert _code(payload, text, text) == "disclosure_repeated"


def test_threat_V22_every_disclosure_is_used() -> None:
    payload, text = _hidden("salt", "name", "value")
    assert _code(payload, text, disclosure("salt", "grade", "SPE")) == "disclosure_unreferenced"
    assert _code({}, text) == "disclosure_unreferenced"


WRAPPERS: dict[str, tuple[Callable[[dict[str, Any]], Any], int]] = {
    "a member": (lambda value: value, 32),
    "a member of a member": (lambda value: {"b": value}, 16),
    "an element": (lambda value: [value], 16),
}
"""How a disclosure holds the next one, and how many of them have the greatest depth of 32."""


def _chain(wrap: Callable[[dict[str, Any]], Any], length: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a payload and disclosures of which each holds the digest of the next."""
    texts: list[str] = []
    value: dict[str, Any] = {}
    for number in range(length):
        texts.append(disclosure(f"{number}", "a", wrap(value)))
        value = {"_sd": [digest(texts[-1])]}
    return value, tuple(texts)


@pytest.mark.parametrize("kind", WRAPPERS)
def test_disclosures_in_disclosures_have_a_bound(kind: str) -> None:
    wrap, most = WRAPPERS[kind]
    payload, texts = _chain(wrap, most)
    assert disclosed_claims(payload, texts)["a"]
    for more in (most + 1, 100):
        payload, texts = _chain(wrap, more)
        assert _code(payload, *texts) == "disclosure_depth"


def test_there_are_at_most_100_disclosures() -> None:
    texts = [disclosure(f"{number}", f"n{number}", number) for number in range(100)]
    payload = {"_sd": [digest(text) for text in texts]}
    token = read_sd_jwt("~".join(("a.b.c", *texts, "")))
    assert disclosed_claims(payload, token.disclosures) == {f"n{number}": number for number in range(100)}
    with pytest.raises(UnreadableDocumentError):
        read_sd_jwt("~".join(("a.b.c", *texts, texts[0], "")))


@pytest.mark.parametrize(("length", "is_read"), [(65_536, True), (65_537, False)])
def test_a_token_with_its_disclosures_has_at_most_64_kib(length: int, is_read: bool) -> None:
    text = "a.b.c~" + "A" * (length - 7) + "~"
    if is_read:
        assert read_sd_jwt(text).key_binding == ""
        return
    with pytest.raises(UnreadableDocumentError):
        read_sd_jwt(text)


def test_without_a_tilde_it_is_none() -> None:
    with pytest.raises(UnreadableDocumentError):
        read_sd_jwt("a.b.c")


def _presentation(*texts: str) -> str:
    return "~".join((tokens.COPY.issuer_signed, *texts, ""))


FIELD = tokens.COPY.disclosures["field"]
ADDED, ALTERED = disclosure("s", "grade", "SPE"), disclosure("salt of field", "field", "CIV")
GAMES = [
    pytest.param(_presentation(FIELD, FIELD), "disclosure_repeated", id="threat_V21-duplicated"),
    pytest.param(_presentation(FIELD, ADDED), "disclosure_unreferenced", id="threat_V22-added"),
    pytest.param(_presentation(ALTERED), "disclosure_unreferenced", id="threat_V22-altered"),
    pytest.param(tokens.copy_of({"exp": 9}, exp=None).showing("exp"), "disclosure_reserved", id="threat_V23-exp"),
    pytest.param(tokens.copy_of({"grade": "SPE"}).showing("grade"), "disclosure_overwrites", id="threat_V23-grade"),
    pytest.param(_presentation(FIELD + "="), "disclosure_malformed", id="threat_V24-padded"),
    pytest.param(_presentation(""), "disclosure_malformed", id="threat_V24-empty"),
]


@pytest.mark.parametrize(("token", "code"), GAMES)
def test_no_game_with_our_own_copy_is_valid(token: str, code: str) -> None:
    report = tokens.judged(token)
    assert faults(report) == {"proofs": code}
    assert report_state(report) is State.INVALID
    assert "disclosed" not in verdict(report)


def test_threat_V25_another_digest_algorithm_is_unsupported() -> None:
    report = tokens.judged(tokens.copy_of(_sd_alg="md5").showing())
    assert unknowns(report)["parse"] == "digest_algorithm"
    assert report.outcome is Outcome.INDETERMINATE
    assert report_state(report) is State.UNSUPPORTED


def _library(presentation: str) -> dict[str, Any]:
    """Let the reference library in Python read a presentation."""
    key: Callable[..., JWK] = lambda *_: JWK.from_json(json.dumps(tokens.jwk("cse/issue-p256-2026")))  # noqa: E731
    claims: dict[str, Any] = SDJWTVerifier(presentation, key).get_verified_payload()
    return claims


def test_the_reference_library_reads_the_same_claims() -> None:
    presentation = tokens.COPY.showing("field", "certificate", "name_hans")
    token = read_sd_jwt(presentation)
    assert _library(presentation) == disclosed_claims(read_jws(token.issuer_signed).claims(), token.disclosures)


def test_the_reference_library_overlooks_a_disclosure_that_nothing_refers_to() -> None:
    """That is why its rules are not enough (T06)."""
    presentation = _presentation(FIELD, disclosure("s", "licence", "yes"))
    assert _library(presentation)["field"] == "ELE"
    assert faults(tokens.judged(presentation)) == {"proofs": "disclosure_unreferenced"}
