"""The paper code: the seal on a printed certificate, as bytes, digits and text of its QR (`site.md` 5).

A COSE_Sign1 of CSE's seal key over a short payload. Host and page id are not inside: they are signed as
`external_aad` and read from the address, so that a code glued to another address fails. Decoding accepts
exactly one spelling of each code: what does not encode back to the same bytes is refused.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import cbor2

from schemas.addresses import paper_url
from schemas.refusals import translated

VERSION = 1
LONGEST_NAME = 60
"""Longest name in one script, UTF-8 bytes; above it the paper carries an address alone."""
LONGEST_CODE = 319
"""What a QR of version 12 can hold at the lowest correction: no genuine code is longer."""

_SIGN1, _CLAIM = 18, -65537
_ALG, _KID, _EDDSA, _ED25519 = 1, 4, -8, -19
_EXP, _NBF, _IAT = 4, 5, 6
_SIGNATURE_BYTES, _KID_BYTES, _DEPTH = 64, 4, 6
_GROUP, _WIDTHS = 7, (0, 3, 5, 8, 10, 13, 15, 17)


class PaperCodeError(ValueError):
    """The digits or bytes are no paper code in its one spelling."""

    code = "malformed_cbor"


@dataclass(frozen=True, slots=True)
class PaperPayload:
    """What a paper code says: NumericDates in seconds, then the claims in their order. An absent name is empty."""

    expires_at: int
    not_before: int
    issued_at: int
    year: int
    serial: int
    issue_number: int
    grade: int
    society: int
    field: int
    list_number: int
    index: int
    name_hans: str
    name_latin: str


class PaperCode(NamedTuple):
    """A well-formed code, taken apart: `protected` and `payload` as the bytes that were signed."""

    protected: bytes
    payload: bytes
    signature: bytes
    content: PaperPayload
    key_hint: bytes


_NUMBERS = len(PaperPayload.__slots__) - 2


def encode_payload(content: PaperPayload) -> bytes:
    """Return the signed bytes of `content`. Raises `PaperCodeError` if a name is too long or a number negative."""
    value = _value(content)
    _content(value)
    return _encoded(value)


def _value(content: PaperPayload) -> dict[int, Any]:
    expires_at, not_before, issued_at, *claims = (getattr(content, name) for name in content.__slots__)
    return {_EXP: expires_at, _NBF: not_before, _IAT: issued_at, _CLAIM: [VERSION, *claims]}


@lru_cache(maxsize=64)
def protected_header(public_key: bytes) -> bytes:
    """Return the protected header: EdDSA, and the first bytes of the key's digest as a hint."""
    return _encoded({_ALG: _EDDSA, _KID: hashlib.sha256(public_key).digest()[:_KID_BYTES]})


def signed_bytes(protected: bytes, payload: bytes, *, base: str, page_id: str) -> bytes:
    """Return the Sig_structure of RFC 9052 4.4, bound to the host of `base` and to the page."""
    bound = f"cse-qr-v1{urlsplit(base).netloc.lower()}{page_id.lower()}".encode()
    return _encoded(["Signature1", protected, bound, payload])


