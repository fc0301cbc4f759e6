"""The chat page while the server goes away and comes back, in a real browser: nothing that was written is lost."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import ask, opened
from tests.ui.serving import serving

DAYS = "How many days of leave do I get?"
LONG = "What takes long?"
FOLLOW_UP = "And part-time?"
DRAFT = "Not sent yet"


def port_of(served: dict[str, str]) -> dict[str, int]:
    return {"ready": urlsplit(served["ready"]).port or 0}


def same_page(page: Page) -> bool:
    return bool(page.evaluate("window.untouched === true"))


def test_an_answer_that_breaks_off_is_told_and_can_be_asked_again(context: BrowserContext) -> None:
    with serving() as served:
        page = opened(context, served["ready"])
        page.evaluate("window.untouched = true")
        ask(page, DAYS)
        box = page.get_by_role("textbox", name="Your question")
        box.fill(LONG)
        page.keyboard.press("Enter")
        page.locator("#turn .question", has_text=LONG).wait_for()
        box.fill(DRAFT)
    note = page.get_by_role("alert")
    expect(note).to_contain_text("broke off before the answer was whole")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    expect(page.locator("#turn .working")).to_be_hidden()

    with serving(port_of(served)):
        note.get_by_role("button", name="Ask again").click()
        expect(note).to_have_count(0)
        expect(page.locator("#turn .working")).to_be_visible()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#turn .working")).to_have_text("Stopped.")
        expect(box).to_have_value(DRAFT)
        ask(page, FOLLOW_UP)
        expect(page.locator("#turn .answer")).to_have_class("answer answered")
        expect(page.locator("#past .question")).to_have_text(DAYS)
        assert same_page(page)


def test_without_the_server_no_conversation_is_left(context: BrowserContext) -> None:
    with serving() as served:
        page = opened(context, served["ready"])
        ask(page, DAYS)
    box = page.get_by_role("textbox", name="Your question")
    box.fill(DRAFT)
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("alert")).to_contain_text("What you wrote is kept")
    expect(box).to_have_value(DRAFT)

    with serving(port_of(served)):
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".turn")).to_have_count(0)
        expect(page.locator("#spoken")).to_have_text("A new conversation.")
        page.reload()
        expect(page.locator("#welcome")).to_be_visible()


def test_what_is_too_much_to_send_is_told_of(chat: Page) -> None:
    box = chat.get_by_role("textbox", name="Your question")
    box.fill("word " * 60_000)
    chat.keyboard.press("Enter")
    expect(chat.get_by_role("alert")).to_contain_text("too much to send")
    ask(chat, DAYS)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")


def test_a_question_that_cannot_be_sent_stays_in_the_box(context: BrowserContext) -> None:
    with serving() as served:
        page = opened(context, served["ready"])
        page.evaluate("window.untouched = true")
        ask(page, DAYS)
    box = page.get_by_role("textbox", name="Your question")
    box.fill(FOLLOW_UP)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(box).to_have_value(FOLLOW_UP)

    with serving(port_of(served)):
        page.keyboard.press("Enter")
        expect(page.locator("#turn .answer")).to_have_class("answer answered")
        expect(page.locator("#past .question")).to_have_text(DAYS)
        expect(page.get_by_role("alert")).to_have_count(0)
        assert same_page(page)
