"""Damage at random places, many times over: ``python -m tests.bench.damage --rounds 5``.

Each round flips bytes of, cuts and empties one file of each kind that an index has. It ends with the first that crashes
a process, makes an answer wrong, or cannot be mended; the table says what asker and operator met, and how often.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.bench.tables import markdown
from tests.faults.damage import FAMILIES, WAYS, damaged, sound
from tests.faults.scenes import Scene


def main() -> None:
    """Damage; the table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", type=int, default=0, help="the first round's seed")
    options = parser.parse_args()
    met: Counter[tuple[str, str, str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        whole = sound(Path(folder, "whole"))
        for seed in range(options.first, options.first + options.rounds):
            for family in FAMILIES:
                for way in WAYS:
                    copy = Path(folder, "copy")
                    shutil.copytree(whole.folder, copy)
                    came = damaged(Scene(copy), family, way, seed)
                    shutil.rmtree(copy)
                    sys.stderr.write(f"{came.file} {way} {seed}: {came.state[:90]} | {came.outcome} | {came.faults}\n")
                    met[family, way, came.outcome, ", ".join(came.faults) or "nothing"] += 1
    names = ("family", "way", "the asker met", "a probe named")
    sys.stdout.write(markdown([{**dict(zip(names, row, strict=True)), "times": n} for row, n in met.items()]) + "\n")


if __name__ == "__main__":
    main()
