"""A cross-encoder as reranker: question and passage are read together, which is slower than vectors and surer."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from index.embedding.loading import loading
from ingest.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_BATCH = 16


class CrossEncoderRerank(BaseNodePostprocessor):
    """Passages by the score that a sentence-transformers cross-encoder gives each, 0 to 1, best first.

    The model is loaded at first use, of safetensors weights only, and none of its own code is run; ``ModelError`` when
    it cannot be.
    """

    model: str
    _loaded: Any = PrivateAttr(default=None)
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        if not nodes or query_bundle is None:
            return nodes
        question = query_bundle.query_str
        pairs = [(question, node.node.get_content(MetadataMode.EMBED)) for node in nodes]
        import torch

        with self._lock:
            if self._loaded is None:
                self._loaded = load_cross_encoder(self.model)
            scores = self._loaded.predict(
                pairs, batch_size=_BATCH, show_progress_bar=False, activation_fn=torch.nn.Sigmoid()
            )
        scored = [NodeWithScore(node=node.node, score=float(score)) for node, score in zip(nodes, scores, strict=True)]
        return sorted(scored, key=lambda node: -(node.score or 0.0))


@cache
def reranker(model: str) -> CrossEncoderRerank:
    """The reranker of a model's name or folder, one for all who search with it."""
    return CrossEncoderRerank(model=model)


def load_cross_encoder(name: str) -> CrossEncoder:
    """The model of that name or folder. Raises ``ModelError`` when it cannot be loaded or gives no single score."""
    import torch
    from sentence_transformers import CrossEncoder

    try:
        with loading() as how:
            model: CrossEncoder = CrossEncoder(
                name, device=None if torch.cuda.is_available() else "cpu", trust_remote_code=False,
                local_files_only=Path(name).is_dir(), model_kwargs=how,
            )  # fmt: skip
    except (OSError, ValueError, ImportError) as error:
        raise _unusable(name, f"could not be loaded: {str(error).splitlines()[0]}") from error
    # Given any other model, a head of random weights would be put on it, and nothing said.
    network = model.transformers_model
    made_for = (network.config.architectures if network is not None else None) or []
    if not any(kind.endswith("ForSequenceClassification") for kind in made_for) or model.num_labels != 1:
        raise _unusable(name, f"is no cross-encoder that gives one score, but of {', '.join(made_for) or 'no kind'}")
    return model


def _unusable(name: str, why: str) -> ModelError:
    return ModelError(
        f"the reranker {name!r} {why}",
        hint="check the setting search.reranker: the name or folder of a sentence-transformers CrossEncoder; "
        "leave it out for none",
    )
