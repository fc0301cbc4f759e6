"""Statements that the ledger is made of, run on a connection of its database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from index.ledger.database import read_meta, write_meta
from index.ledger.documents import Documents
from index.ledger.tables import (
    Changes,
    PageVersion,
    Recut,
    Standing,
    StoredFailure,
    StoredPage,
    changes,
    chunk_row,
    chunks,
    failures,
    garbage,
    meta,
    pack,
    page_row,
    pages,
    parts,
    stored_document,
    stored_page,
    written_time,
)

_SHORT = sa.select(
    *(pages.c[name] for name in ("url", "source", "link", "fetched_at", "changed_at", "document_digest"))
)
_KEPT = 1_000  # switches of a collection that are remembered; a copy that is further behind is made anew


def serving(connection: sa.Connection) -> str:
    """The name of the collection that serves, or ``""``."""
    return read_meta(connection, "collection") or ""


def rows_of(table: sa.Table, collection: str, **among: list[str]) -> sa.Select[Any]:
    """The rows of a collection whose named column has one of the values."""
    return sa.select(table).where(*_among(table, collection, **among))


def _among(table: sa.Table, collection: str, **among: list[str]) -> Iterator[sa.ColumnElement[bool]]:
    yield table.c.collection == collection
    yield from (table.c[name].in_(values) for name, values in among.items())


def collections_in(connection: sa.Connection, table: sa.Table) -> Iterable[str]:
    """The collections that a table has rows of."""
    return connection.scalars(sa.select(table.c.collection).distinct())


def place_of(connection: sa.Connection) -> tuple[str, int]:
    """The name of the collection that serves, or ``""``, and its generation."""
    noted = {row.key: row.value for row in connection.execute(sa.select(meta))}
    name = noted.get("collection", "")
    return name, int(noted.get(generation_key(name), 0))


def stored_pages(
    connection: sa.Connection,
    collection: str,
    urls: Iterable[str],
    documents: Documents,
    sources: Collection[str] | None = None,
) -> dict[str, StoredPage]:
    """Those of the pages that a collection holds, of all its sources or of these.

    Of pages that are in ``documents`` no text is read.
    """
    rows = [
        row
        for part in parts(urls)
        for row in connection.execute(
            of_sources(_SHORT.where(*_among(pages, collection, url=part)), sources)
        ).mappings()
    ]
    found = {row["url"]: documents.get(row["url"], row["document_digest"]) for row in rows}
    for part in parts(url for url, document in found.items() if document is None):
        for row in connection.execute(rows_of(pages, collection, url=part)).mappings():
            found[row["url"]] = documents.keep(row["document_digest"], stored_document(row))
    return {row["url"]: stored_page(row, document) for row in rows if (document := found[row["url"]])}


def standings(
    connection: sa.Connection, collection: str, ids: Iterable[str], sources: Collection[str] | None = None
) -> dict[str, Standing]:
    """Where those of the chunks stand that a collection lists, of all its sources or of these."""
    columns = (chunks.c.id, chunks.c.url, chunks.c.position, pages.c.link)
    joined = sa.select(*columns).join(
        pages, sa.and_(pages.c.collection == chunks.c.collection, pages.c.url == chunks.c.url)
    )
    return {
        row.id: Standing(row.url, row.position, row.link)
        for part in parts(ids)
        for row in connection.execute(of_sources(joined.where(*_among(chunks, collection, id=part)), sources))
    }


def of_sources(query: sa.Select[Any], sources: Collection[str] | None) -> sa.Select[Any]:
    """A query of ``pages`` cut down to the pages of some sources; None: as it is."""
    return query if sources is None else query.where(pages.c.source.in_(sorted(sources)))


def chunk_ids_of(connection: sa.Connection, collection: str, urls: Iterable[str]) -> set[str]:
    """The ids of those pages' chunks."""
    return {row.id for part in parts(urls) for row in connection.execute(rows_of(chunks, collection, url=part))}


def delete_rows(connection: sa.Connection, table: sa.Table, collection: str, **among: Iterable[str]) -> None:
    """Delete the rows of a collection whose named column has one of the values."""
    for name, values in among.items():
        for part in parts(values):
            connection.execute(table.delete().where(table.c.collection == collection, table.c[name].in_(part)))


