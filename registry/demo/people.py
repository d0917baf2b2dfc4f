"""Who lives in the demonstration and what happens to them on which day: plain values, and those of the data set.

`lived.json` tells of each of the 200 what they hold, what happened up to 2026-07-01, and what had begun by then.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from schemas.tables import read_table

LIVE_FROM = frozenset({"register", "restore", "reinstate"})
LIVE_UNTIL = frozenset({"lapse", "withdraw", "revoke", "annul", "die"})
"""The acts with which a registration lives, and those with which it ends; a lapse is the clock's."""


class Name(NamedTuple):
    """A name in both scripts; one may be missing."""

    hans: str | None
    latin: str | None


class Act(NamedTuple):
    """Something that happens on a day to one of a person's entries: the name of what `Life` does, and its arguments."""

    on: date
    name: str
    place: int = 0
    args: tuple[str, ...] = ()


class Place(NamedTuple):
    """One of the entries of a person: the society that registers it, its field, and the group of the data set."""

    society: str
    field: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One person, with all that happens to them."""

    name: Name
    serial: int
    """Their number among all members, of every society."""
    places: tuple[Place, ...]
    acts: tuple[Act, ...]
    """In order of time."""
    consent_c1: bool = True
    short: dict[int, date | None] = field(default_factory=dict)
    """Years whose hours were short on 1 March, and when the missing ones were handed in, if ever."""
    told: dict[str, Any] = field(default_factory=dict)
    """What else is told of them: habits that what happened to them shows."""
    has_file: bool = True
    """Whether a society takes the person in as a member before it recommends them."""

    def spans(self) -> list[tuple[date, date]]:
        """Return from when to when at least one registration of theirs lives, in order; `date.max` if it goes on."""
        found: list[tuple[date, date]] = []
        for act in self.acts:
            was_live, is_live = bool(found) and found[-1][1] == date.max, bool(self.living(act.on))
            if was_live is not is_live:
                found = [*found, (act.on, date.max)] if is_live else [*found[:-1], (found[-1][0], act.on)]
        return found

    def living(self, on: date) -> list[int]:
        """Return which of the entries live at the end of a day."""
        told = [act for act in self.acts if act.on <= on and act.name in LIVE_FROM | LIVE_UNTIL]
        last = {act.place: act.name for act in told}
        return [place for place, name in last.items() if name in LIVE_FROM and "die" not in last.values()]


@cache
def founders() -> tuple[Person, ...]:
    """Return the 200 of the data set, the thirteen story persons first."""
    rows = read_table("lived.json", "demo", "registry")["people"]
    return tuple(_person(serial, *row) for serial, row in enumerate(rows, start=1))


def _person(serial: int, hans: str | None, latin: str, more: dict[str, Any], entries: list[Any]) -> Person:
    acts = [_act(place, text) for place, (*_, texts) in enumerate(entries) for text in texts]
    places = tuple(Place(society, of, group) for group, society, of, _ in entries)
    short = {int(year): day and date.fromisoformat(day) for year, day in more.get("short", {}).items()}
    ordered = tuple(sorted(acts, key=itemgetter(0)))
    return Person(Name(hans, latin), serial, places, ordered, more.get("consent", True), short, more)


def _act(place: int, text: str) -> Act:
    on, name, *of = text.split(" ", 2)
    return Act(date.fromisoformat(on), name, place, tuple(of[0].split("|")) if of else ())
