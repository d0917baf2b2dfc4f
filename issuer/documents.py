"""The signed documents beside the certificate: DID documents, trust list, authorizations, code tables, manifest.

All state comes in as values; these functions only give it its published form (`credential.md` 8).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from issuer.trusted import AuthorizationEntry, ListedBody, ListedKey
from schemas import addresses, codes
from schemas.contexts import statement_contexts
from schemas.multikey import encode_ed25519
from verifier.instants import utc_text
from verifier.root import MAX_TRUST_LIST_AGE

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
    root_keys: tuple[ListedKey, ...]
    root_threshold: int
    bodies: tuple[ListedBody, ...]
    authorizations: tuple[AuthorizationEntry, ...]
    resources: tuple[tuple[str, str], ...]


def did_document(did: str, keys: Iterable[ListedKey], *, is_demo: bool = False) -> dict[str, Any]:
    """Return the DID document of a body: all its keys, and in `assertionMethod` those whose class asserts.

    A key known to be compromised is in neither. A demonstration says so in `alsoKnownAs`.
    """
    good = [key for key in keys if key.compromised_since is None]
    document: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        **({"alsoKnownAs": [DEMONSTRATION]} if is_demo else {}),
        "verificationMethod": [
            {
                "id": key.key_id,
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": encode_ed25519(key.public_key),
            }
            for key in good
        ],
    }
    asserting = [key.key_id for key in good if key.key_use in _ASSERTS]
    return document | ({"assertionMethod": asserting} if asserting else {})


def trusted_key(key: ListedKey, *, now: datetime) -> dict[str, Any]:
    """Return the entry of one key in the trust list, with its state at `now`."""
    entry = {
        "id": key.key_id,
        "type": "TrustedKey",
        "controller": key.key_id.split("#")[0],
        "publicKeyMultibase": encode_ed25519(key.public_key),
        "keyUse": key.key_use,
        "keyState": key.state(now),
        "notBefore": utc_text(key.not_before),
        "notAfter": utc_text(key.not_after),
    }
    if key.compromised_since is not None:
        entry["compromisedSince"] = utc_text(key.compromised_since)
    return entry


def unsigned_trust_list(content: TrustListContent, *, now: datetime) -> dict[str, Any]:
    """Return the unsigned trust list, in force from `now` for seven days."""
    url = f"{content.base}/trust/list.json"
    subject: dict[str, Any] = {"id": url, "type": "TrustList", "version": content.version}
    if content.previous_sha256 is not None:
        subject["previousDigest"] = content.previous_sha256
    subject |= {
        "rootThreshold": content.root_threshold,
        "journalHead": {
            "id": f"{url}#journal-{content.journal.seq}",
            "type": "JournalHead",
            "journalSeq": content.journal.seq,
            "sha256": content.journal.sha256,
            "recordedAt": utc_text(now),
        },
        "rootKey": [trusted_key(key, now=now) for key in content.root_keys],
        "recognizedIssuer": [_recognized(body, now) for body in content.bodies],
        "authorization": [authorization_node(entry, content.base) for entry in content.authorizations],
        "resource": [
            {"id": address, "type": "PinnedResource", "sha256": digest} for address, digest in content.resources
        ],
    }
    return _statement(
        content.base,
        identifier=f"{url}?version={content.version}",
        kind="TrustListCredential",
        name=f"Trust list, version {content.version}{_note(content.is_demo)}",
        issuer="root",
        since=utc_text(now),
        until=utc_text(now + MAX_TRUST_LIST_AGE),
        subject=subject,
    )


def _note(is_demo: bool) -> str:
    return " (demonstration data)" if is_demo else ""


def _recognized(body: ListedBody, now: datetime) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": body.did, "type": "RecognizedIssuer"}
    if body.code is not None:
        entry["code"] = body.code
    keys = [trusted_key(key, now=now) for key in body.keys]
    return entry | {"name": body.name, "role": body.role, "trustedKey": keys}


def authorization_node(entry: AuthorizationEntry, base: str) -> dict[str, Any]:
    """Return the node of an authorization, the same in the trust list and in the society's statement."""
    node: dict[str, Any] = {"id": f"{base}{entry.path}#scope", "type": "Authorization", "society": entry.society}
    if entry.acting_for is not None:
        node["actingFor"] = entry.acting_for
    return node | {
        "scope": [
            {
                "id": f"{base}{entry.path}#scope-{number}",
                "type": "AuthorizationScope",
                "field": row.field,
                "grades": list(row.grades),
                "may": list(row.may),
                "scopeFrom": f"{row.from_on}T00:00:00+08:00",
                "scopeUntil": f"{row.until_on}T23:59:59+08:00",
            }
            for number, row in enumerate(entry.scope, start=1)
        ],
        "standards": list(entry.standards),
        "fromDate": entry.from_on.isoformat(),
        "toDate": entry.to_on.isoformat(),
        "state": entry.state,
        "stateSince": f"{entry.state_since}T00:00:00+08:00",
    }


