"""The source view: a page's text with the cited passage marked, for pages without a public address and for checking."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from ui.headers import policy
from ui.page_text import marked_text
from ui.ports import StoredPage, Workspace
from ui.render import date_html, safe_link

_FRAME = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="robots" content="noindex"><link rel="icon" type="image/svg+xml" href="/ui/icon.svg">'
    '<link rel="stylesheet" href="/ui/colours.css"><link rel="stylesheet" href="/ui/source.css"></head>'
    '<body><header><a class="wordmark" href="/">{name}</a>{jump}</header><main>{body}</main></body></html>'
)


def source_router(workspace: Workspace, name: str, frame_ancestors: str) -> APIRouter:
    """The route ``/source/<page's address>?start=&end=``; links to it end in ``#passage``."""
    router = APIRouter()
    headers = {
        "Content-Security-Policy": policy(frame_ancestors, style_src="'self'", font_src="'self'", img_src="'self'")
    }

    # The offsets are read leniently: a person follows a link here, and a whole page serves them better than an error.
    @router.get("/source/{url:path}", response_class=HTMLResponse)
    def source(url: str, start: str = "", end: str = "") -> HTMLResponse:
        """A page's text as HTML, characters ``start`` to ``end`` of it marked."""
        page = workspace.page(url) if workspace.state == "ready" else None
        if page is None:
            return HTMLResponse(_missing(name, url, workspace.state), status_code=404, headers=headers)
        return HTMLResponse(_page_html(name, page, _offset(start), _offset(end)), headers=headers)

    return router


def _offset(given: str) -> int:
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 12 else 0


def _page_html(name: str, page: StoredPage, start: int, end: int) -> str:
    document = page.document
    text = marked_text(document, start, end)
    link = safe_link(page.link) if page.link else None
    about = Markup('<p class="about"><span class="url">{}</span><span>Fetched on {}</span>{}</p>').format(
        document.url,
        date_html(page.fetched_at),
        Markup('<a href="{}" rel="noopener">Open the original page</a>').format(link) if link else "",
    )
    body = Markup("<article{}>{}{}{}</article>").format(
        Markup(' lang="{}"').format(document.language) if document.language else "",
        Markup("<h1>{}</h1>").format(document.title or document.url),
        about,
        text.html,
    )
    jump = Markup('<a class="jump" href="#passage">Go to the passage</a>') if text.marked else ""
    return _FRAME.format(title=f"{document.title or document.url} · {name}", name=name, jump=jump, body=body)


def _missing(name: str, url: str, state: str) -> str:
    gone = state == "ready"
    why = "It may have been removed or moved since it was cited." if gone else "The pages are not loaded yet."
    head = Markup('<h1>This page is not here</h1><p class="about"><span class="url">{}</span></p>').format(url)
    body = head + Markup("<p>{}</p>").format(why)
    return _FRAME.format(title=f"Not here · {name}", name=name, jump="", body=body)
