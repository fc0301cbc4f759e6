"""Sites with more addresses than one sync asks for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.site.agenda import Agenda
from ingest.types import Fetched, Gone, Page, PageFailure, Unvisited
from tests.ingest.site.test_crawl import canonical, crawl, links, moves, paths
from tests.server import Request, Response, Server, html, redirect


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


def said(found: list[Fetched], server: Server) -> list[tuple[str, str]]:
    return [(one.url.removeprefix(server.url), one.reason) for one in found if isinstance(one, PageFailure)]


def on(server: Server, *names: str) -> list[str]:
    return [f"{server.url}{name}" for name in names]


def test_without_an_index_pages_are_taken_in_the_order_found_and_the_limit_is_said(server: Server) -> None:
    server.routes |= {"/": links("/a", "/b", "/c", "/d"), **{f"/{name}": links() for name in "abcd"}}
    found = crawl(server, max_pages=2)

    assert paths(found, Page, server) == ["/", "/a"]
    assert said(found, server) == [("/b", "it and 2 other addresses are beyond the 2 that one sync asks for")]
    assert said(crawl(server, max_pages=4), server) == [("/d", "it is beyond the 4 that one sync asks for")]
    assert said(crawl(server, max_pages=5), server) == []


def test_pages_of_the_index_come_before_new_ones_however_deep_they_are(server: Server) -> None:
    server.routes |= {"/": links("/new1", "/a", "/new2"), "/a": links("/b"), "/b": links("/new3")}
    server.routes |= {f"/new{number}": links() for number in (1, 2, 3)}
    found = crawl(server, held=on(server, "/", "/a", "/b"), max_pages=4)

    assert paths(found, Page, server) == ["/", "/new1", "/a", "/b"]
    assert len(server.paths) == 4
    assert said(found, server) == [("/new2", "it and 1 other addresses are beyond the 4 that one sync asks for")]


def test_pages_that_no_link_led_to_are_asked_for_only_where_the_limit_may_be_why(server: Server) -> None:
    server.routes |= {"/": links("/a", "/b"), "/a": links(), "/b": links("/far"), "/far": links()}
    held = on(server, "/", "/far", "/dead")
    found = crawl(server, held=held, max_pages=4)

    assert paths(found, Page, server) == ["/", "/a", "/far"]
    assert paths(found, Gone, server) == ["/dead"]
    assert said(found, server) == [("/b", "it is beyond the 4 that one sync asks for")]
    assert "/dead" not in [one.url.removeprefix(server.url) for one in crawl(server, held=held, max_pages=5)]


def test_what_the_globs_leave_out_is_not_asked_for_though_the_index_holds_it(server: Server) -> None:
    server.routes |= {"/": links("/a", "/b"), "/a": links(), "/b": links(), "/old/c": links()}
    found = crawl(server, held=on(server, "/", "/old/c"), max_pages=2, exclude=("*/old/*",))

    assert paths(found, Page, server) == ["/", "/a"]
    assert "/old/c" not in [one.url.removeprefix(server.url) for one in found]


def test_a_site_that_invents_addresses_does_not_fill_the_index(server: Server) -> None:
    made: list[str] = []

    def trap(request: Request) -> Response:
        fresh = [f"/page?session={len(made) + number}" for number in range(3)]
        made.extend(fresh)
        server.routes.update(dict.fromkeys(fresh, trap))
        return links(*fresh)

    server.routes["/"] = trap
    held: set[str] = set()
    for _ in range(5):
        found = crawl(server, held=held, max_pages=6)
        held |= {one.url for one in found if isinstance(one, Page)}
        assert len(said(found, server)) == 1
    assert len(held) == 6


def test_more_pages_than_the_limit_are_asked_for_in_turn_and_none_is_left_untold(server: Server) -> None:
    names = [f"/{name}" for name in "abcdef"]
    server.routes |= {"/": links(*names), **dict.fromkeys(names, links())}
    held = on(server, "/", *names)
    asked: set[str] = set()
    for _ in range(60):
        server.requests.clear()
        found = crawl(server, held=held, max_pages=3)
        assert {one.url for one in found} == set(held)
        assert len(server.paths) == len(paths(found, Page, server)) == 3
        assert len(paths(found, Unvisited, server)) == 3
        (line,) = said(found, server)
        end = "it and 3 other pages of the index, which are asked for in turn, are beyond the 3 that one sync asks for"
        assert line[1] == end
        asked.update(server.paths)
    assert asked == {"/", *names}


def test_a_copy_for_whose_second_reading_there_is_no_room_stays(server: Server) -> None:
    server.routes |= {"/": links("/print"), "/print": canonical("/real"), "/real": html("", 404)}
    held = on(server, "/", "/print", "/real")
    found = crawl(server, held=held, max_pages=3)

    assert paths(found, Page, server) == ["/"]
    assert paths(found, Unvisited, server) == ["/print"]
    assert paths(crawl(server, held=held, max_pages=4), Page, server) == ["/", "/print"]


def test_a_page_that_is_put_off_still_stands_for_its_copies(server: Server) -> None:
    others = [f"/{name}" for name in "abcd"]
    server.routes |= {"/": canonical("/real"), "/real": html("<p>Real"), **dict.fromkeys(others, links())}
    held = on(server, "/", *others, "/real")
    for _ in range(40):
        server.requests.clear()
        found = crawl(server, urls=held, held=held, max_pages=3)
        assert moves(found, server) == ({"/": "/real"} if "/" in server.paths else {})


@pytest.mark.parametrize("limit", [3, 30])
def test_a_page_that_does_not_want_to_be_one_any_more_is_missed_though_a_redirect_took_its_turn(
    server: Server, limit: int
) -> None:
    server.routes |= {"/": links("/p0", "/p1", "/p2"), "/p0": redirect("/p2"), "/p1": links()}
    server.routes["/p2"] = html('<meta name="robots" content="noindex"><p>Not any more.')
    found = crawl(server, held=on(server, "/", "/p0", "/p2"), max_pages=limit)

    assert paths(found, Page, server) == ["/", "/p1"]
    assert paths(found, Unvisited, server) == []
    server.routes["/p2"] = html("")
    found = crawl(server, held=on(server, "/", "/p0", "/p2"), max_pages=limit)
    assert "/p2" in paths(found, Unvisited if limit == 3 else PageFailure, server), "an empty page says nothing"


def test_a_redirect_takes_the_place_of_the_page_that_it_leads_to() -> None:
    agenda = Agenda(2, ["held"])
    agenda.add(["stub", "new"], 1)
    stop = agenda.next()
    agenda.count()
    agenda.reached("held")

    assert stop is not None
    assert stop.url == "stub"
    following = agenda.next()
    assert following is not None
    assert following.url == "new"
