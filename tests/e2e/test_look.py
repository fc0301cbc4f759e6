"""What the pages look like in a real browser: widths, colour schemes, nothing of the framework."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import SIZES, ask, opened

DAYS = "How many days of leave do I get?"
LONG = "Rechtsschutzversicherungsgesellschaften" * 12

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def barriers(page: Page) -> list[str]:
    """What axe-core finds wrong with a page: contrast, names, landmarks, headings, sizes."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"{fault['id']}: {node['html'][:200]}" for fault in violations for node in fault["nodes"]]


@pytest.fixture(params=[(*size, scheme) for size in SIZES for scheme in ("light", "dark")], ids=str)
def chat(request: pytest.FixtureRequest, browser: Browser, addresses: dict[str, str]) -> Iterator[Page]:
    width, height, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = opened(context, addresses["ready"])
    page.locator(".example").first.wait_for()
    yield page
    context.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def stick(page: Page, position: str) -> None:
    """Have the header and the question box at another ``position`` than the style sheet's."""
    page.evaluate(
        "(to) => ['bar', 'composer'].forEach((id) => document.getElementById(id).style.position = to)", position
    )


def test_the_chat_fits_and_reads_at_every_size_in_light_and_dark(chat: Page) -> None:
    assert fits(chat)
    assert barriers(chat) == []
    for question in (DAYS, "May I take leave as half days?", "Who won the ice hockey?", "Is the store up?", LONG):
        ask(chat, question)
        assert fits(chat), question
        expect(chat.get_by_role("textbox")).to_be_in_viewport(ratio=1)
        expect(chat.get_by_role("button", name="Ask", exact=True)).to_be_in_viewport(ratio=1)
        expect(chat.locator("#turn .question")).to_be_in_viewport()
        # What is half under the header or the question box can be scrolled out from under it.
        stick(chat, "static")
        assert barriers(chat) == []
        stick(chat, "")
    chat.goto(f"{chat.url}source/staff/annual-leave.md?start=0&end=200#passage")
    assert fits(chat)
    assert barriers(chat) == []


def test_a_question_as_long_as_a_page_leaves_its_answer_in_view(chat: Page) -> None:
    question = "How many days are there? " * 79
    ask(chat, question.strip())
    expect(chat.locator("#turn .outcome")).to_be_in_viewport(ratio=1)
    expect(chat.locator("#turn .question")).to_have_text(question.strip())
    ask(chat, "word " * 500)
    expect(chat.locator("#turn .failed .note")).to_be_in_viewport(ratio=1)


def test_footnotes_stand_beside_the_answer_where_there_is_room(chat: Page) -> None:
    ask(chat, DAYS)
    told = chat.locator("#turn .told").bounding_box()
    notes = chat.locator("#turn .footnotes").bounding_box()
    assert told is not None
    assert notes is not None
    wide = chat.viewport_size is not None and chat.viewport_size["width"] > 1200

    assert (notes["x"] >= told["x"] + told["width"]) == wide
    assert (notes["y"] >= told["y"] + told["height"]) != wide


def test_a_brand_is_shown_and_an_old_page_is_told(browser: Browser, addresses: dict[str, str]) -> None:
    sizes: list[tuple[int, Literal["dark", "light"]]] = [(360, "dark"), (1400, "light")]
    for width, scheme in sizes:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = opened(context, addresses["branded"])
        expect(page.get_by_role("heading", name="Ada")).to_be_visible()
        page.wait_for_function("document.querySelector('.logo').naturalWidth > 0")
        expect(page.locator("#welcome")).to_contain_text("Ask the handbook")
        expect(page.locator(".example:visible")).to_have_text(["How do I ask for leave?"])
        expect(page.locator("#foot")).to_have_text("Something missing? pages@example.org")
        expect(page.locator("#send")).to_have_css("background-color", "rgb(122, 31, 162)")
        assert barriers(page) == []
        ask(page, DAYS)
        expect(page.locator("#turn .old")).to_have_text(
            "“Annual leave” was last changed on 2 November 2025. It may be out of date."
        )
        assert fits(page)
        stick(page, "static")
        assert barriers(page) == []
        context.close()


def test_the_colour_scheme_is_followed(chat: Page) -> None:
    dark = chat.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    red = int(re.findall(r"\d+", chat.evaluate("getComputedStyle(document.body).backgroundColor"))[0])
    assert (red < 60) == dark


def test_nothing_of_the_framework_is_to_be_seen(chat: Page) -> None:
    ask(chat, DAYS)
    expect(chat).to_have_title("Footnoted")
    shown = chat.locator("body").inner_text()
    assert not re.search("gradio|textbox|api|settings|built with", shown, re.IGNORECASE)
    expect(chat.locator("footer")).to_have_count(0)
    assert chat.evaluate("document.querySelectorAll('meta[property], link[rel=manifest]').length") == 0
    assert chat.evaluate("document.fonts.check('16px Plex')")


@pytest.mark.parametrize("state", ["loading", "broken"])
def test_waiting_and_broken_have_no_barriers_either(
    context: BrowserContext, addresses: dict[str, str], state: str
) -> None:
    page = context.new_page()
    page.goto(addresses[state])
    page.locator("#welcome .state").wait_for()
    assert barriers(page) == []
