"""Mending what a probe found: vectors copied or embedded anew, the keyword copy rebuilt."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from index.chroma.collection import ChromaStore, Collection, StoreOptions
from index.embedding.vectors import Encoder, Vectors
from index.stores import Stores
from index.types import Progress
from ingest.errors import StoreDamagedError
from ingest.types import Chunk
from ui.maintenance.probe import Findings, probe, rescue
from ui.memory.encoders import Encoders
from ui.memory.files import clear_scratch
from ui.memory.notes import notes_of
from ui.settings import Settings
from ui.sharing import SharedEncoder

_PART = 500  # chunks put at once
_SCRATCH = "repair-"


def repair(settings: Settings, encoder: Encoder, found: Findings, tell: Callable[[Progress], None]) -> Findings:
    """Mend an index; what a new probe finds. The caller holds the write lock. ``encoder`` is the settings' own.

    Raises ``StoreDamagedError`` when the ledger itself is damaged: it holds the pages' texts, so there is nothing to
    mend from.
    """
    if "ledger" in found.faults:
        raise StoreDamagedError(
            found.faults["ledger"],
            hint="run: footnoted restore FILE, or move the data folder away and run: footnoted index",
        )
    stores = Stores(settings.data_dir, settings.store, settings.ledger)
    try:
        if "vectors" in found.faults:
            made_by = Encoders(notes_of(stores.ledger, settings.data_dir), encoder).of(stores.ledger.collection)
            _mend_vectors(settings, stores, made_by, tell)
        elif found.strays:
            name = stores.ledger.collection
            listed = {chunk.id for chunk, _ in stores.ledger.all_chunks(name)}
            collection = stores.collection(name)
            collection.delete(collection.ids() - listed)
    finally:
        stores.close()
    _mend_keywords(settings)
    return probe(settings.data_dir, settings.store, settings.ledger)


def _mend_vectors(settings: Settings, stores: Stores, encoder: Encoder, tell: Callable[[Progress], None]) -> None:
    """Fill a new store beside the damaged one, then put it in its place; a server's collection is filled up."""
    name = stores.ledger.collection
    clear_scratch(settings.data_dir, _SCRATCH)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=_SCRATCH) as scratch:
        saved = Path(scratch) / "saved"
        saved.mkdir()
        known: dict[str, Vectors] = {}
        for ids, vectors in rescue(settings.data_dir, settings.store, settings.ledger, saved):
            known.update(zip(ids, vectors, strict=True))
        if settings.store.url:
            _fill(stores, stores.make_collection(name), known, encoder, tell)
            return
        fresh = ChromaStore(StoreOptions(), Path(scratch) / "chroma")
        try:
            _fill(stores, fresh.make_collection(name), known, encoder, tell)
        finally:
            fresh.close()
        serving = settings.data_dir / "chroma"
        if serving.exists():
            serving.rename(Path(scratch) / "damaged")
        shutil.move(Path(scratch) / "chroma", serving)


def _fill(
    stores: Stores,
    collection: Collection,
    known: dict[str, Vectors],
    encoder: Encoder,
    tell: Callable[[Progress], None],
) -> None:
    name = stores.ledger.collection
    total = stores.ledger.count_chunks(name)
    shared = SharedEncoder(encoder)
    waiting: list[Chunk] = []
    done = 0

    def put() -> None:
        missing = [chunk for chunk in waiting if chunk.id not in known]
        made = shared.encode_documents([chunk.embedded for chunk in missing]) if missing else ()
        vectors = dict(zip((chunk.id for chunk in missing), made, strict=True))
        rows = [vectors[c.id] if c.id in vectors else known[c.id] for c in waiting]
        collection.put(waiting, np.stack(rows))
        waiting.clear()

    for chunk, _ in stores.ledger.all_chunks(name):
        waiting.append(chunk)
        done += 1
        if len(waiting) >= _PART:
            put()
            tell(Progress(0, done, total))
    if waiting:
        put()
        tell(Progress(0, done, total))


def _mend_keywords(settings: Settings) -> None:
    stores = Stores(settings.data_dir, settings.store, settings.ledger)
    try:
        name = stores.ledger.collection
        shutil.rmtree(settings.data_dir / "keywords" / name, ignore_errors=True)
        stores.refresh_keywords(name)
    finally:
        stores.close()
