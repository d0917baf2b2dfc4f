"""A society signs only what its own record approves: every member that it vouches for is compared."""

from dataclasses import replace
from typing import Any

import pytest

from issuer.approval import Approval, require_approved
from issuer.build import unsigned_certificate
from issuer.refusals import NotApprovedError
from tests.support import world
from verifier.certificate import read_certificate

FACTS = read_certificate(unsigned_certificate(world.PROFILE))
APPROVED = Approval("ELE", "林知远", "Lin Zhiyuan", "ELE", "PE", "T/CAS 326-2021")
OTHER: list[tuple[str, Any, str]] = [
    ("society", "MEC", "society"),
    ("field", "ICT", "field"),
    ("grade", "AE", "grade"),
    ("standard", "T/CAS 326-2018", "standard"),
    ("name_hans", "林致远", "name"),
    ("name_hans", None, "name"),
    ("name_latin", "Lin Z.", "name"),
    ("name_latin", None, "name"),
]


def test_what_was_approved_may_be_signed() -> None:
    require_approved(FACTS, APPROVED, base=world.BASE)


@pytest.mark.parametrize(("member", "value", "named"), OTHER)
def test_what_differs_from_the_record_is_named(member: str, value: Any, named: str) -> None:
    with pytest.raises(
        NotApprovedError, match=f"^the society approved another {named} than the document says$"
    ) as refusal:
        require_approved(FACTS, replace(APPROVED, **{member: value}), base=world.BASE)
    assert refusal.value.args == (named,)
