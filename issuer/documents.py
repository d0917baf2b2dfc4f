"""The signed documents beside the certificate: DID documents, trust list, authorizations, code tables, manifest.

All state comes in as values; these functions only give it its published form (`credential.md` 8), which stands in
`forms`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from issuer.bodies import CSE_NAME, english_name
from issuer.forms import filled
from issuer.trusted import AuthorizationEntry, ListedBody
from schemas import addresses, codes
from schemas.contexts import AGREEMENTS_PATH, statement_contexts
from verifier.instants import utc_text
from verifier.root import MAX_TRUST_LIST_AGE
from verifier.trust import TrustedKey

MANIFEST_VALID_FOR = timedelta(hours=24)
DEMONSTRATION = "urn:example:cse-register:demonstration-data"
_ASSERTS = frozenset({"issue", "issue-jose", "status", "status-jose", "statement", "root", "trust"})


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The last row of the hash-chained journal."""

    seq: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TrustListContent:
    """Everything that a trust list says, apart from its time."""

    base: str
    is_demo: bool
    version: int
    previous_sha256: str | None
    journal: JournalHead
    root_keys: tuple[TrustedKey, ...]
    root_threshold: int
    bodies: tuple[ListedBody, ...]
    authorizations: tuple[AuthorizationEntry, ...]
    resources: tuple[tuple[str, str], ...]


def did_document(did: str, keys: Iterable[TrustedKey], *, is_demo: bool = False) -> dict[str, Any]:
    """Return the DID document of a body: all its keys, and in `assertionMethod` those whose class asserts.

    A key known to be compromised is in neither. A demonstration says so in `alsoKnownAs`.
    """
    good = [key for key in keys if key.compromised_since is None]
    return filled(
        "DID document",
        did=did,
        also_known_as=[DEMONSTRATION] if is_demo else None,
        methods=[filled("verification method", did=did, key=key) for key in good],
        asserting=[key.key_id for key in good if key.key_use in _ASSERTS] or None,
    )


def trusted_key(key: TrustedKey, *, now: datetime) -> dict[str, Any]:
    """Return the entry of one key in the trust list, with its state at `now`."""
    return filled("trusted key", key=key, state=key.state(now))


def unsigned_trust_list(content: TrustListContent, *, now: datetime) -> dict[str, Any]:
    """Return the unsigned trust list, in force from `now` for seven days."""
    return filled(
        "trust list",
        **_frame(content.base, "root", is_demo=content.is_demo),
        url=f"{content.base}/trust/list.json",
        content=content,
        now=now,
        until=now + MAX_TRUST_LIST_AGE,
        root_keys=[trusted_key(key, now=now) for key in content.root_keys],
        bodies=[_recognized(body, now) for body in content.bodies],
        authorizations=[authorization_node(entry, content.base) for entry in content.authorizations],
        resources=[{"id": url, "type": "PinnedResource", "sha256": digest} for url, digest in content.resources],
    )


def _frame(base: str, issuer: str, *, is_demo: bool) -> dict[str, Any]:
    """Return the facts that every statement needs."""
    did, note = addresses.body_did(base, issuer), english_name("", is_demo=is_demo)
    return {"base": base, "contexts": statement_contexts(base), "issuer": did, "note": note}


def _recognized(body: ListedBody, now: datetime) -> dict[str, Any]:
    return filled("recognized issuer", body=body, keys=[trusted_key(key, now=now) for key in body.keys])


def authorization_node(entry: AuthorizationEntry, base: str) -> dict[str, Any]:
    """Return the node of an authorization, the same in the trust list and in the society's statement."""
    rows = enumerate(entry.scope, start=1)
    scope = [filled("authorization scope", base=base, entry=entry, number=number, row=row) for number, row in rows]
    return filled("authorization", base=base, entry=entry, scope=scope)


