"""The CPD ledger of a person: what each year asks for, has, and stands at, and the copy that is kept of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from registry.domain.calendar import civil_date
from registry.domain.cpd import NOT_ASSESSED, CpdFacts, CpdYear, YearState, required_hours
from registry.domain.cpd_person import FOREVER, Outlook, YearLedger, ledger_of, outlook
from registry.domain.policy import Policy
from registry.store.cpd import YearRow
from registry.store.work import Work

FROM_YEAR = "cpd_from_year"
"""The fact that names the first year of which the register keeps a ledger; without it there is none."""


def ledger(work: Work, member_id: str, at: datetime, policy: Policy) -> list[YearLedger]:
    """Return the CPD years of a person, the oldest first, each in its states up to `at`."""
    begun = work.trust.fact(FROM_YEAR)
    if begun is None:
        return []
    return ledger_of(work.cpd.file(member_id), at, from_year=int(begun), policy=policy)


def rows_of(years: list[YearLedger], at: datetime, policy: Policy) -> list[YearRow]:
    """Return the years as they stand at `at`."""
    return [_row(one.facts, one.states[-1], at, policy=policy) for one in years]


def _row(facts: CpdFacts, now: CpdYear, at: datetime | None = None, *, policy: Policy) -> YearRow:
    """Return a year in a state, with its hours at `at`, or as the state began."""
    at = at or now.since
    accepted = facts.accepted_by(at)
    return YearRow(
        year=facts.year,
        required=required_hours(facts.begins_on, facts.exempt_months(at), policy),
        accepted=accepted,
        pending=facts.counted_at(at, submitted_before=at + timedelta.resolution) - accepted,
        state=now.state,
        since=now.since,
        cure_until_on=now.cure_until_on if now.state is YearState.SHORTFALL else None,
        is_provisional=now.is_provisional,
        policy_version=policy.on(date(facts.year, 1, 1)).version,
    )


def due(work: Work, at: datetime) -> list[tuple[str, str]]:
    """Return a register number, and the member, of those whose years must be looked at by `at`, if a ledger is kept."""
    return work.cpd.due(at) if work.trust.fact(FROM_YEAR) is not None else []


def settle(work: Work, member_id: str, at: datetime, policy: Policy) -> Counter[str]:
    """Write the copy of a person's years by the facts on file, with what time will bring of them, and what it owes.

    Returns how often a year went into which state by `at`.
    """
    if work.trust.fact(FROM_YEAR) is None:
        return Counter()
    states, ahead = _foretold(work, member_id, at, policy)
    return _told(one.state for one in work.cpd.keep(member_id, states, ahead, at=at))


def _foretold(work: Work, member_id: str, at: datetime, policy: Policy) -> tuple[list[YearRow], Outlook]:
    """Return the states of the years of a person from their assessment on: those behind and those ahead."""
    years = ledger(work, member_id, at, policy)
    ahead = outlook(member_id, years, at, policy)
    rows = [
        _row(year.facts, next(same), policy=policy)
        for year, course in zip(years, ahead.courses, strict=True)
        for (state, _), same in groupby(course, attrgetter("state", "is_provisional"))
        if state not in NOT_ASSESSED
    ]
    return rows, ahead


def assess(work: Work, until: datetime, *, now: datetime, at_most: int) -> Counter[str]:
    """Record what time has brought of the years of everybody by `until`, of so many at most, as `settle` foretold it.

    Returns how often a year went into which state: nothing, when all is recorded.
    """
    return _told(work.cpd.record(until, at=now, at_most=at_most).elements())


def changes(work: Work, at: datetime, policy: Policy, unreadable: tuple[type[Exception], ...]) -> Counter[str]:
    """Return how often a year will go into which state by `at`: the dry run of `settle` and `assess`."""
    found = _told(work.cpd.ahead(at).elements())
    for _, member_id in due(work, at):
        with suppress(*unreadable):  # The run tells of it.
            states, known = _foretold(work, member_id, at, policy)[0], work.cpd.years(member_id, recorded=True)
            found += _told(one.state for one in states if one.since <= at and one not in known)
    return found


def disagreeing(work: Work, at: datetime, policy: Policy) -> Iterator[str]:
    """Give the members whose copy of the years before that of `at` is not what the facts on file say.

    Those at whom the clock job will look anew are left out.
    """
    waiting = {member for _, member in due(work, at)}
    for _, member in work.cpd.due(FOREVER):
        kept = (work.cpd.years(member), _foretold(work, member, at, policy)[0])
        known, told = ([one for one in rows if one.year < civil_date(at).year] for rows in kept)
        if known != told and member not in waiting:
            yield member


def _told(states: Iterable[str]) -> Counter[str]:
    return Counter(f"cpd.{state.lower()}" for state in states)
