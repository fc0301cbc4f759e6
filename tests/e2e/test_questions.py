"""Thumbs in the chat and in the widget's frame, and the owner's page of questions, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import ask, opened
from tests.e2e.test_look import barriers, fits
from tests.ui.operating import TOKEN, Operated, logged, serving, until

SETTINGS = f"""
data_dir = "data"
[reader]
model = "none"
[log]
questions = true
[server]
owner_token = "{TOKEN}"
[[sources]]
folder = "pages"
"""
KNOWN = "What says the page of walruses?"
UNKNOWN = "Who won the ice hockey championship?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    folder = tmp_path_factory.mktemp("rated")
    (folder / "pages").mkdir()
    (folder / "pages" / "walrus.md").write_text("# Walruses\n\nThe page of walruses says that they are large.\n")
    (folder / "pages" / "lynx.md").write_text("# Lynxes\n\nThey are seldom seen in daylight.\n")
    (folder / "footnoted.toml").write_text(SETTINGS)
    with serving(folder / "footnoted.toml", folder / "data") as made:
        yield made


def rated(server: Operated, question: str, thumb: str, reason: str = "") -> bool:
    latest = next(entry for entry in logged(server) if entry.question == question)
    return (latest.thumb, latest.reason) == (thumb, reason)


def test_a_thumb_is_sent_shown_kept_and_taken_back(context: BrowserContext, server: Operated) -> None:
    page = opened(context, server.url)
    ask(page, KNOWN)
    first = page.locator("#turn .thumbs")
    up, down = first.get_by_role("button", name="Helpful", exact=True), first.get_by_role("button", name="Not helpful")
    expect(first.get_by_role("group", name="Was this helpful?")).to_be_visible()
    assert barriers(page) == []

    up.press("Enter")
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#spoken")).to_have_text("Thank you.")
    until(lambda: rated(server, KNOWN, "up"))

    down.click()
    expect(up).to_have_attribute("aria-pressed", "false")
    reason = first.get_by_label("What was wrong? (optional)")
    expect(reason).to_be_visible()
    assert barriers(page) == []
    reason.fill("too short")
    reason.press("Enter")
    expect(reason).to_be_hidden()
    until(lambda: rated(server, KNOWN, "down", "too short"))

    # It stays where it was put: in the next turn's past, and after the page is loaded again.
    ask(page, UNKNOWN)
    expect(page.locator("#past .thumbs .down")).to_have_attribute("aria-pressed", "true")
    page.reload()
    past = page.locator("#past .thumbs .down")
    expect(past).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#past .thumbs .reason")).to_be_hidden()

    past.click()
    expect(past).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#past .thumbs .told")).to_have_text("Taken back.")
    until(lambda: rated(server, KNOWN, ""))
    page.reload()
    expect(page.locator("#past .thumbs .down")).to_have_attribute("aria-pressed", "false")


def test_what_cannot_be_sent_is_said_and_not_shown_as_said(context: BrowserContext, server: Operated) -> None:
    page = opened(context, server.url)
    ask(page, KNOWN)
    page.route("**/api/feedback", lambda route: route.abort())
    up = page.locator("#turn .thumbs .up")
    up.click()
    expect(page.locator("#turn .thumbs .told")).to_have_text("That could not be sent.")
    expect(up).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize(("language", "name"), [("fi", "Ei auttanut"), ("sv", "Inte till hjälp")])
def test_the_frame_has_thumbs_in_its_language(
    context: BrowserContext, server: Operated, language: str, name: str
) -> None:
    page = context.new_page()
    page.goto(f"{server.url}/embed?lang={language}")
    box = page.get_by_role("textbox").first
    box.fill(KNOWN)
    box.press("Enter")
    page.get_by_role("button", name=name).click()
    expect(page.locator("#turn .thumbs .reason")).to_be_visible()
    until(lambda: rated(server, KNOWN, "down"))


def test_a_chat_without_a_log_has_no_thumbs(chat: Page) -> None:
    ask(chat, "How many days of leave do I get?")
    expect(chat.locator(".thumbs")).to_have_count(0)


def test_the_owners_page_fits_and_reads_at_every_size_in_light_and_dark(owners: Page, server: Operated) -> None:
    for question in (KNOWN, UNKNOWN, "A" + "very" * 60 + "long word?"):
        owners.request.post(f"{server.url}/api/ask", data={"question": question})
    until(lambda: sum(entry.question == UNKNOWN for entry in logged(server)) > 0)
    asked: list[str] = []
    said: list[str] = []
    owners.on("request", lambda request: asked.append(request.url))
    owners.on("console", lambda message: said.append(message.text))

    owners.goto(f"{server.url}/owner")

    expect(owners.get_by_role("heading", name="What to write next")).to_be_visible()
    expect(owners.locator(".clusters")).to_contain_text(UNKNOWN)
    expect(owners.get_by_role("img")).to_have_count(2)
    assert fits(owners)
    assert barriers(owners) == []
    for closed in owners.locator("details").all():
        closed.evaluate("details => { details.open = true; }")
    assert fits(owners)
    assert barriers(owners) == []
    assert [url for url in asked if not url.startswith(f"{server.url}/")] == []
    assert said == []


def test_the_page_of_the_api_fits_and_has_no_barriers(owners: Page, server: Operated) -> None:
    owners.goto(f"{server.url}/api/docs")
    expect(owners.get_by_role("heading", name="/api/feedback")).to_be_visible()
    assert fits(owners)
    assert barriers(owners) == []


def test_a_question_is_deleted_by_its_button_and_all_by_two_steps(owners: Page, server: Operated) -> None:
    name = "Which one is to be deleted?"
    for question in (KNOWN, name):
        owners.request.post(f"{server.url}/api/ask", data={"question": question})
    until(lambda: any(entry.question == name for entry in logged(server)))
    owners.goto(f"{server.url}/owner?days=7")

    owners.get_by_role("region", name="Latest questions").get_by_role("button", name=f"Delete “{name}”").click()
    expect(owners.get_by_text(name)).to_have_count(0)
    expect(owners).to_have_url(re.compile(r"/owner\?days=7$"))
    assert not any(entry.question == name for entry in logged(server))

    owners.get_by_text("Delete all", exact=True).click()
    owners.get_by_role("button", name="Delete every question").click()
    expect(owners.locator("main")).to_contain_text("No questions in this time.")
    assert logged(server) == []
