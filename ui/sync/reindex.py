"""``POST /api/reindex``: a signed call from whatever changes the pages, which has them read at once.

``X-Footnoted-Signature`` is the HMAC-SHA256, in hex (``sha256=`` may stand before it), with the setting
``server.webhook_secret`` as the key. What is signed is the body, as it is sent; or, where the header
``X-Footnoted-Timestamp`` (seconds since 1970) is sent, that header's value, a full stop and the body. A body may bear a
``timestamp`` or any ``nonce`` itself. A signature is accepted once: sent again within ``WINDOW`` it is refused, and a
time stamp further off than ``WINDOW`` is refused always. So a call without time stamp or nonce can be made once in
``WINDOW`` for the same body; calls with either can be made as often as need be, and those with a time stamp never
replayed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from index.ledger.notes import Notes
from ingest.errors import UsageError
from ingest.site.urls import normalise
from ui.sync.order import Order, Scope
from ui.sync.service import SyncService
from ui.sync.sources import chosen, told_apart

WINDOW = 300
"""Seconds for which a signature is remembered, and by which a time stamp may be off."""

FILE_NAME = "webhooks.json"
_MAX_URLS = 1_000
_KEPT = 1_000  # signatures that are remembered though their time is over: a clock may be set forward, and back again


class UnsignedError(UsageError):
    """A call that is not signed, or not with our secret."""

    http_status = 401


class ReplayedError(UsageError):
    """A call that was made before, or is too old to tell."""

    http_status = 409


class ClosedError(UsageError):
    """No calls are accepted, as there is no secret."""

    http_status = 403


class ReindexRequest(BaseModel, extra="forbid"):
    """The pages to read; without ``urls``, all sources. ``timestamp`` and ``nonce`` tell calls apart."""

    urls: Annotated[list[str], Field(max_length=_MAX_URLS)] | None = None
    timestamp: float | None = None
    nonce: str = ""


class Signatures:
    """Checks signatures and remembers those seen, in a note, so that a restart forgets none."""

    def __init__(self, secret: str, notes: Notes) -> None:
        self._secret = secret.encode()
        self._notes = notes

    def check(self, body: bytes, signature: str, timestamp: str) -> None:
        """Raise ``UnsignedError`` unless this body was signed with the secret."""
        if not self._secret:
            raise ClosedError("no webhook secret is set", hint="set server.webhook_secret, and sign the calls with it")
        signed = timestamp.encode() + b"." + body if timestamp else body
        expected = hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        given = signature.strip().removeprefix("sha256=").lower()
        # Compared as bytes: a header may hold what is not ASCII.
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
            raise UnsignedError(
                "the signature is missing or wrong",
                hint="send X-Footnoted-Signature: the body's HMAC-SHA256 in hex, keyed with server.webhook_secret",
            )

    def accept(self, signature: str, timestamps: Iterable[float]) -> None:
        """Take a call whose signature is right, once. Raises ``ReplayedError``."""
        moment, stamps = time.time(), list(timestamps)
        if any(not abs(moment - timestamp) <= WINDOW for timestamp in stamps):
            raise ReplayedError(f"the call's time stamp is more than {WINDOW} seconds off", hint="set the clocks right")
        key = signature.strip().removeprefix("sha256=").lower()

        def with_it(written: str | None) -> str:
            seen = _seen(written)
            # One that is remembered for longer than that was taken before the clock was set back.
            if moment < seen.get(key, 0.0) <= moment + 2 * WINDOW:
                raise ReplayedError(
                    "this very call was made before", hint='add {"timestamp": …} or a "nonce" to the body of each call'
                )
            # Twice the window, as a time stamp may lie one window ahead.
            seen[key] = moment + WINDOW * (2 if stamps else 1)
            latest = set(list(seen)[-_KEPT:])
            return json.dumps({name: until for name, until in seen.items() if until > moment or name in latest})

        self._notes.update(FILE_NAME, with_it)


def _seen(written: str | None) -> dict[str, float]:
    try:
        return {str(key): float(until) for key, until in json.loads(written or "{}").items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def reindex_router(service: SyncService) -> APIRouter:
    """The route of the webhook."""
    router = APIRouter()
    settings = service.workspace.settings
    signatures = Signatures(settings.server.webhook_secret.get_secret_value(), service.workspace.notes)

    def take(body: bytes, signature: str, timestamp: str) -> None:
        signatures.check(body, signature, timestamp)
        request = _read(body)
        scope = _scope(service, request.urls)
        try:
            stamps = [float(timestamp)] if timestamp else []
        except ValueError:
            raise ReplayedError("X-Footnoted-Timestamp is no number of seconds", hint="send Unix time") from None
        signatures.accept(signature, stamps + ([] if request.timestamp is None else [request.timestamp]))
        service.sync(Order("webhook", scope=scope))

    @router.post("/api/reindex", status_code=202)
    async def reindex(
        request: Request,
        x_footnoted_signature: Annotated[str, Header()] = "",
        x_footnoted_timestamp: Annotated[str, Header()] = "",
    ) -> JSONResponse:
        """Have pages read again: ``{"urls": […]}``, or ``{}`` for all sources. Answers once the work is queued."""
        body = await request.body()
        await run_in_threadpool(take, body, x_footnoted_signature, x_footnoted_timestamp)
        return JSONResponse({"status": "queued"}, status_code=202)

    return router


def _read(body: bytes) -> ReindexRequest:
    try:
        return ReindexRequest.model_validate_json(body.strip() or b"{}")
    except ValidationError as error:
        told = error.errors()[0]
        place = ".".join(map(str, told["loc"])) or "the body"
        raise UsageError(f"{place}: {told['msg']}", hint='send {"urls": ["https://…"]}, or {} for all') from error


def _scope(service: SyncService, urls: list[str] | None) -> Scope | None:
    """The sources and addresses asked for. Raises ``UsageError`` for an address of no configured source."""
    sources = told_apart(service.workspace.settings.sources)
    if not sources:
        raise UsageError("there are no sources", hint="list [[sources]] in footnoted.toml")
    if urls is None:
        return None
    ledger = service.workspace.ledger
    addresses = {url: normalise(url) or url for url in urls}
    held = {url: page.source for url, page in ledger.pages(list(addresses.values())).items()}
    scope: dict[str, frozenset[str] | None] = {}
    for url in urls:
        mine = chosen(sources, url, held.get(addresses[url]))
        if not mine:
            raise UsageError(f"{url!r} is of none of the sources", hint="name pages of the configured [[sources]]")
        for source in mine:
            wanted = scope.get(source.title, frozenset())
            scope[source.title] = None if wanted is None else wanted | {addresses[url] if source.web else url}
    return scope
