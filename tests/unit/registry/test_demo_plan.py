"""The plan of the demonstration is a pure function of its moment."""

from datetime import UTC, datetime, timedelta

import pytest

from registry.demo.people import GIVEN, STORY, SURNAMES, names
from registry.demo.plan import EARLIEST, LATEST, STORIES, PlanError, Story, engineers, office_hour
from registry.domain.calendar import SHANGHAI

AT = datetime(2026, 7, 1, 2, tzinfo=UTC)


def test_the_same_moment_gives_the_same_people() -> None:
    assert engineers(AT) == engineers(AT)
    assert {one.story for one in engineers(AT)} == set(Story)


def test_two_people_are_called_the_same_and_are_not_the_same() -> None:
    same = [one for one in engineers(AT) if one.name.hans == "王伟"]
    assert len(same) == 2
    assert same[0].member_ref != same[1].member_ref


def test_one_person_has_two_fields() -> None:
    found = engineers(AT)
    (second,) = [one for one in found if one.story is Story.TWO_FIELDS]
    (first,) = [one for one in found if one.member_ref == second.member_ref and one is not second]
    assert (first.name, first.field, second.field) == (second.name, "ELE", "ICT")


def test_more_people_are_plainly_valid_and_change_nobody() -> None:
    more = engineers(AT, 40)
    assert more[:STORIES] == engineers(AT)[:STORIES]
    assert {one.story for one in more[STORIES:40]} == {Story.VALID}


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


@pytest.mark.parametrize(("count", "sentence"), [(STORIES - 1, "the stories need"), (500, "the data set has")])
def test_too_few_and_too_many_people_are_refused(count: int, sentence: str) -> None:
    with pytest.raises(PlanError, match=sentence):
        engineers(AT, count)


def test_names_come_from_the_data_set_only() -> None:
    composed = {surname + given for surname, _ in SURNAMES for given, _ in GIVEN}
    found = names(40)
    assert found[: len(STORY)] == list(STORY)
    assert {one.hans for one in found[len(STORY) :]} <= composed
    assert len({(one.hans, one.latin) for one in found}) == 39, "only the two called 王伟 share a name"


def test_decisions_are_made_at_ten_in_the_morning() -> None:
    assert office_hour(EARLIEST).astimezone(SHANGHAI).hour == 10
