"""Multibase base58btc (`z…`), bounded before it is decoded."""

import re

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_TWO_DIGITS = len(_PAIRS)
_FOUR_DIGITS = _TWO_DIGITS**2
# A 96-byte value (P-384) has at most 132 characters; decoding is quadratic, so longer texts are refused unread.
# Over this alphabet every text is the one spelling of its bytes.
_TEXT = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{1,135}")
_VALUES = bytes.maketrans(_ALPHABET.encode(), bytes(range(len(_ALPHABET))))
# Every digit has 8 bits of one number; each step makes one of two neighbours, all at once, until 256 are one:
# (bits of a digit, those of every second digit, its base).
_STEPS = [
    (8 * width, int.from_bytes((bytes(width) + b"\xff" * width) * (128 // width)), len(_ALPHABET) ** width)
    for width in (1, 2, 4, 8, 16, 32, 64, 128)
]


class MultibaseError(ValueError):
    """The text is not base58btc multibase of the expected length."""

    code = "multibase"


def encode(value: bytes) -> str:
    """Return `value` as multibase base58btc."""
    number, text = int.from_bytes(value), ""
    while number:
        number, rest = divmod(number, _FOUR_DIGITS)
        text = f"{_PAIRS[rest // _TWO_DIGITS]}{_PAIRS[rest % _TWO_DIGITS]}{text}"
    return f"z{'1' * _zeros(value)}{text.lstrip('1')}"


def decode(text: object, *, length: int) -> bytes:
    """Return the bytes of the multibase `text`, which must hold exactly `length` bytes.

    Only the canonical spelling is accepted. Raises `MultibaseError` otherwise.
    """
    if not isinstance(text, str) or _TEXT.fullmatch(text) is None:
        raise MultibaseError("not a base58btc multibase value")
    number = int.from_bytes(text[1:].encode().translate(_VALUES))
    for bits, odd, base in _STEPS:
        number = (number >> bits & odd) * base + (number & odd)
    try:
        value = number.to_bytes(length)
    except OverflowError as error:
        raise MultibaseError(f"more than {length} bytes in base58btc") from error
    # Each leading zero byte is one leading 1, or the text holds another number of bytes.
    if len(text) - len(text[1:].lstrip("1")) - 1 != _zeros(value):
        raise MultibaseError(f"not {length} bytes in base58btc")
    return value


def _zeros(value: bytes) -> int:
    return len(value) - len(value.lstrip(b"\0"))
