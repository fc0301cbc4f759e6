from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embedding.encoder import SentenceEncoder
from index.embedding.options import EmbeddingOptions
from index.embedding.vectors import Vectors
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


def test_passages_go_together_where_no_question_waits_for_them_and_can_be_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoder = SentenceEncoder()
    given: list[int] = []
    encode = encoder.model.encode_documents

    def noting(texts: Sequence[str], *others: object) -> Vectors:
        given.append(len(texts))
        return encode(texts, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(encoder.model, "encode_documents", noting)
    vectors = SharedEncoder(encoder).encode_documents(TEXTS)

    assert encoder.answers_beside
    assert given == [len(TEXTS)]
    assert np.allclose(vectors, encoder.encode_documents(TEXTS), atol=1e-3)

    def stop() -> None:
        raise StoppedError("enough")

    with pytest.raises(StoppedError):
        SharedEncoder(encoder, stop).encode_documents([f"{'word ' * 200} {number}" for number in range(2_000)])


def test_a_sync_that_embeds_nothing_loads_no_model(tmp_path: Path) -> None:
    shared = SharedEncoder(SentenceEncoder(EmbeddingOptions(model=str(tmp_path))))  # a folder without a model

    with pytest.raises(ModelError):
        shared.encode_documents(TEXTS)
