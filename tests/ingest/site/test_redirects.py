"""Pages that redirect: which of the addresses that they lead to are asked for and read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ingest.site.crawl import WebSource
from ingest.site.web import WebOptions
from ingest.types import NotModified, Page, PageFailure, Validators
from tests.ingest.site.test_crawl import crawl, links, moves, paths
from tests.server import Response, Server, html, redirect


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.mark.parametrize("globs", [{"exclude": ("*/old/*",)}, {"include": ("*/a", "*/deep")}])
def test_a_page_is_not_read_where_the_globs_do_not_choose_it(server: Server, globs: dict[str, Any]) -> None:
    server.routes |= {"/": links("/a"), "/a": redirect("/old/b"), "/old/b": links("/deep"), "/deep": links()}
    held = {f"{server.url}{path}": Validators('"1"') for path in ("/a", "/old/b")}
    found = crawl(server, held.get, held=held, **globs)

    assert [one.url for one in found] == [f"{server.url}/"], "told of as little as a linked page that is left out"
    assert "/deep" not in server.paths
    server.routes["/old/b"] = lambda request: Response(b"", 304)
    assert paths(crawl(server, held.get, held=held, **globs), NotModified, server) == []


def test_a_page_may_redirect_by_way_of_one_that_the_globs_do_not_choose(server: Server) -> None:
    server.routes |= {"/": links("/hr/a"), "/hr/a": redirect("/hop"), "/hop": redirect("/hr/b"), "/hr/b": links()}

    assert paths(crawl(server, include=("*/hr/*",)), Page, server) == ["/", "/hr/b"]


def test_an_address_that_robots_txt_forbids_is_not_asked_for_by_redirect_either(server: Server) -> None:
    server.routes |= {
        "/robots.txt": Response(b"User-agent: *\nDisallow: /secret"),
        "/": links("/a", "/b", "/good"),
        "/a": redirect("/hop"),
        "/hop": redirect("/secret/a"),
        "/b": redirect("/secret/b"),
        "/good": links(),
        "/secret/a": html("a"),
        "/secret/b": html("b"),
    }
    assert [one.url for one in crawl(server)] == [f"{server.url}/", f"{server.url}/good"]
    held = [f"{server.url}{path}" for path in ("/a", "/secret/b")]
    found = crawl(server, held=held)

    assert not {"/secret/a", "/secret/b"} & set(server.paths)
    forbidden = "the site's robots.txt forbids it"
    assert [(one.url.removeprefix(server.url), one.reason) for one in found if isinstance(one, PageFailure)] == [
        ("/a", f"it redirects to '{server.url}/secret/a': {forbidden}"),
        ("/secret/b", forbidden),
    ]
    assert {"/secret/a", "/secret/b"} <= set(paths(crawl(server, robots=False), Page, server))


def test_a_start_that_redirects_to_what_robots_txt_forbids_says_so(server: Server) -> None:
    server.routes |= {"/robots.txt": Response(b"User-agent: *\nDisallow: /en"), "/": redirect("/en/"), "/en/": links()}
    (failure,) = crawl(server)

    assert isinstance(failure, PageFailure)
    assert failure.reason == f"it redirects to '{server.url}/en/': the site's robots.txt forbids it"
    assert "`robots = false`" in failure.hint


def test_a_start_is_read_wherever_it_leads(server: Server) -> None:
    server.routes |= {"/": redirect("/en/"), "/en/": links("/hr/a", "/en/b"), "/hr/a": links(), "/en/b": links()}

    assert paths(crawl(server, include=("*/hr/*",)), Page, server) == ["/en/", "/hr/a"]
    assert paths(crawl(server, exclude=("*/en/*",)), Page, server) == ["/en/", "/hr/a"]


def test_a_page_that_only_a_sitemap_names_is_no_start(server: Server) -> None:
    server.routes |= {"/map.txt": Response(f"{server.url}/a".encode()), "/a": redirect("/old/a"), "/old/a": links()}
    sitemaps = (f"{server.url}/map.txt",)

    assert paths(crawl(server, urls=(), sitemaps=sitemaps), Page, server) == ["/old/a"]
    assert crawl(server, urls=(), sitemaps=sitemaps, exclude=("*/old/*",)) == []


def test_a_start_may_lead_to_its_host_with_or_without_www(server: Server) -> None:
    """The server is a proxy here: it is asked for whole addresses, whose names need not exist."""
    bare, www = "http://site.example", "http://www.site.example"
    server.routes |= {
        f"{bare}/": redirect(f"{www}/"),
        f"{www}/": links("/a", "http://intra.site.example/b"),
        f"{www}/a": links(),
        f"{bare}/map.txt": redirect(f"{www}/map.txt"),
        f"{www}/map.txt": Response(f"{www}/c".encode()),
        f"{www}/c": links(),
    }
    found = crawl(server, urls=(bare,), proxy=server.url)
    assert [one.url for one in found if isinstance(one, Page)] == [f"{www}/", f"{www}/a"]
    mapped = crawl(server, urls=(), sitemaps=(f"{bare}/map.txt",), proxy=server.url)
    assert [one.url for one in mapped] == [f"{www}/c"]

    server.routes = {f"{www}/": links(f"{bare}/a", "/b"), f"{www}/b": redirect(f"{bare}/b"), f"{bare}/b": links()}
    found = crawl(server, urls=(www,), proxy=server.url)
    assert [one.url for one in found if isinstance(one, Page)] == [f"{www}/"], "only what a start leads to"
    assert [one.url for one in found if isinstance(one, PageFailure)] == [f"{www}/b"]
    server.routes = {f"{bare}/": redirect("http://intra.site.example/")}
    (failure,) = crawl(server, urls=(bare,), proxy=server.url)
    assert isinstance(failure, PageFailure)
    assert failure.hint == "add 'intra.site.example' to the source's `hosts` if it belongs to it"


@pytest.mark.parametrize("stub", ["/", "/section"])
def test_an_address_that_fails_today_leads_where_it_redirected_to(server: Server, stub: str) -> None:
    server.routes |= {
        "/": redirect("/en/"),
        "/en/": links("/section"),
        "/section": redirect("/section/"),
        "/section/": links("/section/last"),
        "/section/last": links(),
    }
    memory: dict[str, tuple[str, ...]] = {}
    read = paths(crawl(server, memory=memory, follow=2), Page, server)
    server.routes[stub] = html("", 503)
    found = crawl(server, memory=memory, follow=2)

    assert paths(found, PageFailure, server) == [stub]
    assert paths(found, Page, server) == read == ["/en/", "/section/", "/section/last"]


def test_a_host_that_is_taken_off_the_list_is_not_asked_though_an_address_led_there(server: Server) -> None:
    with Server({"/x": links("/y"), "/y": links()}).running() as other:
        server.routes |= {"/": redirect(f"{other.url}/x"), "/a": redirect(f"{other.url}/y")}
        memory: dict[str, tuple[str, ...]] = {}
        urls = (server.url, f"{server.url}/a")
        found = crawl(server, memory=memory, urls=urls, hosts=(other.host,))
        held = [one.url for one in found if isinstance(one, Page)]
        assert held == [f"{other.url}/x", f"{other.url}/y"]
        other.requests.clear()
        found = crawl(server, memory=memory, held=held, urls=urls)

        assert paths(found, PageFailure, server) == ["/", "/a"]
        assert len(found) == 2
        assert other.requests == []


def test_an_address_that_redirects_no_longer_is_not_taken_for_one_that_does(server: Server) -> None:
    server.routes |= {"/": links("/a"), "/a": redirect("/b"), "/b": links()}
    memory: dict[str, tuple[str, ...]] = {}
    assert moves(crawl(server, memory=memory), server) == {"/a": "/b"}
    server.routes["/a"] = links()
    crawl(server, memory=memory)
    server.routes["/a"] = html("", 503)

    assert paths(crawl(server, memory=memory), Page, server) == ["/"]


def test_a_page_to_sign_in_is_not_remembered_as_where_an_address_leads(server: Server) -> None:
    server.routes |= {
        "/": links("/secret"),
        "/secret": redirect("/login"),
        "/login": html('<form>Name and password, please: <input type="password"></form>'),
    }
    memory: dict[str, tuple[str, ...]] = {}
    crawl(server, memory=memory)
    server.routes["/secret"] = html("", 503)

    assert paths(crawl(server, memory=memory), Page, server) == ["/"]


def test_a_source_cut_down_to_some_pages_has_no_more_starts_than_before(server: Server) -> None:
    server.routes |= {"/a": redirect("/old/a"), "/old/a": links()}
    whole = WebOptions(urls=(server.url,), exclude=("*/old/*",), delay_seconds=0)
    part = whole.model_copy(update={"urls": (f"{server.url}/a",)})

    assert list(WebSource(part).fetch(lambda _: None)) == []
