"""A folder of Markdown as a web site with navigation, a cookie banner and a footer, served over HTTP on loopback."""

from __future__ import annotations

import hashlib
import html
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

from markdown_it import MarkdownIt

from ingest.formats.web.markdown import split_front_matter
from tests.server import Request, Response, Route, Server

Template = Literal["main", "plain"]

# What a generator leaves out of its pages, and the tags that it turns into a link's target or its text.
_UNSEEN = re.compile(
    r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{:?\s*[.#][\w\s.#=\"'-]*\}[ \t]*$", re.DOTALL | re.MULTILINE
)
_LIQUID = re.compile(r"\{%-?\s*\w+(?:\s+[\"']([^\"'%/.]*)[\"'])?.*?%\}|\{\{.*?\}\}", re.DOTALL)
_LIQUID_LINK = re.compile(r"\{%-?\s*(?:page|link|post_url)\s+[\"']?([^\"'%\s]*)[\"']?\s*-?%\}")

# "main" marks its parts as a site generator of today does; "plain" has nothing to go by but where things stand.
_TEMPLATES: dict[Template, str] = {
    "main": """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} | Staff handbook</title>{meta}
<link rel="stylesheet" href="/site.css"><script>window.tracking = "never shown";</script></head>
<body><a class="skip-link" href="#content">Skip to main content</a>
<div class="cookie-banner" role="dialog"><p>We use cookies to make this site work. Read our cookie policy.</p>
<button>Accept all cookies</button></div>
<header class="site-header"><a href="/">Staff handbook</a>
<form role="search"><label>Search</label><input></form></header>
<nav class="sidenav" aria-label="Sections"><ul>{navigation}</ul></nav>
<main id="content"><nav class="breadcrumbs">Home / {title}</nav><h1>{title}</h1>
{content}
<div class="edit-page"><a href="/edit">Edit this page</a></div></main>
<aside class="toc"><p>On this page</p><ul>{contents}</ul></aside>
<footer class="site-footer"><p>Published by the people office. All rights reserved.</p>
<a href="/privacy">Privacy</a></footer>
</body></html>
""",
    "plain": """<html><head><title>{title} - Staff handbook</title>{meta}</head><body>
<div id="x1"><a href="/">Staff handbook</a> <a href="/privacy">Privacy</a> <a href="/contact">Contact</a></div>
<div id="x2">We use cookies to make this site work. <a href="/cookies">Read our cookie policy.</a></div>
<div id="x3"><div id="x4"><ul>{navigation}</ul></div>
<div id="x5"><h1>{title}</h1>
{content}
</div></div>
<div id="x6">Published by the people office. All rights reserved. <a href="/privacy">Privacy</a></div>
</body></html>
""",
}
# What a reader of the content must never meet.
AROUND = (
    "We use cookies",
    "Read our cookie policy",
    "Accept all cookies",
    "Skip to main content",
    "Published by the people office",
    "All rights reserved",
    "Edit this page",
    "On this page",
    "never shown",
)


class RenderedSite:
    """The site of a folder of Markdown. Every page has an ETag and a Last-Modified and answers conditional requests.

    ``/`` links to every page and asks not to be indexed; ``/sitemap.xml`` names every page. ``load`` turns the running
    site into that of another folder; pages that did not change keep their validators.
    """

    def __init__(self, folder: Path, date: datetime, template: Template = "main") -> None:
        self._template: Template = template
        self._modified: dict[str, tuple[bytes, str]] = {}
        self.server = Server()
        self.load(folder, date)

    def load(self, folder: Path, date: datetime) -> None:
        """Serve this folder's pages from now on; what changed bears ``date``."""
        bodies = render_folder(folder, self._template)
        stamp = format_datetime(date.astimezone(UTC), usegmt=True)
        kept = self._modified
        self._modified = {
            path: kept[path] if path in kept and kept[path][0] == body else (body, stamp)
            for path, body in bodies.items()
        }
        routes = {path: _conditional(body, modified) for path, (body, modified) in self._modified.items()}
        index = "".join(f'<li><a href="{path}">{path}</a></li>' for path in bodies)
        head = '<meta name="robots" content="noindex">'
        self.server.routes.clear()
        self.server.routes.update(routes)
        self.server.routes["/"] = Response(
            f"<html><head>{head}</head><body><ul>{index}</ul></body></html>".encode(),
            200,
            {"Content-Type": "text/html"},
        )
        self.server.routes["/sitemap.xml"] = Response(self._sitemap(list(bodies)), 200, {"Content-Type": "text/xml"})

    @property
    def url(self) -> str:
        """The site's address without a slash at its end."""
        return self.server.url

    @contextmanager
    def running(self) -> Iterator[RenderedSite]:
        """Serve until the block ends."""
        with self.server.running():
            yield self

    def _sitemap(self, paths: list[str]) -> bytes:
        entries = "".join(f"<url><loc>{html.escape(self.url + path)}</loc></url>" for path in paths)
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


def render_folder(folder: Path, template: Template = "main") -> dict[str, bytes]:
    """The HTML of every Markdown file below the folder, by its path on the site."""
    sources = {
        "/" + path.relative_to(folder).with_suffix(".html").as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.md"))
    }
    titles = {path: _title(source, path) for path, source in sources.items()}
    return {path: _render(path, source, titles, template).encode() for path, source in sources.items()}


def _title(source: str, path: str) -> str:
    meta, body = split_front_matter(source)
    heading = re.search(r"^# (.+)$", body, re.MULTILINE)
    return str(meta.get("title") or (heading[1] if heading else posixpath.basename(path).removesuffix(".html")))


def _render(path: str, source: str, titles: dict[str, str], template: Template) -> str:
    meta, body = split_front_matter(source)
    body = _LIQUID_LINK.sub(r"\1", _UNSEEN.sub("", body))
    body = _LIQUID.sub(lambda tag: tag[1] or "", body)
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = reader.parse(body)
    headings: list[tuple[str, str]] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            slug = re.sub(r"[^a-z0-9]+", "-", inline.content.lower()).strip("-")
            token.attrSet("id", slug)
            headings.append((slug, inline.content))
    folder = posixpath.dirname(path)
    near = [other for other in titles if posixpath.dirname(other) == folder][:40]
    return _TEMPLATES[template].format(
        title=html.escape(titles[path]),
        meta=f'<meta name="keywords" content="{html.escape(str(meta.get("keywords", "")))}">',
        navigation="".join(f'<li><a href="{other}">{html.escape(titles[other])}</a></li>' for other in near),
        contents="".join(f'<li><a href="#{slug}">{html.escape(text)}</a></li>' for slug, text in headings),
        content=reader.renderer.render(tokens, reader.options, {}),
    )


def _conditional(body: bytes, modified: str) -> Route:
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {"ETag": etag, "Last-Modified": modified, "Content-Type": "text/html; charset=utf-8"}

    def answer(request: Request) -> Response:
        asked = request.headers.get("if-none-match")
        same = asked == etag if asked else request.headers.get("if-modified-since") == modified
        return Response(b"", 304, headers) if same else Response(body, 200, headers)

    return answer
