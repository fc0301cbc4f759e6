from __future__ import annotations

from pathlib import Path

from tests.index.killing import PAGES, Battered

KILLS = 12  # tests/bench/kills.py does any number


def test_a_sync_killed_at_any_instant_serves_each_page_old_or_new_and_the_next_repairs(tmp_path: Path) -> None:
    battered = Battered(tmp_path, seed=20260102)
    for number in range(KILLS):
        battered.kill()
        assert sum(battered.look().values()) == PAGES
        if number % 3 == 2:  # in between, what one killed process left behind is met by the next
            battered.repair(battered.random.choice(["old", "new"]))
