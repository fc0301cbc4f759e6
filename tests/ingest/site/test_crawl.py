from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise
from typing import Any

import pytest

from ingest.errors import PageError
from ingest.site.crawl import WebSource
from ingest.site.web import WebOptions
from ingest.types import Fetched, Gone, Moved, NotModified, Page, PageFailure, Validators
from tests.server import Request, Response, Server, html, redirect


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


def links(*paths: str) -> Response:
    return html("<p>A page</p>" + "".join(f'<a href="{path}">x</a>' for path in paths))


def crawl(
    server: Server,
    known: Callable[[str], Validators | None] = lambda _: None,
    memory: dict[str, tuple[str, ...]] | None = None,
    held: Collection[str] = (),
    **options: Any,
) -> list[Fetched]:
    settings = {"urls": (server.url,), "follow": 5, "delay_seconds": 0, **options}
    source = WebSource(WebOptions(**settings), "intranet", memory)
    source.held = held
    return list(source.fetch(known))


def paths(found: list[Fetched], kind: type[Fetched], server: Server) -> list[str]:
    return [one.url.removeprefix(server.url) for one in found if isinstance(one, kind)]


def test_links_are_followed_breadth_first_each_page_once(server: Server) -> None:
    server.routes |= {
        "/": links("/a", "/b", "/a#part", "/photo.png", "http://elsewhere.example/"),
        "/a": links("/c", "/"),
        "/b": links("/c", "/a"),
        "/c": links("/d"),
        "/d": links(),
    }
    found = crawl(server)

    assert paths(found, Page, server) == ["/", "/a", "/b", "/c", "/d"]
    assert server.paths == ["/", "/a", "/b", "/c", "/d"]
    assert paths(crawl(server, follow=1), Page, server) == ["/", "/a", "/b"]
    assert paths(crawl(server, follow=0), Page, server) == ["/"]


def test_include_and_exclude_choose_among_links(server: Server) -> None:
    server.routes |= {
        "/": links("/hr/a", "/hr/old/b", "/it/c"),
        "/hr/a": links(),
        "/hr/old/b": links(),
        "/it/c": links(),
    }

    assert paths(crawl(server, include=("*/hr/*",), exclude=("*/old/*",)), Page, server) == ["/", "/hr/a"]


def test_every_bad_page_is_one_line_and_the_others_are_in(server: Server) -> None:
    server.routes |= {
        "/": links("/good", "/loop", "/film", "/huge", "/broken", "/away", "/gone", "/last"),
        "/good": links(),
        "/loop": redirect("/loop"),
        "/film": Response(b"x", 200, {"Content-Type": "video/mp4"}),
        "/huge": html("x" * 5_000),
        "/broken": html("", 500),
        "/away": redirect("http://elsewhere.example/"),
        "/last": links(),
    }
    found = crawl(server, max_bytes=4_000)

    assert paths(found, Page, server) == ["/", "/good", "/last"]
    assert paths(found, Gone, server) == ["/gone"]
    assert [(one.url.removeprefix(server.url), one.reason) for one in found if isinstance(one, PageFailure)] == [
        ("/loop", f"it redirects in a circle, lastly to '{server.url}/loop'"),
        ("/film", "it is served as 'video/mp4', which is not read"),
        ("/huge", "it is larger than 4,000 bytes, or never ends"),
        ("/broken", "the server answered 500 Internal Server Error"),
        ("/away", "it redirects to 'http://elsewhere.example/', which is on another host"),
    ]
    assert all(one.hint for one in found if isinstance(one, PageFailure))


def test_a_page_that_did_not_change_still_leads_on(server: Server) -> None:
    def hub(request: Request) -> Response:
        same = request.headers.get("if-none-match") == '"1"'
        return Response(b"", 304) if same else html('<a href="/a">x</a>', ETag='"1"')

    server.routes |= {"/": hub, "/a": links()}
    held = {f"{server.url}/": Validators('"1"')}
    memory: dict[str, tuple[str, ...]] = {}

    # Without its links in memory the page is asked for unconditionally, or what it leads to would be lost.
    assert paths(crawl(server, held.get, memory), Page, server) == ["/", "/a"]
    assert memory == {f"{server.url}/": (f"{server.url}/a",), f"{server.url}/a": ()}
    second = crawl(server, held.get, memory)
    assert paths(second, NotModified, server) == ["/"]
    assert paths(second, Page, server) == ["/a"]


def test_a_page_that_fails_today_still_leads_on(server: Server) -> None:
    server.routes |= {"/": links("/a"), "/a": links("/b"), "/b": links()}
    memory: dict[str, tuple[str, ...]] = {}
    crawl(server, memory=memory)
    server.routes["/a"] = html("", 503)
    found = crawl(server, memory=memory)

    assert paths(found, PageFailure, server) == ["/a"]
    assert paths(found, Page, server) == ["/", "/b"]


