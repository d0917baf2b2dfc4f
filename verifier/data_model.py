"""The members and types that the W3C data model demands of credentials and presentations (VCDM 2.0 and 1.1).

What one member must look like is said in `schemas/data/contracts/vcdm-2.0.json`, `vcdm-1.1.json`,
`presentation.json` and `enveloped.json`; each `$comment` there is the code of a fault at that place. Here is what
a schema cannot say: the order of dates, and digests of related resources. Which contexts are known is
the business of `documents`, and members that no context defines that of `terms`.
"""

import base64
import hashlib
from functools import partial
from typing import Any, cast

from schemas import base58btc, contracts
from schemas.contexts import CREDENTIALS_V1, CREDENTIALS_V2, PUBLISHED, context_bytes
from verifier.checks import CheckName, Finding, failed
from verifier.documents import listed
from verifier.instants import InstantError, parse_timestamp

_PERIODS = (("validFrom", "validUntil"), ("issuanceDate", "expirationDate"))
_MULTIHASHES = {"sha256": b"\x12 ", "sha384": b" 0", "sha512": b"\x13@", "sha3_256": b"\x16 ", "sha3_384": b"\x150"}
"""Hash function -> code and length in a multihash (CID 1.0, 2.5)."""


_fault = partial(failed, CheckName.SCHEMA)
"""What breaks the data model: stable code, whose clause `messages` knows, and the JSON Pointer of the member."""


def data_model_fault(document: dict[str, Any]) -> Finding | None:
    """Return the most telling fault of a credential or presentation, secured or not, as the check `schema`, or None.

    What an envelope holds is not opened, and credentials in a presentation are documents of their own.
    """
    kinds = listed(document.get("type"))
    if "EnvelopedVerifiableCredential" in kinds or "EnvelopedVerifiablePresentation" in kinds:
        return _form_fault("enveloped", document)
    if "VerifiablePresentation" in kinds:
        return _form_fault("presentation", document)
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] not in ([CREDENTIALS_V1], [CREDENTIALS_V2]):
        return _fault("model_context", "/@context")
    return (
        _form_fault("vcdm-2.0" if contexts[0] == CREDENTIALS_V2 else "vcdm-1.1", document)
        or _period_fault(document)
        or _status_fault(document)
        or _resource_fault(document)
    )


def _form_fault(name: str, document: dict[str, Any]) -> Finding | None:
    """Return what breaks the schema `name`. The code is that of the failed place, else of the whole member."""
    error = contracts.telling_error(name, "", document)
    if error is None:
        return None
    place, broken = contracts.place_of(error), cast(dict[str, Any], error.schema)
    model: Any = contracts.validator(name, "").schema
    return _fault(broken.get("$comment") or model["properties"][place[0]]["$comment"], contracts.pointer_to(place))


def _period_fault(credential: dict[str, Any]) -> Finding | None:
    for first, last in _PERIODS:
        moments = []
        for member in (first, last):
            try:
                moments += [parse_timestamp(credential[member])] if member in credential else []
            except InstantError:
                return _fault("malformed_date", f"/{member}")
        if moments != sorted(moments):
            return _fault("malformed_date", f"/{last}")
    return None


def _status_fault(credential: dict[str, Any]) -> Finding | None:
    """Check that no entry has the address of its list (Bitstring Status List 2.1)."""
    for entry in listed(credential.get("credentialStatus")):
        if entry.get("id", "") == entry.get("statusListCredential"):
            return _fault("model_status", "/credentialStatus")
    return None


def _resource_fault(credential: dict[str, Any]) -> Finding | None:
    """Check that related resources are named once, and the digests of those that are pinned here."""
    seen: set[str] = set()
    for resource in listed(credential.get("relatedResource")):
        url, digests = resource["id"], (*listed(resource.get("digestSRI")), *listed(resource.get("digestMultibase")))
        if url in seen:
            return _fault("model_resource", "/relatedResource")
        if url in PUBLISHED and not set(" ".join(digests).split()) <= _digests(context_bytes(url, "")):
            return _fault("resource_digest", "/relatedResource")
        seen.add(url)
    return None


def _digests(content: bytes) -> set[str]:
    """Return every text by which `digestSRI` and `digestMultibase` may name the digest of `content`."""
    found = set()
    for name, code in _MULTIHASHES.items():
        digest = hashlib.new(name, content).digest()
        multibase = base64.urlsafe_b64encode(code + digest).decode().rstrip("=")
        found |= {f"{name}-{base64.b64encode(digest).decode()}", f"u{multibase}", base58btc.encode(code + digest)}
    return found
