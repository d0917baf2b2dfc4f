"""The page checks the paper code in its address, and says nothing that it did not check (site.md 4.2)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from public_site.pages import assets
from schemas.paper_code import decode_code, from_digits, to_digits
from tests.browser.conftest import Open, Watched, chromium
from tests.browser.papers import OTHER, PaperRegister, serving
from tests.integration.test_paper_code_in_script import nearly
from tests.support.paper_codes import CODE
from tests.unit.public_site.samples import BASE, PAGE
from tests.vectors.make_paper_codes import FILE, LATER

CHECKS: dict[str, dict[str, Any]] = {one["name"]: one for one in json.loads(FILE.read_text("utf-8"))["checks"]}
GOOD = CHECKS["handed out"]
MATCHES = ("Paper code matches", "纸面二维码相符")
ALTERED = ("Do not accept – the code was altered", "请勿采信——二维码内容被改动")
UNREADABLE = (
    "The paper code could not be read; the answer above is about the register entry, not about this paper.",
    "纸面二维码内容无法读取；上方结果仅指登记册记录，不指这张纸。",
)
NOT_HERE = (
    "This phone cannot check the paper code itself. The register's answer above still stands.",
    "本机无法核验纸面签名，上方登记册结果仍然有效。",
)
LANGUAGES = pytest.mark.parametrize(("locale", "index"), [("en-GB", 0), ("zh-CN", 1)])
LINES = ["handed out", "compromised key, handed out", "not readable", "the register is not reached"]
ANSWERED = "[role=status]:not(:empty), article[data-paper]"
SHIFTS = """
    window.moved = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.moved += entry.value; }))
        .observe({type: "layout-shift", buffered: true});
"""
NO_ED25519 = "crypto.subtle.importKey = async () => { throw new DOMException('no', 'NotSupportedError'); };"


@pytest.fixture(scope="module")
def served() -> PaperRegister:
    """A register with one certificate."""
    return PaperRegister()


@pytest.fixture
def register(served: PaperRegister) -> PaperRegister:
    """That register, at the address that the codes name."""
    served.base_url = BASE
    return served


@pytest.fixture(scope="module")
def port(served: PaperRegister) -> Iterator[int]:
    """The port on which it is served."""
    with serving(served) as found:
        yield found


@pytest.fixture(scope="module")
def browser(port: int) -> Iterator[Browser]:
    """A browser to which the served register is localhost:8000, the host that the codes name."""
    with chromium(port) as opened:
        yield opened


@pytest.fixture
def window(browser: Browser) -> Iterator[Open]:
    """Open a fresh window, as the other tests do; it must not complain, nor ask anybody else."""
    contexts, opened = [], []

    def open_window(width: int = 390, height: int = 844, locale: str = "en-GB", *, script: bool = True) -> Watched:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, locale=locale, java_script_enabled=script)  # type: ignore[arg-type]
        contexts.append(context)
        opened.append(Watched(context.new_page(), BASE))
        return opened[-1]

    yield open_window
    for context in contexts:
        context.close()
    for watched in opened:
        assert watched.complaints == [], "site_a29"
        strangers = [url for url in watched.requests if not url.startswith(f"{watched.origin}/")]
        assert strangers == [], "site_a30"


def answered(page: Page) -> Page:
    """Wait for the answer of the script."""
    page.locator(ANSWERED).first.wait_for(state="attached")
    return page


def scan(watched: Watched, check: dict[str, Any], *, page_id: str | None = None, lang: str = "") -> Page:
    """Open the address of a paper code as a phone does, and wait for the answer."""
    page = watched.open(f"/V/{(page_id or check['id']).upper()}{lang}#{check['digits']}")
    return answered(page)


def row(page: Page) -> tuple[str | None, str]:
    """Result and words of the row of the paper code, opened by hand."""
    found = page.locator("[data-check=paper]")
    return found.get_attribute("data-result"), str(found.text_content())


def is_refused(page: Page, state: str) -> bool:
    """Whether nothing of the register's answer is left, and the heading has the focus."""
    panel = page.locator(".panel")
    assert (panel.count(), panel.get_attribute("data-state")) == (1, state)
    assert "tone-red" in str(panel.get_attribute("class"))
    assert page.locator("main").locator(".name, .facts, .row-grade, .experts, [data-icon^=check]").count() == 0
    assert "欧阳明远" not in page.locator("main").inner_text()
    assert "photo ID" not in page.locator("main").inner_text()
    assert row(page)[0] == "failed"
    return bool(page.evaluate("document.activeElement === document.querySelector('h1')"))


