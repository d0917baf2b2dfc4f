"""One open transaction with a repository for each part of the register."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection

from registry.store import certificates, copies, cpd, journal, members, pending, proposals, register, renewals, trust


class Work:
    """The repositories of one transaction; `engine.open_work` commits or undoes them together."""

    def __init__(self, connection: Connection) -> None:
        """Bind every repository to one `connection`."""
        self._connection = connection
        self.register = register.RegisterStore(connection)
        self.members = members.MemberStore(connection)
        self.cpd = cpd.CpdStore(connection)
        self.certificates = certificates.CertificateStore(connection)
        self.copies = copies.CopyStore(connection)
        self.pending = pending.PendingStore(connection)
        self.journal = journal.JournalStore(connection)
        self.renewals = renewals.RenewalStore(connection)
        self.proposals = proposals.ProposalStore(connection)
        self.trust = trust.TrustStore(connection)

    def attempt(self) -> AbstractContextManager[object]:
        """Open a part of the transaction that is undone alone when its block raises."""
        return self._connection.begin_nested()
