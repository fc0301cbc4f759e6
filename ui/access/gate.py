"""Finds out who sends each request, and tells the parts behind it."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.errors import AccessError
from ui.access.asker import NOBODY, OPERATOR, Asker, Limits, with_asker
from ui.access.options import AccessOptions
from ui.access.tokens import Passes, read_token
from ui.http.headers import inner_path
from ui.http.reference import refusal

EMBED = "/embed"
"""The chat page for an iframe."""

PASS_HEADER = "x-footnoted-pass"
_PEER = "footnoted.peer"
_PASS = "footnoted.pass"
_REFUSED = "footnoted.refused"

# What has a password or signature of its own, which may stand where a token would.
_APART = re.compile(r"/(owner(/.*)?|api/(reindex|handover)(/.*)?|healthz|readyz|metrics)")
_SAME_FOR_ALL = re.compile(r"/(ui|assets|static)/.*|/(widget\.js|favicon\.ico|theme\.css|healthz|readyz)")


class NotePeer:
    """Notes the address that a request really came from, before anything reads a forwarded one out of its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a note."""
        client = scope.get("client")
        await self._app({**scope, _PEER: client[0] if client else ""}, receive, send)


class Gate:
    """Tells who sends a request by the ways that are set. ``operator_token`` is what commands on this machine know.

    ``key`` signs sessions and passes.

    A way that is not tried leaves room for the next; a token or pass that is wrong is refused, not passed over.
    """

    def __init__(self, options: AccessOptions, limits: Limits, key: str = "", operator_token: str = "") -> None:
        self._options = options
        self._limits = limits
        self._key = key
        self._passes = Passes(key, options.session_hours) if options.token_secret.get_secret_value() else None
        self._operator = operator_token
        self._networks = [ipaddress.ip_network(network, strict=False) for network in options.proxies]
        self._secret = options.token_secret.get_secret_value()

    @property
    def tells_apart(self) -> bool:
        """Whether responses may differ from one asker to the next."""
        return self._options.tells_apart

    @property
    def signs_in(self) -> bool:
        """Whether people can sign in here."""
        return bool(self._options.oidc.issuer)

    @property
    def session(self) -> dict[str, Any]:
        """The options of Starlette's session, by which a sign-in is remembered."""
        return {
            "secret_key": self._key,
            "session_cookie": "footnoted_session",
            "max_age": int(self._options.session_hours * 3600),
            "same_site": "lax",
            "https_only": self._options.oidc.public_url.startswith("https:"),
        }

    def asker(self, scope: Mapping[str, Any], path: str) -> Asker:
        """Who sends the request. Raises ``AccessError`` for a token or a pass that is not good."""
        headers = Headers(scope=dict(scope))
        if _APART.fullmatch(path):
            return self._by_proxy(scope, headers) or self._by_session(scope) or NOBODY
        given = headers.get("x-footnoted-token", "")
        if self._operator and given and hmac.compare_digest(given.encode(), self._operator.encode()):
            return OPERATOR
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if self._secret and scheme.lower() == "bearer":
            return self._limits.asker(*read_token(bearer.strip(), self._secret))
        if self._secret and PASS_HEADER in headers:
            return self.of_pass(headers[PASS_HEADER])
        if self._secret and path == EMBED and (token := QueryParams(scope["query_string"]).get("token")):
            return self._limits.asker(*read_token(token, self._secret))
        return self._by_proxy(scope, headers) or self._by_session(scope) or NOBODY

    def of_pass(self, given: str) -> Asker:
        """Who was given a pass. Raises ``AccessError``."""
        if self._passes is None:
            raise AccessError("There are no passes here.", hint="set access.token_secret")
        return self._limits.asker(*self._passes.read(given))

    def pass_for(self, asker: Asker) -> str:
        """A pass for a frame that was opened with a token: the token itself is not used again."""
        return self._passes.give(asker) if self._passes is not None else ""

    def session_of(self, name: str, groups: list[str]) -> list[Any]:
        """What a person's session keeps of them."""
        asker = self._limits.asker(name, groups)
        return [asker.name, sorted(asker.groups)]

    def _by_proxy(self, scope: Mapping[str, Any], headers: Headers) -> Asker | None:
        options = self._options
        if not options.user_header or not self.came_by_proxy(scope):
            return None
        users = headers.getlist(options.user_header)
        groups = headers.getlist(options.groups_header) if options.groups_header else []
        # Twice the same header: one of them may be the person's own, let through beside the proxy's.
        if len(users) != 1 or not users[0].strip() or len(groups) > 1:
            return None
        listed = re.split(r"[,;]", _text(groups[0])) if groups else []
        return self._limits.asker(_text(users[0]).strip(), (group.strip() for group in listed))

    def came_by_proxy(self, scope: Mapping[str, Any]) -> bool:
        """Whether the request came from one of the proxies that the settings name."""
        try:
            peer = ipaddress.ip_address(scope.get(_PEER, ""))
        except ValueError:  # a socket without an address, or one that was not noted
            return False
        mapped = getattr(peer, "ipv4_mapped", None)
        return any((mapped or peer) in network for network in self._networks)

    def _by_session(self, scope: Mapping[str, Any]) -> Asker | None:
        match scope.get("session", {}).get("asker"):
            case [str(name), list(groups)]:
                return self._limits.asker(name, map(str, groups))
        return None


OPEN = Gate(AccessOptions(), Limits({}))
"""For a server on which nothing tells people apart."""


class Admission:
    """Puts the asker beside each request, and refuses with 401 one whose token or pass is not good."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its asker."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = inner_path(scope)
        sent = self._kept_by_nobody(send) if self._gate.tells_apart and not _SAME_FOR_ALL.fullmatch(path) else send
        try:
            asker = self._gate.asker(scope, path)
            if path.startswith("/source/") and scope["method"] == "POST" and self._gate.tells_apart:
                # A frame's link to a passage: a form, so that the pass stands in no address.
                asker, scope = self._gate.of_pass(await _form_value(receive, "pass")), {**scope, "method": "GET"}
        except AccessError as error:
            if path == EMBED:  # the page itself says so, where it may be framed
                await self._app({**scope, _REFUSED: error}, receive, sent)
                return
            challenge = {"WWW-Authenticate": 'Bearer realm="Footnoted"'}
            await refusal(401, error.message, error.hint, challenge)(scope, receive, sent)
            return
        noted = with_asker(scope, asker)
        if path == EMBED and "token" in QueryParams(scope["query_string"]) and asker != NOBODY:
            noted[_PASS] = self._gate.pass_for(asker)
        await self._app(noted, receive, sent)

    def _kept_by_nobody(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "private, no-store"
            await send(message)

        return sent


def pass_of(scope: Mapping[str, Any]) -> str:
    """The pass to give to the frame that a request asks for; empty where it needs none."""
    return str(scope.get(_PASS, ""))


def refusal_of(scope: Mapping[str, Any]) -> AccessError | None:
    """Why the frame that a request asks for is refused."""
    refused = scope.get(_REFUSED)
    return refused if isinstance(refused, AccessError) else None


def _text(value: str) -> str:
    """A header's value, which servers hand on as Latin-1, as the UTF-8 that proxies send."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


async def _form_value(receive: Receive, name: str) -> str:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return str(parse_qs(body.decode("latin-1")).get(name, [""])[-1])
