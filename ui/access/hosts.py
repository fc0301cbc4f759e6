"""Under which names the server answers, so that no web page reaches it by a name of its own (DNS rebinding)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.http.headers import inner_path
from ui.http.reference import refusal

_PROBES = ("/healthz", "/readyz", "/metrics")
_PORT = re.compile(r":\d*$")


class KnownHosts:
    """Refuses with 421 a request that names another host than ``hosts``, this machine's own or a bare address.

    Without ``hosts`` every name is taken. Only a browser that was led here by such a name sends it unknowingly, and it
    cannot send another.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, if it is meant for us."""
        if scope["type"] == "http" and self._hosts and inner_path(scope) not in _PROBES:
            named = _PORT.sub("", Headers(scope=scope).get("host", "")).lower()
            if not (named in self._hosts or named == "localhost" or _is_address(named)):
                told = f"This server is not known as {named[:100]!r}."
                await refusal(421, told, "Add the name to server.hosts.")(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
