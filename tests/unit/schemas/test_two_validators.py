"""What the quick validator calls good, and the telling one does not, is not good."""

from typing import Any

import pytest

from schemas.contracts import first_violation
from tests.support import world
from tests.support.expect import changed

CERTIFICATE = world.parsed(world.certificate())
LIST = world.parsed(world.status_list("revocation"))
ODD: list[tuple[str, dict[str, Any], str, str]] = [
    ("certificate", CERTIFICATE, "evidence/0/materialReviewOn", "0000-01-01"),
    ("certificate", CERTIFICATE, "evidence/0/interviewOn", "2026-02-30"),
    ("certificate", CERTIFICATE, "validFrom", "0000-03-16T10:00:00+08:00"),
    ("certificate", CERTIFICATE, "validUntil", "2026-12-31T23:59:60Z"),
    ("status-list", LIST, "credentialSubject/encodedList", "uH4s\x1c"),
]


@pytest.mark.parametrize(("name", "document", "place", "text"), ODD, ids=[f"{row[2]}={row[3]!r}" for row in ODD])
def test_neither_validator_overrules_the_stricter(name: str, document: dict[str, Any], place: str, text: str) -> None:
    assert first_violation(name, world.BASE, document) is None
    assert first_violation(name, world.BASE, changed(document, (place, text))) is not None
