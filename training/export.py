"""Write the weights that ship: `python -m training.export --weights runs/reader/final.pt --data … --out …`.

Linear layers go to 8 bits with a scale a row; the ranges of their inputs, and the odds that turn logits into a
probability, are measured on the articles that training left out.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.reader.bundle import load_bundle
from assistant.reader.layout import load_tokenizer
from index.embedding.bert import READERS
from index.embedding.eight_bit import NORMS, PARTS, eight_bits, whole_steps
from index.embedding.processor import multiplies_bfloat16
from training.data import Example, Squad, Stream, load
from training.model import ReaderNetwork, collate
from training.settings import load_settings
from training.train import trained


def ranges(network: ReaderNetwork, examples: Sequence[Example], window: int) -> dict[str, NDArray[np.float32]]:
    """Least and greatest input of each linear layer, averaged over examples, widened so that zero is a step."""
    lows: dict[str, list[float]] = {}
    highs: dict[str, list[float]] = {}

    def watch(name: str) -> Any:
        def hook(_module: Any, inputs: tuple[torch.Tensor, ...]) -> None:
            lows.setdefault(name, []).append(float(inputs[0].min()))
            highs.setdefault(name, []).append(float(inputs[0].max()))

        return hook

    watched = {name: parts[0] for name, parts in READERS.items()}
    hooks = [
        layer.get_submodule(PARTS[part]).register_forward_pre_hook(watch(f"layers.{n}.{name}"))
        for n, layer in enumerate(network.encoder.encoder.layer)
        for name, part in watched.items()
    ]
    tokenizer = load_tokenizer()
    with torch.inference_mode():
        for example in examples:
            batch = collate([example], tokenizer, window, multiple=1)
            network(batch.ids, batch.mask, batch.types, batch.spans)
    for hook in hooks:
        hook.remove()
    return {f"{name}.range": whole_steps(float(np.mean(lows[name])), float(np.mean(highs[name]))) for name in lows}


def odds(network: ReaderNetwork, examples: Sequence[Example], window: int) -> tuple[float, float, float]:
    """Weights of span margin and verdict, and an offset, fitted by logistic regression on examples kept aside."""
    from sklearn.linear_model import LogisticRegression

    tokenizer = load_tokenizer()
    rows, truth = [], []
    examples = sorted(examples, key=lambda e: len(e.question) + len(e.text))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16()):
        for low in range(0, len(examples), 32):
            part = examples[low : low + 32]
            batch = collate(part, tokenizer, window)
            starts, ends, verdict = network(batch.ids, batch.mask, batch.types, batch.spans)
            spans = starts[:, 1:, None] + ends[:, None, 1:]
            allowed = torch.ones(spans.shape[1:]).triu().tril(29).bool()
            best = spans.masked_fill(~allowed, -1e9).flatten(1).max(dim=1).values
            margin = best - starts[:, 0] - ends[:, 0]
            rows += torch.stack([margin.float(), verdict.float()], dim=1).tolist()
            truth += [example.answerable for example in part]
    fitted = LogisticRegression(C=10.0).fit(np.array(rows), np.array(truth))
    return float(fitted.coef_[0, 0]), float(fitted.coef_[0, 1]), float(fitted.intercept_[0])


def export(weights: Path, kept_aside: Squad, out: Path, window: int, seed: int) -> str:
    """Write `out` and return its sha256."""
    from safetensors.numpy import save_file

    network = trained(weights)
    stream = Stream(kept_aside, 1500, seed)
    examples = [stream[i] for i in range(len(stream))]
    tensors: dict[str, NDArray[Any]] = {**ranges(network, examples[:100], window)}
    margin, verdict, offset = odds(network, examples, window)
    state = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    layers = len(network.encoder.encoder.layer)
    for n in range(layers):
        for name, part in PARTS.items():
            eight, scale = eight_bits(state[f"encoder.encoder.layer.{n}.{part}.weight"])
            tensors |= {f"layers.{n}.{name}.weight": eight, f"layers.{n}.{name}.scale": scale}
            tensors[f"layers.{n}.{name}.bias"] = state[f"encoder.encoder.layer.{n}.{part}.bias"]
        for name, part in NORMS.items():
            tensors[f"layers.{n}.{name}.gain"] = state[f"encoder.encoder.layer.{n}.{part}.weight"]
            tensors[f"layers.{n}.{name}.shift"] = state[f"encoder.encoder.layer.{n}.{part}.bias"]
    tensors |= {name: value for name, value in state.items() if name.startswith(("span.", "verify."))}
    notes = {
        "layers": str(layers),
        "heads": str(network.encoder.config.num_attention_heads),
        "margin": repr(margin),
        "verdict": repr(verdict),
        "offset": repr(offset),
        "base": "sentence-transformers/all-MiniLM-L6-v2",
        "licence": "CC BY-SA 4.0; trained on SQuAD 2.0",
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}, str(out), metadata=notes)
    load_bundle(out, None)
    return hashlib.sha256(out.read_bytes()).hexdigest()


def main() -> None:
    """Write the weights and say their hash, which `assistant/reader/bundle.py` must hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, help="final.pt or checkpoint.pt of a training run")
    parser.add_argument("--data", type=Path, required=True, help="the data file of that run")
    parser.add_argument("--out", type=Path, required=True, help="the safetensors file to write")
    parser.add_argument("--settings", type=Path, default=Path(__file__).with_name("settings.toml"))
    args = parser.parse_args()
    settings = load_settings(args.settings)
    digest = export(args.weights, load(args.data, settings.held_out)[1], args.out, settings.window, settings.seed)
    sys.stdout.write(f"{digest}  {args.out.name}  {args.out.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
