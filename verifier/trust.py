"""May this key speak for this body on that day? The signed trust list as a value, and its questions.

The list is believed only after `root` has checked it against the pinned root. DID documents play no
part: for the bodies of this register the trust list decides (`interface.md` 0.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.contexts import STATEMENTS_PATH
from schemas.multikey import MULTIKEY_STARTS, decode_multikey, encode_multikey
from verifier.instants import parse_instant

MAINTAIN_BASES = frozenset({"renewal", "late_renewal", "restoration", "appeal", "interim"})
"""Bases of a term for which the right to maintain is enough (`credential.md` 6)."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """One key of the trust list; it may sign documents of its class within [`not_before`, `not_after`)."""

    key_id: str
    key_use: str
    public_key: bytes | None
    """None for a key of an algorithm newer than this verifier: it signs forms that are not judged."""
    not_before: datetime
    not_after: datetime
    compromised_since: datetime | None = None

    @property
    def controller(self) -> str:
        """The DID of the body whose key it is."""
        return self.key_id.split("#")[0]

    @property
    def multibase(self) -> str:
        """The key, if it is one of ours, as Multikey text."""
        return encode_multikey(self.public_key or b"")

    def state(self, at: datetime) -> str:
        """Return the state at `at`: pending, active, retired or compromised (`threats.md` 5)."""
        if self.compromised_since is not None:
            return "compromised"
        if at < self.not_before:
            return "pending"
        return "active" if at < self.not_after else "retired"

    def refusal(self, *, key_use: str, at: datetime) -> str | None:
        """Return why this key may not have signed a document of class `key_use` at `at`, or None if it may."""
        if self.key_use != key_use:
            return "key_class"
        if self.public_key is None:
            return "key_unsupported"
        if not self.not_before <= at < self.not_after:
            return "key_outside_its_time"
        if self.compromised_since is not None and at >= self.compromised_since:
            return "key_compromised"
        return None


@dataclass(frozen=True, slots=True)
class Body:
    """A recognised body and its role (`registrar`, `society`, `custodian`, `statements`, `verifier`)."""

    did: str
    role: str
    name: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """A right to sign: field, grades, `may` (`new`, `maintain`), first and last second."""

    field: str
    grades: frozenset[str]
    may: frozenset[str]
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Authorization:
    """What CSE lets one body sign, in time."""

    society: str
    acting_for: str | None
    state: str
    state_since: datetime
    standards: frozenset[str]
    scopes: tuple[Scope, ...]
    cause: str | None = None

    def is_lost_at(self, at: datetime) -> bool:
        """Tell whether it was taken or given back, or ran out, by `at`; a merger is no loss (R-AU-11)."""
        return self.state in {"withdrawn", "expired"} and self.cause != "merger" and self.state_since <= at


@dataclass(frozen=True, slots=True)
class Signing:
    """What `covers` is asked about: content of a certificate and the moment of its signature."""

    society: str
    assessed_by: str | None
    field: str
    grade: str
    basis: str
    standard: str
    term_began: datetime
    created: datetime


@dataclass(frozen=True, slots=True)
class TrustList:
    """The trust list as a value. `root_threshold` and `root_keys` are what the list says, not what is pinned."""

    base: str
    version: int
    previous_sha256: str | None
    issued_at: datetime
    expires_at: datetime
    log_required_from: datetime | None
    bodies: dict[str, Body]
    keys: dict[str, TrustedKey]
    authorizations: tuple[Authorization, ...]
    resources: dict[str, str]
    journal_seq: int
    journal_sha256: str
    root_threshold: int
    root_keys: dict[str, TrustedKey]

    @property
    def registrar(self) -> str | None:
        """The DID of the one body that may issue certificates."""
        return next((body.did for body in self.bodies.values() if body.role == "registrar"), None)

    def role(self, did: str) -> str | None:
        """Return the role of `did`, or None if the list does not name it."""
        return self.bodies[did].role if did in self.bodies else None

    def keys_of(self, did: str) -> list[TrustedKey]:
        """Return the keys of a body that this verifier can read, the newest first."""
        own = [key for key in self.keys.values() if key.controller == did and key.public_key is not None]
        return sorted(own, key=lambda key: key.not_before, reverse=True)

    def has_lost(self, society: str, at: datetime) -> bool:
        """Tell whether a society lost its authorization by `at`, and has no other that runs then (R-AU-06)."""
        own = [one for one in self.authorizations if one.society == society]
        runs = any(scope.since <= at <= scope.until for one in own for scope in one.scopes)
        return not runs and any(one.is_lost_at(at) for one in own)

    def covers(self, signing: Signing) -> bool:
        """Tell whether the second signer was authorized for this certificate when it signed (R-AU-02, R-AU-05)."""
        custodian = self.role(signing.society) == "custodian"
        return any(
            scope_covers(scope, signing)
            for authorization in self.authorizations
            if authorization.society == signing.society
            and authorization.state != "annulled"
            and signing.standard in authorization.standards
            and (not custodian or authorization.acting_for == signing.assessed_by)
            for scope in authorization.scopes
        )


def scope_covers(scope: Scope, signing: Signing) -> bool:
    """Tell whether one row of an authorization gives the right that `signing` needs at its instant."""
    if scope.field != signing.field or signing.grade not in scope.grades:
        return False
    if not scope.since <= signing.created <= scope.until:
        return False
    if "new" in scope.may:
        return True
    return "maintain" in scope.may and (signing.basis in MAINTAIN_BASES or signing.term_began < scope.since)


def _key(entry: dict[str, Any]) -> TrustedKey:
    since = entry.get("compromisedSince")
    if (entry["keyState"] == "compromised") != (since is not None):
        raise ValueError(f"the key {entry['id']} must say since when it counts as compromised")
    multibase = entry["publicKeyMultibase"]
    return TrustedKey(
        entry["id"],
        entry["keyUse"],
        decode_multikey(multibase) if multibase.startswith(MULTIKEY_STARTS) else None,
        parse_instant(entry["notBefore"]),
        parse_instant(entry["notAfter"]),
        parse_instant(since) if since is not None else None,
    )


def _keys(entries: Iterable[dict[str, Any]]) -> dict[str, TrustedKey]:
    keys: dict[str, TrustedKey] = {}
    for entry in entries:
        key = _key(entry)
        if key.key_id in keys or key.controller != entry["controller"]:
            raise ValueError(f"the key {key.key_id} stands twice or under another body")
        keys[key.key_id] = key
    return keys


def _scope(row: dict[str, Any]) -> Scope:
    since, until = parse_instant(row["scopeFrom"]), parse_instant(row["scopeUntil"])
    return Scope(row["field"], frozenset(row["grades"]), frozenset(row["may"]), since, until)


def _authorization(entry: dict[str, Any]) -> Authorization:
    standards, scopes = frozenset(entry["standards"]), tuple(map(_scope, entry["scope"]))
    state = entry["state"], parse_instant(entry["stateSince"])
    return Authorization(entry["society"], entry.get("actingFor"), *state, standards, scopes, entry.get("cause"))


def _bodies(entries: Iterable[dict[str, Any]]) -> dict[str, Body]:
    bodies: dict[str, Body] = {}
    for entry in entries:
        if entry["id"] in bodies or any(key["controller"] != entry["id"] for key in entry["trustedKey"]):
            raise ValueError(f"the body {entry['id']} stands twice or holds a key of another body")
        bodies[entry["id"]] = Body(entry["id"], entry["role"], entry["name"], entry.get("code"))
    if [body.role for body in bodies.values()].count("registrar") != 1:
        raise ValueError("exactly one body is the registrar")
    return bodies


def read_trust_list(document: dict[str, Any]) -> TrustList:
    """Turn a trust list that satisfies its schema into a value.

    Raises `ValueError` if it contradicts itself: a key or body named twice, a key under another body,
    no registrar or two, a compromise without its moment.
    """
    subject = document["credentialSubject"]
    issuers = subject["recognizedIssuer"]
    log_from = subject.get("log_required_from")
    return TrustList(
        base=str(document["@context"][1]).removesuffix(STATEMENTS_PATH),
        version=subject["version"],
        previous_sha256=subject.get("previousDigest"),
        issued_at=parse_instant(document["validFrom"]),
        expires_at=parse_instant(document["validUntil"]),
        log_required_from=parse_instant(log_from) if log_from is not None else None,
        bodies=_bodies(issuers),
        keys=_keys(key for issuer in issuers for key in issuer["trustedKey"]),
        authorizations=tuple(_authorization(entry) for entry in subject["authorization"]),
        resources={entry["id"]: entry["sha256"] for entry in subject["resource"]},
        journal_seq=subject["journalHead"]["journalSeq"],
        journal_sha256=subject["journalHead"]["sha256"],
        root_threshold=subject["rootThreshold"],
        root_keys=_keys(subject["rootKey"]),
    )
