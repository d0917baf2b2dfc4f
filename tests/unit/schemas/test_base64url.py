"""Base64url has one spelling for each value."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base64url import Base64urlError, decode_base64url, encode_base64url


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_every_value_comes_back(content: bytes) -> None:
    assert decode_base64url(encode_base64url(content)) == content


@given(st.text(max_size=40))
@settings(deadline=None)
def test_a_text_is_refused_or_is_the_one_spelling(text: str) -> None:
    try:
        assert encode_base64url(decode_base64url(text)) == text
    except Base64urlError:
        assert not is_spelling(text)


def is_spelling(text: str) -> bool:
    """Ask the standard library, which takes more than one spelling of a value, for the one that it writes itself."""
    try:
        value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return False
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode() == text


@pytest.mark.parametrize(
    "text",
    ["QQ==", "QQ=", "QR", "Q", "QQ\n", " QQ", "Q Q", "Q+Q/", "Q\u00e9Q", "QQ.QQ", None, 5, b"QQ", ["QQ"], {}, True],
    ids=repr,
)
def test_every_other_spelling_is_refused(text: object) -> None:
    with pytest.raises(Base64urlError):
        decode_base64url(text)


def test_nothing_is_spelled_by_nothing() -> None:
    assert decode_base64url("") == b""
    assert encode_base64url(b"\xfb\xff") == "-_8"
