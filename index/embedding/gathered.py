"""An encoder for many who ask at once: the questions that wait while it works are encoded together, at one go.

Most of what one short question costs is the way into the model and out again. Nobody waits for company: who comes first
goes at once, and those who come meanwhile go together.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from index.embedding.vectors import Encoder, Vectors, WrappedEncoder

_MOST = 32  # questions encoded together


@dataclass(slots=True)
class _Asked:
    """Questions that one asker waits for, and what came of them."""

    texts: Sequence[str]
    done: bool = False
    vectors: list[Vectors] = field(default_factory=list)
    error: Exception | None = None


class GatheredEncoder(WrappedEncoder):
    """Another encoder, whose questions of several threads are encoded in common. Passages go as they are."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self._at_work = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: list[_Asked] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, one a row. Many go in portions, and those of others in between."""
        if len(texts) > _MOST:
            parts = (texts[first : first + _MOST] for first in range(0, len(texts), _MOST))
            return np.concatenate([self.encode_queries(part) for part in parts])
        asked = _Asked(texts)
        with self._lock:
            self._waiting.append(asked)
        with self._at_work:
            while not asked.done:
                self._work()
        if asked.error is not None:
            raise asked.error
        return asked.vectors[0]

    def _work(self) -> None:
        """Encode what waits, the first of it at least."""
        with self._lock:
            count, total = 1, len(self._waiting[0].texts)
            while count < len(self._waiting) and total + len(self._waiting[count].texts) <= _MOST:
                total += len(self._waiting[count].texts)
                count += 1
            batch, self._waiting = self._waiting[:count], self._waiting[count:]
        try:
            vectors = self._encoder.encode_queries([text for asked in batch for text in asked.texts])
            first = 0
            for asked in batch:
                asked.vectors.append(vectors[first : first + len(asked.texts)])
                first += len(asked.texts)
        except Exception as error:  # noqa: BLE001 - it is raised to everyone who waits for this batch
            for asked in batch:
                asked.error = error
        for asked in batch:
            asked.done = True
