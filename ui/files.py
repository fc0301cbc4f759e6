"""Small files of the data folder: replaced as a whole, or readable by their owner alone."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from ingest.errors import StoreError


def replace_file(path: Path, text: str) -> None:
    """Write a file so that a reader, or a crash, meets its old or its new content, readable by its owner alone.

    Raises ``StoreError`` when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # made with permissions 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(scratch).replace(path)
        except OSError:
            with suppress(OSError):
                Path(scratch).unlink()
            raise
    except OSError as error:
        raise StoreError(
            f"{str(path)!r} cannot be written: {error.strerror}",
            hint="free some space or give this user the right to write the data folder",
        ) from error
