"""A disk that is full when Chroma writes its graph, as it does once in a thousand changes. Run inside ``apart``."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import index.chroma.opening
from index.chroma.collection import ChromaStore, StoreOptions
from index.chroma.reserve import reserve
from ingest.errors import StoreDamagedError, StoreError
from ingest.types import Chunk
from tests.faults.full_disk import fill
from tests.faults.scenes import mount

_BEFORE, _NEW = 990, 10
_LEFT = 98_304  # bytes: the changes are noted, and the graph is begun


def main() -> None:
    folder = Path(sys.argv[1])
    mount("-t", "tmpfs", "-o", "size=64m", "none", folder)
    vectors = np.random.default_rng(1).normal(size=(_BEFORE + _NEW, 384)).astype(np.float32)
    chunks = [Chunk(f"{n:032x}", "page", n, "Title", "Title", (), f"text {n}", 0, 9) for n in range(len(vectors))]
    store = ChromaStore(StoreOptions(), folder / "chroma")
    collection = store.make_collection("footnoted-test")
    collection.put(chunks[:_BEFORE], vectors[:_BEFORE])

    @contextmanager
    def filled(written: Path) -> Iterator[None]:
        with reserve(written):
            ballast = fill(folder)
            os.truncate(ballast, ballast.stat().st_size - _LEFT)
            yield

    setattr(index.chroma.opening, "reserve", filled)  # noqa: B010  # a name that is imported there, not its own
    with pytest.raises(StoreError, match="the disk is full") as failed:
        collection.put(chunks[_BEFORE:], vectors[_BEFORE:])
    assert not isinstance(failed.value, StoreDamagedError)
    assert "hnsw" in str(failed.value.__cause__), "it was to fail of the graph"
    setattr(index.chroma.opening, "reserve", reserve)  # noqa: B010

    assert next(iter(collection.nearest(vectors[7:8], 3)[0])) == chunks[7].id
    (folder / "ballast").unlink()
    collection.put(chunks[_BEFORE:], vectors[_BEFORE:])
    assert len(collection) == len(chunks)
    assert next(iter(collection.nearest(vectors[-1:], 3)[0])) == chunks[-1].id
    store.close()
    assert not list(folder.glob("chroma.*"))


if __name__ == "__main__":
    main()
