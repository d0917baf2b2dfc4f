"""Files that only their owner can read, written whole or not at all; a passphrase stands in one, and is never empty."""

import fcntl
import os
import stat
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from keys import refusals
from schemas.files import complete_file, opened_folder, read_regular
from schemas.refusals import translated

_FILE_MODE = 0o600
_DIRECTORY_MODE = 0o700
_LARGEST = 4 * 1024 * 1024


def read_private(path: Path) -> bytes:
    """Return the content of a file that no one else has access to.

    Raises `FileNotFoundError` for the caller to name; `KeystorePermissionsError`,
    `KeystoreDamagedError` and `KeystoreReadError` otherwise.
    """
    try:
        mode, content = read_regular(path, _LARGEST)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise refusals.KeystoreReadError(path, error.strerror or str(error)) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise refusals.KeystorePermissionsError(path, mode, _FILE_MODE)
    if len(content) > _LARGEST:
        raise refusals.KeystoreDamagedError("it is too large")
    return content


def require_safe_directory(directory: Path) -> None:
    """Raise `KeystorePermissionsError` when anyone may replace files there."""
    try:
        mode = stat.S_IMODE(directory.stat().st_mode)
    except FileNotFoundError:
        return
    except OSError as error:
        raise refusals.KeystoreReadError(directory, error.strerror or str(error)) from error
    if mode & stat.S_IWOTH:
        raise refusals.KeystorePermissionsError(directory, mode, _DIRECTORY_MODE)


def create_file(path: Path, content: bytes) -> None:
    """Write a new file, and its directory if needed; never over another file."""
    with _as_write_errors(path):
        path.parent.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
    require_safe_directory(path.parent)
    taken = translated(FileExistsError, to=refusals.KeystoreExistsError(path))
    with _as_write_errors(path), complete_file(path, content, mode=_FILE_MODE) as complete, taken:
        os.link(complete, path)  # Unlike a rename, it fails when the name is taken.


def replace_file(path: Path, content: bytes, *, expected: bytes) -> None:
    """Put `content` in place of `expected`, as one step.

    Raises `KeystoreChangedError` when something else is there: another process
    added a key that must not be lost.
    """
    with _as_write_errors(path), opened_folder(path.parent) as directory:
        fcntl.flock(directory, fcntl.LOCK_EX)
        found = None
        with suppress(FileNotFoundError):
            found = read_private(path)
        if found != expected:
            raise refusals.KeystoreChangedError(path)
        with complete_file(path, content, mode=_FILE_MODE) as complete:
            complete.replace(path)


def _as_write_errors(path: Path) -> AbstractContextManager[None]:
    return translated(OSError, to=lambda error: refusals.KeystoreWriteError(path, error.strerror or str(error)))


def read_passphrase(path: Path) -> bytes:
    """Return the passphrase in a private file, without one trailing line end.

    Raises `PassphraseMissingError`, `KeystorePermissionsError` or
    `KeystoreReadError`.
    """
    with translated(FileNotFoundError, to=refusals.PassphraseMissingError(str(path))):
        content = read_private(path)
    return required_passphrase(content.removesuffix(b"\n"), where=str(path))


def required_passphrase(passphrase: bytes, *, where: str) -> bytes:
    """Return `passphrase`; raises `PassphraseMissingError` when it is empty."""
    if not passphrase.strip():
        raise refusals.PassphraseMissingError(where)
    return passphrase