@LANGUAGES
def test_site_a08_a_good_code_matches_and_leaves_the_address(
    register: PaperRegister, window: Open, locale: str, index: int
) -> None:
    register.hold(GOOD)
    page = scan(window(locale=locale), GOOD)
    assert page.locator("[role=status]").inner_text().startswith(MATCHES[index])
    assert page.evaluate("location.href") == f"{BASE}/V/{PAGE.upper()}"
    assert row(page)[0] == "passed"
    assert MATCHES[index] in row(page)[1]
    assert page.locator("h1").inner_text() == ("Valid today", "今日有效")[index]
    assert page.evaluate("document.activeElement === document.body")


def test_site_a08_the_code_leaves_the_address_before_it_is_checked(register: PaperRegister, window: Open) -> None:
    register.hold(GOOD)
    watched, held = window(), []
    watched.page.route("**/paper.*.js", lambda route: held.append(route))
    with watched.page.expect_request("**/paper.*.js"):
        watched.page.goto(f"{BASE}/V/{PAGE}#{GOOD['digits']}", wait_until="commit")
    watched.page.wait_for_url(f"{BASE}/V/{PAGE}", wait_until="commit")
    assert watched.page.locator("[role=status]").inner_text() == ""
    held[0].continue_()
    assert answered(watched.page).locator("[role=status]").inner_text().startswith(MATCHES[0])
    assert all(GOOD["digits"] not in url for url in watched.requests if "/assets/" in url)


def test_site_a09_nothing_with_one_change_matches_in_a_browser(register: PaperRegister, window: Open) -> None:
    register.hold(GOOD)
    page = window().open(f"/v/{PAGE}")
    texts = nearly(CODE)
    answers = page.evaluate(
        "async ([name, texts, page]) => { const {checkPaper} = await import(`/assets/${name}`);"
        " return Promise.all(texts.map((digits) => checkPaper(digits, page))); }",
        [assets()["paper.js"].name, [*texts, GOOD["digits"]], GOOD],
    )
    assert answers.pop() == "matches"
    assert set(answers) == {"code_unreadable", "tampered", "issuer_not_trusted"}
    print(f"site_a09: {len(texts):,} codes with one change, none matches")


@pytest.mark.parametrize("place", [0, 2, 6, 12, 20, 40, 75, 80, 110, len(CODE) - 1])
def test_site_a09_a_flipped_bit_on_the_page(register: PaperRegister, window: Open, place: int) -> None:
    register.hold(GOOD)
    flipped = bytearray(CODE)
    flipped[place] ^= 1
    page = scan(window(), {**GOOD, "digits": to_digits(bytes(flipped))})
    shown = page.locator("main").inner_text()
    assert MATCHES[0] not in shown
    assert UNREADABLE[0] in shown or shown.startswith("Do not accept")


@LANGUAGES
@pytest.mark.parametrize("where", ["page", "host"])
def test_site_a10_threat_Q03_a_code_glued_to_another_address(
    register: PaperRegister, window: Open, port: int, where: str, locale: str, index: int
) -> None:
    register.hold(GOOD)
    watched = window(locale=locale)
    if where == "host":
        watched.origin = register.base_url = f"http://127.0.0.1:{port}"
    page = scan(watched, GOOD, page_id=OTHER if where == "page" else PAGE)
    assert is_refused(page, "tampered")
    assert page.locator("h1").inner_text() == ALTERED[index]
    assert page.title().startswith(ALTERED[index])
    assert page.evaluate("location.hash") == ""
    page.get_by_role("link", name=("See the register’s own answer", "查看登记册自身的答复")[index]).click()
    page.wait_for_url("**?lang=*")
    assert page.locator(".panel").get_attribute("data-state") == "valid"
    assert (page.locator("[role=status]").inner_text(), row(page)[0]) == ("", "not_part")


