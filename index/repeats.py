"""Which paragraphs of a source's pages are boilerplate: counted over all its pages, kept on one of them.

What is left out of a page depends on the pages that there are and on nothing else, whatever order they came in. While
a sync goes on it is left out by what is known so far; at its end the pages that this was wrong for are cut again. The
handbook's 247 pages, as a site without landmarks, repeat two lines on 39 of them; nothing that says something about its
page stands on more than four.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ingest.repeats import PageBlocks

_LEAST_PAGES = 5  # a page, its translation, its print view and its archive may well say the same
_RECOUNT = 1.25  # growth in pages after which is counted again while a sync goes on

Digests = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CutPage:
    """A page's blocks that may repeat, and those of them that it was indexed without."""

    source: str
    blocks: PageBlocks
    left_out: Digests


class Repeats:
    """The pages of an index as they are now. ``share``: of a source's pages that must say the same; 0 for never."""

    def __init__(self, share: float, pages: Mapping[str, CutPage]) -> None:
        self._share = share
        self._pages = dict(pages)
        self._keepers: dict[str, dict[int, str]] = {}
        self._counted = 0
        self.recount()

    @property
    def left_out(self) -> int:
        """How many blocks the pages are indexed without."""
        return sum(len(page.left_out) for page in self._pages.values())

    def take(self, url: str, source: str, blocks: PageBlocks) -> Digests:
        """Note a page that is about to be indexed; gives the blocks to leave out, by what is known so far."""
        page = CutPage(source, blocks, ())
        self._pages[url] = replace(page, left_out=self._expected(url, page))
        return self._pages[url].left_out

    def drop(self, urls: Iterable[str]) -> None:
        """Forget pages that are gone."""
        for url in urls:
            self._pages.pop(url, None)

    def recount_if_grown(self) -> None:
        """Count again if many pages came in since; each page is so counted a few times, however many there are."""
        if len(self._pages) >= _RECOUNT * self._counted:
            self.recount()

    def recount(self) -> None:
        """Count on how many pages each block stands, and choose the page that keeps it: of the shortest address."""
        self._counted = len(self._pages)
        by_source: dict[str, list[str]] = {}
        for url, page in self._pages.items():
            by_source.setdefault(page.source, []).append(url)
        self._keepers = {source: self._keepers_in(urls) for source, urls in by_source.items()} if self._share else {}

    def unsettled(self) -> dict[str, Digests]:
        """The pages that were indexed without other blocks than they should be, with those that they should."""
        wanted = ((url, self._expected(url, page), page.left_out) for url, page in self._pages.items())
        return {url: expected for url, expected, left_out in wanted if expected != left_out}

    def settle(self, left_out: Mapping[str, Digests]) -> None:
        """Note what pages are indexed without now."""
        for url, digests in left_out.items():
            self._pages[url] = replace(self._pages[url], left_out=digests)

    def _keepers_in(self, urls: list[str]) -> dict[int, str]:
        if len(urls) < _LEAST_PAGES:
            return {}
        ordered = sorted(urls, key=lambda url: (len(url), url))
        digests = [self._pages[url].blocks.digests for url in ordered]
        together = np.fromiter((digest for page in digests for digest in page), np.uint64)
        owners = np.repeat(np.arange(len(ordered)), [len(page) for page in digests])
        found, first, counts = np.unique(together, return_index=True, return_counts=True)
        repeated = counts >= max(_LEAST_PAGES, math.ceil(self._share * len(urls)))
        return {
            int(digest): ordered[owners[place]] for digest, place in zip(found[repeated], first[repeated], strict=True)
        }

    def _expected(self, url: str, page: CutPage) -> Digests:
        keepers = self._keepers.get(page.source)
        if not keepers:
            return ()
        found = tuple(digest for digest in page.blocks.digests if keepers.get(digest, url) != url)
        # A page of which nothing would be left is not boilerplate: it could not be found any more.
        return () if len(found) == len(page.blocks.digests) and not page.blocks.others else found
