"""Of how many arenas the C library takes memory: few, so that what is freed is used again.

glibc makes up to eight for each core, as threads come to wait for one another. Each answer is made in a thread of its
own, and each arena ends up with pieces free between pieces in use: the resident set of a server under load grew by two
thirds of what it held, for as long as half an hour.
"""

from __future__ import annotations

import ctypes
import os

_ARENA_MAX = -8  # M_ARENA_MAX, of malloc.h
_ARENAS = 2


def take_few_arenas() -> None:
    """Take memory from two, unless the environment says otherwise. Call it before there are many threads."""
    if os.name != "posix":  # nor can a program's own functions be looked up there
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc alone
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_ARENA_MAX, _ARENAS)
