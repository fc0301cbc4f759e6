"""An embedding model that counts what it is given, and can fail."""

from __future__ import annotations

from collections.abc import Sequence

from index.embedding.vectors import Encoder, Vectors, WrappedEncoder
from index.testing import HashEmbedding
from ingest.errors import ModelError
from tests.index.building import BundledCounter


class HashedWords(HashEmbedding):
    """Hashed words whose texts are as long as the bundled model's tokenizer says."""

    def __init__(self) -> None:
        super().__init__(dimensions=128)
        self.counter = BundledCounter()

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special tokens included."""
        return self.counter.count(texts)


class Metered(WrappedEncoder):
    """Another model, metered: ``embedded`` passages so far. Beyond ``limit`` passages it raises ``ModelError``."""

    def __init__(self, encoder: Encoder, limit: int | None = None) -> None:
        super().__init__(encoder)
        self._limit = limit
        self.embedded = 0

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages. Raises ``ModelError`` beyond the limit."""
        if self._limit is not None and self.embedded + len(texts) > self._limit:
            raise ModelError("the model failed", hint="run the sync again")
        self.embedded += len(texts)
        return self._encoder.encode_documents(texts)
