"""The classes of keys: one key, one class (threats 5)."""

from enum import StrEnum

from schemas.multikey import Algorithm


class KeyUse(StrEnum):
    """What a key may sign; the value is the `keyUse` of the trust list."""

    ROOT = "root"
    TRUST = "trust"
    ISSUE = "issue"
    ISSUE_JOSE = "issue-jose"
    STATUS = "status"
    STATUS_JOSE = "status-jose"
    SEAL = "seal"
    STATEMENT = "statement"
    MANIFEST = "manifest"
    RECEIPT = "receipt"
    JOURNAL = "journal"

    @property
    def algorithm(self) -> Algorithm:
        """The one algorithm of a key of this class: what wallets read is signed with ES256 (`credential.md` C12)."""
        return Algorithm.ES256 if self in {KeyUse.ISSUE_JOSE, KeyUse.STATUS_JOSE} else Algorithm.EDDSA
