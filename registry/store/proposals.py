"""Proposals that wait for a second person."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from registry.domain.actors import Actor, Role
from registry.domain.approvals import Proposal
from registry.domain.refusals import NotFoundError
from registry.store.tables import PROPOSAL


class ProposalStore:
    """Rows of proposals, found by the digest of what was proposed."""

    def __init__(self, connection: Connection) -> None:
        """Work on one `connection`."""
        self._connection = connection

    def knows(self, digest: str) -> bool:
        """Tell whether this proposal was ever made, open or confirmed."""
        return (
            self._connection.execute(select(PROPOSAL.c.digest).where(PROPOSAL.c.digest == digest)).first() is not None
        )

    def add(self, proposal: Proposal, *, reference: str | None = None, subject: str | None = None) -> bool:
        """Keep a proposal; return False if exactly the same one is already there.

        `reference` is what the proposer calls it, once per tenant; `subject` what it is about.
        """
        if self.knows(proposal.digest):
            return False
        actor = proposal.proposed_by
        self._connection.execute(
            insert(PROPOSAL).values(
                digest=proposal.digest,
                kind=proposal.kind,
                body=proposal.body,
                person=actor.person,
                role=actor.role,
                tenant=actor.tenant,
                authenticated_by=actor.authenticated_by,
                proposed_at=proposal.proposed_at,
                reference=reference,
                subject=subject,
            )
        )
        return True

    def open(self, digest: str, kind: str) -> Proposal:
        """Return the proposal that nobody has confirmed yet. Raises `NotFoundError`."""
        row = self._connection.execute(
            select(PROPOSAL).where(
                PROPOSAL.c.digest == digest, PROPOSAL.c.kind == kind, PROPOSAL.c.confirmed_at.is_(None)
            )
        ).one_or_none()
        if row is None:
            raise NotFoundError("open proposal", digest)
        actor = Actor(row.person, Role(row.role), row.tenant, row.authenticated_by)
        return Proposal(row.kind, row.body, actor, row.proposed_at)

    def confirmed_body(self, digest: str) -> str:
        """Return the body of a proposal that a second person confirmed. Raises `NotFoundError`."""
        query = select(PROPOSAL.c.body).where(PROPOSAL.c.digest == digest, PROPOSAL.c.confirmed_at.is_not(None))
        body: str | None = self._connection.execute(query).scalar_one_or_none()
        if body is None:
            raise NotFoundError("confirmed proposal", digest)
        return body

    def has_reference(self, kind: str, tenant: str, reference: str) -> bool:
        """Tell whether a tenant made a proposal under this reference, open or confirmed."""
        found = (PROPOSAL.c.tenant == tenant, PROPOSAL.c.kind == kind, PROPOSAL.c.reference == reference)
        return self._connection.execute(select(PROPOSAL.c.digest).where(*found)).first() is not None

    def open_bodies(self, kind: str, subject: str) -> list[str]:
        """List the bodies of the open proposals about `subject`."""
        found = (PROPOSAL.c.kind == kind, PROPOSAL.c.subject == subject, PROPOSAL.c.confirmed_at.is_(None))
        return list(self._connection.execute(select(PROPOSAL.c.body).where(*found)).scalars())

    def named(self, kind: str, reference: str) -> list[str]:
        """List the digests of all proposals ever made under a reference, which several tenants may use."""
        found = (PROPOSAL.c.kind == kind, PROPOSAL.c.reference == reference)
        return list(self._connection.execute(select(PROPOSAL.c.digest).where(*found)).scalars())

    def open_digests(self, kind: str) -> list[str]:
        """List the digests of open proposals of a kind, oldest first."""
        query = select(PROPOSAL.c.digest).where(PROPOSAL.c.kind == kind, PROPOSAL.c.confirmed_at.is_(None))
        return list(self._connection.execute(query.order_by(PROPOSAL.c.proposed_at, PROPOSAL.c.digest)).scalars())

    def confirm(self, digest: str, *, by: Actor, at: datetime) -> None:
        """Note who confirmed a proposal, and when."""
        self._connection.execute(
            update(PROPOSAL).where(PROPOSAL.c.digest == digest).values(confirmed_by=by.person, confirmed_at=at)
        )
