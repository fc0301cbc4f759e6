from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.ui.operating import TOKEN
from tests.ui.serving import serving

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
expect.set_options(timeout=20_000)  # a busy machine is no failure
SIZES = [(360, 740), (1400, 900)]
"""A phone's and a desk's window."""

SYSTEM = ("chromium", "chromium-browser", "google-chrome")


def chromium(playwright: Playwright) -> str | None:
    """The path of playwright's own Chromium, or of the system's."""
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else next(filter(None, map(shutil.which, SYSTEM)), None)


@pytest.fixture(scope="session")
def addresses() -> Iterator[dict[str, str]]:
    """The address of each scripted application, by the state of its workspace."""
    with serving() as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium(playwright)
        if path is None:
            pytest.skip("no Chromium here: `playwright install chromium`, or install the system's package of it")
        # No sandbox: it needs rights that containers do not give, and the pages are ours.
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", *QUIET])
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def chat(context: BrowserContext, addresses: dict[str, str]) -> Page:
    """The chat page of the application that is ready, with its example questions there."""
    page = opened(context, addresses["ready"])
    page.locator(".example").first.wait_for()
    return page


def opened(context: BrowserContext, address: str) -> Page:
    """A chat page once it can be typed into."""
    page = context.new_page()
    page.goto(address)
    page.get_by_role("textbox").wait_for()
    return page


def ask(page: Page, question: str) -> None:
    """Type a question, send it with Enter and wait until its turn is there and done."""
    page.get_by_role("textbox", name="Your question").fill(question)
    page.keyboard.press("Enter")
    page.locator("#turn .question", has_text=question).wait_for()
    page.locator("#turn .working").wait_for(state="detached")


@pytest.fixture
def browser_contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    """Two people's browsers."""
    made = [browser.new_context(), browser.new_context()]
    yield made
    for context in made:
        context.close()


@pytest.fixture(params=[(*size, scheme) for size in SIZES for scheme in ("light", "dark")], ids=str)
def owners(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in the browser of someone who knows the owner's password, at each size, light and dark."""
    width, height, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        http_credentials={"username": "owner", "password": TOKEN},
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
