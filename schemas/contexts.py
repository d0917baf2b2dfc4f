"""JSON-LD contexts as pinned package data, with a closed loader.

Published contexts are byte-exact copies with a recorded digest (`data/published/SOURCES.md`). Our own
contexts are generated from the base address of the deployment and never change within a version
(`credential.md` 3). Nothing here opens a connection: an address that is not listed is refused.
"""

import hashlib
import json
from functools import lru_cache
from importlib import resources
from typing import Any

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_V3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
REGISTRATION_PATH = "/contexts/registration/v1.jsonld"
STATEMENTS_PATH = "/contexts/statements/v1.jsonld"

PUBLISHED: dict[str, tuple[str, str]] = {
    CREDENTIALS_V2: ("credentials-v2.json", "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"),
    OPEN_BADGES_V3: ("ob-context-3.0.3.json", "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"),
    "https://w3id.org/security/data-integrity/v2": (
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    "https://w3id.org/security/multikey/v1": (
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    "https://www.w3.org/ns/did/v1": (
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
}
"""Address -> (file in `data/published`, SHA-256 of its bytes)."""

_OWN = {REGISTRATION_PATH: "registration-v1.jsonld", STATEMENTS_PATH: "statements-v1.jsonld"}


class UnknownContextError(LookupError):
    """No pinned copy of this context address exists."""

    code = "context.unknown"


def certificate_contexts(base: str) -> list[str]:
    """Give the exact `@context` array of a certificate of the deployment at `base` (`credential.md` C1)."""
    return [CREDENTIALS_V2, OPEN_BADGES_V3, base + REGISTRATION_PATH]


def statement_contexts(base: str) -> list[str]:
    """Give the exact `@context` array of trust list, authorization and code tables."""
    return [CREDENTIALS_V2, base + STATEMENTS_PATH]


@lru_cache(maxsize=32)
def context_bytes(url: str, base: str) -> bytes:
    """Return the pinned bytes behind `url`; `base` is the deployment whose own contexts count.

    Raises `UnknownContextError` for any other address. The digest of a published copy is compared on
    every first read, so that a damaged installation cannot sign or verify.
    """
    if url in PUBLISHED:
        name, digest = PUBLISHED[url]
        return undamaged(resources.files("schemas").joinpath("data", "published", name).read_bytes(), url, digest)
    path = url.removeprefix(base)
    if path == url or path not in _OWN:
        raise UnknownContextError(f"no pinned copy of the context {url}")
    return own_document(_OWN[path], base)


def undamaged(content: bytes, url: str, digest: str) -> bytes:
    """Return the installed copy `content` of `url`. Raises `UnknownContextError` if its SHA-256 is not `digest`."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise UnknownContextError(f"the installed copy of {url} is damaged: reinstall the package")
    return content


@lru_cache(maxsize=32)
def context_document(url: str, base: str) -> dict[str, Any]:
    """Return the parsed context behind `url`. The value is shared: callers must not change it.

    Raises `UnknownContextError` as `context_bytes` does.
    """
    document: dict[str, Any] = json.loads(context_bytes(url, base))
    return document


def is_known_context(url: object, base: str) -> bool:
    """Tell whether `url` is the address of a pinned context."""
    return isinstance(url, str) and (url in PUBLISHED or (url.startswith(base) and url.removeprefix(base) in _OWN))


@lru_cache(maxsize=32)
def own_document(name: str, base: str) -> bytes:
    """Return one of our own generated documents (context or certificate schema) for the deployment at `base`."""
    template = resources.files("schemas").joinpath("data", "own", name).read_text(encoding="utf-8")
    return template.replace("{base}", base).encode("utf-8")
