"""Published vectors of the Data Integrity cryptosuites (W3C): every intermediate value of every suite that is spoken.

Of `Ed25519Signature2020` and `ecdsa-sd-2023`, which are not spoken, only the hashes of the first are looked at.
Contexts that are not pinned come from beside the vectors. With P-384 only the employment document shows that the
labels of blank nodes are made with SHA-384 too: the other has too few of them.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from schemas import base58btc
from schemas.multikey import Algorithm, algorithm_of, decode_multikey
from tests.support.shared import vector_contexts, vectors
from tests.support.world import BASE
from verifier.cryptosuite import SUITES, DocumentHashes, jcs_bytes, proof_fault
from verifier.rdf import canonical_nquads
from verifier.signatures import is_signature

LENGTHS = {Algorithm.EDDSA: 64, Algorithm.ES256: 64, Algorithm.ES384: 96}


@dataclass(frozen=True)
class Vectors:
    """One set of files: every value on the way from a document to its signed form."""

    folder: str
    suffix: str
    unsigned: str
    suite: str

    def path(self, name: str, ending: str = "txt") -> Path:
        return vectors(*self.folder.split("/"), f"{name}{self.suffix}.{ending}")

    def text(self, name: str) -> str:
        return self.path(name).read_text(encoding="utf-8").strip()

    def json(self, name: str) -> Any:
        return json.loads(self.path(name, "json").read_bytes())

    @property
    def document(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(vectors(self.folder.split("/")[0], self.unsigned).read_bytes())
        return value

    @property
    def key(self) -> bytes:
        return decode_multikey(self.json("signed")["proof"]["verificationMethod"].split("#")[1])

    @property
    def hash_name(self) -> str:
        return "sha384" if algorithm_of(self.key) is Algorithm.ES384 else "sha256"


def _ecdsa(curve: str) -> Iterator[Vectors]:
    for form, name in (("rdfc", f"ECDSA{curve}"), ("jcs", f"JCSECDSA{curve}")):
        suite = f"ecdsa-{form}-2019"
        yield Vectors(f"vc-di-ecdsa/{suite}-{curve.lower()}", name, "unsigned.json", suite)
    employ = f"vc-di-ecdsa/ecdsa-rdfc-2019-{curve.lower()}/employ"
    yield Vectors(employ, f"ECDSA{curve}", "employmentAuth.json", "ecdsa-rdfc-2019")


SETS = [
    Vectors("vc-di-eddsa/eddsa-rdfc-2022", "DataInt", "unsigned.json", "eddsa-rdfc-2022"),
    Vectors("vc-di-eddsa/eddsa-rdfc-2022/employ", "DataInt", "employmentAuth.json", "eddsa-rdfc-2022"),
    Vectors("vc-di-eddsa/eddsa-jcs-2022", "JCS", "unsigned.json", "eddsa-jcs-2022"),
    *_ecdsa("P256"),
    *_ecdsa("P384"),
]
every_set = pytest.mark.parametrize("given", SETS, ids=[given.folder for given in SETS])


@every_set
def test_the_hashes_of_the_published_canonical_forms(given: Vectors) -> None:
    for form, digest in (("canonDoc", "docHash"), ("proofCanon", "proofHash")):
        content = given.path(form).read_bytes()
        if not SUITES[given.suite].is_graph:
            content = content.strip()
        assert hashlib.new(given.hash_name, content).hexdigest() == given.text(digest)
    assert given.text("combinedHash") == given.text("proofHash") + given.text("docHash")


@every_set
def test_the_published_signature(given: Vectors) -> None:
    proof, algorithm = given.json("signed")["proof"], algorithm_of(given.key)
    signature = base58btc.decode(proof["proofValue"], length=LENGTHS[algorithm])
    assert (proof["proofValue"], signature.hex()) == (given.text("sigBTC58"), given.text("sigHex"))
    message = bytes.fromhex(given.text("combinedHash"))
    assert is_signature(algorithm, given.key, message, signature)
    assert not is_signature(algorithm, given.key, message + b"\0", signature)


@every_set
def test_the_canonical_form_of_the_options(given: Vectors) -> None:
    options = given.json("proofConfig")
    if SUITES[given.suite].is_graph:
        assert options["@context"] == given.document["@context"]
        made = canonical_nquads(options, BASE, given.hash_name, vector_contexts())
        assert made == given.path("proofCanon").read_text(encoding="utf-8")
    else:
        assert jcs_bytes(options).decode() == given.text("proofCanon")


@every_set
def test_the_document_up_to_the_signature(given: Vectors) -> None:
    signed = given.json("signed")
    assert {name: value for name, value in signed.items() if name != "proof"} == given.document
    if SUITES[given.suite].is_graph:
        made = canonical_nquads(given.document, BASE, given.hash_name, vector_contexts())
        assert made == given.path("canonDoc").read_text(encoding="utf-8")
    else:
        assert jcs_bytes(given.document).decode() == given.text("canonDoc")
    hashes = DocumentHashes(signed, BASE, extra=vector_contexts())
    assert hashes.signed_bytes(signed["proof"], algorithm_of(given.key)).hex() == given.text("combinedHash")
    assert proof_fault(hashes, signed["proof"], given.key) is None
    changed = DocumentHashes({**signed, "name": "Another"}, BASE, extra=vector_contexts())
    assert proof_fault(changed, signed["proof"], given.key) == "signature"


def test_eddsa_proof_set() -> None:
    document = json.loads(vectors("vc-di-eddsa", "proof-set-chain", "signedProofSet2.json").read_bytes())
    hashes = DocumentHashes(document, BASE, extra=vector_contexts())
    assert len(document["proof"]) == 2
    for proof in document["proof"]:
        assert proof_fault(hashes, proof, decode_multikey(proof["verificationMethod"].split("#")[1])) is None


def test_the_count(figures: list[str]) -> None:
    suites = sorted({given.suite for given in SETS})
    figures.append(
        f"vectors data integrity {len(SETS)} documents, 1 proof set, of {', '.join(suites)}: each in tests of its own"
    )
    assert len(SETS) == 9
