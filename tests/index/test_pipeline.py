from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from index.embedding.vectors import Vectors
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.errors import ModelError
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Fetched, Validators
from tests.index.building import Built, check_whole, contents, page

PAGES = 70  # of nine chunks: three batches


def many() -> dict[str, str]:
    return {f"p{number:02}.md": page(f"p{number:02}", 9) for number in range(PAGES)}


class Waiting(FolderSource):
    """A folder that notes how far it was read."""

    def __init__(self, built: Built) -> None:
        super().__init__(FolderOptions(path=built.pages), "pages")
        self.read = 0
        self.moved = threading.Condition()

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        for fetched in super().fetch(known):
            yield fetched
            with self.moved:
                self.read += 1
                self.moved.notify_all()


class Held(HashEmbedding):
    """Embeds its first batch when the source has been read further than that batch."""

    def __init__(self, source: Waiting) -> None:
        super().__init__(dimensions=64)
        self.source = source
        self.read_meanwhile = False

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        if not self.embedded:
            with self.source.moved:
                before = self.source.read
                self.read_meanwhile = self.source.moved.wait_for(lambda: self.source.read > before, 20)
        return super().encode_documents(texts)


def test_pages_are_read_while_a_batch_is_embedded(built: Built) -> None:
    built.write(many())
    source = Waiting(built)
    encoder = Held(source)
    Syncer(built.stores, encoder, built.chunks).sync([source])

    assert encoder.read_meanwhile
    assert set(contents(built.stores)) == set(many())
    check_whole(built.stores)


def test_text_that_stands_in_two_batches_is_embedded_once(built: Built) -> None:
    copies = {f"q{name[1:]}": text for name, text in many().items()}
    built.write(many() | copies)
    report = built.sync()

    assert report.added == 2 * PAGES
    assert len(built.encoder.embedded) == len(set(built.encoder.embedded)) == report.embedded
    assert report.reused == report.embedded
    check_whole(built.stores)


class Failing(HashEmbedding):
    """Fails of its second batch."""

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        if self.embedded:
            raise ModelError("the model is gone")
        return super().encode_documents(texts)


def test_what_was_embedded_before_a_failure_is_live_and_nothing_behind_it(built: Built) -> None:
    built.write(many())
    source = FolderSource(FolderOptions(path=built.pages), "pages")
    with pytest.raises(ModelError, match="the model is gone"):
        Syncer(built.stores, Failing(dimensions=256), built.chunks).sync([source])

    kept = built.stores.ledger.states(next(iter(built.stores.ledger.collections())))
    assert 0 < len(kept) < PAGES
    assert set(kept) == set(sorted(many())[: len(kept)])

    assert built.sync(source).added == PAGES - len(kept)
    assert set(contents(built.stores)) == set(many())
    check_whole(built.stores)
