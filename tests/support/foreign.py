"""A well-made credential of somebody else: pinned contexts, a did:key that the trust list does not name."""

from typing import Any

from schemas.contexts import CREDENTIALS_V2, OPEN_BADGES_V3

DID = "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
STATUS = {
    "id": "https://issuer.example/c/1#status",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://issuer.example/status/1",
}


def badge() -> dict[str, Any]:
    """Return an Open Badges credential with a date, a status and a name; its proof is never checked."""
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
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2024-01-01T00:00:00Z",
            "verificationMethod": f"{DID}#{DID[8:]}",
            "proofPurpose": "assertionMethod",
            "proofValue": "z" + "1" * 64,
        },
    }
