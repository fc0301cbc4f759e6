"""A disk that is full, and a data folder that may only be read: real ones, mounted in a namespace of their own."""

from __future__ import annotations

from pathlib import Path

from tests.faults.scenes import apart


def test_a_full_disk_is_said_costs_no_answer_and_is_over_when_there_is_space(tmp_path: Path) -> None:
    apart("full_disk", tmp_path)


def test_a_folder_that_may_only_be_read_is_said_and_left_as_it_is(tmp_path: Path) -> None:
    apart("read_only", tmp_path)
