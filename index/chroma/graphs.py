"""The files of Chroma's graphs as they are before a write, where the disk may run full in the midst of it.

Chroma writes a graph in place, once in a thousand changes: cut off in that it cannot be read. Put back, it is brought
up to date by Chroma itself, which keeps what came after it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.obstacle import blocked, obstacle

_PLENTY = 256_000_000  # bytes free, which no program takes while a batch is written


@contextmanager
def graphs_kept(folder: Path) -> Iterator[Callable[[], None]]:
    """A block that is given what puts the graphs of a database back; call it once the database is closed.

    Raises ``StoreError`` where the disk runs full before anything is written.
    """
    kept = folder.with_name(f"{folder.name}.before")
    shutil.rmtree(kept, ignore_errors=True)  # of a process that was killed
    try:
        try:
            copied = _copy(folder, kept)
        except OSError as error:
            raise blocked(folder, obstacle(folder) or str(error)) from error
        yield lambda: _put_back(folder, kept) if copied else None
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def _copy(folder: Path, kept: Path) -> bool:
    graphs = _graphs(folder)
    free = shutil.disk_usage(folder.parent).free
    if free > _PLENTY:
        return False
    if 2 * sum(path.stat().st_size for graph in graphs for path in graph.iterdir()) > free:
        return False  # then it is as with a disk that fails: the vectors are made anew
    for graph in graphs:
        shutil.copytree(graph, kept / graph.name)
    return True


def _put_back(folder: Path, kept: Path) -> None:
    for graph in _graphs(folder):
        shutil.rmtree(graph)
    for graph in _graphs(kept):
        graph.rename(folder / graph.name)


def _graphs(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
