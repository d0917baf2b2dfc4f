"""What may be handed in and decided about CPD (domain 3.6), and how a sample of members is drawn."""

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from registry.domain.calendar import day_after, start_of
from registry.domain.cpd import NOT_ASSESSED, OWED, YearState
from registry.domain.cpd_person import Activity, YearLedger
from registry.domain.cpd_refusals import ActivityError, CpdStateError, DuplicateActivityError
from registry.domain.policy import Policy

HOURS_A_DAY = 24
CATEGORIES = tuple(range(1, 8))
"""Categories of P2 (domain 2.10)."""


@dataclass(frozen=True, slots=True)
class Holder:
    """What of a person decides whether hours count."""

    fields: Collection[str]
    first_registered_on: date
    activities: Sequence[Activity]
    years: Sequence[YearLedger]

    def state(self, year: int) -> YearState | None:
        """Return the state in which a year stands, or None if it is not kept."""
        return next((one.states[-1].state for one in self.years if one.year == year), None)

    def activity(self, seq: int) -> Activity:
        """Return an activity by its number in the ledger. Raises `CpdStateError`."""
        found = next((one for one in self.activities if one.seq == seq), None)
        if found is None:
            raise CpdStateError("activity", f"there is no activity {seq} in this ledger: cse cpd show lists them")
        return found


def is_on_file(one: Activity, holder: Holder) -> bool:
    """Tell whether exactly this is on file, however its organizer is spelt.

    Raises `DuplicateActivityError` if it is with other content, or its evidence is that of another organizer's activity
    (R-CPD-02); what was rejected may come again.
    """
    same = [known for known in holder.activities if _what(known) == _what(one)]
    if (one.hours, one.field, one.evidence_ref) in [(known.hours, known.field, known.evidence_ref) for known in same]:
        return True
    for known in (known for known in holder.activities if not known.is_rejected):
        if known in same:
            reason = f"activity {known.seq} of that day, category and organizer is on file: hours count once (R-CPD-02)"
            raise DuplicateActivityError("activity_on", reason)
        theirs, own = (_folded(each.evidence_ref) for each in (known, one))
        if theirs == own and _folded(known.organizer) != _folded(one.organizer):
            reason = f"activity {known.seq}, of another organizer, has this evidence: hours count once (R-CPD-02)"
            raise DuplicateActivityError("evidence_ref", reason)
    return False


def _what(one: Activity) -> tuple[date, int, str]:
    return one.activity_on, one.category, _folded(one.organizer)


def _folded(text: str) -> str:
    """Return a text without what makes it look different only: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def require_countable(one: Activity, holder: Holder, *, from_year: int, policy: Policy) -> None:
    """Raise `ActivityError` unless the hours of `one` may count in the year of its day."""
    year = one.year
    if one.field not in holder.fields:
        held = ", ".join(sorted(holder.fields))
        raise ActivityError("field", f"the member is not registered in {one.field} but in {held} (R-CPD-06)")
    if one.activity_on < holder.first_registered_on:
        reason = f"lies before the first registration, {holder.first_registered_on} (R-CPD-05)"
        raise ActivityError("activity_on", reason)
    if year < from_year:
        raise ActivityError("activity_on", f"this register keeps the ledger from {from_year} on")
    same_day = [old.hours for old in holder.activities if old.activity_on == one.activity_on and not old.is_rejected]
    if one.hours <= 0 or sum(same_day, one.hours) > HOURS_A_DAY:
        raise ActivityError("hours", f"must be more than 0, and at most {HOURS_A_DAY} on one day (R-CPD-06)")
    last = date(year + 1, *policy.on(date(year, 1, 1)).cpd_submit_by)
    if one.submitted_at >= start_of(day_after(last)) and holder.state(year) not in {None, *OWED}:
        reason = f"hours of {year} were due by the end of {last} (R-CPD-08)"
        raise ActivityError("activity_on", f"{reason}; later they only make up a shortfall (R-CPD-10)")


def require_decidable(one: Activity, accepted: Decimal) -> None:
    """Raise `CpdStateError` unless nobody decided on `one` yet, and it has so many hours."""
    if one.decided_at is not None:
        raise CpdStateError("activity", f"activity {one.seq} was decided already: one decision binds all (R-CPD-02)")
    _require_hours(one, accepted, one.hours)


def require_reversible(one: Activity, hours: Decimal) -> None:
    """Raise `CpdStateError` unless so many accepted hours of `one` can be taken back, once (R-CPD-13)."""
    if one.reversed_at is not None or not hours:
        raise CpdStateError("activity", f"activity {one.seq}: some hours are taken back, and once (R-CPD-13)")
    _require_hours(one, hours, one.accepted)


def _require_hours(one: Activity, hours: Decimal, most: Decimal) -> None:
    if not 0 <= hours <= most or hours * 2 % 1:
        raise CpdStateError("hours", f"activity {one.seq}: 0 to {most} hours in steps of 0.5 (R-CPD-06), not {hours}")


def require_allocatable(one: Activity, holder: Holder, year: int) -> None:
    """Raise `CpdStateError` unless `one` may make up the shortfall of an earlier `year` (R-CPD-10)."""
    if holder.state(year) not in OWED:
        raise CpdStateError("year", f"{year} has no shortfall to make up (R-CPD-10)")
    if one.activity_on.year <= year or one.allocated_at is not None:
        reason = f"made up by an activity after 31 December {year} that makes up no other year (R-CPD-10)"
        raise CpdStateError("activity", f"{year} is {reason}")
    if holder.state(one.year) not in {None, *NOT_ASSESSED} or one.is_rejected:
        raise CpdStateError("activity", f"activity {one.seq} was rejected, or counts in a year that was assessed")


def require_exemptible(holder: Holder, year: int, months: int, *, now: datetime) -> int:
    """Return how many months of a year are exempt with `months` more (R-CPD-14). Raises `CpdStateError`."""
    found = next((one for one in holder.years if one.year == year), None)
    if found is None:
        raise CpdStateError("year", f"no ledger is kept of {year} (R-CPD-16)")
    state = found.states[-1]
    if state.state is YearState.UNCURED or (state.state is YearState.SHORTFALL and now >= state.cure_ends):
        raise CpdStateError("year", f"{year} has been short for more than 60 days: no exemption any more (R-CPD-14)")
    whole = found.facts.exempt_months(now) + months
    if months < 1 or whole > 12:
        raise CpdStateError("months", f"whole months, at most 12 in all, not {whole} (R-CPD-14)")
    return whole


def draw_sample(seed: str, compliant: Iterable[str], cured_before: Iterable[str], share: float) -> list[str]:
    """Draw the members to be audited by a published `seed` (R-CPD-15), and return them in order.

    A share, rounded up, of those who were compliant, in the order of SHA-256 of seed and member; and of them all who
    cured the year before.
    """
    ranked = sorted(set(compliant), key=lambda member: hashlib.sha256(f"{seed}/{member}".encode()).digest())
    return sorted({*ranked[: -int(-len(ranked) * share // 1)], *(set(cured_before) & set(ranked))})
