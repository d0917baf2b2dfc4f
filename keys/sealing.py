"""The cryptography of a keystore: passphrase to data key, seeds under it, the seal.

argon2id makes a key from the passphrase, which wraps a random data key. From the data
key come two: one encrypts each private seed, one seals the whole file.
"""

import hmac
from dataclasses import dataclass
from hashlib import blake2b, sha256

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt, crypto_aead_xchacha20poly1305_ietf_encrypt
from nacl.exceptions import CryptoError
from nacl.utils import random as random_bytes

from keys.refusals import KdfCostError
from schemas.refusals import translated

NONCE_BYTES = 24
SALT_BYTES = 16
KEY_BYTES = 32
TAG_BYTES = 16

_MOST_TIME = 10
_MOST_MEMORY_KIB = 1024 * 1024
_MOST_PARALLELISM = 8
_LEAST_MEMORY_PER_LANE_KIB = 8  # RFC 9106 3.1


@dataclass(frozen=True, slots=True)
class KdfCost:
    """What a guess of the passphrase costs; stored in the file, so bounded."""

    time: int
    memory_kib: int
    parallelism: int

    def __post_init__(self) -> None:
        """Refuse a cost that cannot work or would exhaust the machine."""
        if not 1 <= self.time <= _MOST_TIME:
            raise KdfCostError(f"time {self.time} is not from 1 to {_MOST_TIME}")
        if not 1 <= self.parallelism <= _MOST_PARALLELISM:
            raise KdfCostError(f"parallelism {self.parallelism} is not from 1 to {_MOST_PARALLELISM}")
        least = _LEAST_MEMORY_PER_LANE_KIB * self.parallelism
        if not least <= self.memory_kib <= _MOST_MEMORY_KIB:
            raise KdfCostError(f"memory {self.memory_kib} KiB is not from {least} to {_MOST_MEMORY_KIB}")


FULL_COST = KdfCost(time=3, memory_kib=262_144, parallelism=2)
"""Of threats 5: 256 MiB, 3 passes, 2 lanes."""


class NotAuthenticError(Exception):
    """A box does not open under this key; never leaves this package."""


@dataclass(frozen=True, slots=True)
class Box:
    """An encrypted value: XChaCha20-Poly1305."""

    nonce: bytes
    ciphertext: bytes


def wrapping_key(passphrase: bytes, *, salt: bytes, cost: KdfCost) -> bytes:
    """Derive the key that wraps the data key: costly on purpose."""
    with translated(HashingError, to=lambda error: KdfCostError(f"{cost} cannot be computed here: {error}")):
        return hash_secret_raw(passphrase, salt, cost.time, cost.memory_kib, cost.parallelism, KEY_BYTES, Type.ID)


def box(plain: bytes, *, key: bytes, bound_to: bytes) -> Box:
    """Encrypt `plain` so that it opens only together with `bound_to`."""
    nonce = random_bytes(NONCE_BYTES)
    return Box(nonce, crypto_aead_xchacha20poly1305_ietf_encrypt(plain, bound_to, nonce, key))


def unbox(sealed: Box, *, key: bytes, bound_to: bytes) -> bytes:
    """Decrypt a box; raises `NotAuthenticError` for any other key or binding."""
    with translated(CryptoError, to=NotAuthenticError()):
        return crypto_aead_xchacha20poly1305_ietf_decrypt(sealed.ciphertext, bound_to, sealed.nonce, key)


def seed_key(data_key: bytes) -> bytes:
    """Derive the key under which seeds are encrypted."""
    return blake2b(key=data_key, person=b"cse-seeds", digest_size=KEY_BYTES).digest()


def seal(text: bytes, *, data_key: bytes) -> bytes:
    """Return the authentication code of the whole text of a keystore."""
    key = blake2b(key=data_key, person=b"cse-seal", digest_size=KEY_BYTES).digest()
    return hmac.new(key, text, sha256).digest()
