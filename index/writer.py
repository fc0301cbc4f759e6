"""Bringing one collection up to date: add, switch, then delete.

Killed at any instant, the ledger lists each page in its old or its new version. What was written to the stores before
the switch, or not yet deleted after it, is named in the ledger's garbage and cleared by the next sync.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.chroma.collection import Collection
from index.embedding.vectors import Encoder, Vectors
from index.keywords.wordings import Wordings
from index.ledger.ledger import PageVersion, Recut
from index.obstacle import require_room
from index.stores import Stores
from ingest.types import Chunk

_PUT_OFF = 20_000  # chunks of which the keywords wait for one commit: each takes a kilobyte until then


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch of pages and those of their chunks that the index does not hold, with the digests of their texts.

    By digest: ``texts`` that are to be embedded, and vectors that the index ``held`` of others. Those of the rest it
    will hold: a batch ahead embeds the same texts.
    """

    versions: Sequence[PageVersion | Recut]
    new: Sequence[Chunk]
    digests: Sequence[str]
    texts: Mapping[str, str]
    held: Mapping[str, Vectors]


class CollectionWriter:
    """Writes the collection of that name. The caller holds the write lock."""

    def __init__(self, stores: Stores, encoder: Encoder, collection: str) -> None:
        self._stores = stores
        self._ledger = stores.ledger
        self._encoder = encoder
        self.collection = collection
        self._serves = collection == self._ledger.collection
        self._put_off: Wordings | None = None  # keywords of a collection that nobody searches, to be committed at once
        self._put_off_chunks = 0
        self._listed = (
            False  # whether the ledger lists any chunk, as was seen once: counting takes longer the more there are
        )
        self._claimed: set[str] = set()  # digests of texts that a batch is to embed, or would, until it is live

    def check(self) -> None:
        """Raise ``StoreDamagedError`` when the collection's vectors cannot be read."""
        len(self._vectors_store())

    def estimate(self, versions: Sequence[PageVersion | Recut]) -> Counter[str]:
        """What ``write`` would count after all that was estimated before, with nothing written and nothing embedded."""
        old, new = self._difference(versions)
        digests = {chunk.digest for chunk in new} - self._claimed
        missing = len(digests - self._twins(digests).keys())
        self._claimed |= digests
        kept = {chunk.id for version in versions for chunk in version.chunks}
        total = sum(len(version.chunks) for version in versions)
        return Counter(embedded=missing, reused=total - missing, deleted=len(old - kept))

    def write(self, versions: Sequence[PageVersion | Recut]) -> Counter[str]:
        """Make the versions live: how many chunks were embedded, reused and deleted for it."""
        prepared = self.prepare(versions)
        return self.commit(prepared, self.embed(prepared))

    def prepare(self, versions: Sequence[PageVersion | Recut]) -> Prepared:
        """See what is new in the versions; writes nothing. Batches are prepared in the order they are written in."""
        new = self._difference(versions)[1]
        digests = [chunk.digest for chunk in new]
        texts = {
            digest: chunk.embedded for digest, chunk in zip(digests, new, strict=True) if digest not in self._claimed
        }
        held = self._held(texts)
        for digest in held:
            del texts[digest]
        self._claimed.update(texts)
        return Prepared(versions, new, digests, texts, held)

    def embed(self, prepared: Prepared) -> Vectors:
        """A vector of each text that is to be embedded. Several threads may, each a batch of its own."""
        return self._encoder.encode_documents(list(prepared.texts.values()))

    def commit(self, prepared: Prepared, vectors: Vectors) -> Counter[str]:
        """Write what was prepared and make it live: how many chunks were embedded, reused and deleted for it.

        ``vectors`` are those of its texts. What was prepared before is written before.
        """
        versions, new = prepared.versions, prepared.new
        require_room(self._stores.folder, len(new))
        # Opened first: garbage is a sign of a kill, after which a collection is tried in a child process. For what this
        # very sync announced that took most of the time of one edited page.
        store = self._vectors_store()
        self._ledger.announce(self.collection, [chunk.id for chunk in new])
        keywords = self._keywords()
        if new:
            store.put(new, self._complete(prepared, vectors))
        # Chunks that stay are put again too: their page's keywords or language may have changed.
        keywords.put((version.document, version.chunks) for version in versions)
        if self._serves:
            keywords.commit("")
            self._ledger.switch(self.collection, versions)
            keywords.commit(str(self._ledger.generation_of(self.collection)))
        else:
            self._switch_unserved(versions, keywords)
        self._claimed.difference_update(prepared.texts)
        total, embedded = sum(len(version.chunks) for version in versions), len(prepared.texts)
        return Counter(embedded=embedded, reused=total - embedded, deleted=self.clear_garbage())

    def _switch_unserved(self, versions: Sequence[PageVersion | Recut], keywords: Wordings) -> None:
        """As a switch of what serves, but with the keywords yet to be committed."""
        try:
            self._ledger.switch(self.collection, versions)
        except BaseException:
            keywords.clear()  # of pages that are not live, which a later commit would make searchable
            self._put_off = None
            raise
        self._put_off = keywords
        self._put_off_chunks += sum(len(version.chunks) for version in versions)
        if self._put_off_chunks >= _PUT_OFF:
            self.commit_keywords()

    def drop(self, urls: Sequence[str]) -> int:
        """Make pages gone: how many chunks that deleted."""
        require_room(self._stores.folder)
        self._vectors_store()  # before there is garbage
        self.commit_keywords()
        keywords = self._keywords()
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
            self.commit_keywords()
        keywords = self._keywords()
        if garbage:
            self._vectors_store().delete(garbage)
            keywords.delete(garbage)
            keywords.commit(str(self._ledger.generation_of(self.collection)))
            self._ledger.cleared(self.collection, garbage)
        return len(garbage)

    def commit_keywords(self) -> None:
        """Make searchable what was written of a collection that does not serve, and say that it is whole.

        Until then its keywords are those of an earlier generation, on disk and as they say of themselves: killed before
        it, the next sync makes them anew.
        """
        keywords, self._put_off, self._put_off_chunks = self._put_off, None, 0
        if keywords is not None:
            keywords.commit(str(self._ledger.generation_of(self.collection)))

    def _keywords(self) -> Wordings:
        """The keyword indexes, brought up to the ledger but for what is yet to be committed."""
        return self._put_off or self._stores.refresh_keywords(self.collection)

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

    def _held(self, digests: Iterable[str]) -> dict[str, Vectors]:
        """The vectors of those texts that the index holds, by digest."""
        twins = self._twins(digests)
        stored = self._stores.collection(self.collection).vectors(sorted(set(twins.values()))) if twins else {}
        return {digest: stored[twin] for digest, twin in twins.items() if twin in stored}

    def _complete(self, prepared: Prepared, embedded: Vectors) -> Vectors:
        """A vector for each of the new chunks."""
        known = dict(prepared.held) | dict(zip(prepared.texts, embedded, strict=True))
        texts = {digest: chunk.embedded for digest, chunk in zip(prepared.digests, prepared.new, strict=True)}
        if awaited := texts.keys() - known:
            known |= self._held(awaited)
        if lost := list(texts.keys() - known):  # they were to be in the store, and are not
            known |= dict(zip(lost, self._encoder.encode_documents([texts[digest] for digest in lost]), strict=True))
        return np.stack([known[digest] for digest in prepared.digests])
