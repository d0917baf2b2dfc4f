"""A well-made credential of somebody else: pinned contexts, a did:key that the trust list does not name."""

import copy
from functools import cache
from typing import Any

from schemas.contexts import CREDENTIALS_V2, OPEN_BADGES_V3
from tests.support.strangers import ALICE, with_proof

DID = ALICE.did
STATUS = {
    "id": "https://issuer.example/c/1#status",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://issuer.example/status/1",
}


def badge() -> dict[str, Any]:
    """Return an Open Badges credential with a date, a status, a name, and a good proof of its issuer."""
    return copy.deepcopy(_badge())


@cache
def _badge() -> dict[str, Any]:
    signed: dict[str, Any] = with_proof(unsigned_badge())
    return signed


def unsigned_badge() -> dict[str, Any]:
    """Return the badge without a proof."""
    return {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_V3],
        "id": "https://issuer.example/c/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": DID, "type": ["Profile"], "name": "Another Issuer"},
        "validFrom": "2024-01-01T00:00:00Z",
        "validUntil": "2030-01-01T00:00:00Z",
        "name": "A badge",
        "credentialSubject": {
            "id": "did:example:holder",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://issuer.example/a/1",
                "type": ["Achievement"],
                "name": "A badge",
                "description": "A badge",
                "criteria": {"narrative": "Come and see."},
            },
        },
        "credentialStatus": dict(STATUS),
    }
