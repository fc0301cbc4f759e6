"""Backups in one file, made and put back by one process."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from index.testing import HashEmbedding
from ingest.errors import StoreDamagedError, StoreEmptyError, StoreError, UsageError
from tests.ui.operating import command
from ui.access.asker import NOBODY, OPERATOR
from ui.access.limits import note_limits
from ui.maintenance.backup import FORMAT, MANIFEST, back_up
from ui.maintenance.probe import probe
from ui.maintenance.restore import restore, set_aside
from ui.settings import Settings
from ui.sync.order import Order, run_sync
from ui.workspace import Workspace


def opened(folder: Path, dimensions: int = 64) -> Workspace:
    return Workspace(
        Settings(data_dir=folder, reader={"model": "none"}),
        HashEmbedding(dimensions),
    )


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    (tmp_path / "pages").mkdir()
    for name in ("one", "two", "three"):
        (tmp_path / "pages" / f"{name}.md").write_text(f"# {name}\n\nThis page is about {name}ness.\n")
    return tmp_path / "pages"


@pytest.fixture
def workspace(tmp_path: Path, pages: Path) -> Iterator[Workspace]:
    """A workspace with three pages, one of which fails."""
    made = opened(tmp_path / "data")
    made.lock.acquire("test")
    run_sync(made, Order("test", named=(str(pages),)))
    (pages / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    run_sync(made, Order("test", named=(str(pages),)))
    yield made
    made.close()


def content(workspace: Workspace) -> object:
    """Everything that a backup is to keep: pages with their times, chunks with their vectors, failures, the log."""
    ledger = workspace.stores.ledger
    name = ledger.collection
    chunks = {chunk.id: chunk for chunk, _ in ledger.all_chunks(name)}
    vectors = workspace.stores.collection(name).vectors(sorted(chunks))
    return (
        ledger.states(name), chunks, {key: vector.tolist() for key, vector in vectors.items()}, ledger.failures(),
        workspace.syncs.sources, workspace.syncs.last,
    )  # fmt: skip


def put_back(workspace: Workspace, file: Path) -> None:
    restore(workspace, file, lambda _: None)


def test_what_is_put_back_is_what_was_there(workspace: Workspace, pages: Path, tmp_path: Path) -> None:
    before = content(workspace)
    made = back_up(workspace, tmp_path / "backup.tgz")
    assert (made["pages"], made["chunks"]) == (3, 3)
    (pages / "one.md").write_text("# one\n\nIt says something else.\n")
    (pages / "two.md").unlink()
    run_sync(workspace, Order("test", named=(str(pages),)))
    assert content(workspace) != before

    put_back(workspace, tmp_path / "backup.tgz")

    assert content(workspace) == before
    assert [hit.chunk.url for hit in workspace.search("twoness", k=1)] == ["two.md"]
    assert sorted(path.name for path in (tmp_path / "data" / "keywords").iterdir()) == [workspace.ledger.collection]
    assert probe(tmp_path / "data", workspace.settings.store, workspace.settings.ledger).is_sound
    assert not list((tmp_path / "data").glob("restore-*"))


def test_a_backup_fills_an_empty_folder_and_syncs_go_on_from_it(
    workspace: Workspace, pages: Path, tmp_path: Path
) -> None:
    back_up(workspace, tmp_path / "backup.tgz")
    other = opened(tmp_path / "other")
    try:
        put_back(other, tmp_path / "backup.tgz")
        assert content(other) == content(workspace)
        report = run_sync(other, Order("test", named=(str(pages),)))
        assert (report.unchanged, report.embedded) == (3, 0)
    finally:
        other.close()


def test_what_was_limited_stays_so(workspace: Workspace, pages: Path, tmp_path: Path) -> None:
    source = {"name": str(pages), "folder": {"path": pages}, "groups": ["hr"]}
    limited = Settings(data_dir=workspace.folder, reader={"model": "none"}, sources=[source])
    note_limits(workspace.notes, Workspace(limited, HashEmbedding()).limits, {str(pages)})
    back_up(workspace, tmp_path / "kept.tar.gz")

    other = opened(tmp_path / "other")
    other.lock.acquire("test")
    put_back(other, tmp_path / "kept.tar.gz")
    assert other.seen_by(OPERATOR).page("one.md") is not None
    assert other.seen_by(NOBODY).page("one.md") is None
    assert opened(tmp_path / "other").seen_by(NOBODY).page("one.md") is None
    other.close()


def test_an_index_that_cannot_be_read_is_set_aside(workspace: Workspace, tmp_path: Path) -> None:
    back_up(workspace, tmp_path / "backup.tgz")
    before = content(workspace)
    assert set_aside(workspace.settings) is None
    workspace.close()
    (tmp_path / "data" / "ledger.sqlite3").write_bytes(b"SQLite format 3\0 and no more" * 400)

    away = set_aside(workspace.settings)

    assert away is not None
    assert {path.name for path in away.iterdir()} >= {"ledger.sqlite3", "chroma", "keywords"}
    other = opened(tmp_path / "data")
    try:
        put_back(other, tmp_path / "backup.tgz")
        assert content(other) == before
    finally:
        other.close()


def test_nothing_indexed_is_nothing_to_back_up(tmp_path: Path) -> None:
    empty = opened(tmp_path / "empty")
    try:
        with pytest.raises(StoreEmptyError, match="nothing is indexed yet"):
            back_up(empty, tmp_path / "backup.tgz")
    finally:
        empty.close()
    assert not (tmp_path / "backup.tgz").exists()


def test_a_damaged_index_is_not_backed_up(workspace: Workspace, tmp_path: Path) -> None:
    name = workspace.ledger.collection
    workspace.stores.collection(name).delete(list(workspace.stores.collection(name).ids())[:1])

    with pytest.raises(StoreDamagedError, match=r"cannot be backed up whole: vectors: 1 of 3 chunks have no vector"):
        back_up(workspace, tmp_path / "backup.tgz")

    assert not (tmp_path / "backup.tgz").exists()
    assert not list(tmp_path.glob(".footnoted-backup-*"))


def test_stores_on_servers_are_not_ours_to_back_up(workspace: Workspace, tmp_path: Path) -> None:
    workspace.settings = Settings(data_dir=tmp_path / "data", store={"url": "http://localhost:1"})

    with pytest.raises(UsageError, match="the index is kept on servers"):
        back_up(workspace, tmp_path / "backup.tgz")


def rewritten(file: Path, manifest: dict[str, object] | None = None, **changed: bytes) -> Path:
    """A copy of a backup with another manifest, or other files in it, by the ends of their names."""
    made = file.with_name("changed.tgz")
    with tarfile.open(file) as old, tarfile.open(made, "w:gz") as new:
        for member in old:
            inner = old.extractfile(member)
            assert inner
            body = inner.read()
            if member.name == MANIFEST and manifest is not None:
                body = json.dumps({**json.loads(body), **manifest}).encode()
            for name, other in changed.items():
                body = other if member.name.startswith(name) else body
            member.size = len(body)
            new.addfile(member, BytesIO(body))
    return made


def test_what_cannot_be_put_back_is_refused_and_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tgz"
    back_up(workspace, backup)
    before = content(workspace)
    no_backup, cut, text = tmp_path / "other.tgz", tmp_path / "cut.tgz", tmp_path / "text.tgz"
    with tarfile.open(no_backup, "w:gz") as archive:
        archive.add(tmp_path / "pages", "pages")
    cut.write_bytes(backup.read_bytes()[:-300])
    text.write_text("no archive")

    def refused(file: Path, kind: type[Exception], message: str) -> None:
        with pytest.raises(kind, match=message):
            put_back(workspace, file)
        assert content(workspace) == before

    refused(rewritten(backup, {"format": FORMAT + 1, "made_by": "9.9"}), StoreDamagedError, "made by version 9.9")
    refused(rewritten(backup, {"encoder": "another-model"}), UsageError, "with the embedding model 'another-model'")
    refused(rewritten(backup, ledger=b"changed"), StoreDamagedError, "'ledger.sqlite3' is not as it was written")
    refused(rewritten(backup, {"files": {"../outside": "0"}}), StoreDamagedError, "is not as it was written")
    refused(no_backup, UsageError, "is no backup")
    refused(cut, StoreDamagedError, "is damaged")
    refused(text, StoreDamagedError, "is damaged")
    refused(tmp_path / "missing.tgz", StoreError, "cannot be read: No such file")
    assert not (tmp_path / "outside").exists()


def test_the_commands_work_on_a_folder_that_nobody_serves(workspace: Workspace, tmp_path: Path) -> None:
    back_up(workspace, tmp_path / "backup.tgz")
    held = command("backup", str(tmp_path / "second.tgz"), "--data-dir", str(tmp_path / "data"))
    assert (held.returncode, "is held by process" in held.stderr) == (3, True)
    none = command("backup", str(tmp_path / "second.tgz"), "--data-dir", str(tmp_path / "none"))
    assert (none.returncode, "nothing is indexed" in none.stderr) == (3, True)
    other = command("restore", str(tmp_path / "backup.tgz"), "--data-dir", str(tmp_path / "fresh"))
    assert other.returncode == 2
    assert "was made with the embedding model 'hashed-words-64'" in other.stderr
