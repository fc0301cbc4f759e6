"""Keyword copies that follow a ledger which another machine writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from index.keywords.stems import STEMMED
from index.keywords.wordings import Wordings
from index.ledger.database import LedgerOptions
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Chunk, Document
from tests.index.building import SMALL, page

NAMES = ("ada", "bob", "cyd")
LANGUAGES = [*STEMMED, "other"]


class Shared:
    """A machine that writes an index, and another that follows it; only the ledger is shared."""

    def __init__(self, folder: Path) -> None:
        self.options = LedgerOptions(url=f"sqlite:///{folder / 'shared.sqlite3'}")
        self.pages = folder / "pages"
        self.pages.mkdir()
        self.writer = Stores(folder / "writer", ledger=self.options)
        self.follower = Stores(folder / "follower", ledger=self.options)

    def sync(self, rebuild: bool = False, **pages: str | None) -> None:
        """Write or delete pages and have the one machine read them."""
        for name, text in pages.items():
            path = self.pages / f"{name}.md"
            path.write_text(text) if text else path.unlink()
        syncer = Syncer(self.writer, HashEmbedding(), SMALL)
        syncer.sync([FolderSource(FolderOptions(path=self.pages))], rebuild=rebuild, allow_mass_delete=True)

    @property
    def copy(self) -> Wordings:
        """The other machine's keyword copy of what serves."""
        return self.follower.keywords(self.follower.ledger.collection)

    def finds(self, word: str) -> set[str]:
        """The pages of the passages, and the pages, that the copy finds a word in."""
        name = self.follower.ledger.collection
        live = self.follower.ledger.live_chunks(self.copy.chunks.search(word, LANGUAGES, 50))
        assert set(self.copy.pages.search(word, LANGUAGES, 50)) == {chunk.url for chunk, _ in live.values()}
        assert self.copy.chunks.count() == self.follower.ledger.count_chunks(name)
        return {chunk.url for chunk, _ in live.values()}


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Shared]:
    made = Shared(tmp_path)
    made.sync(False, **{name: page(name) for name in NAMES})
    made.follower.follow()
    yield made
    made.writer.close()
    made.follower.close()


def test_what_changed_is_brought_in_and_no_more(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, read = shared.copy, list[set[str]]()
    whole = shared.follower.ledger.all_pages

    def noted(collection: str, among: Sequence[str] | None = None) -> Iterator[tuple[Document, list[Chunk]]]:
        read.append(set(among or ()))
        return whole(collection, among)

    monkeypatch.setattr(shared.follower.ledger, "all_pages", noted)
    shared.sync(ada=page("ada", version="x"), bob=None, dan=page("dan"))
    assert shared.follower.follow()

    assert read == [{"ada.md", "bob.md", "dan.md"}]
    assert shared.copy is copy
    assert shared.finds("ada1word1x") == {"ada.md"}
    assert shared.finds("ada1word1") == shared.finds("bob1word1") == set()
    assert shared.finds("dan1word1") == {"dan.md"}
    assert not shared.follower.follow()


def test_a_copy_ranks_as_that_of_the_machine_that_wrote_it(shared: Shared) -> None:
    for version in ("x", "y", "z"):
        shared.sync(ada=page("ada", version=version), bob=page("bob", 5, version))
        shared.follower.follow()
    shared.follower.follow()  # the changes have come to rest
    name = shared.writer.ledger.collection
    mine, own = shared.copy, shared.writer.keywords(name)
    for word in ("cyd1word1", "ada1word1z", "bob4word3z"):
        assert mine.chunks.search(word, LANGUAGES, 9) == own.chunks.search(word, LANGUAGES, 9) != {}
        assert mine.pages.search(word, LANGUAGES, 9) == own.pages.search(word, LANGUAGES, 9)
    assert mine.worn == 0


def test_it_is_read_on_while_it_is_behind(shared: Shared) -> None:
    copy = shared.copy
    shared.sync(ada=page("ada", version="x"))
    assert shared.copy is copy
    assert shared.copy.chunks.search("ada1word1", LANGUAGES, 9) != {}


def test_one_that_is_too_far_behind_is_made_anew(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.ledger.queries._KEPT", 1)
    for version in ("x", "y"):
        shared.sync(ada=page("ada", version=version))
    assert shared.follower.ledger.changes_after(shared.follower.ledger.collection, 1) is None
    shared.follower.follow()
    assert shared.finds("ada1word1y") == {"ada.md"}
    assert shared.finds("ada1word1") == set()


def test_a_rebuilt_collection_takes_the_place_of_the_old_one(shared: Shared) -> None:
    before, old = shared.follower.ledger.collection, shared.copy
    shared.sync(rebuild=True, ada=page("ada", version="x"))
    shared.follower.follow()
    assert shared.follower.ledger.collection != before
    assert shared.finds("ada1word1x") == {"ada.md"}
    assert {path.name for path in (shared.follower.folder / "keywords").iterdir()} == {
        shared.follower.ledger.collection
    }
    assert shared.copy is not old


def test_a_machine_that_was_away_goes_on_from_what_it_has(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.follower.close()
    shared.sync(ada=page("ada", version="x"))
    shared.follower = Stores(shared.follower.folder, ledger=shared.options)
    monkeypatch.setattr(Wordings, "renew", None)
    monkeypatch.setattr(Wordings, "clear", None)
    shared.follower.follow()
    assert shared.finds("ada1word1x") == {"ada.md"}
    assert shared.finds("cyd1word1") == {"cyd.md"}


def test_one_that_begins_to_write_goes_on_from_its_copy(shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
    shared.sync(ada=page("ada", version="x"))
    monkeypatch.setattr(Wordings, "clear", None)
    name = shared.follower.ledger.collection
    found = shared.follower.refresh_keywords(name)
    assert found.holds == str(shared.follower.ledger.generation_of(name))
    assert shared.finds("ada1word1x") == {"ada.md"}
