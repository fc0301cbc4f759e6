"""Calls that may be made beside others, and calls that have to be made alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import StoreError

_SECONDS = 60.0  # a write takes a few; whoever waits for longer is told so


class Exclusion:
    """Any number are inside beside one another, or one alone, who goes before those that come after."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._changed = threading.Condition()
        self._beside = 0
        self._alone = False
        self._waiting = 0  # to be alone

    @contextmanager
    def held(self, *, alone: bool) -> Iterator[None]:
        """A block inside. Raises ``StoreError`` when there was no way in for a minute."""
        with self._changed:
            self._enter(alone)
        try:
            yield
        finally:
            with self._changed:
                if alone:
                    self._alone = False
                else:
                    self._beside -= 1
                self._changed.notify_all()

    def _enter(self, alone: bool) -> None:
        self._waiting += alone
        try:
            if not self._changed.wait_for(lambda: self._is_free(alone), self._seconds):
                raise StoreError(f"the vector store has been busy for {self._seconds:.0f} s", hint="try again")
        finally:
            self._waiting -= alone
            self._changed.notify_all()
        if alone:
            self._alone = True
        else:
            self._beside += 1

    def _is_free(self, alone: bool) -> bool:
        return not self._alone and not (self._beside if alone else self._waiting)
