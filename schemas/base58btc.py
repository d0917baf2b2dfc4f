"""Multibase base58btc (`z…`), bounded before it is decoded."""

import base58

_LONGEST = 136
"""A 96-byte value (P-384) has at most 132 characters; decoding is quadratic, so longer texts are refused unread."""


class MultibaseError(ValueError):
    """The text is not base58btc multibase of the expected length."""

    code = "multibase"


def encode(value: bytes) -> str:
    """Return `value` as multibase base58btc."""
    return "z" + base58.b58encode(value).decode("ascii")


def decode(text: object, *, length: int) -> bytes:
    """Return the bytes of the multibase `text`, which must hold exactly `length` bytes.

    Only the canonical spelling is accepted. Raises `MultibaseError` otherwise.
    """
    if not isinstance(text, str) or not text.startswith("z") or len(text) > _LONGEST:
        raise MultibaseError("not a base58btc multibase value")
    try:
        value = base58.b58decode(text[1:].encode("ascii"))
    except ValueError as error:
        raise MultibaseError("not a base58btc multibase value") from error
    if len(value) != length or encode(value) != text:
        raise MultibaseError(f"not {length} bytes in base58btc")
    return value
