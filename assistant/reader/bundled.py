"""A small extractive reader: finds in retrieved passages the words that answer a question, and says how sure it is.

The bundled one is all-MiniLM-L6-v2 trained on SQuAD 2.0 (see `training/README.md`); any extractive question-answering
model of the Hugging Face kind can stand in for it.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.reader.bundle import SHA256, WEIGHTS, Bundle, Odds, load_bundle
from assistant.reader.layout import Inputs, Scores, Window, load_tokenizer, stack, windows
from assistant.reader.reading import Passage, Reader, Reading, Stretch, reading
from assistant.reader.second_look import read_twice

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

__all__ = ["BundledReader", "Passage", "Reader", "Reading", "load_reader"]

WINDOW_TOKENS = 256
BATCH = 5  # windows of like length; ten passages in two halves cost a tenth less than padded all to the longest
PAD_TO = 16  # tokens; few shapes, so OpenVINO seldom prepares its kernels anew


class Network(Protocol):
    """Scores batches of windows. Called by several threads."""

    def __call__(self, batches: Sequence[Inputs]) -> list[Scores]: ...


def load_reader(name: str) -> Reader | None:
    """The reader that the setting `reader.model` names: "bundled", a Hugging Face model's name or folder, or "none".

    Weights are loaded at the first question. For "none", None.
    """
    if name == "none":
        return None
    if name == "bundled":
        return BundledReader()
    from assistant.reader.transformers_model import TransformersReader

    return TransformersReader(name)


class BundledReader:
    """The reader whose weights are in this package: by OpenVINO where it is installed, else by torch."""

    def __init__(self, weights: Path = WEIGHTS, sha256: str | None = SHA256, *, engine: str | None = None) -> None:
        """`engine` is "openvino" or "torch"; None takes what is installed. `sha256` None skips that check."""
        self._weights, self._sha256 = weights, sha256
        self._engine = engine or ("openvino" if importlib.util.find_spec("openvino") else "torch")
        self._lock = threading.Lock()
        self._parts: tuple[Network, Tokenizer, Odds] | None = None

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the order given; raises ModelError where the weights are not as shipped."""
        return read_twice(self._read, question, passages)

    def _read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        if not passages:
            return []
        with self._lock:
            network, tokenizer, odds = self._parts = self._parts or self._load()
        rows = [
            (n, row)
            for n, passage in enumerate(passages)
            for row in windows(tokenizer, question, passage.context, passage.text, WINDOW_TOKENS)
        ]
        rows.sort(key=lambda pair: len(pair[1].ids))
        batches = [rows[low : low + BATCH] for low in range(0, len(rows), BATCH)]
        stretches: list[list[Stretch]] = [[] for _ in passages]
        # The longest first: what is left to the end then keeps a core from idling for the shortest time.
        scored = network([stack([row for _, row in part], PAD_TO) for part in reversed(batches)])[::-1]
        for part, scores in zip(batches, scored, strict=True):
            for i, (n, row) in enumerate(part):
                stretches[n].append(_stretch(row, scores[0][i], scores[1][i], float(scores[2][i]), odds))
        return [reading(found, len(passage.text)) for found, passage in zip(stretches, passages, strict=True)]

    def _load(self) -> tuple[Network, Tokenizer, Odds]:
        bundle = load_bundle(self._weights, self._sha256)
        return _network(bundle, self._engine), load_tokenizer(), bundle.odds


def _network(bundle: Bundle, engine: str) -> Network:
    if engine == "openvino":
        from assistant.reader.openvino_network import OpenVinoNetwork

        return OpenVinoNetwork(bundle)
    from assistant.reader.torch_network import TorchNetwork

    return TorchNetwork(bundle)


def _stretch(
    row: Window, starts: NDArray[np.float32], ends: NDArray[np.float32], verdict: float, odds: Odds
) -> Stretch:
    inside = slice(row.first, row.first + len(row.offsets))
    return Stretch(
        np.array(row.offsets, np.int64).reshape(-1, 2),
        odds.margin * (starts[inside] - starts[0]),
        odds.margin * (ends[inside] - ends[0]),
        odds.verdict * verdict + odds.offset,
    )