@pytest.mark.parametrize(
    ("name", "state"),
    [
        pytest.param("unknown key", "issuer_not_trusted", id="site_a11 unknown key"),
        pytest.param("sealed when the key had just ended", "issuer_not_trusted", id="site_a12 outside"),
        pytest.param("good signature, other bytes", "tampered", id="other bytes"),
        pytest.param("good signature, no code was handed out", "tampered", id="none handed out"),
        pytest.param("compromised key, other bytes", "tampered", id="site_a13 other bytes"),
    ],
)
def test_a_refused_code_replaces_the_whole_answer(register: PaperRegister, window: Open, name: str, state: str) -> None:
    register.hold(CHECKS[name])
    page = scan(window(), CHECKS[name])
    assert is_refused(page, state)
    assert page.title().startswith("Do not accept – ")


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        pytest.param("retired key, sealed inside its time", "Paper code matches: ", "passed", id="site_a12 inside"),
        pytest.param(
            "compromised key, handed out", "Paper code matches, key since withdrawn: ", "passed", id="site_a13"
        ),
        pytest.param("not readable", UNREADABLE[0], "not_checked", id="site_a63 header"),
        pytest.param("no trust list is in force", "The paper code could not be compared", "not_checked", id="no list"),
    ],
)
def test_what_is_no_forgery_leaves_the_answer(
    register: PaperRegister, window: Open, name: str, text: str, result: str
) -> None:
    register.hold(CHECKS[name])
    page = scan(window(), CHECKS[name])
    assert page.locator("[role=status]").inner_text().startswith(text)
    assert page.locator(f"[role=status] .answer-{result} svg.tiny-{result}").count() == 1
    assert row(page)[0] == result
    assert (page.locator(".panel").get_attribute("data-state"), page.title()[:11]) == ("valid", "Valid today")


def test_a_register_that_cannot_be_read_makes_nobody_a_forger(register: PaperRegister, window: Open) -> None:
    check = CHECKS["the register is not reached"]
    register.hold(check)
    page = scan(window(), check)
    assert page.locator("[role=status]").inner_text().startswith("The paper code could not be compared")
    assert page.locator(".panel").get_attribute("data-state") == "could_not_check"


@pytest.mark.parametrize(
    ("fragment", "locale", "index"),
    [
        *((text, "en-GB", 0) for text in ("x", "12", "main2", "%F0%9F", GOOD["digits"][:-1], f"{GOOD['digits']}0")),
        ("９" * 17, "zh-CN", 1),
    ],
)
def test_site_a63_what_cannot_be_read_changes_no_verdict(
    register: PaperRegister, window: Open, fragment: str, locale: str, index: int
) -> None:
    register.hold(GOOD)
    page = scan(window(locale=locale), {**GOOD, "digits": fragment})
    assert page.locator("[role=status]").inner_text() == UNREADABLE[index]
    assert page.locator("h1").inner_text() == ("Valid today", "今日有效")[index]
    assert (row(page)[0], page.evaluate("location.hash")) == ("not_checked", "")


@pytest.mark.parametrize("fragment", ["", "#", "#main"])
def test_without_a_code_nothing_is_said(register: PaperRegister, window: Open, fragment: str) -> None:
    register.hold(GOOD)
    page = window().open(f"/v/{PAGE}{fragment}")
    page.wait_for_load_state("networkidle")
    assert (page.locator("[role=status]").inner_text(), row(page)[0]) == ("", "not_part")
    assert "Not part of this check" in row(page)[1]
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    assert page.locator("[role=status]").inner_text() == ""


@LANGUAGES
def test_a_browser_without_ed25519_says_so(register: PaperRegister, window: Open, locale: str, index: int) -> None:
    for check in (GOOD, CHECKS["a flipped bit"]):
        register.hold(check)
        watched = window(locale=locale)
        watched.page.add_init_script(NO_ED25519)
        page = scan(watched, check)
        assert page.locator("[role=status]").inner_text() == NOT_HERE[index]
        assert (row(page)[0], page.locator(".panel").get_attribute("data-state")) == ("not_checked", "valid")


