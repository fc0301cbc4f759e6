"""The source view: a page's text with the cited passage marked, for pages without a public address and for checking."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from assistant.quoting import passage_digest
from ui.access.asker import asker_of
from ui.answers.render import date_html, safe_link
from ui.language import Words, words_for
from ui.ports import StoredPage, Workspace
from ui.web.page_text import marked_text
from ui.web.plain_page import PAGE_HEADERS, page_html


def source_router(workspace: Workspace, name: str) -> APIRouter:
    """The route ``/source/<page's address>?start=&end=&digest=``; links to it end in ``#passage``."""
    router = APIRouter()

    # The offsets are read leniently: a person follows a link here, and a whole page serves them better than an error.
    @router.get("/source/{url:path}", response_class=HTMLResponse)
    def source(request: Request, url: str, start: str = "", end: str = "", digest: str = "") -> HTMLResponse:
        """A page's text as HTML, characters ``start`` to ``end`` of it marked.

        Where the passage no longer has the ``digest`` that its link was made with, the page says so and marks nothing.
        """
        words = words_for(request.query_params, request.headers)
        loaded = workspace.state != "loading"
        page = workspace.seen_by(asker_of(request.scope)).page(url) if loaded else None
        if page is None:
            return HTMLResponse(_missing(name, url, loaded, words), status_code=404, headers=PAGE_HEADERS)
        passage = _Passage(_offset(start), _offset(end), digest)
        return HTMLResponse(_page_html(name, page, passage, words), headers=PAGE_HEADERS)

    return router


def _offset(given: str) -> int:
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 12 else 0


@dataclass(frozen=True, slots=True)
class _Passage:
    start: int
    end: int
    digest: str

    def stands_in(self, text: str) -> bool:
        return not self.digest or passage_digest(text[self.start : self.end]) == self.digest


def _page_html(name: str, page: StoredPage, passage: _Passage, words: Words) -> str:
    document = page.document
    stands = passage.stands_in(document.text)
    text = marked_text(document, passage.start, passage.end) if stands else marked_text(document, 0, 0)
    link = safe_link(page.link) if page.link else None
    about = Markup('<p class="about"><span class="url">{}</span><span>{}</span>{}</p>').format(
        document.url,
        escape(words["fetched"]).format(date=date_html(page.fetched_at, words)),
        Markup('<a href="{}" rel="noopener">{}</a>').format(link, words["open_original"]) if link else "",
    )
    changed = Markup('<p class="changed" id="passage" role="note">{}</p>').format(words["changed_since"])
    body = Markup("{}<article{}>{}{}{}</article>").format(
        Markup() if stands else changed,
        Markup(' lang="{}"').format(document.language) if document.language else "",
        Markup("<h1>{}</h1>").format(document.title or document.url),
        about,
        text.html,
    )
    jump = Markup('<a class="jump" href="#passage">{}</a>').format(words["jump"]) if text.marked else ""
    title = f"{document.title or document.url} · {name}"
    return page_html(title, name, body, words, jump)


def _missing(name: str, url: str, gone: bool, words: Words) -> str:
    head = Markup('<h1>{}</h1><p class="about"><span class="url">{}</span></p>').format(words["missing_title"], url)
    body = head + Markup("<p>{}</p>").format(words["missing_gone" if gone else "missing_loading"])
    return page_html(f"{words['missing_title']} · {name}", name, body, words)
