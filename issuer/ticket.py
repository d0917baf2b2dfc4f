"""The ticket that ties signing to linting."""

from dataclasses import dataclass
from typing import Any

from issuer.draft import Draft
from issuer.refusals import AlreadyRedeemedError


@dataclass(slots=True)
class IssuanceTicket:
    """Proof that a draft passed the lints: may be redeemed once. Only `issuer.lint.lint` makes one."""

    document: dict[str, Any]
    _draft: Draft | None

    def redeem(self) -> Draft:
        """Hand over the linted draft and spend the ticket. Raises `AlreadyRedeemedError` the second time."""
        if self._draft is None:
            raise AlreadyRedeemedError("this issuance ticket was already redeemed")
        draft, self._draft = self._draft, None
        return draft
