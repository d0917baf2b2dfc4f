"""The served demonstration register in the system's Chromium."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.integration.registers import Demo, copy_of, demo_in
from tests.integration.serving import Served, served

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@contextmanager
def chromium(port: int | None = None) -> Iterator[Browser]:
    """Start the browser; with a `port`, it takes that of this machine for localhost:8000, which paper codes name."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    names = ",".join(f"MAP {host}:8000 127.0.0.1:{port}" for host in ("localhost", "localhost."))
    rules = [f"--host-resolver-rules={names}"] if port is not None else []
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, *rules])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration register: for reading."""
    return demo_in(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def server(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served copy."""
    with served(copy_of(demo, tmp_path_factory.mktemp("browser") / "register")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file; it leaves no event loop running for the tests after them."""
    with chromium() as opened:
        yield opened


class Watched:
    """A page of the browser that remembers what it asked for and what it complained about."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page, self.origin = page, origin
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str) -> Page:
        answer = self.page.goto(f"{self.origin}{path}")
        assert answer is not None
        self.status = answer.status
        return self.page


Open = Callable[..., Watched]


def follow(link: Locator) -> None:
    """Click and wait for the whole next page: a click alone may return while that has no document yet."""
    with link.page.expect_navigation():
        link.click()


@pytest.fixture
def window(browser: Browser, server: Served) -> Iterator[Open]:
    """Open a fresh window: size, language, script."""
    contexts = []

    def opened(width: int = 390, height: int = 844, locale: str = "en-GB", *, script: bool = True) -> Watched:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, locale=locale, java_script_enabled=script)  # type: ignore[arg-type]
        contexts.append(context)
        return Watched(context.new_page(), server.origin)

    yield opened
    for context in contexts:
        context.close()
