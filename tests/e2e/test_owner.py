"""The operator's page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_look import barriers, fits
from tests.ui.operating import TOKEN, Operated, serving

SETTINGS = f"""
data_dir = "data"
[reader]
model = "none"
[server]
owner_token = "{TOKEN}"
[[sources]]
name = "Handbook"
folder = "pages"
[[sources]]
name = "Archive"
folder = "nowhere"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A server over a folder with a broken page, and one that is not there."""
    folder = tmp_path_factory.mktemp("owned")
    (folder / "pages").mkdir()
    (folder / "footnoted.toml").write_text(SETTINGS)
    for number in range(30):
        (folder / "pages" / f"{number}.md").write_text(f"# Page {number}\n\nIt says w{number}.\n")
    (folder / "pages" / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    with serving(folder / "footnoted.toml", folder / "data") as made:
        yield made


@pytest.fixture
def owned(owners: Page, server: Operated) -> Page:
    owners.goto(f"{server.url}/owner/sync")
    return owners


def test_the_page_fits_and_reads_at_every_size_in_light_and_dark(owned: Page) -> None:
    expect(owned.get_by_role("row", name="Handbook")).to_contain_text("30")
    expect(owned.get_by_role("row", name="Archive")).to_contain_text("failed")
    expect(owned.get_by_role("img")).to_have_count(2)
    expect(owned.locator(".failures")).to_contain_text("broken.pdf")
    assert fits(owned)
    assert barriers(owned) == []


def test_the_button_syncs_and_the_page_follows(browser: Browser, server: Operated) -> None:
    context = browser.new_context(http_credentials={"username": "operator", "password": TOKEN})
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{server.url}/owner/sync")
    words = " ".join(f"word{word}" for word in range(4_000))
    for number in range(60):
        (Path(server.config).parent / "pages" / f"new{number}.md").write_text(f"# New {number}\n\n{words} {number}.\n")

    page.get_by_role("button", name="Sync all now").click()

    # Without another click: the page asks again until the work is done.
    expect(page.get_by_role("row", name="Handbook")).to_contain_text("90", timeout=60_000)
    expect(page.locator("main[data-busy]")).to_have_count(0, timeout=60_000)
    assert page.url == f"{server.url}/owner/sync"
    assert [url for url in asked if not url.startswith(f"{server.url}/")] == []
    assert said == []
    context.close()
