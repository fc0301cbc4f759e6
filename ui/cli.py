"""The command line: ``footnoted``. It only reads arguments, calls, and prints; heavy parts are imported where used."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from ingest.errors import FootnotedError
from ui.commands.options import Commands, common, open_existing, print_json, settings_of, with_json
from ui.commands.upkeep import backup, doctor, restore, settings, status

_STARTING = 60.0  # seconds that a server that holds the folder may take to start before the command gives up


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="footnoted")
def main() -> None:
    """Answers from your own pages, every sentence with a footnote."""


for _command in (status, doctor, backup, restore, settings):
    main.add_command(_command)


@main.command()
@click.argument("sources", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--rebuild", is_flag=True, help="Build a new index beside the old one, then switch to it.")
@click.option("--allow-mass-delete", is_flag=True, help="Let a sync drop more than a fifth of the pages.")
@with_json
@common
def index(
    sources: Sequence[str], dry_run: bool, rebuild: bool, allow_mass_delete: bool, as_json: bool, config: Path | None,
    data_dir: Path | None,
) -> None:  # fmt: skip
    """Bring the index up to date with SOURCES (files or folders), or with the configured sources.

    While a server holds the index, the server does it.
    """
    from ui.commands.report import SyncBar, print_report
    from ui.link import find_server
    from ui.memory.report_json import report_json
    from ui.status import status_of
    from ui.sync.order import Order, run_sync
    from ui.sync.sources import open_sources
    from ui.workspace import Workspace

    chosen = settings_of(config, data_dir)
    named = tuple(str(Path(source).absolute()) for source in sources)
    open_sources(chosen, named)
    order = Order("footnoted index", named, None, rebuild, dry_run, allow_mass_delete)
    with SyncBar() as bar:
        server = find_server(chosen.data_dir, wait=_STARTING)
        if server is not None:
            asked = {name: getattr(order, name) for name in ("named", "rebuild", "dry_run", "allow_mass_delete")}
            report = server.index(asked, bar.show)
            status = server.status()
            notes = status.notes
            if not named and status.syncs_as != chosen.syncs_as:
                notes += ("the server still works by the settings that it was started with; restart it to use these",)
        else:
            workspace = Workspace(chosen)
            try:
                workspace.lock.acquire("footnoted index")
                with workspace.writing("footnoted index"):
                    report = run_sync(workspace, order, bar.show)
                notes = status_of(chosen, workspace.ledger, workspace.syncs).notes
            finally:
                workspace.close()
    if as_json:
        print_json(report_json(report))
    print_report(report, dry_run, notes)
    if report.failures:
        click.get_current_context().exit(1)


@main.command()
@click.argument("question")
@with_json
@common
def ask(question: str, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Answer QUESTION with footnotes."""
    from ui.commands.terminal import events_of, print_answer
    from ui.link import find_server
    from ui.schema import AnswerOut, checked_question

    question = checked_question(question)
    chosen = settings_of(config, data_dir)
    server = find_server(chosen.data_dir)
    if server is not None and server.is_ready():
        answer = server.ask(question)
        if not as_json:
            print_answer(events_of(answer), server.url)
    else:
        workspace = open_existing(chosen)
        try:
            with suppress(FootnotedError):  # the answer says what is missing
                workspace.load(question)
            answer = (
                workspace.assistant.answer(question) if as_json else print_answer(workspace.assistant.ask(question))
            )
        finally:
            workspace.close()
    if as_json:
        click.echo(AnswerOut.of(answer).model_dump_json(indent=2))
    if answer.outcome == "failed":
        click.get_current_context().exit(3)


@main.command()
@click.argument("query")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 100), help="How many passages.")
@with_json
@common
def search(query: str, k: int, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show the passages that fit QUERY best."""
    from ui.commands.terminal import print_hits
    from ui.link import find_server
    from ui.schema import HitOut, SearchOut, checked_question

    query = checked_question(query)
    chosen = settings_of(config, data_dir)
    server = find_server(chosen.data_dir)
    if server is not None and server.is_ready():
        found = server.search(query, k)
    else:
        workspace = open_existing(chosen)
        try:
            found = SearchOut(hits=[HitOut.of(hit) for hit in workspace.search(query, (), k)])
        finally:
            workspace.close()
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        print_hits(found.hits)


@main.command()
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port to listen on [default: 7860].")
@common
def serve(host: str | None, port: int | None, config: Path | None, data_dir: Path | None) -> None:
    """Serve the chat, and keep the index up to date with the configured sources."""
    from ui.server import run

    chosen = settings_of(config, data_dir)
    run(chosen, host or chosen.server.host, port or chosen.server.port)


def _in_a_folder(_context: click.Context, _option: click.Parameter, report: Path | None) -> Path | None:
    if report and not report.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {str(report.parent)!r}")  # said before an hour of questions
    return report


_with_report = click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), callback=_in_a_folder,
    help="Write the figures to an HTML page.",
)  # fmt: skip


@main.command(name="eval")
@click.argument("questions", type=click.Path(path_type=Path, dir_okay=False))
@_with_report
@click.option(
    "--compare", type=click.Path(path_type=Path, dir_okay=False), help="A second settings file to set beside the first."
)
@with_json
@common
def evaluate(
    questions: Path,
    report: Path | None,
    compare: Path | None,
    as_json: bool,
    config: Path | None,
    data_dir: Path | None,
) -> None:
    """Ask the gold QUESTIONS (YAML) and count what is answered right."""
    from assistant.evaluation.gold import load_questions
    from assistant.evaluation.report import render_report
    from ui.commands.measuring import evaluate_settings
    from ui.commands.report import print_comparison, print_evaluation

    gold = load_questions(questions)
    chosen = {str(config or "these settings"): settings_of(config, data_dir)}
    if compare:
        chosen[str(compare)] = settings_of(compare, data_dir)
    measured = {name: evaluate_settings(settings, gold) for name, settings in chosen.items()}
    if report:
        thresholds = {name: settings.answer.threshold for name, settings in chosen.items()}
        report.write_text(render_report(measured, thresholds), encoding="utf-8")
    figures = {name: evaluation.report() for name, evaluation in measured.items()}
    if as_json:
        shown = {name: figure.model_dump() for name, figure in figures.items()}
        print_json(shown if compare else next(iter(shown.values())))
        return
    if compare:
        print_comparison(figures)
    else:
        print_evaluation(next(iter(figures.values())))


@main.command(name="eval-retrieval")
@click.argument("beir_dir", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--limit", type=click.IntRange(1), help="Index only this many passages, the judged ones first.")
@_with_report
@with_json
@common
def evaluate_retrieval(
    beir_dir: Path, limit: int | None, report: Path | None, as_json: bool, config: Path | None, data_dir: Path | None
) -> None:
    """Measure search on a test set in BEIR's layout, in a throw-away index."""
    from ui.commands.report import print_retrieval
    from ui.commands.retrieval import measure_retrieval
    from ui.commands.retrieval_report import render_retrieval

    measured = measure_retrieval(settings_of(config, data_dir), beir_dir, limit)
    if report:
        report.write_text(render_retrieval(measured), encoding="utf-8")
    if as_json:
        print_json(measured.figures)
    else:
        print_retrieval(measured.figures)
