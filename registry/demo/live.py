"""Living the plan: every event of the demonstration, in the order of time, through the use cases."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial

from registry.demo import bodies, hours, officers
from registry.demo.acting import Life, Stage
from registry.demo.habits import people
from registry.demo.people import Person
from registry.demo.plan import FIRST_YEAR, SEED, Engineer, engineers, office_hour
from registry.domain.calendar import civil_date, start_of
from registry.services import cpd_facts, issuing, publishing, sweeping, trust

__all__ = ["Stage", "live", "live_by_habits"]

_BEGINS, _MINUTE = date(FIRST_YEAR, 1, 1), timedelta(minutes=1)
_Step = Callable[[int, int], None]
"""Told after each day: how many are done, of how many."""


def live(stage: Stage, *, at: datetime, count: int, step: _Step) -> dict[str, Engineer]:
    """Live the demonstration of the stories up to `at`, publish it, and return the engineers by register number.

    The first registered comes first. Raises `PlanError` before anything is done.
    """
    told = engineers(at, count)
    lives = _live(stage, [one.life(civil_date(at)) for one in told], at, step, is_lived=False)
    held = sorted(zip(told, lives, strict=True), key=lambda pair: pair[0].registered_on)
    return {life.numbers[0]: one for one, life in held}


def live_by_habits(stage: Stage, *, at: datetime, step: _Step) -> dict[str, Person]:
    """Live the demonstration of the data set up to `at`, day by day with the clock job, and publish it.

    Returns the people by register number. Raises `PlanError` before anything is done.
    """
    lives = _live(stage, [hours.with_hours(one, civil_date(at)) for one in people(at)], at, step, is_lived=True)
    return {number: life.person for life in lives for number in life.numbers.values()}


def _live(stage: Stage, told: Iterable[Person], at: datetime, step: _Step, *, is_lived: bool) -> list[Life]:
    # Register numbers come from the seed too, so that the same day gives the same ones.
    serials = random.Random(SEED)
    lives = [Life(stage, person, serials, person.name) for person in told]
    due: dict[date, list[Callable[..., object]]] = defaultdict(list)
    happenings = [*bodies.happenings(stage, at, is_lived=is_lived)]
    happenings += [(act.on, partial(life.carry_out, act)) for life in lives for act in life.person.acts]
    for on, happen in happenings:
        if office_hour(on) <= at:
            due[on].append(happen)
    replacing = {act.on for life in lives for act in life.person.acts if act.name == "replace"}
    bodies.found(stage, at)
    year = FIRST_YEAR if is_lived else civil_date(at).year
    cpd_facts.begin_ledger(stage.desk, year, actor=officers.REGISTRAR, now=office_hour(_BEGINS))
    days = [_BEGINS + timedelta(days=one) for one in range(1, (civil_date(at) - _BEGINS).days + 1)]
    for done, day in enumerate(days, start=1):
        if (is_lived and _sweep(stage, day)) or day in due:
            _live_day(stage, due.get(day, []), min(office_hour(day), at), is_replacing=day in replacing)
        step(done, len(days))
    _publish(stage, at)
    return lives


def _live_day(stage: Stage, happenings: Iterable[Callable[..., object]], now: datetime, *, is_replacing: bool) -> None:
    trust.refresh_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=now)
    for happen in happenings:
        happen(now=now)
    issue = partial(issuing.issue_certificates, stage.desk, keyring=stage.keyring, randomness=stage.randomness)
    while numbers := issuing.pending_numbers(stage.desk):
        for outcome in issue(numbers, actor=officers.REGISTRAR, now=now).values():
            if isinstance(outcome, Exception):
                raise outcome
    # What is replaced ends with the first publication after that of the new certificate.
    for later in (1, 2) if is_replacing else ():
        _publish(stage, now + later * _MINUTE)


def _sweep(stage: Stage, day: date) -> bool:
    """Run the clock job at the midnight with which a day begins; tell whether it changed anything."""
    return bool(+sweeping.sweep(stage.desk, actor=officers.CLOCK, now=start_of(day), keyring=stage.keyring).done)


def _publish(stage: Stage, at: datetime) -> None:
    trust.publish_trust_list(stage.desk, stage.keyring, actor=officers.REGISTRAR, now=at)
    publishing.publish(stage.desk, stage.keyring, stage.publisher, actor=officers.PUBLISHER, now=at)
