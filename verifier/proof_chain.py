"""Proofs of anybody: sets and chains, every one of them good (VC Data Integrity 1.0, 4.4 and 4.5).

The Recommendation lets a proof over the text carry only the first of the document's contexts (EdDSA suites 3.3.2
step 4, ECDSA suites likewise): a context appended after signing would pass. Here `@context` in a proof, of whatever
suite, must be that of the document (`threats.md` 0.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any

from schemas.contracts import first_violation
from verifier.asked import Asked
from verifier.checks import CheckName, Finding, Result, failed, passed, unknown, worst
from verifier.cryptosuite import SUITES, DocumentHashes, proof_fault
from verifier.dids import DISPROVING_KEYS, DidError, method_key
from verifier.documents import listed
from verifier.instants import CLOCK_SKEW, InstantError, parse_timestamp

MOST_PROOFS = 16
"""Proofs of one document that are checked."""
MOST_CHAINS = 4
"""What they sign along: each costs a canonicalization of its own."""
_NAME = CheckName.PROOFS
_Proof = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProofRules:
    """What the proofs of one document are held to: contexts of the deployment, purpose, moment, what was asked.

    The limits of its graph count so many `times`.
    """

    base: str
    purpose: str
    now: datetime
    asked: Asked
    times: int = 1


def check_proofs(value: dict[str, Any], rules: ProofRules) -> Finding:
    """Carry out the check `proofs` on a document of anybody: what costs little first, and what disproves it counts."""
    proofs = listed(value.get("proof"))
    if not proofs:
        return failed(_NAME, "no_proof", "/proof")
    if len(proofs) > MOST_PROOFS:
        return unknown(_NAME, "too_many_proofs", "/proof")
    for index, proof in enumerate(proofs):
        code = _form_fault(proof, value, rules)
        if code is not None:
            return failed(_NAME, code, f"/proof/{index}")
    previous = _previous(proofs)
    if previous is None:
        return failed(_NAME, "proof_chain", "/proof")
    if len(set(previous)) > MOST_CHAINS:
        return unknown(_NAME, "too_many_proofs", "/proof")
    hashes: dict[tuple[int, ...], DocumentHashes] = {}
    found = []
    for index, (proof, before) in enumerate(zip(proofs, previous, strict=True)):
        earlier = [proofs[one] for one in before]
        mine = DocumentHashes(value, rules.base, earlier, rules.asked.extra, times=rules.times)
        along = hashes.setdefault(before, mine)
        found.append(_check_signature(along, proof, rules, f"/proof/{index}"))
    known = [(index, one) for index, one in enumerate(found) if one.result is not Result.UNKNOWN]
    return replace(worst(found), proofs=tuple((f"/proof/{index}", one.result is Result.PASS) for index, one in known))


def _form_fault(proof: Any, document: dict[str, Any], rules: ProofRules) -> str | None:
    """Return the code of what a proof says wrongly, whatever it signs."""
    if not isinstance(proof, dict) or first_violation("proof", rules.base, proof) is not None:
        return "proof_form"
    if proof["proofPurpose"] != rules.purpose:
        return "proof_purpose"
    if "@context" in proof and proof["@context"] != document.get("@context"):
        return "proof_context"
    if rules.asked.challenge not in {None, proof.get("challenge")}:
        return "challenge_differs"
    if rules.asked.domain is not None and listed(proof.get("domain")) != [rules.asked.domain]:
        return "domain_differs"
    return _time_fault(proof, rules.now)


def _time_fault(proof: _Proof, now: datetime) -> str | None:
    try:
        created, expires = (parse_timestamp(proof[name]) if name in proof else now for name in ("created", "expires"))
    except InstantError:
        return "proof_created"
    if created > now + CLOCK_SKEW:
        return "proof_from_the_future"
    return "proof_expired" if expires < now else None


def _previous(proofs: Sequence[_Proof]) -> list[tuple[int, ...]] | None:
    """Return for each proof the places of those it signs along, or None if one is missing, doubled or in a loop."""
    identified = [proof["id"] for proof in proofs if "id" in proof]
    named = [set(listed(proof.get("previousProof"))) for proof in proofs]
    if len(set(identified)) < len(identified) or not set().union(*named) <= set(identified):
        return None
    previous = [tuple(place for place, one in enumerate(proofs) if one.get("id") in names) for names in named]
    try:
        TopologicalSorter(dict(enumerate(previous))).prepare()
    except CycleError:
        return None
    return previous


def _check_signature(hashes: DocumentHashes, proof: _Proof, rules: ProofRules, pointer: str) -> Finding:
    if proof["type"] != "DataIntegrityProof" or proof.get("cryptosuite") not in SUITES:
        return unknown(_NAME, "suite_unsupported", pointer)
    method, read = proof["verificationMethod"], rules.asked.did_document
    try:
        public_key = method_key(method, rules.purpose, did_document=read, now=rules.now)
    except DidError as error:
        return (failed if error.code in DISPROVING_KEYS else unknown)(_NAME, error.code, pointer)
    code = proof_fault(hashes, proof, public_key)
    return passed(_NAME) if code is None else failed(_NAME, code, pointer)


def signers(value: dict[str, Any]) -> set[str]:
    """Return the DIDs in whose name the proofs of a document are made, whatever their form."""
    methods = [proof.get("verificationMethod") for proof in listed(value.get("proof")) if isinstance(proof, dict)]
    return {method.partition("#")[0] for method in methods if isinstance(method, str)}
