"""One data folder with everything that works on it: opened from the settings, shared by the commands and the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from assistant.answer import Assistant
from assistant.checker.verify import Checker
from assistant.language_model.llm import load_model
from assistant.reader.bundled import Passage, load_reader
from index.embedding.choosing import open_encoder
from index.embedding.vectors import Encoder
from index.ledger.lease import Lease
from index.ledger.ledger import Ledger, StoredPage
from index.ledger.lock import WriteLock
from index.search import Searcher
from index.stores import Stores
from index.sync import Progress, Syncer
from index.types import Hit, SyncReport
from ingest.errors import FootnotedError, StoreDamagedError, StoreEmptyError
from ingest.types import Source
from ui.access.asker import Asker, limits_of
from ui.access.limits import note_limits, noted_limits
from ui.access.seen import SeenWorkspace, SeenWorkspaces, WorkspaceAssistant
from ui.http.turns import Turns
from ui.memory.dated import DatedLedger
from ui.memory.encoders import Encoders
from ui.memory.log import SyncLog
from ui.memory.notes import notes_of
from ui.settings import Settings
from ui.sharing import SharedEncoder

FOLLOW_SECONDS = 1.0
"""How often a server that shares its ledger with others looks what they did."""
_TRIED = "Is everything loaded?"
# As long as passages are, in two halves: the reader prepares itself for each length when it first meets it.
_LONG = tuple(Passage("", "It is there. " * words) for words in (36, 46) for _ in range(5))


class Workspace:
    """A data folder's stores, searcher and assistant. ``lock`` is the right to write it.

    Where other machines share its ledger, ``writing`` takes the right to write what is shared, too. ``outage`` says
    which server it needs is away, or is empty; ``damaged``, whether what could not be loaded has to be built anew.

    Set ``stopping`` to have a sync that runs raise ``StoppedError`` at its next few passages; nothing is lost by it.
    """

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self.folder = settings.data_dir
        self.stores = Stores(self.folder, settings.store, settings.ledger, careful=True)
        self.encoder = encoder or open_encoder(settings.embedding)
        self.notes = notes_of(self.stores.ledger, self.folder)
        self.encoders = Encoders(self.notes, self.encoder)
        self.lock = WriteLock(self.folder)
        self.lease: Lease | None = None
        if self.stores.ledger.database.is_shared:
            self.lease = Lease(self.stores.ledger.database, settings.ledger.lease_seconds)
            self.stores.fence(self.lease)
        self.outage = ""
        self.damaged = False
        self.syncs = SyncLog(self.notes)
        self.ledger = DatedLedger(settings.ledger, self.folder, self.syncs, self.stores.ledger.kept)
        self.stopping = threading.Event()
        self.searcher = Searcher(self.stores, self.encoder, settings.search, self.encoders.of)
        self._reader = reader = load_reader(settings.reader.model)
        model = load_model(settings.llm)
        # Built only where there is a model whose sentences it has to check.
        checker = Checker(self.encoder, reader) if model else None

        server = settings.server
        writing = settings.llm.at_once if model else 0  # they compute nothing, and take nobody's place
        self.turns = turns = Turns(server.concurrency, server.concurrency + server.waiting + writing)

        def assistant(searcher: Searcher, ledger: Ledger) -> Assistant:
            return Assistant(
                searcher, ledger, self._reader, settings.answer, model=model, checker=checker, turn=turns.turn
            )

        self.assistant = WorkspaceAssistant(assistant(self.searcher, self.ledger), self.ledger, turns)
        self.read_limits()
        self._seen = SeenWorkspaces(
            self.stores,
            self.ledger,
            lambda portion: Searcher(portion, self.encoder, settings.search, self.encoders.of),
            assistant,
            lambda: self.state,
            turns,
        )
        self._warm = threading.Event()
        self._trouble = ""

    @property
    def state(self) -> str:
        """``"loading"``, ``"ready"``, ``"broken: <why>"``, or ``"down: <why>"`` while a server it needs is away."""
        if self._trouble:
            return f"broken: {self._trouble}"
        if not self._warm.is_set():
            return "loading"
        return f"down: {self.outage}" if self.outage else "ready"

    def warm(self) -> None:
        """Load the models and open the stores, so that the first question is as quick as the tenth.

        A failure is kept as the state rather than raised: the server stays up to say what is wrong.
        """
        trouble, damaged = "", False
        try:
            self.load(_TRIED, _LONG)
            self.searcher.search(_TRIED)
            self.assistant.answer(_TRIED)
        except FootnotedError as error:
            trouble, damaged = f"{error.message}; {error.hint}", isinstance(error, StoreDamagedError)
        self._trouble, self.damaged = trouble, damaged
        self._warm.set()

    def load(self, question: str, passages: Sequence[Passage] = (Passage("", "It is."),)) -> None:
        """Load the models and open the vectors beside one another: most of it is done outside the interpreter.

        The models try ``question`` and ``passages``. Raises ``FootnotedError`` when anything cannot be loaded; whoever
        asks meets the same.
        """
        name = self.stores.ledger.collection
        if not name:
            raise StoreEmptyError("nothing is indexed yet", hint="run: footnoted index FOLDER")
        with ThreadPoolExecutor(thread_name_prefix="load") as beside:
            encoding = beside.submit(lambda: self.encoders.of(name).encode_queries([question]))
            reading = beside.submit(lambda: self._reader.read(question, passages) if self._reader else [])
            self.stores.collection(name)
            for model in (encoding, reading):
                model.result()

    def search(self, query: str, history: Sequence[str] = (), k: int = 10) -> list[Hit]:
        """The best passages for a question."""
        with self.turns.visit():
            return self.searcher.search(query, history, k)

    def page(self, url: str) -> StoredPage | None:
        """A live page, or None."""
        return self.ledger.page(url)

    def seen_by(self, asker: Asker) -> Workspace | SeenWorkspace:
        """What an asker may see of it: all, or no more than the sources that are for everyone or for their groups."""
        sources = self.limits.sources_for(asker)
        return self if sources is None else self._seen.of(sources)

    def read_limits(self) -> None:
        """Take the limits from the settings and from what is remembered of the index."""
        named = [(source.title, source.groups) for source in self.settings.sources]
        owners = filter(None, [self.settings.server.owner_group])
        self.limits = limits_of(named, noted_limits(self.notes), owners)

    def note_limits(self) -> None:
        """Remember which sources are limited, should they be taken out of the settings. The caller holds ``lock``."""
        if not self.limits.limited and not self.limits.noted:
            return
        news = note_limits(self.notes, self.limits, None if self.lease else self.ledger.sources())
        if news and self.lease:  # no page of theirs comes in before every server knows
            time.sleep(2 * FOLLOW_SECONDS)

    @contextmanager
    def writing(self, command: str, url: str = "") -> Iterator[None]:
        """A block in which nobody else writes the index. The caller holds ``lock``.

        Raises ``StoreHeldError`` while another machine writes it.
        """
        if self.lease is None:
            yield
            return
        self.lease.acquire(command, url)
        try:
            self.look_around()
            yield
        finally:
            self.lease.release()

    def look_around(self) -> None:
        """Learn what other machines did: when sources were looked at, and which are limited."""
        self.syncs.reload()
        self.read_limits()

    @property
    def is_current(self) -> bool:
        """Whether the index that serves is of the recipe that the settings ask for; else a sync builds a new one."""
        recipe = Syncer(self.stores, self.encoder, self.settings.chunk).recipe
        return self.stores.ledger.collection.startswith(f"footnoted-{recipe}-")

    @property
    def serving_encoder(self) -> Encoder:
        """The encoder that made the index that serves. Raises ``ModelError`` when its files are gone."""
        return self.encoders.of(self.stores.ledger.collection)

    def sync(
        self,
        sources: Sequence[Source],
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        allow_mass_delete: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> SyncReport:
        """Bring the index up to date with the sources. The caller holds ``lock``."""

        def tell(reached: Progress) -> None:
            self._check()
            if progress is not None:
                progress(reached)

        encoder = SharedEncoder(self.encoder, self._check)
        syncer = Syncer(self.stores, encoder, self.settings.chunk, tell)
        if not dry_run:
            self.note_limits()  # before the pages come in
            self.encoders.note(f"footnoted-{syncer.recipe}-", self.settings.embedding)
        return syncer.sync(sources, rebuild=rebuild, dry_run=dry_run, allow_mass_delete=allow_mass_delete)

    def _check(self) -> None:
        if self.stopping.is_set():
            raise StoppedError("the sync was stopped", hint="the next one goes on where it ended")
        if self.lease is not None:
            self.lease.check()

    def close(self) -> None:
        """Let go of the stores and the lock."""
        self.ledger.close()
        self.stores.close()
        self.lock.release()


class StoppedError(FootnotedError):
    """A sync was told to stop."""
