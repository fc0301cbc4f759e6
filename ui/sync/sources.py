"""The sources of a sync: opened from the settings, and visited whole, at a few addresses, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from pathlib import Path

from index.ledger.ledger import PageState
from ingest.addresses import Addresses
from ingest.errors import FootnotedError, PageError, SettingsError, UsageError
from ingest.folder import FolderOptions, FolderSource
from ingest.site.crawl import WebSource
from ingest.site.links import LinkMemory
from ingest.site.urls import host_of, normalise
from ingest.site.web import WebOptions
from ingest.types import Fetched, Gone, Moved, PageFailure, PassedOver, Source, Unvisited, Validators
from ui.memory.log import SourceLog
from ui.settings import Settings, SourceOptions

_TRUSTED = timedelta(days=7)
"""How long a web server's word is taken that a page has not changed. Some repeat an ETag whatever the page says."""


def open_sources(
    settings: Settings,
    named: Sequence[str] = (),
    links: Callable[[str], LinkMemory] | None = None,
    addresses: Addresses | None = None,
) -> list[Source]:
    """The sources that a command names, or else the configured ones; ``links`` gives the link memory of one by name.

    ``addresses`` are those of their files. Raises ``UsageError`` when there are no sources, or a named one is not
    there. A configured one that is not there raises when it is read, so that the others are synced.
    """
    addresses = addresses or Addresses()
    if named:
        folders = (FolderOptions(path=Path(name)) for name in dict.fromkeys(named))
        sources: list[Source] = [FolderSource(folder, addresses=addresses) for folder in folders]
    else:
        sources = [_open(options, links, addresses) for options in told_apart(settings.sources)]
    if not sources:
        raise UsageError(
            "there is nothing to index",
            hint="name a folder: footnoted index FOLDER, or list [[sources]] in footnoted.toml",
        )
    return sources


def told_apart(sources: Sequence[SourceOptions]) -> list[SourceOptions]:
    """The sources, each web source told which hosts the others name: one may not read another's pages by ``www.``."""
    webs = [(source.title, source.web) for source in sources if source.web is not None]
    return [
        source
        if source.web is None
        else source.model_copy(update={"web": source.web.beside(web for name, web in webs if name != source.title)})
        for source in sources
    ]


def _open(options: SourceOptions, links: Callable[[str], LinkMemory] | None, addresses: Addresses) -> Source:
    if options.web is not None:
        return WebSource(options.web, options.title, links(options.title) if links else None)
    if options.folder is None:
        raise SettingsError(f"the source {options.name!r} has neither a folder nor a site", hint="give it one of them")
    try:
        return FolderSource(options.folder, options.title, addresses)
    except UsageError as error:
        addresses.leave(options.title)
        return _Missing(options.title, error)


class _Missing:
    """A folder that is not there: its pages stay, as nobody can tell whether they are gone or a disk is."""

    confirmations = 1

    def __init__(self, name: str, error: FootnotedError) -> None:
        self.name = name
        self._error = error

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        """Raises ``PageError``."""
        del known
        raise PageError(self._error.message, hint="mount or restore it, or correct the source's `folder`")

    def link(self, url: str) -> str | None:
        """None: there is nothing to link to."""
        del url
        return None


