"""The codes that the demonstration register handed out, opened as a phone opens them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from registry.demo.plan import Story
from schemas.addresses import paper_url
from schemas.paper_code import to_digits
from tests.browser.conftest import Watched, chromium
from tests.integration.registers import BASE, Demo
from tests.integration.serving import Served

STATES = {
    Story.VALID: "valid",
    Story.DUE_SOON: "valid_notice",
    Story.SUSPENDED_CPD: "suspended",
    Story.EXPIRED: "expired",
    Story.REVOKED: "revoked",
    Story.NAME_WITHHELD: "valid",
}


@pytest.fixture(scope="module")
def browser(server: Served) -> Iterator[Browser]:
    """A browser to which the served demonstration is localhost:8000."""
    with chromium(server.port) as opened:
        yield opened


def opened(browser: Browser, demo: Demo, code_of: Story, page_of: Story) -> Page:
    """Open the page of one engineer with the code of another, or of the same."""
    pages = demo.pages()
    with demo.desk().open_reading() as work:
        digits = to_digits(work.certificates.paper_codes(pages[demo.number(code_of)])[0])
    watched = Watched(browser.new_page(viewport={"width": 390, "height": 844}, locale="en-GB"), BASE)
    page = watched.page
    page.goto(f"{paper_url(BASE, pages[demo.number(page_of)])}#{digits}")
    page.locator("[role=status]:not(:empty), article[data-paper]").first.wait_for(state="attached")
    assert (watched.complaints, page.evaluate("location.hash")) == ([], "")
    assert all(url.startswith(f"{BASE}/") for url in watched.requests)
    return page


@pytest.mark.parametrize(("story", "state"), STATES.items(), ids=STATES)
def test_site_a08_every_code_matches_and_leaves_the_state(
    browser: Browser, demo: Demo, story: Story, state: str
) -> None:
    page = opened(browser, demo, story, story)
    assert page.locator("[role=status]").inner_text().startswith("Paper code matches: ")
    assert page.locator(".panel").get_attribute("data-state") == state
    page.close()


def test_site_a10_the_code_of_one_engineer_on_the_page_of_another(browser: Browser, demo: Demo) -> None:
    page = opened(browser, demo, Story.REVOKED, Story.VALID)
    assert page.locator(".panel").get_attribute("data-state") == "tampered"
    assert page.locator("main").locator(".name, .facts").count() == 0
    page.close()
