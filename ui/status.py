"""What the index holds, how fresh it is and what comes next, for the command line and the operator's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel

from index.embedding.options import EmbeddingOptions
from index.keywords.spoken import unspoken
from index.ledger.lease import Lease
from index.ledger.ledger import Ledger, PageState
from index.ledger.lock import Holder
from index.types import Progress
from ui.freshness import ages_of
from ui.memory.encoders import EncoderLog
from ui.memory.holder import live_holder
from ui.memory.log import LastSync, SyncLog, Trouble, now
from ui.memory.notes import notes_of
from ui.settings import Settings


class SourceStatus(BaseModel, frozen=True):
    """One source. ``last_sync`` is its last try, ``last_success`` the last that could read it.

    ``checked`` and ``changed`` count its pages by how long ago they were last found as they are held, and changed.
    """

    pages: int
    last_sync: datetime | None = None
    last_success: datetime | None = None
    next_sync: datetime | None = None
    counts: Mapping[str, int] = {}
    oldest_fetch: datetime | None = None
    latest_change: datetime | None = None
    checked: Mapping[str, int] = {}
    changed: Mapping[str, int] = {}


class RunningStatus(BaseModel, frozen=True):
    """A job that a server is at. ``trigger`` is what set it off."""

    trigger: str
    started_at: datetime
    pages: int = 0
    embedded: int = 0
    chunks: int = 0

    @classmethod
    def of(cls, trigger: str, started_at: datetime, progress: Progress | None) -> RunningStatus:
        """The status of a job that is so far."""
        reached = progress or Progress(0, 0, 0)
        return cls(
            trigger=trigger,
            started_at=started_at,
            pages=reached.pages,
            embedded=reached.embedded,
            chunks=reached.chunks,
        )


class Status(BaseModel, frozen=True):
    """Everything there is to say of a data folder. ``model`` is the embedding model that made the index that serves.

    ``notes`` are for the operator: a folder that cannot be watched, pages in a language that the model does not speak.
    ``syncs_as`` are the settings' own, of the server where one runs.
    """

    data_dir: str
    collection: str
    model: str = ""
    generation: int
    pages: int
    chunks: int
    languages: Mapping[str, int]
    sources: Mapping[str, SourceStatus]
    failures: tuple[Trouble, ...]
    writer: str
    last: LastSync | None = None
    running: RunningStatus | None = None
    waiting: int = 0
    notes: tuple[str, ...] = ()
    syncs_as: str = ""


def status_of(settings: Settings, ledger: Ledger, syncs: SyncLog, due: Mapping[str, datetime] | None = None) -> Status:
    """The status of a data folder. ``due``: when a server will next look at each source; None where none runs."""
    collection = ledger.collection
    made = EncoderLog(notes_of(ledger, settings.data_dir)).made(collection)
    serving = made.options if made else settings.embedding
    languages = ledger.languages(collection)
    states = ledger.states(collection)
    today = now()
    titles = [options.title for options in settings.sources]
    by_source: dict[str, list[PageState]] = {name: [] for name in titles}
    for state in states.values():
        by_source.setdefault(state.source, []).append(state)
    return Status(
        data_dir=str(settings.data_dir),
        syncs_as=settings.syncs_as,
        collection=collection,
        model=serving.model if collection else "",
        generation=ledger.generation,
        pages=len(states),
        chunks=ledger.count_chunks(collection),
        languages=languages,
        sources={
            name: _source(name, pages, syncs, (due or {}).get(name), today) for name, pages in by_source.items()
        },
        failures=tuple(
            Trouble(url=failure.url, reason=failure.reason, hint=failure.hint, since=failure.since)
            for failure in ledger.failures()
        ),
        writer=str(live_holder(settings.data_dir) or _leaseholder(ledger, settings) or ""),
        last=syncs.last,
        notes=tuple(filter(None, (_switch(serving, settings.embedding), unspoken(settings.embedding, languages)))),
    )  # fmt: skip


def _leaseholder(ledger: Ledger, settings: Settings) -> Holder | None:
    """The process of any machine that writes an index which several share."""
    return Lease(ledger.database, settings.ledger.lease_seconds).holder() if ledger.database.is_shared else None


def _switch(serving: EmbeddingOptions, wanted: EmbeddingOptions) -> str:
    """What to say while an index by another model serves than the settings name."""
    if (serving.model, serving.document_prompt) == (wanted.model, wanted.document_prompt):
        return ""
    made, asked = f"the embedding model {serving.model!r}", f"{wanted.model!r}"
    if serving.model == wanted.model:
        made, asked = f"embedding.document_prompt {serving.document_prompt!r}", f"{wanted.document_prompt!r}"
    return (
        f"the index that serves was made with {made}, and the settings ask for {asked}; "
        "it serves until the new one is whole: run: footnoted index"
    )


def _source(
    name: str, pages: Iterable[PageState], syncs: SyncLog, due: datetime | None, today: datetime
) -> SourceStatus:
    log = syncs.of(name)
    listed = list(pages)
    checked = [max(page.fetched_at, syncs.confirmed_at(name, page.url) or page.fetched_at) for page in listed]
    return SourceStatus(
        pages=len(listed),
        last_sync=log.checked_at,
        last_success=log.succeeded_at,
        next_sync=due,
        counts=log.counts,
        oldest_fetch=min(checked, default=None),
        latest_change=max((page.changed_at for page in listed), default=None),
        checked=ages_of(checked, today),
        changed=ages_of((page.changed_at for page in listed), today),
    )


def ago(moment: datetime | None, today: datetime | None = None) -> str:
    """A moment for people: ``3 min ago``, ``in 2 h``, or the date when it is further than two days off."""
    if moment is None:
        return "never"
    away = (today or now()) - moment
    length = abs(away)
    if length > timedelta(days=2):
        return f"{moment.astimezone():%Y-%m-%d %H:%M}"
    seconds = int(length.total_seconds())
    told = f"{seconds} s" if seconds < 90 else f"{seconds // 60} min" if seconds < 5_400 else f"{seconds // 3_600} h"
    return f"in {told}" if away < timedelta(0) else f"{told} ago"


def read_status(settings: Settings) -> Status:
    """The status of a data folder that no server holds."""
    ledger = Ledger(settings.ledger, settings.data_dir)
    try:
        return status_of(settings, ledger, SyncLog(notes_of(ledger, settings.data_dir)))
    finally:
        ledger.close()
