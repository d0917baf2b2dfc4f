"""JSON as it is read from strangers: one meaning per text, or a refusal (RFC 8259, RFC 7493 I-JSON).

Refused are: other encodings than UTF-8 and a byte order mark, duplicate member names, `NaN` and
infinities, numbers outside the exact range of a double, lone surrogates, and all that is over a limit
(`threats.md` 3).
"""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

_EXACT_INTEGER = 2**53 - 1


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
        _refuse("a member name occurs twice in one object")
    return members


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > _EXACT_INTEGER:
        _refuse("a number is outside the exact range")
    return int(text)


def _real(text: str) -> float:
    value = float(text) if len(text) <= 32 else float("inf")
    if value in (float("inf"), float("-inf")):
        _refuse("a number is outside the exact range")
    return value


def _check_depth(text: str, limit: int) -> None:
    """Refuse nesting deeper than `limit` before the recursive parser sees it."""
    depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string, escaped = (escaped or character != '"'), (character == "\\" and not escaped)
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > limit:
                _refuse(f"nested deeper than {limit}")
        elif character in "]}":
            depth -= 1


def _check_content(value: Any, limits: Limits) -> None:
    members = 0
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            _check_text(item, limits.string)
        elif isinstance(item, (dict, list)):
            members += len(item)
            if members > limits.members:
                _refuse(f"more than {limits.members} members")
            waiting.extend(item)
            if isinstance(item, dict):
                waiting.extend(item.values())


def _check_text(text: str, longest: int) -> None:
    if len(text) > longest:
        _refuse(f"a text is longer than {longest} characters")
    if any("\ud800" <= character <= "\udfff" for character in text) if not text.isascii() else False:
        _refuse("a text holds a lone surrogate")


def parse(content: bytes, limits: Limits = DOCUMENT) -> Any:
    """Return the value of the JSON text `content`.

    Raises `MalformedJsonError` with a plain sentence for everything the module docstring lists.
    """
    if len(content) > limits.size:
        _refuse(f"larger than {limits.size} bytes")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJsonError("not UTF-8") from error
    if text.startswith("\ufeff"):
        _refuse("begins with a byte order mark")
    _check_depth(text, limits.depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=lambda name: _refuse(f"{name} is not a JSON number"),
            parse_int=_integer,
            parse_float=_real,
        )
    except MalformedJsonError:
        raise
    except ValueError as error:
        raise MalformedJsonError("not JSON") from error
    _check_content(value, limits)
    return value


def parse_object(content: bytes, limits: Limits = DOCUMENT) -> dict[str, Any]:
    """Return the JSON object in `content`. Raises `MalformedJsonError`, also for any other JSON value."""
    value = parse(content, limits)
    if not isinstance(value, dict):
        _refuse("not a JSON object")
    return value
