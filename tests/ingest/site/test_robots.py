from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.site.client import WebClient
from ingest.site.crawl import WebSource
from ingest.site.robots import Robots
from ingest.site.web import WebOptions
from ingest.types import Page, PageFailure, Validators
from tests.server import Response, Server, html


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(
        {"/": html('<a href="/private/a">x</a><a href="/b">x</a>'), "/private/a": html("x"), "/b": html("x")}
    ).running() as running:
        yield running


def test_what_robots_txt_forbids_is_not_asked_for(server: Server) -> None:
    server.routes["/robots.txt"] = Response(
        b"User-agent: *\nDisallow: /b\nUser-agent: footnoted\nDisallow: /private/\n"
    )
    options = WebOptions(urls=(server.url, f"{server.url}/private/a"), follow=1, delay_seconds=0)
    found = list(WebSource(options).fetch(lambda _: None))

    assert [page.url for page in found if isinstance(page, Page)] == [f"{server.url}/", f"{server.url}/b"]
    assert [one for one in found if isinstance(one, PageFailure)] == [
        PageFailure(
            f"{server.url}/private/a",
            "the site's robots.txt forbids it",
            "set the source's `robots = false` if the site is yours",
        )
    ]
    assert "/private/a" not in server.paths
    assert [request.path for request in server.requests].count("/robots.txt") == 1


def test_a_robots_txt_that_fails_forbids_everything(server: Server) -> None:
    server.routes["/robots.txt"] = Response(b"", 503)
    options = WebOptions(urls=(server.url,), delay_seconds=0)
    (failure,) = WebSource(options).fetch(lambda _: None)

    assert isinstance(failure, PageFailure)
    assert failure.reason == (
        "the site's robots.txt could not be read (the server answered 503 Service Unavailable), "
        "so nothing may be asked for"
    )
    unbound = WebOptions(urls=(server.url,), delay_seconds=0, robots=False)
    assert isinstance(next(iter(WebSource(unbound).fetch(lambda _: None))), Page)


def test_a_robots_txt_that_fails_leaves_no_page_for_gone(server: Server) -> None:
    source = WebSource(WebOptions(urls=(server.url,), follow=2, delay_seconds=0))
    held = {page.url: Validators() for page in source.fetch(lambda _: None)}
    server.routes["/robots.txt"] = Response(b"", 503)
    server.requests.clear()

    found = list(source.fetch(held.get))
    assert {one.url for one in found if isinstance(one, PageFailure)} == set(held)
    assert (len(found), len(held), server.paths) == (3, 3, [])

    server.routes["/robots.txt"] = Response(b"User-agent: *\nDisallow: /\n")
    assert [one.url for one in source.fetch(held.get)] == [f"{server.url}/"], "what is forbidden leads nowhere"


@pytest.mark.parametrize("status", [404, 403])
def test_a_robots_txt_that_is_not_there_forbids_nothing(server: Server, status: int) -> None:
    server.routes["/robots.txt"] = Response(b"Disallow: /", status)
    with WebClient(WebOptions(urls=(server.url,))) as client:
        assert Robots(client).refusal(f"{server.url}/") is None


def test_a_byte_order_mark_before_the_rules_is_passed_over(server: Server) -> None:
    server.routes["/robots.txt"] = Response(b"\xef\xbb\xbfUser-agent: *\nDisallow: /private/\n")
    with WebClient(WebOptions(urls=(server.url,))) as client:
        assert Robots(client).refusal(f"{server.url}/private/a") is not None


def test_the_crawl_delay_counts_up_to_half_a_minute(server: Server) -> None:
    server.routes["/robots.txt"] = Response(b"User-agent: *\nCrawl-delay: 2.5\n")
    with WebClient(WebOptions(urls=(server.url,))) as client:
        assert Robots(client).delay(f"{server.url}/") == 2.5
        server.routes["/robots.txt"] = Response(b"User-agent: *\nCrawl-delay: 86400\n")
        assert Robots(client).delay(f"{server.url}/") == 30
