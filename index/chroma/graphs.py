"""The files of Chroma's graphs: whether one is cut short, and as they are before a write that may fill the disk.

Chroma writes a graph in place, once in a thousand changes: cut off in that it cannot be read. Put back, it is brought
up to date by Chroma itself, which keeps what came after it.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.obstacle import blocked, obstacle
from ingest.errors import StoreDamagedError

# Of hnswlib's header: a version, then the first vector's place, room, vectors, bytes of each; the rest follows to 100.
_HEADER = struct.Struct("<i4Q64x")
_PLENTY = 256_000_000  # bytes free, which no program takes while a batch is written


def check_graphs(folder: Path) -> None:
    """Raise ``StoreDamagedError`` where a file is shorter than its graph's header says.

    Chroma reads on behind the end of some, and then what it finds in memory decides whether it fails.
    """
    for graph in _graphs(folder):
        header = graph / "header.bin"
        if not header.is_file():
            continue
        _check_size(header, _HEADER.size)
        vectors, each = _HEADER.unpack_from(header.read_bytes())[3:]
        _check_size(graph / "data_level0.bin", vectors * each)
        _check_size(graph / "length.bin", vectors * 4)


def _check_size(path: Path, least: int) -> None:
    if not path.is_file() or path.stat().st_size < least:
        raise StoreDamagedError(
            f"the vector store's {path.parent.name}/{path.name} is cut short", hint="run: footnoted index --rebuild"
        )


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
