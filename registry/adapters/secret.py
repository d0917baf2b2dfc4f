"""The secret of a register, in a file that only its owner can read."""

import secrets
from pathlib import Path

from keys.passphrase import read_passphrase
from registry.adapters.keyring import write_private

_BYTES = 32


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
        content = secrets.token_hex(_BYTES).encode("ascii")
        write_private(self._path, content + b"\n")
        return content
