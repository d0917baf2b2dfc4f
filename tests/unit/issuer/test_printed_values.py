"""How large a name is set: on one line at the largest size, at the next, or smaller."""

from dataclasses import replace

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
