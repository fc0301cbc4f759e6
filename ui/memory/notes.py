"""Notes in files of the data folder, and which notes an index has."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from index.ledger.ledger import Ledger
from index.ledger.notes import LedgerNotes, Notes
from ui.memory.files import replace_file


class FolderNotes:
    """Each note a file, replaced as a whole. One process changes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def read(self, name: str) -> str | None:
        """A file's text; None where there is none; empty where it cannot be read."""
        try:
            return (self._folder / name).read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            return ""

    def write(self, name: str, text: str) -> None:
        """Replace a file."""
        replace_file(self._folder / name, text)

    def update(self, name: str, change: Callable[[str | None], str | None]) -> None:
        """Put in a file's place what ``change`` makes of it; None leaves it as it is."""
        with self._lock:
            new = change(self.read(name))
            if new is not None:
                self.write(name, new)


def notes_of(ledger: Ledger, folder: Path) -> Notes:
    """The notes of the index that has this ledger and data folder."""
    own = FolderNotes(folder)
    return LedgerNotes(ledger.database, own) if ledger.database.is_shared else own
