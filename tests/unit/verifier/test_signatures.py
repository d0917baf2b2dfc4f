"""The one place that asks whether a key signed something (threats.md 0.5, T05)."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.signing import SigningKey

from schemas.multikey import Algorithm
from verifier.signatures import is_signature

MESSAGE = b"what is signed"
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SMALL_ORDER = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
)
Signed = tuple[bytes, bytes]


def ed25519() -> Signed:
    key = SigningKey(bytes(range(32)))
    return bytes(key.verify_key), key.sign(MESSAGE).signature


def ecdsa(curve: ec.EllipticCurve, digest: hashes.HashAlgorithm, half: int) -> tuple[bytes, bytes, bytes]:
    key = ec.derive_private_key(20261125, curve)
    der = key.sign(MESSAGE, ec.ECDSA(digest))
    r, s = decode_dss_signature(der)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return point, r.to_bytes(half) + s.to_bytes(half), der


KEYS: dict[Algorithm, Signed] = {
    Algorithm.EDDSA: ed25519(),
    Algorithm.ES256: ecdsa(ec.SECP256R1(), hashes.SHA256(), 32)[:2],
    Algorithm.ES384: ecdsa(ec.SECP384R1(), hashes.SHA384(), 48)[:2],
}


@pytest.mark.parametrize("named", Algorithm)
@pytest.mark.parametrize("made", Algorithm)
def test_the_key_fixes_the_algorithm(named: Algorithm, made: Algorithm) -> None:
    assert is_signature(named, KEYS[made][0], MESSAGE, KEYS[made][1]) is (named is made)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_any_changed_bit_is_noticed(algorithm: Algorithm) -> None:
    key, signature = KEYS[algorithm]
    for bit in range(len(signature) * 8):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not is_signature(algorithm, key, MESSAGE, bytes(changed)), bit
    for bit in range(len(key) * 8):
        other = bytearray(key)
        other[bit // 8] ^= 1 << bit % 8
        assert not is_signature(algorithm, bytes(other), MESSAGE, signature), bit
    assert not is_signature(algorithm, key, MESSAGE + b".", signature)


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize(
    "cut", [slice(0), slice(1), slice(-1), slice(1, None)], ids=["none", "one", "cut", "begun late"]
)
def test_a_signature_or_key_of_another_length_is_none(algorithm: Algorithm, cut: slice) -> None:
    key, signature = KEYS[algorithm]
    assert not is_signature(algorithm, key, MESSAGE, signature[cut])
    assert not is_signature(algorithm, key[cut], MESSAGE, signature)
    assert not is_signature(algorithm, key, MESSAGE, signature + b"\0")


@pytest.mark.parametrize("algorithm", [Algorithm.ES256, Algorithm.ES384])
@pytest.mark.parametrize("halves", [(0, 0), (0, 1), (1, 0)], ids=["00", "01", "10"])
def test_threat_V18_a_half_of_zero_is_no_signature(algorithm: Algorithm, halves: tuple[int, int]) -> None:
    size = len(KEYS[algorithm][1]) // 2
    zero = b"".join(half.to_bytes(size) for half in halves)
    assert not is_signature(algorithm, KEYS[algorithm][0], MESSAGE, zero)


def test_threat_V18_a_signature_in_der_is_none() -> None:
    key, _, der = ecdsa(ec.SECP256R1(), hashes.SHA256(), 32)
    assert not is_signature(Algorithm.ES256, key, MESSAGE, der)


def test_the_other_solution_of_ecdsa_counts_as_everywhere() -> None:
    """RFC 7518 asks for no small s; what a signature proves is the same. Our digests never take the signature in."""
    key, signature = KEYS[Algorithm.ES256]
    s = P256_ORDER - int.from_bytes(signature[32:])
    assert is_signature(Algorithm.ES256, key, MESSAGE, signature[:32] + s.to_bytes(32))


@pytest.mark.parametrize("weak", SMALL_ORDER)
def test_threat_V19_a_key_of_small_order_signs_nothing(weak: str) -> None:
    key = bytes.fromhex(weak)
    for nonce in (key, bytes.fromhex(SMALL_ORDER[0])):
        assert not is_signature(Algorithm.EDDSA, key, MESSAGE, nonce + bytes(32))


def test_threat_V20_s_plus_the_order_is_no_signature() -> None:
    key, signature = KEYS[Algorithm.EDDSA]
    beyond = (int.from_bytes(signature[32:], "little") + ED25519_ORDER).to_bytes(32, "little")
    assert not is_signature(Algorithm.EDDSA, key, MESSAGE, signature[:32] + beyond)
