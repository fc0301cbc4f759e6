"""Folders that hold files of the same path: each file is a page of its own, under an address that it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from index.testing import HashEmbedding
from ingest.errors import MassDeleteError
from tests.index.building import check_whole
from tests.index.syncing import die_before, processes
from tests.ui.operating import serving
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.workspace import Workspace

TOPICS = {"a/docs": "alder", "b/docs": "birch", "c/docs": "cedar"}
SAME = ("index.md", "README.md", "guide/start.md")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three folders of the same name, each with the same three paths and a page of its own."""
    for folder, topic in TOPICS.items():
        for name in (*SAME, f"{folder[0]}.md"):
            write(tmp_path / folder / name, topic)
    return tmp_path


@pytest.fixture
def opened(root: Path) -> Iterator[Workspace]:
    """A workspace over the first two of them."""
    workspace = over(root, "a/docs", "b/docs")
    yield workspace
    workspace.close()


def write(path: Path, topic: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"# {path.name} of {topic}\n\nThe {topic} page {path.stem} speaks of {topic}ness.\n")


def over(root: Path, *folders: str) -> Workspace:
    return made_of(root, [{"folder": {"path": root / folder}} for folder in folders])


def made_of(root: Path, sources: list[dict[str, Any]]) -> Workspace:
    settings = Settings(data_dir=root / "data", reader={"model": "none"}, sources=sources)
    workspace = Workspace(settings, HashEmbedding())
    workspace.lock.acquire("test")
    return workspace


def told(workspace: Workspace) -> dict[str, str]:
    """Which folder's text each address opens."""
    found = {}
    for url in workspace.ledger.states(workspace.ledger.collection):
        page = workspace.ledger.page(url)
        assert page is not None
        (found[url],) = (folder for folder, topic in TOPICS.items() if f"{topic}ness" in page.document.text)
        assert page.source.endswith(found[url])
    return found


BOTH = {
    "index.md": "a/docs", "README.md": "a/docs", "guide/start.md": "a/docs", "a.md": "a/docs",
    "docs/index.md": "b/docs", "docs/README.md": "b/docs", "docs/guide/start.md": "b/docs", "b.md": "b/docs",
}  # fmt: skip


def test_both_pages_are_indexed_and_keep_their_addresses(opened: Workspace) -> None:
    report = run_sync(opened, Order("test"))

    assert (report.added, report.failures) == (8, ())
    assert told(opened) == BOTH
    report = run_sync(opened, Order("test"))
    assert (report.unchanged, report.embedded, report.reused, report.failures) == (8, 0, 0, ())
    report = run_sync(opened, Order("test", rebuild=True))
    assert (report.unchanged, report.failures) == (8, ())
    assert told(opened) == BOTH
    assert {Path(name).parent.name: log.counts["failed"] for name, log in opened.syncs.sources.items()} == {
        "a": 0, "b": 0
    }  # fmt: skip


def test_a_footnote_opens_the_file_that_it_quotes(root: Path) -> None:
    config = root / "footnoted.toml"
    config.write_text(
        'data_dir = "data"\n[reader]\nmodel = "none"\n[[sources]]\nfolder = "a/docs"\n[[sources]]\nfolder = "b/docs"\n'
    )
    with serving(config, root / "data") as server:
        for topic, url in (("alder", "guide/start.md"), ("birch", "docs/guide/start.md")):
            hits = server.get("/api/search", params={"q": f"{topic} page start {topic}ness"}).json()["hits"]
            assert hits[0]["url"] == url
            opened = server.get(f"/source/{url}?start=0&end=9")
            assert (opened.status_code, f"The {topic} page start" in opened.text) == (200, True)


def test_an_index_keeps_its_addresses_when_a_folder_is_put_before_its_own(root: Path) -> None:
    for folders in (("b/docs",), ("a/docs", "b/docs"), ("b/docs", "c/docs", "a/docs")):
        workspace = over(root, *folders)
        report = run_sync(workspace, Order("test"))
        found = told(workspace)
        workspace.close()
        assert (report.added, report.changed, report.removed, report.failures) == (4, 0, 0, ())

    assert {url: folder for url, folder in found.items() if url.endswith("index.md")} == {
        "index.md": "b/docs", "docs/index.md": "a/docs", "c/docs/index.md": "c/docs"
    }  # fmt: skip


def test_a_page_stays_when_its_namesake_goes_and_when_it_comes_back(opened: Workspace, root: Path) -> None:
    run_sync(opened, Order("test"))
    (root / "a/docs/index.md").unlink()
    report = run_sync(opened, Order("test"))
    assert (report.removed, report.embedded, report.failures) == (1, 0, ())
    assert told(opened) == {url: folder for url, folder in BOTH.items() if url != "index.md"}

    write(root / "a/docs/index.md", "alder")
    (root / "b/docs/README.md").unlink()
    report = run_sync(opened, Order("test"))
    assert (report.added, report.removed, report.failures) == (1, 1, ())
    assert told(opened) == {url: folder for url, folder in BOTH.items() if url != "docs/README.md"}


def test_a_source_that_leaves_the_settings_takes_its_own_pages_along(opened: Workspace, root: Path) -> None:
    run_sync(opened, Order("test"))
    opened.close()
    alone = over(root, "b/docs")
    try:
        with pytest.raises(MassDeleteError, match="would drop 4 of 8 pages"):
            run_sync(alone, Order("test"))
        assert told(alone) == BOTH
        assert run_sync(alone, Order("test", allow_mass_delete=True)).embedded == 0
        assert told(alone) == {url: folder for url, folder in BOTH.items() if folder == "b/docs"}
        assert run_sync(alone, Order("test")).unchanged == 4
    finally:
        alone.close()


