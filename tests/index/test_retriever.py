from __future__ import annotations

from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.schema import TextNode

from index.retriever import HybridRetriever
from tests.index.building import Built
from tests.loops import run

QUESTION = "Which receipt does the Oulu office ask for?"


def written(built: Built) -> HybridRetriever:
    built.write({f"{city}.md": f"# {city}\n\nThe {city} office asks for a receipt.\n" for city in ("Turku", "Oulu")})
    built.sync()
    return HybridRetriever(built.searcher, k=2)


def test_nodes_are_the_hits_of_the_search_with_exact_offsets(built: Built) -> None:
    nodes = written(built).retrieve(QUESTION)
    hits = built.searcher.search(QUESTION, k=2)

    assert [(node.node_id, node.score) for node in nodes] == [(hit.chunk.id, hit.score) for hit in hits]
    for node in nodes:
        assert isinstance(node.node, TextNode)
        document = built.stores.ledger.documents(built.stores.ledger.collection, [node.metadata["url"]])
        text = document[node.metadata["url"]].text
        assert text[node.node.start_char_idx : node.node.end_char_idx] == node.node.text


def test_a_post_processor_of_llama_index_takes_them(built: Built) -> None:
    nodes = written(built).retrieve(QUESTION)
    best, second = (node.score or 0.0 for node in nodes)
    kept = SimilarityPostprocessor(similarity_cutoff=(best + second) / 2).postprocess_nodes(nodes)

    assert [node.metadata["url"] for node in kept] == ["Oulu.md"]


def test_it_answers_who_waits_in_an_event_loop(built: Built) -> None:
    retriever = written(built)

    assert [node.node_id for node in run(retriever.aretrieve(QUESTION))] == [
        node.node_id for node in retriever.retrieve(QUESTION)
    ]
