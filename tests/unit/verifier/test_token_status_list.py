"""A Token Status List is believed, and ages, exactly as the two lists of bits are."""

import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.base64url import encode_base64url
from tests.support import tokens, world
from tests.support.tokens import LIST_HEADER, LIST_URL, packed, status_list
from verifier.refusals import DisbelievedError
from verifier.sources import StatusAnswer
from verifier.status_list import read_token_status

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def _read(content: bytes, index: int = 0, **more: Any) -> dict[str, StatusAnswer]:
    asked = {"url": LIST_URL, "index": index, "now": world.NOW, "max_age": DAY, **more}
    return read_token_status(content, tokens.trust(), **asked)


def _code(content: bytes, index: int = 0, **more: Any) -> str:
    with pytest.raises(DisbelievedError) as refusal:
        _read(content, index, **more)
    return refusal.value.code


def _bits(content: bytes, index: int) -> tuple[bool | None, bool | None]:
    found = _read(content, index)
    assert {answer.issued_at for answer in found.values()} == {world.NOW}
    return found["revocation"].bit, found["suspension"].bit


@pytest.mark.parametrize(
    ("value", "bits"), [(0, (False, False)), (1, (True, None)), (2, (False, True)), (3, (None, None))]
)
def test_an_entry_means_two_bits(value: int, bits: tuple[bool | None, bool | None]) -> None:
    content = status_list({tokens.INDEX: value})
    assert _bits(content, tokens.INDEX) == bits
    assert _bits(content, tokens.INDEX + 1) == (False, False)
    assert _bits(content, tokens.INDEX - 1) == (False, False)


def test_a_value_without_a_meaning_is_told_as_such() -> None:
    assert _read(status_list({5: 3}), 5)["suspension"].code == "status_unknown_value"


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_every_width_of_the_draft_is_read(bits: int) -> None:
    entries = {"bits": bits, "lst": packed({7: 1}, bits=bits)}
    assert [_bits(status_list(status_list=entries), index)[0] for index in (6, 7, 8)] == [False, True, False]


def test_the_draft_counts_entries_from_the_lowest_bits() -> None:
    """The example of the draft: 9 1 2 3 ... in one byte, the first entry in its lowest bits."""
    content = bytes([0b11_10_01_00]) + bytes(32_767)
    lst = encode_base64url(zlib.compress(content))
    read = status_list(status_list={"bits": 2, "lst": lst})
    assert [_bits(read, index) for index in range(4)] == [(False, False), (True, None), (False, True), (None, None)]


BOMB = zlib.compressobj(9)
BOMB_TEXT = encode_base64url(BOMB.compress(bytes(9 * 1024 * 1024)) + BOMB.flush())
REFUSED = [
    pytest.param({"bits": 3, "lst": packed({})}, "list_malformed", id="threat_S06-bits-3"),
    pytest.param({"bits": 0, "lst": packed({})}, "list_malformed", id="threat_S06-bits-0"),
    pytest.param({"bits": True, "lst": packed({})}, "list_malformed", id="threat_S06-bits-true"),
    pytest.param({"bits": "2", "lst": packed({})}, "list_malformed", id="threat_S06-bits-text"),
    pytest.param({"lst": packed({})}, "list_malformed", id="threat_S06-bits-absent"),
    pytest.param({"bits": 2}, "list_malformed", id="threat_S06-lst-absent"),
    pytest.param({"bits": 2, "lst": packed({}, wbits=31)}, "list_encoding", id="threat_S06-gzip"),
    pytest.param({"bits": 2, "lst": packed({}, wbits=-15)}, "list_encoding", id="threat_S06-deflate-alone"),
    pytest.param({"bits": 2, "lst": packed({})[:-4]}, "list_encoding", id="threat_S06-truncated"),
    pytest.param({"bits": 2, "lst": packed({}) + "AAAA"}, "list_encoding", id="threat_S06-trailing-bytes"),
    pytest.param({"bits": 2, "lst": packed({}) + "="}, "list_encoding", id="threat_S06-padding"),
    pytest.param({"bits": 2, "lst": "u" + packed({})}, "list_encoding", id="threat_S06-multibase"),
    pytest.param({"bits": 2, "lst": ""}, "list_encoding", id="threat_S06-empty"),
    pytest.param({"bits": 2, "lst": BOMB_TEXT}, "list_too_large", id="threat_S06-bomb"),
    pytest.param({"bits": 1, "lst": packed({}, bits=1, entries=131_064)}, "list_too_small", id="threat_S02-short"),
]


