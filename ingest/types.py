"""The values that ingestion passes on: ``Page`` → ``Document`` → ``Chunk``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


def digest_of(*parts: str | bytes) -> str:
    """A 32-character hex digest (SHA-256, cut to 128 bits) of the parts, with their boundaries kept."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        sha.update(len(data).to_bytes(8, "big"))
        sha.update(data)
    return sha.hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was fetched. ``url`` is a web address, or a file's path relative to its source folder."""

    url: str
    body: bytes
    media_type: str
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None

    @property
    def digest(self) -> str:
        """Digest of the bytes and their media type: equal means there is nothing to parse again."""
        return digest_of(self.media_type, self.body)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a web server said of a page's version: hints for a conditional request, never the truth."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The page is there and its server says it has not changed."""

    url: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The page was looked for and is not there any more (HTTP 404 or 410)."""

    url: str


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be brought up to date: why, and what mends it. Its old text stays."""

    url: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The page's address leads to another page now, or names it as the one that it is a copy of.

    Given behind the page at ``target``. It counts as missed if that page is in the index, and stays while it is not.
    """

    url: str
    target: str


@dataclass(frozen=True, slots=True)
class Unvisited:
    """The page was not looked for this time: it is as it was, with all that is noted of it."""

    url: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file of a kind that is not read, such as a picture or an archive."""

    url: str


Fetched = Page | NotModified | Gone | PageFailure | Moved | Unvisited | PassedOver


class Source(Protocol):
    """Where pages come from.

    ``confirmations`` is how many syncs in a row must miss a page before it leaves the index (1 for a folder).
    """

    @property
    def name(self) -> str:
        """A name that is unique among the configured sources, kept beside each of its pages."""

    @property
    def confirmations(self) -> int:
        """How many syncs in a row must find a page gone before it leaves the index."""

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        """Every page of the source. ``known`` gives the validators of a page that the index holds already.

        A page's trouble is yielded as a ``PageFailure``; only a source that cannot be read at all raises
        (``PageError``, ``SettingsError``), and then none of its pages may be taken for gone.
        """

    def link(self, url: str) -> str | None:
        """The page's public address, or None where it has none and is shown in the source view."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading: ``text[start:end]``, the heading's own line included.

    ``heading_path`` runs from the outermost heading to the section's own; empty before the first heading.
    """

    heading_path: tuple[str, ...]
    start: int
    end: int
    anchor: str | None = None
    page_number: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A page's cleaned visible text with its sections.

    The text keeps to one plain form whatever the page was written in (``ingest.blocks`` reads it back): paragraphs
    are parted by an empty line; a list item is a line that opens with ``- `` or ``1. ``, indented two spaces a level; a
    table row is a line that opens with ``| ``, its cells written ``Header: cell`` and joined by `` | ``; a heading
    stands alone on its line; code lines open with four spaces. ``keywords`` are words the page's author wants it found
    by and does not show (front matter, ``<meta name="keywords">``).
    """

    url: str
    title: str
    language: str
    text: str
    sections: tuple[Section, ...]
    keywords: tuple[str, ...] = ()

    def __hash__(self) -> int:
        # What is read out of a document is cached by it; hashing all its sections each time took 4 ms of an answer.
        return hash((self.url, self.text))

    @property
    def digest(self) -> str:
        """Digest of what the index depends on: title, language, text, sections and keywords."""
        return digest_of(self.title, self.language, self.text, repr(self.sections), repr(self.keywords))


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document that is embedded and found as one: ``document.text[start:end] == text``.

    ``id`` hashes the page, the embedded text and the how-manieth time the page says it, so offsets may shift
    without a new id. ``position`` counts a document's chunks from 0. ``context`` is where the passage stands: the title
    and the headings around it, shortened where they would crowd the passage out of the embedding model's window.
    """

    id: str
    url: str
    position: int
    title: str
    context: str
    heading_path: tuple[str, ...]
    text: str
    start: int
    end: int
    anchor: str | None = None
    page_number: int | None = None

    @property
    def embedded(self) -> str:
        """What is embedded and searched by keyword: where the passage stands, then the passage."""
        return embedded_text(self.context, self.text)

    @property
    def digest(self) -> str:
        """Digest of the embedded text: equal digests have equal vectors, on whatever page they stand."""
        return digest_of(self.embedded)


def embedded_text(context: str, text: str) -> str:
    """A passage under its context, as the embedding model is given it."""
    return f"{context}\n{text}" if context else text
