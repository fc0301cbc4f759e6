from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.embedding.encoder import bundled_model
from index.embedding.openvino_model import OpenVinoModel
from index.embedding.torch_model import TorchModel
from index.embedding.vectors import Vectors
from ingest.blocks import read_blocks
from ingest.types import Document

QUESTIONS = ["When can I take parental leave?", "Who can help with my thesis", "opening hours saturday", "a", ""]


@pytest.fixture(scope="module")
def model() -> OpenVinoModel:
    return OpenVinoModel(bundled_model())


@pytest.fixture(scope="module")
def exact() -> TorchModel:
    """The published weights in 32 bits."""
    found = TorchModel(bundled_model())
    found.model.float()
    return found


@pytest.fixture(scope="module")
def passages(corpus_documents: list[Document]) -> list[str]:
    """The paragraphs and items of the shipped pages."""
    return [document.text[b.start : b.end] for document in corpus_documents for b in read_blocks(document)]


def cosines(found: Vectors, wanted: Vectors) -> Sequence[float]:
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(wanted, axis=1)
    return list((found * wanted).sum(axis=1) / lengths)


def test_eight_bits_point_where_thirty_two_do(model: OpenVinoModel, exact: TorchModel, passages: list[str]) -> None:
    texts = passages + QUESTIONS[:4]
    near = cosines(model.encode_documents(texts, ""), exact.encode_documents(texts, ""))

    assert len(texts) > 50
    assert np.mean(near) > 0.996
    assert min(near) > 0.98


def test_in_floats_the_rounded_weights_give_what_the_published_ones_do(exact: TorchModel) -> None:
    floats = OpenVinoModel(bundled_model(), eight_bits=False)
    texts = ["When can I take parental leave?", "The library is open on Saturdays from 10 to 16.", "Invoices " * 40]

    assert min(cosines(floats.encode_documents(texts, ""), exact.encode_documents(texts, ""))) > 0.996


def test_what_is_near_stays_near(model: OpenVinoModel, exact: TorchModel, passages: list[str]) -> None:
    """The order of the passages for a question, by 8 and by 32 bits: the nearest is among the nearest two."""
    for question in QUESTIONS[:3]:
        eight, exactly = (
            np.argsort(-np.array(cosines(one.encode_documents(passages, ""), one.encode_queries([question], None))))
            for one in (model, exact)
        )
        assert exactly[0] in eight[:2]


def test_length_is_counted_as_the_other_way_to_run_it_counts(model: OpenVinoModel, exact: TorchModel) -> None:
    texts = [*QUESTIONS, "word " * 300, "x" * 500, "漢字かな"]
    assert model.count(texts) == exact.count(texts)
    assert (model.window, model.dimensions) == (exact.window, exact.dimensions) == (256, 384)


def test_a_text_beyond_the_window_is_read_as_far_as_it_goes(model: OpenVinoModel) -> None:
    long, longer = model.encode_documents(["word " * 254, "word " * 5_000], "")
    assert np.allclose(long, longer, atol=1e-3)


def test_a_prompt_is_read_before_the_text(model: OpenVinoModel) -> None:
    with_prompt, written_out, without = (
        model.encode_documents([text], prompt)[0]
        for text, prompt in (("leave", "ask: "), ("ask: leave", ""), ("leave", ""))
    )
    assert np.array_equal(with_prompt, written_out)
    assert not np.allclose(with_prompt, without, atol=1e-2)


def test_many_may_ask_at_once_while_passages_are_embedded(model: OpenVinoModel, passages: list[str]) -> None:
    alone = model.encode_queries(QUESTIONS[:1], None)
    with ThreadPoolExecutor(6) as pool:
        bulk = pool.submit(model.encode_documents, passages * 4, "")
        asked = [pool.submit(model.encode_queries, QUESTIONS[:1], None) for _ in range(40)]
        for one in asked:
            assert np.allclose(one.result(), alone, atol=1e-4)
        assert min(cosines(bulk.result()[: len(passages)], bulk.result()[-len(passages) :])) > 0.999


def test_a_batch_that_lacks_few_tokens_has_the_shape_of_the_others(
    model: OpenVinoModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[int] = []
    infer = model._infer

    def noted(batch: Sequence[Sequence[int]]) -> Vectors:
        rows.append(len(batch))
        return infer(batch)

    monkeypatch.setattr(model, "_infer", noted)
    short = model.encode_documents(["Who keeps the keys?"] * 18, "")
    assert rows == [16, 16]
    assert short.shape == (18, model.dimensions)
    alone = model.encode_documents(["Who keeps the keys?"], "")[0]
    assert all(np.allclose(vector, alone, atol=1e-5) for vector in short)
    rows.clear()
    model.encode_documents(["word " * 150] * 17, "")
    assert sorted(rows) == [1, 16]
