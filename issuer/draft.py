"""A certificate that nobody signed yet: its bytes as they will be stored, and the hashes that will be signed."""

from dataclasses import dataclass
from typing import Any

from issuer.proofs import document_bytes
from verifier.cryptosuite import DocumentHashes


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of an unsigned certificate without its last brace, and its hashes for both suites."""

    text: bytes
    hashes: DocumentHashes


def draft_of(document: dict[str, Any], base: str) -> Draft:
    """Return the draft of an unsigned `document` of the deployment at `base`."""
    return Draft(document_bytes(document), DocumentHashes(document, base))
