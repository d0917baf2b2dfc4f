"""A small register that never changes: certificates, lists, manifest and the whole published folder.

Everything is made by our own issuer functions with the fixed keys of `bodies`; `online` has the answers of
a register that is reached.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from issuer.build import unsigned_certificate
from issuer.documents import PublishedEntry, did_document, unsigned_manifest
from issuer.paper import seal_paper_code
from issuer.profile import Assessment, CertificateProfile, StatusPlace
from issuer.proofs import document_bytes, sign_document, sign_text
from issuer.status_lists import sign_list, unsigned_list
from issuer.trusted import ListedBody
from schemas import addresses, contexts
from schemas.contracts import schema_bytes
from tests.support.bodies import (
    BASE,
    BODIES,
    CSE,
    JOURNAL,
    NOW,
    ROOT_KEYS,
    ROOTS,
    TRUST_LIST,
    did,
    key,
    root,
    root_document,
    signer,
    trust,
    trust_list,
)
from verifier.certificate import read_certificate

__all__ = [
    "BASE",
    "BODIES",
    "CSE",
    "JOURNAL",
    "NOW",
    "ROOTS",
    "ROOT_KEYS",
    "TRUST_LIST",
    "did",
    "key",
    "root",
    "root_document",
    "signer",
    "trust",
    "trust_list",
]

ISSUED = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
"""When the standard certificate was signed and began."""

INDEX = 94567

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


def paper_code(content: bytes | None = None, *, label: str = "cse/seal-2026", at: datetime = ISSUED) -> bytes:
    """Return the paper code of a certificate (standard: the standard one), sealed by the key `label` at `at`."""
    facts = read_certificate(parsed(certificate() if content is None else content))
    code = seal_paper_code(facts, signer=signer(label), key=key(label, "seal"), sealed_at=at, base=BASE)
    assert code is not None
    return code
