"""What pages linked to when they were last read, kept in the data folder for the crawls to come."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

FILE_NAME = "links.sqlite3"
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS links (source TEXT, url TEXT, links BLOB, PRIMARY KEY (source, url)) WITHOUT ROWID"
)


class StoredLinks:
    """The links of one source's pages, for one crawl. Written only when they differ.

    They are written before the page itself is: of a crawl that is killed, the next one knows every new link. A file
    that cannot be read counts as empty, and the crawl reads its pages whole. With ``keep`` false nothing is written.
    """

    def __init__(self, folder: Path, source: str, *, keep: bool = True) -> None:
        self._path = folder / FILE_NAME
        self._source = source
        self._keep = keep
        self._links = self._read()
        self._asked: set[str] = set()

    def get(self, url: str, /) -> tuple[str, ...] | None:
        """The page's links, or None if it was never read."""
        self._asked.add(url)
        packed = self._links.get(url)
        if packed is None:
            return None
        return tuple(zlib.decompress(packed).decode().split("\n")) if packed else ()

    def __setitem__(self, url: str, links: tuple[str, ...], /) -> None:
        """Keep the page's links."""
        self._asked.add(url)
        self._links[url] = zlib.compress("\n".join(links).encode()) if links else b""
        self._write("INSERT OR REPLACE INTO links VALUES (?, ?, ?)", [(self._source, url, self._links[url])])

    def forget_others(self) -> None:
        """Forget the pages that this crawl, which met every page of the site, did not ask for."""
        self.forget(self._links.keys() - self._asked)

    def forget(self, urls: Iterable[str]) -> None:
        """Forget what those pages linked to, so that the next crawl reads them whole."""
        gone = [url for url in urls if self._links.pop(url, None) is not None]
        self._write("DELETE FROM links WHERE source = ? AND url = ?", [(self._source, url) for url in gone])

    def _read(self) -> dict[str, bytes]:
        if not self._path.exists():
            return {}
        try:
            with closing(sqlite3.connect(self._path)) as database:
                query = "SELECT url, links FROM links WHERE source = ?"
                return dict(database.execute(query, (self._source,)).fetchall())
        except sqlite3.DatabaseError:
            return {}

    def _write(self, statement: str, rows: list[tuple[str | bytes, ...]]) -> None:
        if not self._keep or not rows:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._execute(statement, rows)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # a damaged file: what it knew is read anew
            self._path.unlink()
            self._execute(statement, rows)

    def _execute(self, statement: str, rows: list[tuple[str | bytes, ...]]) -> None:
        with closing(sqlite3.connect(self._path)) as database, database:
            database.execute(_SCHEMA)
            database.executemany(statement, rows)
