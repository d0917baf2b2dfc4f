"""The one door to a private key."""

from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.bindings import crypto_sign, crypto_sign_seed_keypair
from nacl.signing import SigningKey

from keys.refusals import KeyFormError
from schemas.multikey import Algorithm
from schemas.refusals import translated

_SEED_BYTES, _SIGNATURE_BYTES = 32, 64
_CURVE = ec.SECP256R1()


class Signer(Protocol):
    """A private key that signs bytes and never leaves its home."""

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is published."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`, by the algorithm of the key."""


class LocalSigner:
    """A signer whose key is in this process; it never shows its seed."""

    __slots__ = ("_sign", "public_key", "verification_method")

    def __init__(self, verification_method: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> None:
        """Take both halves of the key published under `verification_method`, the private one as what it does."""
        self.verification_method = verification_method
        self.public_key = public_key
        self._sign = sign

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of `message`."""
        return self._sign(message)

    def __repr__(self) -> str:
        """Name the verification method and the public key only."""
        return f"{type(self).__name__}({self.verification_method!r}, {self.public_key.hex()})"

    def __reduce__(self) -> str:
        """Refuse to be copied or stored: a seed leaves only through a keystore."""
        raise KeyFormError("a signer", "used where it was unlocked, not copied")


class Ed25519Signer(LocalSigner):
    """A signer of EdDSA; its public key has 32 bytes."""

    __slots__ = ()

    def __init__(self, verification_method: str, seed: bytes) -> None:
        """Take the 32-byte `seed` published under `verification_method`."""
        public, secret = crypto_sign_seed_keypair(_required(seed))
        super().__init__(verification_method, public, lambda message: crypto_sign(message, secret)[:_SIGNATURE_BYTES])


class P256Signer(LocalSigner):
    """A signer of ES256; its public key is the compressed point. One message always gets one signature (RFC 6979)."""

    __slots__ = ()

    def __init__(self, verification_method: str, seed: bytes) -> None:
        """Take the private number. Raises `KeyFormError` if it is 0, or not below the order of the curve."""
        with translated(ValueError, to=KeyFormError("private number", "from 1 to the order of P-256 less 1")):
            key = ec.derive_private_key(int.from_bytes(_required(seed)), _CURVE)

        def sign(message: bytes) -> bytes:
            r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))
            return r.to_bytes(_SEED_BYTES) + s.to_bytes(_SEED_BYTES)

        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        super().__init__(verification_method, point, sign)


def _required(seed: bytes) -> bytes:
    if len(seed) != _SEED_BYTES:
        raise KeyFormError("seed", "32 bytes")
    return seed


def local_signer(verification_method: str, algorithm: Algorithm, seed: bytes) -> LocalSigner:
    """Return the signer of a key of `algorithm`. Raises `KeyFormError` if `seed` is none of it."""
    kind = P256Signer if algorithm is Algorithm.ES256 else Ed25519Signer
    return kind(verification_method, seed)


def throw_away_signer(verification_method: str) -> Ed25519Signer:
    """Return a signer of a new random key that nobody keeps: for the lint."""
    return Ed25519Signer(verification_method, new_seed())


def new_seed(algorithm: Algorithm = Algorithm.EDDSA) -> bytes:
    """Return the seed of a new random key."""
    if algorithm is Algorithm.ES256:
        return ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(_SEED_BYTES)
    return bytes(SigningKey.generate())
