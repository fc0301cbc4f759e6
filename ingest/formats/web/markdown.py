"""Markdown → ``Document``: rendered by pulldown-cmark, read like any other HTML."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text, has_handler, is_layout_tag, one_line
from ingest.errors import PageError
from ingest.formats.decode import decode
from ingest.formats.plain.text import file_title
from ingest.formats.web.markup import add_element
from ingest.formats.web.tables import regulate_tables
from ingest.formats.web.tree import check_size, parse_tree
from ingest.types import Document, Page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_UNSHOWN = re.compile(r"<(?:(?P<style>style\b)|(?P<remark>!--))|\{(?P<comment>%-?\s*comment\s*-?%\})", re.IGNORECASE)
_ENDS = {
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "comment": re.compile(r"\{%-?\s*endcomment\s*-?%\}", re.IGNORECASE),
    "remark": re.compile("-->"),
}
_TEMPLATE_LINK = re.compile(r"\]\(\s*\{%-?\s*\w+\s+[\"']([^\"']*)[\"'][^%]*%\}[^)\s]*\)")
# What is read is not given back: else a sign that nothing ends is looked through once for each letter after it.
_TEMPLATE_TAG = re.compile(r"\{%-?\s*+\w++(?:\s++[\"']([^\"'%]*+)[\"'])?[^%}]*+%\}|\{\{[^{}]*+\}\}")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_HARMLESS = re.compile(
    r"<https?://[^<>\s]+>|<(?:mailto:)?[^<>\s@]+@[^<>\s@]+>"
    r"|</?(?:a|code|pre|kbd|del|ins|mark|q|s|dl|dt|dd|caption|col|colgroup)\b[^<>]*>"
)
_ATTRIBUTES = re.compile(r"\{:?\s*[.#][^{}\n]*\}[ \t]*$", re.MULTILINE)  # {: .class } and {#anchor}


def parse_markdown(page: Page) -> Document:
    """A Markdown page's document. Raises ``PageError`` for an empty or a binary one."""
    meta, source = split_front_matter(clean_text(decode(page)))
    builder = DocumentBuilder()
    title = _plain(meta.get("title")) if isinstance(meta.get("title"), str | int | float) else ""
    element = _render(source, page.url)
    if element is not None:
        _drop_struck(element, source)
        regulate_tables(element)
        for note in element.findall('.//div[@class="footnote-definition"]'):
            if len(note) > 1 and note[1].tag == "p":  # its number stands before its text
                number, said = note[0], note[1]
                number.tail, said.text = f" {said.text or ''}", ""
                said.insert(0, number)
        first = next((e for e in element.iter("h1", "h2", "p", "ul", "ol", "table", "pre")), None)
        if not title and first is not None and first.tag == "h1":
            title = " ".join(first.text_content().split())
        add_element(builder, element)
    document = builder.build(page.url, title or file_title(page.url))
    if not document.text and not title:
        raise PageError(
            f"{page.url!r} holds no text", hint="fill the page, or leave it out with the source's `exclude`"
        )
    if not document.text:  # a page that only redirects or names itself says its title
        builder.heading(1, title)
        document = builder.build(page.url, title)
    return dataclasses.replace(document, keywords=_keywords(meta))


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """A page's YAML front matter and the rest. Front matter that is no YAML mapping is left out, not fatal."""
    found = _FRONT_MATTER.match(text.lstrip("\n"))
    if not found:
        return {}, text
    import yaml

    try:
        # in C where it was built: ten times as fast
        meta = yaml.load(found["yaml"], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError):
        meta = None
    return (meta if isinstance(meta, dict) else {}), text.lstrip("\n")[found.end() :]


def _drop_struck(element: HtmlElement, source: str) -> None:
    """Take out what is struck out, as it is not in force. What stands between single ``~`` may be "about" twice."""
    written = "<del" in source.lower()
    for struck in list(element.iter("del", "s")):
        if struck.tag == "s" or written or f"~~{struck.text or ''}" in source:
            struck.drop_tree()


def _render(source: str, url: str) -> HtmlElement | None:
    from pyromark import Options, html

    source = _without_unshown(source)
    source = _TEMPLATE_LINK.sub(r"](\1)", source)
    source = _TEMPLATE_TAG.sub(_template_text, source)
    source = _ATTRIBUTES.sub("", source)
    options = Options.ENABLE_TABLES | Options.ENABLE_STRIKETHROUGH | Options.ENABLE_FOOTNOTES
    rendered = html(source, options=options)
    check_size(len(rendered.encode()), url)
    # The page's own tags come through as they are, and what stands in text or code comes through escaped: so tags that
    # do something can be made text here, where those that the renderer made only lay out. Comments that end are gone.
    escaped = cache(_escaped_if_active)  # most of a page's tags are one of a dozen
    rendered = _TAG.sub(lambda tag: escaped(tag[0]), rendered).replace("<!--", "&lt;!--")
    return parse_tree(f"<div>{rendered}</div>", url) if rendered.strip() else None


def _without_unshown(source: str) -> str:
    """The source without styles and comments; what nothing ends stays."""
    kept, position, endless = [], 0, set[str]()
    for begin in _UNSHOWN.finditer(source):
        kind = str(begin.lastgroup)
        if begin.start() < position or kind in endless:
            continue
        end = _ENDS[kind].search(source, begin.end())
        if end is None:  # nor has any after it: looking again from each took a minute for 200 kB of them
            endless.add(kind)
            continue
        kept.append(source[position : begin.start()])
        position = end.end()
    return "".join((*kept, source[position:]))


def _template_text(tag: re.Match[str]) -> str:
    """What a site generator's tag says to a reader: its argument when that is a name, nothing when it is a path."""
    argument = tag[1] or ""
    return argument if argument and not re.search(r"[/.]", argument) else ""


def _escaped_if_active(tag: str) -> str:
    """A tag that lays the page out or links stays mark-up; any other is kept as the text that it is."""
    if is_layout_tag(tag) or (_HARMLESS.fullmatch(tag) and not has_handler(tag)):
        return tag
    return escape(tag, quote=False)


def _plain(value: object) -> str:
    return one_line(str(value))


def _keywords(meta: dict[str, Any]) -> tuple[str, ...]:
    words: list[str] = []
    for key in ("keywords", "tags", "aliases", "description"):
        value = meta.get(key)
        if isinstance(value, str):
            words += [_plain(part) for part in (value.split(",") if key != "description" else [value])]
        elif isinstance(value, list):
            words += [_plain(part) for part in value if isinstance(part, str | int)]
    return tuple(dict.fromkeys(word for word in words if word))