def test_a_server_that_is_down_is_given_up(server: Server) -> None:
    server.routes |= {"/": links(*(f"/{n}" for n in range(50))), **{f"/{n}": html("", 503) for n in range(50)}}

    with pytest.raises(PageError) as caught:
        crawl(server)
    assert caught.value.message == (
        "10 pages in a row could not be read, the last because the server answered 503 Service Unavailable"
    )
    assert len(server.paths) == 11


def test_canonical_pages_stand_for_their_copies(server: Server) -> None:
    copy = '<link rel="canonical" href="/real"><p>Copy</p>'
    server.routes |= {
        "/": links("/print", "/real?x=1"),
        "/print": html(copy),
        "/real?x=1": html(copy),
        "/real": html(copy),
    }

    assert paths(crawl(server), Page, server) == ["/", "/real"]
    assert paths(crawl(server, canonical=False), Page, server) == ["/", "/print", "/real?x=1"]


def test_a_site_whose_pages_all_name_the_front_page_as_canonical_is_read(server: Server) -> None:
    head = '<link rel="canonical" href="/">'
    server.routes |= {"/": html(head + '<a href="/a">x</a>'), "/a": html(head + "<p>A"), "/index.html": html(head)}

    assert paths(crawl(server), Page, server) == ["/", "/a"]
    assert paths(crawl(server, urls=(f"{server.url}/index.html",)), Page, server) == ["/", "/a"]


def moves(found: list[Fetched], server: Server) -> dict[str, str]:
    return {
        one.url.removeprefix(server.url): one.target.removeprefix(server.url) for one in found if isinstance(one, Moved)
    }


def canonical(path: str) -> Response:
    return html(f'<link rel="canonical" href="{path}"><p>Copy</p>')


def test_copies_and_redirects_are_told_with_the_page_that_they_lead_to(server: Server) -> None:
    server.routes |= {
        "/": links("/old", "/print", "/real"),
        "/old": redirect("/older", 301),
        "/older": redirect("/print"),
        "/print": canonical("/real"),
        "/real": html("<p>Real</p>"),
    }
    found = crawl(server)

    assert paths(found, Page, server) == ["/", "/real"]
    assert moves(found, server) == {"/old": "/real", "/print": "/real"}


def test_a_redirect_to_a_page_that_did_not_change_is_told(server: Server) -> None:
    def real(request: Request) -> Response:
        same = request.headers.get("if-none-match") == '"1"'
        return Response(b"", 304) if same else html("Real", ETag='"1"')

    server.routes |= {"/old": redirect("/real"), "/real": real}
    held = {f"{server.url}/real": Validators('"1"')}
    found = crawl(server, held.get, urls=(f"{server.url}/old",), follow=0)

    assert paths(found, NotModified, server) == ["/real"]
    assert moves(found, server) == {"/old": "/real"}


def test_a_redirect_whose_page_fails_is_a_failure_of_the_old_address(server: Server) -> None:
    server.routes |= {"/": links("/old"), "/old": redirect("/new"), "/new": html("", 500)}
    found = crawl(server)

    assert paths(found, PageFailure, server) == ["/old"]
    assert moves(found, server) == {}


def test_a_redirect_to_a_page_that_is_gone_is_no_move(server: Server) -> None:
    server.routes |= {"/": links("/old"), "/old": redirect("/new")}
    found = crawl(server)

    assert paths(found, Gone, server) == ["/new"]
    assert moves(found, server) == {}


def test_a_copy_whose_page_fails_today_is_told_to_lead_there(server: Server) -> None:
    server.routes |= {"/": links("/print"), "/print": canonical("/real"), "/real": html("", 500)}
    found = crawl(server)

    assert paths(found, Page, server) == ["/"]
    assert paths(found, PageFailure, server) == ["/real"]
    assert moves(found, server) == {"/print": "/real"}


@pytest.mark.parametrize(
    "real",
    [
        Response(b"", 404), Response(b"", 410), html('<meta name="robots" content="noindex"><p>x'),
        redirect("/nowhere"),
    ],
)  # fmt: skip
def test_a_canonical_address_where_no_page_is_does_not_lose_the_copy(server: Server, real: Response) -> None:
    server.routes |= {"/": links("/print", "/copy"), "/print": canonical("/real"), "/copy": canonical("/real")}
    server.routes["/real"] = real
    found = crawl(server)

    assert paths(found, Page, server) == ["/", "/print", "/copy"]
    assert moves(found, server) == {}


