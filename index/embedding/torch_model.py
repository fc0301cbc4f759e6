"""Any sentence-transformers model, in torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.loading import loading
from index.embedding.processor import quicken
from index.embedding.vectors import Vectors

_BATCH = 32


class TorchModel:
    """A sentence-transformers model by its folder or its name on a model hub; one caller at a time.

    Raises ``OSError``, ``ValueError`` or ``ImportError`` when it cannot be loaded.
    """

    answers_beside = False

    def __init__(self, name: str | Path) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        self._lock = threading.Lock()
        with loading() as how:
            self.model: Any = SentenceTransformer(
                str(name), device=None if torch.cuda.is_available() else "cpu", trust_remote_code=False,
                local_files_only=Path(name).is_dir(), model_kwargs=how,
            )  # fmt: skip
        quicken(self.model)
        self.window = int(self.model.max_seq_length or 512)
        self.dimensions = int(self.model.get_embedding_dimension() or 0)
        self._counting = _uncut(self.model.tokenizer)
        self.prompts: Mapping[str, str | None] = self.model.prompts

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special tokens included."""
        if self._counting is None:
            return [len(ids) for ids in self.model.tokenizer(list(texts), truncation=False)["input_ids"]]
        return [len(encoding.ids) for encoding in self._counting.encode_batch_fast(list(texts))]

    def encode_documents(
        self, texts: Sequence[str], prompt: str, between: Callable[[], None] = lambda: None
    ) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions); ``between`` is called once."""
        between()
        return self._encode(self.model.encode_document, texts, prompt)

    def encode_queries(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions); without a prompt the model's own is put before them."""
        return self._encode(self.model.encode_query, texts, prompt)

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str | None) -> Vectors:
        with self._lock:
            vectors = encode(
                list(texts), prompt=prompt, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True
            )
        return np.asarray(vectors, np.float32)


def _uncut(tokenizer: Any) -> Any:
    """A tokenizer of one's own that neither cuts nor pads, or None where the model's is not of the fast kind."""
    from tokenizers import Tokenizer

    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return None
    own = Tokenizer.from_str(backend.to_str())
    own.no_truncation()
    own.no_padding()
    return own
