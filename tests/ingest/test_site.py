from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.formats.web.html import parse_html
from ingest.formats.web.markdown import parse_markdown
from ingest.site.crawl import WebSource
from ingest.site.web import WebOptions
from ingest.types import Gone, NotModified, Page, Validators
from tests.ingest.documents import check_form, lines_of, page_of
from tests.site import AROUND, RenderedSite, Template, render_folder

LEAVE = """---
title: Sick leave
keywords: ill, illness
---
When you are ill, tell your lead before nine o'clock on the first morning, by telephone or in the chat.

## What to do

1. Call your lead.
2. Send the *form*:
   - within three days
   - signed by a doctor

| Days away | Who signs |
|---|---|
| 1 to 3 | you |
| more than 3 | a doctor |

### Coming back

Your lead talks with you before you start again. See [pay](pay.md) for what you are paid in the meantime.
"""
PAY = """# Pay

You are paid on the fifteenth of each month, or on the working day before it when that is a holiday.

## When something is wrong

Write to payroll and say which month, what you expected and what you got. They answer within two working days.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "leave.md").write_text(LEAVE, "utf-8")
    (tmp_path / "pay.md").write_text(PAY, "utf-8")
    return tmp_path


@pytest.mark.parametrize("template", ["main", "plain"])
def test_a_rendered_page_reads_like_its_markdown(folder: Path, template: Template) -> None:
    bodies = render_folder(folder, template)

    for path, source in (("/away/leave.html", LEAVE), ("/pay.html", PAY)):
        written = parse_markdown(page_of(source, "text/markdown"))
        read = check_form(parse_html(page_of(bodies[path])))
        lost = Counter(lines_of(written)) - Counter(lines_of(read))
        assert not lost
        assert read.title == written.title
        if template == "main":
            extra = Counter(lines_of(read)) - Counter(lines_of(written))
            assert set(extra) <= {written.title}
            assert not [text for text in AROUND if text in read.text]


def test_the_site_is_crawled_then_asked_conditionally_then_changed(folder: Path) -> None:
    site = RenderedSite(folder, datetime(2024, 1, 1, tzinfo=UTC))
    with site.running():
        source = WebSource(WebOptions(urls=(site.url,), follow=2, delay_seconds=0))
        first = [page for page in source.fetch(lambda _: None) if isinstance(page, Page)]
        held = {page.url: Validators(page.etag, page.last_modified) for page in first}
        second = [
            found for found in source.fetch(held.get) if not isinstance(found, Gone)
        ]  # the footer's links lead nowhere
        (folder / "pay.md").write_text(PAY.replace("fifteenth", "tenth"), "utf-8")
        (folder / "away" / "leave.md").rename(folder / "sick.md")
        site.load(folder, datetime(2024, 2, 1, tzinfo=UTC))
        third = list(source.fetch(held.get))

    assert {page.url for page in first} == {f"{site.url}/pay.html", f"{site.url}/away/leave.html"}
    assert second == [NotModified(url) for url in (page.url for page in first)]
    changed = {page.url: page for page in third if isinstance(page, Page)}
    assert set(changed) == {f"{site.url}/pay.html", f"{site.url}/sick.html"}
    assert b"tenth" in changed[f"{site.url}/pay.html"].body


def test_the_sitemap_names_every_page(folder: Path) -> None:
    site = RenderedSite(folder, datetime(2024, 1, 1, tzinfo=UTC))
    with site.running():
        source = WebSource(WebOptions(sitemaps=(f"{site.url}/sitemap.xml",), delay_seconds=0))
        found = list(source.fetch(lambda _: None))

    assert [page.url for page in found] == [f"{site.url}/away/leave.html", f"{site.url}/pay.html"]
