"""Everything that is looked at before a real key is touched.

The credential gets four proofs by throw-away keys under the right names, and the whole must have the
closed form, agree with itself, hide nothing from the graph, and verify.
"""

import copy
from typing import Any

from issuer.proofs import sign_document
from issuer.refusals import LintError
from issuer.ticket import IssuanceTicket
from keys.signer import throw_away_signer
from schemas.contracts import first_violation
from verifier.certificate import inconsistency, read_certificate
from verifier.checks import Result
from verifier.proof_set import shape_fault, signature_fault
from verifier.rdf import GraphError
from verifier.terms import check_all_terms_signed


def lint(credential: dict[str, Any], *, base: str) -> IssuanceTicket:
    """Return the ticket for an unsigned `credential`. Raises `LintError` naming the rule and the place."""
    if "proof" in credential:
        raise LintError("already_signed", "/proof")
    signed = _signed_for_nothing(copy.deepcopy(credential), base)
    terms = check_all_terms_signed(signed, base)
    if terms.result is not Result.PASS:
        raise LintError(terms.code or "all_terms_signed", terms.pointer or "")
    violation = first_violation("certificate", base, signed)
    if violation is not None:
        raise LintError("schema", violation[0])
    pointer = inconsistency(signed, base)
    if pointer is not None:
        raise LintError("inconsistent", pointer)
    return IssuanceTicket(copy.deepcopy(credential))


def _signed_for_nothing(credential: dict[str, Any], base: str) -> dict[str, Any]:
    """Sign with keys that nobody knows and check the signatures."""
    try:
        creator = credential["credentialSubject"]["achievement"]["creator"]["id"]
        names = (credential["issuer"]["id"], creator)
        created = read_certificate(credential).valid_from
        signers = [throw_away_signer(f"{name}#lint") for name in names]
        signed = sign_document(credential, signers, created=created, base=base)
    except (KeyError, TypeError, IndexError, ValueError) as error:
        code = error.code if isinstance(error, GraphError) else "schema"
        raise LintError(code, "") from error
    keys = {signer.verification_method: signer.public_key for signer in signers}
    fault = shape_fault(signed, 2) or signature_fault(signed, base, keys)
    if fault is not None:
        raise LintError(fault.code, fault.pointer)
    return signed
