"""A small register that never changes: fixed keys, four societies, certificates, lists and a published folder.

Everything is made by our own issuer functions. The keys are the public test keys of the examples
(seed = SHA-256 of `cse-example-test-key:` and a label), so nothing here is a secret. As in the example
trust list, ELE is authorized for ELE and ICT, GEO is withdrawn and its members are kept by the custodian,
one key of MEC is compromised. ICT is authorized too and signs for ICT.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from issuer.build import unsigned_certificate
from issuer.documents import (
    JournalHead,
    PublishedEntry,
    TrustListContent,
    did_document,
    unsigned_manifest,
    unsigned_trust_list,
)
from issuer.profile import Assessment, CertificateProfile, StatusPlace
from issuer.proofs import document_bytes, sign_document, sign_text
from issuer.status_lists import sign_list, unsigned_list
from issuer.trusted import AuthorizationEntry, ListedBody, ListedKey, ScopeRow
from keys.signer import Ed25519Signer
from schemas import addresses, codes, contexts
from schemas.contracts import schema_bytes
from verifier.certificate import CertificateFacts
from verifier.checks import Profile
from verifier.cryptosuite import content_sha256
from verifier.root import PinnedRoot, accept_trust_list, read_root
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, StatusAnswer
from verifier.trust import TrustList

BASE = "http://localhost:8000"
CSE = addresses.cse_did(BASE)
NOW = datetime(2026, 5, 25, 2, 0, tzinfo=UTC)
"""When lists, trust list and manifest were published."""

ISSUED = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
"""When the standard certificate was signed and began."""

INDEX = 94567
ROOTS = ("root/root-a", "root/root-b")
JOURNAL = JournalHead(418, hashlib.sha256(b"journal row 418 (example)").hexdigest())
STANDARDS = ("T/CAS 326-2018", "T/CAS 326-2021")

_YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
_FIVE_YEARS = (_YEAR[0], datetime(2031, 1, 1, tzinfo=UTC))
_BOTH = ("new", "maintain")
_GRADES = ("AE", "PE", "SPE")


# --- keys ---------------------------------------------------------------------------------------------------------


def did(body: str) -> str:
    """Return the DID of `cse`, `custodian`, `statements`, `verifier`, `root` or a society in lower case."""
    if body == "cse":
        return CSE
    is_society = body.upper() in codes.SOCIETIES
    return addresses.society_did(BASE, body) if is_society else addresses.body_did(BASE, body)


@cache
def signer(label: str) -> Ed25519Signer:
    """Return the signer of a label such as `ele/issue-2026`: body, then fragment."""
    body, fragment = label.split("/")
    return Ed25519Signer(f"{did(body)}#{fragment}", hashlib.sha256(f"cse-example-test-key:{label}".encode()).digest())


def key(label: str, key_use: str, during: tuple[datetime, datetime] = _YEAR, **more: Any) -> ListedKey:
    """Return the entry of the key `label` for the trust list."""
    return ListedKey(signer(label).verification_method, key_use, signer(label).public_key, *during, **more)


ROOT_KEYS = tuple(key(f"root/root-{letter}", "root", _FIVE_YEARS) for letter in "abc")


def _body(name: str, role: str, code: str | None, *keys: ListedKey) -> ListedBody:
    title = codes.SOCIETIES[code].name_en if role == "society" and code else f"CSE {role} (demonstration data)"
    return ListedBody(did(name), role, title, code, keys)


BODIES = (
    _body(
        "cse",
        "registrar",
        "CSE",
        key("cse/issue-2026", "issue"),
        key("cse/status-2026", "status"),
        key("cse/seal-2026", "seal"),
    ),
    _body("custodian", "custodian", "CUS", key("custodian/issue-2026", "issue")),
    _body(
        "statements",
        "statements",
        None,
        key("statements/statement-2026", "statement"),
        key("statements/manifest-2026", "manifest"),
    ),
    _body("verifier", "verifier", None, key("verifier/receipt-2026", "receipt")),
    _body("ele", "society", "ELE", key("ele/issue-2026", "issue")),
    _body("ict", "society", "ICT", key("ict/issue-2026", "issue")),
    _body(
        "geo",
        "society",
        "GEO",
        key("geo/issue-2026", "issue", (_YEAR[0], datetime(2026, 3, 31, 16, 0, tzinfo=UTC))),
    ),
    _body(
        "mec",
        "society",
        "MEC",
        key("mec/issue-2026", "issue", compromised_since=datetime(2026, 2, 10, tzinfo=UTC)),
        key("mec/issue-2026b", "issue", (datetime(2026, 2, 10, 6, 0, tzinfo=UTC), _YEAR[1])),
    ),
)


# --- authorizations and trust list --------------------------------------------------------------------------------


def _authorized(body: str, *fields: str, **changes: Any) -> AuthorizationEntry:
    rows = tuple(ScopeRow(field, _GRADES, _BOTH, date(2026, 1, 1), date(2030, 12, 31)) for field in fields)
    entry = AuthorizationEntry(
        path=f"/societies/{body}/authorizations/2",
        society=did(body),
        scope=rows,
        standards=STANDARDS,
        from_on=date(2026, 1, 1),
        to_on=date(2030, 12, 31),
        state="active",
        state_since=date(2026, 1, 1),
    )
    return replace(entry, **changes)


_GEO_ROW = ScopeRow("GEO", _GRADES, _BOTH, date(2026, 1, 1), date(2026, 3, 31))
_CUSTODY_ROW = ScopeRow("GEO", _GRADES, ("maintain",), date(2026, 4, 1), date(2027, 3, 31))
AUTHORIZATIONS = (
    _authorized("ele", "ELE", "ICT"),
    _authorized("ict", "ICT"),
    _authorized("mec", "MEC"),
    _authorized("geo", state="withdrawn", state_since=date(2026, 4, 1), scope=(_GEO_ROW,)),
    _authorized(
        "custodian",
        path="/custodian/authorizations/geo-1",
        scope=(_CUSTODY_ROW,),
        from_on=date(2026, 4, 1),
        to_on=date(2027, 3, 31),
        state_since=date(2026, 4, 1),
        acting_for=did("geo"),
    ),
)

TRUST_LIST = TrustListContent(
    base=BASE,
    is_demo=True,
    version=7,
    previous_sha256=hashlib.sha256(b"trust list 6 (example)").hexdigest(),
    journal=JOURNAL,
    root_keys=ROOT_KEYS,
    root_threshold=2,
    bodies=BODIES,
    authorizations=AUTHORIZATIONS,
    resources=(
        (contexts.CREDENTIALS_V2, contexts.PUBLISHED[contexts.CREDENTIALS_V2][1]),
        (contexts.OPEN_BADGES_V3, contexts.PUBLISHED[contexts.OPEN_BADGES_V3][1]),
    ),
)


@lru_cache(maxsize=64)
def trust_list(content: TrustListContent = TRUST_LIST, *, now: datetime = NOW, roots: tuple[str, ...] = ROOTS) -> bytes:
    """Return the trust list of `content`, signed by the root keys with these labels."""
    unsigned = unsigned_trust_list(content, now=now)
    return document_bytes(sign_document(unsigned, [signer(label) for label in roots], created=now, base=BASE))


@cache
def root_document() -> bytes:
    """Return the DID document of the root: the bytes that a verifier pins."""
    return document_bytes(did_document(did("root"), ROOT_KEYS))


def root() -> PinnedRoot:
    """Return the pinned root."""
    return read_root(root_document())


def trust(content: TrustListContent = TRUST_LIST) -> TrustList:
    """Return the accepted trust list of `content`."""
    return accept_trust_list(trust_list(content), root(), now=NOW)


# --- certificates -------------------------------------------------------------------------------------------------

PROFILE = CertificateProfile(
    base=BASE,
    page_id="7q2mx4t9k0rb3wzd8hvn",
    is_demo=True,
    name_hans="林知远",
    name_latin="Lin Zhiyuan",
    number="CSE26ELE00012379",
    grade="PE",
    grade_since=date(2026, 3, 16),
    field="ELE",
    society="ELE",
    first_registered=date(2026, 3, 16),
    term_number=1,
    term_from=date(2026, 3, 16),
    term_until=date(2031, 3, 15),
    valid_from=ISSUED,
    basis="initial",
    standard="T/CAS 326-2021",
    issue_number=1,
    status=StatusPlace(1, INDEX),
    assessment=Assessment(date(2026, 1, 20), date(2026, 2, 7), date(2026, 3, 2)),
)
"""An initial registration of 16 March 2026 by society ELE."""

RENEWED = replace(
    PROFILE,
    page_id="a1b2c3d4e5f6g7h8j9k0",
    name_hans=None,
    name_latin="Amara Okonjo-Example",
    number="CSE21ELE00481736",
    grade_since=date(2021, 7, 15),
    first_registered=date(2021, 7, 15),
    term_number=2,
    term_from=date(2026, 7, 15),
    term_until=date(2031, 7, 14),
    valid_from=datetime(2026, 7, 14, 16, 0, tzinfo=UTC),
    basis="renewal",
    standard="T/CAS 326-2018",
    issue_number=2,
    status=StatusPlace(1, 80133),
    assessment=Assessment(date(2021, 5, 12), date(2021, 6, 5), date(2021, 6, 26)),
)
"""A second term approved early; it was signed at `RENEWED_AT`."""
RENEWED_AT = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)

CUSTODY = replace(
    RENEWED,
    page_id="h8j2k4m6n8p0q2r4s6t8",
    name_hans="吕若衡",
    name_latin="LYU Ruoheng",
    number="CSE21GEO00296190",
    field="GEO",
    society="custodian",
    assessed_by="GEO",
    grade_since=date(2021, 6, 20),
    first_registered=date(2021, 6, 20),
    term_from=date(2026, 6, 20),
    term_until=date(2031, 6, 19),
    valid_from=datetime(2026, 6, 19, 16, 0, tzinfo=UTC),
    status=StatusPlace(1, 33021),
    assessment=Assessment(date(2021, 4, 20), date(2021, 5, 15), date(2021, 6, 2)),
)
"""A renewal by the custodian in place of GEO; it was signed at `CUSTODY_AT`."""
CUSTODY_AT = datetime(2026, 5, 18, 3, 0, tzinfo=UTC)


@lru_cache(maxsize=256)
def certificate(
    profile: CertificateProfile = PROFILE, *, created: datetime = ISSUED, signers: tuple[str, ...] = ()
) -> bytes:
    """Return the signed certificate of `profile`; `signers` (labels) replace CSE and the society of the profile."""
    labels = signers or ("cse/issue-2026", f"{profile.society.lower()}/issue-2026")
    return signed(unsigned_certificate(profile), *labels, created=created)


def signed(document: Mapping[str, Any], *labels: str, created: datetime = ISSUED) -> bytes:
    """Return `document` with a fresh proof pair of every key in `labels`, whatever it says."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return document_bytes(sign_document(unsigned, [signer(label) for label in labels], created=created, base=BASE))


