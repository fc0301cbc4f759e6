"""Addresses that a webhook names: which of several sources over a site reads them, with ``www.`` and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server import Server, html, redirect
from tests.ui.sync.test_reindex import SECRET, Hook, serve
from tests.ui.sync.test_syncing import page
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.sync.sources import claims, told_apart

BARE, WWW = "http://example.org", "http://www.example.org"


@pytest.fixture
def site() -> Iterator[Server]:
    """A proxy, which is asked for whole addresses: a public site, and one for staff on the same host with ``www.``."""
    server = Server()
    page(server, f"{BARE}/", f'<p>The front page.</p><a href="{WWW}/staff/">Staff</a>')
    page(server, f"{WWW}/staff/", '<p>For staff.</p><a href="/staff/pay">Pay</a>')
    page(server, f"{WWW}/staff/pay", "<p>Pay is alpha.</p>")
    with server.running():
        yield server


def source(site: Server, name: str, url: str, *groups: str, **web: Any) -> dict[str, Any]:
    asked = {"urls": [url], "follow": 3, "delay_seconds": 0, "proxy": site.url, "confirmations": 1, **web}
    return {"name": name, "groups": groups, "web": asked}


def over(folder: Path, *sources: dict[str, Any]) -> Iterator[Hook]:
    for hook in serve(folder, SECRET, list(sources)):
        hook.service.workspace.lock.acquire("test")
        yield hook


def called(hook: Hook, *urls: str) -> tuple[list[str], dict[str, str]]:
    """What a call of the webhook comes to: the sources that it has read, and the failures, by address."""
    assert hook.call({"urls": urls}).status_code == 202
    order = hook.service._queue.pop().order
    assert order is not None
    assert order.scope is not None
    report = run_sync(hook.service.workspace, order)
    return sorted(order.scope), {failure.url: failure.reason for failure in report.failures}


def owners(hook: Hook) -> dict[str, str]:
    """Whose each page is, by address."""
    ledger = hook.service.workspace.ledger
    return {url: state.source for url, state in ledger.states(ledger.collection).items()}


def test_a_host_with_or_without_www_is_the_sources_own_unless_another_names_it(tmp_path: Path) -> None:
    web = {"urls": ["https://site.example/"], "exclude": ["*/old/*"]}
    other = {"urls": ["https://x.example/"], "hosts": ["www.site.example"]}
    one, two = ({"name": name, "web": options} for name, options in (("one", web), ("two", other)))
    (alone,) = told_apart(Settings(data_dir=tmp_path, sources=[one]).sources)
    assert claims(alone, "https://www.site.example/a")
    assert not claims(alone, "https://www.site.example/old/a")
    assert not claims(alone, "https://intra.site.example/a")

    first, second = told_apart(Settings(data_dir=tmp_path, sources=[one, two]).sources)
    assert not claims(first, "https://www.site.example/a")
    assert claims(first, "https://site.example/a")
    assert claims(second, "https://www.site.example/a")


@pytest.mark.parametrize("groups", [("hr",), ()])
def test_a_page_of_a_host_that_another_source_names_is_never_read_for_www_alone(
    tmp_path: Path, site: Server, groups: tuple[str, ...]
) -> None:
    for hook in over(tmp_path, source(site, "public", f"{BARE}/"), source(site, "hr", f"{WWW}/staff/", *groups)):
        whose = {f"{BARE}/": "public", f"{WWW}/staff/": "hr", f"{WWW}/staff/pay": "hr"}
        run_sync(hook.service.workspace, Order("test"))
        assert owners(hook) == whose
        page(site, f"{WWW}/staff/new", "<p>News for staff.</p>")
        news = [f"{WWW}/staff/new", f"{WWW}/staff/pay?utm_source=mail"]
        assert called(hook, *news) == (["hr"], {})
        assert owners(hook) == {**whose, news[0]: "hr"}

        site.routes[f"{BARE}/"] = redirect(f"{WWW}/staff/")
        (failure,) = run_sync(hook.service.workspace, Order("test")).failures
        assert failure.hint == "add 'www.example.org' to the source's `hosts` if it belongs to it"
        assert owners(hook) == whose


def test_a_page_stays_with_the_source_that_holds_it_though_one_before_it_may_read_it(
    tmp_path: Path, site: Server
) -> None:
    site.routes[f"{WWW}/old"] = redirect(f"{WWW}/staff/pay")
    page(site, f"{WWW}/", "<p>The front page.</p>")
    staff = source(site, "hr", f"{WWW}/staff/", "hr", include=["*/staff/*"])
    for hook in over(tmp_path, source(site, "public", f"{WWW}/"), staff):
        whose = {f"{WWW}/": "public", f"{WWW}/staff/": "hr", f"{WWW}/staff/pay": "hr"}
        run_sync(hook.service.workspace, Order("test"))
        assert owners(hook) == whose
        assert called(hook, f"{WWW}/staff/pay?utm_source=mail") == (["hr"], {})
        assert called(hook, f"{WWW}/old") == (["public"], {}), "which leads to a page of hr's"
        assert owners(hook) == whose
        page(site, f"{WWW}/staff/new", "<p>News for staff.</p>")
        assert called(hook, f"{WWW}/staff/new") == (["hr"], {}), "of those that may read a new page the limited one"


def test_the_address_that_people_use_is_read_where_the_site_redirects_to_www(tmp_path: Path, site: Server) -> None:
    for path in ("/", "/x"):
        site.routes[f"{BARE}{path}"] = redirect(f"{WWW}{path}")
    page(site, f"{WWW}/", '<a href="/x">x</a>')
    page(site, f"{WWW}/x", "<p>The rules say alpha.</p>")
    for hook in over(tmp_path, source(site, "site", f"{BARE}/")):
        run_sync(hook.service.workspace, Order("test"))
        before = owners(hook)
        assert before == {f"{WWW}/": "site", f"{WWW}/x": "site"}
        page(site, f"{WWW}/x", "<p>The rules say beta.</p>")
        assert called(hook, f"{BARE}/x") == (["site"], {})

        assert owners(hook) == before
        ledger = hook.service.workspace.ledger
        (document,) = ledger.documents(ledger.collection, [f"{WWW}/x"]).values()
        assert "beta" in document.text
        site.routes[f"{BARE}/x"] = redirect("http://intra.example.org/x")
        site.routes["http://intra.example.org/x"] = html("Within")
        (reason,) = called(hook, f"{BARE}/x?")[1].values()
        assert "on another host" in reason
