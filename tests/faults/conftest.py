from __future__ import annotations

import pytest

from tests.faults.scenes import Scene


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Pages that are indexed and in order."""
    scene = Scene(tmp_path_factory.mktemp("sound"))
    scene.write(1)
    scene.sync()
    return scene
