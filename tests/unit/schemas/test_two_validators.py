"""What the quick validator calls good, and the telling one does not, is not good."""

from typing import Any

import pytest

from schemas.contracts import first_violation, is_satisfied
from tests.support import world
from tests.support.expect import changed

CERTIFICATE = world.parsed(world.certificate())
LIST = world.parsed(world.status_list("revocation"))
ODD: list[tuple[str, dict[str, Any], str, str]] = [
    ("certificate", CERTIFICATE, "evidence/0/materialReviewOn", "0000-01-01"),
    ("certificate", CERTIFICATE, "evidence/0/interviewOn", "2026-02-30"),
    ("certificate", CERTIFICATE, "validFrom", "0000-03-16T10:00:00+08:00"),
    ("certificate", CERTIFICATE, "validUntil", "2026-12-31T23:59:60Z"),
    ("certificate", CERTIFICATE, "evidence/0/materialReviewOn", "2021-09-1."),
    ("certificate", CERTIFICATE, "evidence/0/writtenTestOn", "20+1-09-18"),
    ("certificate", CERTIFICATE, "credentialSubject/registration/firstRegistered", "2021-11-1."),
    ("certificate", CERTIFICATE, "credentialSubject/registration/gradeSince", "-024-05-30"),
    ("certificate", CERTIFICATE, "proof/0/created", "2024-05-30T10:00:0.+08:00"),
    ("certificate", CERTIFICATE, "proof/0/created", "2024-05-30T10:00:00+0-:00"),
    ("status-list", LIST, "credentialSubject/encodedList", "uH4s\x1c"),
]


@pytest.mark.parametrize(("name", "document", "place", "text"), ODD, ids=[f"{row[2]}={row[3]!r}" for row in ODD])
def test_neither_validator_overrules_the_stricter(name: str, document: dict[str, Any], place: str, text: str) -> None:
    assert first_violation(name, world.BASE, document) is None
    assert first_violation(name, world.BASE, changed(document, (place, text))) is not None


@pytest.mark.parametrize(
    ("name", "answer"),
    [("Lin Zhiyuan", True), ("a\\b", None), ("", False)],
    ids=["good", "good, with an escape: the other must say", "bad"],
)
def test_the_quick_one_alone_says_yes_only_where_no_text_can_be_read_in_two_ways(
    name: str, answer: bool | None
) -> None:
    document = changed(CERTIFICATE, ("credentialSubject/nameLatin", name))
    assert is_satisfied("certificate", world.BASE, document) is answer
