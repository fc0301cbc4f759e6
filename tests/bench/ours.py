"""Our index, kept from one snapshot to the next: synced, read back and asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.answer import Assistant
from assistant.evaluation.gold import GoldQuestion
from assistant.types import Answer
from index.embedding.vectors import Encoder
from index.search import Searcher
from index.stores import Stores
from index.sync import Syncer
from index.types import SyncReport
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Source
from tests.bench.rival import Held
from tests.index.building import check_whole, contents

Shown = tuple[object, ...]
"""What someone who asked sees: the outcome, the text, and each footnote but for the times of fetching."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds. ``digests`` are those of the chunks' texts as they were embedded."""

    pages: dict[str, tuple[tuple[str, int, int, str], ...]]
    digests: frozenset[str]

    @property
    def held(self) -> Held:
        """How often each text of each page is held."""
        return Counter((url, text) for url, chunks in self.pages.items() for *_, text in chunks)


class Ours:
    """A data folder that is opened anew for everything, as each command does."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.folder = folder
        self._encoder = encoder

    def sync(self, source: Source) -> SyncReport:
        """Bring it up to date with the source."""
        stores = Stores(self.folder)
        try:
            return Syncer(stores, self._encoder, ChunkOptions()).sync([source], allow_mass_delete=True)
        finally:
            stores.close()

    def contents(self) -> Contents:
        """What is live; of that, only what the vector store can find."""
        stores = Stores(self.folder)
        try:
            name = stores.ledger.collection
            found = stores.collection(name).ids()
            pages = {
                url: tuple(chunk for chunk in chunks if chunk[0] in found) for url, chunks in contents(stores).items()
            }
            return Contents(pages, frozenset(chunk.digest for chunk, _ in stores.ledger.all_chunks(name)))
        finally:
            stores.close()

    def check(self) -> None:
        """Assert that vectors, keywords and ledger agree and nothing is left over."""
        stores = Stores(self.folder)
        try:
            check_whole(stores)
        finally:
            stores.close()

    def ask(self, questions: Sequence[GoldQuestion]) -> list[Shown]:
        """The answer to each question, without the reader."""
        stores = Stores(self.folder)
        try:
            assistant = Assistant(Searcher(stores, self._encoder), stores.ledger)
            return [_shown(assistant.answer(gold.question, gold.history)) for gold in questions]
        finally:
            stores.close()


def handbook(pages: Path) -> FolderSource:
    """A folder of pages as a source."""
    return FolderSource(FolderOptions(path=pages), "handbook")


def _shown(answer: Answer) -> Shown:
    footnotes = tuple(
        (c.number, c.title, c.url, c.link, c.quote, c.section, c.start, c.end, c.before, c.after, c.also)
        for c in answer.citations
    )
    return answer.outcome, answer.text, footnotes, answer.closest
