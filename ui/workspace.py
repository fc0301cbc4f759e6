"""One data folder with everything that works on it: opened from the settings, shared by the commands and the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from assistant.answer import Assistant
from assistant.llm import load_model
from assistant.reader import load_reader
from assistant.verify import Checker
from index.embed import SentenceEncoder
from index.ledger import Ledger, StoredPage
from index.lock import WriteLock
from index.search import Searcher
from index.stores import Stores
from index.sync import Progress, Syncer
from index.types import Hit, SyncReport
from index.vectors import Encoder
from ingest.errors import FootnotedError, StoreEmptyError
from ingest.types import Source
from ui.asker import Asker, limits_of
from ui.dated import DatedLedger
from ui.encoders import Encoders
from ui.limits import note_limits, noted_limits
from ui.seen import SeenWorkspace, SeenWorkspaces, WorkspaceAssistant
from ui.settings import Settings
from ui.sharing import SharedEncoder
from ui.syncs import SyncLog
from ui.turns import Turns


class Workspace:
    """A data folder's stores, searcher and assistant. ``lock`` is the right to write it.

    Set ``stopping`` to have a sync that runs raise ``StoppedError`` at its next few passages; nothing is lost by it.
    """

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self.folder = settings.data_dir
        self.stores = Stores(self.folder, settings.store, settings.ledger)
        self.encoder = encoder or SentenceEncoder(settings.embedding)
        self.encoders = Encoders(self.folder, self.encoder)
        self.lock = WriteLock(self.folder)
        self.syncs = SyncLog(self.folder)
        self.ledger = DatedLedger(settings.ledger, self.folder, self.syncs, self.stores.ledger.kept)
        self.stopping = threading.Event()
        self.searcher = Searcher(self.stores, self.encoder, settings.search, self.encoders.of)
        reader, model = load_reader(settings.reader.model), load_model(settings.llm)
        # Built only where there is a model whose sentences it has to check.
        checker = Checker(self.encoder, reader) if model else None

        server = settings.server
        writing = settings.llm.at_once if model else 0  # they compute nothing, and take nobody's place
        self.turns = turns = Turns(server.concurrency, server.concurrency + server.waiting + writing)

        def assistant(searcher: Searcher, ledger: Ledger) -> Assistant:
            return Assistant(searcher, ledger, reader, settings.answer, model=model, checker=checker, turn=turns.turn)

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
        """``"loading"``, ``"ready"`` or ``"broken: <why>"``."""
        if self._trouble:
            return f"broken: {self._trouble}"
        return "ready" if self._warm.is_set() else "loading"

    def warm(self) -> None:
        """Load the models and open the stores, so that the first question is as quick as the tenth.

        A failure is kept as the state rather than raised: the server stays up to say what is wrong.
        """
        self._trouble = ""
        try:
            if not self.stores.ledger.collection:
                raise StoreEmptyError("nothing is indexed yet", hint="run: footnoted index FOLDER")
            self.searcher.search("Is everything loaded?")
            self.assistant.warm()
        except FootnotedError as error:
            self._trouble = f"{error.message}; {error.hint}"
        self._warm.set()

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
        """Take the limits from the settings and from what the data folder remembers."""
        named = [(source.title, source.groups) for source in self.settings.sources]
        owners = filter(None, [self.settings.server.owner_group])
        self.limits = limits_of(named, noted_limits(self.folder), owners)

    def note_limits(self) -> None:
        """Remember which sources are limited, should they be taken out of the settings. The caller holds ``lock``."""
        if self.limits.limited or self.limits.noted:
            note_limits(self.folder, self.limits, self.ledger.sources())

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

    def close(self) -> None:
        """Let go of the stores and the lock."""
        self.ledger.close()
        self.stores.close()
        self.lock.release()


class StoppedError(FootnotedError):
    """A sync was told to stop."""
