"""What a person with a phone sees (site.md 15): the answer first, in both languages, without sideways scrolling."""

import json

import pytest
from playwright.sync_api import Browser

from registry.demo.plan import Story
from tests.browser.conftest import Open, Watched, follow
from tests.integration.registers import Demo
from tests.integration.serving import Served

STATES = {
    Story.VALID: ("valid", "Valid today", "今日有效", "check", "green"),
    Story.DUE_SOON: (
        "valid_notice",
        "Valid today – renewal due soon",
        "今日有效——即将到期",
        "check_alert",
        "green",
    ),
    Story.SUSPENDED_CPD: ("suspended", "Not valid now – suspended", "目前无效——已暂停", "pause", "amber"),
    Story.EXPIRED: ("expired", "Not valid now – expired", "目前无效——已到期", "hourglass", "amber"),
    Story.REVOKED: ("revoked", "Not valid – revoked", "无效——已吊销", "cross", "red"),
}
TICKED = {"check", "check_alert"}
UNKNOWN = "/v/7q2mx4t9k0rb3wzd8hvn"
PROSE = (
    "/",
    "/check",
    "/help",
    "/grades",
    "/privacy",
    "/developers",
    "/trust",
    "/ns/registration/v1",
    "/terms/certificate/v1",
)
REFUSED = ("/lookup?number=hello", "/lookup?number=CSE26ELE00012379", "/nothing-here")

stories = pytest.mark.parametrize("story", STATES)


def page_of(demo: Demo, story: Story) -> str:
    return f"/v/{demo.pages()[demo.number(story)]}"


@stories
def test_the_page_of_a_certificate_says_its_state_in_both_languages(demo: Demo, window: Open, story: Story) -> None:
    _, english, chinese, _, _ = STATES[story]
    page = window().open(page_of(demo, story))
    assert (page.locator("h1").inner_text(), page.locator("html").get_attribute("lang")) == (english, "en")
    assert page.title().startswith(english)
    page = window(locale="zh-CN").open(page_of(demo, story))
    assert (page.locator("h1").inner_text(), page.locator("html").get_attribute("lang")) == (chinese, "zh-CN")


@stories
def test_site_a03_the_answer_is_seen_without_scrolling(demo: Demo, window: Open, story: Story) -> None:
    for locale in ("en-GB", "zh-CN"):
        page = window(locale=locale).open(page_of(demo, story))
        verdict = page.locator("h1").bounding_box()
        grade = page.locator(".row-grade").bounding_box()
        assert verdict is not None
        assert grade is not None
        assert verdict["y"] <= 140
        assert grade["y"] + grade["height"] <= 844


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_site_a04_nothing_scrolls_sideways_on_a_narrow_phone(demo: Demo, window: Open, locale: str) -> None:
    watched = window(320, 640, locale)
    for path in (*PROSE, *REFUSED, UNKNOWN, *(page_of(demo, story) for story in STATES)):
        page = watched.open(path)
        for details in page.locator("details").all():
            details.locator("summary").click()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path


@stories
def test_site_a05_icon_tone_headline_and_api_agree(demo: Demo, window: Open, story: Story) -> None:
    state, english, _, icon, tone = STATES[story]
    watched = window()
    page = watched.open(page_of(demo, story))
    panel = page.locator(".panel")
    assert panel.get_attribute("data-state") == state
    assert f"tone-{tone}" in str(panel.get_attribute("class")).split()
    shown = panel.locator("svg").get_attribute("data-icon")
    assert (shown, shown in TICKED) == (icon, state in {"valid", "valid_notice"})
    assert panel.locator("h1").inner_text() == english
    api = json.loads(watched.open(f"{page_of(demo, story)}.json").locator("body").inner_text())
    assert (api["state"], api["outcome"]) == (state, "valid" if tone == "green" else "invalid")


