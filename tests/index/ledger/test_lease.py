from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from index.embedding.vectors import Vectors
from index.ledger.database import Database, LedgerOptions
from index.ledger.lease import Lease, LeaseLostError
from index.ledger.ledger import Ledger
from index.ledger.tables import lease as table
from index.stores import Stores
from index.sync import Syncer
from index.testing import HashEmbedding
from ingest.errors import StoreHeldError
from ingest.folder import FolderOptions, FolderSource
from tests.index.building import SMALL, contents, page

SECONDS = 1.0


@pytest.fixture
def options(tmp_path: Path) -> LedgerOptions:
    return LedgerOptions(url=f"sqlite:///{tmp_path / 'shared.sqlite3'}")


@pytest.fixture
def database(options: LedgerOptions, tmp_path: Path) -> Iterator[Database]:
    made = Database(options, tmp_path)
    yield made
    made.close()


def expire(database: Database) -> None:
    """What a holder that falls silent leaves after a while."""
    with database.writing() as connection:
        connection.execute(table.update().values(expires=1.0))


def test_a_second_one_is_told_who_has_it_until_it_is_given_back(database: Database) -> None:
    mine, other = Lease(database, SECONDS), Lease(database, SECONDS)
    assert mine.holder() is None
    mine.acquire("footnoted serve", "http://127.0.0.1:7860")
    with pytest.raises(StoreHeldError) as caught:
        other.acquire("footnoted index")
    assert f"is held by process {os.getpid()} on " in caught.value.message
    assert "(footnoted serve at http://127.0.0.1:7860, since " in caught.value.message
    assert mine.abandoned() is None

    mine.release()
    assert (mine.holder(), mine.abandoned()) == (None, None)
    other.acquire("footnoted index")
    holder = mine.holder()
    assert holder is not None
    assert holder.command == "footnoted index"
    other.release()


def test_it_is_kept_for_as_long_as_its_holder_lives(database: Database) -> None:
    mine, other = Lease(database, SECONDS), Lease(database, SECONDS)
    mine.acquire("footnoted serve")
    end = time.monotonic() + 3 * SECONDS
    while time.monotonic() < end:
        mine.check()
        with pytest.raises(StoreHeldError):
            other.acquire("footnoted index")
        time.sleep(0.1)
    mine.release()


def test_one_that_fell_silent_loses_it_and_can_write_nothing(database: Database) -> None:
    mine, other = Lease(database, 600), Lease(database, 600)  # so long that nothing is renewed meanwhile
    mine.acquire("footnoted serve")
    with database.writing() as connection:
        mine.fence(connection)
    expire(database)
    gone = other.abandoned()
    assert gone is not None
    assert gone.pid == os.getpid()
    mine.check()  # as far as it knows, it is fine
    with database.writing() as connection:
        mine.fence(connection)  # and so it is, while nobody has taken it

    other.acquire("footnoted serve")
    with database.writing() as connection, pytest.raises(LeaseLostError):
        mine.fence(connection)
    with pytest.raises(LeaseLostError):
        mine.check()
    mine.release()
    with database.writing() as connection:
        other.fence(connection)  # what it gave back was not its own any more
    other.release()


def test_a_sync_whose_right_went_to_another_switches_nothing(options: LedgerOptions, tmp_path: Path) -> None:
    stores = Stores(tmp_path / "data", ledger=options)
    mine, other = (Lease(stores.ledger.database, 600) for _ in range(2))
    stores.fence(mine)
    (tmp_path / "pages").mkdir()
    source = FolderSource(FolderOptions(path=tmp_path / "pages"))
    (tmp_path / "pages" / "ada.md").write_text(page("ada"))
    with pytest.raises(LeaseLostError):
        Syncer(stores, HashEmbedding(), SMALL).sync([source])
    mine.acquire("one")
    Syncer(stores, HashEmbedding(), SMALL).sync([source])
    before, generation = contents(stores), stores.ledger.generation
    assert set(before) == {"ada.md"}

    class Slow(HashEmbedding):
        """Takes so long over the passages that another one has the lease when they are done."""

        def encode_documents(self, texts: Sequence[str]) -> Vectors:
            expire(stores.ledger.database)
            other.acquire("two")
            return super().encode_documents(texts)

    (tmp_path / "pages" / "ada.md").write_text(page("ada", 4))
    with pytest.raises(LeaseLostError):
        Syncer(stores, Slow(), SMALL).sync([source])
    assert (contents(stores), stores.ledger.generation) == (before, generation)
    name = stores.ledger.collection
    assert stores.ledger.garbage(name) == []  # it could not announce what it was about to write
    assert len(stores.collection(name)) == stores.ledger.count_chunks(name)
    other.release()
    mine.acquire("one")
    Syncer(stores, HashEmbedding(), SMALL).sync([source])
    assert len(stores.collection(name)) == stores.ledger.count_chunks(name) == 4
    mine.release()
    stores.close()


def test_a_ledger_of_an_older_program_gets_the_lease(options: LedgerOptions, tmp_path: Path) -> None:
    ledger = Ledger(options, tmp_path)
    with ledger.database.writing() as connection:
        for name in ("lease", "changes"):
            connection.execute(sa.text(f"DROP TABLE {name}"))
    ledger.close()
    again = Database(options, tmp_path)
    held = Lease(again, SECONDS)
    held.acquire("footnoted serve")
    held.release()
    again.close()
