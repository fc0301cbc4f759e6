"""Damaged files: found, named, and mended or restored; ``python -m tests.bench.damage`` does any number."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.damage import damaged, sound
from tests.faults.scenes import Scene


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return sound(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize(
    ("family", "way", "part"),
    [
        ("ledger", "cut", "ledger"),
        ("vector graph", "cut", "vectors"),
        ("keywords", "flipped", "keywords"),
    ],
)
def test_a_damaged_file_is_named_and_mended_and_nothing_is_lost(
    whole: Scene, tmp_path: Path, family: str, way: str, part: str
) -> None:
    shutil.copytree(whole.folder, tmp_path / "copy")
    assert list(damaged(Scene(tmp_path / "copy"), family, way, 1).faults) == [part]
