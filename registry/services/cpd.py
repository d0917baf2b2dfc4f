"""The CPD ledger of a person: what each year asks for, has, and stands at, and the copy that is kept of it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from registry.domain import cpd_person
from registry.domain.cpd import YearState, required_hours
from registry.domain.cpd_person import YearLedger
from registry.domain.policy import Policy
from registry.store.cpd import YearRow
from registry.store.work import Work

__all__ = ["FROM_YEAR", "YearLedger", "accepted_between", "changes", "due", "ledger", "rows_of", "settle"]

FROM_YEAR = "cpd_from_year"
"""The fact that names the first year of which the register keeps a ledger; without it there is none."""
_NOT_ASSESSED = frozenset({YearState.OPEN, YearState.CLOSED_FOR_ENTRY})


def ledger(work: Work, member_id: str, at: datetime, policy: Policy) -> list[YearLedger]:
    """Return the CPD years of a person, the oldest first, each in its states up to `at`."""
    begun = work.trust.fact(FROM_YEAR)
    if begun is None:
        return []
    return cpd_person.ledger_of(work.cpd.file(member_id), at, from_year=int(begun), policy=policy)


def accepted_between(work: Work, member_id: str, first: date, last: date, at: datetime) -> Decimal:
    """Return the hours of activities from `first` to `last` that count at `at`, but for what made up a shortfall."""
    return cpd_person.accepted_between(work.cpd.activities(member_id), first, last, at)


def rows_of(years: list[YearLedger], at: datetime, policy: Policy) -> list[YearRow]:
    """Return the years as they stand at `at`."""
    return [_row(one, at, policy) for one in years]


def _row(year: YearLedger, at: datetime, policy: Policy) -> YearRow:
    facts, now = year.facts, year.states[-1]
    accepted = facts.accepted_by(at)
    return YearRow(
        year=year.year,
        required=required_hours(facts.begins_on, facts.exempt_months(at), policy),
        accepted=accepted,
        pending=facts.counted_at(at, submitted_before=at + timedelta.resolution) - accepted,
        state=now.state,
        since=now.since,
        cure_until_on=now.cure_until_on if now.state is YearState.SHORTFALL else None,
        is_provisional=now.is_provisional,
        policy_version=policy.on(date(year.year, 1, 1)).version,
    )


def due(work: Work, at: datetime) -> list[tuple[str, str]]:
    """Return a register number, and the member, of those whose years must be looked at by `at`, if a ledger is kept."""
    return work.cpd.due(at) if work.trust.fact(FROM_YEAR) is not None else []


def settle(work: Work, member_id: str, at: datetime, policy: Policy) -> Counter[str]:
    """Write the copy of a person's years, and what the clock owes them, as at `at`; return what `changes` does."""
    if work.trust.fact(FROM_YEAR) is None:
        return Counter()
    years = ledger(work, member_id, at, policy)
    known, rows = work.cpd.years(member_id), rows_of(years, at, policy)
    changed = [one for one in rows if one not in known]
    work.cpd.keep(member_id, changed, cpd_person.outlook(years, at, policy))
    return _assessed(known, changed)


def changes(work: Work, member_id: str, at: datetime, policy: Policy) -> Counter[str]:
    """Return how often the years of a person went into which state that is not in the copy yet."""
    return _assessed(work.cpd.years(member_id), rows_of(ledger(work, member_id, at, policy), at, policy))


def _assessed(known: Iterable[YearRow], rows: Iterable[YearRow]) -> Counter[str]:
    before = {(one.year, one.state) for one in known}
    new = (one.state for one in rows if (one.year, one.state) not in before)
    return Counter(f"cpd.{state.lower()}" for state in new if state not in _NOT_ASSESSED)
