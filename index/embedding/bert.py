"""A BERT encoder's graph in OpenVINO, written out node by node.

Weights come as arrays; no converter of OpenVINO's is used. Linear layers multiply in 8 bits where the processor adds
those up without overflow, else as it does best (bfloat16 where it has that), by the same rounded weights: what one
kind of processor embedded is found on the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embedding.loading import load_openvino
from index.embedding.processor import adds_up_8_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

HIDDEN = np.float32(-1e4)
"""What is added to the attention that a padded place gets."""
EPSILON = 1e-12
"""What the variance is raised by before a layer norm divides by its root."""
# The four activations of a layer that are multiplied by weights, and the linear layers that read each.
READERS = {"input": ("query", "key", "value"), "mixed": ("attended",), "between": ("up",), "inner": ("down",)}


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear layer: int8 weight [out, in] with a scale a row [out], float32 bias [out].

    ``span`` [2] is the range of its input; ``smooth`` [in] is what the input is divided by, and the weight was
    multiplied by, before either was rounded to 8 bits.
    """

    weight: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    span: NDArray[np.float32]
    smooth: NDArray[np.float32] | None = None

    @property
    def floats(self) -> NDArray[np.float32]:
        """The weight in 32 bits, for an input that is neither rounded nor divided."""
        weight = self.weight * self.scale[:, None]
        return weight if self.smooth is None else weight / self.smooth


@dataclass(frozen=True, slots=True)
class Norm:
    """A layer norm's gain and shift, each [width]."""

    gain: NDArray[np.float32]
    shift: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """One transformer layer: linear layers query, key, value, attended, up, down; norms attention_norm, output_norm."""

    linear: Mapping[str, Linear]
    norm: Mapping[str, Norm]


@dataclass(frozen=True, slots=True)
class Bert:
    """An encoder's weights: embeddings of words [vocabulary, width], places [places, width] and segments [2, width]."""

    words: NDArray[np.float32]
    positions: NDArray[np.float32]
    types: NDArray[np.float32]
    norm: Norm
    layers: tuple[Layer, ...]
    heads: int


class BertGraph:
    """Builds the graph in the order that data takes; ``ops`` is the OpenVINO operation set that it is built of."""

    def __init__(self, bert: Bert, *, eight_bits: bool | None = None) -> None:
        """``eight_bits``: whether linear layers multiply in 8 bits; None asks the processor."""
        self.ops: Any = load_openvino().opset13
        self._bert = bert
        self._eight_bits = adds_up_8_bits() if eight_bits is None else eight_bits

    def hidden(self, ids: Any, types: Any, mask: Any) -> Any:
        """The last layer's output [B, L, width] for token ids, segments and 1.0 where a token is, all [B, L]."""
        ops = self.ops
        hidden = self._embedded(ids, types)
        hide = ops.unsqueeze(self.closed(mask), ops.constant(np.array([1, 2])))
        for layer in self._bert.layers:
            hidden = self._layer(hidden, hide, layer)
        return hidden

    def closed(self, opened: Any) -> Any:
        """0 where ``opened`` is 1, and -10,000 where it is 0."""
        ops = self.ops
        return ops.multiply(ops.subtract(ops.constant(np.float32(1.0)), opened), ops.constant(HIDDEN))

    def places(self, ids: Any) -> Any:
        """0, 1, 2 … to the length of a row."""
        ops = self.ops
        length = ops.gather(ops.shape_of(ids), ops.constant(1), ops.constant(0))
        return ops.range(ops.constant(np.int64(0)), length, ops.constant(np.int64(1)), "i64")

    def _embedded(self, ids: Any, types: Any) -> Any:
        ops, bert = self.ops, self._bert
        axis = ops.constant(0)
        words = ops.gather(ops.constant(bert.words), ids, axis)
        kinds = ops.gather(ops.constant(bert.types), types, axis)
        places = ops.gather(ops.constant(bert.positions), self.places(ids), axis)
        return self._normed(ops.add(ops.add(words, kinds), places), bert.norm)

    def _normed(self, hidden: Any, norm: Norm) -> Any:
        ops = self.ops
        flat = ops.mvn(hidden, ops.constant(np.array([-1])), True, EPSILON, "inside_sqrt")
        return ops.add(ops.multiply(flat, ops.constant(norm.gain)), ops.constant(norm.shift))

    def _rounded(self, hidden: Any, reader: Linear) -> Any:
        ops = self.ops
        if not self._eight_bits:
            return hidden
        if reader.smooth is not None:
            hidden = ops.multiply(hidden, ops.constant(np.float32(1.0) / reader.smooth))
        low, high = (ops.constant(np.float32(value)) for value in reader.span)
        return ops.fake_quantize(hidden, low, high, low, high, 256)

    def _linear(self, hidden: Any, linear: Linear) -> Any:
        ops = self.ops
        if self._eight_bits:
            weight = ops.multiply(ops.convert(ops.constant(linear.weight), "f32"), ops.constant(linear.scale[:, None]))
        else:
            weight = ops.constant(linear.floats)
        return ops.add(ops.matmul(hidden, weight, False, True), ops.constant(linear.bias))

    def _layer(self, hidden: Any, hide: Any, layer: Layer) -> Any:
        ops, heads, linear = self.ops, self._bert.heads, layer.linear
        size = self._bert.words.shape[1] // heads
        split = ops.constant(np.array([0, 0, heads, size]))
        turn = ops.constant(np.array([0, 2, 1, 3]))
        read = self._rounded(hidden, linear["query"])  # the three that read the input share its range
        query, key, value = (
            ops.transpose(ops.reshape(self._linear(read, linear[name]), split, True), turn) for name in READERS["input"]
        )
        scores = ops.multiply(ops.matmul(query, key, False, True), ops.constant(np.float32(size**-0.5)))
        mixed = ops.matmul(ops.softmax(ops.add(scores, hide), 3), value, False, False)
        mixed = ops.reshape(ops.transpose(mixed, turn), ops.constant(np.array([0, 0, heads * size])), True)
        mixed = self._linear(self._rounded(mixed, linear["attended"]), linear["attended"])
        hidden = self._normed(ops.add(hidden, mixed), layer.norm["attention_norm"])
        inner = ops.gelu(self._linear(self._rounded(hidden, linear["up"]), linear["up"]), "erf")
        inner = self._linear(self._rounded(inner, linear["down"]), linear["down"])
        return self._normed(ops.add(hidden, inner), layer.norm["output_norm"])
