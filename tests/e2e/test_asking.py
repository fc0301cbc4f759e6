"""Asking, stopping and asking again faster than the server hears of it, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Frame, Locator, Page, Route, expect

from tests.e2e.conftest import ask, opened
from tests.e2e.test_kept import expect_kept

DAYS = "How many days of leave do I get?"
LONG = "What takes long?"
HOW = "How do I ask for leave?"
FOLLOW_UP = "And part-time?"
HOCKEY = "Who won the ice hockey?"
FAR = 250
"""Milliseconds that each request of a page that is ``far`` away takes longer, so that people are faster than it."""


def far(context: BrowserContext, page: Page) -> None:
    network = {"offline": False, "latency": FAR, "downloadThroughput": -1, "uploadThroughput": -1}
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", network)


def box(page: Page | Frame) -> Locator:
    return page.locator("#question textarea")


def send(page: Page | Frame, question: str) -> None:
    box(page).fill(question)
    box(page).press("Enter")


def begin(page: Page | Frame) -> None:
    """Ask what is not answered before another question is asked."""
    send(page, LONG)
    expect(page.locator("#turn .question")).to_have_text(LONG)
    expect(page.locator("#turn .working .dots")).to_be_attached()


def release(page: Page, address: str) -> None:
    ask(opened(page.context, address), DAYS)


def take_up(page: Page, question: str) -> None:
    page.get_by_role("button", name="Conversations", exact=True).click()
    page.locator("#shelf .name", has_text=question).click()


def fresh(page: Page) -> None:
    page.get_by_role("button", name="New conversation").click()


@pytest.mark.parametrize(("where", "when"), [("page", "before"), ("page", "after"), ("widget", "before")])
def test_a_question_sent_about_when_the_one_before_is_stopped_is_asked(
    context: BrowserContext, addresses: dict[str, str], where: str, when: str
) -> None:
    page = opened(context, addresses["ready"]) if where == "page" else context.new_page()
    if where == "widget":
        page.goto(addresses["host"])
        page.locator("footnoted-widget .launcher").click()
        page.frame_locator("footnoted-widget iframe").locator("#question textarea").wait_for()
    chat = page.frames[-1]
    begin(chat)
    far(context, page)
    if when == "before":
        send(chat, HOW)
    chat.get_by_role("button", name="Stop").click()
    if when == "after":
        send(chat, HOW)
    expect(chat.locator("#turn .question")).to_have_text(HOW)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect(chat.locator("#past .turn")).to_have_count(0)
    expect(box(chat)).to_have_value("")
    begin(chat)  # Stop knows of the question that came after
    chat.get_by_role("button", name="Stop").click()
    expect(chat.locator("#turn .working")).to_have_text("Stopped.")
    expect(chat.locator("#past .question")).to_have_text([HOW])


@pytest.mark.parametrize("waiting", ["", HOW])
def test_what_is_typed_after_a_question_was_sent_is_not_sent_with_it(
    chat: Page, addresses: dict[str, str], waiting: str
) -> None:
    send(chat, LONG)
    box(chat).press("Enter")  # twice, as one does
    expect(chat.locator("#turn .question")).to_have_text(LONG)
    if waiting:
        send(chat, waiting)
    box(chat).fill(f"{waiting} And anoth")
    release(chat, addresses["ready"])
    expect(chat.locator("#turn .answer")).to_have_class("answer abstained")
    chat.wait_for_timeout(500)
    expect(chat.locator("#turn .question")).to_have_text(LONG)
    expect(box(chat)).to_have_value(f"{waiting} And anoth")
    expect(chat.locator("#past .turn")).to_have_count(0)


def test_a_question_that_waits_is_not_asked_in_another_conversation(chat: Page, addresses: dict[str, str]) -> None:
    begin(chat)
    send(chat, HOW)
    fresh(chat)
    expect(chat.locator(".turn")).to_have_count(0)
    chat.wait_for_timeout(500)
    expect(chat.locator(".turn")).to_have_count(0)
    expect(box(chat)).to_have_value(HOW)
    begin(chat)
    box(chat).fill("Not sent")
    release(chat, addresses["ready"])
    expect(chat.locator("#turn .answer")).to_have_class("answer abstained")
    chat.wait_for_timeout(500)
    expect(chat.locator("#turn .question")).to_have_text(LONG)
    expect(box(chat)).to_have_value("Not sent")


@pytest.mark.parametrize("during", [False, True])
def test_a_question_is_asked_in_the_conversation_that_was_just_taken_up(
    context: BrowserContext, chat: Page, during: bool
) -> None:
    ask(chat, DAYS)
    fresh(chat)
    expect(chat.locator(".turn")).to_have_count(0)
    ask(chat, HOCKEY)
    if during:
        begin(chat)
    far(context, chat)
    take_up(chat, DAYS)
    send(chat, FOLLOW_UP)
    expect(chat.locator("#turn .question")).to_have_text(FOLLOW_UP)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect(chat.locator("#past .question")).to_have_text([DAYS])
    expect_kept(chat, [DAYS, FOLLOW_UP], [HOCKEY])


def test_of_two_conversations_taken_up_the_second_is_shown(context: BrowserContext, chat: Page) -> None:
    for question in (DAYS, HOCKEY, HOW):
        fresh(chat)
        expect(chat.locator(".turn")).to_have_count(0)
        ask(chat, question)
    far(context, chat)
    for question in (HOCKEY, DAYS):
        take_up(chat, question)
    expect(chat.locator("#turn .question")).to_have_text(DAYS)
    chat.wait_for_timeout(4 * FAR)
    expect(chat.locator(".turn .question")).to_have_text([DAYS])


def test_a_question_is_asked_in_the_conversation_that_was_just_begun(context: BrowserContext, chat: Page) -> None:
    ask(chat, DAYS)
    begin(chat)
    far(context, chat)
    fresh(chat)
    send(chat, FOLLOW_UP)
    expect(chat.locator("#turn .question")).to_have_text(FOLLOW_UP)
    expect(chat.locator("#turn .answer")).to_have_class("answer abstained")
    expect(chat.locator("#past .turn")).to_have_count(0)
    expect_kept(chat, [FOLLOW_UP], [DAYS])


def test_an_answer_that_is_left_before_the_server_has_its_question_does_not_come(
    context: BrowserContext, chat: Page
) -> None:
    ask(chat, DAYS)
    far(context, chat)
    send(chat, HOW)
    fresh(chat)
    expect(chat.locator(".turn")).to_have_count(0)
    chat.wait_for_timeout(4 * FAR)
    expect(chat.locator(".turn")).to_have_count(0)
    expect(box(chat)).to_have_value(HOW)
    expect_kept(chat, [DAYS])


def test_a_question_that_waits_for_the_server_to_hear_of_stop_is_left_for_another_conversation(chat: Page) -> None:
    ask(chat, DAYS)
    begin(chat)
    held: list[Route] = []
    chat.route("**/gradio_api/cancel", lambda route: route.continue_() if held else held.append(route))
    chat.get_by_role("button", name="Stop").click()
    expect(chat.locator("#turn .working")).to_have_text("Stopped.")  # at once, whatever the server hears
    send(chat, HOW)
    chat.wait_for_timeout(8 * FAR)
    fresh(chat)
    held[0].continue_()
    chat.wait_for_timeout(4 * FAR)
    expect(chat.locator(".turn")).to_have_count(0)
    expect(box(chat)).to_have_value(HOW)


@pytest.mark.parametrize("pause", [0, FAR, 2 * FAR])
@pytest.mark.parametrize("then", ["", LONG])
def test_what_was_stopped_does_not_stand_in_the_new_conversation(
    context: BrowserContext, chat: Page, then: str, pause: int
) -> None:
    ask(chat, DAYS)
    begin(chat)
    far(context, chat)
    chat.get_by_role("button", name="Stop").click()
    if then:
        send(chat, then)
    chat.wait_for_timeout(pause)
    fresh(chat)
    chat.wait_for_timeout(8 * FAR)
    expect(chat.locator(".turn")).to_have_count(0)
    expect(chat.locator("#welcome .greeting")).to_be_visible()
    expect_kept(chat, [DAYS])
    expect(chat.locator("body")).not_to_contain_text("Error")
    send(chat, HOW)
    expect(chat.locator("#turn .question")).to_have_text(HOW)
    expect_kept(chat, [HOW], [DAYS])


def test_stop_asks_nothing_of_the_server_that_could_come_late(chat: Page) -> None:
    ask(chat, DAYS)
    begin(chat)
    asked: list[str] = []
    chat.on("request", lambda request: asked.append(request.url.rpartition("/gradio_api/")[2]))
    chat.get_by_role("button", name="Stop").click()
    expect(chat.locator("#turn .working")).to_have_text("Stopped.")
    chat.wait_for_timeout(500)
    assert asked == ["cancel"]


def test_a_question_for_the_new_conversation_is_asked_beside_one_that_was_left(
    context: BrowserContext, chat: Page
) -> None:
    ask(chat, DAYS)
    begin(chat)
    far(context, chat)
    chat.get_by_role("button", name="Stop").click()
    send(chat, HOW)
    fresh(chat)
    send(chat, HOCKEY)
    expect(chat.locator("#turn .question")).to_have_text(HOCKEY)
    expect(chat.locator("#past .turn")).to_have_count(0)
    expect_kept(chat, [HOCKEY], [DAYS])


@pytest.mark.parametrize("typing", ["after", "instead"])
def test_what_is_typed_before_the_answer_begins_stays(context: BrowserContext, chat: Page, typing: str) -> None:
    far(context, chat)
    with chat.expect_request("**/queue/join*"):
        send(chat, DAYS)
    if typing == "instead":
        box(chat).press("Control+a")
    chat.keyboard.type(FOLLOW_UP)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect(chat.locator("#turn .furthers")).to_be_visible()
    expect(box(chat)).to_have_value(FOLLOW_UP)
    box(chat).press("Enter")
    expect(chat.locator("#turn .question")).to_have_text(FOLLOW_UP)
    expect(box(chat)).to_have_value("")


def test_what_is_typed_while_a_question_waits_stays_without_it(chat: Page) -> None:
    chat.evaluate("show()")  # as a new conversation does; nothing comes, so that there is time
    send(chat, HOW)
    chat.wait_for_function("asking !== null")
    chat.keyboard.type(" And by")
    expect(chat.locator("#turn .question")).to_have_text(HOW)
    expect(box(chat)).to_have_value(" And by")


def test_what_is_pressed_while_a_question_waits_is_not_asked_for_the_next(chat: Page) -> None:
    chat.evaluate("show()")  # as a new conversation does; nothing comes, so that there is time
    send(chat, HOW)
    chat.wait_for_function("asking !== null")
    chat.evaluate("question => askFor(question)", HOCKEY)
    expect(chat.locator("#turn .question")).to_have_text(HOW)
    expect(chat.locator("#turn .furthers")).to_be_visible()
    ask(chat, FOLLOW_UP)
    expect(chat.locator(".turn .question")).to_have_text([HOW, FOLLOW_UP])


def test_a_double_click_asks_once(context: BrowserContext, chat: Page) -> None:
    far(context, chat)
    chat.get_by_role("button", name=DAYS).dblclick()
    expect(chat.locator("#turn .furthers")).to_be_visible()
    chat.wait_for_timeout(4 * FAR)
    expect(chat.locator(".turn")).to_have_count(1)
    expect_kept(chat, [DAYS])


def test_a_copied_tab_loses_nothing_of_the_other(context: BrowserContext, chat: Page) -> None:
    ask(chat, DAYS)
    with context.expect_page() as copied:
        chat.evaluate("window.open(location.href)")  # with what the tab holds
    other = copied.value
    expect(other.locator("#turn .question")).to_have_text(DAYS)
    ask(other, HOW)
    ask(chat, FOLLOW_UP)
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect_kept(chat, [DAYS, FOLLOW_UP], [DAYS, HOW])
    ask(chat, HOCKEY)
    expect_kept(chat, [DAYS, FOLLOW_UP, HOCKEY], [DAYS, HOW])
