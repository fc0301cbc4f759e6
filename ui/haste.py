"""How the interpreter runs while a server starts: modules, classes and functions are made by the hundred thousand.

They stay, so that looking through them for garbage, as is done time and again while they come, finds none. And a thread
that imports lets others have their turn more often: an answer gives its own away a hundred times, to SQLite or to a
model, and waited 5 ms each time to get it back.
"""

from __future__ import annotations

import gc
import sys

_SHORT = 0.0005  # seconds
_usual = sys.getswitchinterval()


def hasten() -> None:
    """Collect no garbage, and let threads take turns in quick succession, until ``settle``."""
    gc.disable()
    sys.setswitchinterval(_SHORT)


def settle() -> None:
    """Go on as usual, but for what is there by now: it is looked through no more."""
    gc.collect()
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(_usual)
