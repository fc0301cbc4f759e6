"""The values that the index gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ingest.types import Chunk, PageFailure


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query.

    ``dense`` is the cosine of query and passage (-1 to 1), ``keyword`` the passage's BM25 score (0 and up), both for
    the last question alone and so comparable across queries; ``conversation`` is the cosine with all questions of the
    conversation joined, and equals ``dense`` where there is none. ``score`` is what the hits are ranked by.
    """

    chunk: Chunk
    score: float
    dense: float
    keyword: float
    fetched_at: datetime
    changed_at: datetime
    language: str = ""
    conversation: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: pages looked at, chunks embedded so far and chunks found so far."""

    pages: int
    embedded: int
    chunks: int


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync did, in pages and in chunks.

    ``left_out``: repeated blocks that the pages are indexed without; ``passed_over``: how many files of kinds that are
    not read, by the ending of their names, the most first.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    embedded: int = 0
    reused: int = 0
    deleted: int = 0
    left_out: int = 0
    seconds: float = 0.0
    failures: tuple[PageFailure, ...] = field(default=())
    passed_over: tuple[tuple[str, int], ...] = ()
