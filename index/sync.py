"""One sync: sources → index. Add, switch, then delete; nothing is done for what did not change.

Killed at any instant, the ledger lists each page in its old or its new version. What was written to the stores before
the switch, or not yet deleted after it, is named in the ledger's garbage and cleared by the next sync.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.ledger import PageState, PageVersion
from index.stores import Stores
from index.types import SyncReport
from index.vectors import Encoder, Vectors
from ingest.chunk import ChunkOptions, chunk_document
from ingest.errors import MassDeleteError, PageError
from ingest.parse import PARSER_VERSION, parse
from ingest.types import Chunk, Fetched, Gone, NotModified, Page, PageFailure, Source, Validators, digest_of

_CHUNKER_VERSION = "1"
_BATCH_CHUNKS = 256  # new chunks gathered before they are embedded and switched to: about four seconds' work
_BRAKE = 0.2  # share of the pages that one sync may drop unasked


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: pages looked at, chunks embedded so far and chunks found so far."""

    pages: int
    embedded: int
    chunks: int


@dataclass(slots=True)
class _Run:
    """What one sync has gathered so far."""

    collection: str
    states: dict[str, PageState]
    dry: bool
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[PageFailure] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    waiting: list[PageVersion] = field(default_factory=list)
    waiting_chunks: int = 0


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
        return digest_of(self._encoder.recipe, self._options.model_dump_json(), str(PARSER_VERSION), _CHUNKER_VERSION)[
            :12
        ]

    def sync(
        self,
        sources: Sequence[Source],
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        allow_mass_delete: bool = False,
    ) -> SyncReport:
        """Make the index hold what the sources hold. The old index serves until a rebuilt one is whole.

        Raises ``MassDeleteError`` before anything is dropped when more than a fifth of the pages would be.
        """
        started = time.perf_counter()
        serving = self._ledger.collection
        collection = self._target(serving, rebuild)
        run = _Run(collection, self._ledger.states(collection), dry_run)
        if not dry_run:
            self._clear_garbage(collection)
        for source in sources:
            self._take_source(source, run)
        self._flush(run)
        removed = self._removed(run, sources)
        if not allow_mass_delete:
            self._check_brake(removed, run, serving)
        run.counts["removed"] = len(removed)
        if not dry_run:
            if removed:
                self._ledger.switch(collection, (), removed)
                run.counts["deleted"] += self._clear_garbage(collection)
            if collection != serving:
                self._replace(serving, collection)
        return self._report(run, time.perf_counter() - started)

    # Which collection ---------------------------------------------------------------------------------------------

    def _target(self, serving: str, rebuild: bool) -> str:
        """The collection to bring up to date: the serving one, unless a rebuild or another recipe asks for a new one."""
        prefix = f"footnoted-{self.recipe}-"
        if serving.startswith(prefix) and not rebuild:
            return serving
        serial = int(serving.rsplit("-", 1)[1]) + 1 if serving else 1
        return f"{prefix}{serial}"

    def _replace(self, serving: str, collection: str) -> None:
        """Let a collection that is whole serve, and drop the one it replaces."""
        self._ledger.activate(collection)
        self._stores.refresh_keywords(collection)
        if serving:
            self._stores.drop(serving)

    # One source, one page ---------------------------------------------------------------------------------------------

    def _take_source(self, source: Source, run: _Run) -> None:
        def known(url: str) -> Validators | None:
            state = run.states.get(url)
            return Validators(state.etag, state.last_modified) if state and not state.failure else None

        try:
            for fetched in source.fetch(known):
                self._take(fetched, source, run)
                if run.waiting_chunks >= _BATCH_CHUNKS:
                    self._flush(run)
                self._progress(Progress(len(run.seen), run.counts["embedded"], run.counts["chunks"]))
        except PageError as error:
            run.failures.append(PageFailure(source.name, error.message, error.hint))
            for url in self._urls_of(source, run):
                self._keep(url, run)

    def _take(self, fetched: Fetched, source: Source, run: _Run) -> None:
        if not isinstance(fetched, Page):
            state = run.states.get(fetched.url)
            if isinstance(fetched, Gone):
                run.gone.add(fetched.url)
            elif isinstance(fetched, NotModified):
                run.seen.add(fetched.url)
                run.counts["unchanged"] += 1
                self._forgive(state, run)
            else:
                self._fail(fetched, state, run)
            return
        if fetched.url in run.seen:
            return  # two sources or two links led to the same page
        state = run.states.get(fetched.url)
        if state and state.page_digest == fetched.digest and state.source == source.name:
            run.seen.add(fetched.url)
            run.counts["unchanged"] += 1
            self._forgive(state, run)
            return
        try:
            self._take_changed(fetched, source, state, run)
        except PageError as error:
            self._fail(PageFailure(fetched.url, error.message, error.hint), state, run)

    def _take_changed(self, page: Page, source: Source, state: PageState | None, run: _Run) -> None:
        document = parse(page)
        run.seen.add(page.url)
        if state and state.document_digest == document.digest and state.source == source.name:
            run.counts["unchanged"] += 1
            if not run.dry:
                self._ledger.revalidate(run.collection, page)
            return
        chunks = tuple(chunk_document(document, self._encoder, self._options))
        run.counts["changed" if state else "added"] += 1
        run.counts["chunks"] += len(chunks)
        run.waiting.append(PageVersion(page, document, chunks, source.name, source.link(page.url)))
        run.waiting_chunks += len(chunks)

    def _fail(self, failure: PageFailure, state: PageState | None, run: _Run) -> None:
        run.failures.append(failure)
        if state and not run.dry:
            self._ledger.note_failure(run.collection, failure.url, failure.reason)
        self._keep(failure.url, run)

    def _urls_of(self, source: Source, run: _Run) -> list[str]:
        return [
            url
            for url, state in self._ledger.states(self._ledger.collection).items()
            if state.source == source.name and url not in run.seen
        ]

    def _keep(self, url: str, run: _Run) -> None:
        """A page that could not be read keeps its old text, in an index that is being rebuilt too."""
        run.seen.add(url)
        old = None if url in run.states else self._ledger.page(url)
        if old is not None:
            # An empty body: whatever the page turns out to be, the next sync will not take it for unchanged.
            page = Page(url, b"", "", old.fetched_at)
            chunks = tuple(chunk_document(old.document, self._encoder, self._options))
            run.waiting.append(PageVersion(page, old.document, chunks, old.source, old.link))
            run.waiting_chunks += len(chunks)

    def _forgive(self, state: PageState | None, run: _Run) -> None:
        if state and not run.dry:
            if state.failure:
                self._ledger.note_failure(run.collection, state.url, None)
            if state.missed:
                self._ledger.note_missed(run.collection, state.url, 0)

    # Add, switch, delete ----------------------------------------------------------------------------------------------

    def _flush(self, run: _Run) -> None:
        versions, run.waiting, run.waiting_chunks = run.waiting, [], 0
        if not versions:
            return
        old = {chunk_id for v in versions for chunk_id in self._ledger.chunk_ids(run.collection, v.document.url)}
        new = [chunk for v in versions for chunk in v.chunks if chunk.id not in old]
        run.counts["reused"] += sum(len(v.chunks) for v in versions) - len(new)
        vectors, embedded = self._vectors(run.collection, new, run.dry)
        run.counts["embedded"] += embedded
        run.counts["reused"] += len(new) - embedded
        if run.dry:
            run.counts["deleted"] += len(old - {chunk.id for v in versions for chunk in v.chunks})
            return
        keywords = self._stores.refresh_keywords(run.collection)
        self._ledger.announce(run.collection, [chunk.id for chunk in new])
        if new:
            self._stores.collection(run.collection).put(new, vectors)
        # Chunks that stay are put again too: their page's keywords or language may have changed.
        keywords.put((chunk, v.document.language, v.document.keywords) for v in versions for chunk in v.chunks)
        keywords.commit("")
        self._ledger.switch(run.collection, versions)
        keywords.commit(str(self._ledger.generation))
        run.counts["deleted"] += self._clear_garbage(run.collection)
        self._progress(Progress(len(run.seen), run.counts["embedded"], run.counts["chunks"]))

    def _vectors(self, collection: str, chunks: Sequence[Chunk], dry: bool) -> tuple[Vectors, int]:
        """The chunks' vectors, and how many had to be embedded: text that stands elsewhere in the index has one."""
        if not chunks:
            return np.zeros((0, 0), np.float32), 0
        twins = self._ledger.ids_by_digest(collection, [chunk.digest for chunk in chunks])
        if dry:
            return np.zeros((0, 0), np.float32), len({chunk.digest for chunk in chunks} - twins.keys())
        stored = self._stores.collection(collection).vectors(sorted(set(twins.values()))) if twins else {}
        known = {digest: stored[twin] for digest, twin in twins.items() if twin in stored}
        missing = {chunk.digest: chunk.embedded for chunk in chunks if chunk.digest not in known}
        known.update(zip(missing, self._encoder.encode_documents(list(missing.values())), strict=True))
        return np.stack([known[chunk.digest] for chunk in chunks]), len(missing)

    def _clear_garbage(self, collection: str) -> int:
        garbage = self._ledger.garbage(collection)
        if garbage:
            self._stores.collection(collection).delete(garbage)
            keywords = self._stores.refresh_keywords(collection)
            keywords.delete(garbage)
            keywords.commit(str(self._ledger.generation))
            self._ledger.cleared(collection, garbage)
        return len(garbage)

    # What left --------------------------------------------------------------------------------------------------------

    def _removed(self, run: _Run, sources: Sequence[Source]) -> list[str]:
        """Pages to drop: those of sources that are no longer asked for, and those missed often enough."""
        needed = {source.name: source.confirmations for source in sources}
        removed = []
        for url, state in run.states.items():
            if url in run.seen:
                continue
            missed = state.missed + 1
            if missed >= needed.get(state.source, 1):
                removed.append(url)
            elif not run.dry:
                self._ledger.note_missed(run.collection, url, missed)
        return removed

    def _check_brake(self, removed: Sequence[str], run: _Run, serving: str) -> None:
        before = self._ledger.states(serving).keys() if serving else set()
        lost = set(removed) if run.collection == serving else before - run.seen
        # A single page may always go, unless it is the last: a brake at every deletion in a small folder would be lifted unread.
        if len(lost) > _BRAKE * len(before) and (len(lost) > 1 or len(lost) == len(before)):
            raise MassDeleteError(
                f"this sync would drop {len(lost)} of {len(before)} pages, more than {_BRAKE:.0%}; nothing was dropped",
                hint="check that the sources are whole; if they are, run: footnoted index --allow-mass-delete",
            )

    @staticmethod
    def _report(run: _Run, seconds: float) -> SyncReport:
        names = ("added", "changed", "removed", "unchanged", "embedded", "reused", "deleted")
        return SyncReport(**{name: run.counts[name] for name in names}, seconds=seconds, failures=tuple(run.failures))
