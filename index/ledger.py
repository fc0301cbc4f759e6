"""The ledger: which pages are live, in which version, and which chunks are theirs. It says what the index holds.

Chroma and the keyword index may for a moment hold more than the ledger lists (a new version's chunks before the
switch, an old one's after it); a hit that the ledger does not list is dropped. ``garbage`` names those chunks, so that
whatever a killed process left behind is cleared by the next sync.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, Field

from ingest.errors import StoreDamagedError, StoreError
from ingest.types import Chunk, Document, Page, Section

_SCHEMA_VERSION = "1"
_IN = 500  # values in one IN list

_tables = sa.MetaData()
_meta = sa.Table(
    "meta", _tables, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
)
_pages = sa.Table(
    "pages", _tables,
    sa.Column("collection", sa.String, primary_key=True), sa.Column("url", sa.String, primary_key=True),
    sa.Column("source", sa.String, nullable=False), sa.Column("title", sa.String, nullable=False),
    sa.Column("language", sa.String, nullable=False), sa.Column("text", sa.Text, nullable=False),
    sa.Column("sections", sa.Text, nullable=False), sa.Column("keywords", sa.Text, nullable=False),
    sa.Column("page_digest", sa.String, nullable=False), sa.Column("document_digest", sa.String, nullable=False),
    sa.Column("etag", sa.String), sa.Column("last_modified", sa.String), sa.Column("link", sa.String),
    sa.Column("fetched_at", sa.String, nullable=False), sa.Column("changed_at", sa.String, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False, default=0),
    sa.Column("failing_since", sa.String), sa.Column("failure", sa.String),
)  # fmt: skip
_chunks = sa.Table(
    "chunks", _tables,
    sa.Column("collection", sa.String, primary_key=True), sa.Column("id", sa.String, primary_key=True),
    sa.Column("url", sa.String, nullable=False), sa.Column("position", sa.Integer, nullable=False),
    sa.Column("context", sa.String, nullable=False), sa.Column("heading_path", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False), sa.Column("end", sa.Integer, nullable=False),
    sa.Column("anchor", sa.String), sa.Column("page_number", sa.Integer), sa.Column("digest", sa.String, nullable=False),
    sa.Index("chunks_by_url", "collection", "url"), sa.Index("chunks_by_digest", "collection", "digest"),
)  # fmt: skip
_garbage = sa.Table(
    "garbage", _tables,
    sa.Column("collection", sa.String, primary_key=True), sa.Column("id", sa.String, primary_key=True),
)  # fmt: skip


class LedgerOptions(BaseModel, frozen=True, extra="forbid"):
    """Where the ledger is kept."""

    url: str = Field(
        "", description="A SQLAlchemy address, as postgresql+psycopg://host/name; empty: SQLite in the data folder."
    )


@dataclass(frozen=True, slots=True)
class PageState:
    """What the ledger knows of a page without its text."""

    url: str
    source: str
    page_digest: str
    document_digest: str
    etag: str | None
    last_modified: str | None
    missed: int
    failing_since: datetime | None
    failure: str | None
    fetched_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A live page: its document, its source's name, its public address (or None), and its times."""

    document: Document
    source: str
    link: str | None
    fetched_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A page's new version, ready to be switched to."""

    page: Page
    document: Document
    chunks: tuple[Chunk, ...]
    source: str
    link: str | None


