"""Why the store refuses.

StoreError
└── DuplicateError     a number, page id or index is taken
"""


class StoreError(Exception):
    """The database cannot be opened, read or written; nothing was half-written."""

    code = "store"


class DuplicateError(StoreError):
    """Something that must be unique is taken."""

    code = "store.duplicate"
