"""Runs a target with so many inputs, each within a time."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.fuzz.inputs import altered
from tests.fuzz.targets import Target

SECONDS = 20
"""How long one input may take before it counts as a hang."""


class HangError(AssertionError):
    """One input took too long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many inputs a target was given, in how many seconds, the slowest, and what broke first."""

    inputs: int
    seconds: float
    slowest: float
    broke: str


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise HangError(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(target: Target, inputs: int, *, each: int = 1, fixed: bool = False) -> Outcome:
    """Give a target so many inputs; ``fixed``: the same ones each time. What broke is shrunk to the least that does.

    ``each``: of how many inputs hypothesis makes one only; the others are that one with pieces changed: far quicker.
    """
    count, slowest = 0, 0.0

    def one(value: Any) -> None:
        nonlocal count, slowest
        chance = Random(repr(value))
        for number in range(each):
            given = value if number == 0 else altered(value, chance)
            count += 1
            began = time.perf_counter()
            try:
                with _within(SECONDS):
                    target.check(given)
            except Exception as error:
                error.add_note(f"with {given!r}")
                raise
            slowest = max(slowest, time.perf_counter() - began)

    tried = settings(
        max_examples=max(1, inputs // each), deadline=None, database=None, derandomize=fixed, print_blob=False,
        suppress_health_check=list(HealthCheck),
    )(given(target.inputs)(one))  # fmt: skip
    began, broke = time.perf_counter(), ""
    try:
        tried()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        notes = " ".join(getattr(error, "__notes__", ()))
        broke = f"{type(error).__name__}: {str(error)[:300]} {notes[:700]}"
    return Outcome(count, time.perf_counter() - began, slowest, broke)
