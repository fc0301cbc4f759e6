"""The ledger's tables, and how its values are written to their rows and read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from index.repeats import CutPage, Digests
from ingest.errors import StoreDamagedError
from ingest.repeats import PageBlocks
from ingest.types import Chunk, Document, Page, Section

_IN = 500  # values in one IN list

metadata = sa.MetaData()
meta = sa.Table(
    "meta", metadata, sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.String, nullable=False)
)
pages = sa.Table(
    "pages", metadata,
    sa.Column("collection", sa.String, primary_key=True), sa.Column("url", sa.String, primary_key=True),
    sa.Column("source", sa.String, nullable=False), sa.Column("title", sa.String, nullable=False),
    sa.Column("language", sa.String, nullable=False), sa.Column("text", sa.Text, nullable=False),
    sa.Column("sections", sa.Text, nullable=False), sa.Column("keywords", sa.Text, nullable=False),
    sa.Column("page_digest", sa.String, nullable=False), sa.Column("document_digest", sa.String, nullable=False),
    sa.Column("etag", sa.String), sa.Column("last_modified", sa.String), sa.Column("link", sa.String),
    sa.Column("fetched_at", sa.String, nullable=False), sa.Column("changed_at", sa.String, nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    # Since version 2; null in a collection that an older program made, which the next sync replaces.
    sa.Column("blocks", sa.LargeBinary), sa.Column("others", sa.Boolean), sa.Column("left_out", sa.LargeBinary),
)  # fmt: skip
chunks = sa.Table(
    "chunks", metadata,
    sa.Column("collection", sa.String, primary_key=True), sa.Column("id", sa.String, primary_key=True),
    sa.Column("url", sa.String, nullable=False), sa.Column("position", sa.Integer, nullable=False),
    sa.Column("context", sa.String, nullable=False), sa.Column("heading_path", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False), sa.Column("end", sa.Integer, nullable=False),
    sa.Column("anchor", sa.String), sa.Column("page_number", sa.Integer),
    sa.Column("digest", sa.String, nullable=False),
    sa.Index("chunks_by_url", "collection", "url"), sa.Index("chunks_by_digest", "collection", "digest"),
)  # fmt: skip
garbage = sa.Table(
    "garbage", metadata,
    sa.Column("collection", sa.String, primary_key=True), sa.Column("id", sa.String, primary_key=True),
)  # fmt: skip
failures = sa.Table(
    "failures", metadata,
    sa.Column("url", sa.String, primary_key=True), sa.Column("reason", sa.Text, nullable=False),
    sa.Column("hint", sa.Text, nullable=False), sa.Column("since", sa.String, nullable=False),
)  # fmt: skip

# The next two are for a ledger that several machines share.
lease = sa.Table(
    "lease", metadata,
    sa.Column("name", sa.String, primary_key=True), sa.Column("term", sa.Integer, nullable=False),
    sa.Column("owner", sa.String, nullable=False), sa.Column("told", sa.Text, nullable=False),
    sa.Column("expires", sa.Float(53), nullable=False),
)  # fmt: skip
changes = sa.Table(
    "changes", metadata,
    sa.Column("collection", sa.String, primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text, nullable=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Changes:
    """What a collection's last switches did: the pages they wrote or dropped, and the chunks that went."""

    generation: int
    urls: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageState:
    """What the ledger knows of a page without its text. ``missed``: how many syncs in a row did not find it."""

    url: str
    source: str
    page_digest: str
    document_digest: str
    etag: str | None
    last_modified: str | None
    link: str | None
    missed: int
    fetched_at: datetime
    changed_at: datetime
    failing_since: datetime | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A live page: its document, its source's name, its public address (or None), and its times."""

    document: Document
    source: str
    link: str | None
    fetched_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a live chunk stands: its page, the page's public address (or None), its place among the page's chunks."""

    url: str
    position: int
    link: str | None


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A page's new version, ready to be switched to: what it was read from, and its chunks, without ``left_out``."""

    page: Page
    document: Document
    chunks: tuple[Chunk, ...]
    source: str
    link: str | None
    missed: int = 0
    blocks: PageBlocks = field(default_factory=PageBlocks)
    left_out: Digests = ()


@dataclass(frozen=True, slots=True)
class Recut:
    """A page as it is held, with other chunks: without ``left_out``."""

    document: Document
    chunks: tuple[Chunk, ...]
    left_out: Digests


@dataclass(frozen=True, slots=True)
class StoredFailure:
    """A page, or a source by its name, that could not be brought up to date: why, what mends it, and since when."""

    url: str
    reason: str
    hint: str
    since: datetime


def parts(values: Iterable[str]) -> Iterator[list[str]]:
    """The values, each once, in lists short enough for an IN clause."""
    listed = list(dict.fromkeys(values))
    for first in range(0, len(listed), _IN):
        yield listed[first : first + _IN]


