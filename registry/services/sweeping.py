"""The clock job (R-DT-08, R-DT-12): what time alone changes is recorded, each in effect from its own day.

The instant at which a registration, or the CPD years of a person, must be looked at stands with it; SQL selects those,
the rules decide. A batch is one transaction which reads anew what it changes, and what was done is due no more: the job
may stop anywhere, run twice at once, or run late. The years come first, because a hold depends on them.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from registry.domain import approvals, clock
from registry.domain.actors import Action, Actor, require
from registry.domain.calendar import civil_date, day_after, start_of
from registry.domain.policy import Policy
from registry.domain.refusals import ClockJumpError, DomainError
from registry.services import cpd
from registry.services.decisions import apply_change, apply_hold, lift_without_cause
from registry.services.memberships import move_due
from registry.services.ports import Desk
from registry.services.refusals import CommandError
from registry.store.journal import APPROVED
from registry.store.work import Work

_LOG = logging.getLogger("cse.sweeping")
_AT_ONCE = 500
"""Registrations, or persons, that share a transaction."""
_STATES_AT_ONCE = 200_000
"""States of CPD years that are recorded by one statement: about two seconds, in which nobody else writes."""
_SWEPT_AT, _FORECASTS, _POLICY = "swept_at", "sweep_forecasts", "swept_policy"
_UNREADABLE = (DomainError, ArithmeticError, LookupError, TypeError, ValueError)
"""What a row raises that is not as it should be: it must not stop the job for everybody else."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How often each change was made, how many of which wait for a person, by their names, and what was unreadable."""

    done: Counter[str]
    waiting: Counter[str]
    unreadable: list[str]
    """Register numbers whose rows, or the CPD of whose holder, could not be read: nothing of theirs was changed."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: who, when, up to which instant, what came of it, and who is told how far it is."""

    desk: Desk
    actor: Actor
    now: datetime
    until: datetime
    swept: Swept
    step: Callable[[int, int], None]

    def go_through(
        self, find: Callable[[Work, datetime], list[Any]], act: Callable[..., Counter[str]], many: int
    ) -> None:
        """Carry out what is due at each place that is found, so many of which share a transaction."""
        with self.desk.open_reading() as work:
            places = find(work, self.until)
        for first in range(0, len(places), many):
            with self.desk.open_work() as work:
                for place in places[first : first + many]:
                    _attempt(act, work, place, self.swept)
            self.step(min(first + many, len(places)), len(places))

    def assess(self, many: int) -> None:
        """Record what time has brought of the CPD years of everybody, which was foretold when their facts changed."""
        with self.desk.open_reading() as work:
            done, total = 0, work.cpd.ahead(self.until).total()
        while done < total:
            with self.desk.open_work() as work:
                recorded = cpd.assess(work, self.until, now=self.now, at_most=many)
            self.swept.done.update(recorded)
            done = done + recorded.total() if recorded else total
            self.step(min(done, total), total)

    def carry_out(self, work: Work, number: str, seq: int) -> Counter[str]:
        """Make every change that is due on a registration, the earliest first, and note when to look again."""
        done: Counter[str] = Counter()
        while True:
            stored = work.register.stored(number, seq)
            owed = clock.due(stored.value, self.desk.policy)
            one = next(iter(self._without_waiting(owed)), None)
            if one is None or one.at > self.until:
                work.register.set_due(stored, owed[0].at if owed else None)
                return done
            if one.on_person is None:
                apply_change(work, stored, one.move(stored.value), actor=self.actor, now=self.now)
                done[one.name] += 1
            else:
                held, on_person = work.register.answering(number), one.on_person
                done[one.name] += apply_hold(work, held, one.move, on_person=on_person, actor=self.actor, now=self.now)

    def look_at_years(self, work: Work, number: str, member_id: str) -> Counter[str]:
        """Write anew what is kept of the CPD years of a person, and lift the hold that they give no cause for now."""
        done = cpd.settle(work, member_id, self.until, self.desk.policy)
        about: Any = {"decision_ref": clock.REFERENCE, "actor": self.actor, "now": self.now}
        return done + Counter({"hold.cpd-over": lift_without_cause(work, number, **about)})

    def _without_waiting(self, owed: list[clock.Due]) -> list[clock.Due]:
        """Leave out a lapse that waits, and with it the other lapse, which must not overtake it."""
        lapses = [one.name for one in owed if one.name in clock.LAPSES]
        return [one for one in owed if one.name not in lapses] if {*lapses[:1]} & {*self.swept.waiting} else owed


