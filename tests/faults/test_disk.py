"""A disk that is full, or runs full, and a data folder that may only be read: real ones, mounted in a namespace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.scenes import apart


def test_a_full_disk_is_said_costs_no_answer_and_is_over_when_there_is_space(tmp_path: Path) -> None:
    apart("full_disk", tmp_path)


@pytest.mark.parametrize("how", ["once", "greedily"])
def test_a_disk_that_is_filled_in_the_midst_of_a_write_hangs_nothing_and_is_over_when_there_is_space(
    tmp_path: Path, how: str
) -> None:
    apart("full_midway", tmp_path, how)


def test_a_graph_that_a_full_disk_leaves_half_written_is_put_back(tmp_path: Path) -> None:
    apart("full_graph", tmp_path)


def test_a_folder_that_may_only_be_read_is_said_and_left_as_it_is(tmp_path: Path) -> None:
    apart("read_only", tmp_path)
