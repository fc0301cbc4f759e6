"""The chat page's outer HTML, and the gate in front of Gradio.

Gradio brings some sixty routes (uploads, a file server, a proxy, code editing); the chat page calls seven. Its page
names addresses of other sites in ``<meta>`` tags and sends no Content-Security-Policy. The shell lets through what the
page calls, and gives the page our head, no foreign address, and a policy under which only our scripts run.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from markupsafe import Markup
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.headers import policy

_CALLED = re.compile(
    r"/(theme\.css|assets/.+|static/.+"
    r"|gradio_api/(queue/join|queue/data|heartbeat/\w+|startup-events|reset|cancel))?"
)
_FOREIGN_META = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>\s*')
# Under a <base> a link to a footnote on this page would leave the page when its address has a query.
_BASE = re.compile(r"<base\s[^>]*>\s*")

_HEAD = Markup(
    '<meta name="description" content="{name} answers questions from this organisation\'s own pages, with footnotes.">'
    '<meta name="color-scheme" content="light dark">'
    '<link rel="icon" type="image/svg+xml" href="ui/icon.svg">'
    '<link rel="stylesheet" href="ui/colours.css"><link rel="stylesheet" href="ui/chat.css">'
    '<script src="ui/chat.js" defer></script>'
)
_BOOT = Markup(
    '<div id="boot" aria-hidden="true"><span class="wordmark">{name}</span></div>'
    "<noscript><p>This page needs JavaScript. Programs can ask at <code>/api/ask</code>.</p></noscript>"
)


class ChatShell:
    """Stands in front of a Gradio app: lets through what the chat page calls, and rewrites the page itself."""

    def __init__(self, gradio_app: ASGIApp, name: str, frame_ancestors: str) -> None:
        self._app = gradio_app
        self._name = name
        self._frame_ancestors = frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the page calls; anything else is not found."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if not _CALLED.fullmatch(path):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send)
        elif path == "/" and scope["method"] == "GET":
            page = _Rewritten(self._rewrite)
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, page.send)
            await page.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _rewrite(self, html: str) -> Response:
        nonce = secrets.token_urlsafe(16)
        for unwanted in (_FOREIGN_META, _MANIFEST, _BASE):
            html = unwanted.sub("", html)
        html = html.replace("</head>", f"{_HEAD.format(name=self._name)}</head>", 1)
        html = html.replace("<gradio-app", f"{_BOOT.format(name=self._name)}<gradio-app", 1)
        html = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)
        # 'unsafe-eval': Gradio compiles its HTML templates with Function(). Inline handlers and scripts stay barred.
        csp = policy(
            self._frame_ancestors,
            script_src=f"'self' 'nonce-{nonce}' 'unsafe-eval'",
            style_src="'self' 'unsafe-inline'",
            img_src="'self' data:",
            font_src="'self' data:",
            connect_src="'self'",
        )
        return HTMLResponse(html, headers={"Content-Security-Policy": csp, "Cache-Control": "no-store"})


class _Rewritten:
    """Holds a response back until it is whole."""

    def __init__(self, rewrite: Callable[[str], Response]) -> None:
        self._rewrite = rewrite
        self._status = 500
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def response(self) -> Response:
        text = self._body.decode("utf-8", "replace")
        if self._status != 200:
            return PlainTextResponse(text, status_code=self._status)
        return self._rewrite(text)