def replace_pages(
    connection: sa.Connection, collection: str, versions: Sequence[PageVersion | Recut], removed: Sequence[str]
) -> set[str]:
    """Put these versions in the place of those of before, and nothing in that of ``removed``: chunks that go by it."""
    read = {version.document.url: version for version in versions if isinstance(version, PageVersion)}
    cut = {version.document.url: version for version in versions if isinstance(version, Recut)}
    live = {chunk.id: chunk for version in versions for chunk in version.chunks}
    urls = [*read, *cut, *removed]
    stale = chunk_ids_of(connection, collection, urls) - live.keys()
    changed = {
        row["url"]: row["changed_at"]
        for part in parts(read)
        for row in connection.execute(rows_of(pages, collection, url=part)).mappings()
        if row["document_digest"] == read[row["url"]].document.digest
    }
    delete_rows(connection, chunks, collection, url=urls)
    delete_rows(connection, pages, collection, url=[*read, *removed])
    if read:
        rows = [page_row(collection, version, changed.get(url)) for url, version in read.items()]
        connection.execute(pages.insert(), rows)
    for url, recut in cut.items():
        connection.execute(update_page(collection, url, {"left_out": pack(recut.left_out)}))
    if live:
        connection.execute(chunks.insert(), [chunk_row(collection, chunk) for chunk in live.values()])
    delete_rows(connection, garbage, collection, id=live)
    return stale


def update_page(collection: str, url: str, values: Mapping[str, Any]) -> sa.Update:
    """Write some columns of a page."""
    return pages.update().where(pages.c.collection == collection, pages.c.url == url).values(**values)


def add_garbage(connection: sa.Connection, collection: str, ids: Sequence[str]) -> None:
    """Note chunks that the stores may hold and nothing lists; those noted already stay so."""
    for part in parts(ids):
        known = {row.id for row in connection.execute(rows_of(garbage, collection, id=part))}
        rows = [{"collection": collection, "id": chunk_id} for chunk_id in part if chunk_id not in known]
        if rows:
            connection.execute(garbage.insert(), rows)


def stored_failures(connection: sa.Connection) -> list[StoredFailure]:
    """The pages and sources that fail, by url."""
    rows = connection.execute(sa.select(failures).order_by(failures.c.url)).mappings()
    return [StoredFailure(row["url"], row["reason"], row["hint"], datetime.fromisoformat(row["since"])) for row in rows]


def replace_failures(
    connection: sa.Connection, wanted: Mapping[str, tuple[str, str]], known: Mapping[str, StoredFailure]
) -> None:
    """Have these fail and no others, by url with reason and hint; those that did before keep their "since"."""
    now = datetime.now(UTC)
    rows = [
        {"url": url, "reason": reason, "hint": hint, "since": written_time(known[url].since if url in known else now)}
        for url, (reason, hint) in wanted.items()
    ]
    connection.execute(failures.delete())
    if rows:
        connection.execute(failures.insert(), rows)


def generation_key(collection: str) -> str:
    """The key under which a collection's generation is noted; ``""``: that of the whole index."""
    return f"generation {collection}".rstrip()


def raise_generation(connection: sa.Connection, collection: str = "") -> None:
    """Count a switch in a collection, and in the whole index."""
    for key in {generation_key(""), generation_key(collection)}:
        write_meta(connection, key, str(int(read_meta(connection, key) or 0) + 1))


def note_change(connection: sa.Connection, collection: str, urls: Iterable[str], gone: Iterable[str]) -> None:
    """Remember what the switch that was just counted did, for copies on other machines."""
    generation = int(read_meta(connection, generation_key(collection)) or 0)
    content = json.dumps({"urls": list(urls), "gone": sorted(gone)})
    row = {"collection": collection, "generation": generation, "content": content}
    connection.execute(changes.insert(), [row])
    forgotten = changes.c.generation <= generation - _KEPT
    connection.execute(changes.delete().where(changes.c.collection == collection, forgotten))


def changes_after(connection: sa.Connection, collection: str, held: int) -> Changes | None:
    """What happened to a collection since a generation; None where not every switch since then is remembered."""
    generation = int(read_meta(connection, generation_key(collection)) or 0)
    query = sa.select(changes.c.content).where(changes.c.collection == collection, changes.c.generation > held)
    rows = [json.loads(content) for content in connection.scalars(query.order_by(changes.c.generation))]
    if held > generation or len(rows) != generation - held:
        return None
    urls = dict.fromkeys(url for row in rows for url in row["urls"])
    return Changes(generation, tuple(urls), tuple({chunk_id: None for row in rows for chunk_id in row["gone"]}))
