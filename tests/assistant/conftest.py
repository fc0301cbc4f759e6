"""An assistant over the shipped corpus, with the real models; and one over pages that a test writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from assistant.answer import AnswerOptions, Assistant
from assistant.reader.bundled import load_reader
from index.embedding.encoder import SentenceEncoder
from index.search import Searcher
from index.stores import Stores
from index.sync import Syncer
from ingest.chunk import ChunkOptions
from ingest.folder import FolderOptions, FolderSource

CORPUS = Path(__file__).parents[2] / "corpus"

MakeAssistant = Callable[..., Assistant]


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return SentenceEncoder()


def assistant_over(
    folder: Path, data: Path, encoder: SentenceEncoder, options: AnswerOptions | None = None
) -> Assistant:
    stores = Stores(data)
    Syncer(stores, encoder, ChunkOptions()).sync([FolderSource(FolderOptions(path=folder))])
    return Assistant(Searcher(stores, encoder), stores.ledger, load_reader("bundled"), options)


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory, encoder: SentenceEncoder) -> Assistant:
    """The assistant as it ships."""
    return assistant_over(CORPUS, tmp_path_factory.mktemp("shipped"), encoder)


@pytest.fixture
def over(tmp_path: Path, encoder: SentenceEncoder) -> MakeAssistant:
    """Makes an assistant over pages given as name → text."""

    def make(pages: Mapping[str, str], options: AnswerOptions | None = None) -> Assistant:
        folder = tmp_path / "pages"
        for name, text in pages.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return assistant_over(folder, tmp_path / "data", encoder, options)

    return make
