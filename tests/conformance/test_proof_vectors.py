"""Published vectors of the Data Integrity cryptosuites (W3C): every intermediate value of every suite that is spoken.

`Ed25519Signature2020` and `ecdsa-sd-2023` are not spoken; what the first signs is made and compared all the same.
Contexts that are not pinned come from beside the vectors. With P-384 only the employment document shows that the
labels of blank nodes are made with SHA-384 too: the other has too few of them.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas import base58btc
from schemas.multikey import Algorithm, algorithm_of, decode_multikey
from tests.support.shared import vector_contexts, vectors
from tests.support.world import BASE
from verifier.asked import Asked
from verifier.checks import Result
from verifier.cryptosuite import SUITES, DocumentHashes, jcs_bytes, proof_fault
from verifier.documents import listed
from verifier.proof_chain import ProofRules, check_proofs
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


ED_SIG = Vectors("vc-di-eddsa/Ed25519Signature2020", "EdSig", "unsigned.json", "eddsa-rdfc-2022")


def test_ed25519_signature_2020_is_not_spoken_and_yet_its_canonical_forms_hashes_and_signature_are_right() -> None:
    signed, options = ED_SIG.json("signed"), ED_SIG.json("proofConfig")
    document = {name: value for name, value in signed.items() if name != "proof"}
    for value, form, digest in ((document, "canonDoc", "docHash"), (options, "proofCanon", "proofHash")):
        made = canonical_nquads(value, BASE, extra=vector_contexts())
        assert made == ED_SIG.path(form).read_text(encoding="utf-8")
        assert hashlib.sha256(made.encode()).hexdigest() == ED_SIG.text(digest)
    assert ED_SIG.text("combinedHash") == ED_SIG.text("proofHash") + ED_SIG.text("docHash")
    signature = base58btc.decode(signed["proof"]["proofValue"], length=64)
    assert (signed["proof"]["proofValue"], signature.hex()) == (ED_SIG.text("sigBTC58"), ED_SIG.text("sigHex"))
    assert is_signature(Algorithm.EDDSA, ED_SIG.key, bytes.fromhex(ED_SIG.text("combinedHash")), signature)
    found = check_proofs(signed, rules())
    assert (found.result, found.code) == (Result.UNKNOWN, "suite_unsupported")


CHAIN = "proof-set-chain"


def rules() -> ProofRules:
    return ProofRules(BASE, "assertionMethod", datetime(2026, 1, 1, tzinfo=UTC), Asked(extra=vector_contexts()))


def of_chain(name: str) -> Any:
    return json.loads(vectors("vc-di-eddsa", CHAIN, f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    ("name", "count"),
    [("signedProofSet1", 1), ("signedProofSet2", 2), ("signedProofChain1", 3), ("signedProofChain2", 4)],
)
def test_every_proof_of_a_published_set_or_chain_is_good(name: str, count: int) -> None:
    document = of_chain(name)
    proofs = listed(document["proof"])
    assert len(proofs) == count
    assert {member: value for member, value in document.items() if member != "proof"} == of_chain("unsigned")
    assert check_proofs(document, rules()).result is Result.PASS
    for index in range(count):
        broken = [{**proof, "proofValue": proofs[index - 1]["proofValue"]} if proof is proofs[index] else proof
                  for proof in proofs]  # fmt: skip
        assert count == 1 or check_proofs({**document, "proof": broken}, rules()).code == "signature"


def test_the_intermediate_values_of_the_published_set_and_chain() -> None:
    proofs = of_chain("signedProofChain2")["proof"]
    steps = [("Set", 1), ("Set", 2), ("Chain", 1), ("Chain", 2)]
    keys = [of_chain("multiKeyPairs")[f"keyPair{number}"]["publicKeyMultibase"] for number in range(1, 5)]
    assert [proof["verificationMethod"].split("#")[1] for proof in proofs] == keys
    for proof, (kind, number) in zip(proofs, steps, strict=True):
        options = of_chain(f"proof{kind}Config{number}")
        options.pop("@context", None)
        assert {name: value for name, value in proof.items() if name not in {"proofValue", "id"}} == {
            name: value for name, value in options.items() if name != "id"
        }
        assert of_chain(f"proof{kind}ConfigSigned{number}") == proof
    for number, previous in ((1, proofs[:2]), (2, proofs[2:3])):
        # What a link of a chain signs: the document with the proofs that it names.
        document = of_chain(f"proofChainTempDoc{number}")
        assert document["proof"] == previous
        hashes = DocumentHashes(of_chain("unsigned"), BASE, previous, vector_contexts())
        link = proofs[1 + number]
        assert proof_fault(hashes, link, decode_multikey(link["verificationMethod"].split("#")[1])) is None


def test_the_published_keys_are_those_that_signed() -> None:
    for folder, name in (("vc-di-eddsa", "keyPair"), ("vc-di-ecdsa", "p256KeyPair"), ("vc-di-ecdsa", "p384KeyPair")):
        published = decode_multikey(json.loads(vectors(folder, f"{name}.json").read_bytes())["publicKeyMultibase"])
        assert published in [given.key for given in SETS]


OF_A_SET = ("canonDoc", "docHash", "proofCanon", "proofHash", "combinedHash", "sigHex", "sigBTC58")
"""The texts of a set of vectors; beside them are `proofConfig` and `signed` in JSON."""
SELECTIVE = {"employMandatory.json", "employSelective.json", "prCredMandatory.json", "prCredSelective.json",
             "prCredUnsigned.json"}  # fmt: skip
"""Inputs of `ecdsa-sd-2023` alone."""


def used_files(given: Vectors) -> set[Path]:
    return {given.path(name) for name in OF_A_SET} | {given.path(name, "json") for name in ("proofConfig", "signed")}


def all_files(folder: str) -> set[Path]:
    return {path for path in vectors(folder).rglob("*") if path.is_file()}


def test_no_published_file_is_left_out(figures: list[str]) -> None:
    eddsa, ecdsa = all_files("vc-di-eddsa"), all_files("vc-di-ecdsa")
    sets = {path for given in (*SETS, ED_SIG) for path in used_files(given)}
    chain = all_files(f"vc-di-eddsa/{CHAIN}")
    inputs = {path for path in eddsa | ecdsa if path.parent.name in {"vc-di-eddsa", "vc-di-ecdsa"}}
    selective = {path for path in ecdsa if "ecdsa-sd-2023" in path.parts or path.name in SELECTIVE}
    assert sets | chain | inputs | selective == eddsa | ecdsa
    spoken = ecdsa - selective
    figures.append(
        f"vectors vc-di-eddsa {len(eddsa)} files: used={len(eddsa)} (eddsa-rdfc-2022 18, eddsa-jcs-2022 9, proof sets "
        f"and chains {len(chain)}, inputs 3; Ed25519Signature2020 9: canonical forms, hashes, signature; not spoken)"
    )
    figures.append(
        f"vectors vc-di-ecdsa {len(ecdsa)} files: used={len(spoken)} (ecdsa-rdfc-2019 36, ecdsa-jcs-2019 18, inputs 4; "
        f"P-256 and P-384), ecdsa-sd-2023 not spoken={len(selective)}"
    )
    assert (len(eddsa), len(ecdsa), len(spoken), len(chain)) == (55, 104, 58, 16)
    assert len(sets) == 9 * (len(SETS) + 1)
