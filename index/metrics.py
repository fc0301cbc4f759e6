"""Retrieval measures over ranked ids and graded judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Normalised discounted cumulative gain of the first ``k``, 0 to 1, with linear gains as trec_eval has them."""
    gained = sum(grades.get(item, 0) / log2(place + 2) for place, item in enumerate(ranked[:k]))
    ideal = sum(grade / log2(place + 2) for place, grade in enumerate(sorted(grades.values(), reverse=True)[:k]))
    return gained / ideal if ideal else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """The share of the relevant items that are among the first ``k``, 0 to 1."""
    relevant = {item for item, grade in grades.items() if grade > 0}
    return len(relevant & set(ranked[:k])) / len(relevant) if relevant else 0.0