class Visit:
    """A source as one sync visits it, and what it met there.

    ``only``: the addresses to read, or None for the whole source. The other pages stay as ``states`` and ``log`` say
    they are, unless the index does not hold them, as in a rebuild: then the whole source is read after all.
    ``given``: the pages that the sources of this sync have given up to now, shared by their visits. ``foreign``: those
    that are put down to other sources: only who reads a source whole may take them over.
    """

    def __init__(
        self,
        source: Source,
        states: Mapping[str, PageState],
        log: SourceLog,
        started: datetime,
        *,
        only: frozenset[str] | None = None,
        narrowed: Source | None = None,
        given: set[str] | None = None,
        foreign: Set[str] = frozenset(),
    ) -> None:
        self.name = source.name
        self.confirmations = source.confirmations
        self.link = source.link
        self.whole = only is None
        self.seen: set[str] = set()
        # Swept in the future: a clock was set back, and nothing says how long ago it was.
        self.sweeps = log.swept_at is None or not timedelta(0) <= started - log.swept_at <= _TRUSTED
        self._source = source
        self._narrowed = narrowed
        self._states = states
        self._log = log
        self._started = started
        self._only = only or frozenset()
        self._foreign = foreign
        self._given: set[str] = set() if given is None else given
        if isinstance(source, WebSource):
            source.held = states.keys()
        if isinstance(narrowed, WebSource):
            narrowed.held = states.keys() & self._only

    def fetch(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        """The source's pages. Raises ``PageError`` when it cannot be read at all."""
        failing = {failure.url for failure in self._log.failures}
        if not self.whole and any(known(url) is None for url in self._states.keys() - failing):
            self.whole = True
        for fetched in self._all(known) if self.whole else self._some(known):
            if not isinstance(fetched, PassedOver):
                self.seen.add(fetched.url)
            if not isinstance(fetched, PassedOver | Gone | Moved):
                self._given.add(fetched.url)
            yield fetched

    def _all(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        try:
            yield from self._read(self._source, self._careful(known))
        except PageError:
            yield from self._still_failing(self.seen)
            raise

    def _read(self, source: Source, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        """What a source gives. Whatever goes wrong in it is a ``PageError``, so that the others are read."""
        try:
            yield from source.fetch(known)
        except PageError:
            raise
        except FootnotedError as error:  # a credential that is not set
            raise PageError(error.message, hint=error.hint) from error
        except Exception as error:
            raise PageError(
                f"the source {self.name!r} cannot be read: {type(error).__name__}: {error}",
                hint="check its settings, and report it if they are right",
            ) from error

    def _some(self, known: Callable[[str], Validators | None]) -> Iterator[Fetched]:
        trouble = next((PageError(f.reason, hint=f.hint) for f in self._log.failures if f.url == self.name), None)
        looked_at = self._only
        try:
            if self._narrowed is not None:
                # Asked for by name: without validators, as whoever asks knows better than the server's clock.
                read = self._read(self._narrowed, lambda url: Validators() if known(url) else None)
                yield from (fetched for fetched in read if fetched.url not in self._foreign)
        except PageError as error:
            trouble, looked_at = error, frozenset()
        failing = list(self._still_failing(self.seen | looked_at))
        for url in self._states.keys() - looked_at - {failure.url for failure in failing}:
            yield Unvisited(url)
        yield from failing
        if trouble is not None:
            raise trouble

    def _still_failing(self, looked_at: Set[str]) -> Iterator[PageFailure]:
        """The pages that failed the last time, but for those that were looked at this time."""
        for failure in self._log.failures:
            if failure.url not in looked_at and failure.url != self.name:
                yield PageFailure(failure.url, failure.reason, failure.hint)

    def _careful(self, known: Callable[[str], Validators | None]) -> Callable[[str], Validators | None]:
        """Validators, but empty ones for a page that its server has vouched for too long, or that another source gave.

        Such a page must come whole, as only what is read is put down to this source, unless it is the other's still.
        """

        def validators(url: str) -> Validators | None:
            held = known(url)
            state = self._states.get(url)
            old = self.sweeps and state is not None and not timedelta(0) <= self._started - state.fetched_at <= _TRUSTED
            taken_over = state is None and url not in self._given
            return Validators() if held and (old or taken_over) else held

        return validators


def claims(options: SourceOptions, url: str) -> bool:
    """Whether an address is one that the source may read."""
    if options.folder is not None:
        public = options.folder.base_url.rstrip("/")
        return bool(public) and url.startswith(f"{public}/")
    return options.web is not None and reaches(options.web, url) and options.web.chooses(normalise(url) or url)


def reaches(web: WebOptions, url: str) -> bool:
    """Whether a web source may ask an address's host."""
    address = normalise(url)
    return address is not None and host_of(address) in web.allowed_hosts | web.twin_hosts


def chosen(sources: Sequence[SourceOptions], url: str, holder: str | None) -> list[SourceOptions]:
    """The sources that are to read one address; ``holder`` is the source that its page is put down to, if there is one.

    That one alone, while it may ask for it, so that no page passes to a source that others may see. Of those that may
    read a new page, the ones for some groups only: whether it is everyone's shows when the sources are read whole.
    """
    mine = [source for source in sources if source.title == holder and (source.web is None or reaches(source.web, url))]
    mine = mine or [source for source in sources if claims(source, url)]
    return [source for source in mine if source.groups] or mine


def narrow(
    options: SourceOptions,
    urls: frozenset[str],
    links: Callable[[str], LinkMemory] | None,
    held: Iterable[str] = (),
) -> Source | None:
    """A web source cut down to a few of its addresses; None for a folder, which is always read whole.

    ``held`` are the addresses of its pages: where it was let to another host by a redirect, so is what is left of it.
    """
    if options.web is None or not urls:
        return None
    hosts = (*options.web.allowed_hosts, *(options.web.twin_hosts & set(map(host_of, held))))
    web = options.web.model_copy(update={"urls": tuple(sorted(urls)), "sitemaps": (), "follow": 0, "hosts": hosts})
    return WebSource(web, options.title, links(options.title) if links else None)
