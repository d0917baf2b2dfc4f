"""Offline: everything from a published folder, believed only through the pinned root. Opens no socket.

One signed manifest, not older than 24 hours, names every file by digest; the trust list and both status
lists must be the files it names, so that lists of different slots or an old trust list beside fresh
lists decide nothing (`threats.md` 0).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from schemas import addresses, contracts, refusals, strict_json
from schemas.files import read_regular
from verifier import cryptosuite, proof_set
from verifier.agreements import Agreement
from verifier.certificate import CertificateFacts
from verifier.checks import Profile
from verifier.instants import CLOCK_SKEW, InstantError, parse_instant
from verifier.refusals import DisbelievedError
from verifier.root import PinnedRoot, UntrustedListError, accept_trust_list, read_root
from verifier.seen import NOTHING_SEEN, Seen
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, StatusAnswer
from verifier.statements import StatementError, agreements_in
from verifier.status_list import read_status_list, read_token_status
from verifier.trust import TrustList

MAX_STATUS_AGE = timedelta(hours=24)
_LARGEST_FILE = 4 * 1024 * 1024
_ROOT_PATH = "/root/did.json"


class ManifestError(DisbelievedError):
    """The folder has no manifest that can be relied on. `code` names the reason."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The signed list of what was published together."""

    issued_at: datetime
    trust_list_version: int
    trust_list_sha256: str
    files: dict[str, str]


def read_manifest(content: bytes | None, trust: TrustList, *, now: datetime, max_age: timedelta) -> Manifest:
    """Return the manifest in `content` if CSE signed it and it is fresh at `now`. Raises `ManifestError`."""
    if content is None:
        raise ManifestError("manifest_missing")
    with refusals.translated(strict_json.MalformedJsonError, InstantError, to=ManifestError("manifest_malformed")):
        document = strict_json.parse_object(content, strict_json.TRUST_LIST)
        if contracts.first_violation("manifest", trust.base, document) is not None:
            raise ManifestError("manifest_malformed")
        issued_at, valid_until = parse_instant(document["issued_at"]), parse_instant(document["valid_until"])
        created = parse_instant(document["proof"]["created"])
    if created != issued_at or not _is_signed(document, trust, created):
        raise ManifestError("manifest_not_signed")
    if now > valid_until or now - issued_at > max_age or issued_at > now + CLOCK_SKEW:
        raise ManifestError("manifest_too_old")
    files = {entry["path"]: entry["sha256"] for entry in document["files"]}
    if len(files) != len(document["files"]):
        raise ManifestError("manifest_malformed")
    return Manifest(issued_at, document["trust_list"]["version"], document["trust_list"]["sha256"], files)


def _is_signed(document: dict[str, Any], trust: TrustList, created: datetime) -> bool:
    proof = document["proof"]
    key = trust.keys.get(proof["verificationMethod"])
    if key is None or key.controller != addresses.body_did(trust.base, "statements") or key.public_key is None:
        return False
    if key.refusal(key_use="manifest", at=created) is not None:
        return False
    alone = {**document, "proof": [proof]}
    return proof_set.signature_fault(alone, trust.base, {key.key_id: key.public_key}, suites=(cryptosuite.JCS,)) is None


