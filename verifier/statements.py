"""Statements that the trust list pins: believed if these very bytes are named there and CSE's statements body signed.

An agreement is one (`credential.md` 8). What this verifier does not know it refuses, whoever signed it.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from schemas import addresses, contracts, refusals, strict_json
from verifier.agreements import Agreement, in_succession, read_agreement
from verifier.instants import InstantError, parse_instant
from verifier.proof_set import shape_fault, signature_fault
from verifier.refusals import DisbelievedError
from verifier.trust import TrustedKey, TrustList

AGREEMENTS = "/agreements/"
"""Every version of an agreement stands below this path."""


class StatementError(DisbelievedError):
    """A statement cannot be believed, so nothing is decided by it. `code` names the reason."""


def agreements_in(
    trust: TrustList, read: Callable[[str], bytes | None], only: str | None = None
) -> tuple[Agreement, ...]:
    """Return the agreements that the trust list pins, `read` by their paths: all of them, or every version of one.

    Raises `StatementError` if one is missing, is not what is pinned or signed, or says what this verifier cannot read:
    without it none of them is sure to be the only one that fits.
    """
    place = trust.base + (AGREEMENTS if only is None else f"{AGREEMENTS}{only}/")
    pinned = [url for url in trust.resources if url.startswith(place)]
    documents = [_statement(trust, url, read(url.removeprefix(trust.base))) for url in pinned]
    with refusals.translated(ValueError, to=StatementError("statement_malformed")):
        return in_succession(map(read_agreement, documents))


def _statement(trust: TrustList, url: str, content: bytes | None) -> dict[str, Any]:
    if content is None:
        raise StatementError("statement_missing")
    if hashlib.sha256(content).hexdigest() != trust.resources[url]:
        raise StatementError("statement_mismatch")
    signers = tuple(trust.keys_of(addresses.body_did(trust.base, "statements")))
    document = believed("agreement", content, trust.base, signers)
    if document["id"] != url:
        raise StatementError("statement_mismatch")
    return document


@lru_cache(maxsize=64)
def believed(contract: str, content: bytes, base: str, signers: tuple[TrustedKey, ...]) -> dict[str, Any]:
    """Return the statement in `content` if it satisfies its `contract` and one of the `signers` signed it.

    Nobody changes it. Raises `StatementError`.
    """
    with refusals.translated(strict_json.MalformedJsonError, InstantError, to=StatementError("statement_malformed")):
        document = strict_json.parse_object(content)
        if contracts.first_violation(contract, base, document) is not None:
            raise StatementError("statement_malformed")
        created = parse_instant(document["proof"][0]["created"])
    keys = {
        key.key_id: key.public_key or b"" for key in signers if key.refusal(key_use="statement", at=created) is None
    }
    if shape_fault(document, 1) is not None or signature_fault(document, base, keys) is not None:
        raise StatementError("statement_not_signed")
    return document
