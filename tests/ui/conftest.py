from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.ui.operating import Operated
from tests.ui.serving import serving
from tests.ui.watched import watching


@pytest.fixture(scope="session")
def addresses() -> Iterator[dict[str, str]]:
    """The address of each scripted application, by the state of its workspace."""
    with serving() as served:
        yield served


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    """A server that the tests of figures, logs and rates share. A person may ask 3 things a minute, an address 5."""
    with watching(tmp_path_factory.mktemp("watched")) as made:
        yield made


@pytest.fixture
def client(addresses: dict[str, str]) -> Iterator[httpx.Client]:
    """A client of the application that is ready."""
    with httpx.Client(base_url=addresses["ready"], timeout=30) as made:
        yield made
