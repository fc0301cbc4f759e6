from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding.encoder import SentenceEncoder
from index.embedding.options import EmbeddingOptions
from index.testing import HashEmbedding
from ingest.errors import ModelError
from ui.sharing import SharedEncoder
from ui.workspace import StoppedError

TEXTS = [f"{'word ' * (number % 7)}number {number}" for number in range(100)]


def test_vectors_are_the_models_own_in_the_order_of_the_texts() -> None:
    shared = SharedEncoder(HashEmbedding())

    assert np.array_equal(shared.encode_documents(TEXTS), HashEmbedding().encode_documents(TEXTS))
    assert shared.encode_documents([]).shape == (0, 64)


def test_passages_are_embedded_a_few_at_a_time_and_can_be_stopped_in_between() -> None:
    encoder = HashEmbedding()
    seen: list[int] = []

    def between() -> None:
        seen.append(len(encoder.embedded))
        if len(seen) == 3:
            raise StoppedError("enough")

    with pytest.raises(StoppedError):
        SharedEncoder(encoder, between).encode_documents(TEXTS)

    assert seen[0] == 0
    assert 0 < seen[1] < seen[2] == len(encoder.embedded) < len(TEXTS)


def test_passages_go_together_where_no_question_waits_for_them() -> None:
    encoder = SentenceEncoder()
    stops: list[int] = []
    vectors = SharedEncoder(encoder, lambda: stops.append(1)).encode_documents(TEXTS)

    assert encoder.answers_beside
    assert len(stops) == 1
    assert np.allclose(vectors, encoder.encode_documents(TEXTS), atol=1e-3)


def test_a_sync_that_embeds_nothing_loads_no_model(tmp_path: Path) -> None:
    shared = SharedEncoder(SentenceEncoder(EmbeddingOptions(model=str(tmp_path))))  # a folder without a model

    with pytest.raises(ModelError):
        shared.encode_documents(TEXTS)
