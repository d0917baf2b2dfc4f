"""JSON-LD contexts as pinned package data, with a closed loader.

Published contexts are byte-exact copies with a recorded digest (`data/published/SOURCES.md`). Our own
contexts are generated from the base address of the deployment and never change within a version
(`credential.md` 3). Nothing here opens a connection: an address that is not listed is refused.
"""

import hashlib
import json
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from schemas.tables import read_table

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
STATUS_V1 = "https://www.w3.org/ns/credentials/status/v1"
OPEN_BADGES_V3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
REGISTRATION_PATH = "/contexts/registration/v1.jsonld"
STATEMENTS_PATH = "/contexts/statements/v1.jsonld"
AGREEMENTS_PATH = "/contexts/statements/v2.jsonld"
"""The same terms, and more for agreements: they alone are signed with it (`credential.md` 3)."""

_DATA = resources.files("schemas").joinpath("data")

PUBLISHED: dict[str, list[str]] = read_table("published.json")
"""Address -> (file in `data/published`, SHA-256 of its bytes)."""

OWN = {
    REGISTRATION_PATH: "registration-v1.jsonld",
    STATEMENTS_PATH: "statements-v1.jsonld",
    AGREEMENTS_PATH: "statements-v2.jsonld",
}
"""The path of every context that we ever signed with, and its file in `data/own`."""


class UnknownContextError(LookupError):
    """No pinned copy of this context address exists."""

    code = "context.unknown"


# Contexts that somebody knows beside the pinned ones, as (address, bytes); they never replace a pinned one.
ExtraContexts = tuple[tuple[str, bytes], ...]
NO_EXTRA: ExtraContexts = ()


def contexts_in(folder: Path) -> ExtraContexts:
    """Return the contexts that no package publishes, as far as they lie in a `folder` of published test vectors.

    Raises `UnknownContextError` if the bytes of one are not those of its digest.
    """
    listed = read_table("unpublished.json")
    found = [(url, folder / name, digest) for url, (name, digest) in listed.items() if (folder / name).is_file()]
    return tuple((url, undamaged(file.read_bytes(), url, digest)) for url, file, digest in found)


def certificate_contexts(base: str) -> list[str]:
    """Give the exact `@context` array of a certificate of the deployment at `base` (`credential.md` C1)."""
    return [CREDENTIALS_V2, OPEN_BADGES_V3, base + REGISTRATION_PATH]


def statement_contexts(base: str, path: str = STATEMENTS_PATH) -> list[str]:
    """Give the exact `@context` array of trust list, authorization and code tables; an agreement has another `path`."""
    return [CREDENTIALS_V2, base + path]


@lru_cache(maxsize=64)
def context_bytes(url: str, base: str, extra: ExtraContexts = NO_EXTRA) -> bytes:
    """Return the pinned bytes behind `url`, or its `extra` ones; `base` is the deployment whose own contexts count.

    Raises `UnknownContextError` for any other address. The digest of a published copy is compared on
    every first read, so that a damaged installation cannot sign or verify.
    """
    if url in PUBLISHED:
        name, digest = PUBLISHED[url]
        return undamaged(_DATA.joinpath("published", name).read_bytes(), url, digest)
    path = url.removeprefix(base)
    if path != url and path in OWN:
        return own_document(OWN[path], base)
    content = dict(extra).get(url)
    if content is None:
        raise UnknownContextError(f"no pinned copy of the context {url}")
    return content


def undamaged(content: bytes, url: str, digest: str) -> bytes:
    """Return the copy `content` of `url`. Raises `UnknownContextError` if its SHA-256 is not `digest`."""
    if hashlib.sha256(content).hexdigest() != digest:
        raise UnknownContextError(f"the copy of {url} is damaged: install it anew")
    return content


@lru_cache(maxsize=64)
def context_document(url: str, base: str, extra: ExtraContexts = NO_EXTRA) -> dict[str, Any]:
    """Return the parsed context behind `url`. The value is shared: callers must not change it.

    Raises `UnknownContextError` as `context_bytes` does.
    """
    document: dict[str, Any] = json.loads(context_bytes(url, base, extra))
    return document


def is_known_context(url: object, base: str, extra: ExtraContexts = NO_EXTRA) -> bool:
    """Tell whether `url` is the address of a pinned context, or of an `extra` one."""
    if not isinstance(url, str):
        return False
    is_own = url.startswith(base) and url.removeprefix(base) in OWN
    return is_own or url in PUBLISHED or url in dict(extra)


@lru_cache(maxsize=32)
def own_document(name: str, base: str) -> bytes:
    """Return one of our own generated documents (context or certificate schema) for the deployment at `base`."""
    template = _DATA.joinpath("own", name).read_text(encoding="utf-8")
    return template.replace("{base}", base).encode("utf-8")
