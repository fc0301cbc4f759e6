"""Pages of text under the assistant's name: a source's page, and what a person is told where a program gets JSON."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ui.http.headers import inner_path, policy
from ui.language import Words, words_for

PAGE_HEADERS = {
    "Content-Security-Policy": policy("'self'", style_src="'self'", font_src="'self'", img_src="'self'"),
    "Vary": "Accept, Accept-Language",
}
_FRAME = Markup(
    '<!doctype html><html lang="{words.language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    '<meta name="robots" content="noindex"><link rel="icon" type="image/svg+xml" href="/ui/icon.svg">'
    '<link rel="stylesheet" href="/ui/colours.css"><link rel="stylesheet" href="/ui/source.css"></head>'
    '<body><header><a class="wordmark" href="/">{name}</a>{jump}</header><main>{body}</main></body></html>'
)


def page_html(title: str, name: str, body: Markup, words: Words, jump: Markup | str = "") -> str:
    """A whole page; ``jump`` is a link that stands in its header."""
    return _FRAME.format(title=title, name=name, jump=jump, body=body, words=words)


def is_a_persons(request: Request) -> bool:
    """Whether a browser opens an address, rather than a program or a script of ours."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def refusal_page(
    request: Request, name: str, status: int, message: str, hint: str = "", headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """An error as a person is told it, with the way on: sign-in once more where that failed, else the first page."""
    words = words_for(request.query_params, request.headers)
    signing_in = status != 404 and inner_path(request.scope).startswith("/login")  # 404: where nobody signs in
    title = words["told_sign_in"] if signing_in else words["told_title"]
    way = ("/login", words["told_again"]) if signing_in else ("/", words["told_back"])
    told = Markup("").join(Markup("<p>{}</p>").format(part[:1].upper() + part[1:]) for part in (message, hint) if part)
    body = Markup('<h1>{}</h1>{}<p><a href="{}">{}</a></p>').format(title, told, *way)
    page = page_html(f"{title} · {name}", name, body, words)
    return HTMLResponse(page, status_code=status, headers={**(headers or {}), **PAGE_HEADERS})
