"""Documents as the ledger holds them, kept in memory: the pages that are asked about are few, and asked about again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from ingest.types import Document

_MOST = 16_000_000
"""Characters kept: some 30 MB of the usual pages, parsed."""


class Documents:
    """The documents last used, by url and digest: a page that changes has another digest. For several threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Document] = OrderedDict()
        self._characters = 0

    def get(self, url: str, digest: str) -> Document | None:
        """The page's document of that digest, if it is kept."""
        with self._lock:
            found = self._kept.get((url, digest))
            if found is not None:
                self._kept.move_to_end((url, digest))
            return found

    def keep(self, digest: str, document: Document) -> Document:
        """Keep a document, and let go of those that were used longest ago. Gives the one that is kept."""
        with self._lock:
            key = (document.url, digest)
            if key in self._kept:
                return self._kept[key]
            self._kept[key] = document
            self._characters += len(document.text)
            while self._characters > self._most:
                _, gone = self._kept.popitem(last=False)
                self._characters -= len(gone.text)
            return document
