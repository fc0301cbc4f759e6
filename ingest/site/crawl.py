"""A web site as a source of pages: a list, sitemaps, and the links that lead on from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from ingest.errors import PageError
from ingest.media import HTML, XHTML, is_asset
from ingest.site.agenda import Agenda, Stop
from ingest.site.client import Reply, WebClient
from ingest.site.links import LinkMemory, PageFacts, read_facts
from ingest.site.moves import Moves
from ingest.site.robots import Robots
from ingest.site.sitemap import read_sitemap
from ingest.site.trouble import ForbiddenError, UnreachableError
from ingest.site.urls import host_of
from ingest.site.web import WebOptions
from ingest.types import Fetched, Gone, Page, PageFailure, Validators

# A server that is down would otherwise cost `page_seconds` for each of its pages.
_MAX_UNREACHABLE_IN_A_ROW = 10
_TAGS = re.compile(rb"<[^>]*>")
_SHORT = 100_000  # bytes in which a page that is not empty says something


class WebSource:
    """The pages that ``WebOptions`` name and lead to, breadth first, each once.

    ``links`` keeps what pages linked to between syncs; without one kept elsewhere it lasts as long as the source.
    ``held``: the addresses of the pages that the index has from it; they come before new ones where ``max_pages`` ends.
    """

    held: Collection[str] = ()

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
            yield from _Crawl(self._options, client, self._links, known, self.held).run()

    def link(self, url: str) -> str | None:
        """The page's own address."""
        return url


