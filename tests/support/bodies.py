"""The bodies of the test register: fixed keys, authorizations, and the trust list that names them.

The keys are the public test keys of the examples (seed = SHA-256 of `cse-example-test-key:` and a label,
for P-256 brought into its range), so nothing here is a secret. As in the example trust list, ELE is
authorized for ELE and ICT, GEO is withdrawn and its members are kept by the custodian, and one key of MEC
is compromised. ICT is authorized for ICT.
"""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from typing import Any

from issuer.documents import JournalHead, TrustListContent, did_document, unsigned_trust_list
from issuer.proofs import document_bytes, sign_document
from issuer.trusted import AuthorizationEntry, ListedBody, ScopeRow
from keys.signer import Ed25519Signer, LocalSigner, P256Signer
from schemas import addresses, codes, contexts
from verifier.root import PinnedRoot, accept_trust_list, read_root
from verifier.trust import TrustedKey, TrustList

BASE = "http://localhost:8000"
CSE = addresses.cse_did(BASE)
NOW = datetime(2026, 5, 25, 2, 0, tzinfo=UTC)
"""When lists, trust list and manifest were published."""

ROOTS = ("root/root-a", "root/root-b")
JOURNAL = JournalHead(418, hashlib.sha256(b"journal row 418 (example)").hexdigest())

_STANDARDS = ("T/CAS 326-2018", "T/CAS 326-2021")
_YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
_FIVE_YEARS = (_YEAR[0], datetime(2031, 1, 1, tzinfo=UTC))
_BOTH = ("new", "maintain")
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256."""
_GRADES = ("AE", "PE", "SPE")


def did(body: str) -> str:
    """Return the DID of `cse`, `custodian`, `statements`, `verifier`, `root` or a society in lower case."""
    if body == "cse":
        return CSE
    is_society = body.upper() in codes.SOCIETIES
    return addresses.society_did(BASE, body) if is_society else addresses.body_did(BASE, body)


@cache
def signer(label: str) -> LocalSigner:
    """Return the signer of a label such as `ele/issue-2026`: body, then fragment."""
    body, fragment = label.split("/")
    seed = hashlib.sha256(f"cse-example-test-key:{label}".encode()).digest()
    if "-p256-" not in fragment and body != "holder":
        return Ed25519Signer(f"{did(body)}#{fragment}", seed)
    return P256Signer(f"{did(body)}#{fragment}", (int.from_bytes(seed) % (_ORDER - 1) + 1).to_bytes(32))


def key(label: str, key_use: str, during: tuple[datetime, datetime] = _YEAR, **more: Any) -> TrustedKey:
    """Return the entry of the key `label` for the trust list."""
    return TrustedKey(signer(label).verification_method, key_use, signer(label).public_key, *during, **more)


ROOT_KEYS = tuple(key(f"root/root-{letter}", "root", _FIVE_YEARS) for letter in "abc")


def _body(name: str, role: str, code: str | None, *keys: TrustedKey) -> ListedBody:
    title = codes.SOCIETIES[code].name_en if role == "society" and code else f"CSE {role} (demonstration data)"
    return ListedBody(did(name), role, title, code, keys)


BODIES = (
    _body(
        "cse",
        "registrar",
        "CSE",
        key("cse/issue-2026", "issue"),
        key("cse/issue-p256-2026", "issue-jose"),
        key("cse/status-2026", "status"),
        key("cse/status-p256-2026", "status-jose"),
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


def _authorized(body: str, *fields: str, **changes: Any) -> AuthorizationEntry:
    rows = tuple(ScopeRow(field, _GRADES, _BOTH, date(2026, 1, 1), date(2030, 12, 31)) for field in fields)
    entry = AuthorizationEntry(
        path=f"/societies/{body}/authorizations/2",
        society=did(body),
        scope=rows,
        standards=_STANDARDS,
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
