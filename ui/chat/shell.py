"""The chat page's outer HTML, and the gate in front of Gradio.

Gradio brings some sixty routes (uploads, a file server, a proxy, code editing); the chat page calls seven. Its page
names addresses of other sites in ``<meta>`` tags and sends no Content-Security-Policy. The shell lets through what the
page calls, and gives the page our head, no foreign address, and a policy under which only our scripts run.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Collection

from markupsafe import Markup
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingest.errors import AccessError
from ui.access.asker import NOBODY, asker_of
from ui.access.gate import EMBED, pass_of, refusal_of
from ui.chat.conversation import stopped_html
from ui.http.headers import inner_path, policy
from ui.language import Words, words_for, words_table
from ui.schema import MAX_QUESTION

_CALLED = re.compile(
    r"/(theme\.css|assets/.+|static/.+"
    r"|gradio_api/(queue/join|queue/data|heartbeat/\w+|startup-events|cancel|app_id))"
)
_FOREIGN_META = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')
_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>\s*')
# Under a <base> a link to a footnote on this page would leave the page when its address has a query.
_BASE = re.compile(r"<base\s[^>]*>\s*")

_WORD = re.compile(r"⟦(\w+)⟧")

# Before Gradio's own scripts, which call it.
_FIRST = Markup(
    '<head><meta name="footnoted" content="{face}">'
    '<script src="ui/kept.js" defer></script><script src="ui/thumbs.js" defer></script>'
    '<script src="ui/footnotes.js" defer></script><script src="ui/chat.js" defer></script>'
    '<script src="ui/line.js" defer></script>{embed}'
)
_HEAD = Markup(
    '<meta name="description" content="{about}"><meta name="color-scheme" content="light dark">'
    '<link rel="icon" type="image/svg+xml" href="ui/icon.svg">'
    '<link rel="stylesheet" href="ui/colours.css"><link rel="stylesheet" href="ui/chat.css">'
    '<link rel="stylesheet" href="ui/brand.css">'
)
_BOOT = Markup(
    '<div id="boot" aria-hidden="true"><span class="wordmark">{name}</span></div><noscript><p>{needs}</p></noscript>'
)
_REFUSAL = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
    '<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="ui/colours.css">'
    '<link rel="stylesheet" href="ui/source.css"><script src="ui/refused.js" defer></script></head>'
    '<body data-host="{host}"><main><p role="alert">{message}</p><p>{hint}</p></main></body></html>'
)
SCRIPT_WORDS = (
    *("copied", "not_copied", "editing", "conversations", "kept_here", "none_kept", "close"),
    *("rename", "rename_this", "delete", "delete_this", "delete_sure", "export", "export_this"),
    *("rated", "rated_back", "not_rated"),
    *("sign_in", "sign_out", "session_over", "line_lost", "line_down", "line_full"),
    *("again", "stopped", "respelt", "page_number"),
)
"""The words that the page's scripts need."""

MARKS = Words("", {key: f"⟦{key}⟧" for key in words_table()})
"""Where words go in the chat page: its language is known only when it is asked for."""


