"""The ticket that ties signing to linting."""

from dataclasses import dataclass
from typing import Any

from issuer.refusals import AlreadyRedeemedError


@dataclass(slots=True)
class IssuanceTicket:
    """Proof that a credential passed the lints: may be redeemed once. Only `issuer.lint.lint` makes one."""

    _credential: dict[str, Any] | None

    def redeem(self) -> dict[str, Any]:
        """Hand over the linted credential and spend the ticket. Raises `AlreadyRedeemedError` the second time."""
        if self._credential is None:
            raise AlreadyRedeemedError("this issuance ticket was already redeemed")
        credential, self._credential = self._credential, None
        return credential