class _Crawl:
    """One walk over a site."""

    def __init__(
        self,
        options: WebOptions,
        client: WebClient,
        links: LinkMemory,
        known: Callable[[str], Validators | None],
        held: Collection[str],
    ) -> None:
        self._options = options
        self._client = client
        self._robots = Robots(client)
        self._links = links
        self._known = known
        for url in held:
            client.admit(url)
        wanted = [url for url in held if options.names(url) or self._is_wanted(url)]
        self._agenda = Agenda(options.max_pages, wanted)
        self._given: set[str] = set()
        self._moves = Moves(links)
        self._copies: dict[str, Stop] = {}
        self._unreachable = 0

    def run(self) -> Iterator[Fetched]:
        """Every page, each once, then the addresses that only lead to them."""
        yield from self._once(self._agenda.put_off())
        self._agenda.add(self._options.urls, self._options.follow, named=True)
        for sitemap in self._options.sitemaps:
            yield from self._read_sitemap(sitemap)
        yield from self._once(self._walk())
        yield from self._moves.settled()
        yield from self._agenda.left_out(self._given, self._holds)

    def _walk(self) -> Iterator[Fetched]:
        while (stop := self._agenda.next() or self._taken_back()) is not None:
            refusal = self._robots.refusal(stop.url) if self._options.robots else None
            if refusal is None:
                self._agenda.count()
                yield from self._visit(stop)
            else:
                yield from self._refused(stop, refusal)

    def _refused(self, stop: Stop, refusal: PageFailure) -> Iterator[Fetched]:
        """Where robots.txt forbids an address, or one that it redirects to: told of one named or in the index."""
        if self._robots.is_out_of_reach(refusal.url):
            self._go_on(stop)
        if refusal.url != stop.url and (stop.named or self._holds(stop.url)):
            yield PageFailure(stop.url, f"it redirects to {refusal.url!r}: {refusal.reason}", refusal.hint)
        if (refusal.url == stop.url and stop.named) or self._holds(refusal.url):
            yield refusal

    def _holds(self, url: str) -> bool:
        """Whether the index has the page; of one that failed the last time ``known`` says nothing."""
        return self._agenda.holds(url) or self._known(url) is not None

    def _taken_back(self) -> Stop | None:
        """A page that named a canonical address where no page is, to be read itself; None when there is no more."""
        while (url := self._moves.misled()) is not None:
            if (stop := self._agenda.again(self._copies[url])) is not None:
                return stop
        return None

    def _once(self, fetched: Iterable[Fetched]) -> Iterator[Fetched]:
        """Only the first word on each page: two addresses may end at one."""
        for one in fetched:
            if one.url not in self._given:
                self._given.add(one.url)
                self._moves.came_of(one)
                yield one

    def _visit(self, stop: Stop) -> Iterator[Fetched]:
        pause = max(self._options.delay_seconds, self._robots.delay(stop.url) if self._options.robots else 0.0)
        try:
            answer = self._client.get(stop.url, self._validators(stop), pause=pause, check=self._check)
        except ForbiddenError as error:
            yield from self._refused(stop, PageFailure(error.target, error.message, error.hint))
            return
        except PageError as error:
            self._go_on(stop)
            yield PageFailure(stop.url, error.message, error.hint)
            self._count(error)
            return
        self._unreachable = 0
        if answer.url != stop.url:
            self._moves.redirect(stop.url, answer.url)
        if isinstance(answer, Gone):
            yield answer
        elif isinstance(answer, Reply):
            yield from self._read(answer, stop)
        elif self._accept(stop, answer.url):
            self._follow(self._links.get(answer.url) or (), stop)
            yield answer

    def _check(self, target: str) -> None:
        """Raises ``ForbiddenError`` where robots.txt forbids an address that a page redirects to."""
        refusal = self._robots.refusal(target) if self._options.robots else None
        if refusal is not None:
            raise ForbiddenError(target, refusal.reason, hint=refusal.hint)

    def _accept(self, stop: Stop, url: str) -> bool:
        """Note where an address led; whether a page is read there: the globs do not bind an address that is named."""
        self._moves.remember(stop.url, url)
        self._agenda.reached(url)
        return url == stop.url or self._may_lead(stop, url)

    def _go_on(self, stop: Stop) -> None:
        """Follow what an address that cannot be read today led to the last time, if its host may still be asked."""
        target = self._moves.remembered(stop.url)
        if target is not None and self._options.names(stop.url):
            self._client.admit(target)
        if target is not None and self._may_lead(stop, target):
            self._agenda.add((target,), stop.follow, named=stop.named)
        self._follow(self._links.get(stop.url) or (), stop)

    def _may_lead(self, stop: Stop, target: str) -> bool:
        return self._is_wanted(target) or (self._options.names(stop.url) and self._client.allows(target))

    def _validators(self, stop: Stop) -> Callable[[str], Validators | None]:
        """Validators, but none for a page whose links are needed and not remembered."""

        def validators(url: str) -> Validators | None:
            return self._known(url) if stop.follow == 0 or self._links.get(url) is not None else None

        return validators

    def _read(self, reply: Reply, stop: Stop) -> Iterator[Fetched]:
        kind = reply.media_type.partition(";")[0]
        facts = read_facts(reply.body, reply.url, reply.media_type) if kind in (HTML, XHTML) else PageFacts()
        if facts.asks_to_sign_in and reply.url != stop.url:
            hint = "name credentials with the source's `basic_env`, `bearer_env` or `cookie_env`"
            yield PageFailure(stop.url, f"it redirects to a page that asks to sign in, {reply.url!r}", hint)
            return
        if not self._accept(stop, reply.url):
            return
        obey = self._options.robots
        links = () if obey and (facts.nofollow or "nofollow" in reply.robots) else facts.links
        if not facts.links and facts.canonical is None and not _TAGS.sub(b"", reply.body[:_SHORT]).strip():
            # A site out of order may say so with 200 and nothing. The pages that it led to are not gone for that.
            self._follow(self._links.get(reply.url) or (), stop)
            self._agenda.doubt(reply.url)
            yield PageFailure(stop.url, "the server answered with an empty page", "look after the server")
            return
        before = self._links.get(reply.url)
        if before != links and (stop.follow or before is not None):
            self._links[reply.url] = links
        self._follow(links, stop)
        if obey and (facts.noindex or "noindex" in reply.robots):
            return
        if facts.canonical is not None and not stop.itself and self._is_copy(reply.url, facts.canonical):
            self._moves.copy(reply.url, facts.canonical)
            self._copies[reply.url] = Stop(reply.url, stop.follow, stop.named, itself=True)
            self._agenda.add((facts.canonical,), stop.follow, named=stop.named)
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
            told = f"{self._unreachable} pages in a row could not be read, the last because {error.message}"
            raise PageError(told, hint=error.hint)

    def _follow(self, links: Iterable[str], stop: Stop) -> None:
        if stop.follow > 0:
            new = (link for link in links if link not in self._agenda and self._is_wanted(link))
            self._agenda.add(new, stop.follow - 1)

    def _is_wanted(self, url: str) -> bool:
        return self._client.allows(url) and not is_asset(url) and self._options.chooses(url)

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
            hint = f"add {host_of(strangers[0])!r} to the source's `hosts`, or correct the sitemap"
            yield PageFailure(sitemap, reason, hint)
        self._agenda.add(filter(self._is_wanted, pages), self._options.follow, named=True)
