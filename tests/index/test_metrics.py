from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from index.metrics import ndcg, recall


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=30).filter(any),
    st.randoms(use_true_random=False),
    st.integers(1, 12),
)
def test_ndcg_is_scikit_learns(grades: list[int], random: object, k: int) -> None:
    order = list(range(len(grades)))
    random.shuffle(order)  # type: ignore[attr-defined]
    scores = [-order.index(item) for item in range(len(grades))]
    judged = {str(item): grade for item, grade in enumerate(grades)}

    assert ndcg([str(item) for item in order], judged, k) == pytest.approx(
        ndcg_score(np.array([grades]), np.array([scores]), k=k)
    )


def test_recall_counts_the_relevant_ones() -> None:
    grades = {"a": 1, "b": 2, "c": 0, "d": 1}

    assert recall(["c", "a", "x", "b"], grades, 2) == pytest.approx(1 / 3)
    assert recall(["c", "a", "x", "b"], grades, 4) == pytest.approx(2 / 3)
    assert recall([], grades, 5) == 0
    assert recall(["a"], {"a": 0}, 5) == ndcg(["a"], {"a": 0}, 5) == 0
