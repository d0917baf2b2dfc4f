"""Every credential and presentation that the W3C publishes satisfies the data model, but for their known slips."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.shared import vectors
from verifier.checks import CheckName, failed
from verifier.data_model import data_model_fault

broken = partial(failed, CheckName.SCHEMA)

FOLDERS = ("vc-data-model-schema", "spec-examples", "vc-di-eddsa", "vc-di-ecdsa")
SLIPS = {
    # A template that says of itself that it is to be completed.
    "001-a-template-for-creating-prototype-verifiable-credentials": broken("model_issuer", "/issuer"),
    # `issuanceDate` of VCDM 1.1 under the context of 2.0 (V31).
    "006-associating-multiple-status-lists-with-a-single-verifiable-c": failed(
        CheckName.SCHEMA, "model_version", "/issuanceDate"
    ),
    "007-associating-multiple-status-entries-in-a-single-status-list": failed(
        CheckName.SCHEMA, "model_version", "/issuanceDate"
    ),
    # `data:…;` where a data address has a comma (RFC 2397).
    "005-a-simple-example-of-a-verifiable-presentation-secured-with-s": failed(
        CheckName.SCHEMA, "model_envelope", "/verifiableCredential/0/id"
    ),
    "008-a-simple-example-of-a-verifiable-presentation-secured-withco": failed(
        CheckName.SCHEMA, "model_envelope", "/verifiableCredential/0/id"
    ),
}


def published() -> dict[Path, dict[str, Any]]:
    """Every file that is a credential or presentation; the options of a proof, kept apart, are none."""
    found = {}
    for path in sorted(path for folder in FOLDERS for path in vectors(folder).rglob("*.json")):
        document = json.loads(path.read_bytes())
        kinds = str(document.get("type")) if isinstance(document, dict) and "@context" in document else ""
        if "VerifiableCredential" in kinds or "VerifiablePresentation" in kinds:
            found[path] = document
    return found


def test_published_examples_satisfy_the_data_model(figures: list[str]) -> None:
    documents = published()
    faults = {path.stem: fault for path, document in documents.items() if (fault := data_model_fault(document))}
    figures.append(f"W3C examples: documents={len(documents)} known slips={len(SLIPS)} unexpected={faults != SLIPS:d}")
    assert faults == SLIPS
    assert len(documents) > 60
