"""Multibase base58btc (`z…`), bounded before it is decoded."""

import re

from gmpy2 import mpz

_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# GMP writes and reads any base up to 62, with the first of these digits.
_BASE, _OF_GMP = 58, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
_WRITTEN, _READ = bytes.maketrans(_OF_GMP, _ALPHABET), bytes.maketrans(_ALPHABET, _OF_GMP)
# A 96-byte value (P-384) has at most 132 characters; decoding is quadratic, so longer texts are refused unread.
# Over this alphabet every text is the one spelling of its bytes.
_TEXT = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{1,135}")


class MultibaseError(ValueError):
    """The text is not base58btc multibase of the expected length."""

    code = "multibase"


def encode(value: bytes) -> str:
    """Return `value` as multibase base58btc."""
    text = mpz.from_bytes(value).digits(_BASE).encode().translate(_WRITTEN).decode()
    return f"z{'1' * _zeros(value)}{text.lstrip('1')}"


def decode(text: object, *, length: int) -> bytes:
    """Return the bytes of the multibase `text`, which must hold exactly `length` bytes.

    Only the canonical spelling is accepted. Raises `MultibaseError` otherwise.
    """
    if not isinstance(text, str) or _TEXT.fullmatch(text) is None:
        raise MultibaseError("not a base58btc multibase value")
    try:
        value: bytes = mpz(text[1:].encode().translate(_READ), _BASE).to_bytes(length)
    except OverflowError as error:
        raise MultibaseError(f"more than {length} bytes in base58btc") from error
    # Each leading zero byte is one leading 1, or the text holds another number of bytes.
    if len(text) - len(text[1:].lstrip("1")) - 1 != _zeros(value):
        raise MultibaseError(f"not {length} bytes in base58btc")
    return value


def _zeros(value: bytes) -> int:
    return len(value) - len(value.lstrip(b"\0"))
