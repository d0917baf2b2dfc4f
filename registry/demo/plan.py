"""The plan of the demonstration register: who is registered when, and what happens then.

A pure function of the moment of the census: the same moment gives the same people, dates and states.
Twenty-four people cover every state that today's use cases can reach.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from registry.demo.people import Name, names
from registry.domain.calendar import SHANGHAI, anniversary, civil_date
from registry.domain.changes import GroundClass
from registry.domain.registration import HoldKind

SEED = 20260701
FIRST_YEAR = 2021
SOCIETIES = ("CIV", "ELE", "MEC", "RLY", "NUC", "STD", "WAT", "ICT", "AUT", "CHE", "GEO", "ARC")
SECOND_FIELDS = {"ELE": ("ELE", "ICT")}
"""ELE is authorized for ICT too: two societies for one field."""

EARLIEST = date(2026, 3, 1)
LATEST = date(2035, 12, 31)
_EDITION_2021 = date(2021, 10, 25)
_TERM_YEARS = 5
_WORKING_HOUR = time(10, 0)


class PlanError(ValueError):
    """The demonstration cannot be lived up to this moment."""

    code = "demo"


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
    SUSPENDED_IDENTITY = "suspended: identity"
    SUSPENDED_EXPIRED = "suspended, term also ended"
    EXPIRED = "expired, in grace"
    REVOKED = "revoked"
    REVOKED_WHILE_HELD = "revoked after an interim hold"


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """A hold to add, how many days before the census, and when to lift it."""

    kind: HoldKind
    days_before: int
    lifted_days_before: int | None = None
    runs_for_days: int | None = None


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
    holds: tuple[HoldPlan, ...] = ()
    revoked_days_before: int | None = None
    ground: GroundClass = GroundClass.FALSE_STATEMENT

    @property
    def standard(self) -> str:
        """The edition of the General Specification in force when the application was made."""
        applied_on = self.registered_on - timedelta(days=90)
        return "T/CAS 326-2018" if applied_on < _EDITION_2021 else "T/CAS 326-2021"


_HOLDS: dict[Story, tuple[HoldPlan, ...]] = {
    Story.HOLD_LIFTED: (HoldPlan(HoldKind.CPD, 120, lifted_days_before=40),),
    Story.SUSPENDED_CPD: (HoldPlan(HoldKind.CPD, 61),),
    Story.SUSPENDED_TWICE: (HoldPlan(HoldKind.CPD, 61), HoldPlan(HoldKind.MEMBERSHIP, 20)),
    Story.SUSPENDED_INTERIM: (HoldPlan(HoldKind.CONDUCT_INTERIM, 30),),
    Story.SUSPENDED_SANCTION: (HoldPlan(HoldKind.CONDUCT_SANCTION, 45, runs_for_days=365),),
    Story.SUSPENDED_REVIEW: (HoldPlan(HoldKind.SOCIETY_REVIEW, 15),),
    Story.SUSPENDED_IDENTITY: (HoldPlan(HoldKind.IDENTITY, 10),),
    Story.SUSPENDED_EXPIRED: (HoldPlan(HoldKind.CPD, 61),),
    Story.REVOKED_WHILE_HELD: (HoldPlan(HoldKind.CONDUCT_INTERIM, 50),),
}

_ROWS: tuple[tuple[Story, str, str, str, int], ...] = (
    # what it shows, society, field, grade, registered so many days before the census (negative: see `_start`)
    (Story.VALID, "ELE", "ELE", "PE", 252),
    (Story.NAME_WITHHELD, "MEC", "MEC", "PE", 400),
    (Story.SUSPENDED_CPD, "WAT", "WAT", "SPE", 900),
    (Story.REVOKED, "CIV", "CIV", "PE", 1100),
    (Story.EXPIRED, "RLY", "RLY", "SPE", -30),
    (Story.VALID, "NUC", "NUC", "AE", 500),
    (Story.VALID, "STD", "STD", "PE", 640),
    (Story.DUE_SOON, "CHE", "CHE", "PE", 45),
    (Story.VALID, "AUT", "AUT", "SPE", 1300),
    (Story.VALID, "ELE", "ELE", "PE", 700),
    (Story.VALID, "ICT", "ICT", "AE", 90),
    (Story.VALID, "CIV", "CIV", "PE", 210),
    (Story.SUSPENDED_TWICE, "CIV", "CIV", "AE", 820),
    (Story.HOLD_LIFTED, "ARC", "ARC", "PE", 760),
    (Story.SUSPENDED_INTERIM, "GEO", "GEO", "PE", 980),
    (Story.SUSPENDED_SANCTION, "AUT", "AUT", "PE", 1010),
    (Story.SUSPENDED_REVIEW, "GEO", "GEO", "SPE", 1150),
    (Story.SUSPENDED_IDENTITY, "ICT", "ICT", "PE", 330),
    (Story.SUSPENDED_EXPIRED, "WAT", "WAT", "PE", -20),
    (Story.REVOKED_WHILE_HELD, "MEC", "MEC", "SPE", 1240),
    (Story.EXPIRED, "CHE", "CHE", "AE", -70),
    (Story.VALID, "ARC", "ARC", "SPE", 150),
    (Story.DUE_SOON, "STD", "STD", "AE", 12),
    (Story.VALID, "RLY", "RLY", "PE", 33),
)

_SECOND_FIELD_OF = 9
"""Position of the person who holds a second field, assessed by a society that is authorized for two."""

STORIES = len(_ROWS)


def engineers(at: datetime, count: int = STORIES) -> list[Engineer]:
    """Return the engineers of the demonstration at `at`; more than the stories are plainly valid ones.

    Raises `PlanError` outside the years that the plan can reach, or for too few or too many people.
    """
    today = civil_date(at)
    if not EARLIEST <= today <= LATEST:
        raise PlanError(f"the demonstration can be lived up to a day from {EARLIEST} to {LATEST}")
    if count < STORIES:
        raise PlanError(f"the stories need {STORIES} people")
    try:
        people = names(count)
    except ValueError as error:
        raise PlanError(str(error)) from error
    rows = list(_ROWS) + [_plain_row(position) for position in range(STORIES, count)]
    found = [
        _engineer(position, row, name, today) for position, (row, name) in enumerate(zip(rows, people, strict=True))
    ]
    return found + list(_second_fields(found, today))


def _plain_row(position: int) -> tuple[Story, str, str, str, int]:
    society = SOCIETIES[position % len(SOCIETIES)]
    return (Story.VALID, society, society, ("AE", "PE", "PE", "SPE")[position % 4], 100 + 37 * position)


def _engineer(position: int, row: tuple[Story, str, str, str, int], name: Name, today: date) -> Engineer:
    story, society, field, grade, days = row
    return Engineer(
        name=name,
        member_ref=f"{society}-{position + 1:05}",
        society=society,
        field=field,
        grade=grade,
        registered_on=_start(story, days, today),
        story=story,
        consent_c1=story is not Story.NAME_WITHHELD,
        holds=_HOLDS.get(story, ()),
        revoked_days_before=17 if story in {Story.REVOKED, Story.REVOKED_WHILE_HELD} else None,
    )


def _second_fields(found: list[Engineer], today: date) -> Iterator[Engineer]:
    first = found[_SECOND_FIELD_OF]
    yield Engineer(
        name=first.name,
        member_ref=first.member_ref,
        society=first.society,
        field="ICT",
        grade="AE",
        registered_on=today - timedelta(days=60),
        story=Story.TWO_FIELDS,
    )


def _start(story: Story, days: int, today: date) -> date:
    """Return the day of registration: some days ago, or so that the term ended or ends so many days from now."""
    if days < 0:
        return anniversary(today + timedelta(days=days), -_TERM_YEARS) + timedelta(days=1)
    if story is Story.DUE_SOON:
        return anniversary(today + timedelta(days=days), -_TERM_YEARS) + timedelta(days=1)
    return today - timedelta(days=days)


def office_hour(day: date) -> datetime:
    """Return the moment at which CSE decides things on a day: 10:00 in Shanghai."""
    return datetime.combine(day, _WORKING_HOUR, tzinfo=SHANGHAI)
