"""Small texts that belong to an index and are kept beside it: in its ledger, where several machines share that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa

from index.ledger.database import Database
from index.ledger.tables import meta

_KEY = "note {}"
_CHANGING = 0x6E6F7465  # the number of an advisory lock: "note"


class Notes(Protocol):
    """Texts by name."""

    def read(self, name: str) -> str | None:
        """A text; None where there is none; empty where it cannot be read."""

    def write(self, name: str, text: str) -> None:
        """Put a text in the place of what was there. Raises ``StoreError``."""

    def update(self, name: str, change: Callable[[str | None], str | None]) -> None:
        """Put in a text's place what ``change`` makes of it, with nobody else changing it meanwhile; None: leave it."""


class LedgerNotes:
    """Notes in the ledger's database, the same for all who use it. ``before``: where those of before it are read."""

    def __init__(self, database: Database, before: Notes) -> None:
        self._database = database
        self._before = before

    def read(self, name: str) -> str | None:
        """A text, or None. Raises ``StoreError`` when the database cannot be asked."""
        with self._database.reading() as connection:
            text = connection.scalar(sa.select(meta.c.value).where(meta.c.key == _KEY.format(name)))
        return self._before.read(name) if text is None else str(text)

    def write(self, name: str, text: str) -> None:
        """Put a text in the place of what was there."""
        self.update(name, lambda _: text)

    def update(self, name: str, change: Callable[[str | None], str | None]) -> None:
        """Put in a text's place what ``change`` makes of it, with nobody else changing it meanwhile; None: leave it."""
        key = _KEY.format(name)
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # a row that is not there yet cannot be locked
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHANGING)))
            old = connection.scalar(sa.select(meta.c.value).where(meta.c.key == key).with_for_update())
            new = change(self._before.read(name) if old is None else str(old))
            if new is not None and old is None:
                connection.execute(meta.insert(), [{"key": key, "value": new}])
            elif new not in (None, old):
                connection.execute(meta.update().where(meta.c.key == key).values(value=new))
