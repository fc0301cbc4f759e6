"""Any extractive question-answering model of the Hugging Face kind, as a reader."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from assistant.reader.reading import Passage, Reading, Stretch, reading
from assistant.reader.second_look import read_twice
from index.embedding.loading import loading
from ingest.errors import ModelError

WINDOW_TOKENS = 384
OVERLAP_TOKENS = 64


class TransformersReader:
    """A model by name or folder: safetensors weights only, none of the model's own code is run.

    Scores are span minus null logits as the model gives them; how well they tell answerable questions is the model's
    affair: choose one trained on SQuAD 2.0.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._parts: tuple[Any, Any] | None = None

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the order given; raises ModelError where the model cannot be loaded."""
        return read_twice(self._read, question, passages)

    def _read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        if not passages:
            return []
        with self._lock:
            model, tokenizer = self._parts = self._parts or self._load()
            stretches = self._stretches(model, tokenizer, question, passages)
        return [reading(found, len(passage.text)) for found, passage in zip(stretches, passages, strict=True)]

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        try:
            with loading() as how:
                tokenizer = AutoTokenizer.from_pretrained(self._name, use_fast=True, trust_remote_code=False)
                model = AutoModelForQuestionAnswering.from_pretrained(self._name, trust_remote_code=False, **how)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The reader {self._name!r} cannot be loaded: {error}",
                hint="Set reader.model to 'bundled', 'none', or a question-answering model with safetensors weights.",
            ) from error
        return model.eval(), tokenizer

    def _stretches(self, model: Any, tokenizer: Any, question: str, passages: Sequence[Passage]) -> list[list[Stretch]]:
        import torch

        leads = [f"{passage.context}\n" if passage.context else "" for passage in passages]
        encoded = tokenizer(
            [question] * len(passages),
            [lead + passage.text for lead, passage in zip(leads, passages, strict=True)],
            truncation="only_second",
            max_length=min(WINDOW_TOKENS, tokenizer.model_max_length),
            stride=OVERLAP_TOKENS,
            padding=True,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").numpy()
        owners = encoded.pop("overflow_to_sample_mapping").tolist()
        with torch.inference_mode():
            found = model(**encoded)
        starts, ends = found.start_logits.float().numpy(), found.end_logits.float().numpy()
        stretches: list[list[Stretch]] = [[] for _ in passages]
        for i, owner in enumerate(owners):
            places = offsets[i] - len(leads[owner])
            second = np.array([segment == 1 for segment in encoded.sequence_ids(i)])
            inside = second & (places[:, 0] >= 0)
            stretches[owner].append(
                Stretch(places[inside], starts[i, inside] - starts[i, 0], ends[i, inside] - ends[i, 0], 0.0)
            )
        return stretches
