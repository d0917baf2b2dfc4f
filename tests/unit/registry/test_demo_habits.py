"""The lived demonstration is a pure function of seed and day: who they are, what happens to them, and their hours."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from registry.demo.habits import CENSUS, habits, newcomer, people
from registry.demo.hours import with_hours
from registry.demo.people import Person, founders
from registry.demo.plan import SEED, PlanError
from registry.domain.calendar import term_end
from registry.domain.cpd import required_hours
from registry.domain.policy import DEFAULT_POLICY
from schemas.tables import read_table

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "demo.md"
FIELDS = dict(
    zip(
        ("GEO", "MEC", "ELE", "ICT", "CIV", "RLY", "NUC", "STD", "WAT", "AUT", "CHE", "ARC"),
        (20, 18, 22, 18, 20, 16, 14, 12, 16, 18, 20, 20),
        strict=True,
    )
)


@cache
def everybody(year: int) -> list[Person]:
    return people(datetime(year, 6, 30, tzinfo=UTC))


def entries() -> list[tuple[str, str, str, str, date]]:
    """Group, society, field, grade at the census and first day of each entry of the data set."""
    found = []
    for person in founders():
        for number, place in enumerate(person.places):
            own = [act for act in person.acts if act.place == number and act.on <= CENSUS]
            grades = [act.args[0] for act in own if act.name in {"register", "promote"}]
            found.append((place.group, place.society, place.field, grades[-1], own[0].on))
    return found


def test_the_data_set_has_the_groups_windows_and_statuses_that_the_documentation_tells() -> None:
    row = re.compile(
        r"^\| ([a-zA-Z ]+) \| (\d+) \| (\d{4}-\d\d-\d\d)(?:…(\d{4}-\d\d-\d\d))? \| .* \| ([A-Z]+) \|$", re.M
    )
    told = {
        name: (int(count), first, last or first)
        for name, count, first, last, _ in row.findall(DOCUMENT.read_text("utf-8"))
    }
    days: dict[str, list[str]] = {}
    for group, *_, on in entries():
        days.setdefault(group, []).append(on.isoformat())
    assert told == {group: (len(own), min(own), max(own)) for group, own in days.items()}
    assert sum(count for count, *_ in told.values()) == 214


def test_the_data_set_has_the_fields_grades_and_years_of_domain_7() -> None:
    found = entries()
    assert Counter(field for _, _, field, *_ in found) == FIELDS
    assert Counter(society for _, society, field, *_ in found if field == "ICT") == {"ICT": 15, "ELE": 3}
    assert Counter(grade for *_, grade, _ in found) == {"AE": 72, "PE": 100, "SPE": 42}
    assert [count for _, count in sorted(Counter(on.year for *_, on in found).items())] == [112, 33, 30, 20, 13, 6]
    assert (len(founders()), sum(len(one.places) == 2 for one in founders())) == (200, 14)


def test_names_come_from_the_tables_and_two_people_are_called_the_same() -> None:
    tables = read_table("names.json", "demo", "registry")
    reference = json.loads(Path(__file__).with_name("demo-names.json").read_text(encoding="utf-8"))
    assert (tables["surnames"], tables["given"]) == (reference["surnames"], reference["given"])
    fixed = [[one.name.hans, one.name.latin] for one in founders()[:12]]
    assert fixed == reference["people"][:12]
    for person in [*founders()[13:], *(newcomer(2030, one) for one in range(36))]:
        assert person.name.hans is not None
        (surname,) = {person.name.hans[:size] for size in (1, 2)} & set(tables["surnames"])
        given = person.name.hans.removeprefix(surname)
        latin = "".join(tables["given"][one] for one in given).capitalize()
        assert person.name.latin == f"{tables['surnames'][surname]} {latin}"
    same = [one for one in founders() if one.name.hans == "王伟"]
    assert [one.places[0].society for one in same] == ["CIV", "CIV"]
    assert sorted(str(one.name.latin) for one in same) == ["Wang Wei", "Wong Wai"]


def test_the_shares_of_the_habits_are_those_of_domain_7_over_many_persons() -> None:
    found = [habits(newcomer(2027 + number // 36, number % 36)) for number in range(8000)]
    for name in ("cpd", "renewal"):
        shares = read_table("habits.json", "demo", "registry")[name]
        counted = Counter(one[name] for one in found)
        assert sum(shares.values()) == 100
        for habit, share in shares.items():
            assert abs(counted[habit] / 80 - share) < 1.5


def test_building_to_a_later_day_changes_nothing_earlier() -> None:
    near, far = everybody(2027), everybody(2031)
    assert far[: len(near)] == near
    assert {one.acts[0].on.year for one in far[len(near) :]} == {2028, 2029, 2030, 2031}
    early = [with_hours(one, date(2027, 6, 30)) for one in near]
    late = [with_hours(one, date(2029, 6, 30)) for one in near]
    until = date(2027, 6, 30)
    for before, after in zip(early, late, strict=True):
        assert [act for act in after.acts if act.on <= until] == [act for act in before.acts if act.on <= until]


def test_the_seed_fixes_what_happens() -> None:
    assert SEED == 20260701
    assert people(datetime(2027, 6, 30, tzinfo=UTC)) == everybody(2027)
    assert everybody(2027) is not people(datetime(2027, 6, 30, tzinfo=UTC))


@pytest.mark.parametrize(("year", "live"), [(2027, 215), (2031, 330), (2036, 480)])
def test_so_many_entries_live_on_a_later_day(year: int, live: int) -> None:
    on = date(year, 6, 30)
    living = sum(len(person.living(on)) for person in everybody(year))
    lapsed = sum(
        1
        for person in everybody(year)
        for place in range(len(person.places))
        if [act.name for act in person.acts if act.place == place and act.on <= on][-1:] == ["lapse"]
    )
    assert abs(living - live) <= live * 0.08
    assert 0.05 <= lapsed / living <= 0.14


def test_a_year_brings_what_the_habits_say() -> None:
    acts = [act for person in everybody(2036) for act in person.acts if 2027 <= act.on.year <= 2035]
    counted = {name: count / 9 for name, count in Counter(act.name for act in acts).items()}
    assert counted["register"] == 36
    assert 6 <= counted["promote"] <= 10
    assert 6 <= counted["replace"] <= 11
    # 0.7, 0.3 and 0.2 % of about 350 persons.
    assert 1 <= counted["withdraw"] <= 3.5
    assert 0.2 <= counted["die"] <= 2
    assert 0.2 <= counted["revoke"] <= 1.5


def test_r_rn_02_everything_after_the_census_is_filed_in_its_window_and_decided_after_it_was_filed() -> None:
    for person in everybody(2036):
        for place in range(len(person.places)):
            end, filed = date.min, date.min
            for act in (one for one in person.acts if one.place == place):
                if act.name in {"register", "promote", "restore"}:
                    end = term_end(act.on, years=5)
                elif act.name == "file":
                    filed = act.on
                elif act.name == "renew":
                    assert end - timedelta(days=180) <= filed <= end + timedelta(days=90)
                    assert filed <= act.on
                    end = term_end(end + timedelta(days=1), years=5)


def test_who_made_nothing_up_loses_the_registration_on_1_may_or_was_no_member_then() -> None:
    lost = [(person, year) for person in everybody(2036) for year, cured in person.short.items() if cured is None]
    assert len(lost) > 10
    for person, year in lost:
        on = date(year + 2, 5, 1)
        before = [span for span in person.spans() if span[0] < date(year + 1, 3, 1) and span[1] >= on]
        assert all(act.on == on for span in before for act in person.acts if act.on == span[1])


def test_r_cpd_04_hours_are_a_tenth_too_many_and_a_short_year_is_short() -> None:
    told = [with_hours(one, date(2026, 6, 30)) for one in founders()]
    rows = [text.split(":") for one in told for act in one.acts if act.name == "hours" for text in act.args]
    assert 5_600 <= len(rows) <= 5_800
    for person in told:
        for year in range(2022, 2026):
            spans = [span for span in person.spans() if span[0] < date(year, 1, 1) and span[1] > date(year + 1, 3, 1)]
            if not spans or (year in {2022, 2023, 2024} and any(act.name == "restore" for act in person.acts)):
                continue
            required = required_hours(date(year, 1, 1), 0, DEFAULT_POLICY)
            by_march = sum(
                float(text.split(":")[1])
                for act in person.acts
                if act.name == "hours" and act.on < date(year + 1, 3, 1)
                for text in act.args
                if text.startswith(str(year))
            )
            assert (by_march < required) is (year in person.short)
            assert by_march >= float(required) - 10


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (datetime(2021, 2, 28, 15, 59, tzinfo=UTC), False),
        (datetime(2021, 2, 28, 16, tzinfo=UTC), True),
        (datetime(2036, 6, 30, 15, 59, tzinfo=UTC), True),
        (datetime(2036, 6, 30, 16, tzinfo=UTC), False),
    ],
)
def test_the_days_that_can_be_reached(at: datetime, allowed: bool) -> None:
    if allowed:
        assert people(at)[0].name.hans == "林知远"
    else:
        with pytest.raises(PlanError, match="can be lived up to a day from 2021-03-01 to 2036-06-30"):
            people(at)
