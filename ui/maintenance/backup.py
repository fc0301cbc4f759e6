"""A backup of the data folder in one file, made between two syncs while questions are answered."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ingest.errors import StoreDamagedError, StoreEmptyError, StoreError, UsageError
from ui.access.limits import FILE_NAME as LIMITS
from ui.maintenance.probe import probe
from ui.memory.files import clear_scratch
from ui.memory.link_memory import FILE_NAME as LINKS
from ui.memory.log import FILE_NAME as SYNCS
from ui.memory.log import now
from ui.workspace import Workspace

FORMAT = 1
"""The form of a backup. A restore reads this one and all before it."""

MANIFEST = "backup.json"
_TRIES = 3  # a question may have the vector store put its files in order while they are copied


class Manifest(BaseModel, extra="ignore"):
    """What a backup says of itself. ``files`` are SHA-256 digests by path; ``encoder`` names the embedding model."""

    format: int
    made_by: str
    made_at: str
    encoder: str
    pages: int
    chunks: int
    files: dict[str, str]


def back_up(workspace: Workspace, file: Path) -> dict[str, Any]:
    """Write a backup and say what is in it. The caller holds the lock, and no sync runs.

    The copy is read in a child process before it is kept. Raises ``UsageError`` where the stores are on servers,
    ``StoreEmptyError`` when nothing is indexed and ``StoreDamagedError`` when the copy is not sound.
    """
    settings = workspace.settings
    if settings.store.url or settings.ledger.url:
        raise UsageError(
            "the index is kept on servers (store.url, ledger.url)", hint="back those servers up by their own means"
        )
    if not workspace.stores.ledger.collection:
        raise StoreEmptyError("there is nothing to back up: nothing is indexed yet", hint="run: footnoted index FOLDER")
    file = file.absolute()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mine = f".footnoted-backup-{hashlib.sha256(str(workspace.folder.absolute()).encode()).hexdigest()[:8]}-"
        clear_scratch(file.parent, mine)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=mine) as scratch:
            copy = Path(scratch) / "data"
            manifest = _sound_copy(workspace, copy)
            made = Path(scratch) / "made"
            _pack(copy, manifest, made)
            made.replace(file)
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise StoreError(
            f"the backup {str(file)!r} cannot be written: {why}", hint="free some space, or name another file"
        ) from error
    return {"file": str(file), "bytes": file.stat().st_size, "pages": manifest.pages, "chunks": manifest.chunks}


def _sound_copy(workspace: Workspace, copy: Path) -> Manifest:
    for attempt in range(1, _TRIES + 1):
        shutil.rmtree(copy, ignore_errors=True)
        _copy(workspace.folder, copy)
        found = probe(copy, workspace.settings.store, workspace.settings.ledger, keywords=False)
        if found.is_sound:
            files = {path.relative_to(copy).as_posix(): digest_of_file(path) for path in _files(copy)}
            return Manifest(
                format=FORMAT,
                made_by=version("footnoted"),
                made_at=now().isoformat(timespec="seconds"),
                encoder=workspace.serving_encoder.recipe,
                pages=found.pages,
                chunks=found.chunks,
                files=files,
            )
        if attempt == _TRIES:
            told = "; ".join(f"{part}: {fault}" for part, fault in found.faults.items())
            raise StoreDamagedError(
                f"the index cannot be backed up whole: {told}", hint="run: footnoted doctor --repair"
            )
    raise AssertionError


def _copy(folder: Path, copy: Path) -> None:
    """Databases by SQLite's own means, so that what is in their journals is in the copy; the rest as files."""
    (copy / "chroma").mkdir(parents=True)
    for name in ("ledger.sqlite3", "chroma/chroma.sqlite3", LINKS):
        if (folder / name).exists():
            with closing(sqlite3.connect(folder / name)) as old, closing(sqlite3.connect(copy / name)) as new:
                old.backup(new)
    for segment in (folder / "chroma").iterdir():
        if segment.is_dir():
            shutil.copytree(segment, copy / "chroma" / segment.name)
    for name in (SYNCS, LIMITS):
        if (folder / name).exists():
            shutil.copyfile(folder / name, copy / name)


def _files(folder: Path) -> list[Path]:
    # What a database leaves beside itself after a probe is empty.
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm")))


def _pack(copy: Path, manifest: Manifest, made: Path) -> None:
    (copy / MANIFEST).write_text(json.dumps(manifest.model_dump(), indent=1))
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        # Vectors hardly shrink, so the quickest level: the texts shrink to a third by it already.
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as archive:
            archive.add(copy / MANIFEST, MANIFEST)
            for name in manifest.files:
                archive.add(copy / name, name)
        out.flush()
        os.fsync(out.fileno())


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
