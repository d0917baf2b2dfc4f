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

from schemas.refusals import Refusal


class KeysError(Refusal, code="keys"):
    """A key cannot be had or used."""


class KeystoreMissingError(KeysError, code="keystore.missing"):
    """There is no keystore at that path."""

    says = "no keystore at {}: create it, or name its path"


class KeystoreExistsError(KeysError, code="keystore.exists"):
    """A keystore is never written over by a new one."""

    says = "{} exists already: a keystore is never overwritten"


class WrongPassphraseError(KeysError, code="keystore.wrong-passphrase"):
    """The passphrase does not open this keystore."""

    says = "the passphrase does not open {}"


class KeystoreDamagedError(KeysError, code="keystore.damaged"):
    """The file is not, or no longer, what was written."""

    says = "keystore damaged: {}; restore it from its backup"


class KeystorePermissionsError(KeysError, code="keystore.permissions"):
    """Others could read or replace the file; the path, the mode found and the one to set."""

    says = "{0} has mode {1:04o}, others have access: chmod {2:04o} {0}"


class KeystoreWriteError(KeysError, code="keystore.write"):
    """The system could not write the file; what was there is still there. The path, and what the system says."""

    says = "could not write {}: {}"


class KeystoreReadError(KeysError, code="keystore.read"):
    """The system could not read the file; the path, and what the system says."""

    says = "could not read {}: {}"


class KeystoreChangedError(KeysError, code="keystore.changed"):
    """Somebody else wrote the file since it was unlocked."""

    says = "{} was changed by another process: unlock it again"


class KdfCostError(KeysError, code="keystore.kdf-cost"):
    """The cost of the key derivation is out of bounds or cannot be borne; the reason."""

    says = "argon2id: {}"


class PassphraseMissingError(KeysError, code="keystore.passphrase-missing"):
    """There is no passphrase, or it is empty; where it was looked for."""

    says = "no passphrase in {}: a keystore needs one"


class KeyNotUsableError(KeysError, code="key.not-usable"):
    """The key may not sign this, now; `reason` is a stable word.

    One of `unknown`, `destroyed`, `wrong-use`, `outside-window`.
    """

    def __init__(self, key: str, reason: str, explanation: str) -> None:
        """Name the `key`, the `reason` and what would help."""
        super().__init__(f"{key}: {explanation}")
        self.reason = reason


class KeyExistsError(KeysError, code="key.exists"):
    """A key id is given once, also when its key was destroyed."""

    says = "{} is in the keystore already: key ids are not re-used"


class KeyFormError(KeysError, code="key.form"):
    """A part of a key is not of its form; the part, and what is needed."""

    says = "{} must be {}"
