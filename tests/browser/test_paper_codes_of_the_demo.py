"""The codes that the demonstration register handed out, opened as a phone opens them."""

import io
from collections.abc import Iterator

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from issuer.qr import qr_png, qr_svg
from registry.demo.plan import Story
from registry.services.printing import drawn_paper_code
from schemas.addresses import paper_url
from schemas.paper_code import to_digits
from tests.browser.conftest import Watched, chromium
from tests.integration.registers import BASE, Demo
from tests.integration.serving import Served
from tests.support.pictures import drawn_svg, page_of, read_code

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
    return scanned(browser, f"{paper_url(BASE, pages[demo.number(page_of)])}#{digits}")


def scanned(browser: Browser, text: str) -> Page:
    """Open the text of a QR as the camera of a phone does."""
    watched = Watched(browser.new_page(viewport={"width": 390, "height": 844}, locale="en-GB"), BASE)
    page = watched.page
    page.goto(text)
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


NAMES = {"short": "仇安", "typical": "林知远", "long": "阿依古丽·买买提", "beyond the basic plane": "裴𬱖"}


@pytest.mark.parametrize("hans", NAMES.values(), ids=NAMES)
def test_the_code_read_from_the_printed_page_png_and_svg_leads_to_a_page_where_it_matches(
    browser: Browser, server: Served, demo: Demo, hans: str
) -> None:
    number = next(number for number, one in demo.engineers.items() if one.name.hans == hans)
    printed = httpx2.get(f"{server.origin}/v/{demo.pages()[number]}/certificate.pdf", timeout=60)
    with demo.desk().open_reading() as work:
        certificate = work.certificates.by_page(demo.pages()[number])
    assert certificate is not None
    drawn = drawn_paper_code(demo.desk(), certificate)
    pictures = (page_of(printed.content, dpi=150), Image.open(io.BytesIO(qr_png(drawn))), drawn_svg(qr_svg(drawn)))
    (text,) = {read_code(picture) for picture in pictures}
    page = scanned(browser, text)
    assert page.locator("[role=status]").inner_text().startswith("Paper code matches: ")
    shown = page.locator(".name, .withheld").first.inner_text()
    assert hans in shown or not demo.engineers[number].consent_c1
    page.close()
