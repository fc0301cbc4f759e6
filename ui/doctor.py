"""Whether the installation and the index are in order, and what mends what is not."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Callable
from importlib.metadata import version

from rich.console import Console

from ingest.errors import FootnotedError, StoreDamagedError
from ui.settings import Settings

_console = Console(highlight=False)
_PACKAGES = ("footnoted", "chromadb", "tantivy", "sentence-transformers", "torch", "llama-index-core", "gradio")
_LEAST_FREE = 200_000_000  # bytes


def examine(settings: Settings) -> bool:
    """Check every part and print a line for each; whether all is well."""
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("programs", _programs),
        ("disk", _disk),
        ("embedding model", _model),
        ("index", _index),
    )
    sound = True
    for name, check in checks:
        try:
            _console.print(f"[green]ok[/green]    {name}: ", end="")
            _console.print(check(settings), markup=False)
        except FootnotedError as error:
            sound = False
            _console.print(f"\r[red]wrong[/red] {name}: ", end="")
            _console.print(f"{error.message}\n      {error.hint}", markup=False)
    return sound


def _programs(settings: Settings) -> str:
    del settings
    return ", ".join(
        [
            f"Python {platform.python_version()}",
            f"SQLite {sqlite3.sqlite_version}",
            *(f"{p} {version(p)}" for p in _PACKAGES),
        ]
    )


def _disk(settings: Settings) -> str:
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        raise StoreDamagedError(f"only {free / 1e6:.0f} MB are free at {str(folder)!r}", hint="free some space")
    return f"{free / 1e9:.1f} GB free"


def _model(settings: Settings) -> str:
    from index.embed import SentenceEncoder

    encoder = SentenceEncoder(settings.embedding)
    return f"{settings.embedding.model}, reads {encoder.window} tokens"


def _index(settings: Settings) -> str:
    from index.stores import Stores

    stores = Stores(settings.data_dir, settings.store, settings.ledger)
    try:
        collection = stores.ledger.collection
        if not collection:
            return "nothing is indexed yet"
        listed = {chunk.id for chunk, _ in stores.ledger.all_chunks(collection)}
        missing = listed - stores.collection(collection).ids()
        if missing:
            raise StoreDamagedError(
                f"{len(missing)} of {len(listed)} chunks have no vector", hint="run: footnoted index --rebuild"
            )
        return f"{len(stores.ledger.states(collection))} pages, {len(listed)} chunks, all of them searchable"
    finally:
        stores.close()
