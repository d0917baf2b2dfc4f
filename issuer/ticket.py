"""The ticket that ties signing to linting, and the last look to both."""

import hashlib
from dataclasses import dataclass
from typing import Any

from issuer.draft import Draft
from issuer.refusals import AlreadyRedeemedError
from verifier.certificate import CertificateFacts
from verifier.documents import listed
from verifier.study import Study


@dataclass(slots=True)
class IssuanceTicket:
    """Proof that a draft passed the lints: may be redeemed once. Only `issuer.lint.lint` makes one.

    `facts`, and what was `read` as in a `Study`, are of the draft with `proofs` as they will be, but for what keys make
    of them; `sha256` is that of its text before the last brace. The document itself is not kept: a thousand wait.
    """

    facts: CertificateFacts
    read: dict[str, Any]
    proofs: list[dict[str, Any]]
    sha256: bytes
    _draft: Draft | None

    def redeem(self) -> Draft:
        """Hand over the linted draft and spend the ticket. Raises `AlreadyRedeemedError` the second time."""
        if self._draft is None:
            raise AlreadyRedeemedError("this issuance ticket was already redeemed")
        draft, self._draft = self._draft, None
        return draft

    def tell(self, study: Study, content: bytes) -> bool:
        """Let the `study` of the final `content`, parsed anew, take over what was read if it is that; tell whether.

        Nothing else can matter: `content` begins with the very bytes that were linted, one member follows, the proofs,
        and these differ from the linted ones in what their keys made of them alone.
        """
        is_same = hashlib.sha256(content.rpartition(b',"proof":')[0]).digest() == self.sha256
        is_last = next(reversed(study.value), None) == "proof"
        is_read = is_same and is_last and by_any_key(study.value["proof"]) == self.proofs
        vars(study).update(self.read if is_read else {})
        return is_read


def by_any_key(proofs: Any) -> list[dict[str, Any]]:
    """Return proofs without what their keys made of them."""
    return [proof | {"verificationMethod": "", "proofValue": ""} for proof in listed(proofs) if isinstance(proof, dict)]
