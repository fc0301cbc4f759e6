"""A Chroma database that this process has open, and opens anew after a call that failed.

Where a write of an embedded one fails, of a full disk say, a connection of its own keeps SQLite's lock: whatever is
called next waits for it for 1,000 seconds, and a write does so without letting any other thread run. Only closing the
database ends that. So a write is made alone, nobody calls anything between its failure and that, and so is the first
call for a collection, as Chroma ends then what a write before it did not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar

from index.chroma.client import StoreOptions, again, close_client, open_client, trouble
from index.chroma.exclusion import Exclusion
from index.chroma.graphs import graphs_kept
from index.chroma.reserve import reserve
from index.chroma.trial import try_collection
from index.obstacle import blocked, obstacle
from ingest.errors import FootnotedError, StoreDamagedError, StoreError

Result = TypeVar("Result")


class Opening:
    """The way to a database, opened at first use. Safe to use from several threads."""

    def __init__(self, options: StoreOptions, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._client: Any = None
        self._exclusion = Exclusion()
        self._sound: set[str] = set()  # collections of which a call went well since it was opened
        self._named: dict[str, Any] = {}
        self._spoiled = False
        self._doubted: dict[str, StoreDamagedError | None] = {}  # where a write failed, and what a trial of it said

    @property
    def is_open(self) -> bool:
        """Whether this process has opened it."""
        return self._client is not None

    def call(
        self, make: Callable[[Any], Result], collection: str = "", *, writes: bool = False, chunks: int = 0
    ) -> Result:
        """What a function of the client gives, which may be called twice.

        ``collection`` is the one that it reads or, so many ``chunks`` of it, ``writes``. Raises Chroma's
        ``NotFoundError``, and all else as a ``StoreError``.
        """
        if self._options.url:
            return self._made(make, chunks)
        while True:
            alone = writes or not self._is_sound(collection)
            with self._exclusion.held(alone=alone):
                if alone or self._is_sound(collection):
                    return self._called(make, collection, writes, chunks)

    def close(self) -> None:
        """Let go of the database."""
        if self._client is not None:
            close_client(self._client, self._options)
        self._client, self._spoiled = None, False
        self._sound.clear()
        self._named.clear()

    def _is_sound(self, collection: str) -> bool:
        return not self._spoiled and collection in self._sound

    def named(self, name: str) -> Any:
        """The client's object for a collection, for a function that ``call`` calls."""
        if name not in self._named:
            self._named[name] = self._client.get_collection(name, embedding_function=None)
        return self._named[name]

    def forget(self, name: str) -> None:
        """Look a collection up anew when it is next called."""
        self._named.pop(name, None)

    def dropped(self, name: str) -> None:
        """A collection is gone: what was wrong with it is no matter any more."""
        self.forget(name)
        self._sound.discard(name)
        self._doubted.pop(name, None)

    def _called(self, make: Callable[[Any], Result], collection: str, writes: bool, chunks: int) -> Result:
        if self._spoiled:
            self.close()
        self._try(collection)
        self._open()
        with ExitStack() as kept:
            put_back: Callable[[], None] | None = None
            if writes:
                put_back = kept.enter_context(graphs_kept(self._folder))
                kept.enter_context(reserve(self._folder))
            try:
                result = self._made(make, chunks)
            except StoreError:
                self._spoiled = True
                if put_back is not None:
                    self._doubted[collection] = None
                    self.close()
                    put_back()
                    kept.close()
                    self._settle(collection)
                raise
        if collection:
            self._sound.add(collection)
        return result

    def _made(self, make: Callable[[Any], Result], chunks: int) -> Result:
        from chromadb.errors import NotFoundError

        client = self._open()
        try:
            return again(lambda: make(client))
        except NotFoundError:
            raise
        except Exception as error:
            raise trouble(error, self._options, self._folder, chunks) from error

    def _open(self) -> Any:
        if self._client is None:
            self._client = open_client(self._options, self._folder)
        return self._client

    def _settle(self, collection: str) -> None:
        """Have the database end what it was at, before another program takes the space that was kept for that."""
        with suppress(FootnotedError):  # then whoever calls next is told
            self._called(lambda _: self.named(collection).count(), collection, writes=False, chunks=0)

    def _try(self, collection: str) -> None:
        """See in a child process whether files that were written in part can be read."""
        if collection not in self._doubted:
            return
        if found := self._doubted[collection]:
            raise found
        if why := obstacle(self._folder):  # on a full disk Chroma opens nothing
            raise blocked(self._folder, why)
        try:
            try_collection(self._folder, collection)
        except StoreDamagedError as error:
            self._doubted[collection] = None if obstacle(self._folder) else error
            raise
        del self._doubted[collection]
