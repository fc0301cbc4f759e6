"""The command line: ``footnoted``. It only reads arguments, calls, and prints; heavy parts are imported where used."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.errors import FootnotedError

if TYPE_CHECKING:
    from ui.settings import Settings
    from ui.workspace import Workspace


class _Commands(click.Group):
    """Turns our errors into one line on standard error and their exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FootnotedError as error:
            click.echo(f"footnoted: {error.message}" + (f"\n  {error.hint}" if error.hint else ""), err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # Whoever read our output has seen enough.
            sys.stderr.close()
            ctx.exit(0)


def _common(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option(
        "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Folder that holds the index."
    )(command)
    return click.option(
        "--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file [default: footnoted.toml]."
    )(command)


def _as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")(command)


def _settings(config: Path | None, data_dir: Path | None) -> Settings:
    from ui.settings import load_settings

    return load_settings(config, data_dir)


def _open(config: Path | None, data_dir: Path | None, *, existing: bool = True) -> Workspace:
    from ui.workspace import Workspace

    settings = _settings(config, data_dir)
    if existing and not settings.ledger.url and not (settings.data_dir / "ledger.sqlite3").exists():
        from ingest.errors import StoreEmptyError

        raise StoreEmptyError(f"nothing is indexed in {str(settings.data_dir)!r}", hint="run: footnoted index FOLDER")
    return Workspace(settings)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="footnoted")
def main() -> None:
    """Answers from your own pages, every sentence with a footnote."""


@main.command()
@click.argument("sources", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--rebuild", is_flag=True, help="Build a new index beside the old one, then switch to it.")
@click.option("--allow-mass-delete", is_flag=True, help="Let a sync drop more than a fifth of the pages.")
@_as_json
@_common
def index(
    sources: Sequence[str], dry_run: bool, rebuild: bool, allow_mass_delete: bool, as_json: bool, config: Path | None,
    data_dir: Path | None,
) -> None:  # fmt: skip
    """Bring the index up to date with SOURCES (files or folders), or with the configured sources."""
    from ui.report import SyncBar, print_report, report_json
    from ui.workspace import open_sources

    opened = open_sources(_settings(config, data_dir), sources)
    workspace = _open(config, data_dir, existing=False)
    try:
        workspace.lock.acquire("footnoted index")
        with SyncBar() as bar:
            report = workspace.sync(
                opened, rebuild=rebuild, dry_run=dry_run, allow_mass_delete=allow_mass_delete, progress=bar.show
            )
    finally:
        workspace.close()
    if as_json:
        _print_json(report_json(report))
    print_report(report, dry_run)
    if report.failures:
        click.get_current_context().exit(1)


@main.command()
@click.argument("question")
@_as_json
@_common
def ask(question: str, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Answer QUESTION with footnotes."""
    from ui.schema import AnswerOut, checked_question
    from ui.terminal import print_answer

    question = checked_question(question)
    workspace = _open(config, data_dir)
    try:
        if not as_json:
            answer = print_answer(workspace.assistant.ask(question))
        else:
            answer = workspace.assistant.answer(question)
            click.echo(AnswerOut.of(answer).model_dump_json(indent=2))
    finally:
        workspace.close()
    if answer.outcome == "failed":
        click.get_current_context().exit(3)


@main.command()
@click.argument("query")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 100), help="How many passages.")
@_as_json
@_common
def search(query: str, k: int, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show the passages that fit QUERY best."""
    from ui.schema import HitOut, SearchOut, checked_question
    from ui.terminal import print_hits

    query = checked_question(query)
    workspace = _open(config, data_dir)
    try:
        hits = workspace.search(query, (), k)
    finally:
        workspace.close()
    if as_json:
        click.echo(SearchOut(hits=[HitOut.of(hit) for hit in hits]).model_dump_json(indent=2))
    else:
        print_hits(hits)


@main.command()
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on [default: 7860].")
@_common
def serve(host: str | None, port: int | None, config: Path | None, data_dir: Path | None) -> None:
    """Serve the chat, bringing the index up to date first when sources are configured."""
    from ui.server import run

    settings = _settings(config, data_dir)
    run(settings, host or settings.server.host, port or settings.server.port)


@main.command()
@_as_json
@_common
def status(as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Say what the index holds and how fresh it is."""
    from ui.report import print_status, status_of

    settings = _settings(config, data_dir)
    found = status_of(settings)
    if as_json:
        _print_json(found)
    else:
        print_status(found)


@main.command()
@_common
def doctor(config: Path | None, data_dir: Path | None) -> None:
    """Check the installation and the index, and say what mends what is wrong."""
    from ui.doctor import examine

    if not examine(_settings(config, data_dir)):
        click.get_current_context().exit(3)


@main.command(name="eval")
@click.argument("questions", type=click.Path(path_type=Path, dir_okay=False))
@_as_json
@_common
def evaluate(questions: Path, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Ask the gold QUESTIONS (YAML) and count what is answered right."""
    from assistant.evaluation import evaluate as run
    from assistant.evaluation import load_questions
    from ui.report import CountBar, print_evaluation

    gold = load_questions(questions)
    workspace = _open(config, data_dir)
    try:
        with CountBar("asking", len(gold)) as bar:
            report = run(gold, workspace.assistant.answer, bar.show).report()
    finally:
        workspace.close()
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    else:
        print_evaluation(report)


@main.command(name="eval-retrieval")
@click.argument("beir_dir", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--limit", type=click.IntRange(1), help="Index only this many passages, the judged ones first.")
@_as_json
@_common
def evaluate_retrieval(
    beir_dir: Path, limit: int | None, as_json: bool, config: Path | None, data_dir: Path | None
) -> None:
    """Measure search on a test set in BEIR's layout, in a throw-away index."""
    from ui.retrieval import measure_retrieval

    figures = measure_retrieval(_settings(config, data_dir), beir_dir, limit)
    if as_json:
        _print_json(figures)
    else:
        for name, value in figures.items():
            click.echo(f"{name:>10}  {value}")
