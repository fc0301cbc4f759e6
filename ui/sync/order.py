"""One sync of a workspace as it was ordered: which sources, which of their pages, and what is remembered of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from index.ledger.ledger import PageState
from index.types import Progress, SyncReport
from ingest.addresses import Addresses
from ingest.errors import FootnotedError, StoreError
from ingest.types import Source
from ui.memory.link_memory import StoredLinks
from ui.memory.log import LastSync, SourceLog, Trouble, now
from ui.memory.report_json import report_json
from ui.sync.sources import Visit, narrow, open_sources, told_apart

if TYPE_CHECKING:
    from ui.workspace import Workspace

Scope = Mapping[str, frozenset[str] | None]
"""Which sources to look at, by name, and which of their addresses: None for the whole source."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to sync. ``named`` files and folders become the whole content; else ``scope``, or every configured source.

    ``trigger`` is what set it off, for people to read. With ``since`` no source needs to be looked at whole that
    another server has looked at since then, and with ``instead_of`` nothing once that collection does not serve.
    """

    trigger: str
    named: tuple[str, ...] = ()
    scope: Scope | None = None
    rebuild: bool = False
    dry_run: bool = False
    allow_mass_delete: bool = False
    since: datetime | None = None
    instead_of: str = ""

    def joined(self, other: Order) -> Order | None:
        """One order that does the work of both, or None where they cannot be one."""
        if self.named or other.named or self.rebuild or other.rebuild or self.dry_run or other.dry_run:
            return None
        if self.allow_mass_delete != other.allow_mass_delete:
            return None
        since = max(self.since, other.since) if self.since and other.since else None
        if self.scope is None or other.scope is None:
            return replace(self, scope=None, since=since)
        scope = dict(self.scope)
        for name, urls in other.scope.items():
            mine = scope.get(name, frozenset())
            scope[name] = None if mine is None or urls is None else mine | urls
        return replace(self, scope=scope, since=since)

    def left(self, workspace: Workspace) -> Order | None:
        """The order without what other servers have done of it meanwhile; None where that is all of it."""
        if self.instead_of and self.instead_of != workspace.stores.ledger.collection:
            return None
        if self.since is None or workspace.lease is None:
            return self
        scope = {source.title: None for source in workspace.settings.sources} if self.scope is None else self.scope
        checked = {name: workspace.syncs.looked_at(name) for name in scope}
        left = {name: urls for name, urls in scope.items() if urls or (checked[name] or self.since) <= self.since}
        return replace(self, scope=left) if left else None


def run_sync(workspace: Workspace, order: Order, progress: Callable[[Progress], None] | None = None) -> SyncReport:
    """Bring the index up to date as ordered, and remember when each source was looked at. The caller holds the lock.

    Raises what ``Syncer.sync`` raises, after that was remembered too; an error of a library as a ``StoreError``.
    """
    started = now()
    memory = _Memories(workspace, keep=not order.dry_run)
    before = workspace.stores.ledger.states(workspace.stores.ledger.collection)
    visits = _visits(workspace, order, before, started, memory)
    try:
        report = workspace.sync(
            visits,
            rebuild=order.rebuild,
            dry_run=order.dry_run,
            allow_mass_delete=order.allow_mass_delete,
            progress=progress,
        )
    except Exception as error:
        told = as_told(order.trigger, error)
        if not order.dry_run:
            with suppress(StoreError):  # of a full disk it is in memory alone; what is raised is why, not this
                workspace.syncs.note(
                    {}, LastSync(trigger=order.trigger, ended_at=now(), error=told.message, hint=told.hint)
                )
        if told is error:
            raise
        raise told from error
    if not order.dry_run:
        _remember(workspace, order, report, visits, before, started)
        memory.tidy(visits, report)
    return report


def as_told(trigger: str, error: Exception) -> FootnotedError:
    """An error for people to read: whatever goes wrong in one sync, the next one is to come."""
    if isinstance(error, FootnotedError):
        return error
    return StoreError(f"{trigger} failed: {type(error).__name__}: {error}", hint="run: footnoted doctor")


class _Memories:
    """The link memories of one sync, by source."""

    def __init__(self, workspace: Workspace, *, keep: bool) -> None:
        self._folder = workspace.folder
        self._keep = keep
        self._opened: dict[str, StoredLinks] = {}

    def __call__(self, source: str) -> StoredLinks:
        if source not in self._opened:
            self._opened[source] = StoredLinks(self._folder, source, keep=self._keep)
        return self._opened[source]

    def tidy(self, visits: Sequence[Visit], report: SyncReport) -> None:
        """Forget pages that are not linked to any more, of sources that were read whole and without trouble."""
        failing = {failure.url for failure in report.failures}
        for visit in visits:
            if visit.whole and visit.name in self._opened and not failing & {visit.name, *visit.seen}:
                self._opened[visit.name].forget_others()


def _visits(
    workspace: Workspace, order: Order, before: Mapping[str, PageState], started: datetime, memory: _Memories
) -> list[Visit]:
    by_source: dict[str, dict[str, PageState]] = {}
    for url, state in before.items():
        by_source.setdefault(state.source, {})[url] = state

    given: set[str] = set()
    configured = told_apart(workspace.settings.sources)
    names = {options.title for options in configured}

    def visit(source: Source, only: frozenset[str] | None = None, narrowed: Source | None = None) -> Visit:
        states, log = by_source.get(source.name, {}), workspace.syncs.of(source.name)
        others = (by_source.get(other, {}).keys() for other in names - {source.name}) if narrowed else ()
        foreign = frozenset[str]().union(*others)
        return Visit(source, states, log, started, only=only, narrowed=narrowed, given=given, foreign=foreign)

    failing = {f.url: name for name, log in workspace.syncs.sources.items() for f in log.failures}
    addresses = Addresses(failing | {url: state.source for url, state in before.items()})
    sources = open_sources(workspace.settings, order.named, memory, addresses)
    # A rebuild, or an index by another recipe, starts from nothing: there every source is read whole.
    if order.named or order.scope is None or order.rebuild or not workspace.is_current:
        return [visit(source) for source in sources]
    visits = []
    for source, options in zip(sources, configured, strict=True):
        only = order.scope.get(source.name, frozenset())
        if only and options.folder is None:
            # Read alone, their links are not followed: the next crawl must not take them for known.
            memory(source.name).forget(only)
            held = by_source.get(source.name, {})
            visits.append(visit(source, only, narrow(options, only, memory, held)))
        else:
            if only == frozenset():
                addresses.leave(source.name)
            visits.append(visit(source, None if only else only))
    return visits


def _remember(
    workspace: Workspace,
    order: Order,
    report: SyncReport,
    visits: Sequence[Visit],
    before: Mapping[str, PageState],
    started: datetime,
) -> None:
    ledger = workspace.stores.ledger
    after = ledger.states(ledger.collection)
    since = {failure.url: failure.since for failure in ledger.failures()}
    troubles = [
        Trouble(url=failure.url, reason=failure.reason, hint=failure.hint, since=since.get(failure.url, started))
        for failure in report.failures
    ]
    logs = {}
    for visit in visits:
        old = workspace.syncs.of(visit.name)
        failures = tuple(trouble for trouble in troubles if trouble.url in visit.seen or trouble.url == visit.name)
        mine = {url: state for url, state in after.items() if state.source == visit.name}
        doubtful = {failure.url for failure in failures} | {url for url, state in mine.items() if state.missed}
        if not visit.whole:
            logs[visit.name] = old.model_copy(update={"failures": failures, "doubtful": frozenset(doubtful)})
            continue
        readable = all(failure.url != visit.name for failure in failures)
        logs[visit.name] = SourceLog(
            checked_at=started,
            succeeded_at=started if readable else old.succeeded_at,
            swept_at=started if readable and visit.sweeps else old.swept_at,
            counts=_counts(visit.name, before, mine, failures),
            failures=failures,
            doubtful=frozenset(doubtful) if readable else old.doubtful,
        )
    last = LastSync(trigger=order.trigger, ended_at=now(), report=report_json(report))
    workspace.syncs.note(logs, last, only=True)


def _counts(
    source: str, before: Mapping[str, PageState], mine: Mapping[str, PageState], failures: Sequence[Trouble]
) -> Counter[str]:
    held = {url: state for url, state in before.items() if state.source == source}
    counts = Counter(
        "added" if url not in held else "unchanged" if held[url].document_digest == state.document_digest else "changed"
        for url, state in mine.items()
    )
    counts["removed"] = len(held.keys() - mine.keys())
    counts["failed"] = len(failures)
    return counts
