"""The bundled model in OpenVINO: with VNNI, in 8 bits, at five to six times the speed of torch in bfloat16."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from index.embedding.bert import BertGraph
from index.embedding.eight_bit import CALIBRATION, read_tensors, rounded_bert
from index.embedding.line_tokens import LineTokens
from index.embedding.loading import load_openvino
from index.embedding.pool import EncodingPool
from index.embedding.vectors import Vectors

_ROWS = 16  # texts in a batch, at most
_SPARE = 640  # tokens that a batch may be filled up with: what a batch of another shape than any before takes longer
_STEP = 16  # tokens that a row's length is rounded up to: with AMX, 120 tokens take longer than 128 do


class OpenVinoModel:
    """The model's files, compiled for this processor. Any number of threads may ask at once."""

    prompts: Mapping[str, str | None] = MappingProxyType({})
    answers_beside = True

    def __init__(self, folder: Path, *, eight_bits: bool | None = None) -> None:
        """``eight_bits``: whether it multiplies in 8 bits; None where the processor adds those up without overflow."""
        from tokenizers import Tokenizer

        self.window = int(json.loads((folder / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"])
        self._tokens = LineTokens(Tokenizer.from_file(str(folder / "tokenizer.json")))
        bert = rounded_bert(read_tensors(folder / "model.safetensors"), read_tensors(CALIBRATION))
        self.dimensions = bert.words.shape[1]
        compiled = _compiled(BertGraph(bert, eight_bits=eight_bits))
        jobs = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # Passages take one more than there are workers, as few of them go past the pool; one is left for a question.
        for _ in range(jobs + 2):
            self._requests.put(compiled.create_infer_request())
        self._pool = EncodingPool(self._infer_filled, self.dimensions, workers=jobs, rows=_ROWS, step=_STEP)

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has, special tokens included."""
        return [len(row) for row in self._tokens.rows(texts)]

    def encode_documents(
        self, texts: Sequence[str], prompt: str, between: Callable[[], None] = lambda: None
    ) -> Vectors:
        """Vectors of passages, shape (len(texts), dimensions)."""
        rows = self._tokens.rows([prompt + text for text in texts], self.window)
        return self._infer(rows) if 0 < len(rows) <= _ROWS else self._pool.vectors(rows, between)

    def encode_queries(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        """Vectors of questions, shape (len(texts), dimensions)."""
        rows = self._tokens.rows([(prompt or "") + text for text in texts], self.window)
        found = np.zeros((len(rows), self.dimensions), np.float32)
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        for part in (order[first : first + _ROWS] for first in range(0, len(order), _ROWS)):
            found[part] = self._infer([rows[place] for place in part])
        return found

    def _infer_filled(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """As ``_infer``, but in a batch of the shape that the others have, where few tokens make it one."""
        missing = _ROWS - len(rows)
        filled = [*rows, *[rows[-1][:1]] * missing] if missing * _rounded(rows) <= _SPARE else rows
        return self._infer(filled)[: len(rows)]

    def _infer(self, rows: Sequence[Sequence[int]]) -> Vectors:
        length = _rounded(rows)
        ids, mask = np.zeros((len(rows), length), np.int64), np.zeros((len(rows), length), np.float32)
        for row, tokens in enumerate(rows):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        with self._request() as request:
            return np.array(next(iter(request.infer([ids, mask]).values())), np.float32)

    @contextmanager
    def _request(self) -> Iterator[Any]:
        request = self._requests.get()
        try:
            yield request
        finally:
            self._requests.put(request)


def _rounded(rows: Sequence[Sequence[int]]) -> int:
    return -(-max(map(len, rows)) // _STEP) * _STEP


def _compiled(graph: BertGraph) -> Any:
    """The mean of the last layer over a text's tokens [B, width], for inputs ids and mask [B, L]."""
    openvino = load_openvino()

    ops = graph.ops
    ids = ops.parameter([-1, -1], np.int64, name="ids")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    types = ops.multiply(ids, ops.constant(np.int64(0)))
    row = ops.unsqueeze(mask, ops.constant(np.array([1])))
    total = ops.squeeze(ops.matmul(row, graph.hidden(ids, types, mask), False, False), ops.constant(np.array([1])))
    mean = ops.divide(total, ops.reduce_sum(mask, ops.constant(np.array([1])), True))
    model = openvino.Model([mean], [ids, mask], "encoder")
    return openvino.Core().compile_model(model, "CPU", {"PERFORMANCE_HINT": "THROUGHPUT"})
