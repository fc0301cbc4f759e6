"""One sync: sources → index. Nothing is done for what did not change."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Sequence

from index.embedding.vectors import Encoder
from index.ledger.ledger import PageVersion, Recut
from index.pipeline import WritePipeline
from index.plan import Plan
from index.repeats import Digests, Repeats
from index.stores import Stores
from index.types import Progress, SyncReport
from index.writer import CollectionWriter
from ingest.chunk import ChunkOptions, chunk_document
from ingest.errors import PageError, StoreDamagedError
from ingest.parse import PARSER_VERSION
from ingest.repeats import ranges_of
from ingest.types import Chunk, Document, Source, digest_of

__all__ = ["Progress", "Syncer"]

_CHUNKER_VERSION = "4"  # of what is cut from a page and what is left out of it, in ``ingest`` and ``index.repeats``
_BATCH_CHUNKS = 384  # new chunks gathered before they are embedded and switched to: about a second's work
_FIRST_CHUNKS = 64  # in the first batch, so that the encoder has something to do while the second is gathered
_BATCH_CUTS = 50  # pages that are cut anew and written together
_BATCH_PAGES = 200  # pages whose validators alone changed, gathered before they are noted

Write = Callable[[Sequence[PageVersion]], Counter[str]]
"""Writes a batch of pages, or sees to it: what there is to count by now."""


class Syncer:
    """Brings an index up to date with its sources. The caller holds the write lock."""

    def __init__(
        self,
        stores: Stores,
        encoder: Encoder,
        options: ChunkOptions,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._stores = stores
        self._ledger = stores.ledger
        self._encoder = encoder
        self._options = options
        self._progress = progress or (lambda _: None)

    @property
    def recipe(self) -> str:
        """A name for everything that the chunks and vectors depend on."""
        options = self._options.model_dump_json()
        return digest_of(self._encoder.recipe, options, str(PARSER_VERSION), _CHUNKER_VERSION)[:12]

    def sync(
        self,
        sources: Sequence[Source],
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        allow_mass_delete: bool = False,
    ) -> SyncReport:
        """Make the index hold what the sources hold. The old index serves until a rebuilt one is whole.

        A vector store that a killed process left broken is rebuilt. Raises ``MassDeleteError`` before anything is
        dropped when more than a fifth of the pages would be.
        """
        gc.freeze()  # the libraries are no garbage: to look through them takes a tenth of a second each time
        try:
            return self._sync(sources, rebuild, dry_run, allow_mass_delete)
        except StoreDamagedError:
            # Chroma writes its graph in place: of 240 kills one fell into that, and the collection was lost for good.
            if dry_run:
                raise
            for name in self._ledger.collections() - {self._ledger.collection}:
                self._stores.drop(name)
            return self._sync(sources, True, dry_run, allow_mass_delete)
        finally:
            gc.unfreeze()

    def _sync(self, sources: Sequence[Source], rebuild: bool, dry_run: bool, allow_mass_delete: bool) -> SyncReport:
        started = time.perf_counter()
        serving = self._ledger.collection
        collection = self._target(serving, rebuild)
        writer = CollectionWriter(self._stores, self._encoder, collection)
        if not dry_run:
            self._repair(serving, collection, writer)
        repeats = Repeats(self._options.repeated, self._ledger.cut_pages(collection))
        plan = Plan(self._ledger, serving, collection, self._cut, repeats)
        with WritePipeline(writer) as pipeline:
            write = writer.estimate if dry_run else pipeline.put
            for source in sources:
                self._take(source, plan, writer, write, dry_run)
            for source in () if allow_mass_delete else sources:
                plan.doubt_empty(source)
            dropped = plan.gone({source.name: source.confirmations for source in sources})
            brake = None if allow_mass_delete else plan.brake(dropped)
            if brake is not None:
                plan.hold_back_new()
            self._write(plan, writer, write, dry_run)
            for done in pipeline.finish():
                plan.counts.update(done)
                self._tell(plan)
        if brake is not None:
            raise brake
        plan.counts["removed"] = len(plan.before.keys() & set(dropped))
        if not dry_run:
            self._finish(plan, writer, [url for url in dropped if url in plan.held])
        repeats.drop(dropped)
        self._settle(plan, writer, dry_run)
        if not dry_run:
            writer.commit_keywords()
            self._stores.tidy_keywords(collection)
        if not dry_run and collection != serving:
            self._replace(serving, collection)
        return _report(plan, time.perf_counter() - started)

    def _target(self, serving: str, rebuild: bool) -> str:
        """The collection to bring up to date: the serving one, or a new one for a rebuild or another recipe."""
        prefix = f"footnoted-{self.recipe}-"
        if serving.startswith(prefix) and not rebuild:
            return serving
        serial = int(serving.rsplit("-", 1)[1]) + 1 if serving else 1
        return f"{prefix}{serial}"

    def _repair(self, serving: str, collection: str, writer: CollectionWriter) -> None:
        """Clear what a sync that was killed left behind. Raises ``StoreDamagedError`` when that cannot be used."""
        known = self._ledger.collections()
        killed = bool(known - {serving}) or bool(self._ledger.garbage(collection))
        for name in known - {serving, collection}:
            self._stores.drop(name)
        if collection in known:
            if killed:
                writer.check()
            writer.clear_garbage()

    def _take(self, source: Source, plan: Plan, writer: CollectionWriter, write: Write, dry_run: bool) -> None:
        try:
            for fetched in source.fetch(plan.validators):
                plan.take(fetched, source)
                if plan.waiting_chunks >= _batch(plan) or len(plan.revalidated) >= _BATCH_PAGES:
                    self._write(plan, writer, write, dry_run)
                self._tell(plan)
        except PageError as error:
            plan.fail_source(source, error)

    def _write(self, plan: Plan, writer: CollectionWriter, write: Write, dry_run: bool) -> None:
        versions = plan.next_batch()
        pages, plan.revalidated = plan.revalidated, []
        if pages and not dry_run:
            self._ledger.revalidate(writer.collection, pages)
        if versions:
            plan.counts.update(write(versions))
            self._tell(plan)

    def _finish(self, plan: Plan, writer: CollectionWriter, dropped: Sequence[str]) -> None:
        missed = {url: times for url, times in plan.missed.items() if url in plan.held}
        if missed:
            self._ledger.note_missed(writer.collection, missed)
        if dropped:
            plan.counts["deleted"] += writer.drop(dropped)
        self._ledger.note_failures(plan.failures)

    def _settle(self, plan: Plan, writer: CollectionWriter, dry_run: bool) -> None:
        """Cut those pages anew of which other blocks are to be left out, now that all pages are known.

        It finds what is left to do in the ledger, so a sync that was killed before it is repaired by the next one.
        """
        plan.repeats.recount()
        wanted = plan.repeats.unsettled()
        urls = sorted(wanted.keys() - plan.read if dry_run else wanted)  # the texts of those are not in the ledger
        for first in range(0, len(urls), _BATCH_CUTS):
            documents = self._ledger.documents(writer.collection, urls[first : first + _BATCH_CUTS])
            cuts = [
                Recut(document, self._cut(document, wanted[url]), wanted[url]) for url, document in documents.items()
            ]
            done = writer.estimate(cuts) if dry_run else writer.write(cuts)
            plan.counts.update(embedded=done["embedded"], deleted=done["deleted"], chunks=done["embedded"])
            plan.repeats.settle({cut.document.url: cut.left_out for cut in cuts})
            self._tell(plan)

    def _replace(self, serving: str, collection: str) -> None:
        """Let a collection that is whole serve, and drop the one it replaces."""
        self._stores.make_collection(collection)
        self._ledger.activate(collection)
        if serving:
            self._stores.drop(serving)

    def _cut(self, document: Document, left_out: Digests) -> tuple[Chunk, ...]:
        ranges = ranges_of(document, left_out) if left_out else ()
        return tuple(chunk_document(document, self._encoder, self._options, ranges))

    def _tell(self, plan: Plan) -> None:
        self._progress(Progress(len(plan.seen), plan.counts["embedded"], plan.counts["chunks"]))


def _batch(plan: Plan) -> int:
    """How many chunks to gather for the next batch."""
    return _FIRST_CHUNKS if plan.counts["chunks"] == plan.waiting_chunks else _BATCH_CHUNKS


def _report(plan: Plan, seconds: float) -> SyncReport:
    names = ("added", "changed", "removed", "unchanged", "embedded", "reused", "deleted")
    figures = {name: plan.counts[name] for name in names}
    return SyncReport(
        **figures,
        left_out=plan.repeats.left_out,
        seconds=seconds,
        failures=tuple(plan.failures),
        passed_over=tuple(plan.passed_over.most_common()),
    )
