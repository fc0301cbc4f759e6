"""Vectors in a Chroma collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from index.chroma.client import StoreOptions, unguarded
from index.chroma.opening import Opening
from index.embedding.vectors import Vectors
from ingest.errors import StoreDamagedError
from ingest.types import Chunk

# With Chroma's own 100 for a search one in 200 of the nearest 50 was missed, and not the same ones each time it was
# built; with 500 one in 10,000, of 50,000 chunks. Its own 100 for building is kept: with 200, which missed none, 10,000
# chunks took it 5.4 s instead of 3.1.
_GRAPH = {"space": "cosine", "ef_search": 500}
# Of so few none is left to the graph: where chunks have come and gone it may have no way to one of them. 4 ms more.
_COMPARED = 200
_WRITES = ("upsert", "delete")
_MAX_READ = 5_000  # ids in one read; more would pass SQLite's limit on variables

__all__ = ["ChromaStore", "Collection", "StoreOptions"]


class ChromaStore:
    """A Chroma database that holds one collection for each recipe of an index. Opened at first use."""

    def __init__(self, options: StoreOptions, folder: Path) -> None:
        self.guard: Callable[[], None] = unguarded
        """Called before anything is written: what it raises, where the right to write was lost, keeps it from that."""
        self._options = options
        self._opening = Opening(options, folder)

    @property
    def is_open(self) -> bool:
        """Whether this process has opened it."""
        return self._opening.is_open

    def collection(self, name: str) -> Collection:
        """The named collection. Raises ``StoreDamagedError`` when it is not there."""
        from chromadb.errors import NotFoundError

        self._opening.forget(name)
        try:
            self._opening.call(lambda _: self._opening.named(name))
        except NotFoundError as error:
            raise StoreDamagedError(
                f"the vector store holds no collection {name!r}, which the ledger lists",
                hint="run: footnoted index --rebuild",
            ) from error
        return self._opened(name)

    def make_collection(self, name: str) -> Collection:
        """The named collection, made if it is not there."""
        self._opening.forget(name)
        made = {"embedding_function": None, "configuration": {"hnsw": _GRAPH}}
        self._opening.call(lambda client: client.get_or_create_collection(name, **made), name, writes=True)
        return self._opened(name)

    def _opened(self, name: str) -> Collection:
        most = self._opening.call(lambda client: int(client.get_max_batch_size()))
        return Collection(self._opening, name, most, compares=not self._options.url, guard=self.guard)

    def close(self) -> None:
        """Let go of the database."""
        self._opening.close()

    def names(self) -> list[str]:
        """The collections that are there."""
        return self._opening.call(lambda client: [collection.name for collection in client.list_collections()])

    def drop(self, name: str) -> None:
        """Delete a collection, if it is there."""
        from chromadb.errors import NotFoundError

        self.guard()
        if name not in self.names():
            return
        with suppress(NotFoundError):
            self._opening.call(lambda client: client.delete_collection(name), writes=True)
        self._opening.dropped(name)


class Collection:
    """The vectors of one index, by chunk id. Scores are cosines, -1 to 1."""

    def __init__(
        self,
        opening: Opening,
        name: str,
        max_batch: int,
        *,
        compares: bool,
        guard: Callable[[], None],
    ) -> None:
        """``compares``: of few chunks all are compared."""
        self._opening = opening
        self._name = name
        self._max_batch = max_batch
        self._compares = compares
        self._large = False  # whether there were so many when they were last counted that it need not be done again
        self._guard = guard

    def __len__(self) -> int:
        return int(self._call("count"))

    def put(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Add chunks, or write them over: the same call twice leaves one of each.

        Everything but their ids and vectors is the ledger's. Given to Chroma too, which indexes them for a search of
        its own, their texts took 60 of 81 MB and a third of the time to add 10,000 chunks; their addresses a fifth.
        """
        for first in range(0, len(chunks), self._max_batch):
            part = chunks[first : first + self._max_batch]
            self._guard()
            self._call(
                "upsert",
                chunks=len(part),
                ids=[chunk.id for chunk in part],
                embeddings=vectors[first : first + self._max_batch],
            )

    def delete(self, ids: Iterable[str]) -> None:
        """Delete chunks; ids that are not there are passed over."""
        wanted = list(ids)
        for first in range(0, len(wanted), self._max_batch):
            self._guard()
            part = wanted[first : first + self._max_batch]
            self._call("delete", chunks=len(part), ids=part)
        self._large = False

    def nearest(self, vectors: Vectors, k: int) -> list[dict[str, float]]:
        """For each row of ``vectors`` the ``k`` nearest chunk ids with their cosines."""
        # Chroma counts by reading an index of SQLite's from end to end: 5 ms of 25,000, for each question.
        if not self._large or k > _COMPARED:
            size = len(self)
            if not size:
                return [{} for _ in vectors]
            if size <= _COMPARED and self._compares:
                return self._all_compared(vectors, k)
            self._large = size > 2 * _COMPARED
            k = min(k, size)
        found = self._call("query", query_embeddings=vectors, n_results=k, include=["distances"])
        return [
            {chunk_id: 1.0 - distance for chunk_id, distance in zip(ids, distances, strict=True)}
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def _all_compared(self, vectors: Vectors, k: int) -> list[dict[str, float]]:
        stored = self._call("get", include=["embeddings"])
        if not stored["ids"]:
            return [{} for _ in vectors]
        cosines = np.asarray(stored["embeddings"], np.float32) @ np.asarray(vectors, np.float32).T
        best = np.argsort(-cosines, axis=0, kind="stable")[:k]
        return [
            {stored["ids"][place]: float(cosines[place, row]) for place in best[:, row]} for row in range(len(vectors))
        ]

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors of those ids that are there."""
        stored: dict[str, Vectors] = {}
        for first in range(0, len(ids), _MAX_READ):
            found = self._call("get", ids=list(ids[first : first + _MAX_READ]), include=["embeddings"])
            stored.update(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))
        return stored

    def ids(self) -> set[str]:
        """Every id in the collection."""
        return set(self._call("get", include=[])["ids"])

    def _call(self, method: str, *, chunks: int = 0, **arguments: Any) -> Any:
        from chromadb.errors import NotFoundError

        writes = method in _WRITES
        try:
            return self._opening.call(
                lambda _: getattr(self._opening.named(self._name), method)(**arguments),
                self._name,
                writes=writes,
                chunks=chunks,
            )
        except NotFoundError as error:
            raise StoreDamagedError(
                f"the vector store failed: {str(error).splitlines()[0]}", hint="run: footnoted doctor"
            ) from error
