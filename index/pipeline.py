"""Batches on their way into a collection: one is embedded while the one before it is written and the next one is read.

On two cores a sync takes what reading, embedding and writing take together, shared by both; one after another, one core
waits for as long as reading and writing last. The next batch's passages wait behind those that are embedded, so that
the encoder never waits for a batch to begin.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from index.embedding.vectors import Vectors
from index.ledger.ledger import PageVersion, Recut
from index.writer import CollectionWriter, Prepared

_EMBEDDED = 2  # batches at a time
_UNDER_WAY = 3  # batches; more would be held in memory and not be sooner done


class WritePipeline:
    """Writes batches in the order they come, each as ``CollectionWriter.write`` does.

    Leaving the block waits for what is under way, also when an error ends it. What a batch fails of is raised by the
    next call; the batches behind it are not written.
    """

    def __init__(self, writer: CollectionWriter) -> None:
        self._writer = writer
        self._embedding = ThreadPoolExecutor(_EMBEDDED, thread_name_prefix="embed")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._under_way: deque[Future[Counter[str]]] = deque()
        self._failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._embedding.shutdown(cancel_futures=True)
        self._writing.shutdown()

    def put(self, versions: Sequence[PageVersion | Recut]) -> Counter[str]:
        """Have a batch written; waits while three are under way. The counts of those that were finished meanwhile."""
        done: Counter[str] = Counter()
        while len(self._under_way) >= _UNDER_WAY:
            done.update(self._under_way.popleft().result())
        prepared = self._writer.prepare(versions)
        vectors = self._embedding.submit(self._writer.embed, prepared)
        self._under_way.append(self._writing.submit(self._commit, prepared, vectors))
        return done

    def finish(self) -> Iterator[Counter[str]]:
        """Wait until all is written: the counts of each batch that ``put`` has not told of."""
        while self._under_way:
            yield self._under_way.popleft().result()

    def _commit(self, prepared: Prepared, vectors: Future[Vectors]) -> Counter[str]:
        if self._failed:
            raise CancelledError
        try:
            return self._writer.commit(prepared, vectors.result())
        except BaseException:
            self._failed = True
            raise
