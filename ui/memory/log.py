"""What is known of each source's syncs: kept in the note ``syncs.json``; a sync without change writes no store."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, ValidationError

from index.ledger.notes import Notes

FILE_NAME = "syncs.json"
_ASKEW = timedelta(minutes=5)  # by which the clocks of two servers may differ


class Trouble(BaseModel, frozen=True):
    """A page, or a source by its name, that could not be read: why, what mends it, and since when."""

    url: str
    reason: str
    hint: str
    since: datetime


class SourceLog(BaseModel, frozen=True):
    """A source's last syncs.

    ``checked_at``: when the last one of the whole source began; ``succeeded_at``: the last one that could read it;
    ``swept_at``: the last one in which no page was left to its server's word that it had not changed. ``doubtful``:
    pages that the last one did not find or could not read. ``counts`` are the last one's pages, by what became of them.
    """

    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    swept_at: datetime | None = None
    counts: Mapping[str, int] = {}
    failures: tuple[Trouble, ...] = ()
    doubtful: frozenset[str] = frozenset()


class LastSync(BaseModel, frozen=True):
    """The last sync of any kind: what set it off, its report as ``footnoted index --json`` prints it, or its error."""

    trigger: str
    ended_at: datetime
    report: Mapping[str, Any] | None = None
    error: str = ""
    hint: str = ""


class _Content(BaseModel, frozen=True):
    sources: Mapping[str, SourceLog] = {}
    last: LastSync | None = None


class SyncLog:
    """The log of an index. A note that is missing or broken counts as empty: the next sync writes it anew."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._lock = threading.Lock()
        self._written: str | None = None
        self._content = _Content()
        self.reload()

    @property
    def last(self) -> LastSync | None:
        """The last sync, or None."""
        return self._content.last

    @property
    def sources(self) -> Mapping[str, SourceLog]:
        """The log of each source by name."""
        return self._content.sources

    def of(self, source: str) -> SourceLog:
        """A source's log, empty for one that was never synced."""
        return self._content.sources.get(source, SourceLog())

    def confirmed_at(self, source: str, url: str) -> datetime | None:
        """When a page was last found to be as it is held, as far as the log knows."""
        log = self.of(source)
        return None if url in log.doubtful else log.succeeded_at

    def looked_at(self, source: str) -> datetime | None:
        """When the last sync of the whole source began; None too where that lies ahead: then a clock was set back."""
        checked = self.of(source).checked_at
        return checked if checked is not None and checked <= now() + _ASKEW else None

    def note(self, sources: Mapping[str, SourceLog], last: LastSync, *, only: bool = False) -> None:
        """Keep what a sync found; with ``only`` no other sources are remembered."""
        with self._lock:
            kept = {} if only else dict(self._content.sources)
            self._content = _Content(sources={**kept, **sources}, last=last)
            self._written = self._content.model_dump_json(indent=1)
            self._notes.write(FILE_NAME, self._written)

    def reload(self) -> None:
        """Read the note anew: another one may have been put in its place."""
        with self._lock:
            written = self._notes.read(FILE_NAME)
            if written == self._written:
                return
            self._written = written
            try:
                self._content = _Content.model_validate_json(written or "{}")
            except ValidationError:
                self._content = _Content()


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
