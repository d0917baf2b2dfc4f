"""The CPD years of one person, from what is on file: activities, exemptions, and when a registration was live."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zlib import crc32

from registry.domain import cpd
from registry.domain.calendar import anniversary, civil_date, day_after, start_of
from registry.domain.cpd import CpdActivity, CpdFacts, CpdYear, Error, YearState, hold_since, required_hours
from registry.domain.policy import Policy
from registry.domain.status import PublicStatus

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
_LIVE = frozenset({PublicStatus.ACTIVE, PublicStatus.SUSPENDED, PublicStatus.EXPIRED})
Span = tuple[datetime, datetime]
"""From an instant to another, which is not in it; `FOREVER` if it goes on."""
Course = tuple[tuple[datetime, str], ...]
"""The events of one registration, in the order of their record: from when, and the public status from then on."""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity as it is on file. Its hours count for `year`, and nowhere else (R-CPD-02, R-CPD-10)."""

    seq: int
    """Its number in the ledger of the person."""
    activity_on: date
    hours: Decimal
    category: int
    organizer: str
    field: str
    evidence_ref: str
    submitted_at: datetime
    year: int
    allocated_at: datetime | None = None
    """When it was given to another year than its own, to make up a shortfall."""
    decided_at: datetime | None = None
    accepted: Decimal = Decimal(0)
    reversed_at: datetime | None = None
    reversed_hours: Decimal = Decimal(0)

    @property
    def is_rejected(self) -> bool:
        """Whether none of it was accepted."""
        return self.decided_at is not None and not self.accepted

    def counted(self) -> CpdActivity:
        """Return what the year sees of it: an allocated one is handed in when it is allocated."""
        since = self.allocated_at or self.submitted_at
        decided_at = max(self.decided_at, since) if self.decided_at is not None else None
        return CpdActivity(self.hours, since, decided_at, self.accepted, self.reversed_at, self.reversed_hours)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Whole months of a year that are exempt by a decision (R-CPD-14)."""

    year: int
    granted_at: datetime
    months: int
    """In all, with those of earlier decisions."""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What is on file about the CPD of one person."""

    activities: tuple[Activity, ...]
    exemptions: tuple[Exemption, ...]
    courses: tuple[Course, ...]
    """Of each registration, without what is undone."""
    died_on: date | None = None
    errors: tuple[Error, ...] = ()


@dataclass(frozen=True, slots=True)
class YearLedger:
    """One CPD year of a person: what is on file, and the states that it was in."""

    year: int
    facts: CpdFacts
    states: tuple[CpdYear, ...]
    """The oldest first."""


def errors_of(undone: Iterable[Span], told: Iterable[Course]) -> tuple[Error, ...]:
    """Return when what was `undone` at the end of a span left no registration live, by what the register had `told`.

    A deadline that ran out then is open again (T23). Who was live elsewhere owed CPD as before, and missed none by it.
    """
    live, found = live_spans(told), list[Error]()
    for began, over in undone:
        inside = [span for span in live if span[1] > began and span[0] < over]
        edges = [began, *(edge for span in inside for edge in span), over]
        found += [(since, until, over) for since, until in zip(edges[::2], edges[1::2], strict=True) if since < until]
    return tuple(found)


def live_spans(courses: Iterable[Course]) -> list[Span]:
    """Return when, unbroken, at least one registration of a person was live, in order.

    A promotion breaks nothing (R-PR-04). What is in effect from before an event that is recorded already takes that
    away: a death.
    """
    merged: list[Span] = []
    for begins, ends in sorted(span for course in courses for span in _spans(course)):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((begins, ends))
    return merged


def _spans(course: Course) -> list[Span]:
    standing: list[tuple[datetime, str]] = []
    for at, status in course:
        standing = [*(one for one in standing if one[0] <= at), (at, status)]
    ends = [at for at, _ in standing[1:]] + [FOREVER]
    return [(at, end) for (at, status), end in zip(standing, ends, strict=True) if status in _LIVE and at < end]


