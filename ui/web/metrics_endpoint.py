"""``GET /metrics`` for Prometheus: what the server counts, and how the index stands when it is asked."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version
from platform import python_version

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException

from ingest.errors import FootnotedError
from ui.sync.service import SyncService

PATH = "/metrics"

_FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


def metrics_router(service: SyncService, openness: str) -> APIRouter:
    """The route ``/metrics``, open to whom ``server.metrics`` says; none where it is off."""
    router = APIRouter(include_in_schema=False)
    if openness == "off":
        return router
    registry = service.metrics.registry
    registry.register(IndexFigures(service))

    @router.get(PATH)
    def metrics(request: Request) -> Response:
        """The figures, to those who may read them; to anyone else it is not there."""
        if openness == "local" and not _is_direct(request):
            raise HTTPException(404, "Not found")
        return Response(
            generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
        )

    return router


def _is_direct(request: Request) -> bool:
    """Whether a program of this machine asks, by no proxy and under no name that a web page could have made up."""
    if any(name in request.headers for name in _FORWARDING) or request.client is None:
        return False
    try:
        near = ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return near and (request.url.hostname or "") in _LOCAL_NAMES


class IndexFigures(Collector):
    """How the index stands, read when the figures are asked for. Pages are counted anew once the index has changed."""

    def __init__(self, service: SyncService) -> None:
        self._service = service
        self._counted: tuple[int, Mapping[str, int], int] | None = None

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        """The families of figures."""
        build = {"version": version("footnoted"), "python": python_version()}
        yield InfoMetricFamily("footnoted_build", "Which version this is.", value=build)
        state = self._service.workspace.state.partition(":")[0]
        states = GaugeMetricFamily("footnoted_state", "1 for the state that the server is in.", labels=("state",))
        for name in ("ready", "loading", "broken", "down"):
            states.add_metric((name,), float(name == state))
        yield states
        waiting, busy = self._service.load
        yield GaugeMetricFamily("footnoted_work_waiting", "Syncs and backups that wait for their turn.", waiting)
        yield GaugeMetricFamily("footnoted_work_running", "1 while a sync or a backup runs.", float(busy))
        yield from self._freshness()
        try:
            by_source, chunks = self._counts()
        except FootnotedError:  # the state says that it is broken
            return
        pages = GaugeMetricFamily("footnoted_pages", "Live pages.", labels=("source",))
        labels = self._labels()
        told: Counter[str] = Counter(dict.fromkeys(labels.values(), 0))
        for source, count in by_source.items():
            told[labels.get(source, "other")] += count
        for label, count in told.items():
            pages.add_metric((label,), count)
        yield pages
        yield GaugeMetricFamily("footnoted_chunks", "Live passages.", chunks)

    def _labels(self) -> dict[str, str]:
        """What each source is called: by its name if it was given one, as its title may be an address."""
        sources = self._service.workspace.settings.sources
        return {source.title: source.name or str(number) for number, source in enumerate(sources, 1)}

    def _freshness(self) -> Iterator[GaugeMetricFamily]:
        syncs, labels = self._service.workspace.syncs, self._labels()

        def gauge(name: str, told: str, moments: Mapping[str, datetime | None]) -> GaugeMetricFamily:
            family = GaugeMetricFamily(f"footnoted_source_{name}_timestamp_seconds", told, labels=("source",))
            for title, moment in moments.items():
                if moment is not None:
                    family.add_metric((labels[title],), moment.timestamp())
            return family

        logs = {title: syncs.of(title) for title in labels}
        yield gauge(
            "checked", "When a sync of the whole source last began.", {n: g.checked_at for n, g in logs.items()}
        )
        yield gauge("read", "When one last began that could read it.", {n: g.succeeded_at for n, g in logs.items()})
        yield gauge("due", "When it is next looked at.", {n: self._service.due.get(n) for n in labels})
        failing = GaugeMetricFamily("footnoted_source_failures", "Pages that could not be read.", labels=("source",))
        for title, log in logs.items():
            failing.add_metric((labels[title],), len(log.failures))
        yield failing

    def _counts(self) -> tuple[Mapping[str, int], int]:
        ledger = self._service.workspace.ledger
        generation, collection = ledger.generation, ledger.collection
        if self._counted is None or self._counted[0] != generation:
            by_source = Counter(state.source for state in ledger.states(collection).values())
            self._counted = (generation, by_source, ledger.count_chunks(collection))
        return self._counted[1:]
