"""Code tables of fields, societies and grades: code, append-only number, names in both languages.

The numbers go into the paper code and are never used again for anything else. Chinese grade names are
working labels that the society has not confirmed (`domain.md` 1): they sit here and nowhere else.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code table."""

    code: str
    number: int
    name_zh: str
    name_en: str


def _table(*rows: tuple[str, int, str, str]) -> dict[str, Code]:
    return {row[0]: Code(*row) for row in rows}


FIELDS = _table(
    ("CIV", 1, "土木工程类", "Civil Engineering"),
    ("ELE", 2, "电气工程类", "Electrical Engineering"),
    ("MEC", 3, "机械工程类", "Mechanical Engineering"),
    ("RLY", 4, "铁路工程类", "Railway Engineering"),
    ("NUC", 5, "核工程类", "Nuclear Engineering"),
    ("STD", 6, "标准化类", "Standardization"),
    ("WAT", 7, "水利水电工程类", "Water and Hydropower Engineering"),
    ("ICT", 8, "信息通信工程类", "Information and Communication Engineering"),
    ("AUT", 9, "汽车工程类", "Automotive Engineering"),
    ("CHE", 10, "化学化工类", "Chemistry and Chemical Engineering"),
    ("GEO", 11, "地质工程类", "Geological Engineering"),
    ("ARC", 12, "建筑工程类", "Architectural Engineering"),
)

SOCIETIES = _table(
    ("CIV", 1, "示例土木工程学会", "Example Society of Civil Engineering"),
    ("ELE", 2, "示例电气工程学会", "Example Society of Electrical Engineering"),
    ("MEC", 3, "示例机械工程学会", "Example Society of Mechanical Engineering"),
    ("RLY", 4, "示例铁路工程学会", "Example Society of Railway Engineering"),
    ("NUC", 5, "示例核工程学会", "Example Society of Nuclear Engineering"),
    ("STD", 6, "示例标准化学会", "Example Society of Standardization"),
    ("WAT", 7, "示例水利水电工程学会", "Example Society of Water and Hydropower Engineering"),
    ("ICT", 8, "示例信息通信工程学会", "Example Society of Information and Communication Engineering"),
    ("AUT", 9, "示例汽车工程学会", "Example Society of Automotive Engineering"),
    ("CHE", 10, "示例化学化工学会", "Example Society of Chemistry and Chemical Engineering"),
    ("GEO", 11, "示例地质工程学会", "Example Society of Geological Engineering"),
    ("ARC", 12, "示例建筑工程学会", "Example Society of Architectural Engineering"),
    ("CUS", 13, "中国工程师联合体代管机构", "CSE custodian body"),
)

GRADES = _table(
    ("AE", 1, "见习工程师", "Apprentice Engineer"),
    ("PE", 2, "专业工程师", "Professional Engineer"),
    ("SPE", 3, "高级专业工程师", "Senior Professional Engineer"),
)

CUSTODIAN = "CUS"
"""Code of CSE's custodian body, which is in the society table but is no society."""
