"""Who holds a data folder at this moment."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from index.ledger.lock import Holder, WriteLock


def live_holder(folder: Path) -> Holder | None:
    """Who holds the data folder; None where nobody does, or a process of this machine that has ended."""
    holder = WriteLock(folder).holder()
    if holder is None or (holder.host == socket.gethostname() and not _is_alive(holder.pid)):
        return None
    return holder


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is another user's
        return True
    return True
