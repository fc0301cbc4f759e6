"""The work of a serving process: one sync at a time, in a thread of its own, while questions are answered."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from index.types import Progress, SyncReport
from ingest.errors import FootnotedError, ModelError, StoreError, StoreHeldError
from ui.http.metrics import Metrics, SyncResult
from ui.logs import event
from ui.memory.log import now
from ui.memory.report_json import report_json
from ui.status import RunningStatus, Status, status_of
from ui.sync.order import Order, Scope, as_told, run_sync
from ui.workspace import StoppedError, Workspace

_RETRY_SECONDS = 30  # after a sync that failed, then twice as long each time
_RETRY_MOST = 3_600
_ASK_SECONDS = 0.5  # how often it is seen whether another server is done, where one writes the index
_NOTHING = report_json(SyncReport())

_log = logging.getLogger(__name__)

Work = Callable[[Callable[[Progress], None]], dict[str, Any]]
"""A piece of work: it tells how far it is and gives its result as JSON values."""


@dataclass(slots=True, eq=False)
class Job:
    """A piece of work, waiting, running or done. Several who ask for the same wait for one job.

    ``waits_for`` names the server that has to be done with its own first.
    """

    trigger: str
    order: Order | None = None
    work: Work | None = None
    started_at: datetime | None = None
    progress: Progress | None = None
    result: dict[str, Any] | None = None
    error: FootnotedError | None = None
    done: bool = False
    waits_for: str = ""
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, progress: Progress) -> None:
        """Note how far it is."""
        with self._changed:
            self.progress = progress
            self._changed.notify_all()

    def end(self, result: dict[str, Any] | None, error: FootnotedError | None) -> None:
        """Note how it ended."""
        with self._changed:
            self.result, self.error, self.done = result, error, True
            self._changed.notify_all()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is done; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self.done, seconds)

    def follow(self, every: float = 0.25) -> Iterator[Progress | None]:
        """How far it is, time and again, until it is done; None while it waits for its turn."""
        while not self.wait(every):
            yield self.progress


class SyncService:
    """Runs jobs in the order they came, each alone. The caller holds the workspace's lock.

    Where other servers share the index, a job waits until none of them writes it. ``busy`` is held by whoever in this
    process writes or brings its copies up to date. ``url`` is where the server can be reached.
    """

    def __init__(
        self,
        workspace: Workspace,
        after: Callable[[], None] = lambda: None,
        url: str = "",
        metrics: Metrics | None = None,
    ) -> None:
        self.workspace = workspace
        self.metrics = metrics or Metrics()
        self.busy = threading.Lock()
        self.due: dict[str, datetime] = {}
        self.notes: dict[str, str] = {}
        self._after = after
        self._url = url
        self._queue: deque[Job] = deque()
        self._running: Job | None = None
        self._changed = threading.Condition()
        self._stopped = False
        self._failed = 0  # syncs in a row
        self._failed_scope: Scope | None = None
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def sync(self, order: Order) -> Job:
        """Have a sync made. One that waits already takes the order on where it can."""
        with self._changed:
            for job in self._queue:
                joined = job.order.joined(order) if job.order else None
                if joined is not None:
                    job.order = joined
                    return job
            return self._add(Job(order.trigger, order))

    def try_again(self) -> None:
        """Have the sync made that failed last, if none went well since: what it failed of is over."""
        if self._failed:
            self.sync(Order("another try", scope=self._failed_scope, since=now()))

    def do(self, trigger: str, work: Work) -> Job:
        """Have something done between syncs."""
        with self._changed:
            return self._add(Job(trigger, work=work))

    def status(self) -> Status:
        """What the index holds, what is being done and what comes next."""
        workspace = self.workspace
        status = status_of(workspace.settings, workspace.ledger, workspace.syncs, self.due)
        with self._changed:
            job, waiting = self._running, len(self._queue)
        running = RunningStatus.of(job.trigger, job.started_at, job.progress) if job and job.started_at else None
        notes = (*status.notes, *self.notes.values())
        return status.model_copy(update={"running": running, "waiting": waiting, "notes": notes})

    @property
    def load(self) -> tuple[int, bool]:
        """How many jobs wait, and whether one runs."""
        with self._changed:
            return len(self._queue), self._running is not None

    def stop(self, seconds: float) -> bool:
        """End a running sync at its next few passages and take no more; whether it ended within that time."""
        with self._changed:
            self._stopped = True
            self.workspace.stopping.set()
            left = list(self._queue)
            self._queue.clear()
            self._changed.notify_all()
        for job in left:
            job.end(None, _stopped())
        if self._thread.is_alive():
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _add(self, job: Job) -> Job:
        if self._stopped:
            job.end(None, _stopped())
            return job
        self._queue.append(job)
        self._changed.notify_all()
        return job

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._stopped)
                if self._stopped:
                    return
                self._running = job = self._queue.popleft()
                job.started_at = now()
            began = time.perf_counter()
            result, error = self._attempt(job)
            self._count(job, result, error, time.perf_counter() - began)
            with self._changed:
                self._running = None
            if not self._stopped:
                self._note(job, error)
                self._after()
            job.end(result, error)

    def _count(self, job: Job, result: dict[str, Any] | None, error: FootnotedError | None, seconds: float) -> None:
        if job.order is None or job.order.dry_run:
            return
        ended: SyncResult = "done"
        if result is None:
            ended = "stopped" if isinstance(error, StoppedError) else "failed"
        elif result["failures"]:
            ended = "partly"
        told = result or {"pages": {}, "chunks": {}}
        self.metrics.synced(ended, seconds, told["chunks"])
        fields = {"trigger": job.trigger, "result": ended, "seconds": round(seconds, 3), **told["pages"]}
        event(_log, logging.INFO, "sync", **fields)

    def _note(self, job: Job, error: FootnotedError | None) -> None:
        """Say what went wrong, and when a sync that the store or a model failed is tried again."""
        if error is not None:
            _log.warning("%s", error.message + (f"; {error.hint}" if error.hint else ""))
        if job.order is None or job.order.named or job.order.dry_run or job.order.rebuild:
            return
        if not isinstance(error, StoreError | ModelError):
            self._failed = 0
            return
        again = now() + timedelta(seconds=min(_RETRY_SECONDS * 2**self._failed, _RETRY_MOST))
        self._failed += 1
        self._failed_scope = job.order.scope
        sources = [source.title for source in self.workspace.settings.sources]
        for name in sources if job.order.scope is None else job.order.scope:
            self.due[name] = min(self.due.get(name, again), again)

    def _attempt(self, job: Job) -> tuple[dict[str, Any] | None, FootnotedError | None]:
        try:
            with self._alone(job):
                if job.order is not None:
                    order = job.order.left(self.workspace)
                    return (report_json(run_sync(self.workspace, order, job.tell)) if order else dict(_NOTHING)), None
                if job.work is not None:
                    return job.work(job.tell), None
        except Exception as error:  # noqa: BLE001  # whatever goes wrong in one piece of work, the next one is to come
            return None, as_told(job.trigger, error)
        raise TypeError(f"a job without work: {job!r}")

    @contextmanager
    def _alone(self, job: Job) -> Iterator[None]:
        """The right to write, waited for while another server has it."""
        with ExitStack() as held:
            while True:
                try:
                    held.enter_context(self.workspace.writing("footnoted serve", self._url))
                    break
                except StoreHeldError as error:
                    job.waits_for = error.message
                    self.notes["waiting"] = f"{job.trigger} waits: {error.message}"
                with self._changed:
                    if self._changed.wait_for(lambda: self._stopped, _ASK_SECONDS):
                        raise _stopped()
            job.waits_for = ""
            self.notes.pop("waiting", None)
            held.enter_context(self.busy)
            if self.workspace.lease is not None:
                # While this server writes it follows nobody: what serves has to be whole here before.
                self.workspace.stores.follow()
            yield


def _stopped() -> StoreError:
    return StoreError("the server is stopping", hint="run the command again")
