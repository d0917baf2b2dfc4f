"""One key at a time for a keystore."""

from typing import Any

from keys.keystore import KeyRecord, Keystore, NewKey


def add(store: Keystore, *key: Any) -> KeyRecord:
    """Add the key with the fields of a `NewKey`, and return its record."""
    (record,) = store.add_many([NewKey(*key)])
    return record
