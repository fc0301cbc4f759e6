"""One data folder with everything that works on it: opened from the settings, shared by the commands and the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.answer import Assistant
from assistant.examples import example_questions
from assistant.reader import load_reader
from index.embed import SentenceEncoder
from index.ledger import StoredPage
from index.lock import WriteLock
from index.search import Searcher
from index.stores import Stores
from index.sync import Progress, Syncer
from index.types import Hit, SyncReport
from index.vectors import Encoder
from ingest.crawl import WebSource
from ingest.errors import FootnotedError, SettingsError, StoreEmptyError, UsageError
from ingest.folder import FolderOptions, FolderSource
from ingest.types import Source
from ui.settings import Settings, SourceOptions


class Workspace:
    """A data folder's stores, searcher and assistant. ``lock`` is the right to write it."""

    def __init__(self, settings: Settings, encoder: Encoder | None = None) -> None:
        self.settings = settings
        self.folder = settings.data_dir
        self.stores = Stores(self.folder, settings.store, settings.ledger)
        self.encoder = encoder or SentenceEncoder(settings.embedding)
        self.lock = WriteLock(self.folder)
        self.searcher = Searcher(self.stores, self.encoder, settings.search)
        self.assistant = WorkspaceAssistant(
            Assistant(self.searcher, self.stores.ledger, load_reader(settings.reader.model), settings.answer), self
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
        try:
            if not self.stores.ledger.collection:
                raise StoreEmptyError("nothing is indexed yet", hint="run: footnoted index FOLDER")
            self.assistant.warm()
        except FootnotedError as error:
            self._trouble = f"{error.message}; {error.hint}"
        self._warm.set()

    def search(self, query: str, history: Sequence[str] = (), k: int = 10) -> list[Hit]:
        """The best passages for a question."""
        return self.searcher.search(query, history, k)

    def page(self, url: str) -> StoredPage | None:
        """A live page, or None."""
        return self.stores.ledger.page(url)

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
        syncer = Syncer(self.stores, self.encoder, self.settings.chunk, progress)
        return syncer.sync(sources, rebuild=rebuild, dry_run=dry_run, allow_mass_delete=allow_mass_delete)

    def close(self) -> None:
        """Let go of the stores and the lock."""
        self.stores.close()
        self.lock.release()


class WorkspaceAssistant:
    """The assistant with example questions drawn from the pages it answers from."""

    def __init__(self, assistant: Assistant, workspace: Workspace) -> None:
        self.ask = assistant.ask
        self.answer = assistant.answer
        self._assistant = assistant
        self._ledger = workspace.stores.ledger
        self._examples: tuple[int, list[str]] | None = None

    def warm(self) -> None:
        """Ask something once, so that every part is loaded."""
        self.examples()

    def examples(self) -> list[str]:
        """Questions that the pages answer; drawn anew when the index has changed."""
        generation = self._ledger.generation
        if self._examples is None or self._examples[0] != generation:
            self._examples = (generation, example_questions(self._ledger, self._assistant))
        return self._examples[1]


def open_sources(settings: Settings, named: Sequence[str] = ()) -> list[Source]:
    """The sources that a command names, or else the configured ones. Raises ``UsageError`` when there are none."""
    if named:
        folders = [FolderOptions(path=Path(name)) for name in named]
        sources: list[Source] = [FolderSource(folder) for folder in folders]
    else:
        sources = [_open(options) for options in settings.sources]
    if not sources:
        raise UsageError(
            "there is nothing to index",
            hint="name a folder: footnoted index FOLDER, or list [[sources]] in footnoted.toml",
        )
    names = [source.name for source in sources]
    if len(set(names)) < len(names):
        raise SettingsError(
            f"two sources have the same name: {names!r}", hint="give each [[sources]] table its own `name`"
        )
    return sources


def _open(options: SourceOptions) -> Source:
    if (options.folder is None) == (options.web is None):
        raise SettingsError(
            f"the source {options.name!r} must have either `folder` or `web`", hint="see the README's list of settings"
        )
    if options.folder is not None:
        return FolderSource(options.folder, options.name)
    if options.web is None:
        raise AssertionError
    return WebSource(options.web, options.name)
