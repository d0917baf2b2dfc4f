"""JSON as it is read from strangers: one meaning per text, or a refusal (RFC 8259, RFC 7493 I-JSON).

Refused are: other encodings than UTF-8 and a byte order mark, duplicate member names, `NaN` and
infinities, numbers outside the exact range of a double, lone surrogates, and all that is over a limit
(`threats.md` 3).
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any, NoReturn

import orjson

_EXACT_INTEGER = 2**53 - 1
_AS_BRACES = bytes.maketrans(b"[]", b"{}")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of a JSON text; each is allowed, one more is refused."""

    size: int = 256 * 1024
    depth: int = 32
    members: int = 5_000
    string: int = 64 * 1024


DOCUMENT = Limits()
TRUST_LIST = Limits(size=4 * 1024 * 1024, members=200_000)
STATUS_LIST = Limits(size=2 * 1024 * 1024, string=1024 * 1024 + 16)


class MalformedJsonError(ValueError):
    """The text is not JSON with one meaning, or is over a limit."""

    code = "malformed_json"


def _refuse(message: str) -> NoReturn:
    raise MalformedJsonError(message)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        shown = twice if len(twice) <= 40 and twice.isidentifier() else "name"
        _refuse(f"the member {shown} occurs twice in one object")
    return members


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _EXACT_INTEGER:
        _refuse("a number is outside the exact range")
    return int(text)


def _real(text: str) -> int | float:
    value = float(text) if len(text) <= 32 else float("inf")
    if value in (float("inf"), float("-inf")):
        _refuse("a number is outside the exact range")
    # One number has one value: 1.0 and 1e0 are 1, as JCS and JSON-LD have it.
    return int(value) if value.is_integer() and abs(value) <= _EXACT_INTEGER else value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_constant=lambda name: _refuse(f"{name} is not a JSON number"),
    parse_int=_integer,
    parse_float=_real,
)


def _check_nesting(value: Any, limits: Limits) -> None:
    """Walk the value level by level, and refuse depth and members over their limits."""
    level, depth, members = [value], 0, 0
    while level:
        nested = [item for item in level if type(item) is dict or type(item) is list]
        members += sum(map(len, nested))
        if members > limits.members:
            _refuse(f"more than {limits.members} members")
        if nested and depth == limits.depth:
            _refuse(f"nested deeper than {limits.depth}")
        level = [*chain.from_iterable(item.values() if type(item) is dict else item for item in nested)]
        depth += 1


def texts(value: Any) -> Iterator[str]:
    """Yield every text of a JSON value, the names of members among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in chain(*value.items()) if isinstance(value, dict) else value:
            yield from texts(part)


def _as_written(content: bytes, limits: Limits) -> Any:
    """Return the value of a text that is written again just so, or None: in it no name is twice, and nothing is lost.

    Only without spaces, escapes and real numbers: one number may be written in many ways. And only within the limits,
    as far as brackets and commas outside of its texts tell.
    """
    words = b"".join(content.split(b'"')[::2])
    others = words.translate(None, b"{}[]:,-0123456789")
    has_others = others.replace(b"true", b"").replace(b"false", b"").replace(b"null", b"")
    with suppress(ValueError, TypeError):
        if not has_others and b"\\" not in content and _is_within(words, limits):
            value = orjson.loads(content)
            return value if orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == content else None
    return None


def _is_within(words: bytes, limits: Limits) -> bool:
    """Tell whether what is no text of a JSON text nests so deep at most, and has so many members."""
    nesting = words.translate(_AS_BRACES, b":-0123456789truefalsn")
    depth = limits.depth if nesting.count(b"{") + nesting.count(b",") <= limits.members else 0
    nesting = nesting.translate(None, b",")
    # Each time the innermost are taken away.
    while nesting and depth:
        nesting, depth = nesting.replace(b"{}", b""), depth - 1
    return not nesting


def _decoded(content: bytes, limits: Limits) -> Any:
    try:
        text = content.decode("utf-8")
        if text.startswith("\ufeff"):
            _refuse("begins with a byte order mark")
        value = _DECODER.decode(text)
        # A text that is UTF-8 holds a lone surrogate only by an escape.
        if _SURROGATE.search(text) is not None:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        return value
    except UnicodeEncodeError as error:
        raise MalformedJsonError("a text holds a lone surrogate") from error
    except UnicodeDecodeError as error:
        raise MalformedJsonError("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise MalformedJsonError(f"not JSON: line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise MalformedJsonError(f"nested deeper than {limits.depth}") from error


def parse(content: bytes, limits: Limits = DOCUMENT) -> Any:
    """Return the value of the JSON text `content`.

    Raises `MalformedJsonError` with a plain sentence for everything the module docstring lists.
    """
    if len(content) > limits.size:
        _refuse(f"larger than {limits.size} bytes")
    # What stands around a text says nothing.
    value = _as_written(content.strip(b" \t\r\n"), limits)
    if value is None:
        value = _decoded(content, limits)
        _check_nesting(value, limits)
    if len(content) > limits.string and any(len(one) > limits.string for one in texts(value)):
        _refuse(f"a text is longer than {limits.string} characters")
    return value


def parse_object(content: bytes, limits: Limits = DOCUMENT) -> dict[str, Any]:
    """Return the JSON object in `content`. Raises `MalformedJsonError`, also for any other JSON value."""
    value = parse(content, limits)
    if not isinstance(value, dict):
        _refuse("not a JSON object")
    return value
