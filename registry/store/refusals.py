"""Why the store refuses.

StoreError
├── SchemaBehindError  the database must be upgraded first
├── IntentLostError    an intent was voided by another process
└── DuplicateError     a number, page id or index is taken
"""


class StoreError(Exception):
    """The database cannot be opened, read or written; nothing was half-written."""

    code = "store"


class SchemaBehindError(StoreError):
    """The database was made by an earlier release and lacks something that this one needs."""

    code = "store.schema-behind"


class IntentLostError(StoreError):
    """What was to be signed was voided in the meantime."""

    code = "store.intent-lost"


class DuplicateError(StoreError):
    """Something that must be unique is taken."""

    code = "store.duplicate"
