"""Gzip data unpacked no further than a limit."""

from __future__ import annotations

import gzip
import io
import zlib

from ingest.errors import PageError
from ingest.site.trouble import too_large


def gunzip(data: bytes, limit: int) -> bytes:
    """The inflated data, ``limit`` bytes at most. Raises ``PageError`` beyond it and for data that is cut short."""
    try:
        body = gzip.GzipFile(fileobj=io.BytesIO(data)).read(limit + 1)
    except (OSError, EOFError, zlib.error):
        raise PageError("its gzip data is damaged or cut short", hint="fetch it again, or mend the server") from None
    if len(body) > limit:
        raise too_large(limit)
    return body
