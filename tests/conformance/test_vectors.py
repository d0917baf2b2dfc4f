"""Published test vectors: Data Integrity EdDSA cryptosuites (W3C) and JCS (RFC 8785).

The rdfc vectors use contexts that are no part of this package. What of them can be checked without those
contexts is checked: the hashes of the published canonical forms, and every signature.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from schemas import base58btc
from schemas.contexts import PUBLISHED
from schemas.multikey import decode_multikey
from tests.support.shared import vectors
from tests.support.world import BASE
from verifier.cryptosuite import JCS, RDFC, DocumentHashes, is_signed_by, jcs_bytes
from verifier.rdf import canonical_nquads

JCS_NAMES = ("arrays", "french", "structures", "unicode", "values", "weird")
RDFC_VECTORS = [
    pytest.param("eddsa-rdfc-2022", "unsigned.json", id="alumni"),
    pytest.param("eddsa-rdfc-2022/employ", "employmentAuth.json", id="employment"),
]


def load(path: Path) -> Any:
    return json.loads(path.read_bytes())


def plain(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


def public_key(proof: dict[str, Any]) -> bytes:
    """Return the key in the did:key of a vector."""
    return decode_multikey(proof["verificationMethod"].split("#")[1])


@pytest.mark.parametrize("name", JCS_NAMES)
def test_rfc8785(name: str) -> None:
    made = jcs_bytes(load(vectors("rfc8785", "input", f"{name}.json")))
    assert made == vectors("rfc8785", "output", f"{name}.json").read_bytes()
    assert made == bytes.fromhex(plain(vectors("rfc8785", "outhex", f"{name}.txt")))


def test_no_rfc8785_vector_is_left_out() -> None:
    assert tuple(sorted(path.stem for path in vectors("rfc8785", "input").iterdir())) == JCS_NAMES


def test_eddsa_jcs_2022_intermediate_values() -> None:
    folder, unsigned = vectors("vc-di-eddsa", "eddsa-jcs-2022"), load(vectors("vc-di-eddsa", "unsigned.json"))
    options = load(folder / "proofConfigJCS.json")
    hashes = DocumentHashes(unsigned, BASE)
    assert jcs_bytes(unsigned).decode() == plain(folder / "canonDocJCS.txt")
    assert jcs_bytes(options).decode() == plain(folder / "proofCanonJCS.txt")
    assert hashes.of(JCS).hex() == plain(folder / "docHashJCS.txt")
    assert hashlib.sha256(jcs_bytes(options)).hexdigest() == plain(folder / "proofHashJCS.txt")
    assert hashes.signed_bytes(options).hex() == plain(folder / "combinedHashJCS.txt")


def test_eddsa_jcs_2022_signature() -> None:
    folder = vectors("vc-di-eddsa", "eddsa-jcs-2022")
    document = load(folder / "signedJCS.json")
    proof = document["proof"]
    message = DocumentHashes(document, BASE).signed_bytes(proof)
    assert base58btc.decode(proof["proofValue"], length=64).hex() == plain(folder / "sigHexJCS.txt")
    assert is_signed_by(message, proof["proofValue"], public_key(proof))
    changed = DocumentHashes({**document, "name": "Another"}, BASE).signed_bytes(proof)
    assert not is_signed_by(changed, proof["proofValue"], public_key(proof))


@pytest.mark.parametrize(("folder", "unsigned"), RDFC_VECTORS)
def test_eddsa_rdfc_2022_hashes_and_signature(folder: str, unsigned: str) -> None:
    here = vectors("vc-di-eddsa", folder)
    assert vectors("vc-di-eddsa", unsigned).is_file()
    document_hash = hashlib.sha256((here / "canonDocDataInt.txt").read_bytes()).digest()
    options_hash = hashlib.sha256((here / "proofCanonDataInt.txt").read_bytes()).digest()
    assert document_hash.hex() == plain(here / "docHashDataInt.txt")
    assert options_hash.hex() == plain(here / "proofHashDataInt.txt")
    message = options_hash + document_hash
    assert message.hex() == plain(here / "combinedHashDataInt.txt")
    proof = load(here / "signedDataInt.json")["proof"]
    assert base58btc.decode(proof["proofValue"], length=64).hex() == plain(here / "sigHexDataInt.txt")
    assert is_signed_by(message, proof["proofValue"], public_key(proof))


@pytest.mark.parametrize(("folder", "unsigned"), RDFC_VECTORS)
def test_eddsa_rdfc_2022_canonical_form_of_the_document(folder: str, unsigned: str) -> None:
    document = load(vectors("vc-di-eddsa", unsigned))
    missing = [url for url in document["@context"] if url not in PUBLISHED]
    if missing:
        pytest.skip(f"the context {missing[0]} is not pinned in this part, so the document is refused")
    assert canonical_nquads(document, BASE) == (vectors("vc-di-eddsa", folder) / "canonDocDataInt.txt").read_text()


@pytest.mark.parametrize(("folder", "unsigned"), RDFC_VECTORS)
def test_eddsa_rdfc_2022_canonical_form_of_the_options(folder: str, unsigned: str) -> None:
    """The options use terms of credentials/v2 alone, so the second context of the vector may be left out."""
    here = vectors("vc-di-eddsa", folder)
    options = load(here / "proofConfigDataInt.json")
    assert options["@context"] == load(vectors("vc-di-eddsa", unsigned))["@context"]
    alone = {**options, "@context": options["@context"][:1]}
    expected = (here / "proofCanonDataInt.txt").read_text(encoding="utf-8")
    assert canonical_nquads(alone, BASE) == expected
    unmapped = {"@context": alone["@context"], "id": "urn:x"}
    assert DocumentHashes(unmapped, BASE).signed_bytes(alone)[:32].hex() == plain(here / "proofHashDataInt.txt")
    assert options["cryptosuite"] == RDFC


def test_eddsa_proof_sets_and_chains() -> None:
    document = load(vectors("vc-di-eddsa", "proof-set-chain", "signedProofSet2.json"))
    missing = [url for url in document["@context"] if url not in PUBLISHED]
    if missing:
        pytest.skip(f"the context {missing[0]} is not pinned in this part, so no proof over this graph is checked")
    hashes = DocumentHashes(document, BASE)
    for proof in document["proof"]:
        assert is_signed_by(hashes.signed_bytes(proof), proof["proofValue"], public_key(proof))
