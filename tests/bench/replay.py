"""Replay a handbook's history: ``python -m tests.bench.replay FOLDER`` of one .tar.gz of Markdown per date.

Each snapshot is synced as a folder, then as a site served over HTTP, into an index that is kept. After every step the
index must equal one that is built of that snapshot alone. Vectors are hashed words, chunks are cut by the bundled
model's tokenizer; ``--model`` embeds with that model itself.
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.embed import SentenceEncoder
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from index.types import SyncReport
from index.vectors import Encoder
from ingest.chunk import ChunkOptions
from ingest.crawl import WebSource
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Source
from ingest.web import WebOptions
from tests.index.building import BundledCounter, check_whole, contents
from tests.site import RenderedSite


class HashedWords(HashEmbedding):
    """Hashed words whose texts are as long as the bundled model's tokenizer says."""

    def __init__(self) -> None:
        super().__init__(dimensions=128)
        self.counter = BundledCounter()

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special tokens included."""
        return self.counter.count(texts)


@dataclass
class Kept:
    """An index that is brought from snapshot to snapshot."""

    folder: Path
    encoder: Encoder
    texts: frozenset[str] = frozenset()

    def step(self, name: str, source: Source) -> None:
        """Sync, compare with a fresh build, and print the line."""
        report, held, texts = self._sync(self.folder, source)
        with tempfile.TemporaryDirectory() as place:
            fresh, expected, _ = self._sync(Path(place), source)
        assert held == expected, f"{name}: the index is not what a fresh build of the snapshot holds"
        new = len(texts - self.texts)
        self.texts = texts
        quiet, *_ = self._sync(self.folder, source)
        assert (quiet.embedded, quiet.deleted, quiet.changed) == (0, 0, 0), f"{name}: a second sync found changes"
        pages = f"{report.added:5} {report.changed:7} {report.removed:7}"
        times = f"{report.seconds:8.1f} {fresh.seconds:8.1f} {quiet.seconds:8.2f}"
        _say(f"{name:24} {pages} {report.embedded:8} {new:8} {times} {len(report.failures):6}")

    def _sync(self, folder: Path, source: Source) -> tuple[SyncReport, object, frozenset[str]]:
        stores = Stores(folder)
        try:
            report = Syncer(stores, self.encoder, ChunkOptions()).sync([source], allow_mass_delete=True)
            check_whole(stores)
            chunks = stores.ledger.all_chunks(stores.ledger.collection)
            return report, contents(stores), frozenset(chunk.digest for chunk, _ in chunks)
        finally:
            stores.close()


def main() -> None:
    """Replay every snapshot in the order of their names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="store_true", help="embed with the bundled model")
    parser.add_argument("--only", choices=("folder", "site"))
    options = parser.parse_args()
    encoder: Encoder = SentenceEncoder() if options.model else HashedWords()
    head = f"{'snapshot':24} {'added':>5} {'changed':>7} {'removed':>7} {'embedded':>8} {'new text':>8}"
    _say(f"{head} {'seconds':>8} {'rebuild':>8} {'again':>8} {'failed':>6}")
    with tempfile.TemporaryDirectory() as place:
        for kind in [options.only] if options.only else ["folder", "site"]:
            kept = Kept(Path(place) / kind, encoder)
            steps = _as_folder(options.folder) if kind == "folder" else _as_site(options.folder)
            for name, source in steps:
                kept.step(f"{name} ({kind})", source)


def _as_folder(folder: Path) -> Iterator[tuple[str, Source]]:
    for tarball in sorted(folder.glob("*.tar.gz")):
        with _unpacked(tarball) as pages:
            yield _name(tarball), FolderSource(FolderOptions(path=pages), "handbook")


def _as_site(folder: Path) -> Iterator[tuple[str, Source]]:
    tarballs = sorted(folder.glob("*.tar.gz"))
    with _unpacked(tarballs[0]) as pages:
        site = RenderedSite(pages, _date(tarballs[0]))
    with site.running():
        options = WebOptions(sitemaps=(f"{site.url}/sitemap.xml",), confirmations=1, delay_seconds=0)
        for tarball in tarballs:
            with _unpacked(tarball) as pages:
                site.load(pages, _date(tarball))
            yield _name(tarball), WebSource(options, "handbook")


@contextmanager
def _unpacked(tarball: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place, tarfile.open(tarball) as archive:
        archive.extractall(place, filter="data")
        yield Path(place)


def _name(tarball: Path) -> str:
    return tarball.name.removesuffix(".tar.gz")


def _date(tarball: Path) -> datetime:
    return datetime.fromisoformat(_name(tarball)).replace(tzinfo=UTC)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    _say(f"{time.perf_counter() - started:.0f} s")
