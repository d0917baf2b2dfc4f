"""Why a key or a keystore is refused: one class per reason, each with a `code`.

The tree::

    KeysError
      KeystoreMissingError        keystore.missing
      KeystoreExistsError         keystore.exists
      WrongPassphraseError        keystore.wrong-passphrase
      KeystoreDamagedError        keystore.damaged
      KeystorePermissionsError    keystore.permissions
      KeystoreWriteError          keystore.write
      KeystoreReadError           keystore.read
      KeystoreChangedError        keystore.changed
      KdfCostError                keystore.kdf-cost
      PassphraseMissingError      keystore.passphrase-missing
      KeyNotUsableError           key.not-usable
      KeyExistsError              key.exists
      KeyFormError                key.form

No message ever holds a passphrase or key material.
"""

from pathlib import Path
from typing import ClassVar


class KeysError(Exception):
    """A key cannot be had or used."""

    code: ClassVar[str] = "keys"


class KeystoreMissingError(KeysError):
    """There is no keystore at that path."""

    code = "keystore.missing"

    def __init__(self, path: Path) -> None:
        """Name the `path`."""
        super().__init__(f"no keystore at {path}: create it, or name its path")
        self.path = path


class KeystoreExistsError(KeysError):
    """A keystore is never written over by a new one."""

    code = "keystore.exists"

    def __init__(self, path: Path) -> None:
        """Name the `path`."""
        super().__init__(f"{path} exists already: a keystore is never overwritten")
        self.path = path


class WrongPassphraseError(KeysError):
    """The passphrase does not open this keystore."""

    code = "keystore.wrong-passphrase"

    def __init__(self, path: Path) -> None:
        """Name the `path`."""
        super().__init__(f"the passphrase does not open {path}")
        self.path = path


class KeystoreDamagedError(KeysError):
    """The file is not, or no longer, what was written."""

    code = "keystore.damaged"

    def __init__(self, what: str) -> None:
        """Say `what` does not fit."""
        super().__init__(f"keystore damaged: {what}; restore it from its backup")


class KeystorePermissionsError(KeysError):
    """Others could read or replace the file."""

    code = "keystore.permissions"

    def __init__(self, path: Path, *, found: int, wanted: int) -> None:
        """Name the `path`, the mode `found` and the one to set, `wanted`."""
        super().__init__(f"{path} has mode {found:04o}, others have access: chmod {wanted:04o} {path}")
        self.path = path
        self.wanted = wanted


class KeystoreWriteError(KeysError):
    """The system could not write the file; what was there is still there."""

    code = "keystore.write"

    def __init__(self, path: Path, reason: str) -> None:
        """Name the `path` and the `reason` of the system."""
        super().__init__(f"could not write {path}: {reason}")
        self.path = path


class KeystoreReadError(KeysError):
    """The system could not read the file."""

    code = "keystore.read"

    def __init__(self, path: Path, reason: str) -> None:
        """Name the `path` and the `reason` of the system."""
        super().__init__(f"could not read {path}: {reason}")
        self.path = path


class KeystoreChangedError(KeysError):
    """Somebody else wrote the file since it was unlocked."""

    code = "keystore.changed"

    def __init__(self, path: Path) -> None:
        """Name the `path`."""
        super().__init__(f"{path} was changed by another process: unlock it again")
        self.path = path


class KdfCostError(KeysError):
    """The cost of the key derivation is out of bounds or cannot be borne."""

    code = "keystore.kdf-cost"

    def __init__(self, reason: str) -> None:
        """Say which bound or `reason`."""
        super().__init__(f"argon2id: {reason}")


class PassphraseMissingError(KeysError):
    """There is no passphrase, or it is empty."""

    code = "keystore.passphrase-missing"

    def __init__(self, where: str) -> None:
        """Say `where` it was looked for."""
        super().__init__(f"no passphrase in {where}: a keystore needs one")


class KeyNotUsableError(KeysError):
    """The key may not sign this, now; `reason` is a stable word.

    One of `unknown`, `destroyed`, `wrong-use`, `outside-window`.
    """

    code = "key.not-usable"

    def __init__(self, key: str, reason: str, explanation: str) -> None:
        """Name the `key`, the `reason` and what would help."""
        super().__init__(f"{key}: {explanation}")
        self.reason = reason


class KeyExistsError(KeysError):
    """A key id is given once, also when its key was destroyed."""

    code = "key.exists"

    def __init__(self, key_id: str) -> None:
        """Name the `key_id`."""
        super().__init__(f"{key_id} is in the keystore already: key ids are not re-used")


class KeyFormError(KeysError):
    """A part of a key is not of its form."""

    code = "key.form"

    def __init__(self, part: str, needed: str) -> None:
        """Name the `part` and what is `needed`."""
        super().__init__(f"{part} must be {needed}")
