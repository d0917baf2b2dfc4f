"""What the use cases need from outside, as protocols: keys, randomness, a place to publish."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from keys.keystore import KeyRecord, NewKey
from keys.records import KeyUse
from keys.signer import Signer
from registry.domain.policy import DEFAULT_POLICY, Policy
from registry.services.judging import FetchForeign, JudgeApart, judge_here
from registry.store.work import Work
from verifier.study import Results


class Keyring(Protocol):
    """The keystores that this process may open."""

    def create(self, keystore: str, *, body: str, new_keys: Sequence[NewKey]) -> tuple[KeyRecord, ...]:
        """Make the keystore `keystore` of a body with its first keys."""

    def add(self, keystore: str, new_keys: Sequence[NewKey]) -> tuple[KeyRecord, ...]:
        """Add keys to a keystore; of one that it holds already, the record is given."""

    def signer(self, keystore: str, use: KeyUse, at: datetime) -> Signer:
        """Return the signer of a class in force at `at`."""


class Randomness(Protocol):
    """The operating system's randomness, by the words of the standard library's `random.Random`."""

    def randbytes(self, n: int) -> bytes:
        """Return `n` random bytes."""

    def randrange(self, stop: int, /) -> int:
        """Return a random number from 0 to `stop` - 1."""


class Secret(Protocol):
    """The secret of this register, which is kept apart from its database."""

    def read(self) -> bytes | None:
        """Return the secret, or None if there is none yet."""

    def make(self) -> bytes:
        """Make and keep a new one, and return it."""


class Publisher(Protocol):
    """A folder of published files; each file changes in one step."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep every other publisher out while the block runs."""

    def get(self, path: str) -> bytes | None:
        """Return the file at the URL path `path`, or None if there is none."""

    def put(self, path: str, content: bytes) -> None:
        """Replace the file at the URL path `path`; when this returns, a crash does not bring the old one back."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every use case works with: store, base address, policy in force, and what judges heavy documents.

    Where many are served `judge_apart` judges in a limited child; somebody who asks for one answer waits for it here.
    `fetch_foreign` is the way to what documents of others point to; nobody has it who did not switch it on.
    `results` is what is known of certificates from before.
    """

    open_work: Callable[[], AbstractContextManager[Work]]
    open_reading: Callable[[], AbstractContextManager[Work]]
    base: str
    is_demo: bool
    policy: Policy = DEFAULT_POLICY
    judge_apart: JudgeApart = judge_here
    fetch_foreign: FetchForeign | None = None
    results: Results = field(default_factory=Results)
