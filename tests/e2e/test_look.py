"""What the pages look like in a real browser: widths, colour schemes, nothing of the framework."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import ask, opened

DAYS = "How many days of leave do I get?"
LONG = "Rechtsschutzversicherungsgesellschaften" * 12
SIZES = [(360, 740), (1400, 900)]

# Relative luminance and contrast as WCAG 2 defines them, of each element's own text on the nearest painted ground.
FAINT = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const linear = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if ((c[3] ?? 1) > 0.99) return c;
    }
    return [255, 255, 255];
  };
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const faint = [];
  for (const e of document.querySelectorAll("body *")) {
    if (!own(e) || !e.checkVisibility() || e.closest("#boot, script, style, noscript")) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faint.push(`${e.tagName}.${e.className} ${contrast.toFixed(2)} ${e.textContent.slice(0, 40)}`);
  }
  return faint;
}"""


@pytest.fixture(params=[(*size, scheme) for size in SIZES for scheme in ("light", "dark")], ids=str)
def chat(request: pytest.FixtureRequest, browser: Browser, addresses: dict[str, str]) -> Iterator[Page]:
    width, height, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield opened(context, addresses["ready"])
    context.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_the_chat_fits_and_reads_at_every_size_in_light_and_dark(chat: Page) -> None:
    assert fits(chat)
    assert chat.evaluate(FAINT) == []
    for question in (DAYS, "May I take leave as half days?", "Who won the ice hockey?", "Is the store up?", LONG):
        ask(chat, question)
        assert fits(chat), question
        assert chat.evaluate(FAINT) == []
        expect(chat.get_by_role("textbox")).to_be_in_viewport(ratio=1)
        expect(chat.get_by_role("button", name="Ask", exact=True)).to_be_in_viewport(ratio=1)
        expect(chat.locator("#turn .question")).to_be_in_viewport()
    chat.goto(f"{chat.url}source/staff/annual-leave.md?start=0&end=200#passage")
    assert fits(chat)
    assert chat.evaluate(FAINT) == []


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
