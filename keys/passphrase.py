"""The passphrase of a keystore: from a private file, and never empty."""

from pathlib import Path

from keys.disk import read_private
from keys.refusals import PassphraseMissingError
from schemas.refusals import translated


def read_passphrase(path: Path) -> bytes:
    """Return the passphrase in a private file, without one trailing line end.

    Raises `PassphraseMissingError`, `KeystorePermissionsError` or
    `KeystoreReadError`.
    """
    with translated(FileNotFoundError, to=PassphraseMissingError(str(path))):
        content = read_private(path)
    return required_passphrase(content.removesuffix(b"\n"), where=str(path))


def required_passphrase(passphrase: bytes, *, where: str) -> bytes:
    """Return `passphrase`; raises `PassphraseMissingError` when it is empty."""
    if not passphrase.strip():
        raise PassphraseMissingError(where)
    return passphrase
