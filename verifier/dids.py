"""Decentralized identifiers: from a verification method to its public key. Nothing is fetched here.

A did:key and a did:jwk hold their key. The document of a did:web is where `did_web_url` says; its bytes come from
the caller, and a key in it counts for the purposes that the document lists it under (CID 1.0, 3.3).
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.base64url import Base64urlError, decode_base64url
from schemas.multikey import Algorithm, MultikeyError, algorithm_of, decode_multikey
from schemas.refusals import translated
from schemas.strict_json import Limits, MalformedJsonError, parse_object
from verifier import documents, instants, refusals, signatures
from verifier.asked import Fetched
from verifier.jwk import JwkError, read_jwk

DISPROVING_KEYS = frozenset({"did_document_of_another", "key_not_for_this", "weak_key"})
"""Codes with which a DID speaks against what was signed in its name; every other only leaves the key unknown."""

_DID_WEB = re.compile(
    r"did:web:(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?:%3[Aa](?P<port>[0-9]{1,5}))?(?P<path>(?::[A-Za-z0-9._-]+)*)"
)
_DOCUMENT = Limits(size=64 * 1024)
_JWK = Limits(size=1024)
_Reader = Callable[[Any], bytes]
_FORMS: dict[str, tuple[str, _Reader]] = {
    "Multikey": ("publicKeyMultibase", decode_multikey),
    "Ed25519VerificationKey2020": ("publicKeyMultibase", decode_multikey),
    "JsonWebKey": ("publicKeyJwk", read_jwk),
    "JsonWebKey2020": ("publicKeyJwk", read_jwk),
}
"""Type of a verification method -> the member that holds its key, and how that is read."""


class DidError(refusals.DisbelievedError):
    """A DID, or its document, gives no key to rely on. `code` names the finding."""


def did_web_url(did: str) -> str:
    """Return the https address of the document of a did:web (did:web 2.5.2). Raises `DidError`.

    The host is taken as it is spelled: whether it may be asked is decided by who fetches. The one escape is that of
    the colon before a port; a path that leads elsewhere than it says (`..`, `%2f`) has no address.
    """
    found = _DID_WEB.fullmatch(did)
    segments = found["path"].split(":")[1:] if found is not None else []
    if found is None or {".", ".."} & set(segments):
        raise DidError("unsupported")
    port = f":{found['port']}" if found["port"] else ""
    path = "/".join(segments) or ".well-known"
    return f"https://{found['host'].lower()}{port}/{path}/did.json"


def method_key(method: str, purpose: str, *, did_document: Callable[[str], Fetched], now: datetime) -> bytes:
    """Return the public key of the verification `method`, which must be good for `purpose` at `now`.

    `did_document` gives what was fetched from the address of a did:web. Raises `DidError`.
    """
    did, _, fragment = method.partition("#")
    kind, _, text = did.removeprefix("did:").partition(":")
    if kind == "web":
        fetched = did_document(did_web_url(did))
        if fetched.content is None:
            raise DidError(fetched.code)
        return document_key(fetched.content, method, purpose, now=now)
    if kind not in {"key", "jwk"} or not did.startswith("did:"):
        raise DidError("unsupported")
    if fragment != (text if kind == "key" else "0"):
        raise DidError("key_not_for_this")
    return _key(decode_multikey if kind == "key" else _read_did_jwk, text)


def document_key(content: bytes, method: str, purpose: str, *, now: datetime) -> bytes:
    """Return the key that the DID document in `content` gives the verification `method`, as `method_key` does."""
    did = method.partition("#")[0]
    with translated(MalformedJsonError, to=DidError("did_document_malformed")):
        document = parse_object(content, _DOCUMENT)
    if document.get("id") != did:
        raise DidError("did_document_of_another")
    named = documents.listed(document.get(purpose))
    entries = [*documents.listed(document.get("verificationMethod")), *named]
    found = [entry for entry in entries if isinstance(entry, dict) and _absolute(entry, did) == method]
    is_named = method in (_absolute(entry, did) for entry in named)
    if not is_named or len(found) != 1 or found[0].get("controller") != did or _has_ended(found[0], now):
        raise DidError("key_not_for_this")
    member, read = _FORMS.get(str(found[0].get("type")), ("", read_jwk))
    return _key(read, found[0].get(member))


def _absolute(entry: Any, did: str) -> str:
    """Return the id of a verification method, or of a reference to one, in full."""
    named = documents.identifier(entry) or ""
    return did + named if named.startswith("#") else named


def _has_ended(entry: dict[str, Any], now: datetime) -> bool:
    """Tell whether a key must not be used any more (CID 1.0, 2.2: `expires`, `revoked`)."""
    try:
        return any(instants.parse_timestamp(entry[name]) <= now for name in ("expires", "revoked") if name in entry)
    except instants.InstantError:
        return True


def _read_did_jwk(text: str) -> bytes:
    """Return the key of a did:jwk, whose one spelling is base64url of its JSON (did:jwk 1.0)."""
    jwk = parse_object(decode_base64url(text), _JWK)
    key = read_jwk(jwk)
    algorithm, named = algorithm_of(key), jwk.get("alg")
    # RFC 9864 gives EdDSA with this curve a name of its own.
    is_other = named not in (None, algorithm) and (algorithm, named) != (Algorithm.EDDSA, "Ed25519")
    if jwk.get("use", "sig") != "sig" or is_other:
        raise DidError("key_not_for_this")
    return key


def _key(read: _Reader, value: object) -> bytes:
    """Return the key that `read` finds in `value`; one that proves nothing is refused where it enters (T05)."""
    with translated(Base64urlError, JwkError, MalformedJsonError, MultikeyError, to=DidError("key_unsupported")):
        key = read(value)
    if not signatures.is_sound_key(key):
        raise DidError("weak_key")
    return key
