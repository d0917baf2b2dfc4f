"""The proof set of our own documents: its exact shape, and whether every signature in it is good.

Shape of a certificate (`interface.md` 0.2): exactly two signers x two suites, once each, equal `created`,
no other member than the schema has. Lists, statements and the trust list carry a pair per signer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from verifier.cryptosuite import JCS, RDFC, DocumentHashes, proof_fault

_MEMBERS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
_TEXT_MEMBERS = _MEMBERS | {"@context"}


@dataclass(frozen=True, slots=True)
class ProofFault:
    """Why a proof set is not good: stable `code` and the JSON Pointer of the proof at fault."""

    code: str
    pointer: str


def shape_fault(document: dict[str, Any], signers: int) -> ProofFault | None:
    """Return what is wrong with the shape of `document["proof"]`, or None.

    `signers` is how many bodies must each have signed with both suites.
    """
    proofs = document.get("proof")
    if not isinstance(proofs, list) or len(proofs) != 2 * signers:
        return ProofFault("proof_set_shape", "/proof")
    for index, proof in enumerate(proofs):
        if not _is_well_formed(proof, document.get("@context")):
            return ProofFault("proof_set_shape", f"/proof/{index}")
    seen = {(proof["verificationMethod"].split("#")[0], proof["cryptosuite"]) for proof in proofs}
    methods = {proof["verificationMethod"] for proof in proofs}
    if len(seen) != len(proofs) or len(methods) != signers or len({proof["created"] for proof in proofs}) != 1:
        return ProofFault("proof_set_shape", "/proof")
    return None


def _is_well_formed(proof: Any, contexts: Any) -> bool:
    if not isinstance(proof, dict):
        return False
    is_text = proof.get("cryptosuite") == JCS
    return (
        proof.keys() == (_TEXT_MEMBERS if is_text else _MEMBERS)
        and proof["type"] == "DataIntegrityProof"
        and (is_text or proof["cryptosuite"] == RDFC)
        and proof["proofPurpose"] == "assertionMethod"
        and type(proof["created"]) is type(proof["verificationMethod"]) is type(proof["proofValue"]) is str
        and (not is_text or proof["@context"] == contexts)
    )


def signature_fault(
    document: dict[str, Any], base: str, public_keys: Mapping[str, bytes], *, suites: tuple[str, ...] = (JCS, RDFC)
) -> ProofFault | None:
    """Return the first proof of the `suites` that is not good under `public_keys` (by verification method), or None.

    Proofs over the text (jcs) are checked before those over the graph, so that no canonicalization of a
    graph is spent on a changed text. A key that is missing counts as a bad proof: ask for it before.
    """
    found = signature_faults(DocumentHashes(document, base), document["proof"], public_keys, suites)
    return next((ProofFault(code, pointer) for pointer, code in found.items() if code is not None), None)


def signature_faults(
    hashes: DocumentHashes, proofs: list[dict[str, Any]], public_keys: Mapping[str, bytes], suites: tuple[str, ...]
) -> dict[str, str | None]:
    """Return, by pointer, what is wrong with each proof, None with a good one; the suites end with the first fault."""
    found: dict[str, str | None] = {}
    for suite in suites:
        if any(found.values()):
            break
        for index, proof in enumerate(proofs):
            if proof["cryptosuite"] == suite:
                key = public_keys.get(proof["verificationMethod"])
                found[f"/proof/{index}"] = "unknown_key" if key is None else proof_fault(hashes, proof, key)
    return found
