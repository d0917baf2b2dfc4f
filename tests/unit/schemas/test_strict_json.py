"""JSON from strangers: each limit to the unit, one meaning per text, and what is read has a canonical form."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.strict_json import DOCUMENT, STATUS_LIST, TRUST_LIST, Limits, MalformedJsonError, parse, parse_object
from verifier.cryptosuite import jcs_bytes

EXACT = 2**53 - 1
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-EXACT, EXACT) | st.floats(-1e15, 1e15) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def members(count: int) -> bytes:
    return json.dumps({f"m{number}": 0 for number in range(count)}).encode()


def two(first: int, second: int) -> bytes:
    return b"[" + members(first) + b"," + members(second) + b"]"


def entries(count: int) -> bytes:
    return json.dumps([0] * count).encode()


def text(length: int) -> bytes:
    return json.dumps("x" * length).encode()


def padded(size: int) -> bytes:
    return b" " * (size - 1) + b"1"


LIMITS: list[tuple[str, bytes, bytes, Limits]] = [
    ("size", padded(262_144), padded(262_145), DOCUMENT),
    ("depth", nested(32), nested(33), DOCUMENT),
    ("depth of objects", b'{"a":' * 32 + b"1" + b"}" * 32, b'{"a":' * 33 + b"1" + b"}" * 33, DOCUMENT),
    ("members of one object", members(5_000), members(5_001), DOCUMENT),
    ("entries of one array", entries(5_000), entries(5_001), DOCUMENT),
    ("members in all", two(2_499, 2_499), two(2_500, 2_499), DOCUMENT),
    ("length of a text", text(65_536), text(65_537), DOCUMENT),
    ("length of a name", b"{" + text(65_536) + b":1}", b"{" + text(65_537) + b":1}", DOCUMENT),
    ("size of a trust list", padded(4 * 1024 * 1024), padded(4 * 1024 * 1024 + 1), TRUST_LIST),
    ("text of a status list", text(1024 * 1024 + 16), text(1024 * 1024 + 17), STATUS_LIST),
    ("largest integer", b"9007199254740991", b"9007199254740992", DOCUMENT),
    ("smallest integer", b"-9007199254740991", b"-9007199254740992", DOCUMENT),
    ("largest fraction", b"1e308", b"1e309", DOCUMENT),
    ("letters of a fraction", b"0." + b"1" * 30, b"0." + b"1" * 31, DOCUMENT),
]  # fmt: skip


@pytest.mark.parametrize(("fits", "over", "limits"), [row[1:] for row in LIMITS], ids=[row[0] for row in LIMITS])
def test_a_limit_is_allowed_and_one_more_is_refused(fits: bytes, over: bytes, limits: Limits) -> None:
    parse(fits, limits)
    with pytest.raises(MalformedJsonError):
        parse(over, limits)


REFUSED = [
    pytest.param(b'{"a":1,"a":1}', "twice", id="duplicate-of-the-same-value"),
    pytest.param(b'{"a":1,"\\u0061":2}', "twice", id="duplicate-by-escape"),
    pytest.param(b'[{"b":{"a":1,"a":2}}]', "twice", id="duplicate-inside"),
    pytest.param(b"NaN", "NaN is not", id="NaN"),
    pytest.param(b"[Infinity]", "Infinity is not", id="Infinity"),
    pytest.param(b"-Infinity", "Infinity is not", id="minus-Infinity"),
    pytest.param(b"1e400", "exact range", id="1e400"),
    pytest.param(b"-1e400", "exact range", id="minus-1e400"),
    pytest.param(b"1" * 5_000, "exact range", id="integer-of-5000-digits"),
    pytest.param(b"1e" + b"9" * 100, "exact range", id="exponent-of-100-digits"),
    pytest.param(b'"\\ud800"', "surrogate", id="lone-high-surrogate"),
    pytest.param(b'"\\udfff"', "surrogate", id="lone-low-surrogate"),
    pytest.param(b'{"\\ud800":1}', "surrogate", id="lone-surrogate-in-a-name"),
    pytest.param(b'"\\udc00\\ud800"', "surrogate", id="pair-in-the-wrong-order"),
    pytest.param(b'"\xff"', "UTF-8", id="byte-that-is-no-utf8"),
    pytest.param(b'"\xc0\x80"', "UTF-8", id="overlong-utf8"),
    pytest.param(b'"\xed\xa0\x80"', "UTF-8", id="surrogate-as-utf8"),
    pytest.param(b"\xef\xbb\xbf1", "byte order mark", id="byte-order-mark"),
    pytest.param(b"[" * 100_000, "nested deeper than 32", id="threat_V08-100000-brackets"),
    pytest.param(b'{"a":' * 100_000, "larger", id="threat_V08-100000-objects"),
    pytest.param(b"]" * 1_000, "not JSON", id="closing-brackets-alone"),
    pytest.param(b'"a\nb"', "not JSON", id="line-break-in-a-text"),
    pytest.param(b"'a'", "not JSON", id="single-quotes"),
    pytest.param(b"01", "not JSON", id="leading-zero"),
    pytest.param(b"[1,]", "not JSON", id="trailing-comma"),
    pytest.param(b"1 2", "not JSON", id="two-values"),
    pytest.param(b"// note\n1", "not JSON", id="comment"),
    pytest.param(b"", "not JSON", id="nothing"),
    pytest.param(b'"open', "not JSON", id="open-text"),
]


@pytest.mark.parametrize(("content", "message"), REFUSED)
def test_a_text_of_more_than_one_meaning_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(MalformedJsonError, match=message):
        parse(content)


@pytest.mark.parametrize("content", [b"[]", b"1", b'"{}"', b"null", b"true"])
def test_a_document_is_an_object(content: bytes) -> None:
    with pytest.raises(MalformedJsonError, match="not a JSON object"):
        parse_object(content)
    assert parse_object(b'{"a":[]}') == {"a": []}


def test_brackets_inside_a_text_are_no_nesting() -> None:
    assert parse(json.dumps("[" * 1_000).encode()) == "[" * 1_000
    assert parse(b'["\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\\\\"]')[1] == "\\"
    assert parse(b'"\\ud83d\\ude00"') == "\U0001f600"


@given(JSON)
@settings(deadline=None)
def test_what_was_written_is_read_and_has_a_canonical_form(value: Any) -> None:
    read = parse(json.dumps(value, ensure_ascii=False).encode())
    assert read == value
    assert parse(jcs_bytes(read)) == read


@given(JSON)
@example([1.0, -0.0, 1e16, 1e-7, True, False, None, EXACT, -EXACT, "1.0", "\\", '"', "\x7f", "\u2028"])
def test_spaces_and_escapes_change_nothing(value: Any) -> None:
    """A text that is written as we write is read by another reader than one with spaces or escapes."""
    compact = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    spaced, escaped = json.dumps(value, ensure_ascii=False, indent=1).encode(), json.dumps(value).encode()
    assert repr(parse(compact)) == repr(parse(spaced)) == repr(parse(escaped))


@given(st.binary(max_size=200))
@example(b'{"a":-0}')
@example(b"-0.0")
@settings(deadline=None)
def test_any_bytes_are_refused_or_have_a_canonical_form(content: bytes) -> None:
    try:
        value = parse(content)
    except MalformedJsonError:
        return
    assert jcs_bytes(value)


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 9), min_size=1, max_size=5), st.data())
@settings(deadline=None)
def test_any_repeated_name_is_refused(value: dict[str, int], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(value)))
    body = json.dumps(value)[1:-1]
    with pytest.raises(MalformedJsonError):
        parse(f"{{{body},{json.dumps(name)}:1}}".encode())


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.0", 1), ("1e0", 1), ("-0.0", 0), ("1.5", 1.5), ("9007199254740991.0", 2**53 - 1), ("1e16", 1e16)],
)
def test_a_number_has_one_value_however_it_is_spelled(text: str, value: float) -> None:
    read = parse(text.encode())
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"a": 1, "b": {"salary": 1, "x": 2, "salary": 3}}', "the member salary occurs twice"),
        (b'{"a\\u202eb": 1, "a\\u202eb": 3}', "the member name occurs twice"),
        (b'{"' + b"a" * 41 + b'": 1, "' + b"a" * 41 + b'": 3}', "the member name occurs twice"),
        (b'{"' + b"a" * 40 + b'": 1, "' + b"a" * 40 + b'": 3}', "the member " + "a" * 40 + " occurs twice"),
        (b'{"a": 1,\n  "b" 2}', "not JSON: line 2, column 7"),
    ],
)
def test_a_refusal_names_the_place_and_no_text_that_could_harm(content: bytes, told: str) -> None:
    with pytest.raises(MalformedJsonError, match=f"^{told}"):
        parse(content)
