"""Why the register does not take somebody, or an application, in.

The tree::

    DomainError
      IntakeError                  intake (base; names the field that it is about)
        IdNumberError              member.id-number
        MembershipError            SOCIETY_MEMBERSHIP
        ApplicationDaysError       application.days
        AssessmentExpiredError     application.assessment-expired
        DuplicateApplicationError  DUPLICATE_FIELD_APPLICATION
        GradeHeldError             GRADE_ALREADY_HELD
        PromotionError             application.promotion
        PromotionSkipsGradeError   PROMOTION_SKIPS_GRADE
        ConductBarError            CONDUCT_BAR
        HoldRunningError           application.hold-running

No message repeats an identity number.
"""

from registry.domain.refusals import DomainError


class IntakeError(DomainError, code="intake"):
    """Something about a person or an application is not in order."""

    def __init__(self, field: str, reason: str) -> None:
        """Name the `field` it is about, and the `reason` with the way out."""
        super().__init__(reason)
        self.field = field


class IdNumberError(IntakeError, code="member.id-number"):
    """The number of an identity document is not one."""


class MembershipError(IntakeError, code="SOCIETY_MEMBERSHIP"):
    """The person is no member in good standing of the society (R-AP-01)."""


class ApplicationDaysError(IntakeError, code="application.days"):
    """The days of an application contradict each other."""


class AssessmentExpiredError(IntakeError, code="application.assessment-expired"):
    """The assessment was passed too long ago to be registered (R-AP-10)."""


class DuplicateApplicationError(IntakeError, code="DUPLICATE_FIELD_APPLICATION"):
    """The person has an open application in the field (R-AP-04)."""


class GradeHeldError(IntakeError, code="GRADE_ALREADY_HELD"):
    """The person holds the grade, or a higher one, in the field (R-AP-06)."""


class PromotionError(IntakeError, code="application.promotion"):
    """There is nothing to be promoted (R-PR-01)."""


class PromotionSkipsGradeError(IntakeError, code="PROMOTION_SKIPS_GRADE"):
    """The policy lets no grade be skipped (R-PR-02)."""


class ConductBarError(IntakeError, code="CONDUCT_BAR"):
    """A revocation bars the person from a new application (R-CC-09, R-EL-05)."""


class HoldRunningError(IntakeError, code="application.hold-running"):
    """An application of somebody under a hold is not decided (R-EL-05)."""