def sweep(
    desk: Desk,
    *,
    actor: Actor,
    now: datetime,
    as_of: datetime | None = None,
    approved_by: Sequence[Actor] = (),
    at_once: int = _AT_ONCE,
    states_at_once: int = _STATES_AT_ONCE,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> Swept:
    """Carry out everything that is due at `now`, or was at `as_of`; `step` is told how many of how many are done.

    More lapses than the day before foresaw wait for the word of two persons who saw the dry run; the rest goes out
    (R-DT-12). Raises `ClockJumpError` if the clock went back or stood still for long, without their word: nothing
    changes then. `approved_by` are who give it now; that of one is kept for another. `at_once` is how many places share
    a transaction, `states_at_once` how many states of CPD years.
    """
    require(actor, Action.SWEEP)
    for person in approved_by:
        require(person, Action.APPROVE_SWEEP)
    until = as_of or now
    if until > now:
        raise CommandError(f"{until.isoformat()} is yet to come: only a dry run looks ahead")
    _look_anew(desk, civil_date(now))
    waiting = _cleared(desk, until, now, approved_by)
    swept = Swept(Counter(), waiting, [])
    run = _Run(desk, actor, now, until, swept, step)
    run.go_through(cpd.due, run.look_at_years, at_once)
    run.assess(states_at_once)
    run.go_through(lambda work, at: work.register.due(at), run.carry_out, at_once)
    swept.done.update(move_due(desk, until, actor=actor, now=now))
    with desk.open_work() as work:
        work.trust.set_fact(_SWEPT_AT, now.isoformat())
        _foresee(desk, work, now)
    return swept


def _look_anew(desk: Desk, today: date) -> None:
    """Let the job look at everything again once the policy has other versions than at the last run.

    Raises `PolicyError` if one of them would change days past.
    """
    with desk.open_reading() as work:
        known = known_policy(work)
    if desk.policy.told != known:
        desk.policy.require_forward(known, today)
        with desk.open_work() as work:
            work.register.look_anew()
            work.cpd.look_anew()
            work.trust.set_fact(_POLICY, json.dumps(desk.policy.told))


def known_policy(work: Work) -> list[str]:
    """Return the later versions of the policy at the last run."""
    known: list[str] = json.loads(work.trust.fact(_POLICY) or "[]")
    return known


def _attempt(act: Callable[..., Counter[str]], work: Work, place: tuple[str, Any], swept: Swept) -> None:
    """Carry out what is due at one place, or nothing of it if a row is unreadable."""
    try:
        with work.attempt():
            swept.done.update(act(work, *place))
    except _UNREADABLE as error:
        _LOG.error("alarm.sweep-unreadable number=%s error=%s", place[0], type(error).__name__)
        swept.unreadable.append(place[0])


def _cleared(desk: Desk, until: datetime, now: datetime, approved_by: Sequence[Actor]) -> Counter[str]:
    """Return which lapses wait for two persons. Raises `ClockJumpError`, and `SamePersonError` for a second word."""
    day = civil_date(now)
    with desk.open_reading() as work:
        jump, found = _jump(work, now, desk.policy), _due(desk, work, until)
        swept_at = work.trust.fact(_SWEPT_AT) or ""
        lapses = _lapses(work, day, found)
        waiting = _unforeseen(work, found, lapses, day, desk.policy)
    if not waiting and jump is None:
        return waiting
    if _is_approved(desk, day, lapses, approved_by, now, jumped=swept_at if jump is not None else None):
        return Counter()
    if jump is not None:
        _LOG.error("alarm.clock-jump swept_at=%s now=%s", *jump.args)
        raise jump
    for name, count in waiting.items():
        _LOG.error("alarm.sweep-breaker change=%s due=%d", name, count)
    return waiting


def approve(desk: Desk, day: date, *, actor: Actor, now: datetime) -> bool:
    """Approve the lapses of a day to come, as the dry run of that day tells them now; tell whether two persons did.

    They go out on that day if they are still as many. Raises `SamePersonError`.
    """
    require(actor, Action.APPROVE_SWEEP)
    with desk.open_reading() as work:
        found = _due(desk, work, start_of(day), after=start_of(day - timedelta(days=1)))
        lapses = _lapses(work, day, found)
    return _is_approved(desk, day, lapses, [actor], now)


def _is_approved(
    desk: Desk,
    day: date,
    lapses: dict[str, int],
    persons: Sequence[Actor],
    now: datetime,
    *,
    jumped: str | None = None,
) -> bool:
    """Keep the word of each of the persons, and tell whether two have given it; the journal binds the second one.

    It is about a day, its lapses, and, of a clock that jumped, when the job had run last.
    """
    about = json.dumps({"day": day.isoformat(), "lapses": lapses, "clock": jumped}, sort_keys=True)
    digest = approvals.digest_of(APPROVED, about)
    with desk.open_work() as work:
        for person in persons:
            proposal = approvals.Proposal(APPROVED, about, person, now)
            if work.proposals.add(proposal) or work.proposals.is_confirmed(digest):
                continue
            approvals.require_second_person(work.proposals.open(digest, APPROVED), person, digest)
            work.proposals.confirm(digest, by=person, at=now)
            (row,) = work.journal.append_all([(APPROVED, about, digest)], actor=person.person, at=now)
            work.trust.set_fact(APPROVED, str(row.seq))
        return work.proposals.is_confirmed(digest)


def due_at(desk: Desk, work: Work, at: datetime) -> Counter[str]:
    """Return how often which change will be due by `at`: the dry run."""
    return _due(desk, work, at) + cpd.changes(work, at, desk.policy, _UNREADABLE)


def _due(desk: Desk, work: Work, at: datetime, *, after: datetime | None = None) -> Counter[str]:
    """Return how often registrations will be changed by `at`, of those changes later than `after`."""
    found: Counter[str] = Counter()
    for number, seq in work.register.due(at):
        with suppress(*_UNREADABLE):  # The run tells of it.
            coming = clock.course(work.register.stored(number, seq).value, at, desk.policy)
            found.update([one.name for one in coming if after is None or one.at > after])
    return found


def _jump(work: Work, now: datetime, policy: Policy) -> ClockJumpError | None:
    """Compare the clock with that of the last run, before the first with the last row; and, as decisions do, events."""
    swept_at = work.journal.written_at() or now
    with suppress(ValueError):
        swept_at = datetime.fromisoformat(work.trust.fact(_SWEPT_AT) or "")
    latest, pause = max(swept_at, work.journal.newest_at() or swept_at), timedelta(hours=policy.sweep_pause_hours)
    if latest - clock.CORRECTED <= now <= swept_at + pause:
        return None
    return ClockJumpError((latest if now < latest else swept_at).isoformat(), now.isoformat())


def _forecasts(work: Work) -> dict[str, dict[str, int]]:
    """Return what was foreseen for which day; nothing, which lets few lapses go out, if it cannot be read."""
    with suppress(ValueError):
        known: dict[str, dict[str, int]] = json.loads(work.trust.fact(_FORECASTS) or "{}")
        return known
    return {}


def _foresee(desk: Desk, work: Work, now: datetime) -> None:
    """Once a day, keep what will become due at the next midnight, beside what was foreseen for this day."""
    today, tomorrow = (day.isoformat() for day in (civil_date(now), day_after(civil_date(now))))
    known = _forecasts(work)
    if tomorrow not in known:
        coming = _due(desk, work, start_of(day_after(civil_date(now))), after=now)
        work.trust.set_fact(_FORECASTS, json.dumps({today: known.get(today, {}), tomorrow: coming}))


def _lapses(work: Work, day: date, found: Counter[str]) -> dict[str, int]:
    """Return how many lapses of each kind a day has, with those that were made already."""
    since = partial(work.journal.count_events, since=start_of(day))
    return {name: since(name.replace("lapse.", "lapsed.")) + found[name] for name in clock.LAPSES if found[name]}


def _unforeseen(work: Work, found: Counter[str], lapses: dict[str, int], day: date, policy: Policy) -> Counter[str]:
    """Return the lapses, by name, of which a day has many more than were foreseen (R-DT-12)."""
    foreseen, (few, share) = Counter(_forecasts(work).get(day.isoformat(), {})), policy.on(day).sweep_breaker
    most = {name: foreseen[name] + max(few, foreseen[name] * share) for name in lapses}
    return Counter({name: found[name] for name in lapses if lapses[name] > most[name]})
