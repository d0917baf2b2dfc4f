"""How large a name is set: on one line at the largest size, at the next, or smaller."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from issuer.certificate_pdf import printed_values
from issuer.qr import screen_code
from tests.support import world


@pytest.mark.parametrize(
    ("member", "value", "fits"), [("name_hans", "hans_size", 9), ("name_latin", "latn_size", 32)], ids=["hans", "latin"]
)
@pytest.mark.parametrize(
    ("times", "over", "size"), [(1, 0, "large"), (1, 1, "medium"), (2, 0, "medium"), (2, 1, "small")]
)
def test_a_name_is_set_as_large_as_its_line_allows(
    member: str, value: str, fits: int, times: int, over: int, size: str
) -> None:
    name = ("林" if member == "name_hans" else "W") * (times * fits + over)
    certificate = world.certificate(replace(world.PROFILE, **{member: name}))
    code = screen_code(world.BASE, world.PROFILE.page_id)
    assert printed_values(certificate, code, world.BASE, True)[value] == size


@pytest.mark.parametrize(
    ("created", "day"),
    [
        (datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC), "16 March 2026"),
        (datetime(2026, 3, 16, 16, tzinfo=UTC), "17 March 2026"),
    ],
)
def test_the_day_of_signing_is_that_of_the_legal_clock(created: datetime, day: str) -> None:
    """R-DT-01: a proof names its time in UTC, and the page a day in Shanghai."""
    certificate, code = world.certificate(created=created), screen_code(world.BASE, world.PROFILE.page_id)
    assert printed_values(certificate, code, world.BASE, True)["signed_en"] == day
