"""base58btc, Multikey and names: one spelling for each value, and nothing else is read."""

import base58
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import base58btc
from schemas.base58btc import MultibaseError
from schemas.multikey import MultikeyError, algorithm_of, decode_multikey, encode_multikey
from schemas.names import TextError, full_name, has_control_character

KEY = bytes(range(32))
TEXT = encode_multikey(KEY)


@given(st.binary(min_size=1, max_size=80))
def test_base58btc_there_and_back(value: bytes) -> None:
    assert base58btc.decode(base58btc.encode(value), length=len(value)) == value


@given(st.binary(min_size=1, max_size=80), st.integers(1, 90))
def test_base58btc_holds_exactly_the_expected_length(value: bytes, length: int) -> None:
    if length == len(value):
        return
    with pytest.raises(MultibaseError):
        base58btc.decode(base58btc.encode(value), length=length)


@given(st.text(max_size=90), st.integers(0, 64))
def test_any_text_is_refused_or_the_one_spelling(text: str, length: int) -> None:
    try:
        value = base58btc.decode(text, length=length)
    except MultibaseError:
        return
    assert base58btc.encode(value) == text


@pytest.mark.parametrize(
    "text",
    [None, 7, b"z2", "", "2", "u2", "Z2", "z0", "zO", "zI", "zl", "z+", "z 2", "z2 ", "z\u00e9", "z" + "2" * 136],
)
def test_what_is_no_base58btc_is_refused(text: object) -> None:
    with pytest.raises(MultibaseError):
        base58btc.decode(text, length=1)


def test_a_long_text_is_refused_unread() -> None:
    """Decoding is quadratic: a text over 136 characters never reaches it, whatever length is asked for."""
    longest = "z" + base58.b58encode(b"\xff" * 98).decode()
    assert len(longest) <= 136
    assert base58btc.decode(longest, length=98)
    with pytest.raises(MultibaseError, match="not a base58btc multibase value"):
        base58btc.decode("z" + base58.b58encode(b"\xff" * 99).decode(), length=99)


@pytest.mark.parametrize(
    ("length", "start", "algorithm"), [(32, "z6Mk", "EdDSA"), (33, "zDn", "ES256"), (49, "z82L", "ES384")]
)
@given(data=st.data())
def test_a_multikey_there_and_back(length: int, start: str, algorithm: str, data: st.DataObject) -> None:
    # The points of P-256 and P-384 begin with 2 or 3: with that the beginning of the text is always the same.
    key = data.draw(st.binary(min_size=length, max_size=length))
    key = key if length == 32 else b"\x02" + key[1:]
    text = encode_multikey(key)
    assert text.startswith(start)
    assert decode_multikey(text) == key
    assert algorithm_of(key) == algorithm


@pytest.mark.parametrize("length", [0, 31, 34, 48, 50, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MultikeyError, match="32 bytes"):
        encode_multikey(bytes(length))


@pytest.mark.parametrize(
    "text",
    [
        None,
        TEXT[1:],
        TEXT[:-1],
        TEXT + "1",
        TEXT.upper(),
        base58btc.encode(KEY),
        base58btc.encode(b"\xed\x01" + KEY[:-1]),
        base58btc.encode(b"\xed\x01" + KEY + b"\0"),
        base58btc.encode(b"\x80\x26" + KEY),
        base58btc.encode(b"\xec\x01" + KEY),
        base58btc.encode(b"\xe7\x01" + bytes(33)),
        base58btc.encode(b"\x80\x24" + KEY),
    ],
    ids=["none", "no z", "cut", "longer", "capitals", "no prefix", "31", "33", "private key", "X25519", "k1", "short"],
)
def test_what_is_no_multikey_of_ours_is_refused(text: object) -> None:
    with pytest.raises(MultikeyError):
        decode_multikey(text)


@pytest.mark.parametrize(
    ("hans", "latin", "name"),
    [("林知远", "Lin Zhiyuan", "林知远 Lin Zhiyuan"), ("林知远", None, "林知远"), (None, "Ana-María", "Ana-María")],
)
def test_a_name_is_chinese_then_latin(hans: str | None, latin: str | None, name: str) -> None:
    assert full_name(hans, latin) == name


@pytest.mark.parametrize(
    ("hans", "latin"),
    [
        (None, None),
        ("", ""),
        ("林\u200b知远", None),
        (None, "Lin\u202eZhiyuan"),
        (None, "Lin\nZhiyuan"),
        (None, " Lin"),
        (None, "Lin "),
        ("林\ue000", None),
        (None, "Lin\u2028"),
        (None, "\ufeffLin"),
        (None, "L" * 201),
        ("林" * 201, "Lin"),
    ],
)
def test_a_name_without_script_or_with_a_control_character_is_refused(hans: str | None, latin: str | None) -> None:
    with pytest.raises(TextError):
        full_name(hans, latin)


def test_a_name_has_at_most_200_characters_in_each_script() -> None:
    assert full_name("林" * 200, "L" * 200) == "林" * 200 + " " + "L" * 200


@pytest.mark.parametrize("character", ["\0", "\x7f", "\x85", "\u00ad", "\u061c", "\u2029", "\ud800", "\U000e0001"])
def test_a_control_character_is_seen_anywhere(character: str) -> None:
    assert has_control_character(f"a{character}b")
    assert not has_control_character("a b·c-d\u3000\u00e9")


@settings(max_examples=300)
@given(st.one_of(st.binary(min_size=1, max_size=96), st.binary(max_size=40).map(lambda end: bytes(24) + end)))
def test_base58_is_that_of_another_implementation(value: bytes) -> None:
    text = base58btc.encode(value)
    assert text == "z" + base58.b58encode(value).decode()
    assert base58btc.decode(text, length=len(value)) == value
    with pytest.raises(MultibaseError):
        base58btc.decode(text, length=len(value) + 1)
