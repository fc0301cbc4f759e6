"""Kill a syncing process at random instants and look at what it leaves behind.

What a killed process left is opened in processes of their own: a broken graph can end the one that reads it.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from index.chroma.collection import StoreOptions
from index.search import Searcher
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.errors import StoreDamagedError
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import SMALL, check_whole, contents, page
from tests.index.syncing import processes, sync_by_turns, sync_to_step

PARAGRAPHS = 8
Result = TypeVar("Result")


class Battered:
    """A data folder whose writer is killed again and again.

    Each of its pages has an old and a new version that share half their paragraphs; some pages are in one of them only.
    """

    def __init__(self, folder: Path, seed: int, url: str = "", pages: int = 60) -> None:
        self.data = folder / "data"
        self.folders = {"old": folder / "old", "new": folder / "new"}
        self.url = url
        self.random = random.Random(seed)
        self._first_seconds = 2.0
        self.both = [f"p{n}" for n in range(pages)]
        for version, place in self.folders.items():
            place.mkdir(parents=True)
            for name in [*self.both, *(f"{version}only{n}" for n in range(2))]:
                (place / f"{name}.md").write_text(_versioned(name, version))
        self.sync("old")

    def sync(self, version: str) -> None:
        """A sync that is let finish, after which all that is stored must agree and be found."""
        self._apart(_sync_and_check, self.folders[version], self._some())

    def kill(self) -> None:
        """Start a process that syncs, and kill it at a random instant of its first, second or third sync.

        The first opens the stores, the third is a rebuild; how long one takes is told by the one before.
        """
        context = processes()
        here, there = context.Pipe()
        folders = [self.folders["new"], self.folders["old"]]
        process = context.Process(target=sync_by_turns, args=(self.data, folders, self.url, there))
        process.start()
        here.recv()
        seconds = self._first_seconds
        for turn in range(self.random.randrange(3)):
            seconds = here.recv()
            self._first_seconds = seconds if turn == 0 else self._first_seconds
        time.sleep(self.random.uniform(0, seconds))
        assert process.is_alive(), "it was to run until it is killed"
        process.kill()
        process.join()

    def is_half_done(self) -> bool:
        """Whether the process that was killed left something for the next sync to clear."""
        stores = Stores(self.data, StoreOptions(url=self.url))
        ledger = stores.ledger
        half_done = bool(ledger.garbage(ledger.collection) or ledger.collections() - {ledger.collection})
        stores.close()
        return half_done

    def kill_at(self, step: int, version: str, *, rebuild: bool) -> bool:
        """Let a process sync and die at a step; whether it came that far."""
        arguments = (self.data, self.folders[version], self.url, rebuild, step)
        process = processes().Process(target=sync_to_step, args=arguments)
        process.start()
        process.join()
        assert process.exitcode in (0, -9)
        return process.exitcode == -9

    def look(self) -> Counter[str]:
        """Assert that every page is served in one version as a whole; how many in which.

        ``broken`` counts 1 when the kill fell into Chroma's own writing of its graph: then a search says so, rather
        than find some pages only, until the next sync makes the vectors anew. ``crashed`` counts 1 when that graph
        ended the process that searched.
        """
        served, listed = self.served()
        try:
            found = self._apart(_search, self._some(), listed)
        except BrokenProcessPool:
            found = "crashed"
        if found != "whole":
            served[found] = 1
        return served

    def served(self) -> tuple[Counter[str], set[str]]:
        """How many pages the ledger lists in which version, each as a whole; and the ids of the chunks it lists."""
        held = self.held()
        served: Counter[str] = Counter()
        for name in self.both:
            texts = "\n".join(held[f"{name}.md"].values())
            versions = [v for v in self.folders if f"{name}{PARAGRAPHS - 1}word0{v}" in texts]
            assert len(versions) == 1, f"{name} is served as {versions}"
            expected = _versioned(name, versions[0]).partition("---\n\n")[2].split()
            assert texts.split() == expected
            served[versions[0]] += 1
        return served, {chunk_id for chunks in held.values() for chunk_id in chunks}

    def held(self) -> dict[str, dict[str, str]]:
        """For each live page the text of each of its chunks, by its id; read from the ledger alone."""
        stores = Stores(self.data, StoreOptions(url=self.url))
        found = {url: {chunk[0]: chunk[3] for chunk in chunks} for url, chunks in contents(stores).items()}
        stores.close()
        return found

    def repair(self, version: str) -> None:
        """Assert that the next sync leaves nothing behind and holds what a fresh index would."""
        self.sync(version)
        assert set(self.held()) == {path.name for path in self.folders[version].iterdir()}
        assert set(self.served()[0]) == {version}

    def _some(self) -> list[str]:
        return self.random.sample(self.both, min(5, len(self.both)))

    def _apart(self, work: Callable[..., Result], *arguments: object) -> Result:
        """What a function gives in a process of its own. Raises ``BrokenProcessPool`` when that does not live."""
        with ProcessPoolExecutor(1, processes()) as pool:
            return pool.submit(_with_stores, work, self.data, self.url, *arguments).result()


def _with_stores(work: Callable[..., Result], data: Path, url: str, *arguments: object) -> Result:
    stores = Stores(data, StoreOptions(url=url))
    try:
        return work(stores, *arguments)
    finally:
        stores.close()


def _sync_and_check(stores: Stores, folder: Path, names: Sequence[str]) -> None:
    source = FolderSource(FolderOptions(path=folder), "pages")
    Syncer(stores, HashEmbedding(dimensions=256), SMALL).sync([source], allow_mass_delete=True)
    check_whole(stores)
    assert _search(stores, names, set()) == "whole"


def _search(stores: Stores, names: Sequence[str], listed: set[str]) -> str:
    """Assert that pages are found by their words; or, of a store that is broken, that a question is told so."""
    searcher = Searcher(stores, HashEmbedding(dimensions=256))
    question = f"{{name}}0word1 {{name}}{PARAGRAPHS - 1}word1"
    try:
        for name in names:
            found = searcher.search(question.format(name=name), k=50)
            assert f"{name}.md" in {hit.chunk.url for hit in found[:PARAGRAPHS]}, f"{name} is not found"
        held = stores.collection(stores.ledger.collection).ids()
    except StoreDamagedError:
        from assistant.answer import Assistant

        answer = Assistant(searcher, stores.ledger).answer(question.format(name=names[0]))
        assert (answer.outcome, answer.citations) == ("failed", ())
        assert "vector store" in answer.text
        return "broken"
    assert listed <= held, "chunks are listed that the vector store does not hold"
    return "whole"


def _versioned(name: str, version: str) -> str:
    """A page whose first half is the same in both versions."""
    half = PARAGRAPHS // 2
    first, second = page(name, PARAGRAPHS), page(name, PARAGRAPHS, version)
    head, tail = first.split("\n\n")[: 1 + half], second.strip("\n").split("\n\n")[1 + half :]
    return "\n\n".join([*head, *tail]) + "\n"
