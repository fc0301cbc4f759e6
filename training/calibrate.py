"""Measure the bundled embedding model's activations: `python -m training.calibrate --data squad2.jsonl.gz --out …`.

Questions and passages of the data file go through the model in 32 bits. Of each activation that weights multiply, the
file then holds what every channel is to be divided by before it is rounded (`smooth`), and the range of what comes of
that (`span`).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embedding.bert import READERS
from index.embedding.eight_bit import LAYERS, PARTS, whole_steps
from index.embedding.encoder import bundled_model
from training.data import read_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PASSAGES, QUESTIONS = 300, 100
# How much of a channel's unevenness goes into the weights. What follows the GELU is the most uneven: with .65 there too
# the mean cosine to 32 bits is .9968 instead of .9983, with 1 it is .97.
STRENGTH = {"input": 0.65, "mixed": 0.65, "between": 0.65, "inner": 0.8}
EVERY = 3  # of the tokens, one in so many is kept: enough for the greatest of a channel


def activations(texts: Sequence[str]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """By ``layer.activation``: its values [tokens, channels], and the weights that read it [out, channels]."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(bundled_model()), device="cpu", model_kwargs={"dtype": "float32"})
    seen: dict[str, list[Floats]] = {}
    weights: dict[str, Floats] = {}

    def watch(name: str) -> Any:
        def hook(_module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
            seen.setdefault(name, []).append(inputs[0][0, ::EVERY].numpy())

        return hook

    for number in range(LAYERS):
        layer = model[0].auto_model.encoder.layer[number]
        for activation, parts in READERS.items():
            name = f"{number}.{activation}"
            weights[name] = np.concatenate([layer.get_submodule(PARTS[part]).weight.detach().numpy() for part in parts])
            layer.get_submodule(PARTS[parts[0]]).register_forward_pre_hook(watch(name))
    for text in texts:
        model.encode(text, show_progress_bar=False)
    return {name: np.concatenate(rows) for name, rows in seen.items()}, weights


def smoothing(values: Floats, weights: Floats, strength: float) -> Floats:
    """What to divide each channel by [channels]: SmoothQuant's, with a geometric mean of 1."""
    most = np.maximum(np.abs(values).max(axis=0), 1e-5) ** strength
    least = np.maximum(np.abs(weights).max(axis=0), 1e-5) ** (1 - strength)
    return (most / least / np.exp(np.log(most / least).mean())).astype(np.float32)


def measured(texts: Sequence[str]) -> dict[str, Floats]:
    """The tensors of the file."""
    found, weights = activations(texts)
    tensors: dict[str, Floats] = {}
    for name, values in found.items():
        smooth = smoothing(values, weights[name], STRENGTH[name.split(".")[1]])
        even = values / smooth
        tensors |= {f"{name}.smooth": smooth, f"{name}.span": whole_steps(float(even.min()), float(even.max()))}
    return tensors


def main() -> None:
    """Write the file that `index/embedding/eight_bit.py` reads."""
    from safetensors.numpy import save_file

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="SQuAD 2.0 as JSON lines, gzipped or not")
    parser.add_argument("--out", type=Path, required=True, help="the safetensors file to write")
    args = parser.parse_args()
    rows = read_rows(args.data)
    chance = random.Random(1)
    passages = [f"{row['title']}\n{row['context']}" for row in rows]
    questions = [qa["question"] for row in rows for qa in row["qas"]]
    texts = chance.sample(passages, PASSAGES) + chance.sample(questions, QUESTIONS)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(measured(texts), str(args.out))
    sys.stdout.write(f"{args.out}: {args.out.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
