"""How many questions a person, or an address, may ask: so many a minute, as many at once, then one as time passes."""

from __future__ import annotations

import ipaddress
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.errors import BusyError
from ui.access.asker import asker_of
from ui.http.headers import inner_path
from ui.http.reference import refusal_of

# What computes for a while, or guesses a secret. The chat page's questions come by Gradio's queue: they are checked
# as they leave it.
_LIMITED = re.compile(r"/(api/(ask|search|feedback|reindex)|mcp|owner(/.*)?|login(/.*)?)")
_KEPT = 20_000  # callers remembered; the one that was quiet longest is forgotten, and has asked nothing for minutes


class TooManyError(BusyError):
    """More was asked than one person, or one address, may."""

    http_status = 429

    def __init__(self, retry_seconds: int) -> None:
        super().__init__("That is more than may be asked in a minute.", hint=f"Ask again in {retry_seconds} s.")
        self.retry_seconds = retry_seconds


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Allowance:
    """So many a minute for each of those who are told apart by a key; 0: no limit. ``clock`` gives seconds."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> int:
        """Take one; 0, or in how many seconds there is one again."""
        if not self._most:
            return 0
        with self._lock:
            moment = self._clock()
            bucket = self._buckets.pop(key, None) or _Bucket(self._most, moment)
            bucket.left = min(self._most, bucket.left + (moment - bucket.at) * self._most / 60)
            bucket.at = moment
            self._buckets[key] = bucket
            if len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return math.ceil((1 - bucket.left) * 60 / self._most)


class Rates:
    """The allowances of people who are known by name, and of addresses.

    This machine's own programs are free, as they could as well stop the server; so a proxy on it has to name its
    callers in ``X-Forwarded-For``, as the examples for nginx and Apache do.
    """

    def __init__(self, person: int, address: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._person = Allowance(person, clock)
        self._address = Allowance(address, clock)

    def check(self, scope: Mapping[str, Any]) -> None:
        """Count a question of the request with this ASGI scope. Raises ``TooManyError``."""
        asker = asker_of(scope)
        wait = self._person.take(asker.name) if asker.name and not asker.sees_all else 0
        if network := _network(scope):
            wait = max(wait, self._address.take(network))
        if wait:
            raise TooManyError(wait)


NO_RATES = Rates(0, 0)


def _network(scope: Mapping[str, Any]) -> str:
    """Whom an address stands for: itself, or the /64 that one IPv6 customer has; empty for this machine."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return str(client[0]) if client else "unknown"
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback:
        return ""
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


class RateLimit:
    """Refuses with 429 and ``Retry-After`` what is asked too often."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self._app = app
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, if its sender may ask."""
        if scope["type"] == "http" and _LIMITED.fullmatch(inner_path(scope)):
            try:
                self._rates.check(scope)
            except TooManyError as error:
                await refusal_of(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
