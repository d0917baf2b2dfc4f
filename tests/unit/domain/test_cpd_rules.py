"""R-CPD-15: who is audited is drawn by a published seed, and can be drawn again by anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.cpd_rules import draw_sample

MEMBERS = [f"M-{number}" for number in range(100)]


@pytest.mark.parametrize(("count", "drawn"), [(0, 0), (1, 1), (20, 1), (21, 2), (40, 2), (100, 5)])
def test_r_cpd_15_five_in_a_hundred_are_drawn_rounded_up(count: int, drawn: int) -> None:
    assert len(draw_sample("seed", MEMBERS[:count], [], 0.05)) == drawn


def test_r_cpd_15_the_seed_decides_and_nothing_else() -> None:
    first = draw_sample("seed", MEMBERS, [], 0.05)
    assert draw_sample("seed", reversed(MEMBERS), [], 0.05) == first
    assert draw_sample("another", MEMBERS, [], 0.05) != first
    assert first == sorted(first)


@given(st.sets(st.sampled_from(MEMBERS)), st.sets(st.sampled_from(MEMBERS)), st.text(max_size=5))
def test_r_cpd_15_all_who_cured_the_year_before_are_in_it(compliant: set[str], cured: set[str], seed: str) -> None:
    drawn = set(draw_sample(seed, compliant, cured, 0.05))
    assert cured & compliant <= drawn <= compliant
