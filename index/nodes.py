"""llama-index's plug sockets: hits as nodes that any of its post-processors can rerank, and an embedder."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from math import exp
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import PrivateAttr

from index.embedding.vectors import Encoder, Vectors
from index.types import Hit
from ingest.errors import SettingsError


class EncoderEmbedding(BaseEmbedding):
    """An ``Encoder`` as llama-index's ``BaseEmbedding``: queries and texts are encoded apart, as their model has it."""

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.recipe)
        self._encoder = encoder

    def _get_query_embedding(self, query: str) -> list[float]:
        return _floats(self._encoder.encode_queries([query])[0])

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return _floats(self._encoder.encode_documents([text])[0])

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [_floats(vector) for vector in self._encoder.encode_documents(texts)]


def _floats(vector: Vectors) -> list[float]:
    return [float(value) for value in vector]


def node_of(hit: Hit) -> NodeWithScore:
    """A hit as llama-index passes it around. Its node's id is the chunk's."""
    chunk = hit.chunk
    metadata = {"url": chunk.url, "title": chunk.title, "section": " > ".join(chunk.heading_path)}
    node = TextNode(
        id_=chunk.id, text=chunk.text, metadata=metadata, start_char_idx=chunk.start, end_char_idx=chunk.end,
        excluded_embed_metadata_keys=["url"], excluded_llm_metadata_keys=["url"],
    )  # fmt: skip
    return NodeWithScore(node=node, score=hit.score)


def postprocess(hits: Sequence[Hit], query: str, postprocessors: Iterable[BaseNodePostprocessor]) -> list[Hit]:
    """The hits as the post-processors leave them: their order, their scores, and only those they keep.

    Scores that are not all above 0, as many rerankers give them, go through the logistic function: what comes after
    weighs a passage by its share of the best one's.
    """
    chain = list(postprocessors)
    if not chain:
        return list(hits)
    nodes = [node_of(hit) for hit in hits]
    for processor in chain:
        nodes = processor.postprocess_nodes(nodes, query_str=query)
    by_id = {hit.chunk.id: hit for hit in hits}
    kept = [(by_id[node.node_id], float(node.score or 0.0)) for node in nodes if node.node_id in by_id]
    squashed = any(score <= 0 for _, score in kept)
    return [dataclasses.replace(hit, score=_logistic(score) if squashed else score) for hit, score in kept]


def _logistic(score: float) -> float:
    return 1 / (1 + exp(-max(-60.0, min(60.0, score))))


@cache
def load_postprocessor(name: str) -> BaseNodePostprocessor:
    """The post-processor named ``module:Class``, made with its defaults. Raises ``SettingsError``."""
    module, _, attribute = name.partition(":")
    hint = "write search.postprocessors as a list of module:Class names of installed llama-index post-processors"
    try:
        found: Any = getattr(import_module(module), attribute)()
    except Exception as error:
        raise SettingsError(f"the post-processor {name!r} could not be loaded: {error}", hint=hint) from error
    if not isinstance(found, BaseNodePostprocessor):
        raise SettingsError(f"{name!r} is no llama-index post-processor", hint=hint)
    return found
