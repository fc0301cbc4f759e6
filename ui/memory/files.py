"""Files of the data folder: small ones replaced as a whole, and what work that was killed left of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from ingest.errors import StoreError


def clear_scratch(folder: Path, prefix: str) -> None:
    """Delete the folders that work of this prefix left behind as it was killed. Nobody else may be at such work."""
    for path in folder.glob(f"{prefix}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


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
