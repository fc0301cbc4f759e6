"""Gives each request its reference, counts it, logs it, and answers for what breaks while it is worked on."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.rate import Rates
from ui.http.headers import inner_path
from ui.http.metrics import Metrics
from ui.http.reference import HEADER, new_reference, refusal, set_reference
from ui.logs import event
from ui.web.request_note import RequestNote, with_note

_LEFT = 499  # as nginx calls it: whoever asked went away
_WHOLE = (
    *("/", "/embed", "/api/ask", "/api/search", "/api/feedback", "/api/reindex", "/api/docs", "/api/openapi.json"),
    *("/mcp", "/healthz", "/readyz", "/metrics", "/widget.js", "/login", "/login/callback", "/logout"),
    *("/gradio_api/queue/join", "/gradio_api/queue/data"),
)
_BELOW = re.compile(r"/(source|owner|api/handover|gradio_api|ui|assets|static)(/.*)?")
_log = logging.getLogger(__name__)


def route_of(path: str) -> str:
    """What a path asks for, as one of a fixed few: a path itself may name a page, or hold whatever somebody sent."""
    if path in _WHOLE:
        return path
    below = _BELOW.fullmatch(path)
    return f"/{below[1]}" if below else "other"


class RequestLog:
    """Goes around everything that works on a request. ``is_proxy`` tells whether a request came by a trusted proxy."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, rates: Rates, is_proxy: Callable[[Mapping[str, Any]], bool]
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._rates = rates
        self._is_proxy = is_proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a note."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "") if self._is_proxy(scope) else ""
        reference = new_reference(given)
        set_reference(reference)
        route, began, status = route_of(inner_path(scope)), time.perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = reference
            await send(message)

        inner = with_note(scope, RequestNote(reference, self._metrics, self._rates))
        try:
            await self._app(inner, receive, noted)
        except ClientDisconnect:
            status = status or _LEFT
        except Exception:
            if status:  # too late for another answer: the server closes the connection, and logs why
                raise
            _log.exception("a request could not be answered")
            await refusal(500, "Something broke.", "Tell whoever runs this server the reference.")(
                inner, receive, noted
            )
        finally:
            self._note(route, status, scope["method"], time.perf_counter() - began)

    def _note(self, route: str, status: int, method: str, seconds: float) -> None:
        self._metrics.served(route, status or _LEFT)
        if status == 429:
            self._metrics.refused("rate")
        known = method if method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE") else "other"
        event(
            _log, logging.INFO, "request", method=known, route=route, status=status or _LEFT,
            seconds=round(seconds, 4),
        )  # fmt: skip
