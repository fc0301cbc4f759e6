"""A web site as a source of pages: a list, sitemaps, and the links that lead on from them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from ingest.errors import PageError
from ingest.media import HTML, XHTML, is_asset
from ingest.site.client import Reply, WebClient
from ingest.site.links import LinkMemory, PageFacts, read_facts
from ingest.site.moves import Moves
from ingest.site.robots import Robots
from ingest.site.sitemap import read_sitemap
from ingest.site.trouble import UnreachableError
from ingest.site.urls import host_of
from ingest.site.web import WebOptions
from ingest.types import Fetched, Gone, NotModified, Page, PageFailure, Validators

# A server that is down would otherwise cost `page_seconds` for each of its pages.
_MAX_UNREACHABLE_IN_A_ROW = 10
_TAGS = re.compile(rb"<[^>]*>")
_SHORT = 100_000  # bytes in which a page that is not empty says something


class WebSource:
    """The pages that ``WebOptions`` name and lead to, breadth first, each once.

    ``links`` keeps what pages linked to between syncs; without one kept elsewhere it lasts as long as the source.
    """

    def __init__(self, options: WebOptions, name: str = "", links: LinkMemory | None = None) -> None:
        self._options = options
        self._links: LinkMemory = {} if links is None else links
        self.name = name or (options.urls + options.sitemaps)[0]
        self.confirmations = options.confirmations

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        """Every page of the site, asked for conditionally where ``known`` has validators.

        Raises ``PageError`` when the server stays out of reach, ``SettingsError`` when a credential is not set.
        """
        with WebClient(self._options) as client:
            yield from _Crawl(self._options, client, self._links, known).run()

    def link(self, url: str) -> str | None:
        """The page's own address."""
        return url


@dataclass(frozen=True, slots=True)
class _Stop:
    """An address to ask for: how many links may be followed from it, and whether the operator or a sitemap named it.

    ``itself``: it is read whatever address it names as its canonical one.
    """

    url: str
    follow: int
    named: bool = False
    itself: bool = False


