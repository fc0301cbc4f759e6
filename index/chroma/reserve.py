"""Space that is kept on a disk while something else is written, and given up where the disk runs full in the midst."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.obstacle import blocked, obstacle

RESERVE = 16_000_000
"""Bytes: enough for a store to open and to finish or undo what it was at."""


@contextmanager
def reserve(folder: Path) -> Iterator[None]:
    """A block beside which the space is taken, on the disk of ``folder``. Raises ``StoreError`` where there is less.

    To look how much is free is not enough: another program may take it a moment later.
    """
    path = folder.with_name(f"{folder.name}.reserve")  # a killed process may have left one
    try:
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, RESERVE)
            else:  # macOS
                file.write(bytes(RESERVE))
    except OSError as error:
        path.unlink(missing_ok=True)
        short = "the disk is nearly full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise blocked(folder, obstacle(folder) or short) from error
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
