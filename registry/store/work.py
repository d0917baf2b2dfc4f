"""One open transaction with a repository for each part of the register."""

from contextlib import AbstractContextManager

from sqlalchemy import Connection

from registry.store.certificates import CertificateStore
from registry.store.copies import CopyStore
from registry.store.journal import JournalStore
from registry.store.members import MemberStore
from registry.store.pending import PendingStore
from registry.store.proposals import ProposalStore
from registry.store.register import RegisterStore
from registry.store.trust import TrustStore


class Work:
    """The repositories of one transaction; `engine.open_work` commits or undoes them together."""

    def __init__(self, connection: Connection) -> None:
        """Bind every repository to one `connection`."""
        self._connection = connection
        self.register = RegisterStore(connection)
        self.members = MemberStore(connection)
        self.certificates = CertificateStore(connection)
        self.copies = CopyStore(connection)
        self.pending = PendingStore(connection)
        self.journal = JournalStore(connection)
        self.proposals = ProposalStore(connection)
        self.trust = TrustStore(connection)

    def attempt(self) -> AbstractContextManager[object]:
        """Open a part of the transaction that is undone alone when its block raises."""
        return self._connection.begin_nested()
