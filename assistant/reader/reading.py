"""What a reader is given and what it gives back: passages in, for each the likeliest span and how likely it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPAN_TOKENS = 30  # answers in SQuAD 2.0 run to 30 tokens at the 99.5th percentile


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page to read: its title and heading path in one line, and its text. Spans stand in the text only."""

    context: str
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One window's scores: `offsets` [T, 2] characters of the passage, `starts` and `ends` [T] in log-odds.

    A span from token i to token j has the log-odds `floor + starts[i] + ends[j]` of being what was asked for.
    """

    offsets: NDArray[np.int64]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]
    floor: float

    def best(self, start: int, end: int) -> tuple[float, int, int]:
        """Score, start and end (characters) of the best span inside `start`–`end`; minus infinity where none fits."""
        inside = np.flatnonzero((self.offsets[:, 0] >= start) & (self.offsets[:, 1] <= end))
        if not len(inside):
            return -math.inf, start, start
        scores = self.starts[inside][:, None] + self.ends[inside][None, :]
        scores = np.where(np.tri(len(inside), k=-1) + np.tri(len(inside), k=-SPAN_TOKENS).T, -np.inf, scores)
        first, last = divmod(int(scores.argmax()), len(inside))
        low, high = self.offsets[inside[first], 0], self.offsets[inside[last], 1]
        return self.floor + float(scores[first, last]), int(low), int(high)


@dataclass(frozen=True, slots=True)
class Reading:
    """The likeliest span of a passage, `start`–`end` in characters of its text.

    `score` is the log-odds that the span answers the question, comparable across the passages of one call; `answerable`
    is the same as a probability. Of a passage that was read by itself both are of two looks (`second_look`).
    """

    start: int
    end: int
    score: float
    answerable: float
    stretches: tuple[Stretch, ...] = field(repr=False, compare=False)

    def best_within(self, start: int, end: int) -> float:
        """The score of the best span inside the characters `start`–`end`, minus infinity where there is none."""
        return max((stretch.best(start, end)[0] for stretch in self.stretches), default=-math.inf)


def reading(stretches: Sequence[Stretch], length: int) -> Reading:
    """The reading of a passage of `length` characters from the scores of its windows."""
    score, start, end = max(stretch.best(0, length) for stretch in stretches)
    return Reading(start, end, score, probability(score), tuple(stretches))


def probability(score: float) -> float:
    """Log-odds as a probability."""
    return math.exp(min(score, 0.0)) / (1 + math.exp(-abs(score)))


class Reader(Protocol):
    """Points at the span of each passage that answers a question."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """One reading a passage, in the order given. Safe to call from several threads."""
        ...
