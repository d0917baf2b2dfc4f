"""Signing a linted certificate, and the last look at the final bytes."""

from datetime import datetime

from issuer.proofs import document_bytes, proof_pairs
from issuer.refusals import RecheckError, SignerMismatchError
from issuer.ticket import IssuanceTicket
from keys.signer import Signer
from verifier.checks import CheckName, Result
from verifier.credential import judge_credential
from verifier.documents import read_document
from verifier.report import Report
from verifier.sources import Basis, RegisterAnswer, RegisterKnows, RegisterSources, Row, StatusAnswer
from verifier.study import studied
from verifier.trust import TrustList


def sign_certificate(ticket: IssuanceTicket, *, cse: Signer, society: Signer, created: datetime) -> bytes:
    """Spend the `ticket` and return the bytes of the certificate with its four proofs, in the order of C6.

    Raises `SignerMismatchError` before anything is signed if a signer is not the body the document names,
    and `AlreadyRedeemedError` for a spent ticket.
    """
    draft, facts = ticket.redeem(), ticket.facts
    for signer, did in ((cse, facts.issuer), (society, facts.creator)):
        if (given := signer.verification_method.split("#")[0]) != did:
            raise SignerMismatchError(did, given)
    proofs = proof_pairs(draft.hashes, (cse, society), created)
    return b'%b,"proof":%b}' % (draft.text[:-1], document_bytes(proofs))


def recheck(
    content: bytes, ticket: IssuanceTicket | None, *, intended_sha256: str, trust: TrustList, now: datetime
) -> None:
    """Verify the final bytes with our own verifier, and compare them with the digest of the content in the intent.

    They are parsed anew and judged; only the hashes of the bytes that the lint of their `ticket` read are not made
    again. Only a certificate that begins later may fail its dates. Raises `RecheckError` with the finding, and
    `UnreadableDocumentError`.
    """
    document = read_document(content)
    study = ticket.study(content, document, trust.base) if ticket is not None else studied(document, trust.base)
    report = judge_credential(study, _at_issue(trust, intended_sha256, now), now=now)
    for finding in report.findings:
        if finding.result in (Result.PASS, Result.SKIPPED) or _begins_later(report, finding.name):
            continue
        raise RecheckError(f"the signed certificate does not verify: {finding.name} {finding.code}")


def _begins_later(report: Report, name: CheckName) -> bool:
    return name is CheckName.DATES and report.facts is not None and report.checked_at < report.facts.valid_from


def _at_issue(trust: TrustList, intended_sha256: str, now: datetime) -> RegisterSources:
    """Return the sources of this moment: the register's intent row holds the digest, and no bit is set yet."""
    answer = RegisterAnswer(RegisterKnows.KNOWN, content_sha256=intended_sha256, issued_at=now)
    row = Row(dict.fromkeys(("revocation", "suspension"), StatusAnswer(bit=False, issued_at=now)), answer)
    return RegisterSources(trust, Basis(), lambda _page: row)
