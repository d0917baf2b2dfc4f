"""Why the store refuses.

StoreError
├── UnreachableError   the database does not answer; it may answer later
├── SchemaBehindError  the database must be upgraded first
├── IntentLostError    an intent was voided by another process
└── DuplicateError     a number, page id or index is taken
"""

from schemas.refusals import Refusal


class StoreError(Refusal):
    """The database cannot be opened, read or written; nothing was half-written."""

    code = "store"


class UnreachableError(StoreError):
    """The database does not answer: nobody is wrong, and nothing was decided."""

    code = "store.unreachable"


class SchemaBehindError(StoreError):
    """The database was made by an earlier release and lacks something that this one needs."""

    code = "store.schema-behind"


class IntentLostError(StoreError):
    """What was to be signed was voided in the meantime."""

    code = "store.intent-lost"


class DuplicateError(StoreError):
    """Something that must be unique is taken."""

    code = "store.duplicate"
