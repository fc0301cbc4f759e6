"""An index many times as large as one that is there: ``python -m tests.bench.grown DATA CHUNKS FOLDER``.

Each page is written over and over, four words in ten of its paragraphs exchanged for others of the same length, so that
all offsets hold, and each passage's vector turned away from the original's by as much. No model is asked, so 100,000
passages take minutes, and a server still encodes its questions with the model that made ``DATA``.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index.embedding.vectors import Vectors
from index.ledger.ledger import PageVersion
from index.stores import Stores
from ingest.blocks import read_blocks
from ingest.types import Chunk, Document, Page, digest_of

_EXCHANGED = 0.4  # share of the words
_NEARNESS = 0.8  # cosine of a copy's passage to the original's
_AT_ONCE = 4_000  # passages written together
_WORD = re.compile(r"[a-z]{4,}")


def main() -> None:
    """Make the larger index."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a data folder, of which a copy is made")
    parser.add_argument("chunks", type=int, help="how many passages the larger one is to have at least")
    parser.add_argument("folder", type=Path, help="where it is made")
    options = parser.parse_args()
    shutil.copytree(options.data, options.folder)
    stores = Stores(options.folder)
    try:
        grow(stores, options.chunks)
        sys.stdout.write(f"{stores.ledger.count_chunks(stores.ledger.collection)} chunks\n")
    finally:
        stores.close()


def grow(stores: Stores, chunks: int) -> None:
    """Add copies of the pages until the index has that many passages."""
    name = stores.ledger.collection
    originals = list(stores.ledger.all_pages(name))
    vectors = stores.collection(name).vectors([chunk.id for _, held in originals for chunk in held])
    words = _words_by_length([document for document, _ in originals])
    waiting: list[PageVersion] = []
    turned: list[Vectors] = []
    total = stores.ledger.count_chunks(name)
    for document, held, number in _in_turn(originals):
        if total >= chunks:
            break
        version = _copy(document, held, number, words)
        waiting.append(version)
        turned.append(_turned(np.stack([vectors[chunk.id] for chunk in held]), number))
        total += len(version.chunks)
        if sum(len(one) for one in turned) >= _AT_ONCE:
            _write(stores, name, waiting, turned)
    _write(stores, name, waiting, turned)


def _in_turn(
    originals: Sequence[tuple[Document, list[Chunk]]],
) -> Iterator[tuple[Document, list[Chunk], int]]:
    number = 0
    while True:
        number += 1
        for document, held in originals:
            if held:
                yield document, held, number


def _words_by_length(documents: Sequence[Document]) -> dict[int, list[str]]:
    """The words of the pages, each as often as it stands in them."""
    words: dict[int, list[str]] = defaultdict(list)
    for document in documents:
        for word in _WORD.findall(document.text):
            words[len(word)].append(word)
    return words


def _copy(document: Document, held: Sequence[Chunk], number: int, words: dict[int, list[str]]) -> PageVersion:
    chance = random.Random(f"{document.url} {number}")

    def other(match: re.Match[str]) -> str:
        return chance.choice(words[len(match[0])]) if chance.random() < _EXCHANGED else match[0]

    parts, position = [], 0
    for block in read_blocks(document):
        if block.kind != "heading":
            parts += [document.text[position : block.start], _WORD.sub(other, document.text[block.start : block.end])]
            position = block.end
    text = "".join([*parts, document.text[position:]])
    url = f"copy-{number}/{document.url}"
    made = replace(document, url=url, text=text)
    chunks = tuple(
        replace(chunk, id=digest_of(url, chunk.id)[:32], url=url, text=text[chunk.start : chunk.end]) for chunk in held
    )
    page = Page(url, text.encode(), "text/markdown", datetime.now(UTC))
    return PageVersion(page, made, chunks, "copies", None)


def _turned(vectors: Vectors, number: int) -> Vectors:
    noise = np.random.default_rng(number).standard_normal(vectors.shape).astype(np.float32)
    noise -= (noise * vectors).sum(1, keepdims=True) * vectors
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    turned: Vectors = _NEARNESS * vectors + np.sqrt(1 - _NEARNESS**2).astype(np.float32) * noise
    return turned


def _write(stores: Stores, name: str, waiting: list[PageVersion], turned: list[Vectors]) -> None:
    """Write the copies as a sync does, and empty both lists."""
    if not waiting:
        return
    keywords = stores.refresh_keywords(name)
    stores.collection(name).put([chunk for version in waiting for chunk in version.chunks], np.concatenate(turned))
    keywords.put((version.document, version.chunks) for version in waiting)
    stores.ledger.switch(name, waiting)
    keywords.commit(str(stores.ledger.generation_of(name)))
    waiting.clear()
    turned.clear()


if __name__ == "__main__":
    main()
