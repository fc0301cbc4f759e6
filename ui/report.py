"""What commands show of their work: progress on standard error, then figures."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from assistant.evaluation import Report
from index import sync
from index.ledger import Ledger
from index.lock import WriteLock
from index.types import SyncReport
from ui.settings import Settings

_stderr = Console(stderr=True, highlight=False)
_stdout = Console(highlight=False)


class SyncBar:
    """Pages looked at and chunks embedded, as they go by. Silent where standard error is no terminal."""

    def __init__(self) -> None:
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(), TimeRemainingColumn(), console=_stderr, transient=True, disable=not _stderr.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task("indexing", total=None, count="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, progress: sync.Progress) -> None:
        """Draw how far a sync is."""
        count = f"{progress.pages} pages, {progress.embedded} of {progress.chunks} chunks"
        self._bar.update(self._task, total=progress.chunks or None, completed=progress.embedded, count=count)


class CountBar:
    """A bar over a known number of steps."""

    def __init__(self, what: str, total: int) -> None:
        self._bar = Progress(
            TextColumn(what), BarColumn(), MofNCompleteColumn(), TaskProgressColumn(), TimeRemainingColumn(),
            console=_stderr, transient=True, disable=not _stderr.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(what, total=total)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, done: int) -> None:
        """Draw how many steps are done."""
        self._bar.update(self._task, completed=done)


def report_json(report: SyncReport) -> dict[str, Any]:
    """A sync's report as the ``index --json`` command prints it."""
    return {
        "pages": {
            "added": report.added,
            "changed": report.changed,
            "removed": report.removed,
            "unchanged": report.unchanged,
            "failed": len(report.failures),
        },
        "chunks": {"embedded": report.embedded, "reused": report.reused, "deleted": report.deleted},
        "seconds": round(report.seconds, 3),
        "failures": [{"url": f.url, "reason": f.reason, "hint": f.hint} for f in report.failures],
    }


def print_report(report: SyncReport, dry_run: bool) -> None:
    """A sync's report for people, on standard error."""
    would = "would be " if dry_run else ""
    _stderr.print(
        f"{report.added} pages {would}added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failures)} failed; "
        f"{report.embedded} chunks {would}embedded, {report.reused} reused, {report.deleted} deleted; {report.seconds:.1f} s",
        markup=False,
    )
    for failure in report.failures:
        _stderr.print(f"  {failure.url}: {failure.reason}\n    {failure.hint}", markup=False)


def status_of(settings: Settings) -> dict[str, Any]:
    """What the index holds: pages, chunks, sources with their freshness, failures, and who may write it."""
    ledger = Ledger(settings.ledger, settings.data_dir)
    try:
        collection = ledger.collection
        states = ledger.states(collection)
        sources: dict[str, dict[str, Any]] = {}
        for state in states.values():
            source = sources.setdefault(
                state.source, {"pages": 0, "oldest_fetch": state.fetched_at, "latest_change": state.changed_at}
            )
            source["pages"] += 1
            source["oldest_fetch"] = min(source["oldest_fetch"], state.fetched_at)
            source["latest_change"] = max(source["latest_change"], state.changed_at)
        return {
            "data_dir": str(settings.data_dir),
            "collection": collection,
            "generation": ledger.generation,
            "pages": len(states),
            "chunks": ledger.count_chunks(collection),
            "languages": ledger.languages(collection),
            "sources": sources,
            "failures": [
                {"url": s.url, "reason": s.failure, "since": s.failing_since} for s in states.values() if s.failure
            ],
            "writer": str(WriteLock(settings.data_dir).holder() or ""),
        }
    finally:
        ledger.close()


def print_status(status: dict[str, Any]) -> None:
    """The status for people."""
    _stdout.print(f"{status['pages']} pages in {status['chunks']} chunks, in {status['data_dir']}", markup=False)
    if status["writer"]:
        _stdout.print(f"written by {status['writer']}", markup=False)
    table = Table("source", "pages", "oldest fetch", "latest change")
    for name, source in status["sources"].items():
        table.add_row(
            name,
            str(source["pages"]),
            f"{source['oldest_fetch']:%Y-%m-%d %H:%M}",
            f"{source['latest_change']:%Y-%m-%d %H:%M}",
        )
    _stdout.print(table)
    for failure in status["failures"]:
        _stdout.print(
            f"  {failure['url']}: {failure['reason']} (since {failure['since']:%Y-%m-%d %H:%M})", markup=False
        )


def print_evaluation(report: Report) -> None:
    """An evaluation's figures for people."""
    _stdout.print(
        f"{report.right} of {report.questions} right; refused though answerable {report.false_refusals:.1%}, hedged "
        f"{report.hedged:.1%}, right page cited {report.page_cited:.1%}, {report.mean_words} words on average"
    )
    table = Table("kind", "questions", "right", "answered", "partial", "abstained")
    for kind, counts in report.by_kind.items():
        table.add_row(kind, *(str(counts[name]) for name in ("questions", "right", "answered", "partial", "abstained")))
    _stdout.print(table)
    for failure in report.failures:
        _stdout.print(
            f"\n{failure['id']} ({failure['outcome']}): {failure['question']}\n  {failure['answer']}", markup=False
        )
