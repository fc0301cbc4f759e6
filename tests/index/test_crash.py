from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from tests.index.killing import Battered

KILLS = 12  # tests/bench/kills.py does any number


def test_a_sync_killed_at_any_instant_serves_each_page_old_or_new_and_the_next_repairs(tmp_path: Path) -> None:
    battered = Battered(tmp_path, seed=20260102)
    for number in range(KILLS):
        battered.kill()
        served = battered.look()
        assert served["old"] + served["new"] == len(battered.both)
        if number % 3 == 2:  # in between, what one killed process left behind is met by the next
            battered.repair(battered.random.choice(["old", "new"]))


@pytest.mark.parametrize("rebuild", [False, True], ids=["sync", "rebuild"])
def test_a_sync_killed_before_any_step_serves_each_page_old_or_new_and_the_next_repairs(
    tmp_path: Path, rebuild: bool
) -> None:
    battered = Battered(tmp_path, seed=1, pages=3)
    steps = 0
    for step in count(1):
        if not battered.kill_at(step, "new", rebuild=rebuild):
            break
        steps = step
        assert sum(battered.look().values()) == len(battered.both)
        battered.repair("old")
    assert steps > 10
    assert battered.look() == {"new": 3}
