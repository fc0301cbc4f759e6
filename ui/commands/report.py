"""What commands show of their work: progress on standard error, then figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

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
from rich.text import Text

from assistant.evaluation.gold import Report
from index import sync
from index.types import SyncReport
from ui.status import Status, ago

_KINDS = 10  # of files that are not read, named in a sync's report
_stderr = Console(stderr=True, highlight=False)
_stdout = Console(highlight=False)


class SyncBar:
    """Pages looked at and chunks embedded, as they go by. Silent where standard error is no terminal."""

    def __init__(self) -> None:
        self._bar = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(), TimeRemainingColumn(), console=_stderr, transient=True,
            disable=not _stderr.is_terminal,
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


def print_report(report: SyncReport, dry_run: bool, notes: Sequence[str] = ()) -> None:
    """A sync's report for people, and what the operator should know beside it, on standard error."""
    would = "would be " if dry_run else ""
    _stderr.print(
        f"{report.added} pages {would}added, {report.changed} changed, {report.removed} removed, "
        f"{report.unchanged} unchanged, {len(report.failures)} failed; "
        f"{report.embedded} chunks {would}embedded, {report.reused} reused, {report.deleted} deleted; "
        f"{report.left_out} repeated paragraphs left out; "
        f"{report.seconds:.1f} s",
        markup=False,
        soft_wrap=True,
    )
    if report.passed_over:
        first, rest = report.passed_over[:_KINDS], sum(count for _, count in report.passed_over[_KINDS:])
        kinds = [f"{count:,} {kind or 'of no known kind'}" for kind, count in first] + [f"{rest:,} others"] * bool(rest)
        _stderr.print(f"files of kinds that are not read: {', '.join(kinds)}", markup=False, soft_wrap=True)
    for failure in report.failures:
        _stderr.print(f"  {failure.url}: {failure.reason}\n    {failure.hint}", markup=False, soft_wrap=True)
    for note in notes:
        _stderr.print(f"note: {note}", markup=False, soft_wrap=True)


def print_status(status: Status) -> None:
    """The status for people."""
    lines = [f"{status.pages} pages in {status.chunks} chunks, in {status.data_dir}"]
    if status.model:
        lines.append(f"made with the embedding model {status.model}")
    if status.writer:
        lines.append(f"held by {status.writer}")
    lines += status.notes
    if done := status.running:
        lines.append(
            f"now: {done.trigger}, since {ago(done.started_at)}: {done.pages} pages looked at, "
            f"{done.embedded} of {done.chunks} chunks embedded"
        )
    if status.last and status.last.error:
        lines += [f"the last sync failed {ago(status.last.ended_at)}: {status.last.error}", f"  {status.last.hint}"]
    _stdout.print("\n".join(lines), markup=False, soft_wrap=True)
    if status.sources:
        _stdout.print(_sources_table(status))
    for failure in status.failures:
        told = f"  {failure.url}: {failure.reason} (since {ago(failure.since)})\n    {failure.hint}"
        _stdout.print(told, markup=False, soft_wrap=True)


def _sources_table(status: Status) -> Table:
    table = Table("source", "pages", "last sync", "last good", "next sync", "oldest check", "latest change")
    for name, source in status.sources.items():
        table.add_row(
            Text(name),
            str(source.pages),
            ago(source.last_sync),
            ago(source.last_success),
            ago(source.next_sync) if source.next_sync else "when asked",
            ago(source.oldest_fetch) if source.oldest_fetch else "–",
            ago(source.latest_change) if source.latest_change else "–",
        )
    return table


def print_retrieval(figures: Mapping[str, float]) -> None:
    """The figures of a measurement of search for people."""
    table = Table("measure", "value")
    for name, value in figures.items():
        table.add_row(name, f"{value:,.4f}" if isinstance(value, float) else f"{value:,}")
    _stdout.print(table)


def print_evaluation(report: Report) -> None:
    """An evaluation's figures for people."""
    _stdout.print(
        f"{report.right} of {report.questions} right; refused though answerable {report.false_refusals:.1%}, hedged "
        f"{report.hedged:.1%}, right page cited {report.page_cited:.1%}, citations right "
        f"{report.citation_precision:.1%}, {report.mean_words} words on average",
        soft_wrap=True,
    )
    table = Table("kind", "questions", "right", "answered", "partial", "abstained")
    for kind, counts in report.by_kind.items():
        table.add_row(kind, *(str(counts[name]) for name in ("questions", "right", "answered", "partial", "abstained")))
    _stdout.print(table)
    for failure in report.failures:
        _stdout.print(
            f"\n{failure['id']} ({failure['outcome']}): {failure['question']}\n  {failure['answer']}", markup=False
        )


def print_comparison(reports: Mapping[str, Report]) -> None:
    """The figures of two settings side by side, and the questions that only one of them gets right."""
    table = Table("")
    for name in reports:
        table.add_column(Text(name))
    figures = list(reports.values())
    table.add_row("right", *(f"{report.right} of {report.questions}" for report in figures))
    for name in ("false_refusals", "hedged", "page_cited", "citation_precision"):
        table.add_row(name.replace("_", " "), *(f"{getattr(report, name):.1%}" for report in figures))
    table.add_row("mean words", *(str(report.mean_words) for report in figures), end_section=True)
    for kind in sorted({kind for report in figures for kind in report.by_kind}):
        counts = (report.by_kind[kind] for report in figures)
        table.add_row(f"{kind}, right", *(f"{count['right']} of {count['questions']}" for count in counts))
    _stdout.print(table)
    failed = [{str(failure["id"]) for failure in report.failures} for report in figures]
    for name, ours, theirs in zip(reports, failed, reversed(failed), strict=True):
        told = ", ".join(sorted(theirs - ours)) or "none"
        _stdout.print(f"right only with {name}: {told}", markup=False, soft_wrap=True)
