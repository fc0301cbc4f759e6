"""Which sources a sync visits and how, over real folders and sites, with hashed words for an embedding model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from index.testing import HashEmbedding
from ingest.errors import MassDeleteError, UsageError
from tests.server import Request, Response, Server, redirect
from ui.memory.log import LastSync, SyncLog, now
from ui.memory.notes import FolderNotes
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.sync.sources import open_sources
from ui.workspace import StoppedError, Workspace


@pytest.fixture
def site() -> Iterator[Server]:
    """A site of two pages that link to each other and answer conditional requests."""
    server = Server()
    page(server, "/", '<p>The front page.</p><a href="/rules">Rules</a>')
    page(server, "/rules", "<p>The rules say alpha.</p>")
    with server.running():
        yield server


def page(server: Server, path: str, body: str, etag: str = "") -> None:
    """Put a page on the site; ``etag`` is its digest unless the server lies."""
    html = f"<html><head><title>{path}</title></head><body><main><h1>Page {path}</h1>{body}</main></body></html>"
    tag = etag or f'"{hashlib.sha256(html.encode()).hexdigest()[:12]}"'

    def answer(request: Request) -> Response:
        headers = {"ETag": tag, "Content-Type": "text/html; charset=utf-8"}
        if request.headers.get("if-none-match") == tag:
            return Response(b"", 304, headers)
        return Response(html.encode(), 200, headers)

    server.routes[path] = answer


@pytest.fixture
def made(tmp_path: Path, site: Server) -> Iterator[Workspace]:
    """A workspace over a folder and that site."""
    (tmp_path / "pages").mkdir()
    for name in ("one", "two"):
        (tmp_path / "pages" / f"{name}.md").write_text(f"# {name}\n\nThe page {name} speaks of {name}ness.\n")
    workspace = Workspace(settings(tmp_path, site), HashEmbedding())
    workspace.lock.acquire("test")
    yield workspace
    workspace.close()


def settings(tmp_path: Path, site: Server) -> Settings:
    web = {"urls": [site.url], "follow": 3, "delay_seconds": 0, "robots": False, "confirmations": 2}
    sources: list[dict[str, Any]] = [
        {"name": "pages", "folder": {"path": tmp_path / "pages"}},
        {"name": "site", "web": web},
    ]
    return Settings(data_dir=tmp_path / "data", reader={"model": "none"}, sources=sources)


def held(workspace: Workspace) -> set[str]:
    return set(workspace.ledger.states(workspace.ledger.collection))


def only(source: str, *urls: str) -> Order:
    return Order("test", scope={source: frozenset(urls) or None})


def test_every_source_is_synced_and_remembered(made: Workspace, site: Server, tmp_path: Path) -> None:
    report = run_sync(made, Order("test"))

    assert report.added == 4
    assert held(made) == {"one.md", "two.md", f"{site.url}/", f"{site.url}/rules"}
    log = SyncLog(FolderNotes(tmp_path / "data"))
    assert {name: log.of(name).counts["added"] for name in log.sources} == {"pages": 2, "site": 2}
    assert log.last is not None
    assert (log.last.trigger, log.last.report and log.last.report["pages"]["added"]) == ("test", 4)


def test_one_source_is_synced_and_the_other_left_alone(made: Workspace, site: Server, tmp_path: Path) -> None:
    run_sync(made, Order("test"))
    site.requests.clear()
    before = made.syncs.of("site")
    (tmp_path / "pages" / "two.md").write_text("# two\n\nIt speaks of something else now.\n")
    (tmp_path / "pages" / "one.md").unlink()
    (tmp_path / "pages" / "three.md").write_text("# three\n\nA new page.\n")

    report = run_sync(made, only("pages"))

    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 2)
    assert site.requests == []
    assert held(made) == {"two.md", "three.md", f"{site.url}/", f"{site.url}/rules"}
    assert made.syncs.of("site") == before
    assert made.syncs.of("pages").counts == {"added": 1, "changed": 1, "removed": 1, "failed": 0}


def test_a_page_is_read_by_its_address_alone_and_without_condition(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    site.requests.clear()
    page(site, "/rules", "<p>The rules say beta.</p>")

    report = run_sync(made, only("site", f"{site.url}/rules"))

    assert (report.changed, report.unchanged) == (1, 3)
    assert [request.path for request in site.requests] == ["/rules"]
    assert "if-none-match" not in site.requests[0].headers


def test_links_of_a_page_that_was_read_alone_are_followed_by_the_next_crawl(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    page(site, "/rules", '<p>The rules say beta.</p><a href="/new">New</a>')
    page(site, "/new", "<p>A new page.</p>")
    run_sync(made, only("site", f"{site.url}/rules"))
    assert f"{site.url}/new" not in held(made)

    run_sync(made, Order("test"))

    assert f"{site.url}/new" in held(made)


def test_a_page_is_not_counted_as_missed_while_its_source_is_left_alone(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    del site.routes["/rules"]
    run_sync(made, Order("test"))
    for _ in range(3):
        run_sync(made, only("pages"))
    assert made.ledger.states(made.ledger.collection)[f"{site.url}/rules"].missed == 1

    report = run_sync(made, Order("test"))  # the second time it is looked for: gone for good

    assert report.removed == 1
    assert f"{site.url}/rules" not in held(made)


def test_a_page_that_another_source_reads_now_is_put_down_to_it(tmp_path: Path, site: Server) -> None:
    web = settings(tmp_path, site).sources[1].web
    assert web is not None
    kept = web.model_copy(update={"exclude": ("*/rules",)})
    other = web.model_copy(update={"urls": (f"{site.url}/rules",), "follow": 0})
    before, after = (
        Settings(data_dir=tmp_path / "data", reader={"model": "none"}, sources=sources)
        for sources in (
            [{"name": "site", "web": web}],
            [{"name": "site", "web": kept}, {"name": "other", "web": other}],
        )
    )
    for chosen in (before, after):
        workspace = Workspace(chosen, HashEmbedding())
        workspace.lock.acquire("test")
        report = run_sync(workspace, Order("test"))
        states = workspace.ledger.states(workspace.ledger.collection)
        workspace.close()

    assert {url: state.source for url, state in states.items()} == {
        f"{site.url}/": "site",
        f"{site.url}/rules": "other",
    }
    assert (report.unchanged, report.embedded) == (2, 0)


def test_whatever_goes_wrong_in_a_source_is_its_own_failure(
    made: Workspace, site: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sync(made, Order("test"))

    def fail(*_: object, **__: object) -> None:
        raise LookupError("of no use")

    monkeypatch.setattr("ingest.site.crawl.WebClient.get", fail)
    for order in (Order("test"), only("site", f"{site.url}/rules")):
        report = run_sync(made, order)
        assert [(failure.url, failure.reason) for failure in report.failures] == [
            ("site", "the source 'site' cannot be read: LookupError: of no use")
        ]
    assert len(held(made)) == 4


def test_failures_of_a_source_that_is_left_alone_stay(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    site.routes["/rules"] = Response(b"broken", 500)
    run_sync(made, Order("test"))
    (failure,) = made.ledger.failures()

    report = run_sync(made, only("pages"))

    assert made.ledger.failures() == [failure]
    assert [f.url for f in report.failures] == [f"{site.url}/rules"]
    page(site, "/rules", "<p>The rules are back.</p>")
    run_sync(made, only("site"))
    assert made.ledger.failures() == []


def broken(site: Server, *paths: str) -> None:
    for path in paths:
        site.routes[path] = Response(b"broken", 500)


def known_failures(workspace: Workspace, site: Server) -> dict[str, str]:
    return {failure.url.removeprefix(site.url): failure.reason for failure in workspace.ledger.failures()}


def test_a_sync_of_some_pages_touches_the_failures_of_those_alone(made: Workspace, site: Server) -> None:
    """Of four failing pages, one never in the index, two are asked for: one is back, the other fails otherwise."""
    page(site, "/", "".join(f'<a href="/{name}">x</a>' for name in ("rules", "pay", "leave", "never")))
    for name in ("pay", "leave"):
        page(site, f"/{name}", f"<p>All about {name}.</p>")
    run_sync(made, Order("test"))
    broken(site, "/rules", "/pay", "/leave", "/never")
    run_sync(made, Order("test"))
    since = {failure.url: failure.since for failure in made.ledger.failures()}
    answered = "the server answered 500 Internal Server Error"
    assert known_failures(made, site) == dict.fromkeys(("/rules", "/pay", "/leave", "/never"), answered)
    age_failures(made, site)

    page(site, "/pay", "<p>All about pay, again.</p>")
    site.routes["/rules"] = Response(b"x", 200, {"Content-Type": "video/mp4"})
    report = run_sync(made, only("site", f"{site.url}/pay", f"{site.url}/rules"))

    assert known_failures(made, site) == {
        "/rules": "it is served as 'video/mp4', which is not read", "/leave": answered, "/never": answered
    }  # fmt: skip
    assert {failure.url: failure.since for failure in made.ledger.failures()}.items() <= since.items()
    assert (report.changed, report.removed) == (1, 0)
    assert {failure.url for failure in made.syncs.of("site").failures} == {f.url for f in made.ledger.failures()}


def age_failures(workspace: Workspace, site: Server) -> None:
    """Ask for nothing: not even then may a failure be forgotten."""
    before = workspace.ledger.failures()
    site.requests.clear()
    run_sync(workspace, Order("test", scope={}))
    assert (workspace.ledger.failures(), site.requests) == (before, [])


def test_a_sync_of_some_pages_that_breaks_off_forgets_no_failure(
    made: Workspace, site: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(site, "/", '<a href="/rules">x</a><a href="/pay">x</a>')
    page(site, "/pay", "<p>All about pay.</p>")
    run_sync(made, Order("test"))
    broken(site, "/rules", "/pay")
    run_sync(made, Order("test"))
    monkeypatch.setattr("ingest.site.crawl._MAX_UNREACHABLE_IN_A_ROW", 1)

    for order in (only("site", f"{site.url}/rules"), only("site")):
        run_sync(made, order)
        assert set(known_failures(made, site)) == {"site", "/rules", "/pay"}
        assert f"{site.url}/rules" in held(made)
    page(site, "/rules", "<p>Back.</p>")
    page(site, "/pay", "<p>Back.</p>")
    run_sync(made, only("site"))
    assert known_failures(made, site) == {}


def test_only_pages_that_were_asked_for_are_counted_as_missed_or_found(made: Workspace, site: Server) -> None:
    page(site, "/", '<a href="/rules">x</a><a href="/pay">x</a>')
    page(site, "/pay", "<p>All about pay.</p>")
    run_sync(made, Order("test"))
    pay, rules = site.routes.pop("/pay"), site.routes.pop("/rules")
    run_sync(made, Order("test"))
    assert missed(made, site) == {"/rules": 1, "/pay": 1}

    site.routes["/rules"] = rules
    run_sync(made, only("site", f"{site.url}/rules"))
    assert missed(made, site) == {"/pay": 1}, "the one that was asked for is there again"
    site.routes["/pay"] = pay
    del site.routes["/rules"]
    run_sync(made, only("site", f"{site.url}/rules"))
    assert missed(made, site) == {"/rules": 1, "/pay": 1}
    run_sync(made, only("site", f"{site.url}/rules"))
    assert f"{site.url}/rules" not in held(made), "looked for twice in a row, in vain"


def missed(workspace: Workspace, site: Server) -> dict[str, int]:
    states = workspace.ledger.states(workspace.ledger.collection)
    return {url.removeprefix(site.url): state.missed for url, state in states.items() if state.missed}


def test_a_page_that_redirects_is_replaced_by_the_one_it_leads_to(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    site.routes["/rules"] = redirect("/new-rules", 301)
    broken(site, "/new-rules")
    for _ in range(3):
        run_sync(made, Order("test"))
    assert f"{site.url}/rules" in held(made)
    assert set(known_failures(made, site)) == {"/rules"}

    page(site, "/new-rules", "<p>The rules say alpha.</p>")
    run_sync(made, Order("test"))
    assert known_failures(made, site) == {}
    assert {f"{site.url}/rules", f"{site.url}/new-rules"} <= held(made)
    run_sync(made, Order("test"))
    assert {url for url in held(made) if "rules" in url} == {f"{site.url}/new-rules"}
    assert run_sync(made, Order("test")).unchanged == 4


def test_a_page_that_names_another_address_stays_until_that_is_in(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    page(site, "/rules", '<link rel="canonical" href="/new-rules"><p>The rules say alpha.</p>')
    broken(site, "/new-rules")
    for _ in range(3):
        run_sync(made, Order("test"))
    assert f"{site.url}/rules" in held(made)
    assert set(known_failures(made, site)) == {"/new-rules"}

    page(site, "/new-rules", "<p>The rules say alpha.</p>")
    for _ in range(2):
        run_sync(made, Order("test"))
    assert {url for url in held(made) if "rules" in url} == {f"{site.url}/new-rules"}


def test_a_sync_without_change_writes_no_store_and_asks_conditionally(
    made: Workspace, site: Server, tmp_path: Path
) -> None:
    run_sync(made, Order("test"))
    run_sync(made, Order("test"))
    site.requests.clear()
    before = snapshot(tmp_path / "data")

    report = run_sync(made, Order("test"))

    after = snapshot(tmp_path / "data")
    assert (report.unchanged, report.embedded) == (4, 0)
    assert {name for name in before | after if before.get(name) != after.get(name)} == {"syncs.json"}
    assert [request.headers.get("if-none-match") is None for request in site.requests] == [False, False]


def snapshot(folder: Path) -> dict[str, bytes]:
    """What is in every file but those that hold only locks."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_footnote_is_dated_by_the_last_sync_that_found_the_page_so(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    first = now()
    written = made.stores.ledger.page(f"{site.url}/rules")
    assert written is not None
    age(made, "pages", first + timedelta(hours=1))
    age(made, "site", first + timedelta(hours=2))

    answer = made.assistant.answer("Which page speaks of oneness?")

    assert answer.citations[0].url == "one.md"
    assert answer.citations[0].fetched_at == first + timedelta(hours=1)
    shown = made.page(f"{site.url}/rules")
    assert shown is not None
    assert (shown.fetched_at, shown.changed_at) == (first + timedelta(hours=2), written.changed_at)


