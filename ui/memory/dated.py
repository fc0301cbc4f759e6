"""The ledger as it is shown: each page dated by when it was last found to be as it is held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from index.ledger.documents import Documents
from index.ledger.ledger import Ledger, LedgerOptions, StoredPage
from ui.memory.log import SyncLog


class DatedLedger(Ledger):
    """A ledger whose pages' ``fetched_at`` is the later of the page's own and its source's last successful sync.

    A sync that finds nothing changed writes nothing into the ledger; its time stands in the log alone.
    """

    def __init__(
        self, options: LedgerOptions, folder: Path, syncs: SyncLog, documents: Documents | None = None
    ) -> None:
        super().__init__(options, folder, documents)
        self._syncs = syncs

    def pages(self, urls: Iterable[str]) -> dict[str, StoredPage]:
        """The live pages among ``urls``."""
        return {url: self._dated(url, page) for url, page in super().pages(urls).items()}

    def _dated(self, url: str, page: StoredPage) -> StoredPage:
        confirmed = self._syncs.confirmed_at(page.source, url)
        return replace(page, fetched_at=confirmed) if confirmed and confirmed > page.fetched_at else page
