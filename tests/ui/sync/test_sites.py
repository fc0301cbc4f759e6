"""Syncs of web sites that redirect, forbid, fail and have more pages than are asked for; with two sources over one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.testing import HashEmbedding
from tests.server import Request, Response, Server, html, redirect
from tests.ui.sync.test_syncing import held, only, page
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.workspace import Workspace


@pytest.fixture
def site() -> Iterator[Server]:
    """A site of seven pages: three sections with a page below each."""
    server = Server()
    page(server, "/", "".join(f'<a href="/{name}">x</a>' for name in ("pay", "leave", "travel")))
    for name in ("pay", "leave", "travel"):
        page(server, f"/{name}", f'<p>All about {name}.</p><a href="/{name}/more">x</a>')
        page(server, f"/{name}/more", f"<p>More about {name}.</p>")
    with server.running():
        yield server


class Opened:
    """One data folder, opened with other settings by turns."""

    def __init__(self, folder: Path, site: Server) -> None:
        self._folder = folder
        self._site = site
        self.workspace: Workspace | None = None

    def over(self, **sources: dict[str, Any]) -> Workspace:
        """The workspace over those sources: web settings, by name."""
        self.close()
        web = {"urls": [self._site.url], "follow": 3, "delay_seconds": 0, "confirmations": 2}
        given = [{"name": name, "web": {**web, **changed}} for name, changed in sources.items()]
        settings = Settings(data_dir=self._folder, reader={"model": "none"}, sources=given)
        self.workspace = Workspace(settings, HashEmbedding())
        self.workspace.lock.acquire("test")
        return self.workspace

    def close(self) -> None:
        if self.workspace is not None:
            self.workspace.close()


@pytest.fixture
def opened(tmp_path: Path, site: Server) -> Iterator[Opened]:
    opened = Opened(tmp_path / "data", site)
    yield opened
    opened.close()


def test_no_page_is_lost_by_a_limit_that_is_too_low_and_those_that_are_gone_still_leave(
    opened: Opened, site: Server
) -> None:
    run_sync(opened.over(site={}), Order("test"))
    all_pages = held(opened.over(site={}))
    assert len(all_pages) == 7
    limited = opened.over(site={"max_pages": 3})
    for _ in range(6):
        site.requests.clear()
        report = run_sync(limited, Order("test"))
        assert held(limited) == all_pages
        assert len(site.paths) == 3
        assert "beyond the 3 that one sync asks for" in report.failures[0].reason
    run_sync(limited, Order("test", rebuild=True))
    assert held(limited) == all_pages

    del site.routes["/travel/more"]
    for _ in range(60):
        run_sync(limited, Order("test"))
    assert all_pages - held(limited) == {f"{site.url}/travel/more"}


def test_known_pages_stay_fresh_where_new_ones_are_too_many(opened: Opened, site: Server) -> None:
    workspace = opened.over(site={"max_pages": 7})
    run_sync(workspace, Order("test"))
    before = held(workspace)
    news = [f"/news{number}" for number in range(5)]
    page(site, "/", "".join(f'<a href="{path}">x</a>' for path in (*news, "/pay", "/leave", "/travel")))
    for path in news:
        page(site, path, f"<p>This is {path}.</p>")
    page(site, "/travel/more", "<p>Changed.</p>")
    report = run_sync(workspace, Order("test"))

    assert held(workspace) == before
    assert report.changed == 2
    assert [failure.reason for failure in report.failures] == [
        "it and 4 other addresses are beyond the 7 that one sync asks for"
    ]


def test_what_was_read_behind_a_redirect_before_it_was_left_out_leaves(opened: Opened, site: Server) -> None:
    site.routes["/pay"] = redirect("/archive/pay")
    page(site, "/archive/pay", "<p>Old words about pay.</p>")
    run_sync(opened.over(site={}), Order("test"))
    assert f"{site.url}/archive/pay" in held(opened.over(site={}))
    workspace = opened.over(site={"exclude": ["*/archive/*"]})
    for _ in range(2):
        assert run_sync(workspace, Order("test")).failures == ()

    assert f"{site.url}/archive/pay" not in held(workspace)
    assert len(held(workspace)) == 5
    run_sync(workspace, only("site", f"{site.url}/pay"))
    assert f"{site.url}/archive/pay" not in held(workspace), "asked for by name it is no start either"


def test_a_start_that_redirects_and_fails_loses_no_page(opened: Opened, site: Server) -> None:
    site.routes["/en/"] = site.routes["/"]
    site.routes["/"] = redirect("/en/")
    workspace = opened.over(site={"follow": 2})
    run_sync(workspace, Order("test"))
    before = held(workspace)
    assert len(before) == 7
    site.routes["/"] = html("", 503)
    for _ in range(3):
        report = run_sync(workspace, Order("test", allow_mass_delete=True))
        assert [failure.url for failure in report.failures] == [f"{site.url}/"]
        assert (held(workspace), report.unchanged) == (before, 7)


def test_a_page_that_robots_txt_forbids_is_told_of_at_each_sync_and_stays(opened: Opened, site: Server) -> None:
    workspace = opened.over(site={"confirmations": 1})
    run_sync(workspace, Order("test"))
    before = held(workspace)
    site.routes["/robots.txt"] = Response(b"User-agent: *\nDisallow: /pay/more")
    for _ in range(3):
        report = run_sync(workspace, Order("test"))
        assert [failure.url for failure in report.failures] == [f"{site.url}/pay/more"]
        assert held(workspace) == before


def test_a_page_that_two_sources_name_is_asked_for_conditionally_by_both(opened: Opened, site: Server) -> None:
    workspace = opened.over(one={}, two={})
    for _ in range(2):
        run_sync(workspace, Order("test"))
    for order in (Order("test"), only("two")):
        site.requests.clear()
        report = run_sync(workspace, order)
        assert (report.unchanged, report.failures) == (7, ())
        pages = [request for request in site.requests if request.path != "/robots.txt"]
        assert len(pages) == (14 if order.scope is None else 7)
        assert [request.path for request in pages if "if-none-match" not in request.headers] == []
    sources = {state.source for state in workspace.ledger.states(workspace.ledger.collection).values()}
    assert sources == {"one"}

    page(site, "/pay", "<p>Another text.</p>")
    assert run_sync(workspace, Order("test")).changed == 1
    workspace = opened.over(one={"exclude": ["*/leave"]}, two={})
    run_sync(workspace, Order("test"))
    states = workspace.ledger.states(workspace.ledger.collection)
    assert {url for url, state in states.items() if state.source == "two"} == {
        f"{site.url}/leave", f"{site.url}/leave/more"
    }  # fmt: skip


def test_a_page_that_one_source_may_not_see_any_more_is_put_down_to_the_other(
    opened: Opened, site: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COOKIE_OF_ONE", "who=one")
    workspace = opened.over(one={"cookie_env": "COOKIE_OF_ONE"}, two={})
    run_sync(workspace, Order("test"))
    pay: Any = site.routes["/pay/more"]

    def for_others(request: Request) -> Response:
        return html("", 404) if "cookie" in request.headers else pay(request)

    site.routes["/pay/more"] = for_others
    run_sync(workspace, Order("test"))

    states = workspace.ledger.states(workspace.ledger.collection)
    assert [url for url, state in states.items() if state.source == "two"] == [f"{site.url}/pay/more"]
