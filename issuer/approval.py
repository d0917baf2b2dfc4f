"""A society signs only what it approved: its own record, compared with the document (`threats.md` 5)."""

from dataclasses import dataclass

from issuer.refusals import NotApprovedError
from schemas.addresses import society_did
from verifier.certificate import CertificateFacts


@dataclass(frozen=True, slots=True)
class Approval:
    """What a society recommended, as it keeps it: the person's names, and what they were assessed for."""

    society: str
    name_hans: str | None
    name_latin: str | None
    field: str
    grade: str
    standard: str


def require_approved(facts: CertificateFacts, approval: Approval, *, base: str) -> None:
    """Compare what a draft says with the record of the society that assessed, which may sign no more (R-AU-05).

    Raises `NotApprovedError` naming the member.
    """
    if (facts.assessed_by or facts.society) != society_did(base, approval.society):
        raise NotApprovedError("society")
    for name in ("field", "grade", "standard"):
        if getattr(facts, name) != getattr(approval, name):
            raise NotApprovedError(name)
    if (facts.name_hans, facts.name_latin) != (approval.name_hans, approval.name_latin):
        raise NotApprovedError("name")