def unsigned_authorization(entry: AuthorizationEntry, code: str, *, base: str, is_demo: bool) -> dict[str, Any]:
    """Return the unsigned statement by which CSE authorizes a society (R-AU-01)."""
    return filled(
        "society authorization",
        **_frame(base, "statements", is_demo=is_demo),
        entry=entry,
        society=codes.SOCIETIES[code],
        authorization=authorization_node(entry, base),
    )


def unsigned_agreement(given: dict[str, Any], *, base: str, is_demo: bool, now: datetime) -> dict[str, Any]:
    """Return the unsigned statement of one version of an agreement.

    `given` are the members of its subject, without the ids and types of its nodes, its short name as `id`, and the
    foreign bodies as `party`; whether they are in order is asked of the published schema.
    """
    name, version = given.get("id"), given.get("agreementVersion")
    url, own, foreign = f"{base}/agreements/{name}/{version}", {**given}, given.get("party")
    own.pop("id", None)
    if isinstance(foreign, list):
        cse = {"id": addresses.cse_did(base), "nameHans": CSE_NAME[0], "nameLatin": CSE_NAME[1]}
        own["party"] = [cse, *foreign]
    subject = _named("RecognitionAgreement", own, f"{url}#subject") | {"id": f"{base}/agreements/{name}"}
    frame = _frame(base, "statements", is_demo=is_demo) | {"contexts": statement_contexts(base, AGREEMENTS_PATH)}
    return filled("agreement", **frame, url=url, label=str(name).upper(), version=version, now=now, subject=subject)


_NODES = filled("types of the nodes of an agreement")
"""By the member that they stand under: every node is named."""


def _named(name: str, value: Any, place: str) -> Any:
    """Return what stands under a member, with the id and type of its node if it is one."""
    if isinstance(value, list):
        return [_named(name, item, f"{place}-{number}") for number, item in enumerate(value, start=1)]
    if not isinstance(value, dict):
        return value
    members = {one: _named(one, member, f"{place}-{one}") for one, member in value.items()}
    return {"id": place, "type": _NODES.get(name, name), **members}


def unsigned_code_tables(base: str, *, is_demo: bool, since: date) -> dict[str, Any]:
    """Return the unsigned code tables of fields, societies and grades."""
    url = f"{base}/trust/codes.json"
    kinds = {"field": codes.FIELDS, "society": codes.SOCIETIES, "grade": codes.GRADES}
    tables = [_code_table(url, kind, table.values()) for kind, table in kinds.items()]
    return filled("code tables", **_frame(base, "statements", is_demo=is_demo), url=url, since=since, tables=tables)


def _code_table(url: str, kind: str, table: Iterable[codes.Code]) -> dict[str, Any]:
    entries = [filled("code", url=url, kind=kind, slug=code.code.lower(), code=code) for code in table]
    return filled("code table", url=url, kind=kind, entries=entries)


def issuer_registry(base: str, *, is_demo: bool, now: datetime) -> dict[str, Any]:
    """Return the unsigned list that DCC verifiers read; it names CSE alone (`interface.md` 3)."""
    name = english_name("Chinese Society of Engineers", is_demo=is_demo)
    entry = {"name": name, "url": f"{base}/", "location": "CN"}
    return {"meta": {"created": utc_text(now)}, "registry": {addresses.cse_did(base): entry}}


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """One published file: URL path, media type and SHA-256 of its bytes."""

    path: str
    media_type: str
    sha256: str


def unsigned_manifest(
    base: str,
    files: Sequence[PublishedEntry],
    *,
    slot: int,
    trust_list: tuple[int, str],
    journal: JournalHead,
    now: datetime,
) -> dict[str, Any]:
    """Return the unsigned manifest of one publication; `trust_list` is its version and digest."""
    return filled(
        "manifest",
        base=base,
        slot=slot,
        now=now,
        until=now + MANIFEST_VALID_FOR,
        version=trust_list[0],
        sha256=trust_list[1],
        journal=journal,
        files=[asdict(entry) for entry in sorted(files, key=lambda entry: entry.path)],
    )
