"""Why the store refuses.

StoreError
├── UnreachableError   the database does not answer; it may answer later
├── SchemaBehindError  the database must be upgraded first
├── IntentLostError    an intent was voided by another process
└── DuplicateError     a number, page id or index is taken
"""

from schemas.refusals import Refusal


class StoreError(Refusal, code="store"):
    """The database cannot be opened, read or written; nothing was half-written."""


class UnreachableError(StoreError, code="store.unreachable"):
    """The database does not answer: nobody is wrong, and nothing was decided."""


class SchemaBehindError(StoreError, code="store.schema-behind"):
    """The database was made by an earlier release and lacks something that this one needs."""


class IntentLostError(StoreError, code="store.intent-lost"):
    """What was to be signed was voided in the meantime."""


class DuplicateError(StoreError, code="store.duplicate"):
    """Something that must be unique is taken."""
