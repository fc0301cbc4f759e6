"""The bundled model's weights rounded to 8 bits, with what was measured of its activations.

Activations of some channels are fifty times those of others: rounded as they are, a vector keeps a cosine of .993 to
that of the model in 32 bits, in the worst of 384 passages .985. So each channel is divided by a number of its own, and
its weights multiplied by it, before either is rounded (SmoothQuant: Xiao and others 2023): .998, worst .996.
``training/calibrate.py`` measures the channels and writes the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.embedding.bert import READERS, Bert, Layer, Linear, Norm
from ingest.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Tensors = dict[str, NDArray[np.float32]]

CALIBRATION = Path(__file__).parent / "calibration" / "all-MiniLM-L6-v2.safetensors"
LAYERS = 6
HEADS = 12
# Ours → the published weights' names.
PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
NORMS = {"attention_norm": "attention.output.LayerNorm", "output_norm": "output.LayerNorm"}


def eight_bits(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A weight [out, in] rounded to whole numbers of -127 to 127, and the scale of each row [out]."""
    scale = np.maximum(np.abs(weight).max(axis=1), 1e-12) / 127
    return np.clip(np.round(weight / scale[:, None]), -127, 127).astype(np.int8), scale.astype(np.float32)


def whole_steps(low: float, high: float) -> NDArray[np.float32]:
    """The range moved a little so that zero falls on one of its 256 steps, as 8-bit arithmetic asks."""
    step = (high - low) / 255
    below = round(-low / step)
    return np.array([-below * step, (255 - below) * step], np.float32)


def rounded_bert(weights: Tensors, measured: Tensors) -> Bert:
    """The encoder of the published weights, by what ``training/calibrate.py`` measured."""

    def norm(name: str) -> Norm:
        return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])

    def linear(layer: int, activation: str, name: str) -> Linear:
        at = f"encoder.layer.{layer}.{PARTS[name]}"
        smooth = measured[f"{layer}.{activation}.smooth"]
        weight, scale = eight_bits(weights[f"{at}.weight"] * smooth)
        return Linear(weight, scale, weights[f"{at}.bias"], measured[f"{layer}.{activation}.span"], smooth)

    layers = tuple(
        Layer(
            {name: linear(n, activation, name) for activation, names in READERS.items() for name in names},
            {name: norm(f"encoder.layer.{n}.{part}") for name, part in NORMS.items()},
        )
        for n in range(LAYERS)
    )
    words, positions, types = (
        weights[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    return Bert(words, positions, types, norm("embeddings.LayerNorm"), layers, HEADS)


def read_tensors(path: Path) -> Tensors:
    """The float tensors of a safetensors file in 32 bits. Raises ``ModelError`` when it cannot be read."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="numpy") as file:
            found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{path.name!r} of the bundled model cannot be read", hint="run: make install") from error
    return {name: array.astype(np.float32, copy=False) for name, array in found.items() if array.dtype.kind == "f"}
