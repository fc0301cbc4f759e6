"""Looking after a server every second: what other servers did, where several share an index, and what went wrong.

A server steps in for one that died, tries again to load what could not be loaded, and has built anew what is damaged.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from index.ledger.lock import Holder
from ingest.errors import FootnotedError, StoreDamagedError
from ui.memory.log import now
from ui.sync.order import Order, as_told
from ui.sync.service import SyncService
from ui.workspace import FOLLOW_SECONDS

_WAKE_SECONDS = 5.0  # after one try to load what is needed to answer, before the next; then twice as long each time
_WAKE_MOST = 20.0
_MEND_SECONDS = 600.0  # after one order to build lost vectors anew, before the next


class Following:
    """Keeps a server's copies, and what it knows of sources, up to date with a shared index until stopped.

    ``wake`` loads what is needed to answer. What is wrong is kept as the workspace's ``outage``.
    """

    def __init__(self, service: SyncService, wake: Callable[[], None]) -> None:
        self._service = service
        self._workspace = service.workspace
        self._wake = wake
        self._wake_at = self._mend_at = 0.0
        self._wake_pause = _WAKE_SECONDS
        self._taken: Holder | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def look(self) -> None:
        """Look once."""
        workspace, outage = self._workspace, ""
        if workspace.lease is None:
            with suppress(FootnotedError):  # the state says it already
                self._load()
            return
        try:
            workspace.look_around()
            self._follow()
            self._see_vectors()
            self._take_over()
            self._load()
        except Exception as error:  # noqa: BLE001  # whatever goes wrong in one look, the next one is to come
            told = as_told("looking at what other servers did", error)
            outage = f"{told.message}; {told.hint}"
        is_over = bool(workspace.outage) and not outage
        workspace.outage = outage
        if is_over:
            self._service.try_again()

    def _run(self) -> None:
        while not self._stop.wait(FOLLOW_SECONDS):
            self.look()

    def _load(self) -> None:
        """Load what is needed to answer, where that could not be done before and there is something to answer from."""
        workspace = self._workspace
        if not workspace.state.startswith("broken:"):
            self._wake_pause = _WAKE_SECONDS
            return
        if time.monotonic() <= self._wake_at or self._service.busy.locked():  # a job that ends loads it, too
            return
        name = workspace.stores.ledger.collection
        if name and workspace.damaged and workspace.lease is None:
            self._mend(name)
        if name:
            self._wake()
        self._wake_at = time.monotonic() + self._wake_pause
        self._wake_pause = min(2 * self._wake_pause, _WAKE_MOST)

    def _mend(self, name: str) -> None:
        """Have a collection that cannot be read built anew from the sources, where there are any."""
        if self._workspace.settings.sources and time.monotonic() > self._mend_at:
            self._mend_at = time.monotonic() + _MEND_SECONDS
            self._service.sync(Order("lost vectors", rebuild=True, instead_of=name))

    def _follow(self) -> None:
        """Bring the keyword copies up to date, unless this server writes: then they are, and nobody else does."""
        if self._service.busy.acquire(blocking=False):
            try:
                self._workspace.stores.follow()
            finally:
                self._service.busy.release()

    def _see_vectors(self) -> None:
        """See that the vector store answers; where it lost what serves, have that built anew."""
        stores = self._workspace.stores
        name = stores.ledger.collection
        try:
            if name:
                len(stores.collection(name))
        except StoreDamagedError:
            if stores.ledger.collection != name:
                return
            self._mend(name)
            raise

    def _take_over(self) -> None:
        """Go on with what a server was at that died."""
        lease = self._workspace.lease
        gone = lease.abandoned() if lease else None
        if gone is not None and gone != self._taken and self._workspace.settings.sources:
            self._service.sync(Order(f"taking over from {gone}", since=now()))
        self._taken = gone
