"""``python -m tests.fuzz [N] [TARGET …]``: N inputs in all (100,000), and a line for each target."""

from __future__ import annotations

import logging
import os
import sys
import warnings

from tests.fuzz.running import run
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Run; 1 when anything broke."""
    os.nice(10)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)  # the PDF library tells of every damage
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    chosen = [word for word in sys.argv[1:] if not word.isdecimal()]
    targets = {name: target for name, target in TARGETS.items() if not chosen or name in chosen}
    whole = sum(target.weight for target in targets.values())
    total, seconds, broken = 0, 0.0, 0
    for name, target in targets.items():
        found = run(target, max(1, round((numbers or [100_000])[0] * target.weight / whole)), each=25)
        total, seconds, broken = total + found.inputs, seconds + found.seconds, broken + bool(found.broke)
        said = f"{name:<26} {found.inputs:>7,} inputs {found.seconds:>7.1f} s, the slowest {found.slowest:.2f} s"
        sys.stdout.write(f"{said}{'  BROKE ' + found.broke if found.broke else ''}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{total:,} inputs in {seconds / 60:.1f} minutes, {broken} targets broke\n")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
