"""HTML → ``Document``: the page's main content with its headings, anchors, lists and tables."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text
from ingest.errors import PageError
from ingest.formats.decode import decode
from ingest.formats.plain.text import file_title
from ingest.formats.web.main_content import main_content
from ingest.formats.web.markup import add_element, inline_text
from ingest.formats.web.panels import name_panels
from ingest.formats.web.tables import regulate_tables
from ingest.formats.web.tree import check_size, parse_tree
from ingest.types import Document, Page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PERMALINK_SIGNS = frozenset(("", "#", "¶", "§", "🔗", "⚓", "↩", "^", "link", "permalink", "edit", "[edit]"))
_PERMALINK_CLASS = re.compile(
    r"(?:^|[\s_-])(?:headerlink|permalink|anchor(?:-?link|js-link)?|hash-link|header-anchor|editsection)(?:$|[\s_-])"
)
_TITLE_SEPARATORS = (" | ", " – ", " — ", " - ", " · ", " :: ", " » ", " • ")


def parse_html(page: Page) -> Document:
    """An HTML page's document. Raises ``PageError`` for an empty or a binary page, and for one that shows no text."""
    check_size(len(page.body), page.url)
    root = parse_tree(clean_text(_text(page)), page.url)
    document = None if root is None else _read(root, page.url)
    if document is None or not document.text:
        raise PageError(
            f"{page.url!r} holds no text",
            hint="if it is drawn by JavaScript, index its data instead; or leave it out with the source's `exclude`",
        )
    return document


def document_from_html(text: str, url: str) -> Document | None:
    """The document of HTML that was decoded already, such as a mail's, or None if it shows no text.

    Raises ``PageError`` where elements stand too deep in each other to be read to the end.
    """
    root = parse_tree(clean_text(text), url)
    document = None if root is None else _read(root, url)
    return document if document and document.text else None


def _text(page: Page) -> str:
    """The page decoded. Its own ``<meta charset>`` counts where the server names none, or UTF-8 for what is not."""
    served = re.search(r"charset=\"?([\w.:-]+)", page.media_type, re.IGNORECASE)
    declared = _META_CHARSET.search(page.body[:4096])
    if declared and (served is None or served[1].lower() in ("utf-8", "utf8")):
        page = dataclasses.replace(page, media_type=f"text/html; charset={declared[1].decode()}")
    return decode(page)


def _read(root: HtmlElement, url: str) -> Document:
    page_title, site = _head_title(root)
    keywords = _keywords(root)
    regulate_tables(root)
    name_panels(root)
    main = main_content(root)
    for link in list(main.iter("a")):
        if (link.text or "").strip() in ("#", "¶", "§") and link.getparent() is not None:
            link.drop_tree()
    for heading in main.iter(*_HEADINGS):
        _anchor(heading)
    builder = DocumentBuilder()
    first = next(main.iter("h1"), None)
    title = _title(page_title, site, inline_text(first) if first is not None else "")
    add_element(builder, main)
    document = builder.build(url, title or file_title(url))
    return dataclasses.replace(document, keywords=keywords)


def _head_title(root: HtmlElement) -> tuple[str, str]:
    """The title that the page's head gives, and the site's name."""
    properties = {
        meta.get("property", meta.get("name", "")).lower(): meta.get("content", "") for meta in root.iter("meta")
    }
    element = root.find(".//title")
    title = " ".join("".join(element.itertext()).split()) if element is not None else ""
    return title or " ".join(properties.get("og:title", "").split()), " ".join(
        properties.get("og:site_name", "").split()
    )


def _title(page_title: str, site: str, heading: str) -> str:
    """The first heading where the head's title holds it, else the head's title without the site's name."""
    if heading and (not page_title or heading.casefold() in page_title.casefold()):
        return heading
    for separator in _TITLE_SEPARATORS:
        own, found, rest = page_title.rpartition(separator)
        if found and own and rest and (not site or rest.casefold() == site.casefold()):
            return own
    return page_title or heading


def _keywords(root: HtmlElement) -> tuple[str, ...]:
    words: list[str] = []
    for meta in root.iter("meta"):
        name, content = meta.get("name", "").lower(), " ".join(meta.get("content", "").split())
        if name == "keywords":
            words += [word.strip() for word in content.split(",")]
        elif name == "description":
            words.append(content)
    return tuple(dict.fromkeys(word for word in words if word))


def _anchor(heading: HtmlElement) -> None:
    """Give the heading the id that a link to it ends with, and take the sign that shows the link out of its text."""
    if not heading.get("id") and (anchor := _inner_anchor(heading) or _outer_anchor(heading)):
        heading.set("id", anchor)
    whole = " ".join("".join(heading.itertext()).split())
    for part in list(heading.iter("a", "span")):
        if part.getparent() is None:
            continue
        text = " ".join("".join(part.itertext()).split())
        names = f"{part.get('class', '')} {part.get('rel', '')}".lower()
        if text.lower() in _PERMALINK_SIGNS or (text != whole and _PERMALINK_CLASS.search(names)):
            part.drop_tree()


def _inner_anchor(heading: HtmlElement) -> str | None:
    for element in heading.iterdescendants():
        if name := element.get("id") or element.get("name"):
            return str(name)
    return None


def _outer_anchor(heading: HtmlElement) -> str | None:
    """The id of the section that the heading opens, or of the empty anchor in front of it."""
    before = heading.getprevious()
    if before is None:
        parent = heading.getparent()
        opens = parent is not None and parent.tag in ("section", "div", "header")
        return str(parent.get("id") or "") if opens and parent is not None else None
    named = before if before.tag in ("a", "span") else next(before.iter("a"), None)
    if named is None or "".join(before.itertext()).strip() or (before.tail or "").strip():
        return None
    return str(named.get("id") or named.get("name") or "")
