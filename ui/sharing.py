"""The embedding model, shared by a sync that embeds for minutes and people who ask meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from index.embedding.encoder import SentenceEncoder
from index.embedding.vectors import Encoder, Vectors, WrappedEncoder

_LEAST, _MOST = 4, 256  # passages encoded in one piece
_PIECE = 8  # at first, as a question that comes in between waits for these
_SHORT, _LONG = 0.1, 0.4  # seconds for a piece: a slow machine is given fewer passages at once, a GPU more
_PAUSE = 0.001  # seconds; without any, the lock that the model is under goes back to who just let go of it


class SharedEncoder(WrappedEncoder):
    """An encoder that embeds passages a few at a time; what ``between``, called before each few, raises ends it.

    A model that answers questions beside is given them all, and calls ``between`` itself.
    """

    def __init__(self, encoder: Encoder, between: Callable[[], None] = lambda: None) -> None:
        super().__init__(encoder)
        self._between = between
        self._piece = _PIECE

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, one a row."""
        if texts and isinstance(self._encoder, SentenceEncoder) and self._encoder.answers_beside:
            return self._encoder.encode_documents(texts, self._between)
        # Of like length in each piece, so that little is padded.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        rows: dict[int, Vectors] = {}
        while order:
            self._between()
            # As many as go into what is left without a rest: at the end of a small piece most cores idle.
            size = -(-len(order) // max(1, round(len(order) / self._piece)))
            piece, order = order[:size], order[size:]
            started = time.perf_counter()
            rows.update(zip(piece, self._encoder.encode_documents([texts[place] for place in piece]), strict=True))
            self._adapt(time.perf_counter() - started, len(piece))
            time.sleep(_PAUSE)
        return np.stack([rows[place] for place in range(len(texts))]) if rows else self._encoder.encode_documents([])

    def _adapt(self, seconds: float, passages: int) -> None:
        if seconds > _LONG:
            self._piece = max(_LEAST, self._piece // 2)
        elif seconds < _SHORT and 2 * passages > self._piece:
            self._piece = min(_MOST, self._piece * 2)
