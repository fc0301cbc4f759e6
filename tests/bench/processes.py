"""What a process takes: its memory, its start, the times of what it does."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from tests.bench.tables import Row

ANSWERED = "answered"
"""What a process prints as soon as it has answered for the first time."""

Given = TypeVar("Given")
_ROOT = Path(__file__).resolve().parents[2]


def run(command: Sequence[str]) -> Row:
    """The object that a program prints as its last line of standard output, and when it had answered first.

    ``first answer, s`` is counted from before the process was started to its line ``ANSWERED``, where it prints one.
    Raises ``RuntimeError`` when the program fails; what it says on standard error goes there.
    """
    started = time.perf_counter()
    row: Row = {}
    last = ""
    environment = os.environ | {
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "true",
        "ANONYMIZED_TELEMETRY": "False",
    }
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == ANSWERED:
                row["first answer, s"] = time.perf_counter() - started
            elif line.strip():
                last = line
    if process.returncode:
        raise RuntimeError(f"exit status {process.returncode}: {' '.join(command)}")
    figures: Row = json.loads(last)
    return row | figures


def say(figures: Row) -> None:
    """Print what ``run`` reads."""
    sys.stdout.write(json.dumps(figures) + "\n")


def say_answered() -> None:
    """Tell that the first answer is there."""
    sys.stdout.write(ANSWERED + "\n")
    sys.stdout.flush()


def timed(work: Callable[[Given], object], many: Iterable[Given]) -> list[float]:
    """How long each took, in milliseconds."""
    times = []
    for given in many:
        started = time.perf_counter()
        work(given)
        times.append(1000 * (time.perf_counter() - started))
    return times


def percentile(times: Sequence[float], share: float) -> float:
    """The time that ``share`` of a hundred stay below."""
    return float(np.percentile(times, share))


def peak() -> float:
    """The most memory that this process has held at once, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident() -> float:
    """The memory that this process holds now, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def on_disk(folder: Path) -> float:
    """What a folder's files take, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
