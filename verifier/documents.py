"""Reading what was handed in: which bytes, and is it a credential at all."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.contexts import REGISTRATION_PATH, certificate_contexts, is_known_context
from schemas.contracts import first_violation, pointer_to
from schemas.refusals import translated
from schemas.strict_json import MalformedJsonError, parse_object
from verifier.asked import NOTHING_ASKED, Asked
from verifier.checks import CheckName, Finding, passed, unknown
from verifier.refusals import UnreadableDocumentError
from verifier.trust import TrustList

OWN_TYPE = "EngineerRegistrationCredential"
_MOST_CONTEXTS = 8
_NESTED = (dict, list)


@dataclass(frozen=True, slots=True)
class Document:
    """The document under test: the digest of the bytes as received, and their one JSON reading."""

    sha256: str
    value: dict[str, Any]


def read_document(content: bytes) -> Document:
    """Read the bytes of a document. Raises `UnreadableDocumentError` if they are not JSON with one meaning."""
    with translated(MalformedJsonError, to=lambda error: UnreadableDocumentError(str(error))):
        return Document(hashlib.sha256(content).hexdigest(), parse_object(content))


def check_parse(value: dict[str, Any]) -> Finding:
    """Carry out the check `parse`: whether this is a W3C credential or presentation in the JSON form."""
    contexts, types = value.get("@context"), listed(value.get("type"))
    is_known = "VerifiableCredential" in types or "VerifiablePresentation" in types
    if is_known and isinstance(contexts, list) and contexts:
        return passed(CheckName.PARSE)
    return unknown(CheckName.PARSE, "unsupported_format")


def is_presentation(value: dict[str, Any]) -> bool:
    """Tell whether a document presents others: what it says of itself proves nothing about a certificate."""
    return "VerifiablePresentation" in listed(value.get("type"))


def listed(value: Any) -> list[Any]:
    """Return a member that may stand alone or in an array as a list; none for an absent one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def identifier(value: Any) -> str | None:
    """Return the id of a member that is a text or an object with an `id`."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def issuer_did(value: dict[str, Any]) -> str | None:
    """Return the issuer that the document names, as a string or as the id of an object."""
    return identifier(value.get("issuer"))


def claims_to_be_ours(value: dict[str, Any], trust: TrustList) -> bool:
    """Tell whether the document names one of our bodies, our type or our context: then full policy applies (V52)."""
    ours = trust.base + REGISTRATION_PATH
    names_us = issuer_did(value) in trust.bodies
    return names_us or OWN_TYPE in listed(value.get("type")) or ours in value["@context"]


def check_contexts(value: dict[str, Any], trust: TrustList, *, is_own: bool, asked: Asked = NOTHING_ASKED) -> Finding:
    """Carry out the check `contexts`: the exact array for our own, a few pinned contexts for all others.

    A context inside a node is refused, because it changes meaning and can be made costly; those inside the proofs
    are left to the check `proofs`, which wants them equal to the document's. On the conformance port a foreign
    document may bring plain terms for addresses that no pinned context uses.
    """
    name, contexts = CheckName.CONTEXTS, value["@context"]
    if (nested := _inner_context(value)) is not None:
        return unknown(name, "inline_context", nested)
    if is_own and contexts == certificate_contexts(trust.base):
        return passed(name)
    for index, context in enumerate(contexts[:_MOST_CONTEXTS]):
        if asked.is_conformance and isinstance(context, dict) and first_violation("plain-context", "", context) is None:
            continue
        if not isinstance(context, str):
            return unknown(name, "inline_context", f"/@context/{index}")
        if not is_known_context(context, trust.base, asked.extra):
            return unknown(name, "unknown_context", f"/@context/{index}")
    if is_own or len(contexts) > _MOST_CONTEXTS or len(set(map(str, contexts))) < len(contexts):
        return unknown(name, "not_the_certificate_contexts", "/@context")
    return passed(name)


def _inner_context(value: dict[str, Any]) -> str | None:
    """Return the JSON Pointer of the first `@context` below the document itself, but for those in its proofs.

    If the name stands in the whole text no oftener than in the document and directly in its proofs, there is none.
    """
    own = [value, *(proof for proof in listed(value.get("proof")) if isinstance(proof, dict))]
    if orjson.dumps(value).count(b'"@context"') == sum("@context" in holder for holder in own):
        return None
    return nested_context({key: member for key, member in value.items() if key not in {"@context", "proof"}})


def nested_context(value: Any) -> str | None:
    """Return the JSON Pointer of the first `@context` anywhere in `value`, or None."""
    holders = (place for place, item in containers(value) if isinstance(item, dict) and "@context" in item)
    return next((pointer_to((*place, "@context")) for place in holders), None)


def containers(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Give every object and array in the object or array `value`, itself first, but not what is in a `@context`."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        place, item = waiting.pop()
        yield place, item
        members = item.items() if isinstance(item, dict) else enumerate(item)
        waiting += [
            ((*place, name), part) for name, part in members if isinstance(part, _NESTED) and name != "@context"
        ]
