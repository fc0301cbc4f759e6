"""One process at a time writes a data folder."""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from ingest.errors import StoreError, StoreHeldError


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that may write. ``url`` is where it can be asked to do work, or ``""``."""

    pid: int
    host: str
    command: str
    since: str
    url: str = ""

    def __str__(self) -> str:
        place = f" at {self.url}" if self.url else ""
        return f"process {self.pid} on {self.host} ({self.command}{place}, since {self.since})"


def make_data_folder(folder: Path) -> None:
    """Make a data folder, unless it is there, for its own user alone: its pages may not be for everyone here."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


class WriteLock:
    """The right to write a data folder, held until ``release`` or the process's end, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "write.lock")

    def acquire(self, command: str, url: str = "") -> WriteLock:
        """Take the lock. Raises ``StoreHeldError`` naming the holder when another process has it."""
        try:
            make_data_folder(self._folder)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            holder = self.holder()
            raise StoreHeldError(
                f"the data folder {str(self._folder)!r} is held by {holder or 'another process'}",
                hint="wait for it to finish or stop it, or name another folder with --data-dir",
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        me = Holder(os.getpid(), socket.gethostname(), command, datetime.now(UTC).isoformat(timespec="seconds"), url)
        try:
            (self._folder / "holder.json").write_text(json.dumps(asdict(me)))
        except OSError as error:
            self.release()
            raise self._unwritable(error) from error
        return self

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"the data folder {str(self._folder)!r} cannot be written: {error.strerror}",
            hint="free some space or give this user the right to write, or name another folder with --data-dir",
        )

    def holder(self) -> Holder | None:
        """Who holds the lock, or held it last; None when nobody has said."""
        with suppress(OSError, ValueError, TypeError):
            return Holder(**json.loads((self._folder / "holder.json").read_text()))
        return None

    def release(self) -> None:
        """Give the lock back."""
        if self._lock.is_locked:
            (self._folder / "holder.json").unlink(missing_ok=True)
            self._lock.release()

    def __enter__(self) -> WriteLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
