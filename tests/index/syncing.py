"""A process that syncs two versions of a folder by turns until it is killed: ``python -m tests.index.syncing``."""

from __future__ import annotations

import sys
from itertools import cycle
from pathlib import Path

from index.lock import WriteLock
from index.store import StoreOptions
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import SMALL


def main(data: Path, old: Path, new: Path, url: str) -> None:
    """Sync old and new by turns, every third time as a rebuild; says "ready" when it begins."""
    lock = WriteLock(data).acquire("syncing")
    stores = Stores(data, StoreOptions(url=url))
    syncer = Syncer(stores, HashEmbedding(dimensions=256), SMALL)
    print("ready", flush=True)  # noqa: T201
    for turn, folder in enumerate(cycle((new, old)), 1):
        source = FolderSource(FolderOptions(path=folder), "pages")
        syncer.sync([source], rebuild=turn % 3 == 0, allow_mass_delete=True)
    lock.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
