"""Why a renewal or restoration is not taken in, or not approved.

The tree::

    DomainError
      RenewalMissingError  renewal.missing
"""

from registry.domain.refusals import DomainError


class RenewalMissingError(DomainError, code="renewal.missing"):
    """Nothing waits for a decision; the number."""

    says = "{}: no complete renewal or restoration waits for a decision: cse renew file, then cse renew complete"
