"""What is counted while the server runs, for ``/metrics``: no question, name or address of a page is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from assistant.types import Answer
from ingest.errors import BusyError, FootnotedError

Door = Literal["chat", "widget", "api", "mcp"]
"""Where a question came in."""

SyncResult = Literal["done", "partly", "failed", "stopped"]
"""How a sync ended: ``partly`` where some pages could not be read."""

_STAGES = ("search", "read", "total")
_ANSWER_SECONDS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60)
_SYNC_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400)


class Metrics:
    """The counters of one server, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "footnoted_questions", "Questions, by how they ended and where they came in.", ("outcome", "door"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "footnoted_answer_seconds", "Seconds that answers took, by stage.", ("stage",), buckets=_ANSWER_SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.answering = Gauge("footnoted_answering", "Questions being answered now.", registry=self.registry)
        self._requests = Counter(
            "footnoted_requests", "Requests, by what was asked for and the status.", ("route", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._refused = Counter(
            "footnoted_refused", "What was turned away: busy, rate, or not allowed.", ("reason",),
            registry=self.registry,
        )  # fmt: skip
        self._syncs = Counter(
            "footnoted_syncs", "Syncs, by how they ended.", ("result",), registry=self.registry
        )  # fmt: skip
        self._sync_seconds = Histogram(
            "footnoted_sync_seconds", "Seconds that syncs took.", buckets=_SYNC_SECONDS, registry=self.registry
        )
        self._embedded = Counter("footnoted_chunks_embedded", "Passages embedded.", registry=self.registry)

    def answered(self, answer: Answer, door: Door) -> None:
        """Count an answer and how long it took."""
        self._questions.labels(answer.outcome, door).inc()
        for stage in _STAGES:
            if stage in answer.timings:
                self._seconds.labels(stage).observe(answer.timings[stage])

    def broke(self, door: Door) -> None:
        """Count a question whose answer broke."""
        self._questions.labels("broke", door).inc()

    def left(self, door: Door) -> None:
        """Count a question whose answer was not waited for."""
        self._questions.labels("left", door).inc()

    def served(self, route: str, status: int) -> None:
        """Count a request; ``route`` is one of a fixed few."""
        self._requests.labels(route, str(status)).inc()
        if status in (401, 403):
            self.refused("access")

    def turned_away(self, error: FootnotedError) -> None:
        """Count what an error turned away, as one asked too often or too many ask; other errors turn nobody away."""
        if isinstance(error, BusyError):
            self.refused("rate" if error.http_status == 429 else "busy")

    def refused(self, reason: Literal["busy", "rate", "access"]) -> None:
        """Count what was turned away."""
        self._refused.labels(reason).inc()

    def synced(self, result: SyncResult, seconds: float, chunks: Mapping[str, int]) -> None:
        """Count a sync; ``chunks`` as its report gives them."""
        self._syncs.labels(result).inc()
        self._sync_seconds.observe(seconds)
        self._embedded.inc(chunks.get("embedded", 0))
