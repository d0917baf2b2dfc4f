"""Code tables of fields, societies and grades: code, append-only number, names in both languages.

The numbers go into the paper code and are never used again for anything else. Chinese grade names are
working labels that the society has not confirmed (`domain.md` 1): the tables are in `data/codes.json`
and nowhere else.
"""

from dataclasses import dataclass
from typing import Any

from schemas.tables import read_table


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code table."""

    code: str
    number: int
    name_zh: str
    name_en: str

    @property
    def labelled(self) -> dict[str, Any]:
        """The code with its names, as verdicts and register entries give it."""
        return {"code": self.code, "label": {"en": self.name_en, "zh": self.name_zh}}


_TABLES = read_table("codes.json")


def _table(name: str) -> dict[str, Code]:
    return {code: Code(code, *rest) for code, *rest in _TABLES[name]}


FIELDS, SOCIETIES, GRADES = (_table(name) for name in ("fields", "societies", "grades"))

CUSTODIAN = "CUS"
"""Code of CSE's custodian body, which is in the society table but is no society."""
