"""The search as llama-index's ``BaseRetriever``."""

from __future__ import annotations

from collections.abc import Sequence

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from index.nodes import node_of
from index.search import Searcher


class HybridRetriever(BaseRetriever):
    """A ``BaseRetriever`` over a ``Searcher``: ``NodeWithScore`` out, best first, ``k`` of them at most."""

    def __init__(self, searcher: Searcher, k: int = 10, history: Sequence[str] = ()) -> None:
        super().__init__()
        self._searcher = searcher
        self._k = k
        self._history = tuple(history)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [node_of(hit) for hit in self._searcher.search(query_bundle.query_str, self._history, self._k)]
