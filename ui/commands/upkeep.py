"""The operator's commands: how the index stands, what is wrong with it, and its backups."""

from __future__ import annotations

from pathlib import Path

import click

from ui.commands.options import common, open_existing, print_json, settings_of, with_json

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@with_json
@common
def status(as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Say what the index holds, how fresh it is and when each source is looked at."""
    from ui.commands.report import print_status
    from ui.link import find_server
    from ui.status import read_status

    chosen = settings_of(config, data_dir)
    server = find_server(chosen.data_dir)
    found = server.status() if server is not None else read_status(chosen)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_status(found)


@click.command()
@click.option("--repair", is_flag=True, help="Mend what is wrong, where it can be.")
@click.option("--security", is_flag=True, help="Say instead what is open, to whom and why.")
@with_json
@common
def doctor(repair: bool, security: bool, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Check the installation and the index, and say what mends what is wrong. --json goes with --security."""
    from ui.commands.doctor import examine
    from ui.commands.security import print_survey, survey

    if (repair and security) or (as_json and not security):
        raise click.UsageError("--security goes without --repair, and --json only with --security")
    if security:
        found = survey(settings_of(config, data_dir), config)
        if as_json:
            print_json({"findings": [finding.model_dump() for finding in found]})
        else:
            print_survey(found)
        return
    if not examine(settings_of(config, data_dir), repair=repair):
        click.get_current_context().exit(3)


@click.command()
@click.argument("file", type=_FILE)
@with_json
@common
def backup(file: Path, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Write the index to FILE, also while a server holds it."""
    from ui.link import find_server
    from ui.maintenance.backup import back_up

    chosen = settings_of(config, data_dir)
    server = find_server(chosen.data_dir)
    if server is not None:
        made = server.backup(file)
    else:
        workspace = open_existing(chosen)
        try:
            workspace.lock.acquire("footnoted backup")
            made = back_up(workspace, file)
        finally:
            workspace.close()
    if as_json:
        print_json(made)
    else:
        told = f"{made['pages']} pages in {made['chunks']} chunks, {made['bytes'] / 1e6:.1f} MB, in {made['file']}"
        click.echo(told, err=True)


@click.command()
@click.argument("file", type=_FILE)
@with_json
@common
def restore(file: Path, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Make the index what FILE holds, also while a server holds it."""
    from index.ledger.lock import WriteLock
    from ui.commands.report import SyncBar
    from ui.link import find_server
    from ui.maintenance.restore import restore as put_back
    from ui.maintenance.restore import set_aside
    from ui.workspace import Workspace

    chosen = settings_of(config, data_dir)
    with SyncBar() as bar:
        server = find_server(chosen.data_dir)
        if server is not None:
            made = server.restore(file, bar.show)
        else:
            with WriteLock(chosen.data_dir).acquire("footnoted restore"):
                away = set_aside(chosen)
                if away is not None:
                    click.echo(f"the index that was there cannot be read; it is kept in {away}", err=True)
                workspace = Workspace(chosen)
                try:
                    with workspace.writing("footnoted restore"):
                        made = put_back(workspace, file, bar.show)
                finally:
                    workspace.close()
    if as_json:
        print_json(made)
    else:
        click.echo(f"{made['pages']} pages in {made['chunks']} chunks, as of {made['made_at']}", err=True)


@click.command()
def settings() -> None:
    """Print every setting with its environment variable, default and meaning, as a Markdown table."""
    from ui.settings_table import settings_table

    click.echo(settings_table())
