"""/check in the system's Chromium: without script first, then with the small one (site.md 15)."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from registry.demo.plan import Story
from tests.browser.conftest import Open, Watched, follow
from tests.integration.registers import Demo
from tests.integration.test_presentation import presented
from tests.support import foreign
from tests.support.papers import document_of, paper_text, pdf, photo, picture, sheet
from tests.support.world import parsed

FOREIGN = "https://cse-verify.example.net/V/7Q2MX4T9K0RB3WZD8HVN#1"
WIDTHS = (320, 390, 1200)


@pytest.fixture
def files(demo: Demo, tmp_path: Path) -> dict[str, Path]:
    """What people choose."""
    page = demo.pages()[demo.number(Story.VALID)]
    text, document = paper_text(demo.desk(), page), document_of(demo.desk(), page)
    contents = {
        "photo": photo(text),
        "pdf": pdf(text, attached=[("certificate.json", document)]),
        "foreign": photo(FOREIGN),
        "empty": picture(sheet()),
        "other": b"GIF89a" + bytes(100),
        "large": b"\xff\xd8\xff" + bytes(12 << 20),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def choose(window: Watched, file: Path) -> Page:
    """Choose a file, send it, and wait for the whole answer."""
    page = window.open("/check")
    page.set_input_files("#file", file)
    send(page)
    return page


def send(page: Page) -> None:
    """Send the form and wait for the whole answer."""
    follow(page.locator("form.check button"))


def state(page: Page) -> str | None:
    return page.locator(".panel").get_attribute("data-state")


@pytest.mark.parametrize("script", [False, True])
@pytest.mark.parametrize(("locale", "headline"), [("en-GB", "Valid today"), ("zh-CN", "今日有效")])
def test_site_a07_a_photo_of_a_code_leads_to_the_verdict(
    window: Open, files: dict[str, Path], locale: str, headline: str, script: bool
) -> None:
    page = choose(window(locale=locale, script=script), files["photo"])
    assert page.locator("h1").inner_text() == headline
    assert page.locator("[data-check=paper]").get_attribute("data-result") == "passed"


def test_threat_U15_the_first_thing_seen_is_that_the_page_was_not_checked(window: Open, files: dict[str, Path]) -> None:
    page = choose(window(script=False), files["pdf"])
    assert page.locator("h1").inner_text() == "The printed page was not checked"
    title, verdict = page.locator("h1").bounding_box(), page.locator(".panel").bounding_box()
    assert title is not None
    assert verdict is not None
    assert title["y"] < verdict["y"] < 844
    assert state(page) == "valid"


@pytest.mark.parametrize("script", [False, True])
def test_site_a34_a_foreign_code_is_named_and_nothing_is_asked_of_it(
    window: Open, files: dict[str, Path], script: bool
) -> None:
    watched = window(script=script)
    page = choose(watched, files["foreign"])
    assert state(page) == "foreign_code"
    assert "cse-verify.example.net" in page.locator(".panel").inner_text()
    assert page.url == f"{watched.origin}/check"
    assert all(request.startswith(watched.origin) for request in watched.requests)
    assert page.locator("a[href*='cse-verify']").count() == 0


@pytest.mark.parametrize("script", [False, True])
def test_site_a24_an_empty_form_gets_a_focused_summary(window: Open, script: bool) -> None:
    page = window(script=script).open("/check")
    send(page)
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.className") == "problem"
    page.click(".problem a")
    assert page.evaluate("document.activeElement.id") == "file"


def test_an_overlarge_file_gets_an_answer_without_script_and_is_not_sent_with_it(
    window: Open, files: dict[str, Path]
) -> None:
    assert choose(window(script=False), files["large"]).title().startswith("Error:")
    page = window().open("/check")
    page.set_input_files("#file", files["large"])
    page.click("form.check button")
    assert "12.0 MiB" in page.locator(".chosen").inner_text()
    assert "too large" in page.locator(".chosen").inner_text()
    assert page.title().startswith("Check a document")
    page.set_input_files("#file", files["photo"])
    send(page)
    assert state(page) == "valid"
    page.go_back()
    assert page.locator("form.check button").inner_text() == "Check"
    assert page.locator("form.check button").is_enabled()


@pytest.mark.parametrize("width", WIDTHS)
def test_site_a04_a29_a30_every_answer_fits_and_stays_here(window: Open, files: dict[str, Path], width: int) -> None:
    for name in ("photo", "pdf", "foreign", "empty", "other"):
        watched = window(width=width)
        page = choose(watched, files[name])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert [line for line in watched.complaints if "status of 4" not in line] == [], name
        assert all(request.startswith(watched.origin) for request in watched.requests), name


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_the_credentials_of_a_presentation_are_shown(window: Open, demo: Demo, tmp_path: Path, locale: str) -> None:
    own = parsed(document_of(demo.desk(), demo.pages()[demo.number(Story.VALID)]))
    (tmp_path / "presentation").write_bytes(presented(own, foreign.badge()))
    for width in WIDTHS:
        page = choose(window(width, locale=locale), tmp_path / "presentation")
        assert state(page) == "issuer_not_trusted"
        shown = page.locator(".shown")
        assert [one.get_attribute("data-state") for one in shown.all()] == ["valid", "issuer_not_trusted"]
        assert shown.first.locator(".row-number dd").inner_text() == demo.number(Story.VALID)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