def test_a_script_that_does_not_arrive_is_no_answer(register: PaperRegister, window: Open) -> None:
    register.hold(CHECKS["a flipped bit"])
    watched = window()
    watched.page.route("**/paper.*.js", lambda route: route.abort())
    page = scan(watched, CHECKS["a flipped bit"])
    assert page.locator("[role=status]").inner_text() == NOT_HERE[0]
    watched.complaints.clear()


def test_site_a06_without_script_the_answer_of_the_register_stands_alone(register: PaperRegister, window: Open) -> None:
    register.hold(CHECKS["a flipped bit"])
    page = window(script=False).open(f"/V/{PAGE}#{CHECKS['a flipped bit']['digits']}")
    assert page.locator("h1").inner_text() == "Valid today"
    assert (page.locator("[role=status]").inner_text(), row(page)[0]) == ("", "not_part")
    assert "Do not accept" not in page.locator("main").inner_text()


@pytest.mark.parametrize("name", ["handed out", "a flipped bit", "not readable"])
def test_site_a46_the_other_language_checks_the_same_code(register: PaperRegister, window: Open, name: str) -> None:
    register.hold(CHECKS[name])
    page = scan(window(), CHECKS[name])
    link = page.locator("a.switch")
    assert "#" not in str(link.get_attribute("href"))
    link.click()
    page.wait_for_url("**?lang=zh")
    answered(page)
    expected = {"handed out": MATCHES[1], "a flipped bit": ALTERED[1], "not readable": UNREADABLE[1]}[name]
    assert expected in page.locator("main").inner_text()
    assert page.evaluate("location.hash") == ""


def test_a_second_code_for_the_open_page_is_checked_anew(register: PaperRegister, window: Open) -> None:
    register.hold(GOOD)
    page = scan(window(), GOOD)
    page.evaluate("(digits) => { location.hash = digits; }", CHECKS["a flipped bit"]["digits"])
    page.locator("article[data-paper]").wait_for()
    assert is_refused(page, "tampered")


def test_site_a65_a_former_name_on_an_old_paper(register: PaperRegister, window: Open) -> None:
    register.hold(GOOD, "replaced", names={"hans": "欧阳明远", "latn": "OUYANG Mingyuan"})
    page = scan(window(), GOOD)
    assert page.locator(".panel").get_attribute("data-state") == "replaced"
    assert page.locator("[role=status]").inner_text().startswith(MATCHES[0])
    former = decode_code(from_digits(GOOD["digits"])).content
    assert former.name_hans == "林知远"
    assert former.name_hans not in page.content(), "nothing of the code is shown, least of all as today's name"
    assert former.name_latin not in page.content()


def test_site_a49_a_name_in_the_code_is_never_shown(register: PaperRegister, window: Open) -> None:
    register.hold(GOOD)
    page = window().open(f"/v/{PAGE}")
    before = page.locator("main").inner_text()
    after = scan(window(), GOOD)
    line = after.locator("[role=status]").inner_text()
    assert after.locator("main").inner_text().replace(f"{line}\n\n", "") == before


@pytest.mark.parametrize(
    ("locale", "size"),
    [("en-GB", (390, 844)), ("zh-CN", (390, 844)), ("en-GB", (1280, 900))],
    ids=["phone", "phone, Chinese", "desk"],
)
@pytest.mark.parametrize("name", [*LINES, "a flipped bit", "unknown key"])
def test_site_a31_nothing_moves_when_the_answer_comes(
    register: PaperRegister, window: Open, name: str, size: tuple[int, int], locale: str
) -> None:
    register.hold(CHECKS[name])
    watched = window(*size, locale)
    watched.page.add_init_script(SHIFTS)
    page = scan(watched, CHECKS[name])
    for _ in ("scanned", "opened again"):
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 60)))")
        assert page.evaluate("window.moved") <= 0.02
        page.reload()
        answered(page)


