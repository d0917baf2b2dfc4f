"""The plan of the demonstration register: who is registered when, and what happens then.

A pure function of the moment of the census: the same moment gives the same people, dates and states.
Twenty-four story people cover every state that today's use cases can reach. The others follow the groups of
`domain.md` 7; what a group still lacks is told in `docs/demo.md`, and nothing is made up for it. All names were
composed from its tables.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from registry.demo.people import Act, Name, Person, Place
from registry.domain.calendar import SHANGHAI, anniversary, civil_date
from registry.domain.changes import GroundClass
from schemas.refusals import Refusal
from schemas.tables import read_table

SEED = 20260701
FIRST_YEAR = 2021
SOCIETIES = ("CIV", "ELE", "MEC", "RLY", "NUC", "STD", "WAT", "ICT", "AUT", "CHE", "GEO", "ARC")
SECOND_FIELDS = {"ELE": ("ELE", "ICT")}
"""ELE is authorized for ICT too: two societies for one field."""

EARLIEST, LATEST = date(2026, 3, 1), date(2035, 12, 31)
_FIRST_DAY, _EDITION_2021 = date(2021, 3, 1), date(2021, 10, 25)
_TERM_YEARS, _WORKING_HOUR = 5, time(10, 0)


class PlanError(Refusal, code="demo"):
    """The demonstration cannot be lived up to this moment."""


class Story(StrEnum):
    """What a person of the demonstration is there to show."""

    VALID = "valid"
    DUE_SOON = "valid, re-registration due soon"
    NAME_WITHHELD = "valid, name not published"
    TWO_FIELDS = "valid in a second field"
    HOLD_LIFTED = "was suspended for CPD, made up"
    SUSPENDED_CPD = "suspended: CPD"
    SUSPENDED_TWICE = "suspended: CPD and membership"
    SUSPENDED_INTERIM = "suspended: proceedings pending"
    SUSPENDED_SANCTION = "suspended for a fixed term"
    SUSPENDED_REVIEW = "suspended: review of the society"
    SUSPENDED_IDENTITY = "suspended: identity and CPD"
    SUSPENDED_EXPIRED = "suspended, term also ended"
    EXPIRED = "expired, in grace"
    REVOKED = "revoked"
    REVOKED_WHILE_HELD = "revoked after an interim hold"


@dataclass(frozen=True, slots=True)
class Engineer:
    """One registration of the demonstration."""

    name: Name
    member_ref: str
    society: str
    field: str
    grade: str
    registered_on: date
    story: Story
    consent_c1: bool = True
    holds: tuple[dict[str, Any], ...] = ()
    """Kind, how many days before the census it is added and, if ever, lifted, and how many days it runs."""
    revoked_days_before: int | None = None
    ground: GroundClass = GroundClass.FALSE_STATEMENT

    def life(self, today: date) -> Person:
        """Return what happens to the registration, on a census of `today`."""
        acts = [Act(self.registered_on, "register", args=(self.grade,))]
        for hold in self.holds:
            added = today - timedelta(days=hold["days_before"])
            last = [str(added + timedelta(days=days)) for days in [hold.get("runs_for_days")] if days is not None]
            acts.append(Act(added, "suspend", args=(hold["kind"], *last)))
            if "lifted_days_before" in hold:
                acts.append(Act(today - timedelta(days=hold["lifted_days_before"]), "lift", args=(hold["kind"],)))
        if self.revoked_days_before is not None:
            acts.append(Act(today - timedelta(days=self.revoked_days_before), "revoke", args=(self.ground,)))
        place, serial = Place(self.society, self.field), int(self.member_ref[-5:])
        return Person(self.name, serial, (place,), tuple(acts), self.consent_c1, has_file=False)


def standard_on(registered_on: date) -> str:
    """Return the edition of the General Specification in force when an application was made."""
    applied_on = registered_on - timedelta(days=90)
    return "T/CAS 326-2018" if applied_on < _EDITION_2021 else "T/CAS 326-2021"


_PLAN = read_table("plan.json", "demo", "registry")
_HOLDS = {Story[name]: tuple(holds) for name, holds in _PLAN["holds"].items()}
"""The holds of a story: their kind, how many days before the census they are added, and when they are lifted or end."""

PEOPLE: dict[str, list[tuple[Name, tuple[Any, ...]]]] = {
    group: [(Name(hans, latin), (Story[row[0]], *row[1:])) for hans, latin, *row in rows]
    for group, rows in _PLAN["people"].items()
}
"""Everybody by group of the plan: what each shows, society, field, grade, and how many days before the census they were
registered (negative: see `_start`). First the stories, then who is beside them not plainly valid. CSE confirms the
others by the fortnight, and whose first term has ended by the plan starts a year later here, so that it still runs."""

_EVERYBODY = [one for group in PEOPLE.values() for one in group]
_SECONDS = [(position, (Story[row[0]], *row[1:])) for position, row in _PLAN["seconds"]]
"""Second fields by the position of their holder; the first three are assessed by the society authorized for two."""

STORIES, ENGINEERS = len(PEOPLE["stories"]), len(_EVERYBODY)


def engineers(at: datetime, count: int = STORIES) -> list[Engineer]:
    """Return what the first `count` engineers of the demonstration hold at `at`: first fields, then second ones.

    Raises `PlanError` outside the years that the plan can reach, or for too few or too many people.
    """
    today = civil_date(at)
    if not EARLIEST <= today <= LATEST:
        raise PlanError(f"the demonstration can be lived up to a day from {EARLIEST} to {LATEST}")
    if not STORIES <= count <= ENGINEERS:
        raise PlanError(f"the stories need {STORIES} people, and the plan has {ENGINEERS}")
    found = [_engineer(position, row, name, today) for position, (name, row) in enumerate(_EVERYBODY[:count])]
    # A hold of the person falls on the second field too: it is not added twice.
    again = [(position, row) for position, row in _SECONDS if position < count]
    return found + [replace(_engineer(*one, found[one[0]].name, today), holds=()) for one in again]


def _engineer(position: int, row: tuple[Any, ...], name: Name, today: date) -> Engineer:
    story, society, field, grade, days = row
    what = f"{society}-{position + 1:05}", society, field, grade, _start(story, days, today), story
    revoked = 17 if story in {Story.REVOKED, Story.REVOKED_WHILE_HELD} else None
    return Engineer(name, *what, story is not Story.NAME_WITHHELD, _HOLDS.get(story, ()), revoked)


def _start(story: Story, days: int, today: date) -> date:
    """Return the day of registration: some days ago, or so that the term ended or ends so many days from now.

    Never before the societies have assessed anybody: who would be earlier begins on the first day.
    """
    if days < 0 or story is Story.DUE_SOON:
        return max(anniversary(today + timedelta(days=days), -_TERM_YEARS) + timedelta(days=1), _FIRST_DAY)
    return today - timedelta(days=days)


def office_hour(day: date) -> datetime:
    """Return the moment at which CSE decides things on a day: 10:00 in Shanghai."""
    return datetime.combine(day, _WORKING_HOUR, tzinfo=SHANGHAI)
