"""Re-registration and restoration: when they may be filed, what they need, and which term they give (domain 3.7)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from registry.domain.calendar import anniversary, day_after, deadline_days, term_end
from registry.domain.cpd import YearState
from registry.domain.policy import Policy, grace_end, renewal_window_opens
from registry.domain.registration import Hold, HoldKind, Term, TermOrigin

_KEPT_YEARS = frozenset({YearState.COMPLIANT, YearState.CURED, YearState.EXEMPT, YearState.NOT_DUE, YearState.DEFERRED})
_NOT_ASSESSED = frozenset({YearState.OPEN, YearState.CLOSED_FOR_ENTRY})
OWED_YEARS = frozenset({YearState.SHORTFALL, YearState.UNCURED})
"""Years that stay due after a lapse or withdrawal (R-CPD-17)."""


class Filing(StrEnum):
    """When a renewal is filed, by the end of the term in view."""

    TOO_EARLY = "TOO_EARLY"
    ON_TIME = "ON_TIME"
    IN_GRACE = "IN_GRACE"
    TOO_LATE = "TOO_LATE"


@dataclass(frozen=True, slots=True)
class Grace:
    """What may prolong the grace after the end of a term (R-RN-07)."""

    interim_closed_on: date | None = None
    """Day on which an interim was closed without approval."""
    hold_lifted_on: date | None = None
    """Day on which a hold that defers the lapse was lifted (T8)."""


NO_MORE = Grace()


def last_day_of_grace(end_on: date, policy: Policy, grace: Grace = NO_MORE) -> date:
    """Return the last day on which a renewal may be filed late (R-RN-07).

    While a complete renewal filed in it is undecided the registration does not lapse either; the caller knows of that.
    """
    days = [grace_end(end_on, policy)]
    if grace.interim_closed_on is not None:
        days.append(deadline_days(grace.interim_closed_on, policy.renewal_grace_after_interim_days))
    if grace.hold_lifted_on is not None:
        days.append(deadline_days(grace.hold_lifted_on, policy.renewal_grace_after_hold_days))
    return max(days)


def filing(end_on: date, filed_on: date, policy: Policy, grace: Grace = NO_MORE) -> Filing:
    """Tell how a renewal filed on a day stands to the term that ends on `end_on` (R-RN-02, R-RN-07)."""
    if filed_on < renewal_window_opens(end_on, policy):
        return Filing.TOO_EARLY
    if filed_on <= end_on:
        return Filing.ON_TIME
    return Filing.IN_GRACE if filed_on <= last_day_of_grace(end_on, policy, grace) else Filing.TOO_LATE


def interim_until(end_on: date, on: date, policy: Policy) -> date:
    """Return the last day of the interim that runs on `on`: 60 days at a time from the end of the term (R-RN-05)."""
    days = policy.renewal_interim_days
    return deadline_days(end_on, days * -(-max((on - end_on).days, 1) // days))


def renewed_term(last: Term, approved_on: date, filed: Filing, policy: Policy) -> Term:
    """Return the term that an approved renewal gives: without a gap if it was filed on time (R-RN-06).

    In grace it starts on the day of approval and ends as if it had been renewed on time (R-RN-07).
    """
    on_time = day_after(last.end_on)
    ends_on = term_end(on_time, years=policy.term_years)
    if filed is Filing.ON_TIME:
        return Term(last.seq + 1, on_time, ends_on, TermOrigin.RENEWAL)
    return Term(last.seq + 1, approved_on, ends_on, TermOrigin.LATE_RENEWAL)


@dataclass(frozen=True, slots=True)
class RenewalFile:
    """What a file of kind renewal shows on the day of the decision."""

    holds: frozenset[Hold]
    years: tuple[YearState, ...]
    """Of the term, in their states on that day."""
    is_code_signed: bool = True
    is_membership_good: bool = True
    is_fee_settled: bool = True


def missing_for_renewal(file: RenewalFile) -> list[str]:
    """Return what keeps a renewal from approval, in words of the file: the rule is R-RN-03. None missing: empty.

    Years that are not assessed yet are not required, and no hold but that of CPD stops it.
    """
    asked = {
        "cpd.hold": all(hold.kind is not HoldKind.CPD for hold in file.holds),
        "cpd.years": set(file.years) <= _KEPT_YEARS | _NOT_ASSESSED,
        "code-of-conduct": file.is_code_signed,
        "membership": file.is_membership_good,
        "fee": file.is_fee_settled,
    }
    return [name for name, is_met in asked.items() if not is_met]


def is_simple_restoration(ended_on: date, filed_on: date, policy: Policy) -> bool:
    """Tell whether a restoration needs no full assessment: filed before the third anniversary (R-RN-08, R-RN-09)."""
    return filed_on < anniversary(ended_on, policy.restore_simple_years)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Accepted hours that a restoration rests on."""

    recent: Decimal
    """In the 12 months before filing, without those allocated to a year that was owed."""
    owed: tuple[YearState, ...]
    """States of the years that were owed, with what was allocated to them (R-RN-10)."""


def missing_for_restoration(made_up: MadeUp, *, is_simple: bool, is_barred: bool, policy: Policy) -> list[str]:
    """Return what keeps a restoration from approval (R-RN-08, R-RN-10); the material review is the society's."""
    asked = {
        "bar": not is_barred,
        "cpd.recent": not is_simple or made_up.recent >= policy.restore_cpd_hours,
        "cpd.owed": not OWED_YEARS & set(made_up.owed),
    }
    return [name for name, is_met in asked.items() if not is_met]
