"""Base64url without padding (RFC 7515, 2): every value has exactly one spelling, and every other is refused."""

import base64

from schemas.refusals import translated


class Base64urlError(ValueError):
    """The text is not the base64url form of any bytes."""

    code = "base64url"


def encode_base64url(content: bytes) -> str:
    """Return the base64url form of `content`."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decode_base64url(text: object) -> bytes:
    """Return the bytes behind `text`. Padding, other alphabets, spare bits, anything else: `Base64urlError`."""
    with translated(ValueError, to=Base64urlError("not base64url")):
        content = base64.b64decode(f"{text}{'=' * (-len(f'{text}') % 4)}", altchars=b"-_", validate=True)
    if encode_base64url(content) != text:
        raise Base64urlError("not the one base64url form of these bytes")
    return content
