"""Whether the installation and the index are in order, and what mends what is not."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

from rich.console import Console

from index.ledger.database import Database, refuse_newer
from index.ledger.lease import Lease
from index.ledger.lock import WriteLock
from ingest.errors import FootnotedError, StoreDamagedError, StoreHeldError, UsageError
from ingest.site.web import credentials
from ui.link import find_server
from ui.maintenance.probe import Findings, probe
from ui.memory.holder import live_holder
from ui.settings import Settings

_console = Console(highlight=False)
_PACKAGES = ("footnoted", "chromadb", "tantivy", "sentence-transformers", "torch", "llama-index-core", "gradio")
_LEAST_FREE = 200_000_000  # bytes


def examine(settings: Settings, *, repair: bool = False) -> bool:
    """Check every part and print a line for each; whether all is well, after mending if that is asked for."""
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("programs", _programs),
        ("disk", _disk),
        ("sources", _sources),
        ("embedding model", _model),
        ("reranking", _reranking),
        ("index", _mended if repair else _index),
    )
    sound = True
    for name, check in checks:
        try:
            told = check(settings)
        except FootnotedError as error:
            sound = False
            _console.print(f"[red]wrong[/red] {name}: ", end="")
            _console.print(
                error.message + (f"\n      {error.hint}" if error.hint else ""), markup=False, soft_wrap=True
            )
        else:
            _console.print(f"[green]ok[/green]    {name}: ", end="")
            _console.print(told, markup=False, soft_wrap=True)
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
    from index.embedding.choosing import open_encoder
    from index.embedding.encoder import SentenceEncoder
    from index.embedding.openvino_model import OpenVinoModel
    from index.embedding.processor import adds_up_8_bits

    encoder = open_encoder(settings.embedding)
    encoder.encode_queries(["Does it answer?"])
    bundled = isinstance(encoder, SentenceEncoder) and isinstance(encoder.model, OpenVinoModel)
    note = "" if not bundled or adds_up_8_bits() else "; at a sixth of its speed, as this processor lacks VNNI"
    return f"{settings.embedding.model}, reads {encoder.window} tokens{note}"


def _reranking(settings: Settings) -> str:
    from index.nodes import load_postprocessor
    from index.rerank import load_cross_encoder

    options = settings.search
    if options.reranker:
        load_cross_encoder(options.reranker)
    for name in options.postprocessors:
        load_postprocessor(name)
    return ", ".join(filter(None, (options.reranker, *options.postprocessors))) or "none is configured"


def _sources(settings: Settings) -> str:
    from ui.sync.sources import open_sources

    if not settings.sources:
        return "none are configured"
    for options in settings.sources:
        if options.folder is not None and not options.folder.path.exists():
            raise UsageError(
                f"the folder {str(options.folder.path)!r} is not there",
                hint="mount it, or correct the source's `folder`",
            )
        if options.web is not None:
            credentials(options.web)
    return ", ".join(source.name for source in open_sources(settings))


def _index(settings: Settings) -> str:
    holder = live_holder(settings.data_dir)
    if not _exists(settings):
        return "nothing is indexed yet"
    refuse_newer(settings.ledger, settings.data_dir)
    if holder is not None and not settings.store.url:
        # Another process must not open embedded vectors while they are written.
        server = find_server(settings.data_dir)
        if server is not None and server.is_ready():
            return f"served by {holder}; stop it to have its files checked"
        raise StoreHeldError(f"the index is held by {holder}", hint="stop it to have its files checked")
    return _verdict(probe(settings.data_dir, settings.store, settings.ledger), "run: footnoted doctor --repair")


def _mended(settings: Settings) -> str:
    from index.embedding.choosing import open_encoder
    from ui.commands.report import SyncBar
    from ui.maintenance.repair import repair

    if not _exists(settings):
        return "nothing is indexed yet"
    refuse_newer(settings.ledger, settings.data_dir)
    command = "footnoted doctor --repair"
    with WriteLock(settings.data_dir).acquire(command), _leased(settings, command), SyncBar() as bar:
        found = probe(settings.data_dir, settings.store, settings.ledger)
        if found.is_sound and not found.strays:
            return _verdict(found, "")
        for part, fault in found.faults.items():
            _console.print(f"      {part}: {fault}", markup=False)
        mended = repair(settings, open_encoder(settings.embedding), found, bar.show)
    return f"mended; {_verdict(mended, 'run: footnoted index --rebuild')}"


@contextmanager
def _leased(settings: Settings, command: str) -> Iterator[None]:
    """A block in which no other machine writes the index, where any shares it."""
    if not settings.ledger.url:
        yield
        return
    database = Database(settings.ledger, settings.data_dir)
    lease = Lease(database, settings.ledger.lease_seconds)
    try:
        lease.acquire(command)
        yield
    finally:
        lease.release()
        database.close()


def _exists(settings: Settings) -> bool:
    return bool(settings.ledger.url) or (settings.data_dir / "ledger.sqlite3").exists()


def _verdict(found: Findings, hint: str) -> str:
    if found.faults:
        raise StoreDamagedError("; ".join(f"{part}: {fault}" for part, fault in found.faults.items()), hint=hint)
    strays = f", {found.strays:,} vectors of no page" if found.strays else ""
    return f"{found.pages:,} pages, {found.chunks:,} chunks, all of them searchable{strays}"
