"""Servers that share a ledger: whose turn it is, what others did, what is known of an index beside its pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.ledger.database import Database, LedgerOptions
from index.ledger.lease import Lease
from index.ledger.notes import LedgerNotes, Notes
from index.ledger.tables import lease as table
from index.testing import HashEmbedding
from tests.ui.operating import until
from ui.access.asker import limits_of
from ui.access.limits import note_limits, noted_limits
from ui.access.tokens import session_key
from ui.memory.log import now
from ui.memory.notes import FolderNotes
from ui.settings import Settings
from ui.sync.following import Following
from ui.sync.order import Order
from ui.sync.reindex import ReplayedError, Signatures
from ui.sync.service import SyncService
from ui.workspace import Workspace


@pytest.fixture
def options(tmp_path: Path) -> LedgerOptions:
    return LedgerOptions(url=f"sqlite:///{tmp_path / 'shared.sqlite3'}", lease_seconds=600)


@pytest.fixture
def service(tmp_path: Path, options: LedgerOptions) -> Iterator[SyncService]:
    """The service of one such server over two pages, at work."""
    (tmp_path / "pages").mkdir()
    for name in ("ada", "bob"):
        (tmp_path / "pages" / f"{name}.md").write_text(f"# {name}\n\nThe page {name}.\n")
    sources = [{"name": "pages", "folder": {"path": tmp_path / "pages"}}]
    settings = Settings(data_dir=tmp_path / "data", reader={"model": "none"}, ledger=options, sources=sources)
    workspace = Workspace(settings, HashEmbedding())
    workspace.lock.acquire("test")
    made = SyncService(workspace, url="http://127.0.0.1:7860")
    made.start()
    yield made
    assert made.stop(30)
    workspace.close()


@pytest.fixture
def other(options: LedgerOptions, tmp_path: Path) -> Iterator[Lease]:
    """The lease as another server has it."""
    database = Database(options, tmp_path)
    made = Lease(database, 600)
    made.acquire("footnoted serve", "http://elsewhere:7860")
    yield made
    made.release()
    database.close()


def done(service: SyncService, order: Order) -> dict[str, int]:
    job = service.sync(order)
    assert job.wait(60)
    assert job.error is None
    assert job.result is not None
    return dict(job.result["pages"])


def test_a_job_waits_for_another_server_and_says_for_whom(service: SyncService, other: Lease) -> None:
    job = service.sync(Order("test"))
    until(lambda: bool(job.waits_for))
    assert "(footnoted serve at http://elsewhere:7860, since " in job.waits_for
    assert service.status().notes[-1] == f"test waits: {job.waits_for}"
    assert "elsewhere" not in service.status().writer  # it is this process that holds the data folder
    assert not job.done

    other.release()
    assert job.wait(60)
    assert job.result is not None
    assert job.result["pages"]["added"] == 2
    assert not service.status().notes
    assert other.holder() is None


def test_what_another_server_did_meanwhile_is_left_out(service: SyncService) -> None:
    ordered = now()
    time.sleep(0.01)
    assert done(service, Order("test"))["added"] == 2
    assert done(service, Order("late", since=ordered)) == dict.fromkeys(
        ("added", "changed", "removed", "unchanged", "failed"), 0
    )
    assert done(service, Order("new", since=now()))["unchanged"] == 2
    assert done(service, Order("asked for"))["unchanged"] == 2
    joined = Order("a", scope={"x": None}, since=ordered).joined(Order("b", scope={"y": None}))
    assert joined is not None
    assert joined.since is None


def test_a_server_that_died_is_stepped_in_for(service: SyncService, other: Lease) -> None:
    following = Following(service, lambda: None)
    following.look()
    assert service.workspace.syncs.last is None
    with service.workspace.stores.ledger.database.writing() as connection:
        connection.execute(table.update().values(expires=1.0))
    following.look()
    until(lambda: service.workspace.syncs.last is not None)
    assert service.workspace.syncs.last is not None
    assert service.workspace.syncs.last.trigger.startswith("taking over from process ")
    assert len(service.workspace.ledger.states(service.workspace.ledger.collection)) == 2


@pytest.fixture(params=["folder", "ledger"])
def notes(request: pytest.FixtureRequest, options: LedgerOptions, tmp_path: Path) -> Iterator[Notes]:
    own = FolderNotes(tmp_path / "notes")
    if request.param == "folder":
        yield own
        return
    database = Database(options, tmp_path)
    yield LedgerNotes(database, own)
    database.close()


def test_a_note_is_changed_or_left(notes: Notes) -> None:
    assert notes.read("one") is None
    notes.update("one", lambda before: None)
    assert notes.read("one") is None
    notes.update("one", lambda before: f"{before}, then this")
    notes.update("one", lambda before: f"{before}, then that")
    assert notes.read("one") == "None, then this, then that"
    with pytest.raises(ZeroDivisionError):
        notes.update("one", lambda before: str(1 / 0))
    notes.write("two", "other")
    assert (notes.read("one"), notes.read("two")) == ("None, then this, then that", "other")


def test_every_server_has_the_same_key_and_takes_a_call_once(notes: Notes) -> None:
    assert session_key(notes) == session_key(notes)
    Signatures("secret of the tests", notes).accept("abc", [])
    with pytest.raises(ReplayedError):
        Signatures("secret of the tests", notes).accept("abc", [])


def test_a_limit_is_not_forgotten_while_another_server_may_fetch_its_pages(notes: Notes) -> None:
    limited = limits_of([("hr", ["staff"])])
    assert note_limits(notes, limited, None)
    assert not note_limits(notes, limited, None)
    assert not note_limits(notes, limits_of([("news", [])]), None)
    assert noted_limits(notes) == {"hr"}
    assert note_limits(notes, limits_of([("hr", [])]), None)
    assert noted_limits(notes) == set()


def test_what_an_older_program_kept_in_the_folder_is_known(options: LedgerOptions, tmp_path: Path) -> None:
    own = FolderNotes(tmp_path)
    own.write("limits.json", '{"limited": ["hr"]}')
    database = Database(options, tmp_path)
    notes = LedgerNotes(database, own)
    assert noted_limits(notes) == {"hr"}
    notes.update("limits.json", lambda before: before)
    own.write("limits.json", "{}")
    assert noted_limits(notes) == {"hr"}
    database.close()
