"""Proposals that wait for a second person."""

from datetime import datetime

from sqlalchemy import select

from registry.domain.actors import Actor, Role
from registry.domain.approvals import Proposal
from registry.domain.refusals import NotFoundError
from registry.store.repository import Repository, columns, read
from registry.store.tables import PROPOSAL


class ProposalStore(Repository):
    """Rows of proposals, found by the digest of what was proposed."""

    def knows(self, digest: str) -> bool:
        """Tell whether this proposal was ever made, open or confirmed."""
        return self._one(select(PROPOSAL).filter_by(digest=digest)) is not None

    def add(self, proposal: Proposal, *, reference: str | None = None, subject: str | None = None) -> bool:
        """Keep a proposal; return False if exactly the same one is already there.

        `reference` is what the proposer calls it, once per tenant; `subject` what it is about.
        """
        if self.knows(proposal.digest):
            return False
        values = {"kind": proposal.kind, "body": proposal.body, "proposed_at": proposal.proposed_at}
        found_by = {"digest": proposal.digest, "reference": reference, "subject": subject}
        self._insert(PROPOSAL, **columns(proposal.proposed_by), **values, **found_by)
        return True

    def open(self, digest: str, *kinds: str) -> Proposal:
        """Return the proposal of one of the `kinds` that nobody has confirmed yet. Raises `NotFoundError`."""
        row = self._one(select(PROPOSAL).filter_by(digest=digest, confirmed_at=None).where(PROPOSAL.c.kind.in_(kinds)))
        if row is None:
            raise NotFoundError("open proposal", digest)
        return read(Proposal, row, proposed_by=read(Actor, row, role=Role(row.role)))

    def has_reference(self, kind: str, tenant: str, reference: str) -> bool:
        """Tell whether a tenant made a proposal under this reference, open or confirmed."""
        return self._one(select(PROPOSAL).filter_by(tenant=tenant, kind=kind, reference=reference)) is not None

    def open_bodies(self, kind: str, subject: str) -> list[str]:
        """List the bodies of the open proposals about `subject`."""
        return self._column(select(PROPOSAL.c.body).filter_by(kind=kind, subject=subject, confirmed_at=None))

    def named(self, kind: str, reference: str) -> list[str]:
        """List the digests of all proposals ever made under a reference, which several tenants may use."""
        return self._column(select(PROPOSAL.c.digest).filter_by(kind=kind, reference=reference))

    def open_digests(self, kind: str) -> list[str]:
        """List the digests of open proposals of a kind, oldest first."""
        query = select(PROPOSAL.c.digest).filter_by(kind=kind, confirmed_at=None)
        return self._column(query.order_by(PROPOSAL.c.proposed_at, PROPOSAL.c.digest))

    def is_confirmed(self, digest: str) -> bool:
        """Tell whether a second person confirmed exactly this proposal."""
        row = self._one(select(PROPOSAL).filter_by(digest=digest))
        return row is not None and row.confirmed_by is not None

    def confirm(self, digest: str, *, by: Actor, at: datetime) -> None:
        """Note who confirmed a proposal, and when."""
        self._update(PROPOSAL, {"confirmed_by": by.person, "confirmed_at": at}, digest=digest)

    def take_back(self, digest: str, *, at: datetime) -> None:
        """Close a proposal that nobody confirmed: it has an instant then, and no person."""
        self._update(PROPOSAL, {"confirmed_at": at}, digest=digest)