def test_a_folder_that_is_not_there_keeps_its_addresses(opened: Workspace, root: Path) -> None:
    run_sync(opened, Order("test"))
    (root / "a/docs").rename(root / "away")
    write(root / "b/docs/a.md", "birch")
    report = run_sync(opened, Order("test"))
    assert (report.added, report.removed) == (1, 0)
    assert told(opened) == BOTH | {"docs/a.md": "b/docs"}

    (root / "away").rename(root / "a/docs")
    assert run_sync(opened, Order("test")).unchanged == 9
    assert told(opened) == BOTH | {"docs/a.md": "b/docs"}


@pytest.mark.parametrize(("giver", "taker"), [("a/docs", "b/docs"), ("b/docs", "a/docs")])
def test_pages_that_move_to_another_source_keep_their_addresses(root: Path, giver: str, taker: str) -> None:
    for name in SAME:
        (root / taker / name).unlink()
    workspace = over(root, "a/docs", "b/docs")
    run_sync(workspace, Order("test"))
    before = told(workspace)
    for name in SAME[1:]:
        (root / taker / name).parent.mkdir(exist_ok=True)
        (root / giver / name).rename(root / taker / name)
    report = run_sync(workspace, Order("test"))
    states = workspace.ledger.states(workspace.ledger.collection)
    workspace.close()

    assert (report.unchanged, report.added, report.removed, report.embedded) == (5, 0, 0, 0)
    assert states.keys() == before.keys()
    assert {url: states[url].source for url in SAME} == {
        "index.md": str(root / giver), "README.md": str(root / taker), "guide/start.md": str(root / taker)
    }  # fmt: skip


def test_a_sync_of_one_source_leaves_the_addresses_of_the_other(opened: Workspace, root: Path) -> None:
    (root / "a/docs/README.md").write_text("\0")  # it was never in the index
    (root / "b/docs/README.md").rename(root / "README.md")
    run_sync(opened, Order("test"))
    (root / "a/docs/a.md").unlink()
    write(root / "b/docs/a.md", "birch")
    (root / "README.md").rename(root / "b/docs/README.md")
    for _ in range(2):
        report = run_sync(opened, Order("test", scope={str(root / "b/docs"): None}))
        assert [failure.url for failure in report.failures] == ["README.md"]
    assert told(opened) == {url: f for url, f in BOTH.items() if url != "README.md"} | {"docs/a.md": "b/docs"}
    assert opened.syncs.of(str(root / "b/docs")).failures == ()


def test_a_file_that_two_sources_read_is_told_of(root: Path) -> None:
    folder = root / "a/docs"
    sources: list[dict[str, Any]] = [
        {"name": "everyone", "folder": {"path": folder}},
        {"name": "some", "groups": ["some"], "folder": {"path": folder, "include": ["guide/*"]}},
    ]
    workspace = made_of(root, sources)
    reports = [run_sync(workspace, Order("test")) for _ in range(2)]
    states = workspace.ledger.states(workspace.ledger.collection)
    workspace.close()

    reason = "the sources 'everyone' and 'some' both have a file at this path; that of 'some' is not read"
    for report in reports:
        assert [(failure.url, failure.reason) for failure in report.failures] == [("guide/start.md", reason)]
    assert {url for url in states if url.endswith("start.md")} == {"guide/start.md"}


def test_a_dry_run_tells_what_the_sync_does(opened: Workspace, root: Path) -> None:
    run_sync(opened, Order("test"))
    (root / "a/docs/index.md").unlink()
    write(root / "b/docs/a.md", "birch")
    plan, done = (run_sync(opened, Order("test", dry_run=dry)) for dry in (True, False))

    for name in ("added", "changed", "removed", "unchanged", "embedded", "reused", "failures"):
        assert getattr(plan, name) == getattr(done, name)
    assert (done.added, done.removed, done.failures) == (1, 1, ())


def test_a_killed_sync_gives_nobody_elses_address(root: Path) -> None:
    first = over(root, "a/docs", "b/docs")
    run_sync(first, Order("test"))
    first.close()
    (root / "a/docs/index.md").unlink()
    write(root / "b/docs/a.md", "birch")
    of_three = dict.fromkeys(("index.md", "c/docs/README.md", "c/docs/guide/start.md", "c.md"), "c/docs")
    wanted = BOTH | of_three | {"docs/a.md": "b/docs"}
    for step in count(3, 9):
        process = processes().Process(target=_sync_to_step, args=(root, step))
        process.start()
        process.join()
        assert process.exitcode in (0, -9)
        served = over(root, "a/docs", "b/docs", "c/docs")
        found = told(served)
        served.close()
        assert found.items() <= BOTH.items() | wanted.items()
        if process.exitcode == 0:
            break
    assert step > 5
    last = over(root, "a/docs", "b/docs", "c/docs")
    assert run_sync(last, Order("test")).failures == ()
    assert told(last) == wanted
    check_whole(last.stores)
    last.close()


def _sync_to_step(root: Path, step: int) -> None:
    workspace = over(root, "a/docs", "b/docs", "c/docs")
    die_before(step)
    run_sync(workspace, Order("test"))
