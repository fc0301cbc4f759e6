"""Average the weights of runs: `python -m training.average --out final.pt RUN/final.pt WEIGHT [RUN/final.pt WEIGHT …]`.

Runs that went on from one another lie in one basin, and their mean does better than any of them (model soups, Wortsman
and others 2022): what each learned by heart of its examples differs, and goes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from training.train import weights_in


def average(parts: Sequence[tuple[dict[str, Tensor], float]]) -> dict[str, Tensor]:
    """The mean of weights by name, each set counted as its number says. Raises ``ValueError`` where names differ."""
    names = parts[0][0].keys()
    if any(weights.keys() != names for weights, _ in parts):
        raise ValueError("the runs hold weights of different names: they are of different networks")
    total = sum(share for _, share in parts)
    return {
        name: torch.stack([weights[name].float() * (share / total) for weights, share in parts]).sum(0)
        for name in names
    }


def main() -> None:
    """Average from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--out", type=Path, required=True, help="where the mean is written, as a run's final weights are"
    )
    parser.add_argument("runs", nargs="+", help="pairs of a run's weights and how much they count")
    args = parser.parse_args()
    if len(args.runs) % 2:
        parser.error(f"{args.runs[-1]!r} has no number behind it that says how much it counts")
    pairs = zip(args.runs[::2], args.runs[1::2], strict=True)
    torch.save({"weights": average([(weights_in(Path(path)), float(share)) for path, share in pairs])}, args.out)
    sys.stdout.write(f"{args.out}\n")


if __name__ == "__main__":
    main()
