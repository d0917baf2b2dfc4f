"""Why a renewal or restoration is not taken in, or not approved.

The tree::

    DomainError
      RenewalMissingError     renewal.missing
      RenewalOpenError        renewal.open
      TooEarlyError           TOO_EARLY
      RenewalConditionsError  renewal.conditions

A message names the number, the rule and what would be needed.
"""

from registry.domain.refusals import DomainError


class RenewalMissingError(DomainError, code="renewal.missing"):
    """Nothing that is complete waits for a decision; the number."""

    says = "{}: no complete renewal or restoration waits (R-RN-03): cse renew file, and under a CPD hold the cure"


class RenewalOpenError(DomainError, code="renewal.open"):
    """One file of an entry waits already; the number, and its kind."""

    says = "{}: a {} is filed and not decided (R-AP-04): one at a time"


class TooEarlyError(DomainError, code="TOO_EARLY"):
    """The window is not open; the number, and its first day."""

    says = "{}: a renewal may be filed from {} (R-RN-02)"


class RenewalConditionsError(DomainError, code="renewal.conditions"):
    """The file is not approved as it stands; the number, and what is missing as `renewal` names it."""

    says = "{}: not approved: {}"

    def __str__(self) -> str:
        """Say of each condition what it needs."""
        number, missing = self.args
        return self.says.format(number, "; ".join(NEEDS[name] for name in missing))


NEEDS = {
    "society": "the file is with the society; one filed on time passes to CSE on day 45 after the end (R-RN-05)",
    "membership": "the person is no member in good standing of the society that administers (R-RN-03)",
    "cpd.hold": "a CPD hold runs, so that the missing hours must be accepted first (R-RN-03)",
    "cpd.uncured": "a CPD year of the term is UNCURED, so that its hours must be made up first (R-RN-03)",
    "cpd.in-cure": "a CPD year of the term is in its cure time: the decision waits for CURED or UNCURED (R-RN-03)",
    "promotion": "a promotion to a higher grade counts as a renewal until the term ends: file the renewal (R-PR-07)",
    "code-of-conduct": "the code of conduct must be signed anew (R-CC-01)",
    "cpd.recent": "40 accepted hours in the 12 months before filing are needed, none used twice (R-RN-08, R-RN-10)",
    "cpd.owed": "years owed at the end of the registration must be made up (R-RN-10)",
    "review": "a material review of current work is needed, with its day (R-RN-08)",
    "assessment": "from the third anniversary a full assessment is needed: material review, test, interview (R-RN-09)",
}
"""What each condition of `renewal` needs."""
