"""The clock job (R-DT-08, R-DT-12): what time alone changes is recorded, each in effect from its own day.

The instant at which a registration must be looked at stands with it; SQL selects those, the rules decide. A batch is
one transaction which reads anew what it changes, and what was done is due no more: the job may stop anywhere, run
twice at once, or run late.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.domain import clock
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date, day_after, start_of
from registry.domain.policy import Policy
from registry.services.decisions import apply_change, apply_hold
from registry.services.ports import Desk
from registry.services.refusals import ClockJumpError, CommandError
from registry.store.work import Work

_LOG = logging.getLogger("cse.sweeping")
_AT_ONCE = 500
"""Registrations that share a transaction."""
_LONGEST_PAUSE = timedelta(days=7)
"""After a longer pause a person looks at the clock first: a suspension that ends too early is a wrong "valid"."""
_SWEPT_AT, _FORECAST = "swept_at", "sweep_forecast"


@dataclass(frozen=True, slots=True)
class Swept:
    """How often each change was made, and how many of which wait for a person, by their names."""

    done: Counter[str]
    waiting: Counter[str]


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: who, when, up to which instant, and the changes that wait."""

    actor: Actor
    now: datetime
    until: datetime
    policy: Policy
    waiting: Counter[str]

    def carry_out(self, work: Work, number: str, seq: int) -> Counter[str]:
        """Make every change that is due on a registration, the earliest first, and note when to look again."""
        done: Counter[str] = Counter()
        while True:
            stored = work.register.stored(number, seq)
            one = next(iter(clock.due(stored.value, self.policy)), None)
            if one is None or one.at > self.until or one.name in self.waiting:
                work.register.set_due(stored, one.at if one else None)
                return done
            if one.on_person is None:
                apply_change(work, stored, one.move(stored.value), actor=self.actor, now=self.now)
                done[one.name] += 1
            else:
                held, on_person = work.register.answering(number), one.on_person
                done[one.name] += apply_hold(work, held, one.move, on_person=on_person, actor=self.actor, now=self.now)


def sweep(
    desk: Desk,
    *,
    actor: Actor,
    now: datetime,
    as_of: datetime | None = None,
    is_approved: bool = False,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> Swept:
    """Carry out everything that is due at `now`, or was at `as_of`; `step` is told how many of how many are done.

    More lapses than the day before foresaw wait for `is_approved`, the word of a person who saw the dry run; the rest
    goes out (R-DT-12). Raises `ClockJumpError` if the clock went back or stood still for long: nothing changes then.
    """
    require(actor, Action.SWEEP)
    until = as_of or now
    if until > now:
        raise CommandError(f"{until.isoformat()} is yet to come: only a dry run looks ahead")
    with desk.open_reading() as work:
        if not is_approved:
            _require_steady_clock(work, now, desk.policy)
        places = work.register.due(until)
        waiting = Counter() if is_approved else _unforeseen(work, due_at(desk, work, until), now, desk.policy)
    run, done = _Run(actor, now, until, desk.policy, waiting), Counter[str]()
    for first in range(0, len(places), _AT_ONCE):
        with desk.open_work() as work:
            for number, seq in places[first : first + _AT_ONCE]:
                done += run.carry_out(work, number, seq)
        step(min(first + _AT_ONCE, len(places)), len(places))
    with desk.open_work() as work:
        work.trust.set_fact(_SWEPT_AT, now.isoformat())
        _foresee(desk, work, now)
    return Swept(done, waiting)


def due_at(desk: Desk, work: Work, at: datetime, *, after: datetime | None = None) -> Counter[str]:
    """Return how often which change will be due by `at`, of those later than `after`: the dry run."""
    found: Counter[str] = Counter()
    for number, seq in work.register.due(at):
        coming = clock.course(work.register.stored(number, seq).value, at, desk.policy)
        found.update(one.name for one in coming if after is None or one.at > after)
    return found


def _require_steady_clock(work: Work, now: datetime, policy: Policy) -> None:
    text = work.trust.fact(_SWEPT_AT)
    if text is None:
        return
    swept_at = datetime.fromisoformat(text)
    # Two jobs at once do not end in the order of their clocks, and clocks are corrected by seconds.
    earliest = swept_at - timedelta(minutes=policy.sweep_late_minutes)
    if not earliest <= now <= swept_at + _LONGEST_PAUSE:
        _LOG.error("alarm.clock-jump swept_at=%s now=%s", text, now.isoformat())
        raise ClockJumpError(text, now.isoformat())


def _foresee(desk: Desk, work: Work, now: datetime) -> None:
    """Once a day, keep what will become due at the next midnight."""
    tomorrow = day_after(civil_date(now))
    known = json.loads(work.trust.fact(_FORECAST) or "{}")
    if known.get("day") != tomorrow.isoformat():
        coming = due_at(desk, work, start_of(tomorrow), after=now)
        work.trust.set_fact(_FORECAST, json.dumps({"day": tomorrow.isoformat(), **coming}))


def _unforeseen(work: Work, found: Counter[str], now: datetime, policy: Policy) -> Counter[str]:
    """Return the lapses, by name, of which many more are due than were foreseen for this day (R-DT-12)."""
    known = json.loads(work.trust.fact(_FORECAST) or "{}")
    is_for_today = known.get("day", "9999") <= civil_date(now).isoformat()
    few, share = policy.sweep_breaker
    waiting: Counter[str] = Counter()
    for name in clock.LAPSES:
        foreseen = known.get(name, 0) if is_for_today else 0
        if found[name] > foreseen + max(few, foreseen * share):
            _LOG.error("alarm.sweep-breaker change=%s due=%d foreseen=%d", name, found[name], foreseen)
            waiting[name] = found[name]
    return waiting