class PublishedFolder:
    """The sources of an offline verification.

    `root` is a pinned root, `root_sha256` the digest of one (whose document the folder may then supply),
    neither means unpinned. `max_status_age` can only shorten the 24 hours. `seen` is what was seen under this
    root before: what is older is refused (S15).
    """

    profile = Profile.OWN_OFFLINE
    """Our own certificates are judged without the register here."""

    def __init__(
        self,
        folder: Path,
        *,
        root: PinnedRoot | None = None,
        root_sha256: str | None = None,
        max_status_age: timedelta = MAX_STATUS_AGE,
        seen: Seen = NOTHING_SEEN,
    ) -> None:
        """Take the published `folder`, what the caller pins and what the caller has seen."""
        self._folder = folder
        self._max_age = min(max_status_age, MAX_STATUS_AGE)
        self._basis = Basis(max_status_age=self._max_age)
        self._root = root
        self._root_sha256 = root_sha256
        self._seen = seen
        self._trust: TrustList | None = None
        self._manifest: Manifest | ManifestError = ManifestError("manifest_missing")

    def basis(self) -> Basis:
        """Return what the answers so far rested on."""
        return self._basis

    def seen(self) -> Seen:
        """Return the newest that was seen under this root, with what this folder showed: signed, and in force."""
        return self._seen

    def trust(self, now: datetime) -> TrustList | None:
        """Return the folder's trust list if the pinned root signed it and the manifest does not contradict it."""
        try:
            self._trust = self._accept(now)
        except UntrustedListError as error:
            self._basis = replace(self._basis, trust_code=error.code)
            self._trust = None
        return self._trust

    def _accept(self, now: datetime) -> TrustList:
        root = self._pinned_root()
        self._basis = replace(self._basis, root_sha256=root.sha256)
        content = self._read("/trust/list.json")
        if content is None:
            raise UntrustedListError("trust_list_missing")
        trust = accept_trust_list(content, root, now=now)
        found = Seen(trust.version, _sha256(content), trust.issued_at)
        if self._seen.contradicts(found):
            raise UntrustedListError("trust_list_rolled_back")
        try:
            manifest = self._read_manifest(trust, now)
        except ManifestError as error:
            self._manifest = error
        else:
            if (manifest.trust_list_version, manifest.trust_list_sha256) != (found.version, found.sha256):
                raise UntrustedListError("trust_list_rolled_back")
            self._manifest = manifest
            self._basis = replace(self._basis, manifest_issued_at=manifest.issued_at)
            found = replace(found, manifest_at=manifest.issued_at)
        self._seen = self._seen.updated(found)
        self._basis = replace(
            self._basis, base_url=trust.base, trust_list_version=trust.version, trust_list_issued_at=trust.issued_at
        )
        return trust

    def _read_manifest(self, trust: TrustList, now: datetime) -> Manifest:
        manifest = read_manifest(self._read("/manifest.json"), trust, now=now, max_age=self._max_age)
        if self._seen.manifest_at is not None and manifest.issued_at < self._seen.manifest_at:
            raise ManifestError("manifest_too_old")
        return manifest

    def _pinned_root(self) -> PinnedRoot:
        if self._root is not None:
            return self._root
        if self._root_sha256 is None:
            raise UntrustedListError("trust_root_unpinned")
        content = self._read(_ROOT_PATH)
        if content is None or _sha256(content) != self._root_sha256:
            raise UntrustedListError("trust_root_mismatch")
        return read_root(content)

    def status(self, facts: CertificateFacts, purpose: str, now: datetime) -> StatusAnswer:
        """Return the bit from the folder's list, which must be the one that the manifest names."""
        url, max_age = facts.status_lists[purpose], self._max_age

        def answer(content: bytes, trust: TrustList) -> StatusAnswer:
            read = read_status_list(content, trust, url=url, purpose=purpose, now=now, max_age=max_age)
            return StatusAnswer(read.bit(facts.status_index), None, read.issued_at)

        return self._answer(url, answer)

    def copy_status(self, list_url: str, index: int, purpose: str, now: datetime) -> StatusAnswer:
        """Return the bit from the folder's Token Status List, which must be the one that the manifest names."""

        def answer(content: bytes, trust: TrustList) -> StatusAnswer:
            return read_token_status(content, trust, url=list_url, index=index, now=now, max_age=self._max_age)[purpose]

        return self._answer(list_url, answer)

    def _answer(self, url: str, bit: Callable[[bytes, TrustList], StatusAnswer]) -> StatusAnswer:
        """Return what `bit` reads in the list at `url`, or why that list cannot be believed."""
        trust, manifest = self._trust, self._manifest
        if trust is None:
            return StatusAnswer(None, "status_unavailable")
        if isinstance(manifest, ManifestError):
            return StatusAnswer(None, manifest.code)
        path = url.removeprefix(trust.base)
        content = self._read(path)
        if content is None:
            return StatusAnswer(None, "list_missing")
        if manifest.files.get(path) != _sha256(content):
            return StatusAnswer(None, "manifest_mismatch")
        try:
            return bit(content, trust)
        except DisbelievedError as error:
            return StatusAnswer(None, error.code)

    def agreements(self, only: str) -> tuple[Agreement, ...]:
        """Return the versions of an agreement that the trust list pins. Raises `StatementError`."""
        if self._trust is None:
            raise StatementError("statement_missing")
        return agreements_in(self._trust, self._read, only)

    def register(self, facts: CertificateFacts, now: datetime) -> RegisterAnswer:
        """Say that there is no register here."""
        return RegisterAnswer(RegisterKnows.OFFLINE)

    def original(self, page_id: str) -> RegisterKnows:
        """Say that certificates are private: there is none here."""
        return RegisterKnows.OFFLINE

    def wallet_copy(self, list_url: str, index: int) -> RegisterKnows:
        """Say that no copy is known here."""
        return RegisterKnows.OFFLINE

    def _read(self, path: str) -> bytes | None:
        """Return the file at a URL path of the folder, or None if there is none of a sane size."""
        return read_regular_file(self._folder / path.removeprefix("/"), _LARGEST_FILE)


def read_regular_file(file: Path, limit: int) -> bytes | None:
    """Return the bytes of a regular file of at most `limit` bytes, or None: no pipe or device is waited for."""
    try:
        _, content = read_regular(file, limit)
    except (OSError, ValueError):
        return None
    return content if len(content) <= limit else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
