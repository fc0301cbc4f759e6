from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.ui.serving import serving


@pytest.fixture(scope="session")
def addresses() -> Iterator[dict[str, str]]:
    """The address of each scripted application, by the state of its workspace."""
    with serving() as served:
        yield served


@pytest.fixture
def client(addresses: dict[str, str]) -> Iterator[httpx.Client]:
    """A client of the application that is ready."""
    with httpx.Client(base_url=addresses["ready"], timeout=30) as made:
        yield made
