"""The demonstration beyond its stories, lived up to the first day that the plan can reach."""

from pathlib import Path

from registry.demo.officers import REGISTRAR
from registry.demo.plan import EARLIEST, Story, office_hour
from registry.services.census import register_lines
from tests.integration.registers import demo_in

PEOPLE = 41
"""The first 41 include every kind of second field, and people who would have begun before the register did."""


def test_the_register_holds_what_the_plan_says_on_its_first_day(tmp_path: Path) -> None:
    at = office_hour(EARLIEST)
    built = demo_in(tmp_path, count=PEOPLE, at=at)
    statuses = {Story.EXPIRED: "EXPIRED", Story.REVOKED: "REVOKED", Story.REVOKED_WHILE_HELD: "REVOKED"}
    lines = {line.number: line for line in register_lines(built.desk(), actor=REGISTRAR, now=at)}
    assert set(lines) == set(built.engineers)
    assert len(lines) == PEOPLE + 5
    for number, one in built.engineers.items():
        expected = "SUSPENDED" if one.story.startswith("suspended") else statuses.get(one.story, "ACTIVE")
        assert (lines[number].grade, lines[number].status) == (one.grade, expected)
        assert lines[number].page_id is not None
    second = [number for number, one in built.engineers.items() if one.society != one.field]
    assert sorted(lines[number].marks for number in second) == [("cpd", "two fields")] * 2 + [("two fields",)]