def test_a_canonical_address_that_may_not_be_read_does_not_lose_the_copy(server: Server) -> None:
    server.routes |= {
        "/robots.txt": Response(b"User-agent: *\nDisallow: /secret"),
        "/": links("/a", "/b"),
        "/a": canonical("/secret/a"),
        "/b": canonical("/left-out/b"),
        "/secret/a": html("a"),
        "/left-out/b": html("b"),
    }
    found = crawl(server, exclude=("*/left-out/*",))

    assert paths(found, Page, server) == ["/", "/b", "/a"]
    assert not {"/secret/a", "/left-out/b"} & set(server.paths)


def test_pages_that_name_each_other_are_one_page(server: Server) -> None:
    server.routes |= {
        "/": links("/a", "/old"),
        "/a": canonical("/b"),
        "/b": canonical("/a"),
        "/old": redirect("/new"),
        "/new": canonical("/old"),
    }
    found = crawl(server)

    assert paths(found, Page, server) == ["/", "/b", "/new"]
    assert moves(found, server) == {"/a": "/b", "/old": "/new"}


def test_a_copy_of_a_copy_leads_to_the_last_that_is_there(server: Server) -> None:
    server.routes |= {"/": links("/a"), "/a": canonical("/b"), "/b": canonical("/c")}
    found = crawl(server)

    assert paths(found, Page, server) == ["/", "/b"]
    assert moves(found, server) == {"/a": "/b"}


def test_two_addresses_that_end_at_one_page_are_one(server: Server) -> None:
    server.routes |= {
        "/": links("/old", "/older", "/new"),
        "/old": redirect("/new"),
        "/older": redirect("/new"),
        "/new": links(),
    }

    assert paths(crawl(server), Page, server) == ["/", "/new"]


def test_a_redirect_to_the_sign_in_page_is_a_failure_not_a_page(server: Server) -> None:
    server.routes |= {
        "/": links("/secret"),
        "/secret": redirect("/login?next=/secret"),
        "/login?next=/secret": html('<form><input type="password"></form>'),
    }
    failure = next(one for one in crawl(server) if isinstance(one, PageFailure))

    assert failure.url == f"{server.url}/secret"
    assert failure.reason == f"it redirects to a page that asks to sign in, '{server.url}/login?next=/secret'"
    assert "`cookie_env`" in failure.hint


def test_noindex_and_nofollow_are_obeyed_unless_told_not_to(server: Server) -> None:
    server.routes |= {
        "/": html('<meta name="robots" content="noindex"><a href="/a">x</a><a href="/b">x</a><a href="/c">x</a>'),
        "/a": html('<meta name="robots" content="nofollow"><a href="/d">x</a>'),
        "/b": html("x", X_Robots_Tag="noindex"),
        "/c": links(),
        "/d": links(),
    }

    assert paths(crawl(server), Page, server) == ["/a", "/c"]
    assert paths(crawl(server, robots=False), Page, server) == ["/", "/a", "/b", "/c", "/d"]


def test_requests_keep_the_pause(server: Server) -> None:
    times: list[float] = []

    def page(request: Request) -> Response:
        times.append(time.monotonic())
        return links("/a", "/b")

    server.routes |= {"/": page, "/a": page, "/b": page}
    crawl(server, delay_seconds=0.1)

    assert len(times) == 3
    assert all(after - before >= 0.1 for before, after in pairwise(times))


def test_a_sitemap_that_fails_keeps_the_pages_it_named(server: Server) -> None:
    server.routes |= {"/map.txt": Response(f"{server.url}/a\n{server.url}/b".encode()), "/a": links(), "/b": links()}
    memory: dict[str, tuple[str, ...]] = {}
    settings: dict[str, Any] = {"urls": (), "sitemaps": (f"{server.url}/map.txt",), "follow": 0}

    assert paths(crawl(server, memory=memory, **settings), Page, server) == ["/a", "/b"]
    server.routes["/map.txt"] = html("", 502)
    found = crawl(server, memory=memory, **settings)
    assert paths(found, PageFailure, server) == ["/map.txt"]
    assert paths(found, Page, server) == ["/a", "/b"]


def test_pages_of_other_hosts_in_a_sitemap_are_one_line(server: Server) -> None:
    server.routes |= {"/map.txt": Response(f"{server.url}/a\nhttp://www.x.example/b".encode()), "/a": links()}
    found = crawl(server, urls=(), sitemaps=(f"{server.url}/map.txt",))
    failure = next(one for one in found if isinstance(one, PageFailure))

    assert failure.reason == "it names 1 pages on other hosts, such as 'http://www.x.example/b'"
    assert failure.hint == "add 'www.x.example' to the source's `hosts`, or correct the sitemap"
    assert paths(found, Page, server) == ["/a"]


def test_a_source_has_a_name_and_links_to_its_pages() -> None:
    source = WebSource(WebOptions(urls=("https://x.example",), confirmations=2))

    assert source.name == "https://x.example/"
    assert source.confirmations == 2
    assert source.link("https://x.example/a") == "https://x.example/a"
