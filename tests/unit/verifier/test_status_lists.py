"""The bits of a status list: strict to read, bounded, and one index means one bit."""

import base64
import gzip
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.proofs import document_bytes
from issuer.status_lists import encode_bits
from tests.support import world
from tests.support.expect import DROP, changed, faults
from tests.support.online import online
from verifier.checks import Outcome
from verifier.judge import judge
from verifier.state import State
from verifier.status_list import MINIMUM_BITS, StatusList, StatusListError, inflate
from verifier.verdict import report_state

BITS = bytes(MINIMUM_BITS // 8)
MEBIBYTE = 1024 * 1024


def encoded(packed: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


PACKED = gzip.compress(BITS, mtime=0)
WRONG_CRC = PACKED[:-8] + bytes([PACKED[-8] ^ 1]) + PACKED[-7:]
ILL_FORMED = [
    pytest.param(encoded(PACKED)[1:], "list_encoding", id="threat_S05-without-u"),
    pytest.param("z" + encoded(PACKED)[1:], "list_encoding", id="threat_S05-other-multibase"),
    pytest.param("u" + base64.urlsafe_b64encode(PACKED + b"\0").decode(), "list_encoding", id="threat_S05-padding"),
    pytest.param("u" + base64.b64encode(b"\xfb\xff\xfe").decode(), "list_encoding", id="threat_S05-other-alphabet"),
    pytest.param(encoded(PACKED) + " ", "list_encoding", id="threat_S05-space"),
    pytest.param("uA", "list_encoding", id="threat_S05-one-letter"),
    pytest.param("u", "list_encoding", id="threat_S05-empty"),
    pytest.param("u\u00e9", "list_encoding", id="threat_S05-not-ascii"),
    pytest.param(None, "list_encoding", id="threat_S05-null"),
    pytest.param(["u"], "list_encoding", id="threat_S05-array"),
    pytest.param(encoded(PACKED[:-1]), "list_encoding", id="threat_S04-truncated"),
    pytest.param(encoded(PACKED[:20]), "list_encoding", id="threat_S04-cut-in-half"),
    pytest.param(encoded(PACKED + PACKED), "list_encoding", id="threat_S04-second-member"),
    pytest.param(encoded(PACKED + b"\0"), "list_encoding", id="threat_S04-trailing-byte"),
    pytest.param(encoded(WRONG_CRC), "list_encoding", id="threat_S04-wrong-crc"),
    pytest.param(encoded(zlib.compress(BITS)), "list_encoding", id="threat_S04-zlib-not-gzip"),
    pytest.param(encoded(BITS), "list_encoding", id="threat_S04-not-packed"),
    pytest.param(encoded(gzip.compress(BITS[:-1])), "list_too_small", id="threat_S02-one-byte-short"),
    pytest.param(encoded(gzip.compress(b"")), "list_too_small", id="threat_S02-no-bits"),
]


@pytest.mark.parametrize(("text", "code"), ILL_FORMED)
def test_an_ill_formed_list_says_nothing(text: str, code: str) -> None:
    with pytest.raises(StatusListError) as refusal:
        inflate(text)
    assert refusal.value.code == code


def test_threat_S05_a_list_has_one_spelling() -> None:
    """The last letter may hold bits that belong to no byte: many decoders pass over them."""
    packed = next(one for one in (gzip.compress(bytes(16_384 + more)) for more in range(999)) if len(one) % 3)
    text = encoded(packed)
    twin = text[:-1] + chr(ord(text[-1]) + 1)
    assert base64.urlsafe_b64decode(twin[1:] + "==") == packed
    assert inflate(text)
    with pytest.raises(StatusListError, match="list_encoding"):
        inflate(twin)


@pytest.mark.parametrize("size", [MINIMUM_BITS // 8, 8 * MEBIBYTE], ids=["131072 bits", "8 MiB"])
def test_both_ends_of_the_allowed_length(size: int) -> None:
    assert len(inflate(encoded(gzip.compress(bytes(size), compresslevel=1)))) == size


def bomb(unpacked: int) -> bytes:
    """Return a gzip stream of `unpacked` MiB of zeros whose third block of 8 MiB, if it is ever reached, is broken."""
    engine = zlib.compressobj(9, wbits=31)
    first, block = (engine.compress(bytes(8 * MEBIBYTE)) + engine.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + block + b"\xff" * 8 + block * (unpacked // 8 - 2)


def test_threat_S01_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """Whoever unpacks more than the bound comes upon the broken block and says so."""
    whole = bomb(1024)
    with pytest.raises(zlib.error):
        zlib.decompress(whole, wbits=31)
    with pytest.raises(StatusListError) as refusal:
        inflate(encoded(whole))
    assert refusal.value.code == "list_too_large"


def test_threat_S01_one_byte_over_8_MiB_is_too_large() -> None:
    with pytest.raises(StatusListError) as refusal:
        inflate(encoded(gzip.compress(bytes(8 * MEBIBYTE + 1), compresslevel=1)))
    assert refusal.value.code == "list_too_large"


@given(st.sets(st.integers(0, MINIMUM_BITS - 1), max_size=20), st.integers(0, MINIMUM_BITS - 1))
@settings(max_examples=40, deadline=None)
def test_encoding_then_decoding_gives_the_same_bits(indexes: set[int], asked: int) -> None:
    read = StatusList(inflate(encode_bits(indexes)), world.NOW)
    assert all(read.bit(index) for index in indexes)
    assert read.bit(asked) is (asked in indexes)
    assert sum(byte.bit_count() for byte in read.bits) == len(indexes)


def test_the_first_bit_is_the_leftmost_of_the_first_byte() -> None:
    assert inflate(encode_bits([0]))[0] == 0x80
    assert inflate(encode_bits([MINIMUM_BITS - 1]))[-1] == 0x01


@pytest.mark.parametrize("index", [-1, MINIMUM_BITS, 2**63], ids=["-1", "length", "2^63"])
def test_threat_S03_an_index_outside_the_list_has_no_bit(index: int) -> None:
    with pytest.raises(StatusListError) as refusal:
        StatusList(BITS, world.NOW).bit(index)
    assert refusal.value.code == "index_out_of_range"


INDEXES = [
    pytest.param(str(-1), "schema", id="threat_S03-minus-one"),
    pytest.param("01", "schema", id="threat_S03-leading-zero"),
    pytest.param("1e3", "schema", id="threat_S03-exponent"),
    pytest.param(str(2**63), "schema", id="threat_S03-2-to-63"),
    pytest.param("7.0", "schema", id="threat_S03-fraction"),
    pytest.param(7, "schema", id="threat_S03-number"),
    pytest.param(7.5, "schema", id="threat_S03-float"),
    pytest.param(DROP, "schema", id="threat_S03-missing"),
    pytest.param("", "schema", id="threat_S03-empty"),
    pytest.param("\u0661", "schema", id="threat_S03-other-digits"),
]


@pytest.mark.parametrize(("value", "code"), INDEXES)
def test_an_index_that_is_no_number_is_refused(value: Any, code: str) -> None:
    document = changed(
        world.parsed(world.certificate()),
        ("credentialStatus/0/statusListIndex", value),
        ("credentialStatus/1/statusListIndex", value),
    )
    report = judge(document_bytes(document), online(), now=world.NOW)
    assert (report.outcome, report_state(report)) == (Outcome.INVALID, State.INVALID)
    assert faults(report)["schema"] == code
