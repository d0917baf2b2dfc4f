"""Status lists: bits in, signed credential out; for copies in wallets a signed token (`credential.md` 8 and 7)."""

import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from issuer.forms import filled
from issuer.jose import TokenSigner
from issuer.proofs import sign_document
from keys.signer import Signer
from schemas import addresses
from schemas.base64url import encode_base64url
from schemas.contexts import CREDENTIALS_V2
from verifier.status_list import MINIMUM_BITS

VALID_FOR = timedelta(hours=24)
"""Nobody may rely on a list later (freshness table, `threats.md` 0)."""

TTL_MS = 900_000
"""When a reader should fetch again, milliseconds."""

_GZIP_LEVEL = 6
_INVALID, _SUSPENDED = 1, 2
"""Values of a Token Status List."""


def encode_bits(indexes: Iterable[int], length: int = MINIMUM_BITS) -> str:
    """Return `encodedList` of a list of `length` bits in which the bits at `indexes` are set.

    The same bits always give the same text (gzip without a time). Raises `ValueError` for an index beyond the list.
    """
    bits = bytearray(length // 8)
    for index in indexes:
        if not 0 <= index < length:
            raise ValueError(f"the index {index} is not in a list of {length}")
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), compresslevel=_GZIP_LEVEL, mtime=0)
    return "u" + encode_base64url(packed)


def unsigned_list(base: str, purpose: str, number: int, indexes: Iterable[int], *, now: datetime) -> dict[str, Any]:
    """Return the unsigned list credential `number` for `purpose`, valid from `now` for 24 hours."""
    url = addresses.status_list_url(base, purpose, number)
    return filled(
        "status list",
        context=CREDENTIALS_V2,
        issuer=addresses.cse_did(base),
        url=url,
        purpose=purpose,
        now=now,
        until=now + VALID_FOR,
        ttl=TTL_MS,
        encoded=encode_bits(indexes),
    )


def sign_list(unsigned: dict[str, Any], signer: Signer, *, now: datetime, base: str) -> dict[str, Any]:
    """Return the list with the proof pair of the status key."""
    return sign_document(unsigned, (signer,), created=now, base=base)


def encode_statuses(invalid: Iterable[int], suspended: Iterable[int], length: int = MINIMUM_BITS) -> str:
    """Return `lst` of a Token Status List of `length` entries of 2 bits: 1 invalid, else 2 suspended, else 0.

    The end of a certificate outranks a hold. Raises `IndexError` for an index beyond the list.
    """
    values = dict.fromkeys(suspended, _SUSPENDED) | dict.fromkeys(invalid, _INVALID)
    entries = bytearray(length // 4)
    for index, value in values.items():
        entries[index // 4] |= value << index % 4 * 2
    return encode_base64url(zlib.compress(bytes(entries), level=9))


def unsigned_token_list(number: int, encoded: str, by: TokenSigner) -> bytes:
    """Return what is signed of the Token Status List `number`, good for 24 hours."""
    times = {"iat": int(by.now.timestamp()), "exp": int((by.now + VALID_FOR).timestamp()), "ttl": TTL_MS // 1000}
    return by.text("statuslist+jwt", filled("token status list", base=by.base, number=number, encoded=encoded, **times))
