"""The invented people of the demonstration: names from the tables of `domain.md` 7 only."""

import json
import random
from dataclasses import dataclass
from importlib import resources

_TABLES = json.loads(resources.files("registry.demo").joinpath("names.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both scripts; one may be missing."""

    hans: str | None
    latin: str | None


STORY = tuple(Name(hans, latin) for hans, latin in _TABLES["people"])
"""The names that the data set gives by name; two different people are called 王伟."""

SURNAMES: dict[str, str] = _TABLES["surnames"]
"""Sixty common surnames and eight tricky ones, with their Latin form."""

GIVEN: dict[str, str] = _TABLES["given"]
"""Two hundred characters of given names, with their Latin form; ü is written as in a passport, LYU or YU."""


def names(count: int, seed: int) -> list[Name]:
    """Return `count` names: those of the data set first, then others composed by the `seed`, none of them twice."""
    source = random.Random(seed)
    found = list(STORY)
    while len(found) < count:
        surname = source.choice(list(SURNAMES))
        given = source.sample(list(GIVEN), source.choice((1, 2, 2)))
        latin = "".join(GIVEN[character] for character in given).capitalize()
        name = Name(surname + "".join(given), f"{SURNAMES[surname]} {latin}")
        if name not in found:
            found.append(name)
    return found[:count]
