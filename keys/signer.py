"""The one door to a private key."""

from typing import Protocol

from nacl.signing import SigningKey

from keys.refusals import KeyFormError

_SEED_BYTES = 32


class Signer(Protocol):
    """A private key that signs bytes and never leaves its home."""

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is published."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of `message`."""
        ...


class Ed25519Signer:
    """A signer whose key is in this process; it never shows its seed."""

    __slots__ = ("_key", "_verification_method")

    def __init__(self, verification_method: str, seed: bytes) -> None:
        """Take the 32-byte `seed` published under `verification_method`."""
        if len(seed) != _SEED_BYTES:
            raise KeyFormError("seed", "32 bytes")
        self._verification_method = verification_method
        self._key = SigningKey(seed)

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is published."""
        return self._verification_method

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return bytes(self._key.verify_key)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature of `message`."""
        return self._key.sign(message).signature

    def __repr__(self) -> str:
        """Name the verification method and the public key only."""
        return f"Ed25519Signer({self._verification_method!r}, {self.public_key.hex()})"

    def __reduce__(self) -> str:
        """Refuse to be copied or stored: a seed leaves only through a keystore."""
        raise KeyFormError("a signer", "used where it was unlocked, not copied")


def throw_away_signer(verification_method: str) -> Ed25519Signer:
    """Return a signer of a new random key that nobody keeps: for the lint."""
    return Ed25519Signer(verification_method, new_seed())


def new_seed() -> bytes:
    """Return the seed of a new random key."""
    return bytes(SigningKey.generate())
