"""The paper code as bytes and digits: one spelling, and no other is read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.paper_code import (
    LONGEST_CODE,
    LONGEST_NAME,
    PaperCodeError,
    code_segments,
    decode_code,
    encode_code,
    encode_payload,
    from_digits,
    protected_header,
    signed_bytes,
    to_digits,
)
from tests.support import world
from tests.support.paper_codes import BAD, BAD_DIGITS, CODE, PARTS, coded, coded_header
from tests.support.shared import example_json


def test_our_code_is_the_published_example() -> None:
    published = example_json("paper-code.json")
    code = bytes.fromhex(published["bytes_hex"])
    parts = decode_code(code)
    assert code == CODE
    assert to_digits(code) == published["digits"]
    assert parts.payload.hex() == published["payload_hex"]
    assert parts.protected == protected_header(bytes.fromhex(published["seal_public_key_hex"]))
    message = signed_bytes(parts.protected, parts.payload, base=world.BASE, page_id=world.PROFILE.page_id)
    assert message.hex() == published["sig_structure_hex"]
    segments = code_segments(world.BASE, world.PROFILE.page_id, code)
    assert [list(segment) for segment in segments] == published["segments"]


def test_without_a_code_the_address_stands_alone() -> None:
    segments = code_segments("https://verify.cse.example", "7q2mx4t9k0rb3wzd8hvn", None)
    assert segments == (("https://", "byte"), ("VERIFY.CSE.EXAMPLE/V/7Q2MX4T9K0RB3WZD8HVN", "alphanumeric"))


@given(st.binary(max_size=LONGEST_CODE))
def test_digits_give_the_bytes_back(content: bytes) -> None:
    digits = to_digits(content)
    assert digits == "" or (digits.isascii() and digits.isdecimal())
    assert not content or from_digits(digits) == content


@pytest.mark.parametrize("digits", BAD_DIGITS)
def test_what_no_bytes_are_written_as_is_refused(digits: str) -> None:
    with pytest.raises(PaperCodeError):
        from_digits(digits)


@given(st.integers(0, 10**19), st.integers(1, 19))
def test_each_text_of_digits_is_read_in_one_way(number: int, width: int) -> None:
    digits = str(number).zfill(width)
    try:
        content = from_digits(digits)
    except PaperCodeError:
        return
    assert to_digits(content) == digits


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_threat_V40_only_the_one_spelling_of_a_code_is_read(content: bytes) -> None:
    with pytest.raises(PaperCodeError):
        decode_code(content)


def test_both_names_of_the_algorithm_are_read() -> None:
    assert decode_code(coded_header({1: -19, 4: b"abcd"})).key_hint == b"abcd"


def test_every_cut_and_every_flipped_bit_is_refused_or_another_code() -> None:
    for length in range(len(CODE)):
        with pytest.raises(PaperCodeError):
            decode_code(CODE[:length])
    for place in range(8 * len(CODE)):
        flipped = bytearray(CODE)
        flipped[place // 8] ^= 1 << place % 8
        try:
            assert decode_code(bytes(flipped)) != PARTS
        except PaperCodeError:
            continue


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_encode_back(content: bytes) -> None:
    try:
        parts = decode_code(content)
    except PaperCodeError:
        return
    assert encode_code(parts.protected, parts.payload, parts.signature) == content


@pytest.mark.parametrize("length", [LONGEST_NAME - 1, LONGEST_NAME])
def test_a_name_up_to_the_limit_is_encoded(length: int) -> None:
    content = replace(PARTS.content, name_latin="x" * length)
    assert decode_code(coded(payload=encode_payload(content))).content == content


def test_a_longer_name_is_refused() -> None:
    with pytest.raises(PaperCodeError):
        encode_payload(replace(PARTS.content, name_hans="林" * 21))
