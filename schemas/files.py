"""Files that are written whole or not at all, and regular files read up to a size."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def read_regular(path: Path, most: int) -> tuple[int, bytes]:
    """Return the mode of a regular file and its content, of a larger one `most` bytes and one more.

    Raises `OSError`, also for a pipe or device, which is never waited for, and `ValueError` for what is no path.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        # Of the file that was opened, not of what the path names by now.
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            raise OSError("it is not a regular file")
        return stat.S_IMODE(mode), file.read(most + 1)


@contextmanager
def complete_file(path: Path, content: bytes, *, mode: int) -> Iterator[Path]:
    """Give a complete file beside `path`, to be put in its place, and leave nothing of it behind.

    What was done with it is durable when the block has ended well. Raises `OSError`.
    """
    complete = path.with_name(f".new-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(complete, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)  # Whatever the mask of this process takes away.
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield complete
    finally:
        with suppress(OSError):
            complete.unlink(missing_ok=True)
    with opened_folder(path.parent) as folder:
        os.fsync(folder)


@contextmanager
def opened_folder(folder: Path) -> Iterator[int]:
    """Give the descriptor of a folder, to be locked or made durable; a lock ends with the block. Raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
