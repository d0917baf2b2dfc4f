"""Bitstring status lists: bits in, signed credential out (`credential.md` 8, `domain.md` 3.4)."""

import base64
import gzip
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from issuer.forms import filled
from issuer.proofs import sign_document
from keys.signer import Signer
from schemas import addresses
from schemas.contexts import CREDENTIALS_V2
from verifier.status_list import MINIMUM_BITS

VALID_FOR = timedelta(hours=24)
"""Nobody may rely on a list later (freshness table, `threats.md` 0)."""

TTL_MS = 900_000
"""When a reader should fetch again, milliseconds."""

_GZIP_LEVEL = 6


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
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


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