@LANGUAGES
@pytest.mark.parametrize("size", [(390, 844), (1280, 900)], ids=["phone", "desk"])
def test_the_usual_answer_fills_the_place_kept_for_it(
    register: PaperRegister, window: Open, size: tuple[int, int], locale: str, index: int
) -> None:
    register.hold(GOOD)
    page = scan(window(*size, locale), GOOD)
    kept, filled = (page.locator(what).bounding_box() for what in ("[role=status]", "[role=status] .answer"))
    assert kept is not None
    assert filled is not None
    assert 0 <= kept["height"] - filled["height"] < (25, 2)[size[0] > 390]


@LANGUAGES
@pytest.mark.parametrize("state", ["valid_interim", "suspended", "replaced"])
def test_site_a03_name_and_grade_are_still_seen_at_once(
    register: PaperRegister, window: Open, state: str, locale: str, index: int
) -> None:
    longest = CHECKS["compromised key, handed out"]
    register.hold(longest, state)
    page = scan(window(locale=locale), longest)
    for _ in ("scanned", "opened again"):
        boxes = [page.locator(what).bounding_box() for what in ("h1", "[role=status]", ".row-grade")]
        assert all(box is not None and box["y"] + box["height"] <= 844 for box in boxes)
        assert boxes[0] is not None
        assert boxes[0]["y"] <= 140
        page.reload()
        answered(page)


@pytest.mark.parametrize("name", ["a flipped bit", "unknown key", "not readable"])
def test_site_a04_nothing_scrolls_sideways(register: PaperRegister, window: Open, name: str) -> None:
    register.hold(CHECKS[name])
    page = scan(window(320, 640), CHECKS[name])
    page.locator("details.checks summary").click()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_site_a31_the_whole_page_is_small(register: PaperRegister, window: Open) -> None:
    register.hold(GOOD)
    watched = window()
    sizes: dict[str, int] = {}
    watched.page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers["content-length"])}))
    # The icon comes when everything else is there.
    with watched.page.expect_event("response", lambda answer: answer.url.endswith((".ico", ".svg"))):
        scan(watched, GOOD).wait_for_load_state("networkidle")
    scripts = sum(size for url, size in sizes.items() if url.endswith(".js"))
    styles = sum(size for url, size in sizes.items() if url.endswith(".css"))
    html = sum(size for url, size in sizes.items() if "/assets/" not in url)
    total = sum(sizes.values())
    print(f"site_a31: {len(sizes)} requests, {total:,} bytes: page {html:,}, style {styles:,}, script {scripts:,}")
    assert len(sizes) == 6, "page, style, icon and three scripts"
    assert (html <= 8_000, styles <= 6_000, scripts <= 8_000, total <= 25_000) == (True, True, True, True)


def test_a_code_for_a_page_that_is_unknown_leaves_the_address_too(register: PaperRegister, window: Open) -> None:
    watched = window()
    register.pages = {}
    page = watched.open(f"/V/{PAGE}#{GOOD['digits']}")
    page.wait_for_url(f"{BASE}/V/{PAGE}")
    assert page.locator(".panel").get_attribute("data-state") == "unknown"
    watched.complaints.clear()


def test_codes_of_two_papers_of_one_certificate_both_match(register: PaperRegister, window: Open) -> None:
    check = CHECKS["the second of two that were handed out"]
    register.hold(check)
    for code in (CODE, LATER):
        page = scan(window(), {**check, "digits": to_digits(code)})
        assert page.locator("[role=status]").inner_text().startswith(MATCHES[0])


EARLIER = (
    "The code scanned before is no longer in the address; this was the answer to it.",
    "先前扫描的二维码已不在地址中，此为当时的核验结果。",
)
AGAIN = {
    "reload": lambda page: page.reload(),
    "back and forward": lambda page: (page.goto(f"{BASE}/help"), page.go_back(), page.goto(f"{BASE}/"), page.go_back()),
    "back, then forward": lambda page: (page.goto(f"{BASE}/help"), page.go_back(), page.go_forward(), page.go_back()),
    "two reloads": lambda page: (page.reload(), page.reload()),
}
AGAINS = pytest.mark.parametrize("again", AGAIN.values(), ids=AGAIN)


