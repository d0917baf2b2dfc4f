"""Files that only their owner can read, written whole or not at all; a passphrase stands in one, and is never empty."""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from keys import refusals
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
        # Not blocking: a pipe must be refused, not waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            # Of the file that was opened, not of what the path names by now.
            _require_private(path, os.fstat(descriptor).st_mode)
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise refusals.KeystoreReadError(path, error.strerror or str(error)) from error
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
    with _as_write_errors(path), _complete_file(path, content) as complete, taken:
        os.link(complete, path)  # Unlike a rename, it fails when the name is taken.


def replace_file(path: Path, content: bytes, *, expected: bytes) -> None:
    """Put `content` in place of `expected`, as one step.

    Raises `KeystoreChangedError` when something else is there: another process
    added a key that must not be lost.
    """
    with _as_write_errors(path), _opened(path.parent) as directory:
        fcntl.flock(directory, fcntl.LOCK_EX)
        found = None
        with suppress(FileNotFoundError):
            found = read_private(path)
        if found != expected:
            raise refusals.KeystoreChangedError(path)
        with _complete_file(path, content) as complete:
            complete.replace(path)


@contextmanager
def _complete_file(path: Path, content: bytes) -> Iterator[Path]:
    """Give a complete file beside `path`, and leave nothing of it behind."""
    complete = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(complete, flags, _FILE_MODE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield complete
    finally:
        with suppress(OSError):
            complete.unlink(missing_ok=True)
    with _opened(path.parent) as directory:
        os.fsync(directory)


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    """Give the descriptor of a directory, to be locked or made durable; a lock ends with the block."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _as_write_errors(path: Path) -> AbstractContextManager[None]:
    return translated(OSError, to=lambda error: refusals.KeystoreWriteError(path, error.strerror or str(error)))


def _require_private(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise refusals.KeystoreReadError(path, "it is not a regular file")
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise refusals.KeystorePermissionsError(path, stat.S_IMODE(mode), _FILE_MODE)


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