class Ledger:
    """The ledger of a data folder, or of the database at ``options.url``.

    Raises ``StoreError`` when it cannot be reached and ``StoreDamagedError`` when it is of a newer version.
    """

    def __init__(self, options: LedgerOptions, folder: Path) -> None:
        if not options.url:
            folder.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(options.url or f"sqlite:///{folder / 'ledger.sqlite3'}")
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _prepare_sqlite)
        try:
            with self._engine.connect() as connection:
                if not sa.inspect(connection).has_table("meta"):
                    _tables.create_all(connection)
                    connection.execute(_meta.insert(), [{"key": "schema", "value": _SCHEMA_VERSION}])
                    connection.commit()
                version = self._read_meta(connection, "schema")
        except sa.exc.DBAPIError as error:
            raise StoreError(f"the ledger cannot be opened: {error.orig}", hint="run: footnoted doctor") from error
        if version != _SCHEMA_VERSION:
            raise StoreDamagedError(
                f"the ledger is of version {version}, this program reads version {_SCHEMA_VERSION}",
                hint="use the program version that wrote it, or name another folder with --data-dir",
            )

    # What is live -----------------------------------------------------------------------------------------------------

    @property
    def collection(self) -> str:
        """The name of the collection that serves, or ``""`` before the first sync has finished."""
        with self._engine.connect() as connection:
            return self._read_meta(connection, "collection") or ""

    @property
    def generation(self) -> int:
        """A number that grows with every switch."""
        with self._engine.connect() as connection:
            return int(self._read_meta(connection, "generation") or 0)

    def states(self, collection: str) -> dict[str, PageState]:
        """The pages of a collection by url, without their texts."""
        columns = [_pages.c[name] for name in PageState.__dataclass_fields__]
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).where(_pages.c.collection == collection)).mappings()
            return {row["url"]: _state(row) for row in rows}

    def page(self, url: str) -> StoredPage | None:
        """A live page, or None."""
        return self.pages([url]).get(url)

    def pages(self, urls: Iterable[str]) -> dict[str, StoredPage]:
        """The live pages among ``urls``."""
        with self._engine.connect() as connection:
            live = self._read_meta(connection, "collection") or ""
            found: dict[str, StoredPage] = {}
            for part in _parts(urls):
                rows = connection.execute(sa.select(_pages).where(_pages.c.collection == live, _pages.c.url.in_(part)))
                found.update((row["url"], _stored(row)) for row in rows.mappings())
            return found

    def live_chunks(self, ids: Iterable[str]) -> dict[str, tuple[Chunk, StoredPage]]:
        """The live chunks among ``ids``, each with its page: one consistent view of the index."""
        with self._engine.connect() as connection:
            live = self._read_meta(connection, "collection") or ""
            rows: list[Any] = []
            for part in _parts(ids):
                rows += connection.execute(
                    sa.select(_chunks).where(_chunks.c.collection == live, _chunks.c.id.in_(part))
                ).mappings()
            pages: dict[str, StoredPage] = {}
            for part in _parts({row["url"] for row in rows}):
                found = connection.execute(sa.select(_pages).where(_pages.c.collection == live, _pages.c.url.in_(part)))
                pages.update((row["url"], _stored(row)) for row in found.mappings())
            return {
                row["id"]: (_chunk(row, pages[row["url"]].document), pages[row["url"]])
                for row in rows
                if row["url"] in pages
            }

    def all_chunks(self, collection: str) -> Iterator[tuple[Chunk, Document]]:
        """Every chunk of a collection with its document, page by page."""
        for url in list(self.states(collection)):
            with self._engine.connect() as connection:
                page = connection.execute(
                    sa.select(_pages).where(_pages.c.collection == collection, _pages.c.url == url)
                ).mappings().first()  # fmt: skip
                if page is None:
                    continue
                document = _stored(page).document
                rows = connection.execute(
                    sa.select(_chunks).where(_chunks.c.collection == collection, _chunks.c.url == url).order_by(_chunks.c.position)
                ).mappings().all()  # fmt: skip
            for row in rows:
                yield _chunk(row, document), document

    def count_chunks(self, collection: str) -> int:
        """How many chunks a collection lists."""
        with self._engine.connect() as connection:
            return int(
                connection.scalar(
                    sa.select(sa.func.count()).select_from(_chunks).where(_chunks.c.collection == collection)
                )
                or 0
            )

    def languages(self, collection: str) -> dict[str, int]:
        """How many pages of a collection are in each language."""
        query = (
            sa.select(_pages.c.language, sa.func.count())
            .where(_pages.c.collection == collection)
            .group_by(_pages.c.language)
        )
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def chunk_ids(self, collection: str, url: str) -> list[str]:
        """The ids of a page's chunks, in order."""
        query = (
            sa.select(_chunks.c.id)
            .where(_chunks.c.collection == collection, _chunks.c.url == url)
            .order_by(_chunks.c.position)
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def chunk_ranges(self, urls: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
        """The character ranges of the live chunks of those pages, in order."""
        found: dict[str, list[tuple[int, int]]] = {}
        with self._engine.connect() as connection:
            live = self._read_meta(connection, "collection") or ""
            for part in _parts(urls):
                query = (
                    sa.select(_chunks.c.url, _chunks.c.start, _chunks.c.end)
                    .where(_chunks.c.collection == live, _chunks.c.url.in_(part))
                    .order_by(_chunks.c.url, _chunks.c.position)
                )
                for url, start, end in connection.execute(query):
                    found.setdefault(url, []).append((start, end))
        return found

    def ids_by_digest(self, collection: str, digests: Iterable[str]) -> dict[str, str]:
        """For each of those digests that a live chunk has: the id of one such chunk."""
        found: dict[str, str] = {}
        with self._engine.connect() as connection:
            for part in _parts(digests):
                query = sa.select(_chunks.c.digest, _chunks.c.id).where(
                    _chunks.c.collection == collection, _chunks.c.digest.in_(part)
                )
                found.update((row[0], row[1]) for row in connection.execute(query))
        return found

    # Changing it ------------------------------------------------------------------------------------------------------

    def announce(self, collection: str, ids: Sequence[str]) -> None:
        """Say which chunks are about to be written, so that they are cleared should the switch never come."""
        with self._engine.begin() as connection:
            self._add_garbage(connection, collection, ids)

    def switch(self, collection: str, versions: Sequence[PageVersion], removed: Sequence[str] = ()) -> list[str]:
        """Make these versions live and those pages gone, all at once. The ids of chunks that nothing lists any more."""
        urls = [version.document.url for version in versions]
        with self._engine.begin() as connection:
            stale: set[str] = set()
            for part in _parts([*urls, *removed]):
                here = (_chunks.c.collection == collection, _chunks.c.url.in_(part))
                stale.update(connection.scalars(sa.select(_chunks.c.id).where(*here)))
                connection.execute(_chunks.delete().where(*here))
            changed: dict[str, tuple[str, str]] = {}
            for part in _parts([*urls, *removed]):
                there = (_pages.c.collection == collection, _pages.c.url.in_(part))
                rows = connection.execute(
                    sa.select(_pages.c.url, _pages.c.document_digest, _pages.c.changed_at).where(*there)
                )
                changed.update((row[0], (row[1], row[2])) for row in rows)
                connection.execute(_pages.delete().where(*there))
            for version in versions:
                before = changed.get(version.document.url)
                same = before is not None and before[0] == version.document.digest
                connection.execute(
                    _pages.insert(), [_page_row(collection, version, before[1] if same and before else None)]
                )
                if version.chunks:
                    connection.execute(_chunks.insert(), [_chunk_row(collection, chunk) for chunk in version.chunks])
            live = {chunk.id for version in versions for chunk in version.chunks}
            for part in _parts(live):
                connection.execute(
                    _garbage.delete().where(_garbage.c.collection == collection, _garbage.c.id.in_(part))
                )
            stale -= live
            self._add_garbage(connection, collection, sorted(stale))
            self._raise_generation(connection)
        return sorted(stale)

    def activate(self, collection: str) -> None:
        """Make a collection the one that serves."""
        with self._engine.begin() as connection:
            self._write_meta(connection, "collection", collection)
            self._raise_generation(connection)

    def forget(self, collection: str) -> None:
        """Drop everything that is known of a collection that does not serve."""
        with self._engine.begin() as connection:
            for table in (_chunks, _pages, _garbage):
                connection.execute(table.delete().where(table.c.collection == collection))

    def garbage(self, collection: str) -> list[str]:
        """Chunks that the stores may hold and nothing lists."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sa.select(_garbage.c.id).where(_garbage.c.collection == collection)))

    def cleared(self, collection: str, ids: Iterable[str]) -> None:
        """Those chunks are out of the stores."""
        with self._engine.begin() as connection:
            for part in _parts(ids):
                connection.execute(
                    _garbage.delete().where(_garbage.c.collection == collection, _garbage.c.id.in_(part))
                )

    def revalidate(self, collection: str, page: Page) -> None:
        """A page's bytes or validators changed and its text did not."""
        values = {"page_digest": page.digest, "etag": page.etag, "last_modified": page.last_modified,
                  "fetched_at": _time(page.fetched_at), "missed": 0, "failing_since": None, "failure": None}  # fmt: skip
        self._update(collection, page.url, values)

    def note_missed(self, collection: str, url: str, missed: int) -> None:
        """A page was not found, for the ``missed``-th time in a row."""
        self._update(collection, url, {"missed": missed})

    def note_failure(self, collection: str, url: str, reason: str | None) -> None:
        """A page could not be brought up to date, or (None) could be again."""
        since = _time(datetime.now(UTC)) if reason else None
        values: dict[str, Any] = {"failure": reason, "failing_since": since}
        if reason:
            values["failing_since"] = sa.func.coalesce(_pages.c.failing_since, since)
        self._update(collection, url, values)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _update(self, collection: str, url: str, values: dict[str, Any]) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                _pages.update().where(_pages.c.collection == collection, _pages.c.url == url).values(**values)
            )

    @staticmethod
    def _add_garbage(connection: sa.Connection, collection: str, ids: Sequence[str]) -> None:
        for part in _parts(ids):
            known = set(
                connection.scalars(
                    sa.select(_garbage.c.id).where(_garbage.c.collection == collection, _garbage.c.id.in_(part))
                )
            )
            rows = [{"collection": collection, "id": chunk_id} for chunk_id in part if chunk_id not in known]
            if rows:
                connection.execute(_garbage.insert(), rows)

    @staticmethod
    def _read_meta(connection: sa.Connection, key: str) -> str | None:
        value = connection.scalar(sa.select(_meta.c.value).where(_meta.c.key == key))
        return None if value is None else str(value)

    @staticmethod
    def _write_meta(connection: sa.Connection, key: str, value: str) -> None:
        connection.execute(_meta.delete().where(_meta.c.key == key))
        connection.execute(_meta.insert(), [{"key": key, "value": value}])

    def _raise_generation(self, connection: sa.Connection) -> None:
        self._write_meta(connection, "generation", str(int(self._read_meta(connection, "generation") or 0) + 1))


def _prepare_sqlite(connection: Any, record: object) -> None:
    del record
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 10000")


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    listed = list(dict.fromkeys(values))
    for first in range(0, len(listed), _IN):
        yield listed[first : first + _IN]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _page_row(collection: str, version: PageVersion, changed_at: str | None) -> dict[str, Any]:
    page, document = version.page, version.document
    return {
        "collection": collection, "url": document.url, "source": version.source, "title": document.title,
        "language": document.language, "text": document.text, "keywords": json.dumps(document.keywords),
        "sections": json.dumps([[s.heading_path, s.start, s.end, s.anchor, s.page_number] for s in document.sections]),
        "page_digest": page.digest, "document_digest": document.digest, "etag": page.etag,
        "last_modified": page.last_modified, "link": version.link, "fetched_at": _time(page.fetched_at),
        "changed_at": changed_at or _time(page.fetched_at), "missed": 0,
    }  # fmt: skip


def _chunk_row(collection: str, chunk: Chunk) -> dict[str, Any]:
    return {
        "collection": collection, "id": chunk.id, "url": chunk.url, "position": chunk.position, "context": chunk.context,
        "heading_path": json.dumps(chunk.heading_path), "start": chunk.start, "end": chunk.end, "anchor": chunk.anchor,
        "page_number": chunk.page_number, "digest": chunk.digest,
    }  # fmt: skip


def _state(row: Any) -> PageState:
    values = {name: row[name] for name in PageState.__dataclass_fields__}
    for name in ("failing_since", "fetched_at", "changed_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return PageState(**values)


def _stored(row: Any) -> StoredPage:
    sections = tuple(
        Section(tuple(path), start, end, anchor, page) for path, start, end, anchor, page in json.loads(row["sections"])
    )
    document = Document(
        row["url"], row["title"], row["language"], row["text"], sections, tuple(json.loads(row["keywords"]))
    )
    fetched, changed = datetime.fromisoformat(row["fetched_at"]), datetime.fromisoformat(row["changed_at"])
    return StoredPage(document, row["source"], row["link"], fetched, changed)


def _chunk(row: Any, document: Document) -> Chunk:
    return Chunk(
        row["id"], row["url"], row["position"], document.title, row["context"], tuple(json.loads(row["heading_path"])),
        document.text[row["start"] : row["end"]], row["start"], row["end"], row["anchor"], row["page_number"],
    )  # fmt: skip
