from __future__ import annotations

from ingest.site.links import PageFacts, read_facts

URL = "https://x.example/dir/page"


def test_links_are_resolved_once_each_in_order() -> None:
    body = b"""<base href="/base/"><a href="a">A</a><a href="/b#part">B</a><a href="a#again">A</a>
    <a rel="nofollow" href="/no">No</a><a href="mailto:x@y.example">mail</a><area href="c"><a>none</a>"""

    assert read_facts(body, URL).links == (
        "https://x.example/base/a",
        "https://x.example/b",
        "https://x.example/base/c",
    )


def test_canonical_and_robots_orders() -> None:
    facts = read_facts(
        b'<head><link rel="canonical" href="/real"><meta name="ROBOTS" content="NoIndex, nofollow"></head>', URL
    )

    assert facts == PageFacts(canonical="https://x.example/real", noindex=True, nofollow=True)
    assert read_facts(b'<link rel=canonical href="page">', URL).canonical is None


def test_a_page_that_asks_to_sign_in_is_known_by_its_password_field() -> None:
    assert read_facts(b"<form><input type=PassWord></form>", URL).asks_to_sign_in


def test_what_is_no_html_has_no_facts() -> None:
    assert read_facts(b"", URL) == read_facts(b"\x00\x00", URL) == PageFacts()
