"""Passages of several callers on their way through a model, read together where they are of one length.

A batch costs what its longest row does, and a batch of another shape than those before some 40 ms on top. So rows wait
by length, and a batch is filled from those of every caller: of 256 passages alone an eighth more tokens would be read
than there are, of what two or three callers wait for 6 %, and nearly all batches are full.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from index.embedding.vectors import Vectors

Row = Sequence[int]
"""The token ids of a text."""
_LOOK = 0.2  # seconds between two looks of who waits whether to go on


@dataclass(slots=True, eq=False)
class _Call:
    """What one caller waits for: vectors [rows, dimensions], and how many rows of it are still to come."""

    number: int
    vectors: Vectors
    left: int
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A row, and where its vector goes."""

    call: _Call
    place: int
    row: Row


class EncodingPool:
    """Runs batches on ``workers`` threads. Any number of threads may ask at once; who came first is served first."""

    def __init__(
        self, infer: Callable[[Sequence[Row]], Vectors], dimensions: int, *, workers: int, rows: int, step: int
    ) -> None:
        """``rows`` are in a batch at most; lengths count as alike up to the next multiple of ``step`` tokens."""
        self._infer = infer
        self._dimensions = dimensions
        self._jobs = workers
        self._rows = rows
        self._step = step
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="encode")
        self._lock = threading.Lock()
        self._calls = 0
        self._at_work = 0
        self._waiting: dict[int, deque[_Waiting]] = {}  # by length in steps, the longest first

    @property
    def waiting(self) -> int:
        """How many rows wait for a batch."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def vectors(self, rows: Sequence[Row], between: Callable[[], None] = lambda: None) -> Vectors:
        """The vectors of the rows, shape (len(rows), dimensions).

        ``between`` is called again and again while it takes; what that raises ends it, at most two batches later.
        """
        if not rows:
            return np.zeros((0, self._dimensions), np.float32)
        with self._lock:
            self._calls += 1
            call = _Call(self._calls, np.zeros((len(rows), self._dimensions), np.float32), len(rows))
            for place, row in enumerate(rows):
                self._waiting.setdefault(-(-len(row) // self._step), deque()).append(_Waiting(call, place, row))
            self._waiting = dict(sorted(self._waiting.items(), reverse=True))
        try:
            self._begin()
            while not call.done.wait(_LOOK):
                between()
        except BaseException as error:  # also of a worker that cannot be started, as there may be no other
            self._fail({call}, error)
            raise
        if call.error is not None:
            raise call.error
        return call.vectors

    def _begin(self) -> None:
        """Have all workers at work."""
        for _ in range(self._jobs):
            with self._lock:
                if self._at_work == self._jobs:
                    return
                self._at_work += 1
            try:
                self._workers.submit(self._work)
            except BaseException:
                with self._lock:
                    self._at_work -= 1
                raise

    def _work(self) -> None:
        while batch := self._next():
            try:
                found = self._infer([waiting.row for waiting in batch])
                with self._lock:
                    for waiting, vector in zip(batch, found, strict=True):
                        waiting.call.vectors[waiting.place] = vector
                        waiting.call.left -= 1
            except BaseException as error:  # noqa: BLE001 - it is raised to everyone who has a row in the batch
                self._fail({waiting.call for waiting in batch}, error)
                continue
            for call in {waiting.call for waiting in batch}:
                if not call.left:
                    call.done.set()

    def _fail(self, calls: Set[_Call], error: BaseException) -> None:
        with self._lock:
            self._waiting = {
                length: deque(waiting for waiting in queue if waiting.call not in calls)
                for length, queue in self._waiting.items()
            }
        for call in calls:
            call.error = error
            call.done.set()

    def _next(self) -> list[_Waiting]:
        """Rows of who came first, with others of their length: the longest of which there are enough to fill a batch.

        Where there are nowhere enough, the longest, with shorter ones: more of a length may yet come.
        """
        with self._lock:
            queues = [queue for queue in self._waiting.values() if queue]
            if not queues:
                self._at_work -= 1
                return []
            first = min(queue[0].call.number for queue in queues)
            own = [place for place, queue in enumerate(queues) if queue[0].call.number == first]
            start = next((place for place in own if len(queues[place]) >= self._rows), own[0])
            batch: list[_Waiting] = []
            for queue in queues[start:]:
                while queue and len(batch) < self._rows:
                    batch.append(queue.popleft())
            return batch
