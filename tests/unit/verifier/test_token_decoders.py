"""Whatever is handed to a decoder of tokens, the answer is a value or one of its refusals, and never "good"."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base64url import encode_base64url
from tests.support import tokens, world
from verifier.checks import Outcome
from verifier.jwk import JwkError, read_jwk
from verifier.jws import TokenError, check_header, read_jws
from verifier.refusals import DisbelievedError, UnreadableDocumentError
from verifier.sd_jwt import disclosed_claims, read_sd_jwt
from verifier.status_list import StatusListError, inflate, read_token_status

SOURCES = tokens.register()
TRUST = tokens.trust()
GOOD = (tokens.vc_jwt(), tokens.COPY.showing("field").encode(), tokens.COPY.bound("field").encode())

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.sampled_from(["a", "sha-256", "iss"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["_sd", "...", "_sd_alg", "iss", "a", "b"]), inner, max_size=4)
    ),
    max_leaves=12,
)
PARTS = st.sampled_from([*GOOD[0].split(b"."), *GOOD[2].split(b"~"), b"", b"."]) | st.binary(max_size=12)
TEXTS = st.lists(PARTS, max_size=7).flatmap(
    lambda parts: st.sampled_from([b".", b"~", b""]).map(lambda it: it.join(parts))
)


def _refused(refusals: tuple[type[Exception], ...], read: Callable[..., Any], *arguments: Any) -> bool:
    try:
        read(*arguments)
    except refusals:
        return True
    return False


def _names(value: Any) -> set[str]:
    """Return the name of every member anywhere in a value."""
    if isinstance(value, dict):
        return set(value).union(*map(_names, value.values()))
    return set().union(*map(_names, value)) if isinstance(value, list) else set()


@given(TEXTS)
@settings(deadline=None)
def test_a_token_is_refused_or_judged_and_not_good(content: bytes) -> None:
    try:
        outcome = tokens.judged(content, SOURCES).outcome
    except UnreadableDocumentError:
        return
    # A holder may show less than in the parts that are drawn from.
    assert outcome is not Outcome.VALID or content.strip().split(b"~")[0] in {one.split(b"~")[0] for one in GOOD}


@given(st.sampled_from(GOOD), st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_a_token_with_another_byte_is_not_good(good: bytes, place: int, change: int) -> None:
    at = place % len(good)
    content = good[:at] + bytes([good[at] ^ change]) + good[at + 1 :]
    try:
        outcome = tokens.judged(content, SOURCES).outcome
    except UnreadableDocumentError:
        return
    assert outcome is not Outcome.VALID


@given(JSON, st.sampled_from(["ES256", "EdDSA", "none", " EdDSA"]))
@settings(deadline=None)
def test_any_header_is_refused_or_read(header: Any, algorithm: str) -> None:
    header = {"alg": algorithm, **header} if isinstance(header, dict) else header
    text = f"{tokens.encoded(header)}.{tokens.encoded(header)}.AAAA"

    def read() -> None:
        jws = read_jws(text)
        check_header(jws)
        assert not jws.is_signed_by(tokens.public_key("holder/1"))

    assert _refused((UnreadableDocumentError, TokenError), read) or isinstance(header, dict)


@given(st.lists(JSON, min_size=1, max_size=4), JSON)
@settings(max_examples=300, deadline=None)
def test_any_payload_is_refused_or_opened_without_a_digest(values: list[Any], payload: Any) -> None:
    texts = [tokens.disclosure("s", "n", value) for value in values] + [tokens.disclosure("t", values[0])]
    claims = {
        "a": payload,
        "_sd": [tokens.digest(text) for text in texts[:2]],
        "b": [{"...": tokens.digest(texts[-1])}],
    }
    try:
        opened = disclosed_claims(claims, tuple(dict.fromkeys(texts)))
    except TokenError:
        return
    assert not {"_sd", "..."} & _names(opened)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_is_no_list_and_no_disclosure(text: str) -> None:
    assert _refused((StatusListError,), inflate, text)
    assert _refused((TokenError,), disclosed_claims, {"_sd": []}, (text,))
    assert _refused((UnreadableDocumentError,), read_sd_jwt, text) or "~" in text


@given(JSON)
@settings(deadline=None)
def test_any_value_is_no_key(value: Any) -> None:
    assert _refused((JwkError,), read_jwk, value)
    jwk = {**tokens.jwk("holder/1"), **value} if isinstance(value, dict) else {**tokens.jwk("holder/1"), "x": value}
    assert _refused((JwkError,), read_jwk, jwk) or jwk["x"] == tokens.jwk("holder/1")["x"]


def _list(content: bytes) -> Any:
    asked: dict[str, Any] = {
        "url": tokens.LIST_URL,
        "index": 0,
        "now": world.NOW,
        "max_age": 2 * (world.NOW - world.ISSUED),
    }
    return read_token_status(content, TRUST, **asked)


@given(TEXTS, JSON, st.binary(max_size=40))
@settings(deadline=None)
def test_any_list_is_refused(content: bytes, entries: Any, packed: bytes) -> None:
    assert _refused((DisbelievedError,), _list, content)
    assert _refused((DisbelievedError,), _list, tokens.status_list(status_list=entries))
    assert _refused(
        (DisbelievedError,), _list, tokens.status_list(status_list={"bits": 2, "lst": encode_base64url(packed)})
    )
