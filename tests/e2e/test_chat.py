"""The chat page in a real browser, over prepared answers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import ask, opened
from tests.ui.scripted import ATTACK, TEMPLATE_ATTACK, leave_page

DAYS = "How many days of leave do I get?"
# What has the focus, and whether that shows; empty where the browser's own parts have it.
FOCUSED = """() => {
  const e = document.activeElement;
  if (e === document.body) return "";
  const seen = getComputedStyle(e).outlineStyle === "solid" ? "" : " (not to be seen)";
  return (e.innerText || e.placeholder).split("\\n")[0] + seen;
}"""
QUOTE = "Everyone earns 30 days of leave a year."


def test_a_question_leads_by_its_footnote_to_the_marked_passage(context: BrowserContext, chat: Page) -> None:
    ask(chat, "How do I ask for leave?")
    expect(chat.locator("#turn .answer li").nth(0)).to_contain_text("Open the calendar")
    note = chat.locator("#fn-1-3")
    expect(note).not_to_have_attribute("open", "")
    chat.get_by_role("link", name="Footnote 3", exact=True).click()
    expect(note).to_have_attribute("open", "")
    expect(note.locator("summary")).to_be_focused()
    expect(note.locator("mark")).to_have_text("Choose the days")
    with context.expect_page() as popup:
        note.get_by_role("link", name="Open the passage of footnote 3").click()
    source = popup.value
    expect(source.locator("#passage")).to_have_text("Choose the days")
    expect(source.locator("#passage")).to_be_in_viewport()
    assert source.evaluate("window.opener") is None


def test_the_passage_of_a_long_page_is_scrolled_to(context: BrowserContext, addresses: dict[str, str]) -> None:
    page = context.new_page()
    page.goto(f"{addresses['ready']}/source/staff/annual-leave.md")
    expect(page.locator("h2", has_text="Rule 18")).not_to_be_in_viewport()
    start = leave_page().text.index("Rule 18")
    page.goto(f"{addresses['ready']}/source/staff/annual-leave.md?start={start}&end={start + 80}#passage")
    expect(page.locator("#passage")).to_have_text("Rule 18")
    expect(page.locator("#passage")).to_be_in_viewport()
    assert page.evaluate("scrollY") > 500


FURTHER = ("How do I ask for leave?", "May I take leave as half days?")


def test_the_whole_way_by_keyboard(context: BrowserContext, chat: Page) -> None:
    expect(chat.get_by_role("textbox")).to_be_focused()
    chat.keyboard.type(DAYS)
    chat.keyboard.press("Enter")
    expect(chat.locator("#fn-1-2")).to_be_visible()
    expect(chat.get_by_role("textbox")).to_be_focused()
    chat.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(19):
        chat.keyboard.press("Tab")
        reached.append(chat.evaluate(FOCUSED))
    begin = reached.index("Skip to the question")
    order = [name for name in reached[begin:] + reached[:begin] if name]
    notes = ["1", "Open the passage", "↩", "2", "Open the passage", "↩"]
    assert order == [
        *("Skip to the question", "Conversations", "New conversation", "1", "2", *notes),
        *("Copy with sources", "Ask again", "Edit question", *FURTHER, "Ask a question", "Ask"),
    ]
    chat.locator("#ref-1-2").focus()
    chat.keyboard.press("Enter")
    expect(chat.locator("#fn-1-2 summary")).to_be_focused()
    chat.keyboard.press("Tab")
    with context.expect_page() as popup:
        chat.keyboard.press("Enter")
    expect(popup.value.locator("#passage")).to_have_text("Part-time staff earn theirs by the share of their hours.")
    chat.keyboard.press("Tab")
    chat.keyboard.press("Enter")
    expect(chat.locator("#ref-1-2")).to_be_focused()


def test_what_the_pages_answer_too_is_asked_by_a_click(chat: Page) -> None:
    chat.get_by_role("textbox").fill("half a")  # not sent yet
    ask(chat, "How many days of leave do I get?")
    further = chat.get_by_role("list", name="The pages also answer").get_by_role("button")
    expect(further).to_have_count(2)
    wanted = further.first.text_content() or ""
    further.first.click()
    expect(chat.locator("#turn .question")).to_have_text(wanted)
    expect(chat.locator("#past .furthers")).to_be_hidden()
    expect(chat.locator("#turn .furthers button", has_text=wanted)).to_have_count(0)


def test_the_arrows_lead_from_footnote_to_footnote(chat: Page) -> None:
    ask(chat, "How many days of leave do I get?")
    ask(chat, "How do I ask for leave?")
    chat.keyboard.press("Alt+ArrowDown")
    expect(chat.locator("#fn-2-1 > summary")).to_be_focused()
    chat.keyboard.press("ArrowDown")
    expect(chat.locator("#fn-2-2 > summary")).to_be_focused()
    expect(chat.locator("#fn-2-2")).to_have_attribute("open", "")
    for _ in range(3):
        chat.keyboard.press("ArrowUp")
    expect(chat.locator("#fn-1-1 > summary")).to_be_focused()
    chat.keyboard.press("ArrowUp")
    expect(chat.locator("#fn-1-1 > summary")).to_be_focused()


def test_a_footnote_stays_as_it_was_left_when_the_next_question_is_asked(chat: Page) -> None:
    ask(chat, "How do I ask for leave?")
    chat.locator("#fn-1-3 > summary").click()
    chat.get_by_role("link", name="Footnote 2", exact=True).click()
    ask(chat, DAYS)
    chat.locator("#fn-2-1 > summary").click()
    ask(chat, "And part-time?")
    expect(chat.locator("#past .footnote[open]")).to_have_count(3)
    for note, left_open in (("1-1", False), ("1-2", True), ("1-3", True), ("2-1", False), ("2-2", True)):
        assert chat.locator(f"#fn-{note}").evaluate("note => note.open") == left_open, note
    chat.get_by_role("button", name="New conversation").click()
    expect(chat.locator(".turn")).to_have_count(0)
    ask(chat, DAYS)
    expect(chat.locator("#fn-1-1")).to_have_attribute("open", "")


def test_a_footnote_that_the_browser_opens_stays_open(chat: Page) -> None:
    ask(chat, DAYS)
    note = chat.locator("#fn-1-1")
    note.locator("summary").click()
    expect(note).not_to_have_attribute("open", "")
    note.evaluate("note => { note.open = true; }")  # as for a word that somebody searches the page for
    ask(chat, "And part-time?")
    expect(note).to_have_attribute("open", "")


def test_asking_again_forgets_the_footnotes_of_its_own_turn_alone(chat: Page) -> None:
    ask(chat, DAYS)
    chat.locator("#fn-1-1 > summary").click()
    ask(chat, "And part-time?")
    chat.locator("#fn-2-1 > summary").click()
    expect(chat.locator("#fn-2-1")).not_to_have_attribute("open", "")
    chat.get_by_role("button", name="Ask again").click()
    expect(chat.locator("#fn-2-1")).to_have_attribute("open", "")
    ask(chat, "How do I ask for leave?")
    expect(chat.locator("#fn-1-1")).not_to_have_attribute("open", "")


def test_the_focus_on_what_stays_put_scrolls_nothing(chat: Page) -> None:
    for question in (DAYS, "How do I ask for leave?", "Who won the ice hockey?"):
        ask(chat, question)
    for kept_in_view in ("#shelf-button", "#fresh", "#question textarea", "#send"):
        chat.evaluate("document.activeElement.blur(), scrollTo(0, 300)")
        chat.wait_for_function("scrollY === 300")
        chat.locator(kept_in_view).focus()
        chat.wait_for_timeout(200)
        assert chat.evaluate("scrollY") == 300, kept_in_view
    chat.locator("#fn-2-3 > summary").focus()  # clear of the question box
    chat.wait_for_timeout(200)
    covered = """() => {
      const { x, bottom } = document.activeElement.getBoundingClientRect();
      return document.elementFromPoint(x + 5, bottom - 2).closest("#composer, #bar") !== null;
    }"""
    assert not chat.evaluate(covered)


def test_a_screen_reader_is_told_the_answer_once_it_is_whole(chat: Page) -> None:
    region = chat.locator("#spoken")
    expect(region).to_have_attribute("aria-live", "polite")
    expect(region).to_have_attribute("role", "status")
    ask(chat, DAYS)
    expect(region).to_have_text(f"{QUOTE} Part-time staff earn theirs by the share of their hours. 2 footnotes.")


def test_text_from_pages_and_questions_stays_text(
    context: BrowserContext, chat: Page, addresses: dict[str, str]
) -> None:
    for page in (chat, context.new_page()):
        page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    question = f"What goes in the form? {ATTACK}"
    expect(chat.locator(".example", has_text=ATTACK)).to_be_visible()
    ask(chat, question)
    expect(chat.locator("#turn .question")).to_have_text(question)
    expect(chat.locator("#turn .said").nth(0)).to_contain_text(f"Write {ATTACK} in the form.")
    expect(chat.locator("#turn .said").nth(1)).to_contain_text(TEMPLATE_ATTACK)
    expect(chat.locator("#fn-1-1 .title")).to_have_text(f"Forms {ATTACK}")
    assert chat.locator("gradio-app").locator("script, img, [onerror]").count() == 0
    ask(chat, DAYS)  # by now the turn stands among the past ones
    expect(chat.locator("#past .said").nth(1)).to_contain_text(TEMPLATE_ATTACK)
    source = context.pages[1]
    source.goto(addresses["ready"] + (chat.locator("#past .open").first.get_attribute("href") or ""))
    expect(source.locator("h1")).to_have_text(f"Forms {ATTACK}")
    expect(source.locator("#passage")).to_have_text(f"Write {ATTACK} in the form.")
    assert source.locator("script, img, [onerror]").count() == 0


def test_nothing_is_fetched_from_elsewhere_and_no_policy_is_broken(
    context: BrowserContext, addresses: dict[str, str]
) -> None:
    asked: list[str] = []
    told: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: told.append(str(error.error)))
    chat = opened(context, addresses["ready"])
    ask(chat, DAYS)
    source = context.new_page()
    source.goto(addresses["ready"] + (chat.locator("#turn .open").first.get_attribute("href") or ""))
    source.goto(f"{addresses['ready']}/source/none")
    ours = re.compile(rf"{re.escape(addresses['ready'])}/|data:|blob:{re.escape(addresses['ready'])}")
    assert [url for url in asked if not ours.match(url)] == []
    assert [line for line in told if "404" not in line] == []
    assert len(asked) > 20


def test_outcomes_look_plainly_different(chat: Page) -> None:
    looks = {}
    for question, outcome in (
        (DAYS, "answered"),
        ("May I take leave as half days?", "partial"),
        ("Who won the ice hockey?", "abstained"),
        ("Is the store up?", "failed"),
    ):
        ask(chat, question)
        answer = chat.locator("#turn .answer")
        expect(answer).to_have_class(f"answer {outcome}")
        looks[outcome] = answer.evaluate("e => {const s = getComputedStyle(e); return [s.background, s.border].join()}")
        expect(chat.locator("#turn .footnotes")).to_have_count(1 if outcome in ("answered", "partial") else 0)
        expect(chat.locator("#turn .ref")).to_have_count({"answered": 2, "partial": 1}.get(outcome, 0))
    assert len(set(looks.values())) == 4
    expect(chat.locator("#past .abstained .places a")).to_have_count(2)


def test_a_follow_up_knows_what_was_asked_and_a_new_conversation_does_not(
    browser_contexts: list[BrowserContext], addresses: dict[str, str]
) -> None:
    mine, theirs = (opened(context, addresses["ready"]) for context in browser_contexts)
    ask(mine, DAYS)
    ask(mine, "And part-time?")
    expect(mine.locator("#turn .answer")).to_have_class("answer answered")
    expect(mine.locator("#past .question")).to_have_text([DAYS])
    ask(theirs, "And part-time?")
    expect(theirs.locator("#turn .answer")).to_have_class("answer abstained")
    mine.get_by_role("button", name="New conversation").click()
    expect(mine.locator(".turn")).to_have_count(0)
    expect(mine.locator(".example").first).to_be_visible()
    expect(mine.get_by_role("textbox")).to_be_focused()
    ask(mine, "And part-time?")
    expect(mine.locator("#turn .answer")).to_have_class("answer abstained")


def test_an_example_is_asked_by_a_click(chat: Page) -> None:
    chat.get_by_role("button", name=DAYS).click()
    expect(chat.locator("#turn .answer strong")).to_have_text("30 days")
    expect(chat.locator(".example")).to_have_count(0)


def test_the_copy_carries_the_sources_with_their_whole_address(context: BrowserContext, chat: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(chat, DAYS)
    chat.get_by_role("button", name="Copy with sources").click()
    expect(chat.get_by_role("button", name="Copied")).to_be_visible()
    copied = chat.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{QUOTE} [1] Part-time staff")
    assert f"[1] Annual leave\n“{QUOTE}”\n{chat.url}source/staff/annual-leave.md?start=" in copied


def test_a_question_at_work_shows_it(context: BrowserContext, addresses: dict[str, str], chat: Page) -> None:
    chat.get_by_role("textbox").fill("What takes long?")
    chat.keyboard.press("Enter")
    expect(chat.locator("#turn .working")).to_have_text("Searching the pages")
    expect(chat.locator("#turn .question")).to_have_text("What takes long?")
    ask(opened(context, addresses["ready"]), DAYS)  # which lets the other go on
    expect(chat.locator("#turn .answer")).to_have_class("answer abstained")


@pytest.mark.parametrize("way", ["button", "again"])
def test_a_second_question_waits_for_the_first_however_it_is_asked(
    context: BrowserContext, addresses: dict[str, str], chat: Page, way: str
) -> None:
    ask(chat, DAYS)
    asked: list[str] = []
    chat.on("request", lambda request: asked.append(request.url) if request.url.endswith("/queue/join?") else None)
    box = chat.get_by_role("textbox", name="Your question")
    box.fill("What takes long?")
    chat.keyboard.press("Enter")
    expect(chat.locator("#turn .question")).to_have_text("What takes long?")
    if way == "button":
        box.fill("How do I ask for leave?")
        chat.get_by_role("button", name="Ask", exact=True).click()
    else:
        chat.evaluate("askFor('How do I ask for leave?')")
    chat.wait_for_timeout(500)
    assert len(asked) == 1
    expect(chat.locator("#turn .question")).to_have_text("What takes long?")
    ask(opened(context, addresses["ready"]), DAYS)  # which lets the first go on
    expect(chat.locator("#turn .question")).to_have_text("How do I ask for leave?")
    expect(chat.locator("#past .question")).to_have_text([DAYS, "What takes long?"])


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What breaks half-way?", "The store went away."),
        ("What is not foreseen?", "The answer could not be made."),
        ("x" * 2001, "The question is 2,001 characters long; at most 2,000 are read."),
    ],
)
def test_a_failure_is_told_and_the_page_lives_on(chat: Page, question: str, told: str) -> None:
    ask(chat, question)
    expect(chat.locator("#turn .failed .note")).to_have_text(told)
    expect(chat.locator("#spoken")).to_contain_text(told)
    ask(chat, DAYS)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")


def test_a_question_is_as_long_as_the_server_counts_it(chat: Page) -> None:
    ask(chat, "🙂" * 1_500)  # of two UTF-16 units each
    expect(chat.locator("#turn .answer")).to_have_class("answer abstained")
    expect(chat.get_by_role("textbox", name="Your question")).to_have_value("")


def test_a_long_question_is_scrolled_by_keyboard(chat: Page) -> None:
    ask(chat, "How many days are there? " * 70)
    question = chat.locator("#turn .question")
    expect(question).to_have_attribute("tabindex", "0")
    question.focus()
    chat.keyboard.press("ArrowDown")
    chat.wait_for_function("document.activeElement.scrollTop > 0")
    ask(chat, DAYS)
    expect(question).not_to_have_attribute("tabindex", "0")


def test_an_empty_question_asks_nothing(chat: Page) -> None:
    chat.get_by_role("textbox").fill("   ")
    chat.keyboard.press("Enter")
    ask(chat, DAYS)
    expect(chat.locator(".turn")).to_have_count(1)


def test_a_page_opened_early_gets_ready_by_itself(context: BrowserContext, addresses: dict[str, str]) -> None:
    page = context.new_page()
    page.goto(addresses["waking"])
    expect(page.locator("#welcome .state")).to_contain_text("Getting ready")
    expect(page.locator(".example").first).to_be_visible(timeout=15_000)
    expect(page.locator("#welcome .state")).to_have_count(0)
    ask(page, DAYS)
    expect(page.locator("#turn .answer")).to_have_class("answer answered")


def test_a_broken_index_is_told_at_once(context: BrowserContext, addresses: dict[str, str]) -> None:
    page = context.new_page()
    page.goto(addresses["broken"])
    expect(page.get_by_role("alert")).to_have_text("Footnoted can’t answer now: The store in '/data' is damaged.")
