"""The bundled reader's network in OpenVINO: 8-bit multiplications on the processor, about six times torch's speed.

The graph is written out here instead of being shipped: both ways to run then share one weights file.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np

from assistant.reader_bundle import Bundle, Layer, Linear, Norm
from assistant.reader_layout import Inputs, Scores
from index.loading import load_openvino

CLOSED = -1e4
EPSILON = 1e-12


class OpenVinoNetwork:
    """The network compiled for this processor, for several threads: each core runs a batch of its own.

    A batch that all cores share has them wait for each other at every layer: 100 ms of processor time for ten passages
    on two cores, 85 to 93 so. A question's own two batches still run side by side.
    """

    def __init__(self, bundle: Bundle) -> None:
        openvino = load_openvino()
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        model = _Graph(bundle).model()
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


class _Graph:
    """Builds the network's graph node by node, in the order that data takes."""

    def __init__(self, bundle: Bundle) -> None:
        self.ops: Any = load_openvino().opset13
        self.bundle = bundle

    def model(self) -> Any:
        """An openvino.Model over inputs [B, L] with outputs starts, ends [B, L] and verdict [B]."""
        openvino = load_openvino()
        ops, bundle = self.ops, self.bundle
        ids, types = (ops.parameter([-1, -1], np.int64, name=name) for name in ("ids", "types"))
        mask, spans = (ops.parameter([-1, -1], np.float32, name=name) for name in ("mask", "spans"))
        hidden = self._embedded(ids, types)
        hide = ops.unsqueeze(self._closed(mask), ops.constant(np.array([1, 2])))
        for layer in bundle.layers:
            hidden = self._layer(hidden, hide, layer)
        weight, bias = bundle.span
        logits = ops.add(ops.matmul(hidden, ops.constant(weight), False, True), ops.constant(bias))
        closed = self._closed(spans)
        starts, ends = (ops.gather(logits, ops.constant(n), ops.constant(2)) for n in (0, 1))
        # the verifier reads the first token and what the heads point to inside the passage
        not_here = ops.constant(np.float32(CLOSED)) * self._first_column(ids)
        inside = ops.add(closed, not_here)
        parts = [ops.gather(hidden, ops.constant(0), ops.constant(1))]
        for one in (starts, ends):
            weights = ops.unsqueeze(ops.softmax(ops.add(one, inside), 1), ops.constant(1))
            parts.append(ops.squeeze(ops.matmul(weights, hidden, False, False), ops.constant(1)))
        first, first_bias, second, second_bias = (ops.constant(array) for array in bundle.verify)
        verdict = ops.gelu(ops.add(ops.matmul(ops.concat(parts, 1), first, False, True), first_bias), "erf")
        verdict = ops.squeeze(ops.add(ops.matmul(verdict, second, False, True), second_bias), ops.constant(1))
        outputs = [ops.add(starts, closed), ops.add(ends, closed), verdict]
        return openvino.Model(outputs, [ids, mask, types, spans], "reader")

    def _closed(self, opened: Any) -> Any:
        ops = self.ops
        one, closed = ops.constant(np.float32(1.0)), ops.constant(np.float32(CLOSED))
        return ops.multiply(ops.subtract(one, opened), closed)

    def _length(self, ids: Any) -> Any:
        return self.ops.gather(self.ops.shape_of(ids), self.ops.constant(1), self.ops.constant(0))

    def _places(self, ids: Any) -> Any:
        ops = self.ops
        return ops.range(ops.constant(np.int64(0)), self._length(ids), ops.constant(np.int64(1)), "i64")

    def _first_column(self, ids: Any) -> Any:
        return self.ops.convert(self.ops.equal(self._places(ids), self.ops.constant(np.int64(0))), "f32")

    def _embedded(self, ids: Any, types: Any) -> Any:
        ops, bundle = self.ops, self.bundle
        axis = ops.constant(0)
        words = ops.gather(ops.constant(bundle.words), ids, axis)
        kinds = ops.gather(ops.constant(bundle.types), types, axis)
        places = ops.gather(ops.constant(bundle.positions), self._places(ids), axis)
        return self._normed(ops.add(ops.add(words, kinds), places), bundle.norm)

    def _normed(self, hidden: Any, norm: Norm) -> Any:
        ops = self.ops
        flat = ops.mvn(hidden, ops.constant(np.array([-1])), True, EPSILON, "inside_sqrt")
        return ops.add(ops.multiply(flat, ops.constant(norm.gain)), ops.constant(norm.shift))

    def _linear(self, hidden: Any, linear: Linear) -> Any:
        ops = self.ops
        low, high = (ops.constant(np.float32(value)) for value in linear.span)
        eight = ops.fake_quantize(hidden, low, high, low, high, 256)
        weight = ops.multiply(ops.convert(ops.constant(linear.weight), "f32"), ops.constant(linear.scale[:, None]))
        return ops.add(ops.matmul(eight, weight, False, True), ops.constant(linear.bias))

    def _layer(self, hidden: Any, hide: Any, layer: Layer) -> Any:
        ops, heads = self.ops, self.bundle.heads
        size = self.bundle.words.shape[1] // heads
        split = ops.constant(np.array([0, 0, heads, size]))
        turn = ops.constant(np.array([0, 2, 1, 3]))
        query, key, value = (
            ops.transpose(ops.reshape(self._linear(hidden, layer.linear[name]), split, True), turn)
            for name in ("query", "key", "value")
        )
        scores = ops.multiply(ops.matmul(query, key, False, True), ops.constant(np.float32(size**-0.5)))
        mixed = ops.matmul(ops.softmax(ops.add(scores, hide), 3), value, False, False)
        mixed = ops.reshape(ops.transpose(mixed, turn), ops.constant(np.array([0, 0, heads * size])), True)
        mixed = self._linear(mixed, layer.linear["attended"])
        hidden = self._normed(ops.add(hidden, mixed), layer.norm["attention_norm"])
        inner = self._linear(ops.gelu(self._linear(hidden, layer.linear["up"]), "erf"), layer.linear["down"])
        return self._normed(ops.add(hidden, inner), layer.norm["output_norm"])
