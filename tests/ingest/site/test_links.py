from __future__ import annotations

from urllib.parse import quote

import pytest

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


@pytest.mark.parametrize(
    ("encoding", "media_type", "meta"),
    [
        ("utf-8", "text/html; charset=utf-8", ""),
        ("utf-8", "text/html", ""),
        ("utf-8-sig", "text/html", ""),
        ("iso-8859-1", "text/html; charset=iso-8859-1", ""),
        ("koi8-r", "text/html; charset=KOI8-R", ""),
        ("cp1251", "text/html; charset=utf-8", '<meta charset="windows-1251">'),
        ("cp1251", "text/html; charset=klingon", '<meta charset="windows-1251">'),
    ],
)
def test_addresses_are_read_in_the_charset_that_is_served_or_that_the_page_names(
    encoding: str, media_type: str, meta: str
) -> None:
    path = "/отпуск" if encoding in ("koi8-r", "cp1251") else "/sivut/työajat"
    body = f'<html><head>{meta}</head><body><a href="{path}">x</a></body></html>'.encode(encoding)

    assert read_facts(body, URL, media_type).links == (f"https://x.example{quote(path)}",)


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
