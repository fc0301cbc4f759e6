"""``/widget.js``: the script that puts the chat on another page."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ui.language import LANGUAGES, words_in

WIDGET_WORDS = ("launcher", "close", "refused", "open_alone")
"""The words that the widget itself shows; all else stands in its frame."""

_SOURCE = Path(__file__).parents[1] / "static" / "widget.js"


def widget_script(name: str) -> str:
    """The script: the expression in ``static/widget.js``, called with the product's name and the words by language."""
    words = {language: {key: words_in(language)[key] for key in WIDGET_WORDS} for language in LANGUAGES}
    return (
        f"({_SOURCE.read_text(encoding='utf-8')})({json.dumps({'name': name, 'words': words}, ensure_ascii=False)});\n"
    )


def widget_router(name: str) -> APIRouter:
    """The route ``/widget.js``. Any page may load it; whether the chat opens there is the frame's own policy."""
    router = APIRouter()
    # A page that isolates itself (COEP) loads from others only what says that it may be.
    headers = {
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "max-age=300",
        "Vary": "Accept-Encoding",
    }
    script = widget_script(name).encode()
    packed = gzip.compress(script, mtime=0)

    @router.get("/widget.js", include_in_schema=False)
    def widget(request: Request) -> Response:
        small = "gzip" in request.headers.get("accept-encoding", "")
        told = headers | ({"Content-Encoding": "gzip"} if small else {})
        return Response(packed if small else script, media_type="text/javascript; charset=utf-8", headers=told)

    return router
