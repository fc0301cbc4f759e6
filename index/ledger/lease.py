"""One process at a time writes an index whose ledger is on a server: a row there says which, and until when.

The row is renewed from a thread of its own. Its holder dead, it expires, and whoever asks next has it. A holder that
was only slow finds itself out: ``fence``, called in each transaction that writes, looks whether the row is still its
own, and keeps it so until that transaction ends.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from index.ledger.database import WRITER, Database
from index.ledger.lock import Holder
from index.ledger.tables import lease
from ingest.errors import FootnotedError, StoreHeldError

_RENEWALS = 3  # in the time after which it would expire
_LONGEST = 600.0  # seconds that any server's lease lasts: one that ends later is of before a clock was set back


class LeaseLostError(StoreHeldError):
    """The right to write went to another process meanwhile."""


class Lease:
    """The right to write an index, for ``seconds`` after each renewal. One thread at a time uses it."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._me = secrets.token_hex(8)
        self._term = 0
        self._sure_until = 0.0  # by this machine's monotonic clock
        self._release = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self, command: str, url: str = "") -> None:
        """Take the lease. Raises ``StoreHeldError`` naming the holder while another process has it."""
        since = datetime.now(UTC).isoformat(timespec="seconds")
        me = Holder(os.getpid(), socket.gethostname(), command, since, url)
        begun = time.monotonic()
        with self._database.writing() as connection:
            row = connection.execute(_row().with_for_update()).mappings().one()
            now = _moment(connection)
            if row["owner"] not in ("", self._me) and _lasts(row, now):
                raise StoreHeldError(
                    f"the index is held by {_holder(row) or 'another process'}",
                    hint="wait for it to finish, or stop it",
                )
            self._term = row["term"] + 1
            values = {"term": self._term, "owner": self._me, "told": json.dumps(asdict(me))}
            connection.execute(lease.update().where(_ROW).values(**values, expires=now + self._seconds))
        self._sure_until = begun + self._seconds
        self._release.clear()
        self._thread = threading.Thread(target=self._renew, args=(self._term,), name="lease", daemon=True)
        self._thread.start()

    def holder(self) -> Holder | None:
        """Who has it now; None where nobody does."""
        with self._database.reading() as connection:
            row = connection.execute(_row()).mappings().one()
            return _holder(row) if row["owner"] and _lasts(row, _moment(connection)) else None

    def abandoned(self) -> Holder | None:
        """Who let it expire in the middle of its work; None where nobody did."""
        with self._database.reading() as connection:
            row = connection.execute(_row()).mappings().one()
            return _holder(row) if row["owner"] and not _lasts(row, _moment(connection)) else None

    def check(self) -> None:
        """Raise ``LeaseLostError`` unless it is this process's for certain, as far as can be told without asking."""
        if time.monotonic() > self._sure_until:
            raise _lost()

    def fence(self, connection: sa.Connection) -> None:
        """Raise ``LeaseLostError`` unless it is this process's; it cannot be taken before the transaction ends."""
        # Of Postgres's row locks this one holds up whoever takes the lease, and not our own renewals.
        row = connection.execute(_row().with_for_update(read=True, key_share=True)).mappings().one()
        if (row["owner"], row["term"]) != (self._me, self._term):
            self._sure_until = 0.0
            raise _lost()

    def release(self) -> None:
        """Give it back. Where the ledger cannot be reached it expires."""
        self._release.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._sure_until = 0.0
        with suppress(FootnotedError), self._database.writing() as connection:
            connection.execute(self._mine(self._term).values(owner="", expires=0.0))

    def _renew(self, term: int) -> None:
        while not self._release.wait(self._seconds / _RENEWALS):
            begun = time.monotonic()
            # A ledger that is away is asked again: while it is, nobody else gets the lease from it either.
            with suppress(FootnotedError), self._database.writing() as connection:
                renewed = self._mine(term).values(expires=_moment(connection) + self._seconds)
                if not connection.execute(renewed).rowcount:
                    self._sure_until = 0.0
                    return
                self._sure_until = begun + self._seconds

    def _mine(self, term: int) -> sa.Update:
        return lease.update().where(_ROW, lease.c.owner == self._me, lease.c.term == term)


_ROW = lease.c.name == WRITER


def _row() -> sa.Select[Any]:
    return sa.select(lease).where(_ROW)


def _lasts(row: Any, now: float) -> bool:
    return bool(now < row["expires"] <= now + _LONGEST)


def _moment(connection: sa.Connection) -> float:
    """Seconds since 1970, by the database's clock where it is a server: those of the machines may differ."""
    if connection.dialect.name == "postgresql":
        return float(connection.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())")) or 0)
    return time.time()


def _holder(row: Any) -> Holder | None:
    with suppress(ValueError, TypeError):
        return Holder(**json.loads(row["told"]))
    return None


def _lost() -> LeaseLostError:
    return LeaseLostError(
        "another process has taken over the right to write the index", hint="what is left to do, it does"
    )
