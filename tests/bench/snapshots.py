"""Dated snapshots of a folder of pages, laid over one another as a checkout does: what is the same stays as it is."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path

_SAME = 0.5  # share of its lines that a page under another name keeps, as in git's notion of a rename


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The files of one date, by their path."""

    name: str
    date: datetime
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Changes:
    """How many pages differ between two snapshots. A renamed page is neither added nor removed."""

    added: int
    changed: int
    removed: int
    renamed: int


def read_snapshots(folder: Path) -> list[Snapshot]:
    """The snapshots of a folder of .tar.gz files that are named by their dates, oldest first."""
    return [_read(path) for path in sorted(folder.glob("*.tar.gz"))]


def lay(snapshot: Snapshot, folder: Path) -> None:
    """Make the folder hold this snapshot; files that change bear its date."""
    folder.mkdir(parents=True, exist_ok=True)
    held = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    for name, path in held.items():
        if name not in snapshot.files:
            path.unlink()
    for name, body in snapshot.files.items():
        path = folder / name
        if name not in held or path.read_bytes() != body:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            os.utime(path, (snapshot.date.timestamp(),) * 2)


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Changes:
    """What a person would say was done to the pages."""
    added, removed = after.keys() - before.keys(), before.keys() - after.keys()
    renamed = 0
    for old in sorted(removed):
        new = next((new for new in sorted(added) if _is_same(before[old], after[new])), None)
        if new is not None:
            added, removed, renamed = added - {new}, removed - {old}, renamed + 1
    changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
    return Changes(len(added), changed, len(removed), renamed)


def _is_same(old: bytes, new: bytes) -> bool:
    lines = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    return lines.real_quick_ratio() >= _SAME and lines.quick_ratio() >= _SAME and lines.ratio() >= _SAME


def _read(tarball: Path) -> Snapshot:
    name = tarball.name.removesuffix(".tar.gz")
    files: dict[str, bytes] = {}
    with tarfile.open(tarball) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                files[member.name.removeprefix("./")] = content.read()
    return Snapshot(name, datetime.fromisoformat(name).replace(tzinfo=UTC), files)