def encode_code(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """Return the whole code."""
    return _encoded(cbor2.CBORTag(_SIGN1, [protected, {}, payload, signature]))


def decode_code(content: bytes) -> PaperCode:
    """Take a code apart. Raises `PaperCodeError` for anything but the one spelling of a code."""
    if len(content) > LONGEST_CODE:
        raise PaperCodeError("the code is longer than any that was ever printed")
    outer = _decoded(content)
    if not isinstance(outer, cbor2.CBORTag) or outer.tag != _SIGN1:
        raise PaperCodeError("this is no COSE_Sign1")
    parts = outer.value
    if not isinstance(parts, (list, tuple)) or len(parts) != 4 or parts[1] != {}:
        raise PaperCodeError("a COSE_Sign1 has four parts, and the second is empty")
    protected, _, payload, signature = parts
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise PaperCodeError("header, payload and signature are byte strings")
    if len(signature) != _SIGNATURE_BYTES:
        raise PaperCodeError("the signature has 64 bytes")
    fields_read, hint = _content(_decoded(payload)), _key_hint(_decoded(protected))
    headers = (_encoded({_ALG: name, _KID: hint}) for name in (_EDDSA, _ED25519))
    # What was read must encode to the very bytes: no other length, order, type or number form (RFC 8949 4.2.1).
    encoded_anew = _encoded(_value(fields_read)), encode_code(protected, payload, signature)
    if protected not in headers or encoded_anew != (payload, content):
        raise PaperCodeError("this is not CBOR in deterministic encoding")
    return PaperCode(protected, payload, signature, fields_read, hint)


def _encoded(value: Any) -> bytes:
    """Encode deterministically (RFC 8949 4.2.1): whoever calls has the keys of a map in order."""
    return cbor2.dumps(value)


def _decoded(content: bytes) -> Any:
    """Decode one CBOR item with nothing after it."""
    with translated(cbor2.CBORError, ValueError, TypeError, OverflowError, to=PaperCodeError("this is not CBOR")):
        return cbor2.loads(content, max_depth=_DEPTH, allow_indefinite=False, allow_duplicate_keys=False)


def _key_hint(header: Any) -> bytes:
    hint = header.get(_KID) if isinstance(header, dict) else None
    if not isinstance(hint, bytes) or len(hint) != _KID_BYTES:
        raise PaperCodeError("the header names EdDSA and four bytes of the key")
    return hint


def _content(value: Any) -> PaperPayload:
    if not isinstance(value, dict) or set(value) != {_EXP, _NBF, _IAT, _CLAIM}:
        raise PaperCodeError("the payload has three dates and one claim")
    claims = value[_CLAIM]
    if not isinstance(claims, (list, tuple)) or len(claims) != _NUMBERS or claims[0] != VERSION:
        raise PaperCodeError("the claim is no registration of version 1")
    numbers, names = (value[_EXP], value[_NBF], value[_IAT], *claims[1:-2]), claims[-2:]
    if {type(claims[0]), *map(type, numbers)} != {int} or min(numbers) < 0 or max(numbers) >= 2**53:
        raise PaperCodeError("dates and numbers are whole numbers")
    if not all(isinstance(name, str) and len(name.encode()) <= LONGEST_NAME for name in names):
        raise PaperCodeError(f"a name is a text of at most {LONGEST_NAME} bytes")
    return PaperPayload(*numbers, *names)


def paper_sha256(content: bytes) -> str:
    """Return the digest under which the register knows a code."""
    return hashlib.sha256(content).hexdigest()


def to_digits(content: bytes) -> str:
    """Write bytes as decimal digits: groups of 7 bytes as 17 digits, the last group shorter."""
    groups = [content[start : start + _GROUP] for start in range(0, len(content), _GROUP)]
    return "".join(f"{int.from_bytes(group):0{_WIDTHS[len(group)]}}" for group in groups)


def from_digits(digits: str) -> bytes:
    """Read decimal digits back. Raises `PaperCodeError` for another length, character or too large a value."""
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > len(to_digits(bytes(LONGEST_CODE))):
        raise PaperCodeError("a paper code is written in decimal digits")
    groups = [digits[start : start + _WIDTHS[-1]] for start in range(0, len(digits), _WIDTHS[-1])]
    none = PaperCodeError("the digits have a length or value that no bytes have")
    with translated(ValueError, OverflowError, to=none):
        return b"".join(int(group).to_bytes(_WIDTHS.index(len(group))) for group in groups)


def code_segments(base: str, page_id: str, code: bytes | None) -> tuple[tuple[str, str], ...]:
    """Return the text of a QR in segments, each with its mode; without a `code` it is the address alone.

    Host and path are in upper case, which needs fewer modules; the scheme is not, for the sake of old readers.
    """
    scheme, rest = paper_url(base, page_id).split("://", 1)
    address = ((f"{scheme}://", "byte"), (rest, "alphanumeric"))
    return address if code is None else (*address, ("#", "byte"), (to_digits(code), "numeric"))