@LANGUAGES
@AGAINS
@pytest.mark.parametrize(
    ("name", "state"),
    [("a flipped bit", "tampered"), ("unknown key", "issuer_not_trusted")],
    ids=["altered", "unknown"],
)
def test_site_a10_a_refusal_outlives(
    register: PaperRegister, window: Open, name: str, state: str, again: Any, locale: str, index: int
) -> None:
    register.hold(CHECKS[name])
    page = scan(window(locale=locale), CHECKS[name])
    title = page.title()
    assert EARLIER[index] not in page.locator("main").inner_text()
    again(page)
    assert is_refused(answered(page), state)
    assert (page.title(), EARLIER[index] in page.locator("main").inner_text()) == (title, True)
    assert page.evaluate("[location.hash, JSON.stringify(history.state)]") == ["", f'{{"paper":"{state}"}}']


@LANGUAGES
@AGAINS
@pytest.mark.parametrize(
    "name", ["handed out", "compromised key, handed out", "not readable", "no trust list is in force"]
)
def test_site_a08_no_other_answer_outlives_its_code_unmarked(
    register: PaperRegister, window: Open, name: str, again: Any, locale: str, index: int
) -> None:
    register.hold(CHECKS[name])
    page = scan(window(locale=locale), CHECKS[name])
    said = page.locator("[role=status]").inner_text()
    again(page)
    assert answered(page).locator("[role=status]").inner_text().split() == f"{EARLIER[index]} {said}".split()
    assert (row(page)[0], page.locator(".panel").get_attribute("data-state")) == ("not_part", "valid")
    assert page.locator("[role=status] svg.tiny-not_checked").count() == page.locator("[role=status] svg").count() == 1


def test_site_a08_a_reload_before_the_answer_says_so(register: PaperRegister, window: Open) -> None:
    register.hold(CHECKS["a flipped bit"])
    watched = window()
    watched.page.route("**/paper.*.js", lambda route: None)
    watched.page.goto(f"{BASE}/V/{PAGE}#{CHECKS['a flipped bit']['digits']}", wait_until="commit")
    watched.page.wait_for_url(f"{BASE}/V/{PAGE}", wait_until="commit")
    watched.page.reload(wait_until="commit")
    said = answered(watched.page).locator("[role=status]").inner_text()
    assert said.endswith("The check of the paper code was interrupted. Scan it again.")


@pytest.mark.parametrize("name", ["handed out", "a flipped bit"])
def test_site_a08_the_same_address_opened_anew_starts_clean(register: PaperRegister, window: Open, name: str) -> None:
    register.hold(CHECKS[name])
    watched = window()
    page = scan(watched, CHECKS[name])
    watched.open(f"/V/{PAGE}")
    page.wait_for_load_state("networkidle")
    assert (page.locator("[role=status]").inner_text(), row(page)[0]) == ("", "not_part")
    assert page.locator("h1").inner_text() == "Valid today"


@pytest.mark.parametrize("lang", ["", "?lang=en"])
def test_site_a10_the_own_answer_of_the_register_is_one_link_away_after_a_reload(
    register: PaperRegister, window: Open, lang: str
) -> None:
    register.hold(CHECKS["a flipped bit"])
    page = scan(window(), CHECKS["a flipped bit"], lang=lang)
    page.reload()
    page.get_by_role("link", name="See the register’s own answer").click()
    page.locator("[data-state=valid]").wait_for()
    page.wait_for_load_state("networkidle")
    assert (page.locator("[role=status]").inner_text(), row(page)[0]) == ("", "not_part")


@pytest.mark.parametrize("name", ["handed out", "a flipped bit"])
def test_site_a46_the_other_language_tells_an_earlier_answer_too(
    register: PaperRegister, window: Open, name: str
) -> None:
    register.hold(CHECKS[name])
    page = scan(window(), CHECKS[name])
    page.reload()
    answered(page).locator("a.switch").click()
    page.wait_for_url("**?lang=zh")
    page.locator("html[lang^=zh]").wait_for()
    shown = answered(page).locator("main").inner_text()
    assert {"handed out": MATCHES[1], "a flipped bit": ALTERED[1]}[name] in shown
    assert EARLIER[1] in shown


