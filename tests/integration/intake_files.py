"""Files to take in: rows that are in order but for what a test changes, and how they are taken in."""

from collections.abc import Iterable
from datetime import datetime

from registry.demo.officers import board
from registry.domain.actors import Actor
from registry.domain.identity import check_character
from registry.services import applications, members
from registry.services.intake import Import, Outcome
from tests.fakes import MemorySecret
from tests.integration.registers import AT, Office


def resident_id(birth_on: str = "1984-07-02", serial: int = 13) -> str:
    """A number as a demonstration register wants it."""
    stem = f"999900{birth_on.replace('-', '')}{serial:03}"
    return stem + check_character(stem, is_demo=True)


def member(**changed: str) -> dict[str, str]:
    return {
        "member_no": "M-1", "name_hans": "诸葛澄", "name_latin": "Zhuge Cheng", "birth_on": "1984-07-02",
        "id_type": "resident_id", "id_country": "CN", "id_number": resident_id(), "society": "ELE",
        "society_membership_no": "E-1", "membership_from": "2020-01-31", "email": "zhuge.cheng@mail.example",
        "consent_c1": "true", "consent_c2": "true", "consent_c3": "false", "consent_c4": "false", **changed,
    }  # fmt: skip


def another(serial: int, **changed: str) -> dict[str, str]:
    """Another person of the same society."""
    number = {
        "member_no": f"M-{serial}",
        "society_membership_no": f"E-{serial}",
        "id_number": resident_id(serial=serial),
    }
    return member(**{**number, **changed})


def application(**changed: str) -> dict[str, str]:
    return {
        "application_ref": "A-1", "member_no": "M-1", "society": "ELE", "field": "ELE", "grade": "PE",
        "kind": "initial", "standard_ref": "T/CAS 326-2021", "material_on": "2026-04-10", "written_on": "2026-05-08",
        "interview_on": "2026-06-02", "recommended_on": "2026-06-20", "recommended_by": "board-ele", **changed,
    }  # fmt: skip


def csv_text(rows: Iterable[dict[str, str]]) -> str:
    rows = list(rows)
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows), ""])


def order(
    rows: Iterable[dict[str, str]] | bytes, actor: Actor | None = None, *, is_trial: bool = False, at: datetime = AT
) -> Import:
    content = rows if isinstance(rows, bytes) else csv_text(rows).encode()
    actor = actor or board("ELE")
    return Import(content, actor.tenant, actor, at, is_trial, lambda done, total: None)


def take_members(office: Office, *rows: dict[str, str], **given: object) -> list[Outcome]:
    secret = given.pop("secret", MemorySecret())
    return members.import_members(office.desk, order(rows, **given), secret=secret)  # type: ignore[arg-type]


def take_applications(office: Office, *rows: dict[str, str], **given: object) -> list[Outcome]:
    return applications.import_applications(office.desk, order(rows, **given))  # type: ignore[arg-type]


def told(outcomes: Iterable[Outcome]) -> list[str]:
    """What became of each row, in one word, with the field of what was refused."""
    return [f"{one.result} {one.field}".strip() for one in outcomes]
