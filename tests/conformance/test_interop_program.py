"""The other implementation reads the published folder and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.interop import run_interop, why_unavailable
from tests.conformance.interop_table import PROJECT

pytestmark = pytest.mark.skipif(why_unavailable() is not None, reason=str(why_unavailable()))

BASE = "http://localhost:8000"
CSE = "did:web:localhost%3A8000"
DID_DOCUMENT = {
    "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    "id": CSE,
    "verificationMethod": [
        {
            "id": f"{CSE}#issue-2026",
            "type": "Multikey",
            "controller": CSE,
            "publicKeyMultibase": "z6MktjqTFF4qDh349N8qmcWAFEPv7t9pawwp8gc36cjvRGDY",
        }
    ],
    "assertionMethod": [f"{CSE}#issue-2026"],
}


def _credential(issuer: str, context: str) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", context],
        "id": f"{BASE}/credentials/7q2mx4t9k0rb3wzd8hvn",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": f"{BASE}/credentials/7q2mx4t9k0rb3wzd8hvn#holder"},
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-03-16T02:00:00Z",
            "verificationMethod": f"{issuer}#issue-2026",
            "proofPurpose": "assertionMethod",
            "proofValue": "z" + "2" * 86,
        },
    }


@pytest.mark.parametrize(
    ("issuer", "context", "message"),
    [
        ("did:web:example.org", "https://w3id.org/security/multikey/v1", "not a DID of"),
        (CSE, "https://example.org/context", "never fetched"),
        (CSE, f"{BASE}/../secret.jsonld", "published/secret.jsonld"),
    ],
    ids=["a DID of another host", "a context of another host", "an address above the folder"],
)
def test_what_is_not_in_the_folder_is_refused(tmp_path: Path, issuer: str, context: str, message: str) -> None:
    (tmp_path / "published" / ".well-known").mkdir(parents=True)
    did_file = tmp_path / "published" / ".well-known" / "did.json"
    did_file.write_text(json.dumps(DID_DOCUMENT), encoding="utf-8")
    (tmp_path / "secret.jsonld").write_text('{"@context": {}}', encoding="utf-8")
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(_credential(issuer, context)), encoding="utf-8")
    answer = run_interop(tmp_path / "published", BASE, [file])[0]
    assert answer["verified"] is False
    assert message in " ".join([*answer["errors"], *answer["proofs"][0]["errors"]])


def test_what_is_no_document_stops_no_other(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{", encoding="utf-8")
    answers = run_interop(tmp_path, BASE, [file, file])
    assert [answer["verified"] for answer in answers] == [False, False]


def test_no_certificates_need_no_node() -> None:
    assert run_interop(Path(), BASE, []) == []


def test_the_lock_file_names_no_place_to_fetch_from() -> None:
    lock = json.loads((PROJECT / "tests" / "interop" / "package-lock.json").read_text(encoding="utf-8"))
    packages = [package for path, package in lock["packages"].items() if path]
    assert packages
    assert [package for package in packages if "resolved" in package or not package["integrity"]] == []
