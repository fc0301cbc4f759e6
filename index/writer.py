"""Bringing one collection up to date: add, switch, then delete.

Killed at any instant, the ledger lists each page in its old or its new version. What was written to the stores before
the switch, or not yet deleted after it, is named in the ledger's garbage and cleared by the next sync.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.chroma.collection import Collection
from index.embedding.vectors import Encoder, Vectors
from index.ledger.ledger import PageVersion, Recut
from index.obstacle import require_room
from index.stores import Stores
from ingest.types import Chunk


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch of pages, those of their chunks that the index does not hold, a vector for each, and how many are new.

    ``digests`` are those of the chunks, of which each is worked out once.
    """

    versions: Sequence[PageVersion | Recut]
    new: Sequence[Chunk]
    digests: Sequence[str]
    vectors: Vectors
    embedded: int


class CollectionWriter:
    """Writes the collection of that name. The caller holds the write lock."""

    def __init__(self, stores: Stores, encoder: Encoder, collection: str) -> None:
        self._stores = stores
        self._ledger = stores.ledger
        self._encoder = encoder
        self.collection = collection
        self._estimated: set[str] = set()
        self._listed = (
            False  # whether the ledger lists any chunk, as was seen once: counting takes longer the more there are
        )
        self._unwritten: dict[str, Vectors] = {}  # vectors that were prepared and are not live yet, by their text

    def check(self) -> None:
        """Raise ``StoreDamagedError`` when the collection's vectors cannot be read."""
        len(self._vectors_store())

    def estimate(self, versions: Sequence[PageVersion | Recut]) -> Counter[str]:
        """What ``write`` would count after all that was estimated before, with nothing written and nothing embedded."""
        old, new = self._difference(versions)
        digests = {chunk.digest for chunk in new}
        missing = digests - self._twins(digests).keys() - self._estimated
        self._estimated |= missing
        kept = {chunk.id for version in versions for chunk in version.chunks}
        total = sum(len(version.chunks) for version in versions)
        return Counter(embedded=len(missing), reused=total - len(missing), deleted=len(old - kept))

    def write(self, versions: Sequence[PageVersion | Recut]) -> Counter[str]:
        """Make the versions live: how many chunks were embedded, reused and deleted for it."""
        return self.commit(self.prepare(versions))

    def prepare(self, versions: Sequence[PageVersion | Recut]) -> Prepared:
        """Embed what is new in the versions; writes nothing. Batches may be prepared before those ahead are written."""
        new = self._difference(versions)[1]
        digests = [chunk.digest for chunk in new]
        vectors, embedded = self._vectors(new, digests)
        self._unwritten.update(zip(digests, vectors, strict=True))
        return Prepared(versions, new, digests, vectors, embedded)

    def commit(self, prepared: Prepared) -> Counter[str]:
        """Write what was prepared and make it live: how many chunks were embedded, reused and deleted for it."""
        versions, new = prepared.versions, prepared.new
        require_room(self._stores.folder, len(new))
        # Opened first: garbage is a sign of a kill, after which a collection is tried in a child process. For what this
        # very sync announced that took most of the time of one edited page.
        store = self._vectors_store()
        self._ledger.announce(self.collection, [chunk.id for chunk in new])
        keywords = self._stores.refresh_keywords(self.collection)
        if new:
            store.put(new, prepared.vectors)
        # Chunks that stay are put again too: their page's keywords or language may have changed.
        keywords.put((version.document, version.chunks) for version in versions)
        keywords.commit("")
        self._ledger.switch(self.collection, versions)
        keywords.commit(str(self._ledger.generation_of(self.collection)))
        for digest in prepared.digests:
            self._unwritten.pop(digest, None)
        total = sum(len(version.chunks) for version in versions)
        return Counter(embedded=prepared.embedded, reused=total - prepared.embedded, deleted=self.clear_garbage())

    def drop(self, urls: Sequence[str]) -> int:
        """Make pages gone: how many chunks that deleted."""
        require_room(self._stores.folder)
        self._vectors_store()  # before there is garbage
        keywords = self._stores.refresh_keywords(self.collection)
        keywords.drop(urls)
        keywords.commit("")
        self._ledger.switch(self.collection, (), urls)
        keywords.commit(str(self._ledger.generation_of(self.collection)))
        return self.clear_garbage()

    def clear_garbage(self) -> int:
        """Delete chunks that nothing lists, and make a keyword index that is behind anew: how many chunks went."""
        garbage = self._ledger.garbage(self.collection)
        if garbage:
            require_room(self._stores.folder)
        keywords = self._stores.refresh_keywords(self.collection)
        if garbage:
            self._vectors_store().delete(garbage)
            keywords.delete(garbage)
            keywords.commit(str(self._ledger.generation_of(self.collection)))
            self._ledger.cleared(self.collection, garbage)
        return len(garbage)

    def _vectors_store(self) -> Collection:
        """The collection; made only where nothing is listed in it: an empty one would hide that vectors are lost."""
        self._listed = self._listed or self._ledger.count_chunks(self.collection) > 0
        return (self._stores.collection if self._listed else self._stores.make_collection)(self.collection)

    def _difference(self, versions: Sequence[PageVersion | Recut]) -> tuple[set[str], list[Chunk]]:
        """The ids of the pages' chunks so far, and those chunks of the versions that are not among them."""
        old = self._ledger.chunk_ids(self.collection, [version.document.url for version in versions])
        return old, [chunk for version in versions for chunk in version.chunks if chunk.id not in old]

    def _twins(self, digests: Iterable[str]) -> dict[str, str]:
        """The id of a chunk that the index holds for each digest of which it holds one."""
        return self._ledger.ids_by_digest(self.collection, list(digests))

    def _vectors(self, chunks: Sequence[Chunk], digests: Sequence[str]) -> tuple[Vectors, int]:
        """The chunks' vectors, and how many had to be embedded: text that stands elsewhere in the index has one."""
        if not chunks:
            return np.zeros((0, 0), np.float32), 0
        known = {digest: self._unwritten[digest] for digest in digests if digest in self._unwritten}
        twins = self._twins(digest for digest in digests if digest not in known)
        stored = self._stores.collection(self.collection).vectors(sorted(set(twins.values()))) if twins else {}
        known.update((digest, stored[twin]) for digest, twin in twins.items() if twin in stored)
        texts = {digest: chunk for digest, chunk in zip(digests, chunks, strict=True) if digest not in known}
        embedded = self._encoder.encode_documents([chunk.embedded for chunk in texts.values()])
        known.update(zip(texts, embedded, strict=True))
        return np.stack([known[digest] for digest in digests]), len(texts)
