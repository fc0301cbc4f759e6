"""What the commands share: their options, their errors, and the way to a workspace or to the server that holds it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.errors import FootnotedError

if TYPE_CHECKING:
    from ui.settings import Settings
    from ui.workspace import Workspace


class Commands(click.Group):
    """Turns our errors into one line on standard error and their exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except FootnotedError as error:
            click.echo(f"footnoted: {error.message}" + (f"\n  {error.hint}" if error.hint else ""), err=True)
            ctx.exit(error.exit_code)
        except BrokenPipeError:
            # Whoever read our output has seen enough.
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:  # a full disk, a folder without rights
            where = f" {str(error.filename)!r}" if error.filename else ""
            click.echo(f"footnoted: {(error.strerror or str(error)).lower()}{where}", err=True)
            ctx.exit(3)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that works on a data folder."""
    command = click.option(
        "--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Folder that holds the index."
    )(command)
    return click.option(
        "--config", type=click.Path(path_type=Path, dir_okay=False), help="Settings file [default: footnoted.toml]."
    )(command)


def with_json(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")(command)


def settings_of(config: Path | None, data_dir: Path | None) -> Settings:
    """The settings in force."""
    from ui.settings import load_settings

    return load_settings(config, data_dir)


def open_existing(settings: Settings) -> Workspace:
    """The workspace of a data folder that has an index. Raises ``StoreEmptyError`` when it has none."""
    from ui.workspace import Workspace

    if not settings.ledger.url and not (settings.data_dir / "ledger.sqlite3").exists():
        from ingest.errors import StoreEmptyError

        raise StoreEmptyError(f"nothing is indexed in {str(settings.data_dir)!r}", hint="run: footnoted index FOLDER")
    return Workspace(settings)


def print_json(value: object) -> None:
    """JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
