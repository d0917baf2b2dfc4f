"""Every decoder of what strangers send: what it may refuse with, samples, and that what it reads is written the same.

A target takes any bytes. It returns the bytes that it would write for what it read, or None where nothing is written.
"""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from registry.adapters.fetching import host_of
from schemas import base58btc, strict_json
from schemas.base64url import Base64urlError, decode_base64url, encode_base64url
from schemas.multikey import MultikeyError, decode_multikey, encode_multikey
from schemas.paper_code import PaperCodeError, decode_code, encode_code, from_digits, to_digits
from tests.support import foreign, world
from tests.support.papers import baked_png, png_of
from verifier.asked import nothing_fetched
from verifier.badge import baked_credential
from verifier.dids import did_web_url, document_key, method_key
from verifier.formats import Kind, kind_of
from verifier.jws import check_header, read_jws
from verifier.refusals import DisbelievedError, UnreadableFileError, VerifierError
from verifier.sd_jwt import digest, disclosed_claims, read_sd_jwt
from verifier.status_list import inflate

_METHOD = f"{foreign.DID}#{foreign.DID[8:]}"
_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}


@dataclass(frozen=True)
class Decoder:
    """One decoder."""

    read: Callable[[bytes], bytes | None]
    refusals: tuple[type[Exception], ...]
    samples: tuple[bytes, ...]


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")


def _json(content: bytes) -> None:
    value = strict_json.parse(content)
    assert strict_json.parse(json.dumps(value).encode(), strict_json.Limits(1 << 22)) == value


def _code(content: bytes) -> bytes:
    code = decode_code(content)
    return encode_code(code.protected, code.payload, code.signature)


def _jws(content: bytes) -> None:
    token = read_jws(_text(content))
    check_header(token)
    token.claims()
    assert token.is_signed_by(bytes(32)) is False


def _sd_jwt(content: bytes) -> None:
    token = read_sd_jwt(_text(content))
    disclosed_claims(read_jws(token.issuer_signed).claims(), token.disclosures)


def _did(content: bytes) -> None:
    method_key(_text(content), "assertionMethod", did_document=nothing_fetched, now=world.NOW)


def _bits(content: bytes) -> None:
    inflate(_text(content))


def _did_web(content: bytes) -> None:
    assert did_web_url(_text(content)).startswith("https://")


def _address(content: bytes) -> None:
    host = host_of(_text(content))
    assert host == host.lower()


def _kind(content: bytes) -> None:
    kind_of(content)


def _baked(kind: Kind) -> Callable[[bytes], None]:
    def read(content: bytes) -> None:
        baked_credential(content, kind)

    return read


def _document(content: bytes) -> None:
    assert len(document_key(content, _METHOD, "assertionMethod", now=world.NOW)) in {32, 33, 49}


def _token(*parts: Any) -> bytes:
    return b".".join(encode_base64url(json.dumps(part).encode()).encode() for part in parts) + b".c2ln"


_DISCLOSURE = encode_base64url(b'["s","n",1]')
_BITS = gzip.compress(bytes(16 * 1024))
_DID_DOCUMENT = {
    "id": foreign.DID,
    "verificationMethod": [
        {"id": _METHOD, "type": "Multikey", "controller": foreign.DID, "publicKeyMultibase": foreign.DID[8:]},
        {"id": "#jwk", "type": "JsonWebKey", "controller": foreign.DID, "publicKeyJwk": _JWK},
    ],
    "assertionMethod": [_METHOD],
}
_DID_JWK = b"did:jwk:" + encode_base64url(json.dumps(_JWK).encode()).encode() + b"#0"

DECODERS = {
    "strict_json": Decoder(_json, (strict_json.MalformedJsonError,), (world.certificate(), b'{"a":[1.5,"\\u00e9"]}')),
    "base58btc": Decoder(
        lambda content: base58btc.encode(base58btc.decode(_text(content), length=34)).encode(),
        (base58btc.MultibaseError,),
        (foreign.DID[8:].encode(),),
    ),
    "multikey": Decoder(
        lambda content: encode_multikey(decode_multikey(_text(content))).encode(),
        (MultikeyError,),
        (foreign.DID[8:].encode(),),
    ),
    "base64url": Decoder(
        lambda content: encode_base64url(decode_base64url(_text(content))).encode(),
        (Base64urlError,),
        (b"", b"AA", b"-_8"),
    ),
    "paper_code": Decoder(_code, (PaperCodeError,), (world.paper_code(),)),
    "digits": Decoder(
        lambda content: to_digits(from_digits(_text(content))).encode(),
        (PaperCodeError,),
        (to_digits(world.paper_code()).encode(), b"00000000000000001"),
    ),
    "bitstring": Decoder(
        _bits,
        (DisbelievedError,),
        (b"u" + encode_base64url(_BITS).encode(), b"u" + encode_base64url(_BITS * 2).encode()),
    ),
    "did": Decoder(_did, (DisbelievedError,), (_METHOD.encode(), _DID_JWK, b"did:web:a.example#k")),
    "did_web": Decoder(
        _did_web,
        (DisbelievedError,),
        (b"did:web:a.example", b"did:web:a.example%3A8443:b:c"),
    ),
    "did_document": Decoder(_document, (DisbelievedError,), (json.dumps(_DID_DOCUMENT).encode(),)),
    "address": Decoder(_address, (), (b"https://a.example/b?c=d", b"https://[::1]/")),
    "jws": Decoder(_jws, (VerifierError, DisbelievedError), (_token({"alg": "ES256"}, {"iss": "a"}),)),
    "sd_jwt": Decoder(
        _sd_jwt,
        (VerifierError, DisbelievedError),
        (_token({"alg": "ES256"}, {"_sd": [digest(_DISCLOSURE)]}) + f"~{_DISCLOSURE}~".encode(),),
    ),
    "kind": Decoder(_kind, (UnreadableFileError,), (b"%PDF-1.7\n%%EOF", b"CSE26ELE00012379", b'"a"')),
    "png": Decoder(
        _baked(Kind.PNG),
        (UnreadableFileError,),
        (baked_png(b"{}"), baked_png(b"eyJ9.eyJ9.AA"), png_of(1, 1)),
    ),
    "svg": Decoder(
        _baked(Kind.SVG),
        (UnreadableFileError,),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">'
            b"<o:credential><![CDATA[{}]]></o:credential></svg>",
        ),
    ),
}


def examine(decoder: Decoder, content: bytes) -> bool:
    """Read `content`; tell whether it was accepted. Anything but a declared refusal gets through."""
    try:
        written = decoder.read(content)
    except decoder.refusals:
        return False
    assert written is None or written == content
    return True
