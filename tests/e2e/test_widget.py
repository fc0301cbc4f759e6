"""The widget on other people's pages in a real browser: page on one origin, assistant on another."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

DAYS = "How many days of leave do I get?"
MOST_BYTES = 8 * 1024
Host = Callable[..., Page]


@pytest.fixture
def host(context: BrowserContext, addresses: dict[str, str]) -> Host:
    """Opens a page of the other site, with the widget on it as its arguments say."""

    def opened(path: str = "/", **asked: str) -> Page:
        page = context.new_page()
        page.goto(f"{addresses['host']}{path}?{urlencode({name.replace('_', '-'): v for name, v in asked.items()})}")
        return page

    return opened


def opened_chat(page: Page) -> FrameLocator:
    """The chat in the widget, opened by its button, once it can be typed into."""
    page.locator("footnoted-widget .launcher").click()
    frame = page.frame_locator("footnoted-widget iframe")
    frame.locator("#question textarea").wait_for()
    return frame


def ask(frame: FrameLocator, question: str = DAYS) -> None:
    frame.locator("#question textarea").fill(question)
    frame.locator("#question textarea").press("Enter")
    frame.locator("#turn .question", has_text=question).wait_for()
    frame.locator("#turn .working").wait_for(state="detached")


def heard(page: Page) -> list[str]:
    """The errors of a page's console, from now on."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(message.text) if message.type == "error" else None)
    return lines


