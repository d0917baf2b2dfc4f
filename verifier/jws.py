"""Signed tokens in their compact form (RFC 7515), read strictly: one spelling, one algorithm, no key from the token.

What RFC 8725 asks for stands here once: the algorithm is fixed by the key, and a `crit` that nobody understands or a
key in the header is refused. Who may sign is not asked here: that is `trust`.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from schemas.base64url import Base64urlError, decode_base64url
from schemas.multikey import Algorithm
from schemas.refusals import translated
from schemas.strict_json import DOCUMENT, Limits, parse_object
from verifier.refusals import DisbelievedError, UnreadableDocumentError, UnreadableFileError
from verifier.signatures import is_signature

LONGEST = 64 * 1024
_HEADER = Limits(size=4 * 1024)


class TokenError(DisbelievedError):
    """A token breaks a rule of its format. `code` names the finding, `pointer` the member at fault."""

    def __init__(self, code: str, pointer: str | None = None) -> None:
        """Keep the finding `code` and its place."""
        super().__init__(code)
        self.pointer = pointer


def refuse(is_fault: object, code: str, pointer: str | None = None) -> None:
    """Raise `TokenError` with `code` and `pointer` if `is_fault` holds."""
    if is_fault:
        raise TokenError(code, pointer)


@dataclass(frozen=True, slots=True)
class Jws:
    """A compact token: its `header`, read once, and the `text` with all three parts."""

    header: dict[str, Any]
    text: str

    @property
    def kind(self) -> str:
        """The header `typ` in its short spelling (RFC 7515, 4.1.9: a media type, `application/` or not), or empty."""
        return str(self.header.get("typ", "")).lower().removeprefix("application/")

    def claims(self, limits: Limits = DOCUMENT) -> dict[str, Any]:
        """Return the payload. Raises `UnreadableDocumentError` if it is no JSON object with one meaning."""
        return _json(self.text.split(".")[1], limits)

    def is_signed_by(self, public_key: bytes) -> bool:
        """Tell whether the last part is the signature of the two others under `public_key`, by the algorithm named."""
        message, _, signature = self.text.rpartition(".")
        with suppress(Base64urlError):
            value = decode_base64url(signature)
            return is_signature(Algorithm(self.header["alg"]), public_key, message.encode(), value)
        return False


def read_jws(text: str, *, longest: int = LONGEST) -> Jws:
    """Return the compact token `text` of at most `longest` characters; neither payload nor signature is looked at.

    Raises `UnreadableFileError` for five parts (RFC 7516), before any key is derived, and `UnreadableDocumentError`.
    """
    parts = text.split(".")
    if len(parts) == 5:
        raise UnreadableFileError("unsupported-media")
    if len(text) > longest or len(parts) != 3:
        raise UnreadableDocumentError(f"a signed token has three parts, and at most {longest} characters")
    return Jws(_json(parts[0], _HEADER), text)


def _json(part: str, limits: Limits) -> dict[str, Any]:
    with translated(ValueError, to=lambda error: UnreadableDocumentError(f"a part of the token: {error}")):
        return parse_object(decode_base64url(part), limits)


def check_header(jws: Jws) -> None:
    """Refuse a header that asks for what is never done.

    Raises `TokenError`: `critical_header`, `key_in_header`, `algorithm` (also without a signature).
    """
    refuse({"crit", "b64"} & jws.header.keys(), "critical_header", "/header/crit")
    refuse({"jwk", "jku", "x5u", "x5c"} & jws.header.keys(), "key_in_header", "/header")
    refuse(jws.header.get("alg") not in list(Algorithm) or jws.text.endswith("."), "algorithm", "/header/alg")
