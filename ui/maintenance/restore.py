"""Putting a backup back: as a new collection that is filled, checked and then switched to, also while serving."""

from __future__ import annotations

import tarfile
import tempfile
import zlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from index.chroma.collection import StoreOptions
from index.ledger.database import Database, LedgerOptions, refuse_newer
from index.ledger.queries import raise_generation, rows_of
from index.ledger.tables import chunks, failures, garbage, pages
from index.obstacle import require_room
from index.stores import Stores
from index.types import Progress
from ingest.errors import StoreDamagedError, StoreError, UsageError
from ui.access.limits import join_limits
from ui.maintenance.backup import FORMAT, MANIFEST, Manifest, digest_of_file
from ui.maintenance.probe import probe
from ui.memory.files import clear_scratch
from ui.memory.link_memory import FILE_NAME as LINKS
from ui.memory.log import FILE_NAME as SYNCS
from ui.memory.log import now
from ui.memory.notes import FolderNotes
from ui.settings import Settings
from ui.workspace import Workspace

_PART = 1_000  # chunks copied at once
_SCRATCH = "restore-"


def restore(workspace: Workspace, file: Path, tell: Callable[[Progress], None]) -> dict[str, Any]:
    """Make the index what a backup holds, and say what that is. The caller holds the lock, and no sync runs.

    What served before serves until the backup's index is whole. Raises ``UsageError`` for a file that is no backup of
    this embedding model, ``StoreDamagedError`` for one that is damaged or of a newer version.
    """
    clear_scratch(_made(workspace.folder), _SCRATCH)
    with tempfile.TemporaryDirectory(dir=workspace.folder, prefix=_SCRATCH) as scratch:
        folder = Path(scratch)
        manifest = _unpack(file, folder)
        if manifest.encoder != workspace.encoder.recipe:
            raise UsageError(
                f"the backup was made with the embedding model {manifest.encoder!r}, the settings name "
                f"{workspace.encoder.recipe!r}",
                hint="set embedding.model as it was, or run: footnoted index --rebuild",
            )
        found = probe(folder, StoreOptions(), LedgerOptions(), keywords=False)
        if not found.is_sound:
            raise _damaged(file, "; ".join(found.faults.values()))
        stored = Stores(folder)
        try:
            _adopt(workspace, stored, folder, tell)
        finally:
            stored.close()
        kept = FolderNotes(folder)
        join_limits(workspace.notes, kept)
        workspace.read_limits()
        if (syncs := kept.read(SYNCS)) is not None:
            workspace.notes.write(SYNCS, syncs)
        if (folder / LINKS).exists():
            (folder / LINKS).replace(workspace.folder / LINKS)
        workspace.syncs.reload()
    return {"file": str(file), "made_at": manifest.made_at, "pages": found.pages, "chunks": found.chunks}


def set_aside(settings: Settings) -> Path | None:
    """Move an index that cannot be read out of the way of a restore; where it is then. The caller holds the lock.

    Raises ``StoreNewerError`` for one that a newer version wrote.
    """
    if settings.store.url or settings.ledger.url:
        return None
    if not (settings.data_dir / "ledger.sqlite3").exists():
        return None
    refuse_newer(settings.ledger, settings.data_dir)
    if probe(settings.data_dir, settings.store, settings.ledger, keywords=False).is_sound:
        return None
    away = settings.data_dir / f"damaged-{now():%Y%m%d-%H%M%S}"
    away.mkdir()
    for name in ("ledger.sqlite3", "ledger.sqlite3-wal", "ledger.sqlite3-shm", "chroma", "keywords"):
        if (settings.data_dir / name).exists():
            (settings.data_dir / name).rename(away / name)
    return away


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _unpack(file: Path, folder: Path) -> Manifest:
    """Lay a backup's files out and check each against its digest."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            head = archive.next()
            inner = archive.extractfile(head) if head is not None and head.name == MANIFEST else None
            if inner is None:
                raise _no_backup(file)
            manifest = _manifest(file, inner.read())
            for member in archive:
                if member.isfile() and member.name in manifest.files:
                    archive.extract(member, folder, filter="data")
    except OSError as error:
        if isinstance(error, tarfile.ReadError) or error.strerror is None:
            raise _damaged(file, str(error)) from error
        hint = "check its name and the free space"
        raise StoreError(f"the backup {str(file)!r} cannot be read: {error.strerror}", hint=hint) from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _damaged(file, str(error)) from error
    for name, digest in manifest.files.items():
        if not (folder / name).is_file() or digest_of_file(folder / name) != digest:
            raise _damaged(file, f"{name!r} is not as it was written")
    return manifest


def _manifest(file: Path, written: bytes) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(written)
    except ValidationError as error:
        raise _no_backup(file) from error
    if manifest.format > FORMAT:
        raise StoreDamagedError(
            f"the backup {str(file)!r} was made by version {manifest.made_by}, in form {manifest.format}; this program "
            f"reads {FORMAT}",
            hint="install that version or a later one",
        )
    return manifest


def _adopt(workspace: Workspace, stored: Stores, folder: Path, tell: Callable[[Progress], None]) -> None:
    """Copy the backup's collection into the stores under a new name, then let it serve and drop what served."""
    stores = workspace.stores
    old, source = stores.ledger.collection, stored.ledger.collection
    serials = [int(name.rsplit("-", 1)[1]) for name in {old, *stores.ledger.collections()} if name]
    target = f"{source.rsplit('-', 1)[0]}-{max(serials, default=0) + 1}"
    _copy_vectors(stores, stored, source, target, tell)
    _copy_rows(workspace.settings, folder, source, target)
    stores.refresh_keywords(target)
    workspace.encoders.note(target, workspace.settings.embedding)
    stores.ledger.activate(target)
    if old:
        stores.drop(old)


def _copy_vectors(stores: Stores, stored: Stores, source: str, target: str, tell: Callable[[Progress], None]) -> None:
    old, new = stored.collection(source), stores.make_collection(target)
    total, done = stored.ledger.count_chunks(source), 0
    listed = (chunk for chunk, _ in stored.ledger.all_chunks(source))
    while part := list(islice(listed, _PART)):
        require_room(stores.folder, len(part))
        ids = [chunk.id for chunk in part]
        vectors = old.vectors(ids)
        stores.ledger.announce(target, ids)  # so that they are cleared should this process be killed
        new.put(part, np.stack([vectors[chunk_id] for chunk_id in ids]))
        done += len(part)
        tell(Progress(0, done, total))


def _copy_rows(settings: Settings, folder: Path, source: str, target: str) -> None:
    """Copy pages, chunks and failures as they are written, with all their times, in one transaction."""
    stored = Database(LedgerOptions(), folder)
    live = Database(settings.ledger, settings.data_dir)
    try:
        with stored.reading() as reading, live.writing() as writing:
            for table in (pages, chunks):
                for rows in reading.execute(rows_of(table, source)).mappings().partitions(_PART):
                    writing.execute(table.insert(), [{**row, "collection": target} for row in rows])
            writing.execute(garbage.delete().where(garbage.c.collection == target))
            writing.execute(failures.delete())
            kept = [dict(row) for row in reading.execute(failures.select()).mappings()]
            if kept:
                writing.execute(failures.insert(), kept)
            raise_generation(writing, target)
    finally:
        stored.close()
        live.close()


def _no_backup(file: Path) -> UsageError:
    return UsageError(f"{str(file)!r} is no backup", hint="name a file that `footnoted backup` made")


def _damaged(file: Path, why: str) -> StoreDamagedError:
    return StoreDamagedError(f"the backup {str(file)!r} is damaged: {why}", hint="restore another backup")
