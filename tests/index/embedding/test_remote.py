from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from index.embedding.choosing import open_encoder
from index.embedding.options import EmbeddingOptions
from index.embedding.remote import estimated_tokens
from index.embedding.vectors import Encoder
from ingest.errors import ModelError, SettingsError
from tests.embeddings import KEY, Answer, Embeddings
from tests.index.building import BundledCounter


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Embeddings]:
    monkeypatch.setenv("EMBEDDINGS_KEY", KEY)
    monkeypatch.setattr("index.embedding.remote._RETRIES", 0)
    with Embeddings().running() as running:
        yield running


def encoder(server: Embeddings, **options: object) -> Encoder:
    given = {"url": server.url, "model": "hashed-words", "api_key_env": "EMBEDDINGS_KEY", **options}
    return open_encoder(EmbeddingOptions.model_validate(given))


def test_texts_get_the_servers_vectors_in_their_order(server: Embeddings) -> None:
    texts = [f"page {number} of many" for number in range(70)]
    vectors = encoder(server).encode_documents(texts)

    assert vectors.dtype == np.float32
    assert np.allclose(vectors, server.model.encode_documents(texts))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert [len(body["input"]) for body in server.asked] == [32, 32, 6]
    assert {body["model"] for body in server.asked} == {"hashed-words"}
    assert server.keys == {f"Bearer {KEY}"}
    assert len(encoder(server).encode_documents([])) == 0


def test_prompts_stand_before_what_they_are_for(server: Embeddings) -> None:
    made = encoder(server, query_prompt="query: ", document_prompt="passage: ", window=100)
    made.encode_queries(["one"])
    made.encode_documents(["two"])
    assert [body["input"] for body in server.asked] == [["query: one"], ["passage: two"]]
    assert made.window < 100


def test_the_recipe_tells_models_apart(server: Embeddings) -> None:
    recipes = {
        encoder(server, **options).recipe
        for options in ({}, {"model": "other"}, {"document_prompt": "passage: "}, {"window": 256})
    }
    assert len(recipes) == 4
    assert encoder(server).recipe == encoder(server, query_prompt="query: ", url="http://127.0.0.1:1/v1").recipe


@pytest.mark.parametrize(
    ("status", "answer", "message", "hint"),
    [
        (401, {}, "refused the key", "check the variable that embedding.api_key_env names"),
        (404, {}, "knows no 'hashed-words'", "check embedding.model and embedding.url"),
        (413, {}, "refused a text (HTTP 413)", "check embedding.window against what the model reads"),
        (429, {}, "is overloaded (HTTP 429)", "try again later"),
        (503, {}, "is overloaded (HTTP 503)", "try again later"),
        (200, {"error": "no"}, "does not speak OpenAI's protocol", "check the setting embedding.url"),
        (200, {"data": [{"index": 1, "embedding": [1.0]}]}, "gave 1 vectors for 1 texts", "embedding.model"),
        (200, {"data": [{"index": 0, "embedding": [0.0]}]}, "gave vectors that are none", "embedding.model"),
    ],
)
def test_what_is_wrong_is_said_without_the_key(
    server: Embeddings, status: int, answer: dict[str, object], message: str, hint: str
) -> None:
    server.answer = lambda _: (status, {**answer, "message": KEY})
    with pytest.raises(ModelError) as caught:
        encoder(server).encode_queries(["anything"])
    assert caught.value.message.startswith(f"the embeddings server at {server.url!r} ")
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert KEY not in caught.value.message + caught.value.hint


def test_a_server_that_is_not_there_is_said(server: Embeddings) -> None:
    with pytest.raises(ModelError, match="cannot be reached"):
        encoder(server, url="http://127.0.0.1:1/v1").encode_queries(["anything"])


def test_a_failure_that_passes_is_not_noticed(server: Embeddings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.embedding.remote._RETRIES", 2)
    failures: Iterator[Answer] = iter([(503, {}), (429, {})])
    server.answer = lambda body: next(failures, None) or server.embed(body)
    assert encoder(server).encode_documents(["anything"]).shape == (1, 256)
    failures = iter([(503, {})])  # somebody waits for a question: it is tried twice
    assert encoder(server).encode_queries(["anything"]).shape == (1, 256)


def test_a_key_that_is_not_set_and_a_model_that_is_not_named(server: Embeddings) -> None:
    with pytest.raises(SettingsError) as caught:
        encoder(server, api_key_env="NO_SUCH_KEY")
    assert caught.value.message == "embedding.api_key_env names 'NO_SUCH_KEY', which is not set"
    with pytest.raises(ValidationError, match="url needs a model beside it"):
        EmbeddingOptions(url=server.url)


def test_lengths_are_estimated_rather_too_long(corpus: Path, minilm_counter: BundledCounter) -> None:
    texts = []
    for path in corpus.glob("*.txt"):
        words = path.read_text("utf-8").split()
        texts += [" ".join(words[first : first + 110]) for first in range(0, len(words), 110)]
    assert len(texts) > 10
    known = minilm_counter.count(texts)
    ratios = sorted((estimated_tokens(text) + 2) / count for text, count in zip(texts, known, strict=True))
    assert ratios[len(ratios) // 100] > 0.9
    assert 1 < ratios[len(ratios) // 2] < 1.8
    assert estimated_tokens("") == 0
    assert estimated_tokens("日本語の文") >= 5
    assert estimated_tokens("12 345,67 €") >= 8


def test_real_words_are_known_and_slips_are_not(server: Embeddings) -> None:
    made = encoder(server)
    assert made.is_word("library")
    assert not made.is_word("libarry")


def test_a_question_while_another_thread_imports_what_the_library_looks_for(tmp_path: Path) -> None:
    """Of servers that had just started, one in three answered a question with "does not speak OpenAI's protocol"."""
    (tmp_path / "httpx2.py").write_text("import time\ntime.sleep(2)\nfrom httpx import *\n")
    program = (
        "import sys, threading, time\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "from index.embedding.options import EmbeddingOptions\n"
        "from index.embedding.remote import RemoteEncoder\n"
        "from ingest.errors import ModelError\n"
        "import openai\n"
        "threading.Thread(target=lambda: __import__('httpx2')).start()\n"
        "time.sleep(0.2)\n"
        "assert 'httpx2' in sys.modules and not hasattr(sys.modules['httpx2'], 'Client')\n"
        "try:\n"
        "    RemoteEncoder(EmbeddingOptions(url='http://127.0.0.1:9/v1', model='m', window=64)).encode_queries(['x'])\n"
        "except ModelError as error:\n"
        "    print(error.message)\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert told.stdout == "the embeddings server at 'http://127.0.0.1:9/v1' cannot be reached\n", told.stderr
