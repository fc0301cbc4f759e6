"""Kill a syncing process at random instants and look at what it leaves behind."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

from index.search import Searcher
from index.store import StoreOptions
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.errors import StoreDamagedError
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import SMALL, check_whole, contents, page
from tests.index.syncing import processes, sync_by_turns, sync_to_step

PARAGRAPHS = 8


class Battered:
    """A data folder whose writer is killed again and again.

    Each of its pages has an old and a new version that share half their paragraphs; some pages are in one of them only.
    """

    def __init__(self, folder: Path, seed: int, url: str = "", pages: int = 60) -> None:
        self.data = folder / "data"
        self.folders = {"old": folder / "old", "new": folder / "new"}
        self.url = url
        self.random = random.Random(seed)
        self.both = [f"p{n}" for n in range(pages)]
        for version, place in self.folders.items():
            place.mkdir(parents=True)
            for name in [*self.both, *(f"{version}only{n}" for n in range(2))]:
                (place / f"{name}.md").write_text(_versioned(name, version))
        self.sync("old")

    def sync(self, version: str) -> None:
        """A sync that is let finish."""
        stores = self.open()
        source = FolderSource(FolderOptions(path=self.folders[version]), "pages")
        Syncer(stores, HashEmbedding(dimensions=256), SMALL).sync([source], allow_mass_delete=True)
        stores.close()

    def open(self) -> Stores:
        """The stores, as a process opens them."""
        return Stores(self.data, StoreOptions(url=self.url))

    def kill(self) -> None:
        """Start a process that syncs, and kill it at a random instant of its first few syncs."""
        context = processes()
        here, there = context.Pipe()
        folders = [self.folders["new"], self.folders["old"]]
        process = context.Process(target=sync_by_turns, args=(self.data, folders, self.url, there))
        process.start()
        assert here.recv() == "ready"
        time.sleep(self.random.uniform(0, 2))
        assert process.is_alive(), "it was to run until it is killed"
        process.kill()
        process.join()

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
        than find some pages only, until the next sync makes the vectors anew.
        """
        stores = self.open()
        held = contents(stores)
        served: Counter[str] = Counter()
        for name in self.both:
            texts = "\n".join(text for *_, text in held[f"{name}.md"])
            versions = [v for v in self.folders if f"{name}{PARAGRAPHS - 1}word0{v}" in texts]
            assert len(versions) == 1, f"{name} is served as {versions}"
            expected = _versioned(name, versions[0]).partition("---\n\n")[2].split()
            assert texts.split() == expected
            served[versions[0]] += 1
        try:
            self._search(stores, {chunk[0] for chunks in held.values() for chunk in chunks})
        except StoreDamagedError:
            served["broken"] = 1
        stores.close()
        return served

    def _search(self, stores: Stores, listed: set[str]) -> None:
        searcher = Searcher(stores, HashEmbedding(dimensions=256))
        for name in self.random.sample(self.both, min(5, len(self.both))):
            found = searcher.search(f"{name}0word1 {name}{PARAGRAPHS - 1}word1", k=50)
            assert f"{name}.md" in {hit.chunk.url for hit in found[:PARAGRAPHS]}, f"{name} is not found"
        held = stores.collection(stores.ledger.collection).ids()
        assert listed <= held, "chunks are listed that the vector store does not hold"

    def repair(self, version: str) -> None:
        """Assert that the next sync leaves nothing behind and holds what a fresh index would."""
        self.sync(version)
        stores = self.open()
        check_whole(stores)
        held = contents(stores)
        stores.close()
        assert set(held) == {path.name for path in self.folders[version].iterdir()}
        assert set(self.look()) == {version}


def _versioned(name: str, version: str) -> str:
    """A page whose first half is the same in both versions."""
    half = PARAGRAPHS // 2
    first, second = page(name, PARAGRAPHS), page(name, PARAGRAPHS, version)
    head, tail = first.split("\n\n")[: 1 + half], second.strip("\n").split("\n\n")[1 + half :]
    return "\n\n".join([*head, *tail]) + "\n"