def test_one_small_request_until_it_is_opened(context: BrowserContext, addresses: dict[str, str], host: Host) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = host()
    expect(page.locator("footnoted-widget .launcher")).to_be_visible()
    page.wait_for_load_state("networkidle")
    sent = [url for url in asked if url.startswith(addresses["open"])]
    assert sent == [f"{addresses['open']}/widget.js"]
    assert int(httpx.get(sent[0]).headers["content-length"]) < MOST_BYTES
    whole = httpx.get(sent[0], headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in whole.headers
    assert whole.text == httpx.get(sent[0]).text


def test_it_answers_with_its_footnotes_to_be_seen_and_asks_no_third_host(
    context: BrowserContext, addresses: dict[str, str], host: Host
) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = host()
    errors = heard(page)
    frame = opened_chat(page)
    ask(frame)
    expect(frame.locator("#fn-1-1 mark")).to_have_text("Everyone earns 30 days of leave a year.")
    expect(frame.locator("#fn-1-1 mark")).to_be_visible()
    with context.expect_page() as popup:
        frame.locator("#fn-1-1 .open").click()
    expect(popup.value.locator("#passage")).to_be_in_viewport()
    known = (addresses["host"], addresses["open"], "data:", "blob:")
    assert [url for url in asked if not url.startswith(known)] == []
    assert errors == []


def test_an_unlisted_page_gets_a_refused_frame_and_is_told_why(addresses: dict[str, str], host: Host) -> None:
    page = host(at="ready")
    errors = heard(page)
    page.locator("footnoted-widget .launcher").click()
    expect(page.locator("footnoted-widget .refused")).to_contain_text("may not be shown on this page")
    expect(page.locator("footnoted-widget .refused a")).to_have_attribute("href", f"{addresses['ready']}/")
    assert any("frame-ancestors" in line for line in errors)
    told = f"{addresses['ready']} does not show its chat on {addresses['host']}. Add this origin to server.origins"
    assert any(told in line for line in errors)


@pytest.mark.parametrize(("kind", "shown"), [("iframe", True), ("whole", False)])
def test_a_plain_frame_shows_the_embedded_chat_and_never_the_page_itself(host: Host, kind: str, shown: bool) -> None:
    page = host(widget=kind)
    page.wait_for_load_state("networkidle")
    chat = page.frame_locator("iframe").locator("#question textarea")
    if shown:
        expect(chat).to_be_visible()
        ask(page.frame_locator("iframe"))
    else:
        expect(chat).to_have_count(0)


def test_messages_of_a_page_that_is_not_listed_are_not_heard(
    context: BrowserContext, addresses: dict[str, str], host: Host
) -> None:
    """A frame that claims another origin than its page's hears nothing and tells it nothing."""
    page = host(widget="iframe")
    page.evaluate(
        """(src) => { window.got = []; addEventListener("message", (e) => got.push(e.data));
        document.querySelector("iframe").src = src; }""",
        f"{addresses['open']}/embed?origin=https://intranet.example.org",
    )
    frame = page.frame_locator("iframe")
    frame.locator(".example").first.wait_for()
    page.evaluate("frames[0].postMessage({footnoted: 'ask', question: 'How many days of leave do I get?'}, '*')")
    page.wait_for_timeout(500)
    expect(frame.locator(".turn")).to_have_count(0)
    assert page.evaluate("got.filter((data) => data.footnoted)") == []  # Gradio sends some of its own


@pytest.mark.parametrize("style", ["unset", "above", "dark", "plain"])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_style_of_the_page_breaks_it(host: Host, style: str, direction: str) -> None:
    page = host(style=style, dir=direction)
    button = page.locator("footnoted-widget .launcher")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box
    left = box["x"] < 700
    assert left == (direction == "rtl")
    assert 110 < box["width"] < 260
    assert 40 < box["height"] < 60
    assert box["y"] + box["height"] > 850
    assert button.evaluate("b => getComputedStyle(b).backgroundColor") == (
        "rgb(134, 207, 196)" if style == "dark" else "rgb(20, 82, 76)"
    )
    button.click()  # which fails where something else of the page lies above it
    panel = page.locator("footnoted-widget .panel").bounding_box()
    assert panel
    assert (round(panel["width"]), round(panel["height"])) == (420, 680)
    assert (panel["x"] < 700) == left
    expect(page.frame_locator("footnoted-widget iframe").locator("#question textarea")).to_be_visible()


def test_it_works_under_a_policy_that_names_its_server_alone(host: Host) -> None:
    page = host(strict="1")
    errors = heard(page)
    box = page.locator("footnoted-widget .launcher").bounding_box()
    assert box
    assert box["y"] > 800
    ask(opened_chat(page))
    assert errors == []


def test_escape_closes_and_gives_the_focus_back(host: Host) -> None:
    page = host()
    page.locator("#button").focus()
    page.evaluate("Footnoted.open()")
    frame = page.frame_locator("footnoted-widget iframe")
    expect(frame.locator("#question textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("footnoted-widget .panel")).to_be_hidden()
    expect(page.locator("#button")).to_be_focused()
    page.locator("footnoted-widget .launcher").focus()
    page.keyboard.press("Enter")
    expect(frame.locator("#question textarea")).to_be_focused()
    page.locator("footnoted-widget .close").focus()
    page.keyboard.press("Escape")
    expect(page.locator("footnoted-widget .launcher")).to_be_focused()


def test_the_focus_goes_round_inside_while_it_is_open(host: Host) -> None:
    page = host()
    frame = opened_chat(page)
    frame.locator(".example").first.wait_for()
    expect(frame.locator("#question textarea")).to_be_focused()
    where = "() => document.activeElement.tagName"
    for key in ("Tab", "Shift+Tab"):
        met = set()
        for _ in range(14):
            page.keyboard.press(key)
            met.add(page.evaluate(where))
        assert met == {"FOOTNOTED-WIDGET"}, key
    # What the last key had the frame told is on its way yet, and would move the focus once more.
    frame.locator("body").evaluate("() => new Promise((done) => setTimeout(done, 300))")
    shut = page.locator("footnoted-widget .close")
    shut.focus()
    expect(shut).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(frame.locator("#send")).to_be_focused()
    page.keyboard.press("Tab")
    expect(shut).to_be_focused()


def test_it_stays_open_from_page_to_page_and_keeps_its_conversation(host: Host, addresses: dict[str, str]) -> None:
    page = host()
    ask(opened_chat(page))
    page.goto(f"{addresses['host']}/other")
    frame = page.frame_locator("footnoted-widget iframe")
    expect(frame.locator("#turn .question")).to_have_text(DAYS)
    expect(page.locator("body")).to_be_focused()
    page.locator("footnoted-widget .close").click()
    page.reload()
    expect(page.locator("footnoted-widget .launcher")).to_be_visible()
    expect(page.locator("footnoted-widget .panel")).to_be_hidden()


def test_it_says_on_which_page_it_stands(host: Host) -> None:
    page = host(data_lang="en")
    frame = opened_chat(page)
    ask(frame, "Where do I stand?")
    where = page.evaluate("location.origin + location.pathname")
    expect(frame.locator("#turn .told")).to_contain_text(f"You stand on {where}.")


def test_its_attributes_are_followed(host: Host) -> None:
    page = host(
        data_place="left",
        data_colour="#7a1f5c",
        data_lang="fi",
        data_title="Kysy HR:ltä",
        data_greeting="Mitä haluat <b>tietää</b>?",
        data_open="",
    )
    panel = page.locator("footnoted-widget .panel")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box
    assert box["x"] < 50
    expect(page.get_by_role("dialog", name="Kysy HR:ltä")).to_be_visible()
    assert panel.locator("header").evaluate("h => getComputedStyle(h).backgroundColor") == "rgb(122, 31, 92)"
    frame = page.frame_locator("footnoted-widget iframe")
    expect(frame.locator("#welcome h2")).to_have_text("Mitä haluat <b>tietää</b>?")
    expect(frame.get_by_role("button", name="Kysy", exact=True)).to_be_visible()
    assert frame.locator("#send").evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(122, 31, 92)"
    page.locator("footnoted-widget .close").click()
    expect(page.get_by_role("button", name="Kysy sivuilta")).to_be_visible()


@pytest.mark.parametrize(("language", "button"), [("sv-FI", "Fråga"), ("fi", "Kysy"), ("en-GB", "Ask"), ("de", "Ask")])
def test_it_speaks_the_language_of_the_page(host: Host, language: str, button: str) -> None:
    page = host(lang=language)
    expect(opened_chat(page).get_by_role("button", name=button, exact=True)).to_be_visible()


def test_it_follows_the_colours_of_the_page_as_they_change(host: Host) -> None:
    page = host()
    frame = opened_chat(page)
    ground = "b => getComputedStyle(b).backgroundColor"
    assert frame.locator("body").evaluate(ground) == "rgb(250, 249, 246)"
    page.evaluate("document.body.style.background = '#111'")
    expect(frame.locator("html")).to_have_attribute("data-scheme", "dark")
    assert frame.locator("body").evaluate(ground) == "rgb(22, 24, 23)"
    assert page.locator("footnoted-widget .panel").evaluate(ground) == "rgb(22, 24, 23)"


def test_a_page_can_open_ask_and_listen(host: Host, addresses: dict[str, str]) -> None:
    page = host()
    page.evaluate(
        """() => { window.got = []; for (const name of ["open", "close", "answered"])
        document.addEventListener(`footnoted:${name}`, (e) => got.push([name, e.detail ?? null])); }"""
    )
    page.evaluate("question => Footnoted.ask(question)", DAYS)
    frame = page.frame_locator("footnoted-widget iframe")
    expect(frame.locator("#turn .answer")).to_have_class("answer answered")
    page.wait_for_function("got.length === 2")
    page.evaluate("Footnoted.close()")
    assert page.evaluate("got") == [
        ["open", None],
        ["answered", {"outcome": "answered", "footnotes": 2}],
        ["close", None],
    ]


def test_a_page_can_ask_in_the_middle_of_a_conversation(host: Host) -> None:
    page = host()
    frame = opened_chat(page)
    ask(frame)
    frame.locator("#question textarea").fill("Not sent yet")
    page.evaluate("Footnoted.ask('How do I ask for leave?')")
    expect(frame.locator("#turn .question")).to_have_text("How do I ask for leave?")
    expect(frame.locator("#past .question")).to_have_text(DAYS)
    expect(frame.locator("#question textarea")).to_have_value("Not sent yet")


def test_it_outlives_a_page_that_changes_its_whole_body(host: Host) -> None:
    page = host()
    ask(opened_chat(page))
    page.evaluate(
        """() => { const body = document.createElement("body"); body.innerHTML = "<h1>Another page</h1>";
        document.body.replaceWith(body); }"""
    )
    frame = page.frame_locator("footnoted-widget iframe")
    expect(frame.locator("#turn .question")).to_have_text(DAYS)
    page.evaluate("document.body.innerHTML = '<h1>A third</h1>'")
    page.evaluate("Footnoted.ask('How do I ask for leave?')")
    expect(frame.locator("#turn .question")).to_have_text("How do I ask for leave?")
    page.evaluate("Footnoted.remove()")
    page.evaluate("document.body.innerHTML = '<h1>A fourth</h1>'")
    expect(page.locator("footnoted-widget")).to_have_count(0)


def test_a_chat_that_could_not_be_shown_is_tried_again_when_it_is_opened_again(
    context: BrowserContext, addresses: dict[str, str], host: Host
) -> None:
    context.route(f"{addresses['open']}/embed?*", lambda route: route.fulfill(status=502, body="Bad gateway"))
    page = host()
    page.locator("footnoted-widget .launcher").click()
    expect(page.locator("footnoted-widget .refused")).to_be_visible()
    context.unroute(f"{addresses['open']}/embed?*")
    page.locator("footnoted-widget .close").click()
    ask(opened_chat(page))
    expect(page.locator("footnoted-widget .refused")).to_have_count(0)


def test_it_fills_a_phone(browser: Browser, addresses: dict[str, str]) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(addresses["host"])
    frame = opened_chat(page)
    box = page.locator("footnoted-widget .panel").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 740}
    expect(frame.get_by_role("button", name="Ask", exact=True)).to_be_in_viewport(ratio=1)
    context.close()


def test_thirty_widgets_opened_and_removed_leave_nothing_behind(host: Host, addresses: dict[str, str]) -> None:
    page = host()
    page.evaluate("Footnoted.remove()")
    session = page.context.new_cdp_session(page)
    turn = """async (src) => {
      const script = Object.assign(document.createElement("script"), { src });
      await new Promise((done) => { script.onload = done; document.head.append(script); });
      Footnoted.open();
      Footnoted.close();
      Footnoted.remove();
      script.remove();
    }"""

    def counted(times: int) -> dict[str, int]:
        for _ in range(times):
            page.evaluate(turn, f"{addresses['open']}/widget.js")
        page.wait_for_timeout(3500)  # the last one has stopped waiting for its frame
        session.send("HeapProfiler.collectGarbage")
        counts: dict[str, int] = session.send("Memory.getDOMCounters")
        return counts

    first, last = counted(5), counted(30)
    assert last["jsEventListeners"] <= first["jsEventListeners"]
    assert last["nodes"] <= first["nodes"] + 10
    assert page.locator("footnoted-widget").count() == 0


def test_a_second_script_is_told_of_and_adds_nothing(host: Host, addresses: dict[str, str]) -> None:
    page = host()
    with page.expect_console_message(lambda message: "on this page already" in message.text):
        page.add_script_tag(url=f"{addresses['open']}/widget.js")
    expect(page.locator("footnoted-widget")).to_have_count(1)


def test_without_scripts_there_is_a_link(browser: Browser, addresses: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["host"])
    expect(page.get_by_role("link", name="Ask")).to_have_attribute("href", f"{addresses['open']}/")
    context.close()


@pytest.mark.parametrize("style", ["plain", "dark"])
def test_it_puts_no_barrier_on_the_page(host: Host, style: str) -> None:
    page = host(style=style)
    for _ in ("closed", "open"):
        violations = Axe().run(page, context={"include": [["footnoted-widget"]]}).response["violations"]
        assert [f"{fault['id']}: {node['html'][:200]}" for fault in violations for node in fault["nodes"]] == []
        page.evaluate("Footnoted.open()")


def test_the_script_holds_every_word_that_it_shows() -> None:
    source = (Path(__file__).parents[2] / "ui" / "static" / "widget.js").read_text()
    from ui.web.widget import WIDGET_WORDS

    assert set(re.findall(r"\bwords\.(\w+)", source)) == set(WIDGET_WORDS)