class ChatShell:
    """Stands in front of a Gradio app: lets through what the chat page calls, and rewrites the page itself.

    The page is there twice: as ``/``, which our own pages alone may frame, and as ``/embed`` for the ``origins``.
    """

    def __init__(self, gradio_app: ASGIApp, name: str, origins: Collection[str], signs_in: bool = False) -> None:
        self._app = gradio_app
        self._name = name
        self._origins = origins
        self._signs_in = signs_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the page calls. Raises ``HTTPException`` 404 for anything else."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = inner_path(scope)
        if refused := refusal_of(scope):
            await self._refused(refused, scope)(scope, receive, send)
        elif path in ("/", EMBED) and scope["method"] == "GET":
            page = _Held()
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self._app({**scope, "path": f"{scope.get('root_path', '')}/", "headers": plain}, receive, page.send)
            response = page.failure() or self._rewritten(page.text, scope, path == EMBED)
            await response(scope, receive, send)
        elif _CALLED.fullmatch(path):
            await self._app(scope, receive, send)
        else:
            words = words_for(QueryParams(scope["query_string"]), Headers(scope=scope))
            raise HTTPException(404, words["told_nowhere"])

    def _rewritten(self, html: str, scope: Scope, embedded: bool) -> Response:
        query = QueryParams(scope["query_string"])
        words = words_for(query, Headers(scope=scope))
        # The page that frames us is talked to only where it is listed.
        host = query.get("origin", "") if embedded else ""
        asker, given = asker_of(scope), pass_of(scope)
        face = {
            "language": words.language,
            "host": host if host in self._origins else "",
            "words": {key: words[key] for key in SCRIPT_WORDS},
            "stopped": stopped_html(words),
            "longest": MAX_QUESTION,
            "who": asker.mark,
            "pass": given,
            "account": ("nobody" if asker == NOBODY else "somebody") if self._signs_in and not given else "",
        }
        nonce = secrets.token_urlsafe(16)
        for unwanted in (_FOREIGN_META, _MANIFEST, _BASE):
            html = unwanted.sub("", html)
        embed = Markup('<script src="ui/embed.js" defer></script>') if embedded else Markup()
        if given:
            embed += Markup('<script src="ui/pass.js" defer></script>')
        if face["account"]:
            embed += Markup('<script src="ui/account.js" defer></script>')
        html = html.replace("<head>", _FIRST.format(face=json.dumps(face), embed=embed), 1)
        html = html.replace('lang="en"', f'lang="{words.language}"{" data-embedded" * embedded}', 1)
        html = html.replace("</head>", f"{_HEAD.format(about=words.say('about', name=self._name))}</head>", 1)
        boot = _BOOT.format(name=self._name, needs=words["needs_script"])
        html = html.replace("<gradio-app", f"{boot}<gradio-app", 1)
        html = _WORD.sub(lambda found: words[found[1]], _unescaped(html))
        html = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', html)
        # 'unsafe-eval': Gradio compiles its HTML templates with Function(); without it the page stays empty. Inline
        # styles: it writes them into its page and into each of its parts. Inline handlers and scripts stay barred.
        csp = policy(
            " ".join(("'self'", *self._origins)) if embedded else "'self'",
            script_src=f"'self' 'nonce-{nonce}' 'unsafe-eval'",
            style_src="'self' 'unsafe-inline'",
            img_src="'self'",
            font_src="'self'",
            connect_src="'self'",
            form_action="'self'" if given else "'none'",
        )
        headers = {"Content-Security-Policy": csp, "Cache-Control": "no-store", "Vary": "Accept-Language"}
        if given:  # or every script that the page loads would be asked for with the token beside it
            headers["Referrer-Policy"] = "no-referrer"
        return HTMLResponse(html, headers=headers)

    def _refused(self, error: AccessError, scope: Scope) -> Response:
        """The frame that says why it shows no chat."""
        host = QueryParams(scope["query_string"]).get("origin", "")
        body = _REFUSAL.format(
            host=host if host in self._origins else "", message=error.message, hint=error.hint, name=self._name
        )
        csp = policy(" ".join(("'self'", *self._origins)), style_src="'self'", script_src="'self'", font_src="'self'")
        headers = {"Content-Security-Policy": csp, "Referrer-Policy": "no-referrer"}
        return HTMLResponse(body, status_code=401, headers=headers)


def _unescaped(html: str) -> str:
    """The ``MARKS`` as themselves where JSON wrote them as escapes."""
    return html.replace("\\u27e6", "⟦").replace("\\u27e7", "⟧")


class _Held:
    """Holds a response back until it is whole."""

    def __init__(self) -> None:
        self._status = 500
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    @property
    def text(self) -> str:
        return self._body.decode("utf-8", "replace")

    def failure(self) -> Response | None:
        """What is passed on where there is no page."""
        return None if self._status == 200 else PlainTextResponse(self.text, status_code=self._status)
