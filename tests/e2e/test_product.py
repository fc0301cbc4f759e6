"""The whole product, as installed, over the shipped corpus in a real browser."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.conftest import ask, opened

COMMAND = str(Path(sys.executable).with_name("footnoted"))
CORPUS = Path(__file__).parents[2] / "corpus"
ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def product(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the product serving the corpus and one page that attacks. ``browser``: none, no need to start."""
    folder = tmp_path_factory.mktemp("pages")
    for page in CORPUS.glob("*.txt"):
        shutil.copy(page, folder)
    (folder / "stamps.md").write_text(f"# Stamps\n\nThe purple stamp must carry the words `{ATTACK}` in full.\n")
    data = ["--data-dir", str(tmp_path_factory.mktemp("data"))]
    subprocess.run([COMMAND, "index", str(folder), *data], check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    server = subprocess.Popen([COMMAND, "serve", "--port", port, *data])
    try:
        address = f"http://127.0.0.1:{port}"
        while server.poll() is None and not ready(address):
            time.sleep(0.2)
        assert server.poll() is None, "the server ended before it was ready"
        yield address
    finally:
        server.terminate()
        server.wait(60)


def ready(address: str) -> bool:
    try:
        answer = httpx.get(f"{address}/readyz")
    except httpx.TransportError:
        return False
    assert answer.json()["status"] != "broken", answer.text
    return answer.status_code == 200


def test_a_question_is_answered_from_the_corpus_and_its_passage_opens(context: BrowserContext, product: str) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    chat = opened(context, product)
    ask(chat, "When did the University of Helsinki join Una Europa?")
    expect(chat.locator("#turn .answer")).to_have_class("answer answered")
    expect(chat.locator("#turn .said strong").first).to_have_text("4 October 2019")
    chat.locator("#turn .ref").first.click()
    note = chat.locator("#fn-1-1")
    expect(note.locator("summary")).to_be_focused()
    expect(note.locator("mark")).to_contain_text("4 October 2019")
    with context.expect_page() as popup:
        note.locator(".open").click()
    passage = popup.value.locator("#passage")
    expect(passage).to_have_text(note.locator("mark").inner_text())
    expect(passage).to_be_in_viewport()
    assert [url for url in asked if not url.startswith((f"{product}/", "data:"))] == []


def test_a_refused_question_shows_no_source(context: BrowserContext, product: str) -> None:
    chat = opened(context, product)
    ask(chat, "When is the library open on Sundays?")
    expect(chat.locator("#turn .answer")).to_have_class("answer abstained")
    expect(chat.locator("#turn").locator(".footnotes, .ref, blockquote, mark")).to_have_count(0)


def test_an_example_question_is_answered(context: BrowserContext, product: str) -> None:
    chat = opened(context, product)
    chat.locator(".example").first.click()
    expect(chat.locator("#turn .answer.answered .footnote").first).to_be_visible()


def test_a_page_that_attacks_is_shown_as_text(context: BrowserContext, product: str) -> None:
    context.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    chat = opened(context, product)
    ask(chat, f"Which words must the purple stamp carry? {ATTACK}")
    expect(chat.locator("#turn .question")).to_contain_text(ATTACK)
    expect(chat.locator("#turn .footnote mark").first).to_contain_text("onerror=alert(2)")
    assert chat.locator("gradio-app").locator("script, img").count() == 0
    chat.goto(f"{product}/source/stamps.md?start=0&end=200#passage")
    expect(chat.locator("main")).to_contain_text("onerror=alert(2)")
    assert chat.locator("script, img").count() == 0
