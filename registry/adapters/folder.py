"""The folder of published files: each file is replaced in one step, and one publisher writes at a time."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from registry.adapters.refusals import FolderError
from schemas.files import complete_file
from schemas.refusals import translated

_LOCK = ".publishing"


class PublishFolder:
    """Writes published files at their URL paths below one folder."""

    def __init__(self, folder: Path) -> None:
        """Take the `folder`; it is made when it is first written."""
        self._folder = folder

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Wait for other publishers of this folder, and keep them out while the block runs."""
        with translated(OSError, to=partial(FolderError, self._folder)):
            self._folder.mkdir(parents=True, exist_ok=True)
        with locked(self._folder / _LOCK):
            yield

    def get(self, path: str) -> bytes | None:
        """Return the file at the URL path `path`, or None if there is none that can be read."""
        with suppress(OSError):
            return self._at(path).read_bytes()
        return None

    def put(self, path: str, content: bytes) -> None:
        """Replace the file at the URL path `path`. Raises `FolderError`; the old file then stays whole."""
        target = self._at(path)
        with translated(OSError, to=partial(FolderError, target)):
            target.parent.mkdir(parents=True, exist_ok=True)
            if self.get(path) != content:
                write_atomically(target, content)

    def _at(self, path: str) -> Path:
        return self._folder / path.removeprefix("/")


@contextmanager
def locked(lock: Path) -> Iterator[None]:
    """Wait for others who hold the file `lock`, and keep them out while the block runs. Raises `FolderError`."""
    with translated(OSError, to=partial(FolderError, lock.parent)):
        file = lock.open("w", encoding="ascii")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def building_folder(target: Path) -> Iterator[Path]:
    """Make a folder beside `target` to build in, and remove those of builders that died. Raises `OSError`.

    A builder holds its folder locked; however it ends, the system lets go of the lock.
    """
    prefix = f".{target.name}.building-"
    for left in [path for path in target.parent.iterdir() if path.name.startswith(prefix)]:
        with suppress(OSError), _held(left):
            shutil.rmtree(left)
    building = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    with _held(building):
        yield building


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a `folder` until the block ends. Raises `OSError` if it is no folder, or another process holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def leads_through(path: str, folder: Path) -> bool:
    """Tell whether a path, as it is written or with its links followed, is in a folder."""
    places = [*Path(os.path.abspath(path)).parents, *Path(os.path.realpath(path)).parents]
    return any(os.path.exists(place) and os.path.samefile(place, folder) for place in places)


def write_atomically(target: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a temporary file beside `target` and rename it over it; both are durable when this returns."""
    with complete_file(target, content, mode=mode) as complete:
        complete.replace(target)
