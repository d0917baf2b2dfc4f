"""The clock job (R-DT-08, R-DT-12): what time alone changes is recorded, each in effect from its own day.

The instant at which a registration, or the CPD years of a person, must be looked at stands with it; SQL selects those,
the rules decide. A batch is one transaction which reads anew what it changes, and what was done is due no more: the job
may stop anywhere, run twice at once, or run late. What is foretold of the years comes first, because a hold depends on
it; that it came is recorded last, because a registration may have ended before.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.domain import calendar, clock, cpd_person, registration
from registry.domain.actors import Action, Actor, require
from registry.services import bodies, breaker, cpd, memberships
from registry.services.decisions import apply_change, apply_hold, lift_without_cause
from registry.services.ports import Desk, Keyring
from registry.services.refusals import CommandError
from registry.store.register import StoredRegistration
from registry.store.work import Work

_LOG = logging.getLogger("cse.sweeping")
_AT_ONCE = 500
"""Registrations, or persons, that share a transaction."""
_STATES_AT_ONCE = 200_000
"""States of CPD years that are recorded by one statement: about two seconds, in which nobody else writes."""
_POLICY = "swept_policy"


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

    def go_over(self, find: Callable[[Work, datetime], list[Any]], act: Callable[..., Counter[str]], many: int) -> None:
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

    def carry_out(self, work: Work, number: str, seq: int, *, before: datetime = cpd_person.FOREVER) -> Counter[str]:
        """Make every change that is due on a registration, the earliest first, and note when to look again.

        What falls on a person comes after all that is due on their registrations before: an end may have voided it.
        """
        done: Counter[str] = Counter()
        while True:
            stored = work.register.stored(number, seq)
            owed = clock.due(stored.value, self.desk.policy)
            one = next(iter(self._without_waiting(owed)), None)
            if one is None or one.at > self.until or one.at >= before:
                work.register.set_due(stored, owed[0].at if owed else None)
                return done
            if one.on_person is None:
                done += self._change(work, stored, one)
            elif earlier := self._elsewhere(work, stored.value, one.at):
                done += earlier
            else:
                held, on_person = work.register.answering(number), one.on_person
                done[one.name] += apply_hold(work, held, one.move, on_person=on_person, actor=self.actor, now=self.now)

    def _change(self, work: Work, stored: StoredRegistration, one: clock.Due) -> Counter[str]:
        """Make one change; the end of a registration tells on the CPD years of the person from the next step on."""
        change = one.move(stored.value)
        apply_change(work, stored, change, actor=self.actor, now=self.now)
        is_over = not change.registration.is_live
        settled = cpd.settle(work, stored.value.member_id, self.until, self.desk.policy) if is_over else Counter[str]()
        return settled + Counter([one.name])

    def _elsewhere(self, work: Work, value: registration.Registration, before: datetime) -> Counter[str]:
        """Carry out what is due, before an instant, on the registrations that the person holds in other fields."""
        others = [one for one in work.register.numbers_of(value.member_id) if one != value.register_no]
        places = ((one, work.register.answering(one).seq) for one in others)
        return sum((self.carry_out(work, *place, before=before) for place in places), Counter[str]())

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
    keyring: Keyring | None = None,
    at_once: int = _AT_ONCE,
    states_at_once: int = _STATES_AT_ONCE,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> Swept:
    """Carry out everything that is due at `now`, or was at `as_of`; `step` is told how many of how many are done.

    More lapses than the day before foresaw wait for the word of two persons who saw the dry run; the rest goes out
    (R-DT-12). Raises `ClockJumpError` if the clock went back or stood still for long, without their word: nothing
    changes then. `approved_by` are who give it now; that of one is kept for another. With the keys of the root in its
    `keyring` it ends the authorizations that ran out. `at_once` is how many places share a transaction,
    `states_at_once` how many states of CPD years.
    """
    require(actor, Action.SWEEP)
    for person in approved_by:
        require(person, Action.APPROVE_SWEEP)
    until = now if as_of is None else _past(desk, as_of, now)
    _look_anew(desk, calendar.civil_date(now))
    breaker.require_clock(desk, until, now, approved_by)
    swept = Swept(Counter(), Counter(), [])
    run = _Run(desk, actor, now, until, swept, step)
    run.go_over(cpd.due, run.look_at_years, at_once)
    swept.waiting.update(breaker.held_back(desk, until, now))
    run.go_over(lambda work, at: work.register.due(at), run.carry_out, at_once)
    run.assess(states_at_once)
    with desk.open_work() as work:
        work.trust.set_fact(breaker.SWEPT_AT, now.isoformat())
        breaker.foresee(desk, work, now)
    if keyring is not None:
        bodies.end_run_out(desk, keyring, until, actor=actor, now=now)
    swept.done.update(memberships.move_due(desk, until, actor=actor, now=now))
    return swept


def _past(desk: Desk, at: datetime, now: datetime) -> datetime:
    """Return a past instant if nothing was decided since: the facts of now are those of then. Raises `CommandError`."""
    if at > now:
        raise CommandError(f"{at.isoformat()} is yet to come: only a dry run looks ahead")
    with desk.open_reading() as work:
        newest = work.journal.newest_at()
    if newest is not None and at < newest - clock.CORRECTED:
        raise CommandError(f"something was recorded at {newest.isoformat()}: the clock job does not go back behind it")
    return at


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
    except breaker.UNREADABLE as error:
        _LOG.error("alarm.sweep-unreadable number=%s error=%s", place[0], type(error).__name__)
        swept.unreadable.append(place[0])


def due_at(desk: Desk, work: Work, at: datetime) -> Counter[str]:
    """Return how often which change will be due by `at`: the dry run."""
    moved = Counter(transfer=sum(len(numbers) for _, numbers in memberships.moving(work, calendar.civil_date(at))))
    return breaker.due(desk, work, at) + cpd.changes(work, at, desk.policy, breaker.UNREADABLE) + moved
