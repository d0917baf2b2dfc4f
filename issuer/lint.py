"""Everything that is looked at before a real key is touched.

The draft is read anew, gets four proofs by throw-away keys under the right names, and the whole must have the closed
form, agree with itself, and hide nothing from the graph; both hashes must be those of what was read.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from issuer.draft import Draft
from issuer.proofs import sign_document
from issuer.refusals import LintError
from issuer.ticket import IssuanceTicket
from keys.signer import throw_away_signer
from schemas.contexts import certificate_contexts
from schemas.contracts import first_violation
from schemas.strict_json import MalformedJsonError, parse_object
from verifier.certificate import inconsistency, read_certificate
from verifier.checks import Result
from verifier.cryptosuite import DocumentHashes
from verifier.instants import utc_text
from verifier.proof_set import shape_fault
from verifier.terms import check_all_terms_signed

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def lint(draft: Draft, *, base: str) -> IssuanceTicket:
    """Return the ticket for a `draft`. Raises `LintError` naming the rule and the place."""
    document = _read(draft)
    signed = {**document, "proof": _proofs_for_nothing(document, base)}
    hashes = DocumentHashes(document, base)
    terms = check_all_terms_signed(signed, base, hashes=hashes)
    if terms.result is not Result.PASS:
        raise LintError(terms.code or "all_terms_signed", terms.pointer or "")
    fault = shape_fault(signed, 2)
    if fault is not None:
        raise LintError(fault.code, fault.pointer)
    violation = first_violation("certificate", base, signed)
    if violation is not None:
        raise LintError("schema", violation[0])
    pointer = inconsistency(signed, base)
    if pointer is not None:
        raise LintError("inconsistent", pointer)
    if any(hashes.of_document(is_graph) != draft.hashes.of_document(is_graph) for is_graph in (True, False)):
        raise LintError("hashes", "")
    return IssuanceTicket(document, draft)


def _read(draft: Draft) -> dict[str, Any]:
    try:
        document = parse_object(draft.text)
    except MalformedJsonError as error:
        raise LintError(error.code, "") from error
    if "proof" in document:
        raise LintError("already_signed", "/proof")
    return document


def _proofs_for_nothing(document: dict[str, Any], base: str) -> list[dict[str, Any]]:
    """Return proofs of the right form by keys that nobody knows."""
    try:
        signers = (document["issuer"]["id"], document["credentialSubject"]["achievement"]["creator"]["id"])
        made = utc_text(read_certificate(document).valid_from)
        return [proof | {"created": made} for proof in _throw_away_proofs(signers, base)]
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise LintError("schema", "") from error


@lru_cache(maxsize=64)
def _throw_away_proofs(names: tuple[str, str], base: str) -> list[dict[str, Any]]:
    signers = [throw_away_signer(f"{name}#lint") for name in names]
    nothing = {"@context": certificate_contexts(base), "id": "urn:x-cse:nothing", "type": "VerifiableCredential"}
    proofs: list[dict[str, Any]] = sign_document(nothing, signers, created=_NEVER, base=base)["proof"]
    return proofs
