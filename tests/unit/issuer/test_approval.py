"""A society signs only what it approved."""

from dataclasses import replace
from typing import Any

import pytest

from issuer.approval import Approval, require_approved
from issuer.refusals import NotApprovedError
from schemas.addresses import society_did

BASE = "http://localhost:8000"
APPROVAL = Approval("ELE", "林知远", "Lin Zhiyuan", "ELE", "PE", "T/CAS 326-2021")
CREDENTIAL: dict[str, Any] = {
    "credentialSubject": {
        "nameHans": "林知远",
        "nameLatin": "Lin Zhiyuan",
        "registration": {
            "society": society_did(BASE, "ELE"),
            "field": "ELE",
            "grade": "PE",
            "standard": "T/CAS 326-2021",
        },
    }
}


def test_what_was_approved_passes() -> None:
    require_approved(CREDENTIAL, APPROVAL, base=BASE)


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"society": "MEC"}, "society"),
        ({"field": "ICT"}, "field"),
        ({"grade": "SPE"}, "grade"),
        ({"standard": "T/CAS 326-2018"}, "standard"),
        ({"name_hans": None}, "name"),
        ({"name_latin": "Lin Zhi"}, "name"),
    ],
)
def test_anything_else_is_refused_by_name(change: dict[str, Any], member: str) -> None:
    with pytest.raises(NotApprovedError) as refused:
        require_approved(CREDENTIAL, replace(APPROVAL, **change), base=BASE)
    assert refused.value.member == member
