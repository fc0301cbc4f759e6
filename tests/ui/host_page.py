"""Other people's pages, with the widget on them: plain, hostile to it in style, under a strict policy, in the dark."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

_PAGE = Markup(
    '<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><title>Intranet</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">{head}</head>'
    '<body><h1>Human resources</h1><p><a href="/other" id="link">Holiday calendar</a> '
    '<button type="button" id="button">Menu</button></p><p>{text}</p>{widget}</body></html>'
)
_TEXT = "Leave is agreed with your supervisor. " * 40

STYLES = {
    "plain": "body { font: 16px sans-serif; margin: 2rem; background: #fff }",
    "unset": "* { all: unset !important; display: block !important; color: red !important; float: left !important }",
    "above": "#cover { position: fixed; inset: 0; z-index: 2147483647; background: #ffe8 }",
    "dark": "body { font: 16px sans-serif; margin: 2rem; background: #101418; color: #eee }",
}
STRICT = "default-src 'none'; script-src {assistant}; frame-src {assistant}; require-trusted-types-for 'script'"
"""A policy that lets the page run the assistant's script and frame its chat, and no more: no style either."""


def host_app(addresses: Mapping[str, str]) -> Starlette:
    """A site whose ``/?at=open&style=plain&strict=1&data-lang=fi…`` has the widget of one of the addresses on it."""

    def page(request: Request) -> HTMLResponse:
        asked = request.query_params
        assistant = addresses[asked.get("at", "open")]
        given = Markup(" ").join(
            Markup('{}="{}"').format(Markup(name), value) for name, value in asked.items() if name.startswith("data-")
        )
        kind = asked.get("widget", "script")
        widget = {
            "script": Markup(
                '<script src="{0}/widget.js" defer {1}></script><noscript><a href="{0}/">Ask</a></noscript>'
            ),
            "iframe": Markup('<iframe src="{0}/embed" title="Chat" width="400" height="600"></iframe>'),
            "whole": Markup('<iframe src="{0}/" title="Chat" width="400" height="600"></iframe>'),
        }[kind].format(assistant, given)
        style = asked.get("style", "plain")
        headers = {"Content-Security-Policy": STRICT.format(assistant=assistant)} if "strict" in asked else {}
        cover = Markup('<div id="cover"></div>') if style == "above" else ""
        head = "" if "strict" in asked else Markup("<style>{}</style>").format(Markup(STYLES[style]))
        html = _PAGE.format(
            lang=asked.get("lang", "en"),
            dir=asked.get("dir", "ltr"),
            head=head,
            text=_TEXT,
            widget=widget + cover,
        )
        return HTMLResponse(html, headers=headers)

    return Starlette(routes=[Route("/{path:path}", page)])