def age(workspace: Workspace, source: str, moment: datetime) -> None:
    """Have the log say that a source was last synced then."""
    log = workspace.syncs.of(source).model_copy(update={"checked_at": moment, "succeeded_at": moment})
    workspace.syncs.note({source: log}, LastSync(trigger="test", ended_at=moment))


def test_a_page_that_cannot_be_read_is_not_dated_anew(made: Workspace, site: Server) -> None:
    run_sync(made, Order("test"))
    site.routes["/rules"] = Response(b"broken", 500)
    run_sync(made, Order("test"))
    own = made.stores.ledger.page(f"{site.url}/rules")
    age(made, "site", now() + timedelta(hours=1))

    shown = made.page(f"{site.url}/rules")
    front = made.page(f"{site.url}/")

    assert shown is not None
    assert own is not None
    assert front is not None
    assert shown.fetched_at == own.fetched_at
    assert front.fetched_at > own.fetched_at


def test_a_server_that_lies_about_change_is_not_believed_for_more_than_a_week(
    made: Workspace, site: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    page(site, "/rules", "<p>The rules say alpha.</p>", etag='"always the same"')
    run_sync(made, Order("test"))
    page(site, "/rules", "<p>The rules say omega.</p>", etag='"always the same"')
    assert run_sync(made, Order("test")).changed == 0

    later = datetime.now(UTC) + timedelta(days=8)
    monkeypatch.setattr("ui.sync.order.now", lambda: later)
    site.requests.clear()
    report = run_sync(made, Order("test"))

    assert report.changed == 1
    assert [request.headers.get("if-none-match") for request in site.requests] == [None, None]
    site.requests.clear()
    run_sync(made, Order("test"))  # the whole site was read anew: its word is good for another week
    assert None not in [request.headers.get("if-none-match") for request in site.requests]


def test_a_source_that_cannot_be_read_keeps_its_pages_and_lets_the_others_through(
    made: Workspace, tmp_path: Path
) -> None:
    run_sync(made, Order("test"))
    good = made.syncs.of("pages").succeeded_at
    (tmp_path / "pages").rename(tmp_path / "unmounted")

    report = run_sync(made, Order("test"))

    (failure,) = report.failures
    assert failure.url == "pages"
    assert "no such file or folder" in failure.reason
    assert len(held(made)) == 4
    assert made.syncs.of("pages").succeeded_at == good
    assert made.syncs.of("pages").checked_at != good
    site_log = made.syncs.of("site")
    assert site_log.checked_at == site_log.succeeded_at


def test_a_credential_that_is_not_set_fails_its_source_alone(tmp_path: Path, site: Server) -> None:
    whole = settings(tmp_path, site)
    locked = whole.sources[1].model_dump(mode="json", exclude_unset=True)
    locked["web"]["bearer_env"] = "NOT_SET_FOR_THIS_TEST"
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "one.md").write_text("# one\n\nIt is there.\n")
    changed = {
        "data_dir": tmp_path / "data",
        "sources": [whole.sources[0].model_dump(mode="json", exclude_unset=True), locked],
    }
    workspace = Workspace(Settings(**changed, reader={"model": "none"}), HashEmbedding())  # type: ignore[arg-type]
    try:
        report = run_sync(workspace, Order("test"))
    finally:
        workspace.close()

    assert report.added == 1
    assert [(f.url, "NOT_SET_FOR_THIS_TEST" in f.reason) for f in report.failures] == [("site", True)]


