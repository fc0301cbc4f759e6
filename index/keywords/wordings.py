"""The keyword indexes of one collection, of its passages and of whole pages, kept in step.

A passage is found by its own words, but what its page is about stands in the words around it too: BM25 over whole pages
beside BM25 over passages raised nDCG@5 from .28 to .32 where pages were cut in four.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.keywords.keyword_index import KeywordIndex
from ingest.types import Chunk, Document


class Wordings:
    """Two keyword indexes in ``folder``, or in memory. One process writes; others may open the same folder to read."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self.chunks = KeywordIndex(folder / "chunks" if folder else None)
        self.pages = KeywordIndex(folder / "pages" if folder else None)

    @property
    def holds(self) -> str:
        """What ``commit`` was last given, or ``""`` where that differs or one of them is not there or broken."""
        held = self.chunks.holds
        return held if held == self.pages.holds else ""

    @property
    def on_disk(self) -> bool:
        """Whether they outlive this process."""
        return self.chunks.on_disk

    @property
    def is_written(self) -> bool:
        """Whether it is this process that writes them."""
        return self.chunks.is_written or self.pages.is_written

    def clear(self) -> None:
        """Start empty, without what earlier versions left in the folder."""
        self.chunks.clear()
        self.pages.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def put(self, pages: Iterable[tuple[Document, Sequence[Chunk]]]) -> None:
        """Add or replace pages with all their chunks. Call ``commit`` after."""
        for document, chunks in pages:
            extra = f"\n{', '.join(document.keywords)}" if document.keywords else ""
            bodies = [f"{chunk.embedded}{extra}" for chunk in chunks]
            self.chunks.put((chunk.id, document.language, body) for chunk, body in zip(chunks, bodies, strict=True))
            self.pages.put([(document.url, document.language, "\n".join(bodies))])

    def renew(self, pages: Iterable[tuple[Document, Sequence[Chunk]]]) -> None:
        """Have just these pages, with statistics that count nothing else. Call ``commit`` after."""
        self.chunks.empty()
        self.pages.empty()
        self.put(pages)

    @property
    def worn(self) -> int:
        """How many chunks and pages the statistics still count that are deleted or replaced."""
        return self.chunks.worn() + self.pages.worn()

    def delete(self, chunk_ids: Iterable[str]) -> None:
        """Take chunks out. Call ``commit`` after."""
        self.chunks.delete(chunk_ids)

    def drop(self, urls: Iterable[str]) -> None:
        """Take pages out; their chunks are taken out by ``delete``. Call ``commit`` after."""
        self.pages.delete(urls)

    def commit(self, stamp: str) -> None:
        """Make what was put and deleted searchable, and say which generation this is."""
        self.chunks.commit(stamp)
        self.pages.commit(stamp)

    def rest(self) -> None:
        """Let go of what writing takes until something is put again."""
        self.chunks.rest()
        self.pages.rest()

    def close(self) -> None:
        """Let go of the files."""
        self.chunks.close()
        self.pages.close()
