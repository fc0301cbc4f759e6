"""The shipped documents and an invented handbook in one index, and an assistant's parts over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.building import Built
from tests.llm.cases import Bench

HANDBOOK = Path(__file__).parent / "handbook"


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Iterator[Bench]:
    """An index over the documents; embedding is by hashed words, as what is found is not what is tested."""
    built = Built(tmp_path_factory.mktemp("llm"))
    for folder in (corpus, HANDBOOK):
        shutil.copytree(folder, built.pages / folder.name, ignore=shutil.ignore_patterns("SOURCES.md"))
    built.sync()
    yield Bench(built)
    built.close()