def test_a_rebuild_and_another_recipe_read_every_source(made: Workspace, tmp_path: Path, site: Server) -> None:
    run_sync(made, Order("test"))
    run_sync(made, Order("test", scope={"pages": None}, rebuild=True))
    assert len(held(made)) == 4
    made.close()

    other = Workspace(settings(tmp_path, site), HashEmbedding(dimensions=32))
    try:
        assert not other.is_current
        run_sync(other, only("pages"))
        assert other.is_current
        assert len(held(other)) == 4
    finally:
        other.close()


def test_a_dry_run_remembers_nothing(made: Workspace, tmp_path: Path) -> None:
    report = run_sync(made, Order("test", dry_run=True))

    assert report.added == 4
    assert held(made) == set()
    assert not (tmp_path / "data" / "syncs.json").exists()
    assert not (tmp_path / "data" / "links.sqlite3").exists()


def test_named_folders_become_the_whole_content(made: Workspace, tmp_path: Path) -> None:
    run_sync(made, Order("test"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "only.md").write_text("# only\n\nThis one.\n")
    order = Order("test", named=(str(tmp_path / "other"),))

    with pytest.raises(MassDeleteError):
        run_sync(made, order)
    assert made.syncs.last is not None
    assert "would drop 4 of 4 pages" in made.syncs.last.error
    run_sync(made, Order("test", named=order.named, allow_mass_delete=True))

    assert held(made) == {"only.md"}
    assert list(made.syncs.sources) == [str(tmp_path / "other")]


def test_a_sync_that_is_stopped_goes_on_the_next_time(made: Workspace) -> None:
    made.stopping.set()
    with pytest.raises(StoppedError):
        run_sync(made, Order("test"))
    assert held(made) == set()

    made.stopping.clear()
    run_sync(made, Order("test"))

    assert len(held(made)) == 4


def test_a_named_source_that_is_not_there_is_refused_at_once(made: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        open_sources(made.settings, [str(tmp_path / "nowhere")])
    with pytest.raises(UsageError, match="there is nothing to index"):
        open_sources(Settings(data_dir=tmp_path))


def test_orders_are_joined_where_one_sync_can_do_the_work_of_both() -> None:
    pages, rules = only("site", "u"), only("site", "v")

    assert pages.joined(rules) == only("site", "u", "v")
    assert pages.joined(only("site")) == only("site")
    assert pages.joined(only("pages")) == Order("test", scope={"site": frozenset(["u"]), "pages": None})
    assert pages.joined(Order("other")) == Order("test")
    assert pages.joined(Order("other", allow_mass_delete=True)) is None
    assert pages.joined(Order("other", rebuild=True)) is None
    assert pages.joined(Order("other", named=("/x",))) is None
    assert Order("other", dry_run=True).joined(pages) is None
