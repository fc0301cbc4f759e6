"""What a ledger tells: which pages are live, in which version, and which chunks are theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import Any, Self

import sqlalchemy as sa

from index.ledger.database import Database, read_meta
from index.ledger.documents import Documents
from index.ledger.queries import (
    changes_after,
    chunk_ids_of,
    collections_in,
    generation_key,
    of_sources,
    place_of,
    rows_of,
    serving,
    standings,
    stored_failures,
    stored_pages,
)
from index.ledger.tables import (
    Changes,
    PageState,
    Standing,
    StoredFailure,
    StoredPage,
    chunks,
    cut_page,
    garbage,
    meta,
    page_state,
    pages,
    parts,
    select_states,
    stored_chunk,
)
from index.repeats import CutPage
from ingest.types import Chunk, Document

_AT_ONCE = 50  # pages read together: one by one, the asking takes longer than the reading


class LedgerView:
    """Reads a ledger. ``kept`` are the pages' texts that were read lately."""

    def __init__(self, database: Database, kept: Documents) -> None:
        self.database = database
        self.kept = kept
        self._sources: frozenset[str] | None = None

    def within(self, sources: frozenset[str]) -> Self:
        """The same ledger for those who may see the pages of these sources alone: it tells of no others."""
        part = copy(self)
        part._sources = sources
        return part

    @property
    def collection(self) -> str:
        """The name of the collection that serves, or ``""`` before the first sync has finished."""
        with self.database.reading() as connection:
            return serving(connection)

    @property
    def generation(self) -> int:
        """A number that grows with every switch."""
        return self.generation_of("")

    def generation_of(self, collection: str) -> int:
        """A number that grows with every switch in a collection; ``""``: in any of them."""
        with self.database.reading() as connection:
            return int(read_meta(connection, generation_key(collection)) or 0)

    @property
    def place(self) -> tuple[str, int]:
        """The collection that serves, or ``""``, and its generation: what is found in one place is found together."""
        with self.database.reading() as connection:
            return place_of(connection)

    def standing(self) -> tuple[str, dict[str, int]]:
        """The name of the collection that serves, and the generation of each collection that was ever switched."""
        prefix = f"{generation_key('')} "
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(meta).where(meta.c.key.startswith(prefix, autoescape=True)))
            return serving(connection), {row.key.removeprefix(prefix): int(row.value) for row in rows}

    def changes_after(self, collection: str, generation: int) -> Changes | None:
        """What happened to a collection since a generation; None where not all of that is remembered."""
        with self.database.reading() as connection:
            return changes_after(connection, collection, generation)

    def states(self, collection: str) -> dict[str, PageState]:
        """The pages of a collection by url, without their texts."""
        with self.database.reading() as connection:
            query = of_sources(select_states(collection), self._sources)
            return {row["url"]: page_state(row) for row in connection.execute(query).mappings()}

    def sources(self) -> set[str]:
        """The names of the sources that any collection holds pages of."""
        with self.database.reading() as connection:
            return set(connection.scalars(sa.select(pages.c.source).distinct()))

    def cut_pages(self, collection: str) -> dict[str, CutPage]:
        """What the pages of a collection hold that may repeat on others, and were indexed without, by url."""
        query = sa.select(*(pages.c[name] for name in ("url", "source", "blocks", "others", "left_out")))
        with self.database.reading() as connection:
            rows = connection.execute(query.where(pages.c.collection == collection)).mappings()
            return {row["url"]: cut_page(row) for row in rows}

    def documents(self, collection: str, urls: Iterable[str]) -> dict[str, Document]:
        """Those of the pages that a collection holds, also one that does not serve."""
        with self.database.reading() as connection:
            found = stored_pages(connection, collection, urls, self.kept)
            return {url: page.document for url, page in found.items()}

    def page(self, url: str) -> StoredPage | None:
        """A live page, or None."""
        return self.pages([url]).get(url)

    def pages(self, urls: Iterable[str]) -> dict[str, StoredPage]:
        """The live pages among ``urls``."""
        with self.database.reading() as connection:
            return stored_pages(connection, serving(connection), urls, self.kept, self._sources)

    def standings(self, ids: Iterable[str]) -> dict[str, Standing]:
        """Where the live chunks among ``ids`` stand, without a word of their text."""
        with self.database.reading() as connection:
            return standings(connection, serving(connection), ids, self._sources)

    def live_chunks(self, ids: Iterable[str]) -> dict[str, tuple[Chunk, StoredPage]]:
        """The live chunks among ``ids``, each with its page: one consistent view of the index."""
        with self.database.reading() as connection:
            live = serving(connection)
            rows: list[Any] = []
            for part in parts(ids):
                rows += connection.execute(rows_of(chunks, live, id=part)).mappings()
            found = stored_pages(connection, live, (row["url"] for row in rows), self.kept, self._sources)
        return {
            row["id"]: (stored_chunk(row, found[row["url"]].document), found[row["url"]])
            for row in rows
            if row["url"] in found
        }

    def all_pages(self, collection: str, among: Sequence[str] | None = None) -> Iterator[tuple[Document, list[Chunk]]]:
        """Every page of a collection with its chunks; or those among some addresses that are there."""
        urls = list(self.states(collection)) if among is None else list(among)
        for first in range(0, len(urls), _AT_ONCE):
            part = urls[first : first + _AT_ONCE]
            own: dict[str, list[Any]] = {url: [] for url in part}
            with self.database.reading() as connection:
                found = stored_pages(connection, collection, part, Documents(), self._sources)
                query = rows_of(chunks, collection, url=part).order_by(chunks.c.position)
                for row in connection.execute(query).mappings():
                    own[row["url"]].append(row)
            for url in part:
                if page := found.get(url):
                    yield page.document, [stored_chunk(row, page.document) for row in own[url]]

    def all_chunks(self, collection: str) -> Iterator[tuple[Chunk, Document]]:
        """Every chunk of a collection with its document, page by page."""
        for document, found in self.all_pages(collection):
            for chunk in found:
                yield chunk, document

    def count_chunks(self, collection: str) -> int:
        """How many chunks a collection lists."""
        query = sa.select(sa.func.count()).select_from(chunks).where(chunks.c.collection == collection)
        with self.database.reading() as connection:
            return int(connection.scalar(query) or 0)

    def languages(self, collection: str) -> dict[str, int]:
        """How many pages of a collection are in each language."""
        query = sa.select(pages.c.language, sa.func.count()).where(pages.c.collection == collection)
        query = of_sources(query, self._sources)
        with self.database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(pages.c.language))}

    def chunk_ids(self, collection: str, urls: Iterable[str]) -> set[str]:
        """The ids of those pages' chunks."""
        with self.database.reading() as connection:
            return chunk_ids_of(connection, collection, urls)

    def chunk_ranges(self, urls: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
        """The character ranges of the live chunks of those pages, in order."""
        found: dict[str, list[tuple[int, int]]] = {}
        with self.database.reading() as connection:
            live = serving(connection)
            for part in parts(urls):
                query = rows_of(chunks, live, url=part).with_only_columns(chunks.c.url, chunks.c.start, chunks.c.end)
                for url, start, end in connection.execute(query.order_by(chunks.c.url, chunks.c.position)):
                    found.setdefault(url, []).append((start, end))
        return found

    def ids_by_digest(self, collection: str, digests: Iterable[str]) -> dict[str, str]:
        """For each of those digests that a live chunk has: the id of one such chunk."""
        with self.database.reading() as connection:
            return {
                row["digest"]: row["id"]
                for part in parts(digests)
                for row in connection.execute(rows_of(chunks, collection, digest=part)).mappings()
            }

    def collections(self) -> set[str]:
        """The names of all collections of which anything is known."""
        with self.database.reading() as connection:
            return {name for table in (pages, chunks, garbage) for name in collections_in(connection, table)}

    def failures(self) -> list[StoredFailure]:
        """The pages and sources that the last sync could not bring up to date."""
        with self.database.reading() as connection:
            return stored_failures(connection)

    def garbage(self, collection: str) -> list[str]:
        """Chunks that the stores may hold and nothing lists."""
        with self.database.reading() as connection:
            return list(connection.scalars(sa.select(garbage.c.id).where(garbage.c.collection == collection)))
