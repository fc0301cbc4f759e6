"""The part of an index that some sources make up, for those who may see no more of it than that."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from index.chroma.collection import Collection
from index.embedding.vectors import Vectors
from index.keywords.wordings import Wordings
from index.stores import Stores


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A portion of one generation of a collection: its chunks' ids, and keyword indexes of its pages alone."""

    collection: str
    generation: int
    ids: frozenset[str]
    keywords: Wordings


class Portion:
    """The pages of ``sources``, with the faces of ``Stores`` that a search looks at. Safe to use from several threads.

    Vectors are shared with the whole and sifted. The keyword indexes are its own, in memory: word frequencies, spelling
    and the scale of the scores would otherwise tell what the other pages hold. They are made anew when the index
    changes; nothing of a page that left the portion stays in their statistics.
    """

    def __init__(self, stores: Stores, sources: frozenset[str]) -> None:
        self.ledger = stores.ledger.within(sources)
        self._stores = stores
        self._lock = threading.Lock()
        self._drawn: _Drawn | None = None

    def collection(self, name: str) -> PortionVectors:
        """The vectors of the portion. Raises ``StoreDamagedError`` when the vector store does not hold it."""
        return PortionVectors(self._stores.collection(name), self._draw(name).ids)

    def keywords(self, name: str, generation: int | None = None) -> Wordings:
        """The keyword indexes of the portion. ``generation`` is the collection's where the caller has just read it."""
        return self._draw(name, generation).keywords

    def _draw(self, name: str, generation: int | None = None) -> _Drawn:
        with self._lock:
            drawn = self._drawn
            if drawn is not None and (drawn.collection, drawn.generation) == (name, generation):
                return drawn
            generation = self.ledger.generation_of(name)
            if drawn is None or (drawn.collection, drawn.generation) != (name, generation):
                keywords, ids = Wordings(None), set[str]()
                for document, chunks in self.ledger.all_pages(name):
                    keywords.put([(document, chunks)])
                    ids.update(chunk.id for chunk in chunks)
                keywords.commit(str(generation))
                keywords.rest()
                self._drawn = drawn = _Drawn(name, generation, frozenset(ids), keywords)
            return drawn


class PortionVectors:
    """Those of a collection's vectors that belong to a portion."""

    def __init__(self, collection: Collection, ids: frozenset[str]) -> None:
        self._collection = collection
        self._ids = ids

    def nearest(self, vectors: Vectors, k: int) -> list[dict[str, float]]:
        """For each row of ``vectors`` the ``k`` nearest chunk ids of the portion with their cosines.

        More are fetched until there are enough that belong to it: Chroma's own filter by ids missed one in seven of the
        nearest 50 among 4,000 of 20,000, and fetching all 20,000 took 60 ms.
        """
        total, wanted = len(self._collection), min(k, len(self._ids))
        if not wanted:
            return [{} for _ in vectors]
        reach = k * (1 + total // len(self._ids))
        while True:
            found = self._collection.nearest(vectors, reach)
            own = [[(i, cosine) for i, cosine in row.items() if i in self._ids] for row in found]
            if reach >= total or all(len(row) >= wanted for row in own):
                return [dict(sorted(row, key=lambda pair: -pair[1])[:k]) for row in own]
            reach *= 4

    def vectors(self, ids: list[str]) -> dict[str, Vectors]:
        """The stored vectors of those ids that are there and belong to the portion."""
        return self._collection.vectors([chunk_id for chunk_id in ids if chunk_id in self._ids])