@pytest.mark.parametrize(("entries", "code"), REFUSED)
def test_an_ill_formed_list_says_nothing(entries: dict[str, Any], code: str) -> None:
    assert _code(status_list(status_list=entries)) == code


@pytest.mark.parametrize("index", [131_072, 2**63, -1])
def test_threat_S03_an_entry_beyond_the_end_is_none(index: int) -> None:
    assert _code(status_list(), index) == "index_out_of_range"


def test_threat_S03_the_last_entry_is_one() -> None:
    assert _bits(status_list({131_071: 1}), 131_071) == (True, None)


CHANGES = [
    ({"sub": f"{world.BASE}/statuslist/2"}, "list_of_another"),
    ({"sub": None}, "list_malformed"),
    ({"iat": None}, "list_malformed"),
    ({"exp": None}, "list_malformed"),
    ({"exp": "tomorrow"}, "list_malformed"),
    ({"ttl": 0}, "list_malformed"),
    ({"status": {"status_list": {"idx": 1, "uri": LIST_URL}}}, "list_malformed"),
]


@pytest.mark.parametrize(("changes", "code"), CHANGES)
def test_the_claims_of_a_list_are_closed(changes: dict[str, Any], code: str) -> None:
    assert _code(status_list(**changes)) == code


def test_how_long_it_may_be_kept_does_not_matter() -> None:
    assert _bits(status_list(ttl=None), 0) == (False, False)


@pytest.mark.parametrize(
    ("offset", "code"),
    [
        (timedelta(seconds=-120), None),
        (timedelta(seconds=-121), "list_not_yet_valid"),
        (DAY - timedelta(microseconds=1), None),
        (DAY, "list_too_old"),
    ],
)
def test_threat_S11_a_list_is_for_its_time(offset: timedelta, code: str | None) -> None:
    if code is None:
        assert _read(status_list(), now=world.NOW + offset)
    else:
        assert _code(status_list(), now=world.NOW + offset) == code


def test_threat_S11_a_shorter_age_counts_too() -> None:
    content, half = status_list(), timedelta(minutes=30)
    assert _read(content, now=world.NOW + half, max_age=half)
    assert _code(content, now=world.NOW + half + SECOND, max_age=half) == "list_too_old"


SIGNERS = [
    pytest.param(status_list(label="holder/1"), "list_proof", id="threat_S09-another-key"),
    pytest.param(
        status_list(header={**LIST_HEADER, "kid": tokens.ISSUE_KEY}, label="cse/issue-p256-2026"),
        "list_signer",
        id="threat_S09-the-key-of-copies",
    ),
    pytest.param(status_list(header={**LIST_HEADER, "kid": "x"}), "list_signer", id="threat_S09-unknown-key"),
    pytest.param(status_list(header={"alg": "ES256", "typ": "statuslist+jwt"}), "list_signer", id="threat_S09-no-key"),
    pytest.param(status_list(iat=tokens.seconds(tokens.DURING[0]) - 1), "list_signer", id="threat_S09-before-its-time"),
    pytest.param(status_list(header={**LIST_HEADER, "typ": "vc+jwt"}), "typ", id="threat_V15-a-credential-as-list"),
    pytest.param(status_list(header={**LIST_HEADER, "alg": "HS256"}), "algorithm", id="threat_V11-list"),
    pytest.param(status_list(header={**LIST_HEADER, "crit": ["x"]}), "critical_header", id="threat_V14-list"),
    pytest.param(b"x", "list_malformed", id="no token"),
    pytest.param(b"\xff", "list_malformed", id="no text"),
    pytest.param(b"a.b.c.d.e", "list_malformed", id="threat_V17-list"),
    pytest.param(status_list() + b"A", "list_proof", id="a character more"),
]


@pytest.mark.parametrize(("content", "code"), SIGNERS)
def test_only_the_key_for_such_lists_speaks_for_it(content: bytes, code: str) -> None:
    assert _code(content) == code


def test_a_key_of_another_body_does_not_count() -> None:
    trust = tokens.trust()
    other = replace(trust.keys[tokens.STATUS_KEY], key_id=f"{world.did('ele')}#status-p256-2026")
    keys = trust.keys | {tokens.STATUS_KEY: other}
    with pytest.raises(DisbelievedError, match="list_signer"):
        read_token_status(status_list(), replace(trust, keys=keys), url=LIST_URL, index=0, now=world.NOW, max_age=DAY)


def test_nothing_is_unpacked_before_it_is_known_who_signed() -> None:
    assert _code(status_list(label="holder/1", status_list={"bits": 2, "lst": BOMB_TEXT})) == "list_proof"
