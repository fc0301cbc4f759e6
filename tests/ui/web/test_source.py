from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from assistant.quoting import passage_digest
from tests.ui.scripted import ATTACK, cite, leave_page

URL = "/source/staff/annual-leave.md"


def test_a_citations_link_opens_its_page_with_the_quote_marked(client: httpx.Client) -> None:
    citation = cite(leave_page(), 1, "Everyone earns 30 days of leave a year.")
    page = client.get(citation.link)
    assert page.status_code == 200
    assert f'<mark id="passage">{citation.quote}</mark>' in page.text
    assert 'href="#passage"' in page.text
    assert '<article lang="en"><h1>Annual leave</h1>' in page.text
    assert ">4 March 2026</time>" in page.text


def test_a_passage_that_is_no_longer_what_was_cited_is_not_marked(client: httpx.Client) -> None:
    citation = cite(leave_page(), 1, "Everyone earns 30 days of leave a year.")
    path, _, _ = citation.link.partition("#")
    same = client.get(f"{path}&digest={passage_digest(citation.quote)}#passage").text
    assert f'<mark id="passage">{citation.quote}</mark>' in same
    changed = client.get(f"{path}&digest={passage_digest('Everyone earns 28 days of leave a year.')}#passage").text
    assert "This page has changed since it was cited" in changed
    assert "<mark" not in changed
    assert "Everyone earns" in changed
    assert 'id="passage"' in changed  # what the link scrolls to
    assert "has changed" not in client.get(path).text


@pytest.mark.parametrize(
    ("accepted", "told"), [("fi", "Haettu <time"), ("sv-FI", "Hämtad <time"), ("de", "Fetched on")]
)
def test_the_view_speaks_the_readers_language_and_the_page_its_own(
    client: httpx.Client, accepted: str, told: str
) -> None:
    page = client.get(URL, headers={"Accept-Language": accepted})
    assert told in page.text
    assert '<article lang="en">' in page.text
    assert "Accept-Language" in page.headers["vary"]


@pytest.mark.parametrize(
    "query", ["", "?start=5", "?start=9&end=2", "?start=99999999&end=999999999", "?start=-1&end=x", "?start=²&end=9"]
)
def test_a_page_without_a_passage_is_shown_whole(client: httpx.Client, query: str) -> None:
    page = client.get(URL + query)
    assert page.status_code == 200
    assert "Everyone earns" in page.text
    assert ('href="#passage"' in page.text) == ('id="passage"' in page.text)


def test_a_page_that_is_gone_says_so_and_shows_what_was_asked_as_text(client: httpx.Client) -> None:
    page = client.get(f"/source/{quote(ATTACK, safe='')}")
    assert page.status_code == 404
    assert "This page is not here" in page.text
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_a_page_is_not_looked_for_before_its_time(addresses: dict[str, str]) -> None:
    page = httpx.get(addresses["loading"] + URL)
    assert page.status_code == 404
    assert "not loaded yet" in page.text


def test_a_page_is_there_while_a_part_that_only_finds_pages_is_down(addresses: dict[str, str]) -> None:
    page = httpx.get(addresses["broken"] + URL)
    assert page.status_code == 200
    assert "Everyone earns" in page.text


def test_a_web_address_is_a_pages_name_like_any_other(client: httpx.Client) -> None:
    url = "https://example.org/a b?q=1&r=ä#x"
    page = client.get(f"/source/{quote(url, safe='')}")
    assert page.status_code == 200
    assert "Web page" in page.text
    assert '<a href="https://example.org/a%20b" rel="noopener">Open the original page</a>' in page.text
