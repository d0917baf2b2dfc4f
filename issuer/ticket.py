"""The ticket that ties signing to linting, and the last look to both."""

from dataclasses import dataclass

from issuer.draft import Draft
from issuer.refusals import AlreadyRedeemedError
from verifier.certificate import CertificateFacts
from verifier.checks import Finding
from verifier.cryptosuite import DocumentHashes
from verifier.documents import Document
from verifier.study import Study, studied


@dataclass(slots=True)
class IssuanceTicket:
    """Proof that a draft passed the lints: may be redeemed once. Only `issuer.lint.lint` makes one.

    `hashes` are those that the reader of documents made of the draft's `text`, `terms` what it found there. The
    document itself is not kept: a thousand wait.
    """

    facts: CertificateFacts
    hashes: DocumentHashes
    terms: Finding
    text: bytes
    _draft: Draft | None

    def redeem(self) -> Draft:
        """Hand over the linted draft and spend the ticket. Raises `AlreadyRedeemedError` the second time."""
        if self._draft is None:
            raise AlreadyRedeemedError("this issuance ticket was already redeemed")
        draft, self._draft = self._draft, None
        return draft

    def study(self, content: bytes, document: Document, base: str) -> Study:
        """Return the study of the final `content`, which was parsed anew as `document`.

        What the lint read is read anew but for hashes and terms, and these too unless `content` begins with the very
        bytes that were linted and one member follows them, the proofs: neither hashes nor terms depend on these, whose
        members the closed schema names.
        """
        study = studied(document, base)
        if content.rpartition(b',"proof":')[0] == self.text[:-1] and next(reversed(document.value), None) == "proof":
            study.take_over(self.hashes, self.terms)
        return study
