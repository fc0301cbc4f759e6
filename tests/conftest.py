from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.folder import FolderOptions, FolderSource
from ingest.types import Document, Page
from tests.index.building import Built, BundledCounter

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of documents that ships with the product."""
    return CORPUS


@pytest.fixture(scope="session")
def corpus_pages() -> list[Page]:
    """The pages of the shipped folder."""
    fetched = FolderSource(FolderOptions(path=CORPUS)).fetch(lambda _: None)
    return [page for page in fetched if isinstance(page, Page)]


@pytest.fixture(scope="session")
def corpus_documents(corpus_pages: list[Page]) -> list[Document]:
    from ingest.parse import parse

    return [parse(page) for page in corpus_pages]


@pytest.fixture(scope="session")
def minilm_counter() -> BundledCounter:
    """Length by the bundled model's own tokenizer, without the model."""
    return BundledCounter()


@pytest.fixture
def built(tmp_path: Path) -> Iterator[Built]:
    """An empty index with a folder of pages to fill it from."""
    made = Built(tmp_path)
    yield made
    made.close()


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., Built]]:
    """Makes any number of indexes, each in a folder of its own name."""
    made: list[Built] = []

    def make(name: str, **arguments: object) -> Built:
        made.append(Built(tmp_path / name, **arguments))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()
