"""Look at a published folder with nothing but our verifier: every file of it, and every certificate against it."""

import hashlib
import json
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from registry.services.answers import verdict_of_document
from schemas.base64url import decode_base64url
from schemas.multikey import Algorithm
from tests.integration.registers import AT, BASE, Demo, certificates
from verifier.folder import PublishedFolder, read_manifest
from verifier.judge import judge
from verifier.proof_set import shape_fault, signature_fault
from verifier.root import accept_trust_list, read_root
from verifier.signatures import is_signature
from verifier.status_list import StatusList, read_status_list
from verifier.trust import TrustList
from verifier.verdict import verdict

DAY = timedelta(hours=24)


def root_sha256(folder: Path) -> str:
    """The digest by which the root of this folder would be pinned."""
    return hashlib.sha256((folder / "root" / "did.json").read_bytes()).hexdigest()


def trust_of(folder: Path, at: datetime) -> TrustList:
    """The trust list of a folder, signed by its root."""
    root = read_root((folder / "root" / "did.json").read_bytes())
    return accept_trust_list((folder / "trust" / "list.json").read_bytes(), root, now=at)


def lists(folder: Path, at: datetime = AT) -> dict[str, StatusList]:
    """Both lists of the first pair, decoded."""
    trust = trust_of(folder, at)
    return {
        purpose: read_status_list(
            (folder / "status" / f"{purpose}-1").read_bytes(),
            trust,
            url=f"{BASE}/status/{purpose}-1",
            purpose=purpose,
            now=at,
            max_age=DAY,
        )
        for purpose in ("revocation", "suspension")
    }


def bits(folder: Path, index: int, at: datetime = AT) -> tuple[int, int]:
    """R and S of an index, from the published files."""
    found = lists(folder, at)
    return int(found["revocation"].bit(index)), int(found["suspension"].bit(index))


def check_all(demo: Demo, at: datetime = AT, folder: Path | None = None, only: str | None = None) -> int:
    """Verify every published file and, offline against online, every certificate (or one); return the slot."""
    folder = folder or demo.published
    content = (folder / "manifest.json").read_bytes()
    trust = trust_of(folder, at)
    manifest = read_manifest(content, trust, now=at, max_age=DAY)
    keys = frozenset((key.key_id, key.public_key) for key in trust.keys.values() if key.public_key is not None)
    for path, digest in manifest.files.items():
        file = (folder / path.removeprefix("/")).read_bytes()
        assert hashlib.sha256(file).hexdigest() == digest, path
        _check_signed(path, file, keys)
    on_disk = {f"/{file.relative_to(folder)}" for file in folder.rglob("*") if file.is_file()}
    assert on_disk == {*manifest.files, "/manifest.json", "/.publishing"}
    assert lists(folder, at)
    _check_certificates(demo, at, folder, only)
    return int(json.loads(content)["slot"])


@lru_cache(maxsize=256)
def _check_signed(path: str, file: bytes, keys: frozenset[tuple[str, bytes]]) -> None:
    """A signed statement is signed by a key of the trust list, with both suites; looked at once per content."""
    if path.startswith("/statuslist/"):
        _check_token(path, file, dict(keys))
        return
    document = json.loads(file)
    proofs = document.get("proof")
    if not isinstance(proofs, list) or path == "/trust/list.json":
        return
    assert {proof["verificationMethod"] for proof in proofs} <= set(dict(keys)), path
    assert shape_fault(document, len(proofs) // 2) is None, path
    assert signature_fault(document, BASE, dict(keys)) is None, path


def _check_token(path: str, content: bytes, keys: dict[str, bytes]) -> None:
    """A Token Status List is signed with ES256 by a key of the trust list, under its own address."""
    text, _, signature = content.decode("ascii").rpartition(".")
    header, claims = (json.loads(decode_base64url(part)) for part in text.split("."))
    assert claims["sub"] == BASE + path
    assert is_signature(Algorithm.ES256, keys[header["kid"]], text.encode(), decode_base64url(signature)), path


def _check_certificates(demo: Demo, at: datetime, folder: Path, only: str | None) -> None:
    desk = demo.desk()
    with desk.open_reading() as work:
        found = [one for one in certificates(work) if only in {None, one.page_id}]
    assert found
    for certificate in found:
        online = verdict_of_document(desk, certificate.document, now=at)
        offline = offline_verdict(certificate.document, folder, at)
        assert offline["outcome"] == online["outcome"], (online["state"], offline["state"])


def offline_verdict(document: bytes, folder: Path, at: datetime = AT) -> dict[str, Any]:
    """The verdict that the folder alone gives, under its own root."""
    return verdict(judge(document, PublishedFolder(folder, root_sha256=root_sha256(folder)), now=at))