def parsed(content: bytes) -> dict[str, Any]:
    """Return a fresh copy of a JSON document, free to be changed."""
    value: dict[str, Any] = json.loads(content)
    return value


# --- published files ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def status_list(purpose: str, indexes: tuple[int, ...] = (), *, now: datetime = NOW, number: int = 1) -> bytes:
    """Return a signed status list in which the bits at `indexes` are set."""
    unsigned = unsigned_list(BASE, purpose, number, indexes, now=now)
    return document_bytes(sign_list(unsigned, signer("cse/status-2026"), now=now, base=BASE))


def manifest(files: Mapping[str, bytes], *, now: datetime = NOW, label: str = "statements/manifest-2026") -> bytes:
    """Return the signed manifest of `files` (URL path and bytes), among them the trust list."""
    listed = files["/trust/list.json"]
    entries = [PublishedEntry(path, "application/json", sha256(content)) for path, content in files.items()]
    version = (parsed(listed)["credentialSubject"]["version"], sha256(listed))
    unsigned = unsigned_manifest(BASE, entries, slot=4821, trust_list=version, journal=JOURNAL, now=now)
    return document_bytes(sign_text(unsigned, signer(label), created=now, base=BASE))


def sha256(content: bytes) -> str:
    """Return the hex SHA-256 of `content`."""
    return hashlib.sha256(content).hexdigest()


