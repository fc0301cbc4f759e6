"""The headers that every response carries, and the bound on what a request may send."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.http.reference import refusal

MAX_BODY = 256 * 1024
"""Bytes of a request's body. A question with its whole history is 42,000 characters at most."""

_TOO_LONG = f"The request is longer than {MAX_BODY:,} bytes."

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            *("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb"),
            *("accelerometer", "gyroscope", "magnetometer", "publickey-credentials-get", "screen-wake-lock"),
        )
    ),
    "X-Permitted-Cross-Domain-Policies": "none",
}


def policy(frame_ancestors: str, **directives: str) -> str:
    """A Content-Security-Policy that allows nothing but the directives given (``script_src="'self'"``)."""
    named = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        **{name.replace("_", "-"): value for name, value in directives.items()},
        "frame-ancestors": frame_ancestors,
    }
    return "; ".join(f"{name} {value}" for name, value in named.items())


def inner_path(scope: Scope) -> str:
    """The path of a request without the prefix that a proxy put before it."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _kept(path: str, status: int) -> str:
    # Gradio's scripts carry a digest in their names. Anything else may differ after an upgrade or a sync.
    return "public, max-age=31536000, immutable" if status == 200 and path.startswith("/assets/") else "no-cache"


class SecurityHeaders:
    """Sets the headers above on every response, and how long it may be kept; what a response says itself stands.

    Only the path ``embed`` may be framed by others: its own policy names them.
    """

    def __init__(self, app: ASGIApp, embed: str) -> None:
        self._app = app
        self._embed = embed
        self._headers: Mapping[str, str] = {**_ALWAYS, "Content-Security-Policy": policy("'self'")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = inner_path(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", _kept(path, message["status"]))
                # The older header knows no list of origins.
                if path != self._embed:
                    headers.setdefault("X-Frame-Options", "SAMEORIGIN")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class BodyLimit:
    """Refuses a request whose body is longer than ``MAX_BODY`` with 413, whether or not it says so beforehand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > MAX_BODY:
            await refusal(413, _TOO_LONG, "Send a shorter question or history.")(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY:
                raise HTTPException(413, _TOO_LONG)  # the app inside turns it into its response
            return message

        await self._app(scope, counted, send)
