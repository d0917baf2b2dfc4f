"""Why the outside refuses."""

from pathlib import Path

from schemas.refusals import Refusal
from verifier.messages import message


class AdapterError(Refusal, code="adapter"):
    """Base: something outside the program cannot be used."""


class FolderError(AdapterError, code="folder"):
    """A folder or file cannot be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        """Name the `path` and what the system says."""
        super().__init__(f"{path} cannot be written: {error.strerror or error}")


class UserFolderError(AdapterError, code="user-folder"):
    """What the user's configuration folder holds cannot be relied on; it is never ignored."""


class ActorsError(AdapterError, code="actors"):
    """The table of actors does not say who this is."""


class ChildFailedError(AdapterError, code="child"):
    """Work in a child process ended without a result: it crashed, or met a limit of time or memory."""


class BusyError(AdapterError, code="busy"):
    """As much work runs and waits as this process takes: come back later."""

    says = "too much is being worked on at this moment; nothing was decided, try again in a minute"


class FetchError(AdapterError):
    """A file of another machine was not fetched; `code` says why, as the code of a finding does.

    `fetch_denied` and `unsupported`: the address, or what it answers, is refused. `fetch_failed`, `tls` and
    `too_large`: no good answer came. Nothing of an answer is repeated.
    """

    def __init__(self, code: str, host: str) -> None:
        """Keep the `code`, and name the `host`."""
        super().__init__(f"{host}: {message(code)[0]['en']}")
        self.code = code

    @property
    def is_refusal(self) -> bool:
        """Whether the question itself is at fault; otherwise it can be asked again."""
        return self.code in {"fetch_denied", "unsupported"}
