"""The paper code as bytes and digits: one spelling, and no other is read."""

from dataclasses import replace

import cbor2
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
from tests.support.shared import example_json

CODE = world.paper_code()
PARTS = decode_code(CODE)
PAYLOAD, CLAIM = cbor2.loads(PARTS.payload), -65537


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


@pytest.mark.parametrize(
    "digits",
    [
        "",
        "1",
        "12",
        "1234",
        "1234567",
        "256",
        "999",
        "65536",
        "16777216",
        str(256**7).zfill(17),
        "9" * 17,
        "00000000000000001" + "1",
        "٠١٢",
        "１２３",
        "-12",
        "+12",
        " 12",
        "1_2",
        "12.",
        "0" * 17 * 46,
    ],
)
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


def _code(protected: bytes = PARTS.protected, payload: bytes = PARTS.payload, signature: bytes = bytes(64)) -> bytes:
    return encode_code(protected, payload, signature)


def _payload(value: object) -> bytes:
    return _code(payload=cbor2.dumps(value, canonical=True))


def _claim(place: int, value: object) -> bytes:
    claims = list(PAYLOAD[CLAIM])
    claims[place] = value
    return _payload({**PAYLOAD, CLAIM: claims})


def _header(value: object) -> bytes:
    return _code(protected=cbor2.dumps(value, canonical=True))


BAD = {
    "empty": b"",
    "no cbor": b"\xff\xff\xff",
    "cut short": CODE[:-1],
    "something after it": CODE + b"\x00",
    "too long": CODE + bytes(LONGEST_CODE),
    "another tag": b"\xd1" + CODE[1:],
    "no tag": CODE[1:],
    "a longer tag": b"\xd8\x12" + CODE[1:],
    "three parts": cbor2.dumps(cbor2.CBORTag(18, [PARTS.protected, {}, PARTS.payload])),
    "five parts": cbor2.dumps(cbor2.CBORTag(18, [PARTS.protected, {}, PARTS.payload, bytes(64), 0])),
    "a map": cbor2.dumps(cbor2.CBORTag(18, {1: 2})),
    "unprotected header": cbor2.dumps(cbor2.CBORTag(18, [PARTS.protected, {4: b"x"}, PARTS.payload, bytes(64)])),
    "text for bytes": cbor2.dumps(cbor2.CBORTag(18, [PARTS.protected, {}, "x", bytes(64)])),
    "short signature": _code(signature=bytes(63)),
    "long signature": _code(signature=bytes(65)),
    "indefinite array": b"\xd2\x9f" + CODE[2:] + b"\xff",
    "indefinite bytes": _code().replace(b"\x58\x40" + bytes(64), b"\x5f\x58\x40" + bytes(64) + b"\xff"),
    "length not shortest": _code().replace(b"\x58\x40" + bytes(64), b"\x59\x00\x40" + bytes(64)),
    "header is no map": _header([1]),
    "header without a key": _header({1: -8}),
    "another algorithm": _header({1: -7, 4: b"abcd"}),
    "algorithm as a float": _header({1: -8.0, 4: b"abcd"}),
    "a longer hint": _header({1: -8, 4: b"abcde"}),
    "a third header": _header({1: -8, 4: b"abcd", 5: 1}),
    "critical header": _header({1: -8, 2: [4], 4: b"abcd"}),
    "header twice": _code(protected=b"\xa3\x01\x27\x04\x44abcd\x04\x44abcd"),
    "headers out of order": _code(protected=b"\xa2\x04\x44abcd\x01\x27"),
    "number not shortest": _code(payload=PARTS.payload.replace(b"\x8b\x01\x18\x1a", b"\x8b\x18\x01\x18\x1a")),
    "payload is no map": _payload([1]),
    "a date is missing": _payload({4: 1, 5: 1, CLAIM: PAYLOAD[CLAIM]}),
    "a claim too many": _payload({**PAYLOAD, 1: "x"}),
    "date as text": _payload({**PAYLOAD, 4: "1"}),
    "date as float": _payload({**PAYLOAD, 4: 1.0}),
    "negative date": _payload({**PAYLOAD, 4: -1}),
    "huge date": _payload({**PAYLOAD, 4: 2**53}),
    "big number": _payload({**PAYLOAD, 4: 2**70}),
    "key as float": _payload({4.0: PAYLOAD[4], 5: PAYLOAD[5], 6: PAYLOAD[6], CLAIM: PAYLOAD[CLAIM]}),
    "key twice": _code(payload=b"\xa5\x04\x01" + PARTS.payload[1:]),
    "claim is no array": _payload({**PAYLOAD, CLAIM: "x"}),
    "claim too short": _payload({**PAYLOAD, CLAIM: list(PAYLOAD[CLAIM])[:-1]}),
    "claim too long": _payload({**PAYLOAD, CLAIM: [*PAYLOAD[CLAIM], 0]}),
    "another version": _claim(0, 2),
    "version as true": _claim(0, True),
    "year as null": _claim(1, None),
    "index as text": _claim(8, "5"),
    "name as number": _claim(9, 5),
    "name as bytes": _claim(9, b"x"),
    "name too long": _claim(10, "x" * (LONGEST_NAME + 1)),
    "bad UTF-8": _code(payload=PARTS.payload.replace("林知远".encode(), b"\xff\xfe\xfd" * 3)),
    "a date tag": _claim(8, cbor2.CBORTag(0, "2026-01-01T00:00:00Z")),
    "deep": _claim(9, [[[[[[["x"]]]]]]]),
    "array of 2^32": b"\xd2\x9b\x00\x00\x00\x01\x00\x00\x00\x00",
    "nested indefinite": b"\x9f" * 300,
    "shared reference": b"\xd8\x1c\x81\xd8\x1d\x00",
    "tags upon tags": b"\xd2" * 300,
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_threat_V40_only_the_one_spelling_of_a_code_is_read(content: bytes) -> None:
    with pytest.raises(PaperCodeError):
        decode_code(content)


def test_both_names_of_the_algorithm_are_read() -> None:
    assert decode_code(_header({1: -19, 4: b"abcd"})).key_hint == b"abcd"


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
    assert decode_code(_code(payload=encode_payload(content))).content == content


def test_a_longer_name_is_refused() -> None:
    with pytest.raises(PaperCodeError):
        encode_payload(replace(PARTS.content, name_hans="林" * 21))
