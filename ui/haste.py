"""How the interpreter runs while a server starts, and how what is loaded late makes way for answers.

Modules, classes and functions are made by the hundred thousand. They stay, so that looking through them for garbage, as
is done time and again while they come, finds none. And a thread that imports has to let others have their turn more
often: an answer gives its own away a hundred times, to SQLite or to a model, and waited 5 ms each time to get it back.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

_SHORT = 0.0005  # seconds
_AT_ONCE = 0.1  # who is waited for may wait for a module that the thread has begun to import
_IN_ALL = 5.0  # a server that is never idle is to get its other parts, too
_usual = sys.getswitchinterval()


def hasten() -> None:
    """Collect no garbage, and let threads take turns in quick succession, until ``settle``."""
    gc.disable()
    sys.setswitchinterval(_SHORT)


def settle() -> None:
    """Go on as usual, but for what is there by now: it is looked through no more, which took .2 s at a time."""
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(_usual)


@contextmanager
def making_way(idle: Callable[[], bool]) -> Iterator[None]:
    """A block in which this thread, before each module that it imports, waits for ``idle``: others are at work."""
    finder = _Courtesy(idle)
    # A list of its own each time: in one that shrinks, a thread that is going through it passes over the next finder,
    # and takes a module that is there for missing.
    sys.meta_path = [finder, *sys.meta_path]
    try:
        yield
    finally:
        sys.meta_path = [other for other in sys.meta_path if other is not finder]


class _Courtesy(MetaPathFinder):
    """Finds nothing, in good time."""

    def __init__(self, idle: Callable[[], bool]) -> None:
        self._idle = idle
        self._left = _IN_ALL
        self._thread = threading.get_ident()

    def find_spec(self, *_: object) -> None:
        """Wait, in the thread that is meant."""
        if threading.get_ident() != self._thread:
            return
        began = time.perf_counter()
        until = began + min(_AT_ONCE, self._left)
        while not self._idle() and time.perf_counter() < until:
            time.sleep(0.002)
        self._left -= time.perf_counter() - began
