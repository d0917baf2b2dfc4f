"""Many questions at once: each gets the answer that it gets alone."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from registry.services.answers import verdict_of_page
from tests.integration.registers import AT, Demo

THREADS, ROUNDS = 24, 4


@pytest.fixture
def hurried() -> Iterator[None]:
    """Let the interpreter change threads as often as it can, so that a race shows itself."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried")
def test_no_answer_changes_because_others_ask(demo: Demo) -> None:
    desk, pages = demo.desk(), list(demo.pages().values())

    def state(page: str) -> tuple[str, str]:
        answer = verdict_of_page(desk, page, now=AT)
        assert answer is not None
        return answer["outcome"], answer["state"]

    alone = {page: state(page) for page in pages}
    with ThreadPoolExecutor(THREADS) as pool:
        together = list(pool.map(state, pages * ROUNDS))
    assert together == [alone[page] for page in pages] * ROUNDS