def did_path(body: str) -> str:
    """Return the URL path of the DID document of a body."""
    return addresses.did_document_path(BASE, did(body))


def publication(
    *, revoked: Iterable[int] = (), suspended: Iterable[int] = (), now: datetime = NOW, listed: bytes | None = None
) -> dict[str, bytes]:
    """Return everything published at `now`, by URL path, without the manifest. `listed` is another trust list."""
    return {
        "/trust/list.json": trust_list(now=now) if listed is None else listed,
        "/status/revocation-1": status_list("revocation", tuple(revoked), now=now),
        "/status/suspension-1": status_list("suspension", tuple(suspended), now=now),
        "/root/did.json": root_document(),
        contexts.REGISTRATION_PATH: contexts.context_bytes(BASE + contexts.REGISTRATION_PATH, BASE),
        contexts.STATEMENTS_PATH: contexts.context_bytes(BASE + contexts.STATEMENTS_PATH, BASE),
        "/schemas/certificate/v1.json": schema_bytes("certificate", BASE),
        **{addresses.did_document_path(BASE, body.did): _did_bytes(body) for body in BODIES},
    }


def _did_bytes(body: ListedBody) -> bytes:
    return document_bytes(did_document(body.did, body.keys))


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write `files` (URL path and bytes) below `folder` and return it."""
    for path, content in files.items():
        file = folder / path.removeprefix("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def publish(folder: Path, *, now: datetime = NOW, **bits: Iterable[int]) -> Path:
    """Write a complete published folder with its manifest; `revoked` and `suspended` are the bits that are set."""
    files = publication(now=now, **bits)  # type: ignore[arg-type]
    return write(folder, {**files, "/manifest.json": manifest(files, now=now)})


# --- the online side ----------------------------------------------------------------------------------------------


@dataclass
class Online:
    """The answers of a register that is reached; None for a bit is "could not be learned"."""

    trust_list: TrustList | None
    answer: RegisterAnswer
    bits: Mapping[str, bool | None]
    profile: Profile = Profile.OWN_ONLINE
    max_age: timedelta = timedelta(minutes=30)

    def trust(self, now: datetime) -> TrustList | None:
        return self.trust_list

    def status(self, facts: CertificateFacts, purpose: str, now: datetime) -> StatusAnswer:
        return StatusAnswer(self.bits[purpose], None, NOW)

    def register(self, facts: CertificateFacts, now: datetime) -> RegisterAnswer:
        return self.answer

    def basis(self) -> Basis:
        return Basis(BASE, max_status_age=self.max_age, trust_code="trust_list_missing")


def online(
    content: bytes | None = None,
    *,
    trust_list: TrustList | None = None,
    revoked: bool | None = False,
    suspended: bool | None = False,
    knows: RegisterKnows = RegisterKnows.KNOWN,
    **register: Any,
) -> Online:
    """Return online answers for a register that holds exactly `content` (standard: the standard certificate).

    `register` changes members of the `RegisterAnswer`.
    """
    digest = content_sha256(parsed(certificate() if content is None else content))
    answer = RegisterAnswer(knows, **{"content_sha256": digest, "issued_at": ISSUED, **register})
    return Online(trust_list or trust(), answer, {"revocation": revoked, "suspension": suspended})
