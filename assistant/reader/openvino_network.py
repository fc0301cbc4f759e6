"""The bundled reader's network in OpenVINO: where the processor does 8 bits, at about six times the speed of torch.

The graph is written out instead of being shipped: both ways to run then share one weights file.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from assistant.reader.bundle import Bundle
from assistant.reader.layout import Inputs, Scores
from index.embedding.bert import HIDDEN, BertGraph
from index.embedding.loading import load_openvino


class OpenVinoNetwork:
    """The network compiled for this processor, for several threads: each core runs a batch of its own.

    A batch that all cores share has them wait for each other at every layer: 100 ms of processor time for ten passages
    on two cores, 85 to 93 so. A question's own two batches still run side by side.
    """

    def __init__(self, bundle: Bundle) -> None:
        openvino = load_openvino()
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        model = _model(BertGraph(bundle.bert), bundle)
        config = {"NUM_STREAMS": str(cores), "INFERENCE_NUM_THREADS": str(cores)}
        compiled = openvino.Core().compile_model(model, "CPU", config)
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(cores):
            self._idle.put(compiled.create_infer_request())

    def __call__(self, batches: Sequence[Inputs]) -> list[Scores]:
        """The scores of each batch."""
        scores: dict[int, Scores] = {}
        running: deque[tuple[int, Any]] = deque()
        try:
            for number, inputs in enumerate(batches):
                request = self._next(running, scores)
                request.start_async([inputs.ids, inputs.mask, inputs.types, inputs.spans])
                running.append((number, request))
            while running:
                self._idle.put(_collect(running, scores))
        finally:
            for _, request in running:  # of a call that failed
                request.wait()
                self._idle.put(request)
        return [scores[number] for number in range(len(batches))]

    def _next(self, running: deque[tuple[int, Any]], scores: dict[int, Scores]) -> Any:
        """An idle request. Who has some running waits for the first of those rather than for what others hold."""
        try:
            return self._idle.get(block=not running)
        except Empty:
            return _collect(running, scores)


def _collect(running: deque[tuple[int, Any]], scores: dict[int, Scores]) -> Any:
    """Wait for the first of the requests and note what it found; it is idle then."""
    number, request = running[0]
    request.wait()
    starts, ends, verdict = (np.array(request.get_output_tensor(place).data) for place in range(3))
    scores[number] = (starts, ends, verdict)
    running.popleft()
    return request


def _model(graph: BertGraph, bundle: Bundle) -> Any:
    """An openvino.Model over inputs [B, L] with outputs starts, ends [B, L] and verdict [B]."""
    ops = graph.ops
    ids, types = (ops.parameter([-1, -1], np.int64, name=name) for name in ("ids", "types"))
    mask, spans = (ops.parameter([-1, -1], np.float32, name=name) for name in ("mask", "spans"))
    hidden = graph.hidden(ids, types, mask)
    weight, bias = bundle.span
    logits = ops.add(ops.matmul(hidden, ops.constant(weight), False, True), ops.constant(bias))
    closed = graph.closed(spans)
    starts, ends = (ops.gather(logits, ops.constant(n), ops.constant(2)) for n in (0, 1))
    # the verifier reads the first token and what the heads point to inside the passage
    first_column = ops.convert(ops.equal(graph.places(ids), ops.constant(np.int64(0))), "f32")
    inside = ops.add(closed, ops.constant(HIDDEN) * first_column)
    parts = [ops.gather(hidden, ops.constant(0), ops.constant(1))]
    for one in (starts, ends):
        weights = ops.unsqueeze(ops.softmax(ops.add(one, inside), 1), ops.constant(1))
        parts.append(ops.squeeze(ops.matmul(weights, hidden, False, False), ops.constant(1)))
    first, first_bias, second, second_bias = (ops.constant(array) for array in bundle.verify)
    verdict = ops.gelu(ops.add(ops.matmul(ops.concat(parts, 1), first, False, True), first_bias), "erf")
    verdict = ops.squeeze(ops.add(ops.matmul(verdict, second, False, True), second_bias), ops.constant(1))
    outputs = [ops.add(starts, closed), ops.add(ends, closed), verdict]
    return load_openvino().Model(outputs, [ids, mask, types, spans], "reader")
