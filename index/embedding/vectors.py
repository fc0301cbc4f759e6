"""What an embedding model gives, and what the index asks of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ingest.chunk import TokenCounter

Vectors = npt.NDArray[np.float32]
"""Embeddings of length 1, one a row."""


class Encoder(TokenCounter, Protocol):
    """An embedding model: questions and passages are encoded apart."""

    @property
    def recipe(self) -> str:
        """A name for what the vectors depend on."""

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions), of length 1."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions), of length 1."""

    def is_word(self, word: str) -> bool:
        """Whether the model knows a word as a whole, so that it is no slip of the keyboard."""


class WrappedEncoder:
    """Another encoder, asked for everything; whoever inherits answers a part of it in another way."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def recipe(self) -> str:
        """A name for what the vectors depend on."""
        return self._encoder.recipe

    @property
    def window(self) -> int:
        """How many tokens the model reads."""
        return self._encoder.window

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has."""
        return self._encoder.count(texts)

    def is_word(self, word: str) -> bool:
        """Whether the model knows a word as a whole."""
        return self._encoder.is_word(word)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, one a row."""
        return self._encoder.encode_documents(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, one a row."""
        return self._encoder.encode_queries(texts)
