"""Multikey codec for the public keys that sign documents (CID 1.0, section 2.2.2).

A public key is its bytes behind the multicodec prefix: 32 for Ed25519, 33 for P-256 and 49 for P-384 (the compressed
point). The length tells the curve, and the curve the one algorithm that the key may be used with (`threats.md` 0.5).
"""

from enum import StrEnum

from schemas.base58btc import MultibaseError, decode, encode


class Algorithm(StrEnum):
    """The signature algorithms of the allow-list, by their JOSE name."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    ES384 = "ES384"


_CODECS = {32: (Algorithm.EDDSA, b"\xed\x01"), 33: (Algorithm.ES256, b"\x80\x24"), 49: (Algorithm.ES384, b"\x81\x24")}
_PREFIX = 2
MULTIKEY_STARTS = ("z6Mk", "zDn", "z82")
"""How the text of every supported key begins."""


class MultikeyError(ValueError):
    """The text is not the Multikey form of a public key that is supported."""

    code = "multikey"


def algorithm_of(public_key: bytes) -> Algorithm:
    """Return the one algorithm of a public key. Raises `MultikeyError` if it has the length of none."""
    if len(public_key) not in _CODECS:
        raise MultikeyError("a public key has 32 bytes (Ed25519), 33 (P-256) or 49 (P-384)")
    return _CODECS[len(public_key)][0]


def encode_multikey(public_key: bytes) -> str:
    """Return `publicKeyMultibase` of a public key. Raises `MultikeyError` as `algorithm_of` does."""
    algorithm_of(public_key)
    return encode(_CODECS[len(public_key)][1] + public_key)


def decode_multikey(text: object) -> bytes:
    """Return the bytes of the public key in `publicKeyMultibase`. Raises `MultikeyError` for anything else."""
    for length, (_, prefix) in _CODECS.items():
        try:
            value = decode(text, length=_PREFIX + length)
        except MultibaseError:
            continue
        if value.startswith(prefix):
            return value[_PREFIX:]
    raise MultikeyError("not the Multikey form of an Ed25519, P-256 or P-384 key")
