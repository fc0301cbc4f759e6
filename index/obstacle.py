"""What keeps a store from being written that is not damaged: a full disk, or a folder that may only be read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from ingest.errors import StoreError

_LEAST = 1_000_000  # bytes free; the stores' libraries need some at once, and do not say how many
_RESERVE = 16_000_000  # bytes that are left when a write is begun
_CHUNK = 20_000  # bytes that one chunk takes at most: its vector, its text, its words, and their journals


def obstacle(folder: Path, chunks: int = 0) -> str:
    """Why so many chunks, or anything, cannot be written into a folder, or ``""``.

    One that is not there is judged by the nearest that is.
    """
    there = _there(folder)
    try:
        if not os.access(there, os.W_OK):
            return "it may only be read"
        return "the disk is full" if shutil.disk_usage(there).free < _LEAST + chunks * _CHUNK else ""
    except OSError as error:
        return error.strerror or str(error)


def require_room(folder: Path, chunks: int = 0) -> None:
    """Raise ``StoreError`` unless that many chunks can be written into a folder with some space to spare.

    A store that meets a full disk in the midst of a write may be left with files that it cannot read.
    """
    why = obstacle(folder)
    if not why and shutil.disk_usage(_there(folder)).free < _RESERVE + chunks * _CHUNK:
        why = "the disk is nearly full"
    if why:
        raise blocked(folder, why)


def _there(folder: Path) -> Path:
    folder = folder.absolute()
    return folder if folder.exists() else _there(folder.parent)


def blocked(folder: Path, why: str) -> StoreError:
    """The error for a data folder, or a part of it, that cannot be written. It is no damage: nothing is built anew."""
    return StoreError(
        f"the data folder cannot be written at {str(folder)!r}: {why}",
        hint="free some space or give this user the right to write, or name another folder with --data-dir",
    )
