"""Who asks, in a real browser: a frame on another site opened with a token, and what the browser keeps of whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.server import Server, html
from tests.ui.access.test_tokens import token
from tests.ui.asking import LIMITED, SETTINGS, asked
from tests.ui.operating import Operated

PLAN = "What does the zorblax plan save?"
SIGN_IN = """[access.oidc]
issuer = "http://127.0.0.1:9"
client_id = "x"
public_url = "http://127.0.0.1:9"
"""


@pytest.fixture(scope="module")
def host() -> Iterator[Server]:
    """Another site's pages. A page's token is put into it by the site's own server."""
    with Server().running() as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, host: Server) -> Iterator[Operated]:
    origin = host.url.replace("127.0.0.1", "localhost")
    settings = f'{SETTINGS}{LIMITED}{SIGN_IN}[server]\norigins = ["{origin}"]\n'
    with asked(tmp_path_factory.mktemp("frame"), settings) as made:
        yield made


def shown(context: BrowserContext, host: Server, server: Operated, given: str) -> Page:
    script = f'<script src="{server.url}/widget.js" data-open data-token="{given}" defer></script>'
    host.routes["/page"] = html(f"<!doctype html><html lang=en><title>Host</title><p>A page.</p>{script}")
    page = context.new_page()
    page.goto(f"{host.url}/page".replace("127.0.0.1", "localhost"))
    return page


def test_a_frame_opened_with_a_token_answers_its_person_and_names_the_token_once(
    context: BrowserContext, host: Server, server: Operated
) -> None:
    given = token()
    called: list[str] = []
    context.on("request", lambda request: called.append(f"{request.url} {request.headers.get('referer', '')}"))
    page = shown(context, host, server, given)
    frame = page.frame_locator("iframe")
    frame.get_by_role("textbox").fill(PLAN)
    page.keyboard.press("Enter")
    expect(frame.locator("#turn .answer")).to_contain_text("40417")
    assert sum(given in call for call in called) == 1, "the frame's own address, and no other request or referrer"
    assert not any("pass=" in call for call in called)

    with context.expect_page() as opening:
        frame.locator("a.open").first.click()
    passage = opening.value
    expect(passage.locator("mark").first).to_contain_text("40417")
    assert "pass=" not in passage.url
    assert given not in passage.url


def test_a_frame_whose_token_is_over_says_so_itself(context: BrowserContext, host: Server, server: Operated) -> None:
    page = shown(context, host, server, token(exp=1))
    expect(page.frame_locator("iframe").get_by_role("alert")).to_have_text("The token has expired.")
    page.wait_for_timeout(4_000)  # the widget judges a frame that says nothing after three seconds
    expect(page.frame_locator("iframe").get_by_role("alert")).to_be_visible()


def test_what_one_person_kept_is_not_shown_to_the_next(context: BrowserContext, server: Operated) -> None:
    page = context.new_page()
    page.goto(f"{server.url}/embed?token={token()}")
    page.get_by_role("textbox").fill(PLAN)
    page.keyboard.press("Enter")
    page.wait_for_function("Object.keys(localStorage).some((key) => key.startsWith('footnoted conversations '))")
    page.goto(f"{server.url}/embed?token={token()}")
    expect(page.locator("#turn .answer")).to_contain_text("40417")
    for address in (f"/embed?token={token(sub='liisa')}", f"/embed?token={token(groups=['A'])}", "/"):
        page.goto(server.url + address)
        page.locator("#welcome .greeting").wait_for()
        page.wait_for_timeout(1_000)
        expect(page.locator("#turn .answer")).to_have_count(0)
        page.locator("#shelf-button").click()
        expect(page.locator("#shelf li")).to_have_count(0)


def test_a_session_that_is_over_is_told(context: BrowserContext, server: Operated) -> None:
    page = context.new_page()
    page.goto(f"{server.url}/embed?token={token()}")
    page.get_by_role("textbox").wait_for()
    page.evaluate("face.pass = 'spoiled'")
    page.get_by_role("textbox").fill(PLAN)
    page.keyboard.press("Enter")
    expect(page.locator("#over")).to_have_text("Your session is over. Reload the page to go on.")


def test_there_is_a_link_to_sign_in(context: BrowserContext, server: Operated) -> None:
    page = context.new_page()
    page.goto(server.url)
    expect(page.locator("#account")).to_have_text("Sign in")
    expect(page.locator("#account")).to_have_attribute("href", "/login")
