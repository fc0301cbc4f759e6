"""The weights that ship, as a network that can be trained on."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from index.embedding.eight_bit import NORMS, PARTS


def dequantized(path: Path) -> dict[str, Tensor]:
    """The weights of `training.export`'s file in 32 bits, by the names of `training.model.ReaderNetwork`'s."""
    from safetensors import safe_open

    with safe_open(str(path), framework="pt") as file:
        kept = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        layers = int(file.metadata()["layers"])
    found = {name: value for name, value in kept.items() if name.startswith(("span.", "verify."))}
    for n in range(layers):
        at = f"encoder.encoder.layer.{n}"
        for name, part in PARTS.items():
            scale = kept[f"layers.{n}.{name}.scale"]
            found[f"{at}.{part}.weight"] = kept[f"layers.{n}.{name}.weight"].float() * scale[:, None]
            found[f"{at}.{part}.bias"] = kept[f"layers.{n}.{name}.bias"]
        for name, part in NORMS.items():
            found[f"{at}.{part}.weight"] = kept[f"layers.{n}.{name}.gain"]
            found[f"{at}.{part}.bias"] = kept[f"layers.{n}.{name}.shift"]
    return {name: value.to(torch.float32) for name, value in found.items()}
