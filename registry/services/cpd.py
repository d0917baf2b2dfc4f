"""The CPD ledger of a person, read: what each year asks for, has, and stands at."""

from datetime import date, datetime
from decimal import Decimal

from registry.domain import cpd_person
from registry.domain.cpd_person import YearLedger
from registry.domain.policy import Policy
from registry.store.work import Work

__all__ = ["FROM_YEAR", "YearLedger", "accepted_between", "ledger"]

FROM_YEAR = "cpd_from_year"
"""The fact that names the first year of which the register keeps a ledger; without it there is none."""


def ledger(work: Work, member_id: str, at: datetime, policy: Policy) -> list[YearLedger]:
    """Return the CPD years of a person, the oldest first, each in its states up to `at`."""
    begun = work.trust.fact(FROM_YEAR)
    if begun is None:
        return []
    return cpd_person.ledger_of(work.cpd.file(member_id), at, from_year=int(begun), policy=policy)


def accepted_between(work: Work, member_id: str, first: date, last: date, at: datetime) -> Decimal:
    """Return the hours of activities from `first` to `last` that count at `at`, but for what made up a shortfall."""
    return cpd_person.accepted_between(work.cpd.activities(member_id), first, last, at)