def written_time(moment: datetime) -> str:
    """A moment as the tables hold it: UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def pack(digests: Digests) -> bytes:
    """Digests as the tables hold them: eight bytes each, as a page has dozens."""
    return np.array(digests, ">u8").tobytes()


def unpack(packed: bytes | None) -> Digests:
    """What ``pack`` wrote; nothing where an older program did not write it."""
    return tuple(np.frombuffer(packed or b"", ">u8").tolist())


def select_states(collection: str) -> sa.Select[Any]:
    """A query for the rows of ``page_state``."""
    columns = [pages.c[name] for name in PageState.__dataclass_fields__ if name in pages.c]
    return (
        sa.select(*columns, failures.c.reason.label("failure"), failures.c.since.label("failing_since"))
        .outerjoin(failures, failures.c.url == pages.c.url)
        .where(pages.c.collection == collection)
    )


def page_row(collection: str, version: PageVersion, changed_at: str | None) -> dict[str, Any]:
    """The row of a page's version; it changed at ``changed_at``, or (None) as its server says."""
    page, document = version.page, version.document
    return {
        "collection": collection, "url": document.url, "source": version.source, "title": document.title,
        "language": document.language, "text": document.text, "keywords": json.dumps(document.keywords),
        "sections": json.dumps([[s.heading_path, s.start, s.end, s.anchor, s.page_number] for s in document.sections]),
        "page_digest": page.digest, "document_digest": document.digest, "etag": page.etag,
        "last_modified": page.last_modified, "link": version.link, "fetched_at": written_time(page.fetched_at),
        "changed_at": changed_at or written_time(_changed(page)), "missed": version.missed,
        "blocks": pack(version.blocks.digests), "others": version.blocks.others, "left_out": pack(version.left_out),
    }  # fmt: skip


def _changed(page: Page) -> datetime:
    """When a page that is new to us changed: as its server says, where that is before we fetched it."""
    try:
        said = parsedate_to_datetime(page.last_modified or "")
    except ValueError:
        return page.fetched_at
    return min(said if said.tzinfo else said.replace(tzinfo=UTC), page.fetched_at)


def chunk_row(collection: str, chunk: Chunk) -> dict[str, Any]:
    """The row of a chunk: where it stands; its text is its page's."""
    return {
        "collection": collection, "id": chunk.id, "url": chunk.url, "position": chunk.position,
        "context": chunk.context, "heading_path": json.dumps(chunk.heading_path), "start": chunk.start,
        "end": chunk.end, "anchor": chunk.anchor, "page_number": chunk.page_number, "digest": chunk.digest,
    }  # fmt: skip


def page_state(row: Mapping[Any, Any]) -> PageState:
    """A row of ``select_states``."""
    values = {name: row[name] for name in PageState.__dataclass_fields__}
    for name in ("failing_since", "fetched_at", "changed_at"):
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    return PageState(**values)


def cut_page(row: Mapping[Any, Any]) -> CutPage:
    """What a row of ``pages`` says of blocks that may repeat."""
    return CutPage(row["source"], PageBlocks(unpack(row["blocks"]), bool(row["others"])), unpack(row["left_out"]))


def stored_document(row: Mapping[Any, Any]) -> Document:
    """The document in a row of ``pages``. Raises ``StoreDamagedError`` when it is not as it was written."""
    sections = tuple(
        Section(tuple(path), start, end, anchor, page) for path, start, end, anchor, page in json.loads(row["sections"])
    )
    document = Document(
        row["url"], row["title"], row["language"], row["text"], sections, tuple(json.loads(row["keywords"]))
    )
    if document.digest != row["document_digest"]:
        raise _changed_by_itself(row["url"])
    return document


def stored_page(row: Mapping[Any, Any], document: Document) -> StoredPage:
    """A row of ``pages``, or as much of it as is not in its document."""
    fetched, changed = datetime.fromisoformat(row["fetched_at"]), datetime.fromisoformat(row["changed_at"])
    return StoredPage(document, row["source"], row["link"], fetched, changed)


def stored_chunk(row: Mapping[Any, Any], document: Document) -> Chunk:
    """A row of ``chunks``, with its text out of its document. Raises as ``stored_document`` does."""
    chunk = Chunk(
        row["id"], row["url"], row["position"], document.title, row["context"], tuple(json.loads(row["heading_path"])),
        document.text[row["start"] : row["end"]], row["start"], row["end"], row["anchor"], row["page_number"],
    )  # fmt: skip
    if chunk.digest != row["digest"]:
        raise _changed_by_itself(row["url"])
    return chunk


def _changed_by_itself(url: str) -> StoreDamagedError:
    # SQLite sums nothing up: what a failing disk makes of a text it would give as it stands, and we would quote it.
    return StoreDamagedError(
        f"the ledger is damaged: what it holds of {url!r} is not what was written",
        hint="run: footnoted index --rebuild",
    )
