"""Addresses that lead to other addresses, by a redirect or by the canonical one that a page names.

What one says of another holds only if that other can be read: a canonical address that is not there is a slip of the
site's, and two pages may name each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from ingest.site.links import LinkMemory
from ingest.types import Fetched, Moved, NotModified, Page, PageFailure, Unvisited

_REDIRECT = "redirect "  # stands before an address in the link memory, under which is kept where it led


class Moves:
    """What one crawl learns of its addresses: which lead where, and which of them are pages."""

    def __init__(self, memory: LinkMemory) -> None:
        self._memory = memory
        self._targets: dict[str, str] = {}
        self._unsure: dict[str, None] = {}
        self._pages: set[str] = set()

    def redirect(self, url: str, target: str) -> None:
        """An address leads to another one and has nothing to say itself."""
        self._targets[url] = target

    def remember(self, url: str, target: str) -> None:
        """Keep where an address led (it may be itself) for a day on which it cannot be read."""
        targets = () if target == url else (target,)
        if (self._memory.get(_REDIRECT + url) or ()) != targets:
            self._memory[_REDIRECT + url] = targets

    def remembered(self, url: str) -> str | None:
        """The address that one redirected to when it was last read."""
        return next(iter(self._memory.get(_REDIRECT + url) or ()), None)

    def copy(self, url: str, target: str) -> None:
        """A page says that it is a copy of another one. It can be read itself, should that one not be there."""
        self._targets[url] = target
        self._unsure[url] = None

    def came_of(self, fetched: Fetched) -> None:
        """Note what an address gave. A page that fails or is put off today is one too: its old text stays."""
        if isinstance(fetched, Page | NotModified | PageFailure | Unvisited):
            self._pages.add(fetched.url)

    def misled(self) -> str | None:
        """A copy of a page that is not there, to be read itself. To be asked again until it gives None."""
        while self._unsure:
            first = next(iter(self._unsure))
            way = self._way(first)
            if way[-1] in self._pages:
                del self._unsure[first]
                continue
            last = next(url for url in reversed(way) if url in self._unsure)  # what leads to it stays a copy of it
            del self._unsure[last], self._targets[last]
            return last
        return None

    def settled(self) -> Iterator[Moved]:
        """Every address that is no page and leads to one, with that page."""
        for url in self._targets.keys() - self._pages:
            end = self._way(url)[-1]
            if end in self._pages:
                yield Moved(url, end)

    def _way(self, url: str) -> list[str]:
        """The addresses that one leads to, itself first, up to a page, to one that leads nowhere, or once round."""
        way = [url]
        while way[-1] not in self._pages:
            target = self._targets.get(way[-1])
            if target is None or target in way:
                break
            way.append(target)
        return way
