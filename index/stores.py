"""Where an index lives: the ledger, and for each collection its vectors and its keywords."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from index.ledger import Ledger, LedgerOptions
from index.store import ChromaStore, Collection, StoreOptions
from index.trial import try_collection
from index.wordings import Wordings

_TIDIED_AT_ONCE = 20_000  # chunks, whose keywords are written in under a second
_WORN_SHARE = 0.05


class Stores:
    """The three stores of a data folder, opened at first use and shared by all who search and sync in this process."""

    def __init__(self, folder: Path, store: StoreOptions | None = None, ledger: LedgerOptions | None = None) -> None:
        self.folder = folder
        self.ledger = Ledger(ledger or LedgerOptions(), folder)
        self._chroma = ChromaStore(store or StoreOptions(), folder / "chroma")
        self._embedded = not (store and store.url)
        self._lock = threading.Lock()
        self._collections: dict[str, Collection] = {}
        self._keywords: dict[str, Wordings] = {}

    def collection(self, name: str) -> Collection:
        """The vectors of a collection. Raises ``StoreDamagedError`` when the vector store does not hold it."""
        with self._lock:
            if name not in self._collections:
                self._try(name)
                self._collections[name] = self._chroma.collection(name)
            return self._collections[name]

    def make_collection(self, name: str) -> Collection:
        """The vectors of a collection, made if it is not there; that takes the write lock."""
        with self._lock:
            if name not in self._collections:
                self._try(name)
                self._collections[name] = self._chroma.make_collection(name)
            return self._collections[name]

    def _try(self, name: str) -> None:
        """After signs of a kill, see in a child process that the collection can be opened before this one does."""
        if self._embedded and (self.folder / "chroma").exists() and self.ledger.garbage(name):
            try_collection(self.folder / "chroma", name)

    def keywords(self, name: str, generation: int | None = None) -> Wordings:
        """The keyword indexes of a collection: those on disk, or, where they are behind the ledger, others in memory.

        ``generation`` is the collection's where the caller has just read it. Call ``refresh_keywords`` to bring those
        on disk up to date; that takes the write lock.
        """
        with self._lock:
            found = self._keywords.get(name)
            if found is not None and (found.is_written or found.holds == str(generation)):
                return found
            wanted = str(self.ledger.generation_of(name))
            if found is None or found.holds != wanted:
                found = Wordings(self._keywords_folder(name))
                if found.holds != wanted:
                    found = Wordings(None)
                    self._fill(found, name)
                self._keywords[name] = found
            return found

    def refresh_keywords(self, name: str) -> Wordings:
        """The keyword indexes of a collection on disk, made anew unless they hold what the ledger lists."""
        wanted = str(self.ledger.generation_of(name))
        with self._lock:
            found = self._keywords.get(name)
            if found is None or not found.on_disk:
                found = Wordings(self._keywords_folder(name))
            if found.holds != wanted:
                found.clear()
                self._fill(found, name)
            self._keywords[name] = found
            return found

    def tidy_keywords(self, name: str) -> None:
        """Let the keyword statistics forget what is no longer there, where that is much or can be had at once.

        BM25 weighs a word by how many texts hold it, and tantivy counts deleted ones until it merges their segment. So
        a small index always ranks as one that is built anew, and a large one as one that differs by a twentieth.
        """
        keywords = self.refresh_keywords(name)
        total, worn = keywords.chunks.count(), keywords.worn
        if worn and (total <= _TIDIED_AT_ONCE or worn > _WORN_SHARE * total):
            keywords.renew(self.ledger.all_pages(name))
            keywords.commit(str(self.ledger.generation_of(name)))

    def drop(self, name: str) -> None:
        """Forget a collection that does not serve, and delete what is stored of it."""
        with self._lock:
            self._collections.pop(name, None)
            if keywords := self._keywords.pop(name, None):
                keywords.close()
        self._chroma.drop(name)
        shutil.rmtree(self._keywords_folder(name), ignore_errors=True)
        self.ledger.forget(name)  # last: a name that the ledger does not know is never looked for again

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for keywords in self._keywords.values():
                keywords.close()
            self._keywords.clear()
            self._collections.clear()
        self._chroma.close()
        self.ledger.close()

    def _keywords_folder(self, name: str) -> Path:
        return self.folder / "keywords" / name

    def _fill(self, keywords: Wordings, name: str) -> None:
        generation = self.ledger.generation_of(name)
        keywords.put(self.ledger.all_pages(name))
        keywords.commit(str(generation))
