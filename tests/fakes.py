"""Fakes of the ports, and of nothing else: keys, randomness, secret, publisher."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from keys.keystore import KeyRecord, NewKey
from keys.records import KeyUse
from keys.signer import Signer, throw_away_signer
from registry.services.ports import Keyring


@dataclass
class Numbers:
    """Randomness that hands out what it was given, in order; bytes are counted up."""

    below_values: list[int] = field(default_factory=list)
    drawn: int = 0

    def randbytes(self, n: int) -> bytes:
        self.drawn += 1
        return (self.drawn << 8).to_bytes(n)

    def randrange(self, stop: int, /) -> int:
        return self.below_values.pop(0) % stop


class HardwareError(RuntimeError):
    """What a signing device may raise: none of our refusals."""


@dataclass
class BrokenSigner:
    """A signer that counts what it was asked to sign, and fails."""

    verification_method: str
    asked: int = 0

    def sign(self, message: bytes) -> bytes:
        self.asked += 1
        raise HardwareError("the device was unplugged")


@dataclass
class OtherKeyring:
    """A keyring whose signers have the right names: broken, or with keys that nobody published.

    Named a class, those of every other class are the real ones.
    """

    real: Keyring
    broken: bool = True
    only: KeyUse | None = None
    signers: list[BrokenSigner] = field(default_factory=list)

    def create(self, keystore: str, *, body: str, new_keys: Sequence[NewKey]) -> tuple[KeyRecord, ...]:
        return self.real.create(keystore, body=body, new_keys=new_keys)

    def add(self, keystore: str, new_keys: Sequence[NewKey]) -> tuple[KeyRecord, ...]:
        return self.real.add(keystore, new_keys)

    def signer(self, keystore: str, use: KeyUse, at: datetime) -> Signer:
        if self.only not in {None, use}:
            return self.real.signer(keystore, use, at)
        name = self.real.signer(keystore, use, at).verification_method
        self.signers.append(BrokenSigner(name))
        return self.signers[-1] if self.broken else throw_away_signer(name)


@dataclass
class MemorySecret:
    """A secret in memory; counts how often one was made."""

    content: bytes | None = b"pepper"
    made: int = 0

    def read(self) -> bytes | None:
        return self.content

    def make(self) -> bytes:
        self.made += 1
        self.content = b"made"
        return self.content


@dataclass
class MemoryPublisher:
    """A published folder in memory; remembers the order of writing."""

    files: dict[str, bytes] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        yield

    def get(self, path: str) -> bytes | None:
        return self.files.get(path)

    def put(self, path: str, content: bytes) -> None:
        self.files[path] = content
        self.order.append(path)
