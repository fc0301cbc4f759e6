"""The embedding model, shared by a sync that embeds for minutes and people who ask meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from index.vectors import Encoder, Vectors

_PIECE = 8  # passages encoded at first; a question that comes in between waits for these, and not for 256
# Seconds; a slow machine is given fewer passages at once, a fast one or a GPU more. With half of these the cores idled
# for a tenth of the time, each of them waiting for the other at the end of 32 passages.
_LONG, _SHORT = 0.8, 0.3
_LEAST, _MOST = 4, 256
_PAUSE = 0.001  # seconds; without any, the lock that the model is under goes back to who just let go of it


class SharedEncoder:
    """An encoder that embeds passages a few at a time; what ``between``, called before each few, raises ends it."""

    def __init__(self, encoder: Encoder, between: Callable[[], None] = lambda: None) -> None:
        self._encoder = encoder
        self._between = between
        self._piece = _PIECE

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
        # Of like length in each piece, so that little is padded.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        rows: dict[int, Vectors] = {}
        first = 0
        while first < len(order):
            self._between()
            piece = order[first : first + self._piece]
            first += len(piece)
            started = time.perf_counter()
            rows.update(zip(piece, self._encoder.encode_documents([texts[place] for place in piece]), strict=True))
            self._adapt(time.perf_counter() - started, len(piece))
            time.sleep(_PAUSE)
        return np.stack([rows[place] for place in range(len(texts))]) if rows else self._encoder.encode_documents([])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, one a row."""
        return self._encoder.encode_queries(texts)

    def _adapt(self, seconds: float, passages: int) -> None:
        if seconds > _LONG:
            self._piece = max(_LEAST, self._piece // 2)
        elif seconds < _SHORT and passages == self._piece:
            self._piece = min(_MOST, self._piece * 2)
