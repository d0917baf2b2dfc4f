"""The second natural person: an approval binds the exact proposal (threats 8)."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from registry.domain.actors import Actor
from registry.domain.refusals import ProposalChangedError, ProposalKindError, SamePersonError


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants done and another person must confirm."""

    kind: str
    """One line, such as `revoke`."""
    body: str
    """Canonical JSON text, made by the caller; every byte of it is bound."""
    proposed_by: Actor
    proposed_at: datetime

    def __post_init__(self) -> None:
        """Refuse a kind that could run into the body."""
        if not self.kind or "\n" in self.kind:
            raise ProposalKindError

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of kind, line feed and body."""
        return digest_of(self.kind, self.body)


def digest_of(kind: str, body: str) -> str:
    """Return the digest of a proposal, whoever made it."""
    return sha256(f"{kind}\n{body}".encode()).hexdigest()


def batch_digest(digests: Iterable[str]) -> str:
    """Return the digest of a batch of proposals, whatever their order: it binds which ones, and every byte of each."""
    return sha256("\n".join(["batch", *sorted(digests)]).encode()).hexdigest()


def require_second_person(proposal: Proposal, approver: Actor, shown_digest: str) -> None:
    """Let `approver` confirm what `shown_digest` stands for.

    Raises `SamePersonError` when the approver is who proposed, in whatever role, and
    `ProposalChangedError` when the proposal is not the one that was shown. Whether
    the approver has the right is asked of `actors.require`.
    """
    if is_account_of(approver, proposal.proposed_by.person):
        raise SamePersonError(proposal.kind)
    if not hmac.compare_digest(proposal.digest.encode(), shown_digest.encode()):
        raise ProposalChangedError(proposal.kind)


def is_account_of(actor: Actor, person: str) -> bool:
    """Tell whether `person` names the account that acts: two spellings of one account are still one person."""
    return actor.person.strip().casefold() == person.strip().casefold()
