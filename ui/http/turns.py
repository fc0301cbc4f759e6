"""Turns at computing: as many answers are worked out at once as the processor can do, some wait, and no more come in.

Without it fifty who ask at once would have fifty threads work on fifty answers, each of them fifty times as slow, and
a queue that nobody sees would grow for as long as people ask faster than they are answered.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from assistant.types import Event
from ingest.errors import BusyError

_PATIENCE = 0.2  # seconds that what nobody waits for is put off
_LOOK = 0.005


class Turns:
    """``at_once`` may compute at a time, in the order in which they came; ``room`` answers may be under way in all."""

    def __init__(self, at_once: int, room: int) -> None:
        self._free = at_once
        self._room = self._all = room
        self._lock = threading.RLock()  # a collected answer may leave in the midst of any line of this thread
        self._waiting: deque[threading.Event] = deque()

    @property
    def crowded(self) -> bool:
        """Whether anyone waits for a turn."""
        return bool(self._waiting)

    @property
    def idle(self) -> bool:
        """Whether no answer is under way."""
        return self._room == self._all

    def make_way(self) -> None:
        """Wait for the answers that are under way, though not for long: others may be asked meanwhile."""
        until = time.monotonic() + _PATIENCE
        while not self.idle and time.monotonic() < until:
            time.sleep(_LOOK)

    def enter(self) -> None:
        """Take one of the places in the room; ``leave`` gives it back. Raises ``BusyError`` when all are taken."""
        with self._lock:
            if not self._room:
                raise BusyError(
                    "Too many questions are being asked at this moment.", hint="Ask again in a few seconds."
                )
            self._room -= 1

    def leave(self) -> None:
        """Give back a place in the room."""
        with self._lock:
            self._room += 1

    @contextmanager
    def visit(self) -> Iterator[None]:
        """A place in the room and a turn, for what is done at one go."""
        self.enter()
        try:
            with self.turn():
                yield
        finally:
            self.leave()

    @contextmanager
    def turn(self, begun: bool = False) -> Iterator[None]:
        """A turn at computing, waited for. An answer that has ``begun`` goes before those that have not."""
        mine = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                mine.set()
            elif begun:
                self._waiting.appendleft(mine)
            else:
                self._waiting.append(mine)
        mine.wait()
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._free += 1


class Admitted:
    """The events of an answer that has a place in the room, given back with the last of them, or with itself.

    An iterator of its own and no generator: one that was never begun, as its listener went away, would keep the place.
    """

    def __init__(self, turns: Turns, events: Iterator[Event]) -> None:
        """``turns.enter()`` has been called for it."""
        self._turns = turns
        self._events = events
        self._inside = True

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        try:
            return next(self._events)
        except BaseException:
            self._leave()
            raise

    def __del__(self) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._inside:
            self._inside = False
            self._turns.leave()