def test_site_a06_the_number_form_works_without_script(demo: Demo, window: Open) -> None:
    number = demo.number(Story.SUSPENDED_CPD)
    page = window(script=False).open("/")
    page.get_by_label("Register number").fill(f" {number[:5].lower()} {number[5:]} ")
    follow(page.get_by_role("button", name="Check"))
    assert page.locator("h1").inner_text() == "Not valid now – suspended"
    assert demo.pages()[number] not in page.content()
    page = window(script=False).open("/")
    page.get_by_label("Register number").fill(number[:-1] + str((int(number[-1]) + 1) % 10))
    follow(page.get_by_role("button", name="Check"))
    assert page.title().startswith("Error")
    assert page.locator("#number").get_attribute("aria-invalid") == "true"


def everything(demo: Demo) -> list[str]:
    numbers = [f"/lookup?number={demo.number(story)}" for story in STATES]
    return [*PROSE, *numbers, *(page_of(demo, story) for story in STATES)]


@pytest.fixture(scope="module")
def visited(demo: Demo, browser: Browser, server: Served) -> Watched:
    """A window in which every good page was opened once."""
    context = browser.new_context()
    watched = Watched(context.new_page(), server.origin)
    for path in everything(demo):
        watched.open(path)
        assert watched.status == 200, path
    context.close()
    return watched


def test_site_a29_good_pages_break_no_policy_and_log_no_error(visited: Watched) -> None:
    assert visited.complaints == []


def test_the_watching_would_notice_a_breach(window: Open) -> None:
    watched = window()
    page = watched.open("/")
    page.evaluate("document.body.appendChild(Object.assign(document.createElement('img'), {src: 'http://[::1]:9/x'}))")
    page.wait_for_function("document.querySelector('img[src]').complete")
    assert any("Content Security Policy" in text for text in watched.complaints)


def test_site_a30_no_request_leaves_the_origin(visited: Watched) -> None:
    assert visited.requests
    assert {request for request in visited.requests if not request.startswith(f"{visited.origin}/")} == set()


@pytest.mark.parametrize("path", ["/", "/help", "result", "number"])
def test_site_a46_the_language_link_keeps_the_place(demo: Demo, window: Open, path: str) -> None:
    number = demo.number(Story.VALID)
    addresses = {"result": page_of(demo, Story.VALID), "number": f"/lookup?number={number}"}
    watched = window()
    page = watched.open(addresses.get(path, path))
    english = page.locator("h1").inner_text()
    link = page.locator("a.switch")
    assert (link.inner_text(), link.get_attribute("lang")) == ("中文", "zh-CN")
    follow(link)
    chinese = page.locator("h1").inner_text()
    assert (page.locator("html").get_attribute("lang"), chinese != english) == ("zh-CN", True)
    if path in addresses:
        assert page.locator(".panel").get_attribute("data-state") == "valid"
    page.goto(f"{watched.origin}/help")
    assert page.locator("html").get_attribute("lang") == "zh-CN", "the choice is remembered"
    follow(page.locator("a.switch"))
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_notes_for_engineers_and_the_keys_fit_a_phone(demo: Demo, window: Open, locale: str) -> None:
    watched = window(locale=locale)
    page = watched.open(page_of(demo, Story.REVOKED))
    page.locator("details.experts summary").click()
    boxes = [cell.bounding_box() for cell in page.locator(".experts td:last-child").all()]
    assert len(boxes) == 14
    assert all(box is not None and box["x"] + box["width"] <= 390 for box in boxes)
    page = watched.open("/trust")
    assert page.evaluate("document.documentElement.scrollHeight") < 13_000
    assert page.locator("table").first.bounding_box()["y"] < 844 * 2  # type: ignore[index]


def test_a_withheld_name_is_said_to_be_withheld(demo: Demo, window: Open) -> None:
    page = window().open(page_of(demo, Story.NAME_WITHHELD))
    assert page.locator(".name").inner_text().startswith("Name not published")
    assert page.locator("h1").inner_text() == "Valid today"


def test_an_unknown_page_is_neither_green_nor_red(window: Open) -> None:
    page = window().open(UNKNOWN)
    panel = page.locator(".panel")
    assert (panel.get_attribute("data-state"), panel.get_attribute("data-outcome")) == ("unknown", "indeterminate")
    assert "tone-blue" in str(panel.get_attribute("class"))
