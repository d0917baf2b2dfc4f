"""The hours of CPD that a person of the demonstration hands in: one activity for about six hours, a tenth too many."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import groupby
from operator import itemgetter

from registry.demo.people import Act, Person
from registry.domain.cpd import required_hours
from registry.domain.policy import DEFAULT_POLICY

_EACH, _SURPLUS, _DAY = 6, Decimal("1.1"), timedelta(days=1)
_SUMMER, _WINTER = (6, 25), (1, 15)
"""The days on which societies hand in what their members did in the half-year before."""
_TOO_LATE, _IN_MAY = timedelta(days=10), timedelta(days=25)
"""What is done so shortly before a day in summer, waits for the winter; what cures is reviewed in May if it waits."""
_RESTORED_BY, _EVERY = 7, 14
"""Activities of six hours, one in so many days, before a restoration is filed (R-RN-08: 40 hours)."""
_Row = tuple[date, str]
"""When hours are handed in, and what is: the day of the activity and the hours."""


def with_hours(person: Person, until: date) -> Person:
    """Return the person with the hours that they hand in up to a day; one in five of what cures, waits for review."""
    rows = sorted(one for one in (*_yearly(person, until), *_before_restorations(person)) if one[0] <= until)
    acts = list(person.acts)
    for on, own in groupby(rows, key=itemgetter(0)):
        waits = on.month == 4 and on in person.short.values() and person.serial % 5 == 0
        acts += [Act(on, "hours", 0, tuple(text for _, text in own)), Act(on + _IN_MAY * waits, "review")]
    return replace(person, acts=tuple(sorted(acts, key=itemgetter(0))))


def _yearly(person: Person, until: date) -> Iterator[_Row]:
    """Give the hours of each year with a requirement; those of a short year are kept back."""
    filed = [act.on for act in person.acts if act.name == "file"]
    for begins, ends in person.spans():
        for year in range(begins.year, min(ends, until).year + 1):
            first = max(begins, date(year, 1, 1))
            required, days = required_hours(first, 0, DEFAULT_POLICY), (date(year, 12, 31) - first).days
            if not required:
                continue
            number = max(1, round(required * _SURPLUS / _EACH + Decimal(person.serial % 2) / 3))
            each = (required * _SURPLUS / number * 2).to_integral_value(ROUND_CEILING) / 2
            done = [first + timedelta(days=days * (2 * one + 1) // (2 * number)) for one in range(number)]
            rows = [(on, f"{day}:{each}") for day in done if (on := _handed_in(day)) < ends]
            kept = int((required - Decimal("0.5")) // each) if year in person.short else number
            later = person.short.get(year) or next((on for on in filed if on >= ends), date.max)
            yield from (*rows[:kept], *((later, text) for _, text in rows[kept:]))


def _handed_in(day: date) -> date:
    summer = date(day.year, *_SUMMER)
    return summer if day <= summer - _TOO_LATE else date(day.year + 1, *_WINTER)


def _before_restorations(person: Person) -> Iterator[_Row]:
    for act in (one for one in person.acts if one.name == "restore"):
        filed = max(one.on for one in person.acts if (one.name, one.place) == ("file", act.place) and one.on < act.on)
        days = [filed - timedelta(days=_EVERY * one + 8) for one in range(_RESTORED_BY)]
        yield from ((min(filed - _DAY, date(day.year + 1, *_WINTER)), f"{day}:{_EACH}") for day in days)
