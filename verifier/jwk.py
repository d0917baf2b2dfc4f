"""Public keys in the JOSE form (RFC 7517, RFC 8037) as bytes: Ed25519, P-256, P-384, and nothing else."""

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from schemas.base64url import decode_base64url, encode_base64url
from schemas.refusals import translated

_CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
_ED25519_BYTES = 32


class JwkError(ValueError):
    """The value is no public key of a kind that is supported."""

    code = "jwk"


def read_jwk(value: object) -> bytes:
    """Return the bytes of a public key as its Multikey form holds them.

    Raises `JwkError`: another kind of key, a point that is not on its curve, a key with its private half.
    """
    if not isinstance(value, dict) or "d" in value:
        raise JwkError("not a public key")
    with translated(KeyError, TypeError, ValueError, to=JwkError("not a key of Ed25519, P-256 or P-384")):
        x = decode_base64url(value.get("x"))
        if (value.get("kty"), value.get("crv")) == ("OKP", "Ed25519") and len(x) == _ED25519_BYTES:
            return x
        y = decode_base64url(value.get("y"))
        if value.get("kty") != "EC" or len(x) != len(y):
            raise JwkError("not a key of Ed25519, P-256 or P-384")
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[value["crv"]], b"\x04" + x + y)
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def jwk_of(public_key: bytes) -> dict[str, str]:
    """Return the public JWK of an Ed25519 or P-256 key, with no member but those that make it."""
    if len(public_key) == _ED25519_BYTES:
        return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(public_key)}
    point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES["P-256"], public_key).public_numbers()
    x, y = (encode_base64url(number.to_bytes(32)) for number in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
