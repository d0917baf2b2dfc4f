"""Status lists: did CSE sign this list for now, and what does it say of one certificate or copy.

Bitstring status lists (Bitstring Status List 1.0) hold a bit for each certificate; the Token Status List
(draft-ietf-oauth-status-list) holds the entries of the copies in wallets. Both are believed, and age, in the same way.
A list that cannot be believed answers nothing: `StatusListError` or `TokenError`, never "not set".
"""

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from schemas import contracts, refusals, strict_json
from schemas.base64url import Base64urlError, decode_base64url
from verifier.instants import CLOCK_SKEW, InstantError, parse_instant, parse_numeric_date
from verifier.jws import TokenError, check_header, read_jws, refuse
from verifier.proof_set import shape_fault, signature_fault
from verifier.refusals import DisbelievedError, UnreadableDocumentError
from verifier.sources import StatusAnswer
from verifier.trust import TrustList

MINIMUM_BITS = 131_072
_LARGEST = 8 * 1024 * 1024
_GZIP = 31


class StatusListError(DisbelievedError):
    """The list cannot be believed, so it says nothing about any certificate. `code` names the reason."""


@dataclass(frozen=True, slots=True)
class StatusList:
    """A believed list: its bits, and when it was issued."""

    bits: bytes
    issued_at: datetime

    def bit(self, index: int) -> bool:
        """Return the bit at `index`; 0 is the leftmost of the first byte. Raises `StatusListError` beyond the end."""
        if not 0 <= index < len(self.bits) * 8:
            raise StatusListError("index_out_of_range")
        return bool(self.bits[index // 8] >> (7 - index % 8) & 1)


def inflate(encoded: object, *, prefix: str = "u", wbits: int = _GZIP) -> bytes:
    """Return the bits in `encodedList` (multibase `u`, one gzip member), never more than 8 MiB.

    Another list may have another `prefix`, and another format of zlib (`wbits`). Raises `StatusListError`:
    `list_encoding`, `list_too_large`, `list_too_small`.
    """
    text = str(encoded)
    with refusals.translated(Base64urlError, zlib.error, to=StatusListError("list_encoding")):
        engine = zlib.decompressobj(wbits=wbits)
        bits = engine.decompress(decode_base64url(text.removeprefix(prefix)), _LARGEST + 1)
    if len(bits) > _LARGEST:
        raise StatusListError("list_too_large")
    if not text.startswith(prefix) or not engine.eof or engine.unused_data or engine.unconsumed_tail:
        raise StatusListError("list_encoding")
    if len(bits) * 8 < MINIMUM_BITS:
        raise StatusListError("list_too_small")
    return bits


def read_status_list(
    content: bytes, trust: TrustList, *, url: str, purpose: str, now: datetime, max_age: timedelta
) -> StatusList:
    """Return the list in `content` if it is the list `url` for `purpose`, signed by CSE and fresh at `now`.

    Raises `StatusListError` with the reason. Nothing in the list is used before its text proof was good. The status
    of a list that has one of its own is not looked up: such a list is refused once it is known who signed it (S12).
    """
    with refusals.translated(strict_json.MalformedJsonError, to=StatusListError("list_malformed")):
        document = strict_json.parse_object(content, strict_json.STATUS_LIST)
    plain = {name: member for name, member in document.items() if name != "credentialStatus"}
    if contracts.first_violation("status-list", trust.base, plain) is not None:
        raise StatusListError("list_malformed")
    _check_identity(document, trust, url, purpose)
    _check_proofs(document, trust)
    issued_at = _check_time(document, now, max_age)
    if plain != document:
        raise StatusListError("list_with_status")
    return StatusList(inflate(document["credentialSubject"]["encodedList"]), issued_at)


def _check_identity(document: dict[str, Any], trust: TrustList, url: str, purpose: str) -> None:
    subject = document["credentialSubject"]
    if document["id"] != url or subject["id"] != f"{url}#list" or document["issuer"] != trust.registrar:
        raise StatusListError("list_of_another")
    if subject["statusPurpose"] != purpose:
        raise StatusListError("list_purpose")


def _check_proofs(document: dict[str, Any], trust: TrustList) -> None:
    if shape_fault(document, 1) is not None:
        raise StatusListError("list_proof")
    proof = document["proof"][0]
    key = trust.keys.get(proof["verificationMethod"])
    with refusals.translated(InstantError, to=StatusListError("list_proof")):
        created = parse_instant(proof["created"])
    if key is None or key.controller != trust.registrar or key.refusal(key_use="status", at=created) is not None:
        raise StatusListError("list_signer")
    if key.public_key is None or signature_fault(document, trust.base, {key.key_id: key.public_key}) is not None:
        raise StatusListError("list_proof")


def _check_time(document: dict[str, Any], now: datetime, max_age: timedelta) -> datetime:
    with refusals.translated(InstantError, to=StatusListError("list_malformed")):
        issued_at, expires_at = parse_instant(document["validFrom"]), parse_instant(document["validUntil"])
        created = parse_instant(document["proof"][0]["created"])
    if created != issued_at:
        raise StatusListError("list_not_yet_valid")
    check_age(issued_at, expires_at, now=now, max_age=max_age)
    return issued_at


def check_age(issued_at: datetime, expires_at: datetime, *, now: datetime, max_age: timedelta) -> None:
    """Refuse a list that is not for now, whatever it lets others do. Raises `StatusListError`."""
    if issued_at > now + CLOCK_SKEW:
        raise StatusListError("list_not_yet_valid")
    if now > expires_at or now - issued_at > max_age:
        raise StatusListError("list_too_old")


_ZLIB = 15
_BITS = {0: (False, False), 1: (True, None), 2: (False, True)}
"""Value -> bits of revocation and suspension; of a copy that is revoked the list does not tell the other."""


def read_token_status(
    content: bytes, trust: TrustList, *, url: str, index: int, now: datetime, max_age: timedelta
) -> dict[str, StatusAnswer]:
    """Return the bits for `revocation` and `suspension` of the entry `index` of the list at `url`.

    Raises `DisbelievedError` if `content` is not that list, signed by CSE's key for such lists and fresh at `now`.
    Nothing is inflated before the signature was good.
    """
    with refusals.translated(UnreadableDocumentError, to=TokenError("list_malformed")):
        token = read_jws(content.decode("ascii", "replace").strip(), longest=strict_json.STATUS_LIST.size)
        claims = token.claims(strict_json.STATUS_LIST)
    check_header(token)
    refuse(token.kind != "statuslist+jwt", "typ")
    refuse(contracts.first_violation("token-status-list", trust.base, claims), "list_malformed")
    refuse(claims["sub"] != url, "list_of_another")
    issued_at, key = parse_numeric_date(claims["iat"]), trust.keys.get(str(token.header.get("kid")))
    if key is None or key.controller != trust.registrar or key.refusal(key_use="status-jose", at=issued_at) is not None:
        raise TokenError("list_signer")
    refuse(not token.is_signed_by(key.public_key or b""), "list_proof")
    # `exp` is the first moment at which the list is too old.
    check_age(issued_at, parse_numeric_date(claims["exp"]) - timedelta.resolution, now=now, max_age=max_age)
    entries = claims["status_list"]
    value = _entry(inflate(entries["lst"], prefix="", wbits=_ZLIB), index, int(entries["bits"]))
    code = None if value in _BITS else "status_unknown_value"
    bits = zip(("revocation", "suspension"), _BITS.get(value, (None, None)), strict=True)
    return {purpose: StatusAnswer(bit, code, issued_at) for purpose, bit in bits}


def _entry(packed: bytes, index: int, width: int) -> int:
    """Return the entry of `width` bits at `index`; the first is in the lowest bits of the first byte."""
    place, shift = divmod(index * width, 8)
    refuse(not 0 <= place < len(packed), "index_out_of_range")
    return packed[place] >> shift & (1 << width) - 1
