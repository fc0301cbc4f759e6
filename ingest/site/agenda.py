"""What a crawl is still to ask for, within the number of addresses that one sync asks for at most."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from ingest.types import Fetched, PageFailure, Unvisited


@dataclass(frozen=True, slots=True)
class Stop:
    """An address to ask for: how many links may be followed from it, and whether the operator or a sitemap named it.

    ``itself``: it is read whatever address it names as its canonical one.
    """

    url: str
    follow: int
    named: bool = False
    itself: bool = False


class Agenda:
    """Addresses in the order in which they were found, each once, ``limit`` at most.

    ``held`` are those of the pages that the index has. There is always room left for them, so a site with more pages
    than the limit takes no new ones in rather than let known ones grow old; and no trap that invents addresses makes
    the index grow beyond the limit. Where there are more held ones than that, a part chosen by lot has its turn and
    the others are put off. New addresses for which there is no room are left out.
    """

    def __init__(self, limit: int, held: Collection[str]) -> None:
        turn = held if len(held) <= limit else random.sample(list(held), limit)
        self._due = dict.fromkeys(turn)
        self._held = frozenset(held)
        self._put_off = tuple(url for url in held if url not in self._due)
        self._left: list[Stop] = []
        self._reached: set[str] = set()
        self._limit = limit
        self._asked = 0
        self._waiting: deque[Stop] = deque()
        self._seen = set(self._put_off)

    def add(self, urls: Iterable[str], follow: int, *, named: bool = False) -> None:
        """Queue addresses that were not met before."""
        for url in urls:
            if url not in self._seen:
                self._seen.add(url)
                self._waiting.append(Stop(url, follow, named))

    def __contains__(self, url: str) -> bool:
        return url in self._seen

    def holds(self, url: str) -> bool:
        """Whether it is the address of a page that the index has."""
        return url in self._held

    def again(self, stop: Stop) -> Stop | None:
        """An address to be asked for once more, if there is room."""
        self._waiting.append(stop)
        return self.next()

    def next(self) -> Stop | None:
        """The address whose turn it is. When some are left, held ones that no link led to are asked for at the end."""
        while self._waiting:
            stop = self._waiting.popleft()
            if stop.url in self._due:
                del self._due[stop.url]
                return stop
            if self._asked + len(self._due) < self._limit:
                return stop
            self._left.append(stop)
        if self._due and (self._left or self._put_off):
            url = next(iter(self._due))
            del self._due[url]
            return Stop(url, 0)
        return None

    def count(self) -> None:
        """One more address is asked for."""
        self._asked += 1

    def reached(self, url: str) -> None:
        """An address answered, maybe in the place of one that redirects to it."""
        self._seen.add(url)
        self._reached.add(url)
        self._due.pop(url, None)

    def doubt(self, url: str) -> None:
        """What an address answered says nothing of its page."""
        self._reached.discard(url)

    def put_off(self) -> Iterator[Fetched]:
        """The pages of the index for which there is no room this time: they stay as they are, and one line tells."""
        if self._put_off:
            yield self._beyond(self._put_off, "pages of the index, which are asked for in turn,")
        yield from map(Unvisited, self._put_off[1:])

    def left_out(self, given: Set[str], holds: Callable[[str], bool]) -> Iterator[Fetched]:
        """The new addresses for which there was no room: one line for all.

        A page of the index among them was to be asked for once more, and stays. What was ``given`` is not left out, nor
        what a redirect led to, whether or not it wants to be a page.
        """
        met = given | self._reached
        left = [stop.url for stop in self._left if stop.url not in (given if stop.itself else met)]
        if new := [url for url in left if not holds(url)]:  # the other sources read theirs
            yield self._beyond(new, "addresses")
        yield from (Unvisited(url) for url in left if url in self._held)

    def _beyond(self, urls: Sequence[str], what: str) -> PageFailure:
        others = f" and {len(urls) - 1:,} other {what} are" if len(urls) > 1 else " is"
        return PageFailure(
            urls[0],
            f"it{others} beyond the {self._limit:,} that one sync asks for",
            "raise the source's `max_pages`, or leave pages out with `exclude`",
        )
