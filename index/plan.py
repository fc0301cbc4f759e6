"""What a sync finds: which pages are new, changed, as they were, failing or gone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from index.ledger.ledger import Ledger, PageVersion
from index.repeats import Digests, Repeats
from ingest.errors import MassDeleteError, PageError
from ingest.parse import parse
from ingest.repeats import page_blocks
from ingest.types import (
    Chunk,
    Document,
    Fetched,
    Gone,
    Moved,
    NotModified,
    Page,
    PageFailure,
    PassedOver,
    Source,
    Unvisited,
    Validators,
)

_KIND = re.compile(r"\.[a-z][a-z0-9]{0,9}")  # an ending that names a kind of file, as "2024 (copy)" does not
_BRAKE = 0.2  # share of the pages that one sync may drop unasked

Cut = Callable[[Document, Digests], Sequence[Chunk]]
"""A document and the blocks to leave out → its chunks."""


class Plan:
    """The pages of one sync, sorted as they come in. Reads the ledger and writes nothing.

    ``before`` are the pages that serve; ``held`` those of the collection that is brought up to date: the same, but for
    a rebuild; ``read`` those of which this sync made a version to be written. What there is to do is taken from
    ``next_batch``, ``revalidated`` and ``missed``.
    """

    def __init__(self, ledger: Ledger, serving: str, collection: str, cut: Cut, repeats: Repeats) -> None:
        self._ledger = ledger
        self._cut = cut
        self.repeats = repeats
        self.before = ledger.states(serving)
        self.held = self.before if collection == serving else ledger.states(collection)
        self.seen: set[str] = set()
        self.counts: Counter[str] = Counter()
        self.failures: list[PageFailure] = []
        self.passed_over: Counter[str] = Counter()
        self.waiting: list[PageVersion] = []
        self.read: set[str] = set()
        self.revalidated: list[Page] = []
        self.missed: dict[str, int] = {}
        self._moved: dict[str, str] = {}
        self._givers: dict[str, str] = {}
        self._gave: set[str] = set()

    @property
    def waiting_chunks(self) -> int:
        """How many chunks wait to be written."""
        return sum(len(version.chunks) for version in self.waiting)

    def next_batch(self) -> list[PageVersion]:
        """What waits to be written, taken away; cut by all that is known by now of blocks that repeat."""
        self.repeats.recount_if_grown()
        versions, self.waiting = [self._cut_anew(version) for version in self.waiting], []
        return versions

    def validators(self, url: str) -> Validators | None:
        """What to ask a page's server with; None for a page that must be fetched whole."""
        state = self.held.get(url)
        return Validators(state.etag, state.last_modified) if state and not state.failure else None

    def take(self, fetched: Fetched, source: Source) -> None:
        """Sort in what a source gave."""
        if isinstance(fetched, PassedOver):
            ending = PurePosixPath(fetched.url).suffix.lower()
            self.passed_over[ending if _KIND.fullmatch(ending) else ""] += 1
            return
        self._gave.add(source.name)
        giver = self._givers.setdefault(fetched.url, source.name)
        if fetched.url in self.seen or isinstance(fetched, Gone):
            # Two links led to the same page; a page that is gone is one that was not seen.
            if isinstance(fetched, Page) and giver != source.name and not _is_web(fetched.url):
                self._tell_hidden(fetched.url, giver, source.name)
            return
        if isinstance(fetched, PageFailure):
            self._fail(fetched)
        elif isinstance(fetched, Moved):
            self._moved[fetched.url] = fetched.target
        elif isinstance(fetched, Unvisited):
            state = self.before.get(fetched.url)
            self._keep(fetched.url, state.missed if state else 0)
            self.counts["unchanged"] += 1
        elif isinstance(fetched, NotModified):
            self._take_unchanged(fetched.url)
        else:
            self._take_page(fetched, source)

    def fail_source(self, source: Source, error: PageError) -> None:
        """A source that cannot be read: none of its pages may be taken for gone."""
        self._gave.add(source.name)
        self.failures.append(PageFailure(source.name, error.message, error.hint))
        for url, state in self.before.items():
            if state.source == source.name and url not in self.seen:
                self._givers[url] = source.name
                self._keep(url)
                self._unmiss(url)

    def doubt_empty(self, source: Source) -> None:
        """Take a folder that had several pages and gives nothing for one that cannot be read.

        A disk or share that is not mounted leaves an empty folder behind. To be called once all sources were read.
        """
        if source.name in self._gave:
            return
        lost = [url for url, state in self.before.items() if state.source == source.name and url not in self.seen]
        if sum(not _is_web(url) for url in lost) > 1:
            error = PageError(
                f"no page was found there, where the index holds {len(lost):,}",
                hint="mount or restore the folder; if its pages are really gone, run: footnoted index "
                "--allow-mass-delete, and name the folders again if you named any",
            )
            self.fail_source(source, error)

    def gone(self, confirmations: Mapping[str, int]) -> list[str]:
        """The pages to drop: missed often enough by their source, or of a source that is not asked for any more.

        The others that were not seen stay, with how often they were missed noted; one that moved to a page that is not
        in the index stays as it is. To be called once, at the end.
        """
        for url, target in self._moved.items():
            if url not in self.seen and not (target in self.seen and (target in self.held or target in self.read)):
                self._keep(url)
        dropped = [url for url in self.held if url not in self.seen and url not in self.before]
        for url, state in self.before.items():
            if url in self.seen:
                continue
            missed = state.missed + 1
            if missed >= confirmations.get(state.source, 1):
                dropped.append(url)
            else:
                self._keep(url, missed)
                self.missed[url] = missed
        return dropped

    def brake(self, dropped: Sequence[str]) -> MassDeleteError | None:
        """The error to raise when more than a fifth of the pages that serve would be dropped.

        A page that moved is not lost; of those that all lead to one page, as to a notice of works, only one is not.
        """
        gone, total = self.before.keys() & set(dropped), len(self.before)
        lost = len(gone) - len({self._moved[url] for url in gone & self._moved.keys()})
        # One page may always go, unless it is the last: a brake at every deletion in a small folder is lifted unread.
        if lost <= _BRAKE * total or (lost == 1 and lost < total):
            return None
        return MassDeleteError(
            f"this sync would drop {lost} of {total} pages, more than {_BRAKE:.0%}; nothing was dropped",
            hint="check that the sources are whole; if they are, run: footnoted index --allow-mass-delete, "
            "and name the folders again if you named any",
        )

    def hold_back_new(self) -> None:
        """Leave unwritten what waits of pages that are not held: they may be those that would be dropped, renamed."""
        self.waiting = [version for version in self.waiting if version.document.url in self.held]

    def _take_page(self, page: Page, source: Source) -> None:
        state = self.held.get(page.url)
        link = source.link(page.url)
        placed = state is not None and (state.source, state.link) == (source.name, link)
        if state and placed and state.page_digest == page.digest:
            self._take_unchanged(page.url)
            return
        try:
            document = parse(page)
        except PageError as error:
            self._fail(PageFailure(page.url, error.message, error.hint))
            return
        self.seen.add(page.url)
        self._count(page.url, document)
        if state and placed and state.document_digest == document.digest:
            self.revalidated.append(page)
        else:
            self._wait(page, document, source.name, link)

    def _tell_hidden(self, url: str, giver: str, source: str) -> None:
        """A file that another source gave: both read one folder, or no address is left to tell the two apart by."""
        failure = PageFailure(
            url,
            f"the sources {giver!r} and {source!r} both have a file at this path; that of {source!r} is not read",
            "leave it out of one of the two with `exclude`",
        )
        if failure not in self.failures:
            self.failures.append(failure)

    def _count(self, url: str, document: Document) -> None:
        before = self.before.get(url)
        if before is None:
            self.counts["added"] += 1
        else:
            self.counts["unchanged" if before.document_digest == document.digest else "changed"] += 1

    def _take_unchanged(self, url: str) -> None:
        self.seen.add(url)
        self.counts["unchanged"] += 1
        self._unmiss(url)

    def _fail(self, failure: PageFailure) -> None:
        self.failures.append(failure)
        self._keep(failure.url)
        self._unmiss(failure.url)  # of a site that flaps nobody can tell: it has to be missed so often in a row

    def _unmiss(self, url: str) -> None:
        if url in self.held and self.held[url].missed:
            self.missed[url] = 0

    def _keep(self, url: str, missed: int = 0) -> None:
        """A page that could not be read keeps its old text, in an index that is being rebuilt too."""
        self.seen.add(url)
        old = self._ledger.page(url) if url in self.before and url not in self.held else None
        if old is not None:
            # An empty body: whatever the page turns out to be, the next sync will not take it for unchanged.
            page = Page(url, b"", "", old.fetched_at)
            self._wait(page, old.document, old.source, old.link, missed)

    def _wait(self, page: Page, document: Document, source: str, link: str | None, missed: int = 0) -> None:
        self.read.add(page.url)
        blocks = page_blocks(document)
        left_out = self.repeats.take(page.url, source, blocks)
        chunks = tuple(self._cut(document, left_out))
        self.counts["chunks"] += len(chunks)
        self.waiting.append(PageVersion(page, document, chunks, source, link, missed, blocks, left_out))

    def _cut_anew(self, version: PageVersion) -> PageVersion:
        """The version without the blocks that are known by now to repeat."""
        left_out = self.repeats.take(version.document.url, version.source, version.blocks)
        if left_out == version.left_out:
            return version
        chunks = tuple(self._cut(version.document, left_out))
        self.counts["chunks"] += len(chunks) - len(version.chunks)
        return replace(version, chunks=chunks, left_out=left_out)


def _is_web(url: str) -> bool:
    """Whether it is a web address, and no file's path."""
    return "://" in url
