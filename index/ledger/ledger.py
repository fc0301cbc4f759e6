"""The ledger: which pages are live, in which version, and which chunks are theirs. It says what the index holds.

Chroma and the keyword index may for a moment hold more than the ledger lists (a new version's chunks before the
switch, an old one's after it); a hit that the ledger does not list is dropped. ``garbage`` names those chunks, so that
whatever a killed process left behind is cleared by the next sync.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from index.ledger.database import Database, LedgerOptions, write_meta
from index.ledger.documents import Documents
from index.ledger.queries import (
    add_garbage,
    delete_rows,
    generation_key,
    note_change,
    raise_generation,
    replace_failures,
    replace_pages,
    update_page,
)
from index.ledger.tables import (
    PageState,
    PageVersion,
    Recut,
    StoredFailure,
    StoredPage,
    changes,
    chunks,
    garbage,
    meta,
    pages,
    written_time,
)
from index.ledger.view import LedgerView
from ingest.types import Page, PageFailure

__all__ = ["Ledger", "LedgerOptions", "PageState", "PageVersion", "Recut", "StoredFailure", "StoredPage"]


class Ledger(LedgerView):
    """The ledger of a data folder, or of the database at ``options.url``. Raises as ``Database`` does."""

    def __init__(self, options: LedgerOptions, folder: Path, documents: Documents | None = None) -> None:
        """``documents`` are those of another ledger of the same pages, so that no text is kept twice."""
        super().__init__(Database(options, folder), documents or Documents())
        self.fence: Callable[[sa.Connection], None] | None = None
        """Called in every transaction that writes: what it raises, where the right to write was lost, undoes it."""

    def announce(self, collection: str, ids: Sequence[str]) -> None:
        """Say which chunks are about to be written, so that they are cleared should the switch never come."""
        with self._writing() as connection:
            add_garbage(connection, collection, ids)

    def switch(self, collection: str, versions: Sequence[PageVersion | Recut], removed: Sequence[str] = ()) -> None:
        """Make these versions live and those pages gone, all at once; their chunks of before are garbage."""
        with self._writing() as connection:
            stale = replace_pages(connection, collection, versions, removed)
            add_garbage(connection, collection, sorted(stale))
            raise_generation(connection, collection)
            if self.database.is_shared:
                urls = [*(version.document.url for version in versions), *removed]
                note_change(connection, collection, urls, stale)

    def activate(self, collection: str) -> None:
        """Make a collection the one that serves."""
        with self._writing() as connection:
            write_meta(connection, "collection", collection)
            raise_generation(connection)

    def forget(self, collection: str) -> None:
        """Drop everything that is known of a collection that does not serve."""
        with self._writing() as connection:
            for table in (chunks, pages, garbage, changes):
                connection.execute(table.delete().where(table.c.collection == collection))
            connection.execute(meta.delete().where(meta.c.key == generation_key(collection)))

    def cleared(self, collection: str, ids: Iterable[str]) -> None:
        """Those chunks are out of the stores."""
        with self._writing() as connection:
            delete_rows(connection, garbage, collection, id=ids)

    def revalidate(self, collection: str, found: Iterable[Page]) -> None:
        """Those pages' bytes or validators changed and their texts did not."""
        with self._writing() as connection:
            for page in found:
                values = {"page_digest": page.digest, "etag": page.etag, "last_modified": page.last_modified,
                          "fetched_at": written_time(page.fetched_at), "missed": 0}  # fmt: skip
                connection.execute(update_page(collection, page.url, values))

    def note_missed(self, collection: str, missed: Mapping[str, int]) -> None:
        """How many times in a row each of those pages was not found; 0: it was found."""
        with self._writing() as connection:
            for url, times in missed.items():
                connection.execute(update_page(collection, url, {"missed": times}))

    def note_failures(self, found: Iterable[PageFailure]) -> None:
        """These pages and no others fail now. Those that did before keep their "since"; equal ones write nothing."""
        wanted = {failure.url: (failure.reason, failure.hint) for failure in found}
        known = {failure.url: failure for failure in self.failures()}
        if wanted == {failure.url: (failure.reason, failure.hint) for failure in known.values()}:
            return
        with self._writing() as connection:
            replace_failures(connection, wanted, known)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self.database.writing() as connection:
            if self.fence is not None:
                self.fence(connection)
            yield connection
