"""Vectors in a Chroma collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.chroma_client import StoreOptions, again, close_client, open_client, trouble, unguarded
from index.vectors import Vectors
from ingest.errors import StoreDamagedError
from ingest.types import Chunk

# With Chroma's own 100 and 100 one in 200 of the nearest 50 was missed, and not the same ones each time it was built.
_GRAPH = {"space": "cosine", "ef_construction": 200, "ef_search": 500}
# Of so few none is left to the graph: where chunks have come and gone it may have no way to one of them. 4 ms more.
_COMPARED = 200
_MAX_READ = 5_000  # ids in one read; more would pass SQLite's limit on variables

__all__ = ["ChromaStore", "Collection", "StoreOptions"]


class ChromaStore:
    """A Chroma database that holds one collection for each recipe of an index. Opened at first use."""

    def __init__(self, options: StoreOptions, folder: Path) -> None:
        self.guard: Callable[[], None] = unguarded
        """Called before anything is written: what it raises, where the right to write was lost, keeps it from that."""
        self._options = options
        self._folder = folder
        self._opened: Any = None

    @property
    def is_open(self) -> bool:
        """Whether this process has opened it."""
        return self._opened is not None

    @property
    def client(self) -> Any:
        """The Chroma client. Raises ``StoreError`` when the database cannot be opened or reached."""
        if self._opened is None:
            self._opened = open_client(self._options, self._folder)
        return self._opened

    def collection(self, name: str) -> Collection:
        """The named collection. Raises ``StoreDamagedError`` when it is not there."""
        from chromadb.errors import NotFoundError

        client = self.client
        try:
            found = again(lambda: client.get_collection(name, embedding_function=None))
        except NotFoundError as error:
            raise StoreDamagedError(
                f"the vector store holds no collection {name!r}, which the ledger lists",
                hint="run: footnoted index --rebuild",
            ) from error
        except Exception as error:
            raise trouble(error, self._options, self._folder) from error
        return self._opened_collection(found)

    def make_collection(self, name: str) -> Collection:
        """The named collection, made if it is not there."""
        client = self.client
        try:
            found = again(
                lambda: client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": _GRAPH})
            )
        except Exception as error:
            raise trouble(error, self._options, self._folder) from error
        return self._opened_collection(found)

    def _opened_collection(self, found: Any) -> Collection:
        return Collection(found, int(self.client.get_max_batch_size()), self._options, self._folder, self.guard)

    def close(self) -> None:
        """Let go of the database."""
        if self._opened is not None:
            close_client(self._opened, self._options)
            self._opened = None

    def names(self) -> list[str]:
        """The collections that are there."""
        client = self.client
        try:
            return [collection.name for collection in again(client.list_collections)]
        except Exception as error:
            raise trouble(error, self._options, self._folder) from error

    def drop(self, name: str) -> None:
        """Delete a collection, if it is there."""
        from chromadb.errors import NotFoundError

        self.guard()
        if name not in self.names():
            return
        client = self.client
        try:
            again(lambda: client.delete_collection(name))
        except NotFoundError:
            return
        except Exception as error:
            raise trouble(error, self._options, self._folder) from error


class Collection:
    """The vectors of one index, by chunk id. Scores are cosines, -1 to 1."""

    def __init__(
        self,
        collection: Any,
        max_batch: int,
        options: StoreOptions,
        folder: Path,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        self._collection = collection
        self._max_batch = max_batch
        self._options = options
        self._folder = folder
        self._large = False  # whether there were so many when they were last counted that it need not be done again
        self._guard = guard

    def __len__(self) -> int:
        return int(self._call("count"))

    def put(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Add chunks, or write them over: the same call twice leaves one of each.

        Their texts are the ledger's. Given to Chroma too, which indexes them for a search of its own, they took 60 of
        81 MB and a third of the time to add 10,000 chunks.
        """
        for first in range(0, len(chunks), self._max_batch):
            part = chunks[first : first + self._max_batch]
            self._guard()
            self._call(
                "upsert",
                ids=[chunk.id for chunk in part],
                embeddings=vectors[first : first + self._max_batch],
                metadatas=[{"url": chunk.url} for chunk in part],  # for who looks into the database; nothing reads it
            )

    def delete(self, ids: Iterable[str]) -> None:
        """Delete chunks; ids that are not there are passed over."""
        wanted = list(ids)
        for first in range(0, len(wanted), self._max_batch):
            self._guard()
            self._call("delete", ids=wanted[first : first + self._max_batch])
        self._large = False

    def nearest(self, vectors: Vectors, k: int) -> list[dict[str, float]]:
        """For each row of ``vectors`` the ``k`` nearest chunk ids with their cosines."""
        # Chroma counts by reading an index of SQLite's from end to end: 5 ms of 25,000, for each question.
        if not self._large or k > _COMPARED:
            size = len(self)
            if not size:
                return [{} for _ in vectors]
            if size <= _COMPARED and not self._options.url:
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

    def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return again(lambda: getattr(self._collection, method)(**arguments))
        except Exception as error:
            raise trouble(error, self._options, self._folder) from error
