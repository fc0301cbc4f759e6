"""What the threshold ``answer.threshold`` trades: answering more questions outright against erring in more of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evaluation.gold import Judged


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold: shares of all questions that are answered outright, rightly and wrongly; the rest is hedged or
    refused. ``coverage`` is their sum, ``risk`` the wrong ones' share of it."""

    threshold: float
    right: float
    wrong: float

    @property
    def coverage(self) -> float:
        """The share of the questions that are answered outright."""
        return self.right + self.wrong

    @property
    def risk(self) -> float:
        """The share of those that is wrong; 0 where none is answered."""
        return self.wrong / self.coverage if self.coverage else 0.0


def at_threshold(judged: Sequence[Judged], threshold: float) -> Point:
    """The trade-off at a threshold, from the confidence of each answer that was given.

    Abstentions stay abstentions, as the threshold does not decide on them. An answer to a question that the pages do
    not answer is a wrong one.
    """
    told = [j for j in judged if j.answer.citations and j.answer.confidence >= threshold]
    right = sum(j.gold.answerable and j.right for j in told)
    total = len(judged) or 1
    return Point(threshold, right / total, (len(told) - right) / total)


def trade_off(judged: Sequence[Judged]) -> list[Point]:
    """The trade-off at every threshold at which it changes, from strictest to loosest.

    As in El-Yaniv and Wiener, "On the foundations of noise-free selective classification" (2010).
    """
    thresholds = sorted({j.answer.confidence for j in judged if j.answer.citations}, reverse=True)
    return [at_threshold(judged, threshold) for threshold in thresholds]
