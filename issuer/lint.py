"""Everything that is looked at before a real key is touched.

The draft is read anew, gets four proofs by throw-away keys under the right names, and the whole must have the closed
form, agree with itself, and hide nothing from the graph; both hashes must be those of what was read.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any

from issuer.draft import Draft
from issuer.proofs import proof_pairs
from issuer.refusals import LintError
from issuer.ticket import IssuanceTicket
from keys.signer import throw_away_signer
from schemas.contexts import certificate_contexts
from schemas.strict_json import MalformedJsonError, parse_object
from verifier.checks import Result
from verifier.cryptosuite import DocumentHashes
from verifier.instants import parse_instant
from verifier.json_ld import is_address
from verifier.proof_set import shape_fault
from verifier.study import Study


def lint(draft: Draft, *, base: str, created: datetime | None = None) -> IssuanceTicket:
    """Return the ticket for a `draft` that will be signed at `created`, or when it begins.

    Raises `LintError` naming the rule and the place.
    """
    document, names, begins = _read(draft)
    proofs = _proofs_for_nothing(names, base, created or begins)
    signed = {**document, "proof": proofs}
    reading = Study("", signed, base)
    if reading.terms.result is not Result.PASS:
        raise LintError(reading.terms.code or "all_terms_signed", reading.terms.pointer or "")
    if (facts := reading.facts) is None:
        raise LintError(reading.schema.code or "schema", reading.schema.pointer or "")
    known = {(is_graph, "sha256"): reading.hashes.of_document(is_graph) for is_graph in (True, False)}
    if any(draft.hashes.of_document(is_graph) != digest for (is_graph, _), digest in known.items()):
        raise LintError("hashes", "")
    hashes = DocumentHashes({"@context": document["@context"]}, base, known=known, is_ours=True)
    return IssuanceTicket(facts, hashes, reading.terms, draft.text, draft)


def _read(draft: Draft) -> tuple[dict[str, Any], tuple[str, str], datetime]:
    """Return the document, the bodies that must sign it, and when it begins."""
    try:
        document = parse_object(draft.text)
        if "proof" in document:
            raise LintError("already_signed", "/proof")
        names = document["issuer"]["id"], document["credentialSubject"]["achievement"]["creator"]["id"]
        if not all(map(is_address, names)):
            raise LintError("schema", "/issuer")
        return document, names, parse_instant(document["validFrom"])
    except MalformedJsonError as error:
        raise LintError(error.code, "") from error
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise LintError("schema", "") from error


@lru_cache(maxsize=64)
def _proofs_for_nothing(names: tuple[str, str], base: str, created: datetime) -> list[dict[str, Any]]:
    """Return proofs by keys that nobody knows, over nothing. Raises `LintError` unless they have the form of a set."""
    signers = [throw_away_signer(f"{name}#lint") for name in names]
    nothing = {"@context": certificate_contexts(base), "id": "urn:x-cse:nothing", "type": "VerifiableCredential"}
    proofs = proof_pairs(DocumentHashes(nothing, base), signers, created)
    fault = shape_fault(nothing | {"proof": proofs}, 2)
    if fault is not None:
        raise LintError(fault.code, fault.pointer)
    return proofs