def ledger_of(file: PersonFile, at: datetime, *, from_year: int, policy: Policy) -> list[YearLedger]:
    """Return the years of a person, the oldest first, each in its states up to `at`.

    Years before `from_year`, or wholly without a live registration, are not kept (R-CPD-16).
    """
    spans = [span for span in live_spans(file.courses) if span[0] <= at]
    first = civil_date(spans[0][0]).year if spans else FOREVER.year
    kept = [_facts(file, spans, year) for year in range(max(first, from_year), civil_date(at).year + 1)]
    return [YearLedger(one.year, one, tuple(cpd.year_history(one, at, policy))) for one in kept if one is not None]


def _facts(file: PersonFile, spans: Sequence[Span], year: int) -> CpdFacts | None:
    """Return what is on file of a year, pro rata from the last time that it made the person a member."""
    opens, ends = start_of(date(year, 1, 1)), start_of(date(year + 1, 1, 1))
    within = [span for span in spans if span[0] < ends and span[1] > opens]
    if not within:
        return None
    begins_on = civil_date(max(within[-1][0], opens))
    own = (one for one in file.activities if one.year == year and one.activity_on >= begins_on)
    return CpdFacts(
        year,
        begins_on,
        tuple(one.counted() for one in own),
        tuple((one.granted_at, one.months) for one in file.exemptions if one.year == year),
        within[-1][1] if within[-1][1] < ends else None,
        start_of(file.died_on) if file.died_on is not None else None,
        file.errors,
    )


def accepted_between(activities: Iterable[Activity], first: date, last: date, at: datetime) -> Decimal:
    """Return the hours of activities from `first` to `last` that count at `at`, but for what made up a shortfall."""
    own = (one for one in activities if first <= one.activity_on <= last and one.allocated_at is None)
    return sum((one.counted().accepted_by(at) for one in own), Decimal(0))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the clock does to a person if nothing more is decided."""

    courses: tuple[tuple[CpdYear, ...], ...]
    """Of each year every state, also those to come."""
    look_at: datetime
    """When the year after, which is in no course yet, must be looked at."""
    hold_at: datetime | None
    """Since when the hold runs, or from when it will (R-CPD-12)."""
    lapse_at: datetime | None
    """When it has run for a year, and longer while what would end it waits for review (T4)."""


def outlook(member_id: str, years: Sequence[YearLedger], at: datetime, policy: Policy) -> Outlook:
    """Return what time brings, by what is on file at `at`.

    A year that begins is judged in the one after, so a person is looked at on any day of it: by the id, lest everybody
    is looked at on the same.
    """
    courses = tuple(tuple(cpd.year_history(one.facts, FOREVER, policy)) for one in years)
    coming = [one for course in courses for one in course if one.since > at]
    failing = [one.since for one in coming if one.state is YearState.UNCURED]
    hold_at = hold_since(courses, at) or min(failing, default=None)
    next_year = date(civil_date(at).year + 1, 1, 1)
    return Outlook(
        courses,
        start_of(next_year + timedelta(days=crc32(member_id.encode()) % 365)),
        hold_at,
        _lapse_at(years, courses, hold_at, policy) if hold_at is not None else None,
    )


def _lapse_at(
    years: Sequence[YearLedger], courses: Sequence[Sequence[CpdYear]], hold_at: datetime, policy: Policy
) -> datetime:
    """Return when a hold of `hold_at` ends in a lapse: waiting for the review of what was complete before (T4)."""
    plain = start_of(anniversary(civil_date(hold_at), 1))
    held = (hold_since([course], plain) is not None for course in courses)
    owed = [one.facts for one, is_held in zip(years, held, strict=True) if is_held]

    def is_complete(moment: datetime) -> bool:
        return all(
            facts.counted_at(moment, submitted_before=plain)
            >= required_hours(facts.begins_on, facts.exempt_months(moment), policy)
            for facts in owed
        )

    if not owed or not is_complete(plain):
        return plain
    last = plain + timedelta(days=policy.on(date(owed[-1].year, 1, 1)).cpd_cure_review_days)
    decided = sorted({moment for facts in owed for moment in facts.moments() if plain < moment < last})
    return next((start_of(day_after(civil_date(one))) for one in decided if not is_complete(one)), last)
