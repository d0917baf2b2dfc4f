"""What a verifier keeps for its user: the roots that a person confirmed, and the newest that was seen under each.

`roots/DIGEST.json` is a root DID document byte for byte, `seen/DIGEST.json` a few values. A file that is damaged or
open to other users is refused, never ignored, and so is a folder or file that is a link or belongs to another user.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path

from registry.adapters.folder import locked, write_atomically
from registry.adapters.refusals import FolderError, UserFolderError
from schemas.files import read_regular
from schemas.refusals import translated
from schemas.strict_json import MalformedJsonError, parse_object
from verifier.instants import InstantError, parse_instant, utc_text
from verifier.root import PinnedRoot, is_root_digest, read_root
from verifier.seen import NOTHING_SEEN, Seen

_LARGEST = 256 * 1024


class UserFolder:
    """The folder `cse-verify` of the user's configuration."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Find the folder by XDG_CONFIG_HOME, else HOME. Raises `UserFolderError` if neither says where it is."""
        chosen, home = environment.get("XDG_CONFIG_HOME", ""), environment.get("HOME", "")
        parent = Path(chosen) if os.path.isabs(chosen) else Path(home, ".config")
        if not parent.is_absolute():
            raise UserFolderError("neither XDG_CONFIG_HOME nor HOME names a folder: set one, to keep what was seen in")
        self._folder = parent / "cse-verify"

    def roots(self) -> list[PinnedRoot]:
        """Return every confirmed root. Raises `UserFolderError`."""
        names = list[str]()
        with translated(OSError, to=partial(_unreadable, self._folder / "roots")), suppress(FileNotFoundError):
            names = sorted(os.listdir(self._folder / "roots"))
        found = [self.root(name.removesuffix(".json")) for name in names if name.endswith(".json")]
        return [root for root in found if root is not None]

    def root(self, sha256: str) -> PinnedRoot | None:
        """Return the confirmed root with this digest, or None. Raises `UserFolderError`."""
        content = self._read("roots", sha256)
        if content is None:
            return None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise _damaged(self._file("roots", sha256))
        return read_root(content)

    def add_root(self, content: bytes) -> None:
        """Keep the root DID document in `content` as confirmed. Raises `FolderError`."""
        self._write("roots", hashlib.sha256(content).hexdigest(), lambda: content)

    def remove_root(self, sha256: str) -> None:
        """Forget a root and what was seen under it. Raises `UserFolderError`."""
        unknown = UserFolderError(f"sha256:{sha256} is no confirmed root (cse-verify trust list)")
        with translated(OSError, to=partial(FolderError, self._folder)), translated(FileNotFoundError, to=unknown):
            self._file("roots", sha256).unlink()
            self._file("seen", sha256).unlink(missing_ok=True)

    def seen(self, sha256: str) -> Seen:
        """Return the newest that was seen under a root, confirmed or not. Raises `UserFolderError`."""
        content = self._read("seen", sha256)
        if content is None:
            return NOTHING_SEEN
        damaged = _damaged(self._file("seen", sha256))
        with translated(InstantError, KeyError, MalformedJsonError, ValueError, to=damaged):
            return _parsed(content)

    def remember(self, sha256: str, found: Seen) -> None:
        """Keep the newest of what is kept and of `found`. Raises `FolderError`, `UserFolderError`."""
        if self.seen(sha256) == found:
            return
        # Read again when it is written: another verification may have seen more meanwhile.
        self._write("seen", sha256, lambda: _text(self.seen(sha256).updated(found)))

    def _file(self, kind: str, sha256: str) -> Path:
        """Return where a file is. Raises `UserFolderError` if the way there is not the user's own."""
        file = self._folder / kind / f"{sha256}.json"
        for place in (self._folder, file.parent, file):
            with suppress(OSError):  # What is not there, or cannot be looked at, is told by who opens it.
                if place.is_symlink() or place.stat().st_uid != os.geteuid():
                    raise UserFolderError(f"{place} is a link or belongs to another user: put your own in its place")
        return file

    def _read(self, kind: str, sha256: str) -> bytes | None:
        file = self._file(kind, sha256)
        found: tuple[int, bytes | None] = (0, None)
        with translated(OSError, to=partial(_unreadable, file)), suppress(FileNotFoundError):
            found = read_regular(file, _LARGEST)
        if found[0] & 0o077:
            raise UserFolderError(f"{file} is open to other users: remove it, or set its mode to 0600 if it is yours")
        return found[1]

    def _write(self, kind: str, sha256: str, content: Callable[[], bytes]) -> None:
        """Replace a file; its `content` is asked for while nobody else writes."""
        file = self._file(kind, sha256)
        with translated(OSError, to=partial(FolderError, file)):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(file.parent / ".lock"):
                write_atomically(file, content(), mode=0o600)


def _unreadable(path: Path, error: OSError) -> UserFolderError:
    return UserFolderError(f"{path} cannot be read: {error.strerror or error}")


def _damaged(file: Path) -> UserFolderError:
    return UserFolderError(f"{file} is damaged: remove it if you can say why, and confirm the root again")


def _parsed(content: bytes) -> Seen:
    value = parse_object(content)
    if not isinstance(value["version"], int) or not is_root_digest(f"sha256:{value['sha256']}"):
        raise ValueError("no version, or no digest")
    times = {name: value[name] for name in ("trust_list_at", "manifest_at") if value[name] is not None}
    return Seen(value["version"], value["sha256"], **{name: parse_instant(text) for name, text in times.items()})


def _text(seen: Seen) -> bytes:
    return json.dumps(asdict(seen), default=utc_text).encode("ascii")
