"""Did this key sign these bytes: the one place that asks the cryptographic libraries.

Data Integrity, JOSE and COSE all end here. Nothing here knows who may sign: that is `trust`.
"""

from contextlib import suppress

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import BadSignatureError

from schemas.multikey import Algorithm, MultikeyError, algorithm_of

SIGNATURE_BYTES = {Algorithm.EDDSA: 64, Algorithm.ES256: 64, Algorithm.ES384: 96}
_CURVES: dict[Algorithm, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    Algorithm.ES256: (ec.SECP256R1(), hashes.SHA256()),
    Algorithm.ES384: (ec.SECP384R1(), hashes.SHA384()),
}


def is_signature(algorithm: Algorithm, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is that of `message` under `public_key`, a key of exactly this `algorithm`.

    ECDSA signatures are r and s side by side. libsodium refuses small-order Ed25519 keys and non-canonical
    signatures, so these answer no; so does a point that is not on its curve.
    """
    try:
        if algorithm_of(public_key) is not algorithm or len(signature) != SIGNATURE_BYTES[algorithm]:
            return False
        if algorithm is Algorithm.EDDSA:
            crypto_sign_open(signature + message, public_key)
        else:
            _verify_ecdsa(algorithm, public_key, message, signature)
    except (BadSignatureError, InvalidSignature, MultikeyError, ValueError):
        return False
    return True


def is_sound_key(public_key: bytes) -> bool:
    """Tell whether a key can prove anything: a point of its curve; for Ed25519 canonical, of no small order (T05)."""
    with suppress(ValueError):
        algorithm = algorithm_of(public_key)
        if algorithm is Algorithm.EDDSA:
            return bool(crypto_core_ed25519_is_valid_point(public_key))
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[algorithm][0], public_key)
        return True
    return False


def _verify_ecdsa(algorithm: Algorithm, public_key: bytes, message: bytes, signature: bytes) -> None:
    curve, digest = _CURVES[algorithm]
    half = len(signature) // 2
    r, s = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
    key = ec.EllipticCurvePublicKey.from_encoded_point(curve, public_key)
    key.verify(encode_dss_signature(r, s), message, ec.ECDSA(digest))
