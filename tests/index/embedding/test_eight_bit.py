from __future__ import annotations

import numpy as np
import pytest

from index.embedding.eight_bit import eight_bits, whole_steps


def test_eight_bits_keep_a_weight_to_half_a_step() -> None:
    weight = np.random.default_rng(0).normal(size=(7, 50)).astype(np.float32)
    eight, scale = eight_bits(weight)
    assert np.abs(eight * scale[:, None] - weight).max() <= scale.max() / 2 + 1e-6


def test_zero_is_one_of_the_steps_of_a_range() -> None:
    low, high = whole_steps(-0.17, 5.3)
    step = float(high - low) / 255
    assert abs(low / step - round(low / step)) < 1e-3
    assert (low, high) == pytest.approx((-0.17, 5.3), abs=step)
