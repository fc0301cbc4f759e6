"""Office files are ZIP archives: whether one is whole, of its kind, and of a size that can be opened."""

from __future__ import annotations

import io
import zipfile

from ingest.errors import PageError
from ingest.types import Page

_MAX_UNPACKED = 400 * 1024**2  # bytes; pictures and films count, and the libraries load them too
_MAX_TEXT = 100 * 1024**2  # bytes of XML; the longest novel's has 10 MB
_MAX_FILES = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of the formats before 2007, and of encrypted new ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXCLUDE = "or leave it out with the source's `exclude`"


def check_archive(page: Page, part: str, kind: str) -> None:
    """Raise ``PageError`` unless the page is a whole archive that holds ``part`` and can be unpacked in memory.

    ``kind`` is what to call it: ``"Word document (.docx)"``. The sizes are those that the archive claims; reading stops
    at them, so a wrong claim ends in an error, not in more bytes.
    """
    if not page.body:
        raise PageError(f"{page.url!r} is empty", hint=f"fill the file, {_EXCLUDE}")
    if page.body.startswith(_OLE):
        if _ENCRYPTED in page.body:
            raise PageError(
                f"{page.url!r} is encrypted and asks for a password", hint=f"save it without one, {_EXCLUDE}"
            )
        raise PageError(f"{page.url!r} is of a format from before 2007", hint=f"save it as a {kind}, {_EXCLUDE}")
    try:
        with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise PageError(
            f"{page.url!r} is no {kind}, or is cut short", hint=f"copy the file again, {_EXCLUDE}"
        ) from None
    if part not in {entry.filename for entry in entries}:
        raise PageError(f"{page.url!r} is no {kind}, whatever its name says", hint=f"correct its name, {_EXCLUDE}")
    size = sum(entry.file_size for entry in entries)
    text = sum(entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels")))
    if size > _MAX_UNPACKED or text > _MAX_TEXT or len(entries) > _MAX_FILES:
        raise PageError(
            f"{page.url!r} unpacks from {len(page.body):,} to {size:,} bytes, which is too much to open",
            hint=f"if it is no zip bomb, take its large parts out, {_EXCLUDE}",
        )
