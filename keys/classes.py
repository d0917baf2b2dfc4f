"""The classes of keys: one key, one class (threats 5)."""

from enum import StrEnum


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