def test_site_a10_the_skip_link_loses_no_refusal(register: PaperRegister, window: Open) -> None:
    register.hold(CHECKS["a flipped bit"])
    page = scan(window(), CHECKS["a flipped bit"])
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.wait_for_function("history.state !== null")
    page.reload()
    assert is_refused(answered(page), "tampered")


def test_each_entry_of_the_history_has_its_own_answer(register: PaperRegister, window: Open) -> None:
    register.hold(GOOD)
    watched = window()
    page = watched.open(f"/V/{PAGE}")
    page.evaluate("(digits) => { location.hash = digits; }", GOOD["digits"])
    assert answered(page).locator("[role=status]").inner_text().startswith(MATCHES[0])
    page.evaluate("(digits) => { location.hash = digits; }", CHECKS["a flipped bit"]["digits"])
    page.locator("article[data-paper]").wait_for()
    page.evaluate("history.back()")
    page.locator("[role=status]", has_text=MATCHES[0]).wait_for()
    page.evaluate("history.back()")
    page.locator("[role=status]:empty").wait_for(state="attached")
    assert page.locator("h1").inner_text() == "Valid today"
    page.evaluate("history.go(2)")
    page.locator("article[data-paper]").wait_for()
    assert is_refused(page, "tampered")


@pytest.mark.parametrize(
    "path",
    [f"/v/{PAGE}", f"/V/{PAGE.replace('0', 'O').upper()}", f"/v/{PAGE.replace('0', 'o')}", f"/v/%37{PAGE[1:]}"],
    ids=["lower case", "O for 0", "o for 0", "percent-encoded"],
)
def test_site_a08_every_spelling_of_the_address_is_the_page(register: PaperRegister, window: Open, path: str) -> None:
    for name, said in (("handed out", MATCHES[0]), ("a flipped bit", ALTERED[0])):
        register.hold(CHECKS[name])
        page = window().open(f"{path}#{CHECKS[name]['digits']}")
        assert said in answered(page).locator("main").inner_text()


def test_site_a08_a_dot_after_the_host_is_the_same_host(register: PaperRegister, window: Open) -> None:
    for name, said in (("handed out", MATCHES[0]), ("a flipped bit", ALTERED[0])):
        register.hold(CHECKS[name])
        watched = window()
        watched.origin = BASE.replace("localhost", "localhost.")
        assert said in scan(watched, CHECKS[name]).locator("main").inner_text()


@LANGUAGES
@pytest.mark.parametrize("name", ["handed out", "a flipped bit", "unknown key"])
def test_site_a10_under_another_host_name_nothing_matches_and_nothing_is_red(
    register: PaperRegister, window: Open, port: int, name: str, locale: str, index: int
) -> None:
    register.hold(CHECKS[name])
    watched = window(locale=locale)
    watched.origin = f"http://127.0.0.1:{port}"
    page = scan(watched, CHECKS[name])
    place = ("Open the official address localhost:8000", "请打开官方网址 localhost:8000")[index]
    assert place in page.locator("[role=status]").inner_text()
    assert (row(page)[0], place in row(page)[1]) == ("not_checked", True)
    assert page.locator(".panel").get_attribute("data-state") == "valid"


@pytest.mark.parametrize("script", ["hans", "latn"])
def test_site_a49_a_flood_of_marks_cannot_paint_over_the_verdict(
    register: PaperRegister, window: Open, script: str
) -> None:
    seen = []
    # How high marks are stacked is up to the font; a name that is moved stands for the highest.
    for marks, moved in (("", 0), ("\u0302\u0323" * 60, 0), ("", -90), ("", 90)):
        register.hold(GOOD, names={"hans": "欧阳明远", "latn": "OUYANG Mingyuan"} | {script: f"欧{marks}"})
        page = window().open(f"/v/{PAGE}")
        page.evaluate(
            "([name, by]) => document.querySelector(name).style.translate = `0 ${by}px`", [f".{script}", moved]
        )
        seen.append((page.locator(".panel").screenshot(), page.locator(".facts").screenshot()))
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert all(one == seen[0] for one in seen)
