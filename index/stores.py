"""Where an index lives: the ledger, and for each collection its vectors and its keywords."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from index.chroma.collection import ChromaStore, Collection, StoreOptions
from index.chroma.trial import is_as_left, note_left, try_collection
from index.keywords.wordings import Wordings
from index.ledger.lease import Lease
from index.ledger.ledger import Ledger, LedgerOptions

_TIDIED_AT_ONCE = 20_000  # chunks, whose keywords are written in under a second
_WORN_SHARE = 0.05


class Stores:
    """The three stores of a data folder, opened at first use and shared by all who search and sync in this process."""

    def __init__(
        self,
        folder: Path,
        store: StoreOptions | None = None,
        ledger: LedgerOptions | None = None,
        *,
        careful: bool = False,
    ) -> None:
        """``careful``: embedded vectors whose files are not as a process left them are tried in a child before."""
        self.folder = folder
        self.ledger = Ledger(ledger or LedgerOptions(), folder)
        self._chroma = ChromaStore(store or StoreOptions(), folder / "chroma")
        self._embedded = not (store and store.url)
        self._careful = careful
        self._lock = threading.Lock()
        self._collections: dict[str, Collection] = {}
        self._keywords: dict[str, Wordings] = {}  # that are searched
        self._written: dict[str, Wordings] = {}  # that this process writes: beside another it could write neither
        self._follows = False
        self._untidy: set[str] = set()

    def fence(self, lease: Lease) -> None:
        """Have every write look first whether the right to it is still this process's."""
        self.ledger.fence, self._chroma.guard = lease.fence, lease.check

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
        """After signs of a kill or of damage, see in a child process that the collection can be opened."""
        chroma = self.folder / "chroma"
        if not self._embedded or not chroma.exists():
            return
        changed = self._careful and not self._chroma.is_open and not is_as_left(chroma)
        if changed or self.ledger.garbage(name):
            try_collection(chroma, name)

    def keywords(self, name: str, generation: int | None = None) -> Wordings:
        """The keyword indexes of a collection: those on disk, or, where they are behind the ledger, others in memory.

        ``generation`` is the collection's where the caller has just read it. Call ``refresh_keywords`` to bring those
        on disk up to date; that takes the write lock. Those that ``follow`` keeps are given as they are: at most a
        moment behind.
        """
        with self._lock:
            found = self._keywords.get(name)
            if found is not None and (found.is_written or found.holds == str(generation)):
                return found
            if found is not None and self._follows and found.on_disk:
                return found
            wanted = str(self.ledger.generation_of(name))
            if found is None or (found.holds != wanted and not found.is_written):  # as it may be by now
                found = self._written.get(name) or Wordings(self._keywords_folder(name))
                if found.holds != wanted and not (self._follows and found.holds):
                    found = Wordings(None)
                    self._fill(found, name)
                self._keywords[name] = found
            return found

    def refresh_keywords(self, name: str) -> Wordings:
        """The keyword indexes of a collection on disk, brought up to what the ledger lists; made anew where need be."""
        if self._follows or name != self.ledger.collection:
            # Making it anew may take minutes, and whoever searches must not wait for it.
            found = self._refreshed(name)
            with self._lock:
                self._keywords[name] = self._written[name] = found
            return found
        with self._lock:
            self._keywords[name] = self._written[name] = found = self._refreshed(name)
            return found

    def follow(self) -> bool:
        """Bring the keyword copies of every collection up to what another machine wrote; whether there was anything.

        Of collections that are gone everything is let go of. Only one thread may call it, and only while this process
        writes nothing itself.
        """
        self._follows = True
        serving, generations = self.ledger.standing()
        if serving:
            generations.setdefault(serving, 0)
        with self._lock:
            opened = {name: keywords.holds for name, keywords in self._keywords.items() if keywords.on_disk}
            kept = self._keywords.keys() | self._collections.keys() | self._keyword_folders()
        behind = [name for name, generation in generations.items() if opened.get(name) != str(generation)]
        for name in behind:
            self.refresh_keywords(name)
            self._untidy.add(name)
        for name in kept - generations.keys():
            self._let_go(name)
        if not behind and serving in self._untidy:  # the changes have come to rest
            self._untidy.clear()
            self.tidy_keywords(serving)
        return bool(behind)

    def tidy_keywords(self, name: str) -> None:
        """Let the keyword statistics forget what is no longer there, where that is much or can be had at once.

        BM25 weighs a word by how many texts hold it, and tantivy counts deleted ones until it merges their segment. So
        a small index always ranks as one that is built anew, and a large one as one that differs by a twentieth.
        """
        keywords = self.refresh_keywords(name)
        total, worn = keywords.chunks.count(), keywords.worn
        if worn and (total <= _TIDIED_AT_ONCE or worn > _WORN_SHARE * total):
            self._fill(keywords, name, anew=True)

    def drop(self, name: str) -> None:
        """Forget a collection that does not serve, and delete what is stored of it."""
        self._let_go(name)
        self._chroma.drop(name)
        self.ledger.forget(name)  # last: a name that the ledger does not know is never looked for again

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for opened in (self._keywords, self._written):
                for keywords in opened.values():
                    keywords.close()
                opened.clear()
            self._collections.clear()
        was_open = self._chroma.is_open
        self._chroma.close()
        if was_open and self._embedded:
            note_left(self.folder / "chroma")
        self.ledger.close()

    def _refreshed(self, name: str) -> Wordings:
        wanted = str(self.ledger.generation_of(name))
        found = self._written.get(name) or self._keywords.get(name)
        in_use = found is not None and found.on_disk
        if found is None or not in_use:
            found = Wordings(self._keywords_folder(name))
        if found.holds != wanted and not self._caught_up(found, name):
            if in_use and self._follows:  # whoever searches it reads on what it was until it is whole
                self._fill(found, name, anew=True)
            else:
                found.clear()
                self._fill(found, name)
        return found

    def _let_go(self, name: str) -> None:
        with self._lock:
            self._collections.pop(name, None)
            for opened in (self._keywords, self._written):
                if keywords := opened.pop(name, None):
                    keywords.close()
        shutil.rmtree(self._keywords_folder(name), ignore_errors=True)

    def _keywords_folder(self, name: str) -> Path:
        return self.folder / "keywords" / name

    def _keyword_folders(self) -> set[str]:
        folder = self.folder / "keywords"
        return {path.name for path in folder.iterdir()} if folder.is_dir() else set()

    def _caught_up(self, keywords: Wordings, name: str) -> bool:
        """Write into the keyword indexes what changed since their generation; whether the ledger could tell."""
        held = keywords.holds
        changes = self.ledger.changes_after(name, int(held)) if held.isdigit() else None
        if changes is None:
            return False
        keywords.delete(changes.gone)
        keywords.drop(changes.urls)
        # Read after the changes were: a page that changed again meanwhile is put in again the next time.
        keywords.put(self.ledger.all_pages(name, changes.urls))
        keywords.commit(str(changes.generation))
        return True

    def _fill(self, keywords: Wordings, name: str, *, anew: bool = False) -> None:
        generation = self.ledger.generation_of(name)  # before: what another machine writes meanwhile comes in again
        (keywords.renew if anew else keywords.put)(self.ledger.all_pages(name))
        keywords.commit(str(generation))
