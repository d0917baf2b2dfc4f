"""Token Status Lists (draft-ietf-oauth-status-list): did CSE sign this list for now, and what is the entry.

The list of the copies in wallets. It is believed, and it ages, exactly as the two lists of bits are.
"""

from datetime import datetime, timedelta

from schemas.contracts import first_violation
from schemas.refusals import translated
from schemas.strict_json import STATUS_LIST
from verifier.instants import parse_numeric_date
from verifier.jws import TokenError, check_header, read_jws, refuse
from verifier.refusals import UnreadableDocumentError
from verifier.sources import StatusAnswer
from verifier.status_list import check_age, inflate
from verifier.trust import TrustList

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
    with translated(UnreadableDocumentError, to=TokenError("list_malformed")):
        token = read_jws(content.decode("ascii", "replace").strip(), longest=STATUS_LIST.size)
        claims = token.claims(STATUS_LIST)
    check_header(token)
    refuse(token.kind != "statuslist+jwt", "typ")
    refuse(first_violation("token-status-list", trust.base, claims), "list_malformed")
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
