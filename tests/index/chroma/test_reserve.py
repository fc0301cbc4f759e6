from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.chroma.reserve import RESERVE, reserve
from ingest.errors import StoreError


@pytest.mark.parametrize("allocates", [True, False])
def test_the_space_is_really_taken_and_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allocates: bool
) -> None:
    if not allocates:
        monkeypatch.delattr(os, "posix_fallocate")
    with reserve(tmp_path / "chroma"):
        (kept,) = tmp_path.iterdir()
        assert kept.stat().st_blocks * 512 >= RESERVE
    assert not list(tmp_path.iterdir())


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"), reserve(tmp_path / "nowhere" / "chroma"):
        pass