class _Crawl:
    """One walk over a site."""

    def __init__(
        self, options: WebOptions, client: WebClient, links: LinkMemory, known: Callable[[str], Validators | None]
    ) -> None:
        self._options = options
        self._client = client
        self._robots = Robots(client)
        self._links = links
        self._known = known
        self._waiting: deque[_Stop] = deque()
        self._seen: set[str] = set()
        self._given: set[str] = set()
        self._moves = Moves()
        self._copies: dict[str, _Stop] = {}
        self._unreachable = 0

    def run(self) -> Iterator[Fetched]:
        """Every page, each once, then the addresses that only lead to them."""
        self._add(self._options.urls, self._options.follow, named=True)
        for sitemap in self._options.sitemaps:
            yield from self._read_sitemap(sitemap)
        yield from self._once(self._walk())
        yield from self._moves.settled()

    def _walk(self) -> Iterator[Fetched]:
        asked = 0
        while self._waiting or self._take_back():
            if asked >= self._options.max_pages:
                yield from self._left_out()
                return
            stop = self._waiting.popleft()
            refusal = self._robots.refusal(stop.url) if self._options.robots else None
            if refusal is None:
                asked += 1
                yield from self._visit(stop)
                continue
            if self._robots.is_out_of_reach(stop.url):
                self._follow(self._links.get(stop.url) or (), stop)
            if stop.named or self._known(stop.url):
                yield refusal

    def _take_back(self) -> bool:
        """Queue a page that named a canonical address where no page is, to be read itself; whether there is one."""
        url = self._moves.misled()
        if url is not None:
            self._waiting.append(self._copies[url])
        return url is not None

    def _once(self, fetched: Iterable[Fetched]) -> Iterator[Fetched]:
        """Only the first word on each page: two addresses may end at one."""
        for one in fetched:
            if one.url not in self._given:
                self._given.add(one.url)
                self._moves.came_of(one)
                yield one

    def _visit(self, stop: _Stop) -> Iterator[Fetched]:
        pause = self._options.delay_seconds
        if self._options.robots:
            pause = max(pause, self._robots.delay(stop.url))
        try:
            answer = self._client.get(stop.url, self._validators(stop), pause=pause)
        except PageError as error:
            self._follow(self._links.get(stop.url) or (), stop)
            yield PageFailure(stop.url, error.message, error.hint)
            self._count(error)
            return
        self._unreachable = 0
        if answer.url != stop.url:
            self._moves.redirect(stop.url, answer.url)
        if isinstance(answer, NotModified):
            self._follow(self._links.get(answer.url) or (), stop)
            yield answer
        elif isinstance(answer, Gone):
            yield answer
        else:
            yield from self._read(answer, stop)

    def _validators(self, stop: _Stop) -> Callable[[str], Validators | None]:
        """Validators, but none for a page whose links are needed and not remembered."""

        def validators(url: str) -> Validators | None:
            return self._known(url) if stop.follow == 0 or self._links.get(url) is not None else None

        return validators

    def _read(self, reply: Reply, stop: _Stop) -> Iterator[Fetched]:
        kind = reply.media_type.partition(";")[0]
        facts = read_facts(reply.body, reply.url, reply.media_type) if kind in (HTML, XHTML) else PageFacts()
        if facts.asks_to_sign_in and reply.url != stop.url:
            hint = "name credentials with the source's `basic_env`, `bearer_env` or `cookie_env`"
            yield PageFailure(stop.url, f"it redirects to a page that asks to sign in, {reply.url!r}", hint)
            return
        obey = self._options.robots
        links = () if obey and (facts.nofollow or "nofollow" in reply.robots) else facts.links
        if not facts.links and facts.canonical is None and not _TAGS.sub(b"", reply.body[:_SHORT]).strip():
            # A site out of order may say so with 200 and nothing. The pages that it led to are not gone for that.
            self._seen.add(reply.url)
            self._follow(self._links.get(reply.url) or (), stop)
            yield PageFailure(stop.url, "the server answered with an empty page", "look after the server")
            return
        if stop.follow and self._links.get(reply.url) != links:
            self._links[reply.url] = links
        self._seen.add(reply.url)
        self._follow(links, stop)
        if obey and (facts.noindex or "noindex" in reply.robots):
            return
        if facts.canonical is not None and not stop.itself and self._is_copy(reply.url, facts.canonical):
            self._moves.copy(reply.url, facts.canonical)
            self._copies[reply.url] = _Stop(reply.url, stop.follow, stop.named, itself=True)
            self._add((facts.canonical,), stop.follow, named=stop.named)
            return
        yield Page(reply.url, reply.body, reply.media_type, datetime.now(UTC), reply.etag, reply.last_modified)

    def _is_copy(self, url: str, canonical: str) -> bool:
        """Whether the page is a copy of another. That every page names the front page is a known mistake."""
        if not self._options.canonical or not self._is_wanted(canonical):
            return False
        return urlsplit(canonical).path != "/" or urlsplit(url).path in ("/", "/index.html", "/index.htm", "/index.php")

    def _count(self, error: PageError) -> None:
        self._unreachable = self._unreachable + 1 if isinstance(error, UnreachableError) else 0
        if self._unreachable >= _MAX_UNREACHABLE_IN_A_ROW:
            raise PageError(
                f"{self._unreachable} pages in a row could not be read, the last because {error.message}",
                hint=error.hint,
            )

    def _follow(self, links: Iterable[str], stop: _Stop) -> None:
        if stop.follow > 0:
            self._add((link for link in links if link not in self._seen and self._is_wanted(link)), stop.follow - 1)

    def _add(self, urls: Iterable[str], follow: int, *, named: bool = False) -> None:
        for url in urls:
            if url not in self._seen:
                self._seen.add(url)
                self._waiting.append(_Stop(url, follow, named))

    def _is_wanted(self, url: str) -> bool:
        def matches(globs: tuple[str, ...]) -> bool:
            return any(fnmatchcase(url, glob) for glob in globs)

        return (
            self._client.allows(url)
            and not is_asset(url)
            and matches(self._options.include)
            and not matches(self._options.exclude)
        )

    def _read_sitemap(self, sitemap: str) -> Iterator[Fetched]:
        """Queue a sitemap's pages; those it named the last time where it cannot be read today."""
        try:
            pages = read_sitemap(self._client, sitemap)
        except PageError as error:
            yield PageFailure(sitemap, error.message, error.hint)
            pages = self._links.get(sitemap) or ()
        else:
            if self._links.get(sitemap) != pages:
                self._links[sitemap] = pages
        strangers = [page for page in pages if not self._client.allows(page)]
        if strangers:
            reason = f"it names {len(strangers):,} pages on other hosts, such as {strangers[0]!r}"
            yield PageFailure(
                sitemap, reason, f"add {host_of(strangers[0])!r} to the source's `hosts`, or correct the sitemap"
            )
        self._add(filter(self._is_wanted, pages), self._options.follow, named=True)

    def _left_out(self) -> Iterator[Fetched]:
        """The pages beyond the limit: one line for all, one for each that the index holds, so that its text stays."""
        limit = f"{self._options.max_pages:,}"
        first, *others = (stop.url for stop in self._waiting)
        hint = "raise the source's `max_pages`, or leave pages out with `exclude`"
        yield PageFailure(
            first, f"it and {len(others):,} other addresses are beyond the {limit} that one sync asks for", hint
        )
        for url in others:
            if self._known(url):
                yield PageFailure(url, f"it is beyond the {limit} addresses that one sync asks for", hint)
