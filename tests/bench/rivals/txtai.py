"""txtai's embeddings database with content. It leaves reading, cutting and finding changes to who uses it.

So paragraphs are packed into passages here, and a page whose bytes changed is deleted and put in anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.bench.rivals.tutorial import Found, Tutorial

Passage = tuple[str, dict[str, str], None]


class Txtai(Tutorial):
    """Embeddings(path=…, content=True): Faiss, and SQLite for the texts."""

    _embeddings: Any = None

    def load(self) -> None:
        """Import what it takes and load the model; nothing of it is timed as indexing."""
        self._embeddings = self._new()
        self._embeddings.transform("load what is loaded at first use")

    def split(self, size: int) -> int:
        """How many chunks of that size the pages make."""
        return sum(len(_passages(page, text, size)) for page, text in self._read().items())

    def build(self) -> int:
        """Index the pages, into nothing: how many chunks."""
        pages, size = self._read(), self.size
        passages = {page: _passages(page, text, size) for page, text in pages.items()}
        self._embeddings.index([passage for own in passages.values() for passage in own])
        self._save(pages, passages)
        return sum(map(len, passages.values()))

    def prepare(self) -> None:
        """Index the pages so that ``update`` can follow; nothing is timed."""
        self.build()

    def update(self) -> None:
        """Bring the index up to date with the pages."""
        pages, size = self._read(), self.size
        known: dict[str, Any] = json.loads(self._noted.read_text("utf-8"))
        self._embeddings.load(str(self._kept))
        passages = {page: _passages(page, text, size) for page, text in pages.items()}
        changed = [page for page, text in pages.items() if known.get(page, ("",))[0] != _digest(text)]
        stale = [
            identity for page in {*changed, *(known.keys() - pages.keys())} for identity in known.get(page, ("", []))[1]
        ]
        if stale:
            self._embeddings.delete(stale)
        if changed:
            self._embeddings.upsert([passage for page in changed for passage in passages[page]])
        self._save(pages, passages)

    def open(self) -> Callable[[str, int], Found]:
        """Open the index: what finds the best passages for a question."""
        self._embeddings.load(str(self._kept))

        def find(question: str, k: int) -> Found:
            return [(row["id"].rpartition("#")[0], row["text"]) for row in self._embeddings.search(question, k)]

        return find

    @property
    def _kept(self) -> Path:
        return self.folder / "index"

    @property
    def _noted(self) -> Path:
        return self.folder / "pages.json"

    def _new(self) -> Any:
        from txtai import Embeddings

        return Embeddings(path=self.model, content=True)

    def _read(self) -> dict[str, str]:
        return {
            path.relative_to(self.pages).as_posix(): path.read_text("utf-8")
            for path in sorted(self.pages.rglob("*.md"))
        }

    def _save(self, pages: Mapping[str, str], passages: Mapping[str, list[Passage]]) -> None:
        self._embeddings.save(str(self._kept))
        noted = {page: [_digest(text), [passage[0] for passage in passages[page]]] for page, text in pages.items()}
        self._noted.write_text(json.dumps(noted), "utf-8")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def pack(text: str, size: int) -> list[str]:
    """Whole paragraphs, together up to ``size`` characters; a longer one is a passage of its own."""
    packed: list[str] = []
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        if packed and len(packed[-1]) + len(paragraph) + 2 <= size:
            packed[-1] += "\n\n" + paragraph
        else:
            packed.append(paragraph)
    return packed


def _passages(page: str, text: str, size: int) -> list[Passage]:
    return [(f"{page}#{number}", {"text": passage}, None) for number, passage in enumerate(pack(text, size))]
