from __future__ import annotations

from pathlib import Path

import pytest
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle

from assistant.answer import Assistant
from index.nodes import node_of, postprocess
from index.rerank import load_cross_encoder, reranker
from index.search import Searcher, SearchOptions
from ingest.errors import ModelError
from tests.index.building import Built
from tests.index.models import save_encoder, save_reranker

QUESTION = "Which receipt does the Oulu office ask for?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_reranker(tmp_path_factory.mktemp("reranker") / "tiny")


@pytest.fixture
def filled(built: Built) -> Built:
    built.write({
        f"{city}.md": f"# {city}\n\nThe {city} office asks for a {kind} receipt.\n"
        for city, kind in (("Turku", "signed"), ("Oulu", "stamped"), ("Vaasa", "printed"), ("Kuopio", "scanned"))
    })  # fmt: skip
    built.sync()
    return built


def test_passages_stand_as_the_cross_encoder_scores_them(filled: Built, model: Path) -> None:
    import torch

    options = SearchOptions(reranker=str(model))
    plain = Searcher(filled.stores, filled.encoder).search(QUESTION)
    hits = Searcher(filled.stores, filled.encoder, options).search(QUESTION)

    pairs = [(QUESTION, node_of(hit).node.get_content("embed")) for hit in plain]  # type: ignore[arg-type]
    scores = load_cross_encoder(str(model)).predict(pairs, activation_fn=torch.nn.Sigmoid())
    expected = {hit.chunk.id: float(score) for hit, score in zip(plain, scores, strict=True)}
    assert [hit.chunk.id for hit in hits] == sorted(expected, key=lambda key: -expected[key])
    assert [hit.score for hit in hits] == [pytest.approx(expected[hit.chunk.id], abs=1e-4) for hit in hits]
    assert all(0 < hit.score < 1 for hit in hits)
    assert {hit.dense for hit in hits} == {hit.dense for hit in plain}, "each search's own score is kept apart"
    assert [hit.chunk.id for hit in hits] != [hit.chunk.id for hit in plain], "the weights are such that it differs"


def test_an_answer_is_found_and_cited_with_it_on(filled: Built, model: Path) -> None:
    searcher = Searcher(filled.stores, filled.encoder, SearchOptions(reranker=str(model)))
    answer = Assistant(searcher, filled.stores.ledger).answer(QUESTION)

    assert answer.outcome in ("answered", "partial")
    assert answer.citations[0].quote == "The Oulu office asks for a stamped receipt."


def test_no_more_passages_are_read_than_is_set(filled: Built, model: Path) -> None:
    searcher = Searcher(filled.stores, filled.encoder, SearchOptions(reranker=str(model), reranked=2))
    plain = Searcher(filled.stores, filled.encoder).search(QUESTION)

    assert {hit.chunk.id for hit in searcher.search(QUESTION, k=2)} == {hit.chunk.id for hit in plain[:2]}


def test_a_question_that_leans_is_read_with_what_it_leans_on(filled: Built) -> None:
    seen: list[str] = []
    Telling.seen = seen
    options = SearchOptions(postprocessors=("tests.index.test_rerank:Telling",))
    searcher = Searcher(filled.stores, filled.encoder, options)
    searcher.search("and in Oulu?", ["Which receipt does the Turku office ask for?"])
    searcher.search("Which receipt does the Oulu office want?", ["Who works there?"])

    assert seen == [
        "Which receipt does the Turku office ask for?\nand in Oulu?",
        "Which receipt does the Oulu office want?",
    ]


class Telling(BaseNodePostprocessor):
    """Keeps the questions that it is given, and scores passages from the last to the first, below 0 too."""

    seen: list[str] = []  # noqa: RUF012  # a field of a pydantic model

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        assert query_bundle
        Telling.seen.append(query_bundle.query_str)
        return [NodeWithScore(node=node.node, score=float(-n)) for n, node in enumerate(reversed(nodes))]


def test_scores_below_zero_keep_their_order_and_become_shares(filled: Built) -> None:
    hits = postprocess(filled.searcher.search(QUESTION), QUESTION, [Telling()])

    assert len(hits) == 4
    assert all(0 < hit.score < 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_model_that_cannot_rerank_is_said_with_the_setting(tmp_path: Path, filled: Built) -> None:
    encoder = save_encoder(tmp_path / "encoder")
    (tmp_path / "empty").mkdir()
    pickled = save_reranker(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    for folder, told in (
        (encoder, "is no cross-encoder that gives one score, but of BertModel"),
        (tmp_path / "empty", "could not be loaded: "),
        (pickled, "could not be loaded: "),
    ):
        searcher = Searcher(filled.stores, filled.encoder, SearchOptions(reranker=str(folder)))
        with pytest.raises(ModelError) as caught:
            searcher.search(QUESTION)
        assert caught.value.message.startswith(f"the reranker {str(folder)!r} {told}")
        assert "search.reranker" in caught.value.hint
        answer = Assistant(searcher, filled.stores.ledger).answer(QUESTION)
        assert (answer.outcome, answer.citations) == ("failed", ())
        assert "search.reranker" in answer.text


def test_one_model_is_shared_by_all_who_search_with_it(model: Path) -> None:
    assert reranker(str(model)) is reranker(str(model))
