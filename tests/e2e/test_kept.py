"""Conversations in a real browser: kept across reloads and restarts, listed, renamed, deleted, exported."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.conftest import ask, opened
from tests.e2e.test_look import barriers
from tests.ui.scripted import ATTACK
from tests.ui.serving import serving

DAYS = "How many days of leave do I get?"
FOLLOW_UP = "And part-time?"  # abstained unless an earlier question comes along
LONG = "What takes long?"
PART = "Part-time staff earn theirs by the share of their hours."


DRAFT = "Not sent yet"
KILLED = "keepDraft = () => {}"  # a tab that is killed keeps nothing more
HIDDEN = """() => {
  Object.defineProperty(document, "hidden", { value: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


# The questions of every conversation in the browser, the newest conversation first.
KEPT = """() => {
  const shelf = Object.values(JSON.parse(localStorage.getItem("footnoted conversations") ?? "{}"));
  shelf.sort((a, b) => b.changed - a.changed);
  return JSON.stringify(shelf.map(({ kept }) => JSON.parse(kept).turns.map((turn) => turn.question)));
}"""


def expect_kept(page: Page, *conversations: list[str]) -> None:
    wanted = json.dumps(conversations, separators=(",", ":"))
    page.wait_for_function(f"wanted => ({KEPT})() === wanted", arg=wanted)


def taken_up(page: Page, question: str) -> None:
    expect(page.locator("#turn .question")).to_have_text(question)
    expect(page.locator("#turn .answer")).to_be_visible()


def test_a_reload_goes_on_where_it_was(chat: Page) -> None:
    ask(chat, DAYS)
    ask(chat, FOLLOW_UP)
    html = chat.locator("#turn .answer").inner_html()
    chat.reload()
    taken_up(chat, FOLLOW_UP)
    expect(chat.locator("#past .question")).to_have_text(DAYS)
    expect(chat.locator("#welcome")).to_be_hidden()
    assert chat.locator("#turn .answer").inner_html() == html
    ask(chat, FOLLOW_UP)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect_kept(chat, [DAYS, FOLLOW_UP, FOLLOW_UP])


@pytest.mark.parametrize("draft", ["", "Not sent yet"])
def test_what_is_not_answered_yet_is_in_the_box_after_a_reload(chat: Page, draft: str) -> None:
    ask(chat, DAYS)
    box = chat.get_by_role("textbox", name="Your question")
    box.fill(LONG)
    box.press("Enter")
    expect(chat.locator("#turn .question")).to_have_text(LONG)
    expect(chat.locator("#turn .working .dots")).to_be_attached()
    box.fill(draft)
    chat.reload()
    taken_up(chat, DAYS)
    expect(box).to_have_value(draft or LONG)
    box.fill(FOLLOW_UP)
    box.press("Enter")
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect_kept(chat, [DAYS, FOLLOW_UP])
    chat.reload()
    taken_up(chat, FOLLOW_UP)
    expect(box).to_have_value("")


def test_a_question_that_was_refused_is_in_the_box_after_a_reload(chat: Page) -> None:
    ask(chat, "Is anybody free?")
    box = chat.get_by_role("textbox", name="Your question")
    expect(chat.locator("#turn .failed")).to_be_visible()
    expect(box).to_have_value("")
    chat.reload()
    expect(box).to_have_value("Is anybody free?")


def test_a_draft_that_came_back_and_was_sent_does_not_come_again(chat: Page) -> None:
    box = chat.get_by_role("textbox", name="Your question")
    box.fill(DRAFT)
    chat.reload()
    expect(box).to_have_value(DRAFT)
    ask(chat, DRAFT)
    expect_kept(chat, [DRAFT])
    chat.evaluate(KILLED)
    chat.reload()
    expect(chat.locator("#turn .question")).to_have_text(DRAFT)
    expect(box).to_have_value("")


def test_a_draft_outlives_a_tab_that_is_killed_out_of_sight(chat: Page) -> None:
    box = chat.get_by_role("textbox", name="Your question")
    box.fill(DRAFT)
    chat.evaluate(HIDDEN)
    chat.evaluate(KILLED)
    chat.reload()
    expect(box).to_have_value(DRAFT)


def test_a_draft_goes_along_when_its_writer_signs_in(chat: Page) -> None:
    def signed_in(route: Route) -> None:
        response = route.fetch()
        told = response.text().replace("&#34;who&#34;: &#34;&#34;", "&#34;who&#34;: &#34;ada&#34;")
        route.fulfill(response=response, body=told)

    box = chat.get_by_role("textbox", name="Your question")
    box.fill(DRAFT)
    chat.route(chat.url, signed_in)
    chat.reload()
    expect(box).to_have_value(DRAFT)
    assert chat.evaluate("who") == "ada"
    chat.evaluate(KILLED)
    chat.unroute(chat.url)
    chat.reload()
    chat.locator(".example").first.wait_for()
    expect(box).to_have_value("")


def test_a_conversation_outlives_the_server(context: BrowserContext) -> None:
    with serving() as served:
        page = opened(context, served["ready"])
        ask(page, DAYS)
    with serving({"ready": urlsplit(served["ready"]).port or 0}):
        ask(page, FOLLOW_UP)  # in the very page that was open, and with the earlier question
        expect(page.locator("#turn .answer")).to_have_class("answer answered")
        expect(page.locator("#past .question")).to_have_text(DAYS)
        page.reload()
        taken_up(page, FOLLOW_UP)
        expect_kept(page, [DAYS, FOLLOW_UP])


def test_another_tab_begins_anew_and_both_are_kept(context: BrowserContext, chat: Page) -> None:
    ask(chat, DAYS)
    other = opened(context, chat.url)
    expect(other.locator("#welcome")).to_be_visible()
    expect(other.locator(".turn")).to_have_count(0)
    ask(other, FOLLOW_UP)
    expect(other.locator("#turn .answer")).to_have_class("answer abstained")
    expect_kept(other, [FOLLOW_UP], [DAYS])


def test_the_list_takes_up_renames_and_deletes(chat: Page) -> None:
    ask(chat, DAYS)
    chat.get_by_role("button", name="New conversation").click()
    expect(chat.locator(".turn")).to_have_count(0)
    ask(chat, "How do I ask for leave?")
    expect(chat.locator(".turn")).to_have_count(1)
    shelf = chat.get_by_role("button", name="Conversations", exact=True)
    shelf.click()
    dialog = chat.get_by_role("dialog", name="Conversations")
    expect(dialog.locator(".name")).to_have_text(["How do I ask for leave?", DAYS])
    assert barriers(chat) == []
    expect(dialog.locator("li[aria-current] .name")).to_have_text("How do I ask for leave?")
    dialog.get_by_role("button", name=f"Rename “{DAYS}”").click()
    field = dialog.get_by_role("textbox")
    field.fill(f"Leave {ATTACK}")
    field.press("Enter")
    expect(dialog.locator(".name").nth(1)).to_have_text(f"Leave {ATTACK}")
    dialog.locator(".name").nth(1).click()
    taken_up(chat, DAYS)
    expect(chat.locator(".turn")).to_have_count(1)
    shelf.click()
    button = dialog.get_by_role("button", name=f"Delete “Leave {ATTACK}”")
    button.click()
    expect(dialog.locator("li")).to_have_count(2)
    dialog.get_by_role("button", name="Press again to delete").click()
    expect(dialog.locator(".name")).to_have_text(["How do I ask for leave?"])
    chat.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(shelf).to_be_focused()
    expect(chat.locator(".turn")).to_have_count(0)  # the one that was shown is the one deleted
    expect_kept(chat, ["How do I ask for leave?"])


def test_the_export_is_markdown_in_which_nothing_of_a_page_is_markup(chat: Page, tmp_path: Path) -> None:
    ask(chat, DAYS)
    ask(chat, f"What goes in the form? {ATTACK}")
    ask(chat, "How do I ask for leave?")
    chat.get_by_role("button", name="Conversations", exact=True).click()
    with chat.expect_download() as download:
        chat.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "How-many-days-of-leave-do-I-get-.md"
    download.value.save_as(tmp_path / "kept.md")
    text = (tmp_path / "kept.md").read_text()
    assert text.startswith(f"# {DAYS}\n\n## {DAYS}\n\nEveryone earns 30 days of leave a year. \\[1\\]\n\n")
    quoted = f"1. [Annual leave]({chat.url}source/staff/annual-leave.md?start="
    assert quoted in text
    assert "“Everyone earns 30 days of leave a year.”" in text
    assert "\n\n- Open the calendar \\[2\\]\n\n  - Choose the days \\[3\\]\n\n- Send it" in text
    assert f"\n\n3. [Annual leave, p.\u00a013]({chat.url}source/" in text
    assert "\n\nNo page has the word “Formm " in text
    assert "<" not in text.replace("\\<", "")
    assert "`" not in text.replace("\\`", "")


def test_a_question_is_asked_again_in_its_place(chat: Page) -> None:
    ask(chat, DAYS)
    ask(chat, FOLLOW_UP)
    chat.get_by_role("button", name="Ask again").click()
    expect(chat.locator("#turn .turn")).to_have_attribute("data-turn", "2")
    chat.locator("#turn .working").wait_for(state="detached")
    expect(chat.locator(".turn")).to_have_count(2)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect_kept(chat, [DAYS, FOLLOW_UP])


def test_the_last_question_is_changed_in_its_place(chat: Page) -> None:
    ask(chat, DAYS)
    ask(chat, "Who won the ice hockey?")
    chat.get_by_role("button", name="Edit question").click()
    box = chat.get_by_role("textbox", name="Your question")
    expect(box).to_be_focused()
    expect(box).to_have_value("Who won the ice hockey?")
    ask(chat, FOLLOW_UP)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect(chat.locator(".turn")).to_have_count(2)
    expect_kept(chat, [DAYS, FOLLOW_UP])
    ask(chat, DAYS)  # the next one has a place of its own again
    expect_kept(chat, [DAYS, FOLLOW_UP, DAYS])


def test_a_first_question_that_is_changed_leaves_no_other_conversation(chat: Page) -> None:
    ask(chat, "Who won the ice hockey?")
    chat.get_by_role("button", name="Edit question").click()
    ask(chat, DAYS)
    expect_kept(chat, [DAYS])
    chat.get_by_role("button", name="Conversations", exact=True).click()
    expect(chat.locator("#shelf .name")).to_have_text([DAYS])


def test_changing_a_question_ends_with_taking_up_another_conversation(chat: Page) -> None:
    ask(chat, DAYS)
    chat.get_by_role("button", name="New conversation").click()
    expect(chat.locator(".turn")).to_have_count(0)
    ask(chat, "Who won the ice hockey?")
    chat.get_by_role("button", name="Edit question").click()
    chat.get_by_role("button", name="Conversations", exact=True).click()
    chat.locator("#shelf .name", has_text=DAYS).click()
    expect(chat.locator("#turn .question")).to_have_text(DAYS)
    ask(chat, FOLLOW_UP)
    expect_kept(chat, [DAYS, FOLLOW_UP], ["Who won the ice hockey?"])


def test_an_answer_is_stopped_and_leaves_nothing(chat: Page) -> None:
    ask(chat, DAYS)
    chat.get_by_role("textbox").fill("What takes long?")
    chat.keyboard.press("Enter")
    chat.get_by_role("button", name="Stop").click()
    expect(chat.locator("#turn .working")).to_have_text("Stopped.")
    expect(chat.get_by_role("button", name="Stop")).to_be_hidden()
    expect(chat.get_by_role("textbox", name="Your question")).to_be_focused()
    expect_kept(chat, [DAYS])
    chat.get_by_role("button", name="Edit question").click()
    ask(chat, FOLLOW_UP)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect_kept(chat, [DAYS, FOLLOW_UP])


@pytest.mark.parametrize("written", ["{", "[1]", '{"a": 3}', '{"a": {"title": "x", "changed": 1, "kept": "{}"}}'])
def test_what_else_stands_in_the_storage_does_no_harm(
    context: BrowserContext, addresses: dict[str, str], written: str
) -> None:
    context.add_init_script(
        f"localStorage.setItem('footnoted conversations', {json.dumps(written)});"
        "sessionStorage.setItem('footnoted current', 'a');"
    )
    page = opened(context, addresses["ready"])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    ask(page, DAYS)
    expect(page.locator("#turn .answer")).to_have_class("answer answered")
    page.get_by_role("button", name="Conversations", exact=True).click()
    expect(page.locator("#shelf .name").first).to_have_text(DAYS)
    assert errors == []


def test_a_browser_that_bars_storage_still_answers(context: BrowserContext, addresses: dict[str, str]) -> None:
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        "Object.defineProperty(window, name, { get() { throw new DOMException('barred', 'SecurityError'); } });"
    )
    page = opened(context, addresses["ready"])
    ask(page, DAYS)
    ask(page, FOLLOW_UP)
    expect(page.locator("#turn .answer")).to_have_class("answer answered")


@pytest.mark.parametrize(
    ("language", "button", "placeholder"), [("fi", "Kysy", "Kirjoita kysymys"), ("sv", "Fråga", "Ställ en fråga")]
)
def test_the_page_speaks_the_language_of_the_browser(
    context: BrowserContext, addresses: dict[str, str], language: str, button: str, placeholder: str
) -> None:
    context.set_extra_http_headers({"Accept-Language": f"{language}-FI,en;q=0.5"})
    page = opened(context, addresses["ready"])
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_attribute("placeholder", placeholder)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.get_by_role("textbox").fill(DAYS)
    page.keyboard.press("Enter")
    expect(page.locator("#turn .answer.answered")).to_be_visible()
    english = {"Ask again", "Copy with sources", "New conversation", "Conversations", "Fetched on", "Open the passage"}
    shown = page.locator("body").inner_text()
    assert [phrase for phrase in english if phrase in shown.replace(DAYS, "")] == []
