"""Multikey codec for Ed25519 public keys (CID 1.0, section 2.2.2)."""

from schemas.base58btc import MultibaseError, decode, encode

_ED25519_PUB = b"\xed\x01"
_LENGTH = 32


class MultikeyError(ValueError):
    """The text is not the Multikey form of an Ed25519 public key."""

    code = "multikey"


def encode_ed25519(public_key: bytes) -> str:
    """Return `publicKeyMultibase` of the 32-byte `public_key`."""
    if len(public_key) != _LENGTH:
        raise MultikeyError("an Ed25519 public key has 32 bytes")
    return encode(_ED25519_PUB + public_key)


def decode_ed25519(text: object) -> bytes:
    """Return the 32 key bytes of `publicKeyMultibase`. Raises `MultikeyError` for anything else."""
    try:
        value = decode(text, length=len(_ED25519_PUB) + _LENGTH)
    except MultibaseError as error:
        raise MultikeyError(str(error)) from error
    if not value.startswith(_ED25519_PUB):
        raise MultikeyError("not an Ed25519 key")
    return value[len(_ED25519_PUB) :]
