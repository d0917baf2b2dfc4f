"""Why hours are not taken into the CPD ledger, or not decided on.

The tree::

    IntakeError
      ActivityError              cpd.activity
        DuplicateActivityError   cpd.duplicate
      CpdStateError              cpd.state
"""

from registry.domain.intake_refusals import IntakeError


class ActivityError(IntakeError, code="cpd.activity"):
    """An activity cannot count (R-CPD-05, R-CPD-06, R-CPD-08)."""


class DuplicateActivityError(ActivityError, code="cpd.duplicate"):
    """The activity is on file with other content (R-CPD-02)."""


class CpdStateError(IntakeError, code="cpd.state"):
    """What was asked does not fit the activity, or the state of its year."""

    def __str__(self) -> str:
        """Name what it is about too, because no row does."""
        return f"{self.field}: {self.args[0]}"
