"""Where an index lives: the ledger, and for each collection its vectors and its keywords."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from index.keywords import KeywordIndex
from index.ledger import Ledger, LedgerOptions
from index.store import ChromaStore, Collection, StoreOptions
from index.trial import try_collection


class Stores:
    """The three stores of a data folder, opened at first use and shared by all who search and sync in this process."""

    def __init__(self, folder: Path, store: StoreOptions | None = None, ledger: LedgerOptions | None = None) -> None:
        self.folder = folder
        self.ledger = Ledger(ledger or LedgerOptions(), folder)
        self._chroma = ChromaStore(store or StoreOptions(), folder / "chroma")
        self._embedded = not (store and store.url)
        self._lock = threading.Lock()
        self._collections: dict[str, Collection] = {}
        self._keywords: dict[str, KeywordIndex] = {}

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

    def keywords(self, name: str) -> KeywordIndex:
        """The keyword index of a collection: the one on disk, or, where that is behind the ledger, one made in memory.

        Call ``refresh_keywords`` to bring the one on disk up to date; that takes the write lock.
        """
        wanted = str(self.ledger.generation_of(name))
        with self._lock:
            found = self._keywords.get(name)
            if found is None or not (found.is_written or found.holds == wanted):
                found = KeywordIndex(self._keywords_folder(name))
                if found.holds != wanted:
                    found = KeywordIndex(None)
                    self._fill(found, name)
                self._keywords[name] = found
            return found

    def refresh_keywords(self, name: str) -> KeywordIndex:
        """The keyword index of a collection on disk, made anew when it is not known to hold what the ledger lists."""
        wanted = str(self.ledger.generation_of(name))
        with self._lock:
            found = self._keywords.get(name)
            if found is None or not found.on_disk:
                found = KeywordIndex(self._keywords_folder(name))
            if found.holds != wanted:
                found.clear()
                self._fill(found, name)
            self._keywords[name] = found
            return found

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

    def _fill(self, keywords: KeywordIndex, name: str) -> None:
        generation = self.ledger.generation_of(name)
        keywords.put((chunk, document.language, document.keywords) for chunk, document in self.ledger.all_chunks(name))
        keywords.commit(str(generation))
