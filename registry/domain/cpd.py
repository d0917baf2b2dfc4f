"""The yearly ledger of continuing professional development (domain 3.6).

What is recorded are facts: activities with when they were submitted, decided and reversed, and exemptions with when
they were granted. The state of a year at any moment is computed from the facts known by then, so the answer for a past
day never changes; whatever is stored of it is a cache, and tells the clock job when to look again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from itertools import zip_longest

from registry.domain.calendar import civil_date, day_after, deadline_days, start_of
from registry.domain.policy import Policy

_STEP = Decimal("0.5")
Error = tuple[datetime, datetime, datetime]
"""From when to when a person was no member by error, and when it was mended: a cure that ended then is open again."""


class YearState(StrEnum):
    """The states of a CPD year; a year is assessed in each of them but the first two."""

    OPEN = "OPEN"
    CLOSED_FOR_ENTRY = "CLOSED_FOR_ENTRY"
    COMPLIANT = "COMPLIANT"
    DEFERRED = "DEFERRED"
    SHORTFALL = "SHORTFALL"
    CURED = "CURED"
    UNCURED = "UNCURED"
    EXEMPT = "EXEMPT"
    NOT_DUE = "NOT_DUE"


NOT_ASSESSED = frozenset({YearState.OPEN, YearState.CLOSED_FOR_ENTRY})
"""A year in such a state was not judged yet."""
OWED = frozenset({YearState.SHORTFALL, YearState.UNCURED})
"""Hours may still make up for a year in such a state; they stay due after a lapse or withdrawal (R-CPD-17)."""


@dataclass(frozen=True, slots=True)
class CpdActivity:
    """Hours handed in for one year, and what was decided on them."""

    hours: Decimal
    submitted_at: datetime
    decided_at: datetime | None = None
    accepted: Decimal = Decimal(0)
    """What of `hours` was accepted when it was decided; 0 is a rejection."""
    reversed_at: datetime | None = None
    reversed_hours: Decimal = Decimal(0)
    """Taken back later (R-CPD-13)."""

    def accepted_by(self, at: datetime) -> Decimal:
        """Return the hours that count at `at`."""
        if self.decided_at is None or self.decided_at > at:
            return Decimal(0)
        is_reversed = self.reversed_at is not None and self.reversed_at <= at
        return self.accepted - (self.reversed_hours if is_reversed else Decimal(0))

    def pending_at(self, at: datetime, *, submitted_before: datetime) -> Decimal:
        """Return the hours that were submitted in time and are not decided at `at`."""
        is_open = self.submitted_at < submitted_before and (self.decided_at is None or self.decided_at > at)
        return self.hours if is_open else Decimal(0)


@dataclass(frozen=True, slots=True)
class CpdFacts:
    """Everything on file about one person and one year."""

    year: int
    begins_on: date
    """First day of the year on which the person was registered: pro rata from there (R-CPD-04, R-CPD-16)."""
    activities: tuple[CpdActivity, ...] = ()
    exemptions: tuple[tuple[datetime, int], ...] = ()
    """When whole months were granted, and how many in all by then (R-CPD-14)."""
    ended_at: datetime | None = None
    """When the last live registration of the person ended, if that was in this year (R-CPD-16)."""
    died_at: datetime | None = None
    """When the person died: what was asked and is open is void from then on (R-CPD-16)."""
    errors: tuple[Error, ...] = ()

    def accepted_by(self, at: datetime) -> Decimal:
        """Return the hours that count at `at`."""
        return sum((one.accepted_by(at) for one in self.activities), Decimal(0))

    def counted_at(self, at: datetime, *, submitted_before: datetime) -> Decimal:
        """Return the hours that count if all that was submitted in time will be accepted."""
        pending = (one.pending_at(at, submitted_before=submitted_before) for one in self.activities)
        return self.accepted_by(at) + sum(pending, Decimal(0))

    def exempt_months(self, at: datetime) -> int:
        """Return how many months are exempt by decisions up to `at`."""
        return max((months for granted_at, months in self.exemptions if granted_at <= at), default=0)

    def moments(self) -> Iterator[datetime]:
        """Give every moment at which a decision may have changed the state."""
        for one in self.activities:
            yield from filter(None, (one.decided_at, one.reversed_at))
        yield from (granted_at for granted_at, _ in self.exemptions)
        yield from filter(None, [self.died_at])

    def known_by(self, at: datetime) -> "CpdFacts":
        """Return what of it was on file at `at`."""

        def then(moment: datetime | None) -> datetime | None:
            return moment if moment is not None and moment <= at else None

        told = [(one, then(one.decided_at), then(one.reversed_at)) for one in self.activities if one.submitted_at <= at]
        own = tuple(replace(one, decided_at=decided, reversed_at=back) for one, decided, back in told)
        given = tuple(one for one in self.exemptions if one[0] <= at)
        errors = tuple(one for one in self.errors if one[2] <= at)
        died_at, ended_at = then(self.died_at), then(self.ended_at)
        return replace(self, activities=own, exemptions=given, ended_at=ended_at, died_at=died_at, errors=errors)

    def is_void(self, at: datetime) -> bool:
        """Tell whether the person was dead at `at`."""
        return self.died_at is not None and self.died_at <= at


@dataclass(frozen=True, slots=True)
class CpdYear:
    """A year in one state, from `since` on."""

    state: YearState
    since: datetime
    cure_until_on: date = date.max
    """Last day of the cure that the notice of a shortfall opened."""
    is_provisional: bool = False
    """Whether hours count only because nobody decided on them in time."""
    due_at: datetime | None = None
    """When the clock changes it, if nothing is decided before."""

    @property
    def cure_ends(self) -> datetime:
        """The moment at which the cure is over."""
        return start_of(day_after(self.cure_until_on))


def complete_months(begins_on: date) -> int:
    """Return the complete calendar months from a day to the end of its year; one counts if begun on its 1st."""
    return 12 - begins_on.month + (begins_on.day == 1)


def required_hours(begins_on: date, exempt_months: int, policy: Policy) -> Decimal:
    """Return the hours that a year asks for, rounded up to half an hour once (R-CPD-04, R-CPD-14)."""
    months = max(complete_months(begins_on) - exempt_months, 0)
    steps = Decimal(policy.on(date(begins_on.year, 1, 1)).cpd_hours_per_year * months) / 12 / _STEP
    return steps.to_integral_value(ROUND_CEILING) * _STEP


def year_history(facts: CpdFacts, until: datetime, policy: Policy) -> list[CpdYear]:
    """Return every state that the year was in up to `until`, the oldest first."""
    rules, history = _Year(facts, policy), list[CpdYear]()
    following: CpdYear | None = rules.opened()
    while following is not None and following.since <= until:
        history.append(following)
        following = rules.following(following, until)
    return history


def hold_since(histories: Iterable[Sequence[CpdYear]], at: datetime) -> datetime | None:
    """Return since when, unbroken, at least one year of a person is UNCURED at `at`; None if none is (R-CPD-12)."""
    spans = [
        (one.since, after.since if after is not None else None)
        for history in histories
        for one, after in zip_longest(history, history[1:])
        if one.state is YearState.UNCURED
    ]
    since: datetime | None = None
    for begins, ends in sorted((span for span in spans if span[0] <= at), reverse=True, key=lambda span: span[0]):
        if ends is None or ends > (since or at):
            since = begins
    return since


class _Year:
    """The rules of one year: which state follows, at a decision or at its day."""

    def __init__(self, facts: CpdFacts, policy: Policy) -> None:
        self._facts, self._policy = facts, policy.on(date(facts.year, 1, 1))
        self._closes = start_of(day_after(date(facts.year + 1, *self._policy.cpd_submit_by)))

    def opened(self) -> CpdYear:
        """Return the year as it begins."""
        return CpdYear(YearState.OPEN, start_of(date(self._facts.year, 1, 1)), due_at=self._closes)

    def following(self, now: CpdYear, until: datetime) -> CpdYear | None:
        """Return what follows on `now` up to `until`, if anything does."""
        moments = {*self._facts.moments(), now.due_at or now.since}
        for moment in sorted(one for one in moments if now.since < one <= until):
            is_void = now.state in _VOIDED_BY_DEATH and self._facts.is_void(moment)
            found = CpdYear(YearState.NOT_DUE, moment) if is_void else _STEPS[now.state](self, now, moment)
            if found is not now:
                return found
        return None

    def _required(self, at: datetime) -> Decimal:
        return required_hours(self._facts.begins_on, self._facts.exempt_months(at), self._policy)

    def _is_met(self, at: datetime) -> bool:
        return self._facts.accepted_by(at) >= self._required(at)

    def _may_be_met(self, at: datetime, before: datetime) -> bool:
        return self._facts.counted_at(at, submitted_before=before) >= self._required(at)

    def _close(self, now: CpdYear, moment: datetime) -> CpdYear:
        assessed = start_of(date(self._facts.year + 1, *self._policy.cpd_assess_on))
        return CpdYear(YearState.CLOSED_FOR_ENTRY, moment, due_at=assessed) if moment == now.due_at else now

    def _assess(self, now: CpdYear, moment: datetime) -> CpdYear:
        """Judge the hours on 1 March (R-CPD-09); not of a year in which the last registration ended (R-CPD-16)."""
        if moment != now.due_at:
            return now
        if self._facts.ended_at is not None:
            return CpdYear(YearState.NOT_DUE, moment)
        if not self._required(moment):
            return CpdYear(YearState.EXEMPT if self._facts.exempt_months(moment) else YearState.NOT_DUE, moment)
        if self._is_met(moment):
            return CpdYear(YearState.COMPLIANT, moment)
        if not self._may_be_met(moment, self._closes):
            return self._short(moment)
        counts = start_of(day_after(date(self._facts.year + 1, *self._policy.cpd_defer_until)))
        return CpdYear(YearState.DEFERRED, moment, due_at=counts)

    def _short(self, moment: datetime) -> CpdYear:
        """Give notice: the cure is 60 days from its day, which is not counted (R-CPD-10)."""
        days = self._policy.cpd_cure_days
        until = deadline_days(civil_date(moment), days)
        for began, over, corrected_at in self._facts.errors:
            if began <= start_of(day_after(until)) <= over:
                until = deadline_days(civil_date(corrected_at), days)
        return CpdYear(YearState.SHORTFALL, moment, until, due_at=start_of(day_after(until)))

    def _review(self, now: CpdYear, moment: datetime) -> CpdYear:
        if self._is_met(moment):
            return CpdYear(YearState.COMPLIANT, moment)
        if not self._may_be_met(moment, self._closes):
            return self._short(moment)
        return CpdYear(YearState.COMPLIANT, moment, is_provisional=True) if moment == now.due_at else now

    def _cure(self, now: CpdYear, moment: datetime) -> CpdYear:
        """Wait for what makes up the shortfall; what was handed in by the last day, up to 31 days longer."""
        if self._is_met(moment):
            return self._cured(now, moment)
        if moment < now.cure_ends:
            return now
        if not self._may_be_met(moment, now.cure_ends):
            return self._fail(now, moment)
        review_ends = now.cure_ends + timedelta(days=self._policy.cpd_cure_review_days)
        if moment >= review_ends:
            return self._cured(now, moment, is_provisional=True)
        return now if now.due_at == review_ends else replace(now, since=moment, due_at=review_ends)

    def _fail(self, now: CpdYear, moment: datetime) -> CpdYear:
        """Set the hold: at the end of the cure, or at the end of the day of a later rejection (R-CPD-10, R-CPD-11)."""
        if moment in {now.cure_ends, now.due_at}:
            return CpdYear(YearState.UNCURED, moment)
        midnight = start_of(day_after(civil_date(moment)))
        return now if now.due_at == midnight else replace(now, since=moment, due_at=midnight)

    def _cured(self, now: CpdYear, moment: datetime, *, is_provisional: bool = False) -> CpdYear:
        state = YearState.CURED if self._required(moment) else YearState.EXEMPT
        return CpdYear(state, moment, now.cure_until_on, is_provisional)

    def _make_up(self, now: CpdYear, moment: datetime) -> CpdYear:
        return self._cured(now, moment) if self._is_met(moment) else now

    def _keep(self, now: CpdYear, moment: datetime) -> CpdYear:
        """Keep a year until hours are taken back (R-CPD-13), or those that nobody decided on are rejected."""
        if self._is_met(moment):
            return replace(now, since=moment, is_provisional=False) if now.is_provisional else now
        if not now.is_provisional:
            return self._short(moment)
        if now.state is YearState.CURED:
            return now if self._may_be_met(moment, now.cure_ends) else self._fail(now, moment)
        return now if self._may_be_met(moment, self._closes) else self._short(moment)

    def _stay(self, now: CpdYear, _moment: datetime) -> CpdYear:
        return now


_VOIDED_BY_DEATH = {YearState.OPEN, YearState.CLOSED_FOR_ENTRY, YearState.DEFERRED, YearState.SHORTFALL}
_STEPS = {
    YearState.OPEN: _Year._close,
    YearState.CLOSED_FOR_ENTRY: _Year._assess,
    YearState.DEFERRED: _Year._review,
    YearState.SHORTFALL: _Year._cure,
    YearState.UNCURED: _Year._make_up,
    YearState.COMPLIANT: _Year._keep,
    YearState.CURED: _Year._keep,
    YearState.EXEMPT: _Year._stay,
    YearState.NOT_DUE: _Year._stay,
}
