"""What the pipelines of the rivals' documentation have in common."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

NEAR = 0.03
"""How far, as a share, the number of chunks may lie from the number wanted, where any chunk size comes that near."""

OVERLAP = 0.2
"""Share of a chunk that the next one repeats: llama-index's default (200 of 1,024), and LangChain's (200 of 1,000)."""

Found = list[tuple[str, str]]
"""Passages, best first: each its page's path and its text."""


class Tutorial(ABC):
    """A pipeline over a folder of pages, kept below ``folder``; ``model`` is a sentence-transformers model's folder.

    The chunk size is chosen at the first build, so that there are about ``chunks`` of them.
    """

    def __init__(self, folder: Path, pages: Path, model: str, chunks: int = 0) -> None:
        self.folder = folder
        self.pages = pages
        self.model = model
        self._chunks = chunks
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def size(self) -> int:
        """The chunk size, in the pipeline's own unit."""
        kept = self.folder / "size.json"
        if not kept.exists():
            kept.write_text(json.dumps(fit(self.split, self._chunks)))
        return int(json.loads(kept.read_text()))

    @abstractmethod
    def load(self) -> None:
        """Import what it takes and load the model; nothing of it is timed as indexing."""

    @abstractmethod
    def split(self, size: int) -> int:
        """How many chunks of that size the pages make."""

    @abstractmethod
    def build(self) -> int:
        """Index the pages, into nothing: how many chunks."""

    @abstractmethod
    def prepare(self) -> None:
        """Index the pages so that ``update`` can follow; nothing is timed."""

    @abstractmethod
    def update(self) -> None:
        """Bring the index up to date with the pages."""

    @abstractmethod
    def open(self) -> Callable[[str, int], Found]:
        """Open the index: what finds the best passages for a question."""


def fit(split: Callable[[int], int], wanted: int, sizes: Sequence[int] = (40, 4_000)) -> int:
    """The chunk size that gives about the wanted number of chunks, by halving: fewer chunks the larger they are."""
    low, high = sizes
    best, nearest = low, float("inf")
    while low <= high:
        size = (low + high) // 2
        count = split(size)
        if abs(count - wanted) < nearest:
            best, nearest = size, abs(count - wanted)
        if nearest <= NEAR * wanted:
            break
        low, high = (size + 1, high) if count > wanted else (low, size - 1)
    return best
