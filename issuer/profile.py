"""What goes into a certificate, as a value (`credential.md` 2)."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Assessment:
    """The assessment on file: days of its components, and the rule by which one was waived."""

    material_review_on: date | None = None
    written_test_on: date | None = None
    interview_on: date | None = None
    waiver: str | None = None


@dataclass(frozen=True, slots=True)
class StatusPlace:
    """Number of the twin lists, and the index in both."""

    list_number: int
    index: int


@dataclass(frozen=True, slots=True)
class CertificateProfile:
    """Everything that a certificate says. Dates are Shanghai civil dates, `valid_from` is the instant of effect.

    `society` is the code of the second signer; in custody it is `custodian` and `assessed_by` names the
    society that assessed. `term_until` is inclusive.
    """

    base: str
    page_id: str
    is_demo: bool
    name_hans: str | None
    name_latin: str | None
    number: str
    grade: str
    grade_since: date
    field: str
    society: str
    first_registered: date
    term_number: int
    term_from: date
    term_until: date
    valid_from: datetime
    basis: str
    standard: str
    issue_number: int
    status: StatusPlace
    assessment: Assessment | None = None
    assessed_by: str | None = None
    discipline: str | None = None
    valid_until: date | None = None
    """Last day of an interim; otherwise the last day of the term."""
