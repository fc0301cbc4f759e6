"""The shipped documents and an invented handbook in one index, and an assistant's parts over it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.index.building import Built
from tests.llm.cases import Bench

HANDBOOK = Path(__file__).parent / "handbook"
FRESH = Path(__file__).parent / "fresh/pages"


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Iterator[Bench]:
    """An index over the documents; embedding is by hashed words, as what is found is not what is tested."""
    built = Built(tmp_path_factory.mktemp("llm"))
    for folder in (corpus, HANDBOOK):
        shutil.copytree(folder, built.pages / folder.name, ignore=shutil.ignore_patterns("SOURCES.md"))
    built.sync()
    made = Bench(built)
    yield made
    made.close()
    built.close()


@pytest.fixture(scope="session")
def fresh_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The same over excerpts of a real handbook."""
    built = Built(tmp_path_factory.mktemp("fresh"))
    shutil.copytree(FRESH, built.pages / FRESH.name)
    built.sync()
    made = Bench(built)
    yield made
    made.close()
    built.close()
