from __future__ import annotations

import pytest
import torch

from training.average import average


def test_runs_count_as_much_as_they_are_told_to() -> None:
    mean = average([({"a": torch.tensor([1.0, 2.0])}, 3), ({"a": torch.tensor([5.0, 2.0])}, 1)])
    assert mean["a"].tolist() == [2.0, 2.0]


def test_runs_of_different_networks_are_refused() -> None:
    with pytest.raises(ValueError, match="different networks"):
        average([({"a": torch.zeros(1)}, 1), ({"b": torch.zeros(1)}, 1)])
