"""Multibase base58btc (`z…`), bounded before it is decoded."""

import re

import base58

# A 96-byte value (P-384) has at most 132 characters; decoding is quadratic, so longer texts are refused unread.
# Over this alphabet every text is the one spelling of its bytes.
_TEXT = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{1,135}")


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
    if not isinstance(text, str) or _TEXT.fullmatch(text) is None:
        raise MultibaseError("not a base58btc multibase value")
    try:
        value = base58.b58decode_int(text[1:]).to_bytes(length)
    except OverflowError as error:
        raise MultibaseError(f"more than {length} bytes in base58btc") from error
    # Each leading zero byte is one leading 1, or the text holds another number of bytes.
    if len(text) - len(text[1:].lstrip("1")) - 1 != length - len(value.lstrip(b"\0")):
        raise MultibaseError(f"not {length} bytes in base58btc")
    return value