def unsigned_authorization(entry: AuthorizationEntry, code: str, *, base: str, is_demo: bool) -> dict[str, Any]:
    """Return the unsigned statement by which CSE authorizes a society (R-AU-01)."""
    names = codes.SOCIETIES[code]
    return _statement(
        base,
        identifier=f"{base}{entry.path}",
        kind="SocietyAuthorizationCredential",
        name=f"Authorization of an assessing society{_note(is_demo)}",
        issuer="statements",
        since=f"{entry.from_on}T00:00:00+08:00",
        until=f"{entry.to_on}T23:59:59+08:00",
        subject={
            "id": entry.society,
            "type": "AuthorizedSociety",
            "code": code,
            "nameHans": names.name_zh,
            "nameLatin": names.name_en,
            "authorization": authorization_node(entry, base),
        },
    )


def unsigned_code_tables(base: str, *, is_demo: bool, since: date) -> dict[str, Any]:
    """Return the unsigned code tables of fields, societies and grades."""
    url = f"{base}/trust/codes.json"
    tables = {"field": codes.FIELDS, "society": codes.SOCIETIES, "grade": codes.GRADES}
    return _statement(
        base,
        identifier=f"{url}?version=1",
        kind="CodeTableCredential",
        name=f"Code tables, version 1{_note(is_demo)}",
        issuer="statements",
        since=f"{since}T00:00:00+08:00",
        until=None,
        subject=[_code_table(url, kind, table.values()) for kind, table in tables.items()],
    )


def _code_table(url: str, kind: str, entries: Iterable[codes.Code]) -> dict[str, Any]:
    return {
        "id": f"{url}#{kind}",
        "type": "CodeTable",
        "version": 1,
        "entry": [
            {
                "id": f"{url}#{kind}-{entry.code.lower()}",
                "type": "CodeEntry",
                "code": entry.code,
                "codeNumber": entry.number,
                "nameHans": entry.name_zh,
                "nameLatin": entry.name_en,
            }
            for entry in entries
        ],
    }


def _statement(
    base: str,
    *,
    identifier: str,
    kind: str,
    name: str,
    issuer: str,
    since: str,
    until: str | None,
    subject: dict[str, Any] | list[dict[str, Any]],
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "@context": statement_contexts(base),
        "id": identifier,
        "type": ["VerifiableCredential", kind],
        "name": name,
        "issuer": addresses.body_did(base, issuer),
        "validFrom": since,
    }
    if until is not None:
        document["validUntil"] = until
    return document | {"credentialSubject": subject}


def issuer_registry(base: str, *, is_demo: bool, now: datetime) -> dict[str, Any]:
    """Return the unsigned list that DCC verifiers read; it names CSE alone (`interface.md` 3)."""
    name = f"Chinese Society of Engineers{_note(is_demo)}"
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
    return {
        "id": f"{base}/manifest.json",
        "type": "PublicationManifest",
        "slot": slot,
        "issued_at": utc_text(now),
        "valid_until": utc_text(now + MANIFEST_VALID_FOR),
        "trust_list": {"version": trust_list[0], "sha256": trust_list[1]},
        "journal_head": {"seq": journal.seq, "sha256": journal.sha256},
        "files": [
            {"path": entry.path, "media_type": entry.media_type, "sha256": entry.sha256}
            for entry in sorted(files, key=lambda entry: entry.path)
        ],
    }
