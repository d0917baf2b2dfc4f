"""Signing a linted certificate, and the last look at the final bytes."""

from dataclasses import dataclass
from datetime import datetime

from issuer.proofs import document_bytes, proof_pairs
from issuer.refusals import RecheckError, SignerMismatchError
from issuer.ticket import IssuanceTicket
from keys.signer import Signer
from verifier.certificate import CertificateFacts
from verifier.checks import CheckName, Profile, Result
from verifier.judge import judge
from verifier.report import Report
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, StatusAnswer, WithoutRegister
from verifier.trust import TrustList


def sign_certificate(ticket: IssuanceTicket, *, cse: Signer, society: Signer, created: datetime) -> bytes:
    """Spend the `ticket` and return the bytes of the certificate with its four proofs, in the order of C6.

    Raises `SignerMismatchError` before anything is signed if a signer is not the body the document names,
    and `AlreadyRedeemedError` for a spent ticket.
    """
    draft, document = ticket.redeem(), ticket.document
    _require_body(cse, document["issuer"]["id"])
    _require_body(society, document["credentialSubject"]["achievement"]["creator"]["id"])
    proofs = proof_pairs(draft.hashes, (cse, society), created)
    return b'%b,"proof":%b}' % (draft.text[:-1], document_bytes(proofs))


def _require_body(signer: Signer, did: str) -> None:
    given = signer.verification_method.split("#")[0]
    if given != did:
        raise SignerMismatchError(did, given)


def recheck(content: bytes, *, intended_sha256: str, trust: TrustList, now: datetime) -> None:
    """Verify the final bytes with our own verifier, and compare them with the digest of the content in the intent.

    Only a certificate that begins later may fail its dates. Raises `RecheckError` with the finding.
    """
    report = judge(content, _AtIssue(trust, intended_sha256), now=now)
    for finding in report.findings:
        if finding.result in {Result.PASS, Result.SKIPPED} or _begins_later(report, finding.name):
            continue
        raise RecheckError(f"the signed certificate does not verify: {finding.name} {finding.code}")


def _begins_later(report: Report, name: CheckName) -> bool:
    return name is CheckName.DATES and report.facts is not None and report.checked_at < report.facts.valid_from


@dataclass(slots=True)
class _AtIssue(WithoutRegister):
    """Sources at the moment of issue: the register's intent row holds the digest, and no bit is set yet."""

    trust_list: TrustList
    intended_sha256: str

    @property
    def profile(self) -> Profile:
        return Profile.OWN_ONLINE

    def trust(self, now: datetime) -> TrustList | None:
        return self.trust_list

    def status(self, facts: CertificateFacts, purpose: str, now: datetime) -> StatusAnswer:
        return StatusAnswer(bit=False, issued_at=now)

    def register(self, facts: CertificateFacts, now: datetime) -> RegisterAnswer:
        return RegisterAnswer(RegisterKnows.KNOWN, content_sha256=self.intended_sha256, issued_at=now)

    def basis(self) -> Basis:
        return Basis()
