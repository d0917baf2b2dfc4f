"""One encrypted file of private keys per body (threats 5).

Seeds are decrypted one at a time, when a signer is asked for. What the file says in
the open, such as windows and public keys, is under a seal that only the passphrase
makes, so an edit is noticed as damage. An older copy of the file is not noticed.
"""

import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from nacl.utils import random as random_bytes

from keys import disk, refusals, sealing
from keys.keyfile import Header, KeyFile, StoredKey, body_text, finished, parse, seed_binding
from keys.records import KeyRecord, KeyUse, NewKey, record_of, required_text
from keys.sealing import FULL_COST, Box, KdfCost, NotAuthenticError
from keys.signer import LocalSigner, local_signer, new_seed
from schemas.refusals import translated

__all__ = ["FULL_COST", "KdfCost", "KeyRecord", "Keystore", "NewKey"]


class Keystore:
    """An unlocked keystore. Every change is on disk before the call returns."""

    __slots__ = ("_content", "_data_key", "_header", "_keys", "_path", "_wrapped")

    def __init__(self, path: Path, file: KeyFile, *, content: bytes, data_key: bytes) -> None:
        """Hold what `create` or `unlock` has checked; use those instead."""
        self._path = path
        self._header = file.header
        self._wrapped = file.data_key
        self._keys = file.keys
        self._content = content
        self._data_key = data_key

    @classmethod
    def create(cls, path: Path, *, body: str, passphrase: bytes, cost: KdfCost = FULL_COST) -> Self:
        """Make an empty keystore for `body`; its directory is made when missing.

        Raises `KeystoreExistsError`, `PassphraseMissingError`, `KeyFormError`,
        `KeystorePermissionsError` or `KeystoreWriteError`.
        """
        disk.required_passphrase(passphrase, where="what was given")
        header = Header(required_text("body", body), cost, random_bytes(sealing.SALT_BYTES))
        data_key = random_bytes(sealing.KEY_BYTES)
        wrapping = sealing.wrapping_key(passphrase, salt=header.salt, cost=cost)
        wrapped = sealing.box(data_key, key=wrapping, bound_to=header.binding())
        content = _content(header, wrapped, (), data_key=data_key)
        disk.create_file(path, content)
        return cls(path, parse(content), content=content, data_key=data_key)

    @classmethod
    def unlock(cls, path: Path, *, passphrase: bytes) -> Self:
        """Open the keystore at `path`.

        Raises `KeystoreMissingError`, `KeystorePermissionsError`,
        `KeystoreReadError`, `KeystoreDamagedError`, `WrongPassphraseError` or
        `PassphraseMissingError`.
        """
        disk.required_passphrase(passphrase, where="what was given")
        disk.require_safe_directory(path.parent)
        with translated(FileNotFoundError, to=refusals.KeystoreMissingError(path)):
            content = disk.read_private(path)
        file = parse(content)
        header = file.header
        wrapping = sealing.wrapping_key(passphrase, salt=header.salt, cost=header.cost)
        with translated(NotAuthenticError, to=refusals.WrongPassphraseError(path)):
            data_key = sealing.unbox(file.data_key, key=wrapping, bound_to=header.binding())
        if not hmac.compare_digest(sealing.seal(file.sealed_text, data_key=data_key), file.seal):
            raise refusals.KeystoreDamagedError("its seal does not fit its lines")
        return cls(path, file, content=content, data_key=data_key)

    @property
    def body(self) -> str:
        """The body whose keys these are."""
        return self._header.body

    def records(self) -> tuple[KeyRecord, ...]:
        """Return the public part of every key, in the order they were added."""
        return tuple(key.record for key in self._keys)

    def add_many(self, new_keys: Iterable[NewKey]) -> tuple[KeyRecord, ...]:
        """Add several keys in one write: all of them or none.

        Windows are kept at whole seconds, the end exclusive. Raises
        `KeyExistsError`, `KeyFormError`, `KeystoreChangedError` or
        `KeystoreWriteError`.
        """
        taken = {record.key_id for record in self.records()}
        added: list[StoredKey] = []
        for new in new_keys:
            if new.key_id in taken:
                raise refusals.KeyExistsError(new.key_id)
            taken.add(new.key_id)
            added.append(self._stored(new))
        self._write((*self._keys, *added))
        return tuple(key.record for key in added)

    def signer(self, key_id: str, *, use: KeyUse, at: datetime) -> LocalSigner:
        """Return the signer of one key, for documents of class `use` signed at `at`.

        Raises `KeyNotUsableError` when the key is unknown, destroyed, of another
        class, or `at` is outside its window.
        """
        key = self._find(key_id)
        record = key.record
        if record.key_use is not use:
            raise refusals.KeyNotUsableError(key_id, "wrong-use", f"its class is {record.key_use}, not {use}")
        if key.seed is None:
            raise refusals.KeyNotUsableError(key_id, "destroyed", "its private half was destroyed; use another key")
        if not record.covers(at):
            why = f"{at} is not from {record.not_before} to {record.not_after}"
            raise refusals.KeyNotUsableError(key_id, "outside-window", why)
        return self._open(record, key.seed)

    def active(self, use: KeyUse, at: datetime) -> LocalSigner:
        """Return the signer to use for class `use` at `at`: the newest, if several.

        Raises `KeyNotUsableError` when there is none.
        """
        own = [record for record in self.records() if record.key_use is use and not record.is_destroyed]
        usable = [record for record in own if record.covers(at)]
        if not usable:
            why = f"no key is usable at {at}; add one whose window covers it"
            raise refusals.KeyNotUsableError(f"class {use} of {self.body}", "unknown", why)
        newest = max(usable, key=lambda record: (record.not_before, record.key_id))
        return self.signer(newest.key_id, use=use, at=at)

    def destroy(self, key_id: str) -> None:
        """Drop the private half for good; the record stays. Safe to repeat.

        The file system may still hold the old bytes, encrypted, and so may backups.
        """
        gone = self._find(key_id)
        if gone.seed is None:
            return
        stub = StoredKey(replace(gone.record, is_destroyed=True), None)
        self._write(tuple(stub if key is gone else key for key in self._keys))

    def __repr__(self) -> str:
        """Name the body, the path and the number of keys only."""
        return f"Keystore({self.body!r}, {str(self._path)!r}, {len(self._keys)} keys)"

    def _find(self, key_id: str) -> StoredKey:
        for key in self._keys:
            if key.record.key_id == key_id:
                return key
        raise refusals.KeyNotUsableError(key_id, "unknown", f"not in the keystore of {self.body}")

    def _open(self, record: KeyRecord, sealed: Box) -> LocalSigner:
        with translated(NotAuthenticError, to=refusals.KeystoreDamagedError(f"the seed of {record.key_id}")):
            seed = sealing.unbox(sealed, key=sealing.seed_key(self._data_key), bound_to=seed_binding(record))
        signer = local_signer(record.key_id, record.key_use.algorithm, seed)
        if signer.public_key != record.public_key:
            raise refusals.KeystoreDamagedError(f"the public key of {record.key_id}")
        return signer

    def _stored(self, new: NewKey) -> StoredKey:
        algorithm = KeyUse(new.key_use).algorithm
        seed = new_seed(algorithm) if new.seed is None else new.seed
        record = record_of(new, local_signer(new.key_id, algorithm, seed).public_key)
        sealed = sealing.box(seed, key=sealing.seed_key(self._data_key), bound_to=seed_binding(record))
        return StoredKey(record, sealed)

    def _write(self, keys: tuple[StoredKey, ...]) -> None:
        content = _content(self._header, self._wrapped, keys, data_key=self._data_key)
        disk.replace_file(self._path, content, expected=self._content)
        self._content, self._keys = content, keys


def _content(header: Header, wrapped: Box, keys: tuple[StoredKey, ...], *, data_key: bytes) -> bytes:
    text = body_text(header, wrapped, keys)
    content = finished(text, sealing.seal(text, data_key=data_key))
    parse(content)  # The last look: what is written can be read.
    return content
