"""Paper codes to test with: the standard one, and everything that is nearly one."""

import cbor2

from schemas.paper_code import LONGEST_CODE, LONGEST_NAME, decode_code, encode_code
from tests.support import world

CODE = world.paper_code()
PARTS = decode_code(CODE)
PAYLOAD, CLAIM = cbor2.loads(PARTS.payload), -65537

BAD_DIGITS = (
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
)
"""What no bytes are written as."""


def coded(protected: bytes = PARTS.protected, payload: bytes = PARTS.payload, signature: bytes = bytes(64)) -> bytes:
    return encode_code(protected, payload, signature)


def coded_payload(value: object) -> bytes:
    return coded(payload=cbor2.dumps(value, canonical=True))


def coded_claim(place: int, value: object) -> bytes:
    claims = list(PAYLOAD[CLAIM])
    claims[place] = value
    return coded_payload({**PAYLOAD, CLAIM: claims})


def coded_header(value: object) -> bytes:
    return coded(protected=cbor2.dumps(value, canonical=True))


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
    "short signature": coded(signature=bytes(63)),
    "long signature": coded(signature=bytes(65)),
    "indefinite array": b"\xd2\x9f" + CODE[2:] + b"\xff",
    "indefinite bytes": coded().replace(b"\x58\x40" + bytes(64), b"\x5f\x58\x40" + bytes(64) + b"\xff"),
    "length not shortest": coded().replace(b"\x58\x40" + bytes(64), b"\x59\x00\x40" + bytes(64)),
    "header is no map": coded_header([1]),
    "header without a key": coded_header({1: -8}),
    "another algorithm": coded_header({1: -7, 4: b"abcd"}),
    "algorithm as a float": coded_header({1: -8.0, 4: b"abcd"}),
    "a longer hint": coded_header({1: -8, 4: b"abcde"}),
    "a third header": coded_header({1: -8, 4: b"abcd", 5: 1}),
    "critical header": coded_header({1: -8, 2: [4], 4: b"abcd"}),
    "header twice": coded(protected=b"\xa3\x01\x27\x04\x44abcd\x04\x44abcd"),
    "headers out of order": coded(protected=b"\xa2\x04\x44abcd\x01\x27"),
    "number not shortest": coded(payload=PARTS.payload.replace(b"\x8b\x01\x18\x1a", b"\x8b\x18\x01\x18\x1a")),
    "payload is no map": coded_payload([1]),
    "a date is missing": coded_payload({4: 1, 5: 1, CLAIM: PAYLOAD[CLAIM]}),
    "a claim too many": coded_payload({**PAYLOAD, 1: "x"}),
    "date as text": coded_payload({**PAYLOAD, 4: "1"}),
    "date as float": coded_payload({**PAYLOAD, 4: 1.0}),
    "negative date": coded_payload({**PAYLOAD, 4: -1}),
    "huge date": coded_payload({**PAYLOAD, 4: 2**53}),
    "big number": coded_payload({**PAYLOAD, 4: 2**70}),
    "key as float": coded_payload({4.0: PAYLOAD[4], 5: PAYLOAD[5], 6: PAYLOAD[6], CLAIM: PAYLOAD[CLAIM]}),
    "key twice": coded(payload=b"\xa5\x04\x01" + PARTS.payload[1:]),
    "claim is no array": coded_payload({**PAYLOAD, CLAIM: "x"}),
    "claim too short": coded_payload({**PAYLOAD, CLAIM: list(PAYLOAD[CLAIM])[:-1]}),
    "claim too long": coded_payload({**PAYLOAD, CLAIM: [*PAYLOAD[CLAIM], 0]}),
    "another version": coded_claim(0, 2),
    "version as true": coded_claim(0, True),
    "year as null": coded_claim(1, None),
    "index as text": coded_claim(8, "5"),
    "name as number": coded_claim(9, 5),
    "name as bytes": coded_claim(9, b"x"),
    "name too long": coded_claim(10, "x" * (LONGEST_NAME + 1)),
    "bad UTF-8": coded(payload=PARTS.payload.replace("林知远".encode(), b"\xff\xfe\xfd" * 3)),
    "a date tag": coded_claim(8, cbor2.CBORTag(0, "2026-01-01T00:00:00Z")),
    "deep": coded_claim(9, [[[[[[["x"]]]]]]]),
    "array of 2^32": b"\xd2\x9b\x00\x00\x00\x01\x00\x00\x00\x00",
    "nested indefinite": b"\x9f" * 300,
    "shared reference": b"\xd8\x1c\x81\xd8\x1d\x00",
    "empty text in the unprotected header": cbor2.dumps(
        cbor2.CBORTag(18, [PARTS.protected, {"": 0}, PARTS.payload, bytes(64)])
    ),
    "header keys as text": coded_header({"1": -8, "4": b"abcd"}),
    "header keys in one text": coded_header({"1,4": b"abcd"}),
    "unprotected header not shortest": CODE.replace(b"\xa0", b"\xb8\x00", 1),
    "one byte for 23": coded(payload=PARTS.payload.replace(b"\x18\x7b", b"\x18\x17")),
    "two bytes for 255": coded(payload=PARTS.payload.replace(b"\x18\x7b", b"\x19\x00\xff")),
    "four bytes for 65535": coded(payload=PARTS.payload.replace(b"\x18\x7b", b"\x1a\x00\x00\xff\xff")),
    "eight bytes for 2^32 - 1": coded(
        payload=PARTS.payload.replace(b"\x18\x7b", b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff")
    ),
    "reserved length": coded(payload=PARTS.payload.replace(b"\x18\x7b", b"\x1c\x7b")),
    "surrogate in a name": coded(payload=PARTS.payload.replace("林".encode(), b"\xed\xa0\x80")),
    "overlong UTF-8": coded(payload=PARTS.payload.replace("林".encode(), b"\xe0\x80\xaf")),
    "name cut in a sign": coded(payload=PARTS.payload.replace("远".encode(), b"\x64\xe8\xbf")),
    "indefinite text": coded(payload=PARTS.payload.replace(b"\x69", b"\x7f\x69", 1)),
    "indefinite map": coded(payload=b"\xbf" + PARTS.payload[1:] + b"\xff"),
    "payload out of order": coded(payload=b"\xa4" + PARTS.payload[7:13] + PARTS.payload[1:7] + PARTS.payload[13:]),
    "something after the payload": coded(payload=PARTS.payload + b"\x00"),
    "something after the header": coded(protected=PARTS.protected + b"\x00"),
    "empty header": coded(protected=b""),
    "empty payload": coded(payload=b""),
    "undefined": coded_claim(8, cbor2.undefined),
    "bignum": coded_claim(8, cbor2.CBORTag(2, b"\x05")),
    "a tag around it": b"\xd8\x3d" + CODE,
    "tags upon tags": b"\xd2" * 300,
}
