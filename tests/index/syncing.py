"""Processes that sync and are killed: at any instant from outside, or by themselves at a given step.

They are forked from a server that has everything imported, so that a hundred of them cost little.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from functools import wraps
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from index.chroma.collection import ChromaStore, Collection, StoreOptions
from index.keywords.keyword_index import KeywordIndex
from index.ledger.ledger import Ledger
from index.ledger.lock import WriteLock
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import SMALL

# Everything that changes a store. A process can be killed before each, which is behind the one before. What is put
# into a keyword index, and deleted from it, changes nothing before the commit.
STEPS: dict[type, tuple[str, ...]] = {
    Ledger: ("announce", "switch", "activate", "forget", "cleared", "revalidate", "note_missed", "note_failures"),
    ChromaStore: ("make_collection", "drop"),
    Collection: ("put", "delete"),
    KeywordIndex: ("commit", "clear"),
}


def processes() -> ForkServerContext:
    """Where the processes come from."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.index.syncing", "chromadb", "tantivy"])
    return context


def sync_by_turns(data: Path, folders: list[Path], url: str, told: Connection) -> None:
    """Sync the folders by turns, every third time as a rebuild, for ever; tell how long each took."""
    syncer = _syncer(data, url)
    told.send(0.0)
    for turn, folder in enumerate(cycle(folders), 1):
        report = syncer.sync([_source(folder)], rebuild=turn % 3 == 0, allow_mass_delete=True)
        told.send(report.seconds)


def sync_to_step(data: Path, folder: Path, url: str, rebuild: bool, step: int) -> None:
    """Sync a folder, and die before the step with that number, counted from 1."""
    syncer = _syncer(data, url)
    die_before(step)
    syncer.sync([_source(folder)], rebuild=rebuild, allow_mass_delete=True)


def die_before(step: int) -> None:
    """Have this process die before the step with that number, counted from 1."""
    taken = 0

    def dying(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def taking(*arguments: Any, **options: Any) -> Any:
            nonlocal taken
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return method(*arguments, **options)

        return taking

    for kind, names in STEPS.items():
        for name in names:
            setattr(kind, name, dying(getattr(kind, name)))


def _syncer(data: Path, url: str) -> Syncer:
    WriteLock(data).acquire("syncing")
    return Syncer(Stores(data, StoreOptions(url=url)), HashEmbedding(dimensions=256), SMALL)


def _source(folder: Path) -> FolderSource:
    return FolderSource(FolderOptions(path=folder), "pages")
