"""A public key in the JOSE form is read whole, or refused."""

from typing import Any

import pytest

from schemas.base64url import decode_base64url, encode_base64url
from schemas.multikey import Algorithm, algorithm_of
from tests.support import tokens, world
from tests.support.expect import DROP, changed
from verifier.jwk import JwkError, read_jwk

EC = tokens.jwk("holder/1")
ED = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(world.signer("cse/issue-2026").public_key)}
P384 = {
    # The base point of the curve (SEC 2, 2.5.1).
    "kty": "EC",
    "crv": "P-384",
    "x": "qofKIr6LBTeOscce8yCtdG4dO2KLp5uYWfdB4IJUKjhVAvJdv1UpbDpUXjhydgq3",
    "y": "NhfeSpYmLG9dnpi_kpLcKfj0Hb0omhR86doxE7XwuMAKYLHOHX6BnXpDHXyQ6g5f",
}


def test_the_three_kinds_are_read() -> None:
    assert read_jwk(EC) == tokens.public_key("holder/1")
    assert read_jwk(ED) == world.signer("cse/issue-2026").public_key
    assert algorithm_of(read_jwk(P384)) is Algorithm.ES384


def test_what_else_stands_beside_the_key_does_not_matter() -> None:
    assert read_jwk(EC | {"kid": "x", "alg": "ES256", "use": "sig"}) == read_jwk(EC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "key",
        [EC],
        {},
        EC | {"d": "AA"},
        changed(EC, ("y", DROP)),
        EC | {"y": EC["x"]},
        EC | {"crv": "secp256k1"},
        EC | {"crv": "P-384"},
        EC | {"crv": ["P-256"]},
        EC | {"kty": "RSA"},
        EC | {"x": EC["x"] + "="},
        EC | {"x": encode_base64url(b"\x01" * 31), "y": encode_base64url(b"\x01" * 33)},
        ED | {"x": encode_base64url(b"\x01" * 31)},
        ED | {"crv": "X25519"},
        {"kty": "oct", "k": "AAAA"},
    ],
)
def test_every_other_value_is_refused(value: Any) -> None:
    with pytest.raises(JwkError):
        read_jwk(value)


def test_a_coordinate_has_its_full_length() -> None:
    """A byte that moves from one coordinate to the other would name the same point in another way."""
    x, y = (decode_base64url(EC[name]) for name in "xy")
    assert read_jwk(EC | {"x": encode_base64url(x), "y": encode_base64url(y)}) == read_jwk(EC)
    for moved in ({"x": x[:31], "y": x[31:] + y}, {"x": x + y[:1], "y": y[1:]}):
        with pytest.raises(JwkError):
            read_jwk(EC | {name: encode_base64url(part) for name, part in moved.items()})
