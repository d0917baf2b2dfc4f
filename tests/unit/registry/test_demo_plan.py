"""The plan of the demonstration is a pure function of its moment."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from registry.demo.plan import (
    EARLIEST,
    ENGINEERS,
    LATEST,
    PEOPLE,
    SOCIETIES,
    STORIES,
    Engineer,
    PlanError,
    Story,
    engineers,
    office_hour,
)
from registry.domain.calendar import SHANGHAI, civil_date, term_end
from registry.domain.registration import HoldKind

AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
OTHER_MOMENTS = (
    office_hour(EARLIEST),
    AT,
    datetime(2026, 11, 25, tzinfo=UTC),
    datetime(2028, 2, 29, 15, 59, tzinfo=UTC),
    office_hour(LATEST),
)
FIELDS = dict(zip(SOCIETIES, (20, 22, 18, 16, 14, 12, 16, 18, 18, 20, 20, 20), strict=True))
GRADES = {"AE": 72, "PE": 100, "SPE": 42}
STATUS = {
    Story.EXPIRED: "EXPIRED",
    Story.REVOKED: "REVOKED",
    Story.REVOKED_WHILE_HELD: "REVOKED",
}


def status(one: Engineer) -> str:
    """The public status that a story leads to."""
    return STATUS.get(one.story, "SUSPENDED" if one.story.startswith("suspended") else "ACTIVE")


def test_the_same_moment_gives_the_same_people() -> None:
    assert engineers(AT) == engineers(AT)
    assert {one.story for one in engineers(AT)} == set(Story)


def test_two_people_are_called_the_same_and_are_not_the_same() -> None:
    same = [one for one in engineers(AT, ENGINEERS) if one.name.hans == "王伟"]
    assert len(same) == 2
    assert same[0].society == same[1].society
    assert same[0].member_ref != same[1].member_ref


def test_one_story_person_has_two_fields() -> None:
    found = engineers(AT)
    (second,) = [one for one in found if one.story is Story.TWO_FIELDS]
    (first,) = [one for one in found if one.member_ref == second.member_ref and one is not second]
    assert (first.name, first.field, second.field) == (second.name, "ELE", "ICT")


def test_fourteen_people_have_two_fields_and_three_of_them_one_society() -> None:
    found = engineers(AT, ENGINEERS)
    firsts, seconds = found[:ENGINEERS], found[ENGINEERS:]
    held = {one.member_ref[-5:]: one for one in firsts}
    pairs = [(held[second.member_ref[-5:]], second) for second in seconds]
    assert len(pairs) == len({first.member_ref for first, _ in pairs}) == 14
    assert all(first.name == second.name and first.field != second.field for first, second in pairs)
    one_society = [second for first, second in pairs if first.member_ref == second.member_ref]
    assert [(one.society, one.field) for one in one_society] == [("ELE", "ICT")] * 3
    assert [one for one in found if one.society != one.field] == one_society


def test_more_people_change_nobody() -> None:
    more = engineers(AT, 40)
    assert more[:STORIES] == engineers(AT)[:STORIES]
    assert more[:40] == engineers(AT, ENGINEERS)[:40]


@pytest.mark.parametrize("moment", OTHER_MOMENTS)
def test_the_census_of_200_people_is_the_same_at_every_moment(moment: datetime) -> None:
    found, today = engineers(moment, ENGINEERS), civil_date(moment)
    assert Counter(map(status, found)) == {"ACTIVE": 188, "SUSPENDED": 15, "EXPIRED": 8, "REVOKED": 3}
    assert Counter(one.field for one in found) == FIELDS
    assert Counter(one.grade for one in found) == GRADES
    over = {one.story for one in found if term_end(one.registered_on, years=5) < today}
    running = {one.story for one in found if term_end(one.registered_on, years=5) >= today}
    assert over == {Story.EXPIRED, Story.SUSPENDED_EXPIRED}
    assert over.isdisjoint(running)
    assert min(one.registered_on for one in found) >= date(2021, 3, 1)
    assert max(one.registered_on for one in found) < today


def test_the_fields_without_a_hold() -> None:
    found = engineers(AT, ENGINEERS)
    assert not [one for one in found if one.field == "MEC" and status(one) != "ACTIVE"]
    assert [one.story for one in found if one.field == "GEO" and status(one) != "ACTIVE"] == [Story.SUSPENDED_REVIEW]


def test_ten_persons_are_held_for_cpd_two_of_them_in_two_fields() -> None:
    found = engineers(AT, ENGINEERS)
    held = {
        one.member_ref
        for one in found
        for hold in one.holds
        if hold["kind"] == HoldKind.CPD and status(one) != "ACTIVE"
    }
    assert (len(held), sum(one.member_ref in held for one in found)) == (10, 12)


@pytest.mark.parametrize(("day", "allowed"), [(-1, False), (0, True)])
def test_the_first_day_of_the_plan(day: int, allowed: bool) -> None:
    moment = office_hour(EARLIEST) + timedelta(days=day)
    if allowed:
        assert engineers(moment)
    else:
        with pytest.raises(PlanError, match="up to a day from"):
            engineers(moment)


@pytest.mark.parametrize(("day", "allowed"), [(0, True), (1, False)])
def test_the_last_day_of_the_plan(day: int, allowed: bool) -> None:
    moment = office_hour(LATEST) + timedelta(days=day)
    if allowed:
        assert engineers(moment)
    else:
        with pytest.raises(PlanError, match="up to a day from"):
            engineers(moment)


@pytest.mark.parametrize("count", [STORIES - 1, ENGINEERS + 1])
def test_too_few_and_too_many_people_are_refused(count: int) -> None:
    with pytest.raises(PlanError, match="the stories need 24 people, and the plan has 200"):
        engineers(AT, count)


def test_names_come_from_the_data_set_only() -> None:
    tables = json.loads(Path(__file__).with_name("demo-names.json").read_text(encoding="utf-8"))
    fixed, surnames, given_names = tables["people"], tables["surnames"], tables["given"]
    found = [name for group in PEOPLE.values() for name, _ in group]
    assert (len(surnames), len(given_names)) == (68, 200)
    assert [[one.hans, one.latin] for one in found[: len(fixed)]] == fixed
    assert len({(one.hans, one.latin) for one in found}) == ENGINEERS - 1, "only the two called 王伟 share a name"
    for name in found[len(fixed) :]:
        assert name.hans is not None
        (surname,) = {name.hans[:size] for size in (1, 2)} & set(surnames)
        given = name.hans.removeprefix(surname)
        assert 1 <= len(given) <= 2
        assert name.latin == f"{surnames[surname]} {''.join(given_names[one] for one in given).capitalize()}"


def test_decisions_are_made_at_ten_in_the_morning() -> None:
    assert office_hour(EARLIEST).astimezone(SHANGHAI).hour == 10
