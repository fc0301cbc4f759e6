"""A small embedding model without meaning, for tests that need none: words hashed into a vector."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from index.embedding.vectors import Vectors


class HashEmbedding:
    """Counts words into ``dimensions`` hashed places: texts that share words are near. Keeps what it was given."""

    def __init__(self, dimensions: int = 64, window: int = 256) -> None:
        self.dimensions = dimensions
        self.window = window
        self.embedded: list[str] = []

    @property
    def recipe(self) -> str:
        """A name for what the vectors depend on."""
        return f"hashed-words-{self.dimensions}"

    def count(self, texts: Sequence[str]) -> list[int]:
        """Words, plus two as a real model's special tokens."""
        return [len(re.findall(r"\S+", text)) + 2 for text in texts]

    def is_word(self, word: str) -> bool:
        """No word is known: every one that the pages lack counts as a slip."""
        del word
        return False

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions), of length 1."""
        self.embedded += texts
        return self._encode(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions), of length 1."""
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                digest = blake2b(word.encode(), digest_size=8).digest()
                vectors[row, int.from_bytes(digest[:4], "big") % self.dimensions] += 1.0
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.maximum(norms, 1e-9)
        return vectors
