"""Keystore files and their passphrases, one of each per body, in two folders; and the secret of the register."""

import os
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from keys.disk import read_passphrase
from keys.keystore import FULL_COST, KdfCost, KeyRecord, Keystore, NewKey
from keys.records import KeyUse
from keys.refusals import KeystoreWriteError
from keys.signer import Signer
from schemas.refusals import translated

_SECRET_BYTES = 32


class FolderKeyring:
    """Opens each keystore once, when it is first needed."""

    def __init__(self, keystores: Path, passphrases: Path, *, cost: KdfCost = FULL_COST) -> None:
        """Take the folder of the keystores and that of their passphrases."""
        self._keystores = keystores
        self._passphrases = passphrases
        self._cost = cost
        self._open: dict[str, Keystore] = {}

    def create(self, keystore: str, *, body: str, new_keys: Sequence[NewKey]) -> tuple[KeyRecord, ...]:
        """Make a keystore with a random passphrase in a file of its own, readable by the owner alone."""
        passphrase = secrets.token_urlsafe(_SECRET_BYTES).encode("ascii")
        write_private(self._passphrases / keystore, passphrase + b"\n")
        store = Keystore.create(self._path(keystore), body=body, passphrase=passphrase, cost=self._cost)
        self._open[keystore] = store
        return store.add_many(new_keys)

    def add(self, keystore: str, new_keys: Sequence[NewKey]) -> tuple[KeyRecord, ...]:
        """Add keys to a keystore; of one that it holds already, the record is given. Raises the refusals of `keys`."""
        store, wanted = self._opened(keystore), {new.key_id for new in new_keys}
        missing = wanted - {record.key_id for record in store.records()}
        store.add_many(new for new in new_keys if new.key_id in missing)
        return tuple(record for record in store.records() if record.key_id in wanted)

    def signer(self, keystore: str, use: KeyUse, at: datetime) -> Signer:
        """Return the signer of a class in force at `at`. Raises the refusals of `keys`."""
        return self._opened(keystore).active(use, at)

    def _opened(self, keystore: str) -> Keystore:
        if keystore not in self._open:
            passphrase = read_passphrase(self._passphrases / keystore)
            self._open[keystore] = Keystore.unlock(self._path(keystore), passphrase=passphrase)
        return self._open[keystore]

    def _path(self, keystore: str) -> Path:
        return self._keystores / f"{keystore}.keystore"


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read. Raises `KeystoreWriteError`, also if there is one already."""
    with translated(OSError, to=lambda error: KeystoreWriteError(path, error.strerror or "it cannot be written")):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)


class SecretFile:
    """Reads the secret, and makes it once. Raises the refusals of `keys` for a file that is not private, or empty."""

    def __init__(self, path: Path) -> None:
        """Take the `path` of the file."""
        self._path = path

    def read(self) -> bytes | None:
        """Return the secret, or None if there is no file."""
        return read_passphrase(self._path) if self._path.exists() else None

    def make(self) -> bytes:
        """Write a new secret and return it; a file that is there is never written over."""
        content = secrets.token_hex(_SECRET_BYTES).encode("ascii")
        write_private(self._path, content + b"\n")
        return content
