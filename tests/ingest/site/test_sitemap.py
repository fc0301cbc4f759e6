from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from ingest.errors import PageError
from ingest.site.client import WebClient
from ingest.site.sitemap import Sitemap, parse_sitemap, read_sitemap
from ingest.site.web import WebOptions
from tests.server import Response, Server

URL = "https://x.example/sitemap.xml"


def urlset(*addresses: str) -> bytes:
    entries = "".join(f"<url><loc> {address} </loc><lastmod>2026-01-01</lastmod></url>" for address in addresses)
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    )


def index(*addresses: str) -> bytes:
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'.encode()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


def test_pages_and_children_are_read() -> None:
    assert parse_sitemap(urlset("https://x.example/a", "/b"), URL) == Sitemap(
        ("https://x.example/a", "https://x.example/b")
    )
    assert parse_sitemap(index("https://x.example/more.xml"), URL) == Sitemap(children=("https://x.example/more.xml",))
    assert parse_sitemap(b"https://x.example/a\nhttps://x.example/b\n", URL).pages == (
        "https://x.example/a",
        "https://x.example/b",
    )


@pytest.mark.parametrize("before", [b"\n", b"\r\n ", b"\xef\xbb\xbf"])
def test_what_stands_before_the_declaration_is_passed_over(before: bytes) -> None:
    assert parse_sitemap(before + urlset("https://x.example/a"), URL).pages == ("https://x.example/a",)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Not found</body></html>", b"just words", b"<!DOCTYPE x>", b"<feed></feed>"]
)
def test_what_is_no_sitemap_says_so(body: bytes) -> None:
    with pytest.raises(PageError, match=r"'https://x.example/sitemap.xml' is no sitemap"):
        parse_sitemap(body, URL)


def test_a_sitemap_that_is_cut_short_is_an_error() -> None:
    with pytest.raises(PageError, match=r"the sitemap 'https://x.example/sitemap.xml' is damaged or cut short: "):
        parse_sitemap(urlset("https://x.example/a", "https://x.example/b")[:-40], URL)


def test_entities_are_not_expanded() -> None:
    body = b'<!DOCTYPE x [<!ENTITY a "https://x.example/secret">]><urlset><url><loc>&a;</loc></url></urlset>'

    assert parse_sitemap(body, URL) == Sitemap()


def test_an_index_and_its_gzipped_sitemaps_are_one_list(server: Server) -> None:
    server.routes["/sitemap.xml"] = Response(index(f"{server.url}/1.xml.gz", f"{server.url}/2.xml"))
    server.routes["/1.xml.gz"] = Response(gzip.compress(urlset(f"{server.url}/a", f"{server.url}/b")))
    server.routes["/2.xml"] = Response(urlset(f"{server.url}/b", f"{server.url}/c"))
    with WebClient(WebOptions(sitemaps=(f"{server.url}/sitemap.xml",))) as client:
        assert read_sitemap(client, f"{server.url}/sitemap.xml") == tuple(f"{server.url}/{page}" for page in "abc")


def test_half_a_list_is_an_error(server: Server) -> None:
    server.routes["/sitemap.xml"] = Response(index(f"{server.url}/1.xml", f"{server.url}/gone.xml"))
    server.routes["/1.xml"] = Response(urlset(f"{server.url}/a"))
    with (
        WebClient(WebOptions(sitemaps=(f"{server.url}/sitemap.xml",))) as client,
        pytest.raises(PageError, match=r"gone.xml' is not there"),
    ):
        read_sitemap(client, f"{server.url}/sitemap.xml")


def test_a_sitemap_on_another_host_is_refused(server: Server) -> None:
    server.routes["/sitemap.xml"] = Response(index("http://other.example/1.xml"))
    with (
        WebClient(WebOptions(sitemaps=(f"{server.url}/sitemap.xml",))) as client,
        pytest.raises(PageError, match=r"on another host") as caught,
    ):
        read_sitemap(client, f"{server.url}/sitemap.xml")

    assert caught.value.hint == "add 'other.example' to the source's `hosts`"


def test_indexes_that_name_each_other_without_end_are_stopped(server: Server) -> None:
    for depth in range(6):
        server.routes[f"/{depth}.xml"] = Response(index(f"{server.url}/{depth + 1}.xml", f"{server.url}/0.xml"))
    with (
        WebClient(WebOptions(sitemaps=(f"{server.url}/0.xml",))) as client,
        pytest.raises(PageError, match="nests or splits without end"),
    ):
        read_sitemap(client, f"{server.url}/0.xml")


def test_a_gzip_bomb_is_stopped(server: Server) -> None:
    server.routes["/sitemap.xml"] = Response(gzip.compress(b" " * 60_000_000))
    with (
        WebClient(WebOptions(sitemaps=(f"{server.url}/sitemap.xml",))) as client,
        pytest.raises(PageError, match="larger than 52,428,800 bytes"),
    ):
        read_sitemap(client, f"{server.url}/sitemap.xml")
