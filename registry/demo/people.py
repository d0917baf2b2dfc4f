"""The invented people of the demonstration: names from the tables of `domain.md` 7 only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A name in both scripts; one may be missing."""

    hans: str | None
    latin: str | None


STORY = (
    Name("林知远", "Lin Zhiyuan"),
    Name("吕若衡", "LYU Ruoheng"),
    Name("欧阳澄", "Ouyang Cheng"),
    Name("单以宁", "Shan Yining"),
    Name("仇安", "Qiu An"),
    Name("曾䶮", "Zeng Yan"),
    Name("裴𬱖", "Pei Wei"),
    Name("赵𫖯", "Zhao Fu"),
    Name("阿依古丽·买买提", "Ayiguli Maimaiti"),
    Name(None, "Amara Okonjo-Example"),
    Name(None, "Daniel Testwell"),
    Name("王伟", "Wang Wei"),
    Name("王伟", "Wang Wei"),
)
"""The names that the data set gives by name; two different people are called 王伟."""

SURNAMES = (
    ("欧阳", "Ouyang"),
    ("司马", "Sima"),
    ("诸葛", "Zhuge"),
    ("尉迟", "Yuchi"),
    ("单", "Shan"),
    ("仇", "Qiu"),
    ("曾", "Zeng"),
    ("吕", "LYU"),
)
"""The tricky surnames of the data set."""

GIVEN = (
    ("知远", "Zhiyuan"),
    ("若衡", "Ruoheng"),
    ("澄", "Cheng"),
    ("以宁", "Yining"),
    ("安", "An"),
    ("伟", "Wei"),
)
"""Given names that occur in the data set."""


def names(count: int) -> list[Name]:
    """Return `count` names: those of the data set first, then its surnames with its given names."""
    composed = [
        Name(surname + given, f"{surname_latin} {given_latin}")
        for given, given_latin in GIVEN
        for surname, surname_latin in SURNAMES
    ]
    fresh = [name for name in composed if name not in STORY]
    if count > len(STORY) + len(fresh):
        raise ValueError(f"the data set has {len(STORY) + len(fresh)} names")
    return (list(STORY) + fresh)[:count]
