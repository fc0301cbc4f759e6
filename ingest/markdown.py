"""Markdown → ``Document``: rendered by markdown-it, read like any other HTML."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text, is_layout_tag
from ingest.decode import decode
from ingest.errors import PageError
from ingest.markup import add_element
from ingest.tables import regulate_tables
from ingest.text import file_title
from ingest.types import Document, Page

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(
    r"<style\b.*?</style\s*>|\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|<!--.*?-->", re.DOTALL | re.IGNORECASE
)
_TEMPLATE_LINK = re.compile(r"\]\(\s*\{%-?\s*\w+\s+[\"']([^\"']*)[\"'][^%]*%\}[^)\s]*\)")
_TEMPLATE_TAG = re.compile(r"\{%-?\s*\w+(?:\s+[\"']([^\"'%]*)[\"'])?[^%}]*-?%\}|\{\{[^{}]*\}\}")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_HARMLESS = re.compile(
    r"<https?://[^<>\s]+>|<(?:mailto:)?[^<>\s@]+@[^<>\s@]+>"
    r"|</?(?:a|code|pre|kbd|del|ins|mark|q|s|dl|dt|dd|caption|col|colgroup)\b[^<>]*>"
)
_ATTRIBUTES = re.compile(r"\{:?\s*[.#][^{}\n]*\}[ \t]*$", re.MULTILINE)  # {: .class } and {#anchor}

_MAX_NESTING = 100  # markdown-it's own 20 loses what lies deeper without a word; its recursion bears some 200


def parse_markdown(page: Page) -> Document:
    """A Markdown page's document. Raises ``PageError`` for an empty or a binary one."""
    meta, source = split_front_matter(clean_text(decode(page)))
    builder = DocumentBuilder()
    title = _plain(meta.get("title")) if isinstance(meta.get("title"), str | int | float) else ""
    element = _render(source)
    if element is not None:
        regulate_tables(element)
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


def _render(source: str) -> Any:
    from lxml import html as lxml_html
    from markdown_it import MarkdownIt

    source = _COMMENT.sub("", source)
    source = _TEMPLATE_LINK.sub(r"](\1)", source)
    source = _TEMPLATE_TAG.sub(_template_text, source)
    source = _ATTRIBUTES.sub("", source)
    reader = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    reader.normalizeLink = _as_it_is  # type: ignore[assignment, method-assign]  # where links lead is not read
    for rule in ("html_inline", "html_block"):
        reader.add_render_rule(rule, _render_html)
    rendered = reader.render(source)
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    return lxml_html.fragment_fromstring(rendered, create_parent="div", parser=parser) if rendered.strip() else None


def _as_it_is(link: str) -> str:
    return link


def _render_html(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    """The page's own HTML with the tags that do something made text; code is escaped by its own rules."""
    return _TAG.sub(_escape_active, tokens[index].content)


def _template_text(tag: re.Match[str]) -> str:
    """What a site generator's tag says to a reader: its argument when that is a name, nothing when it is a path."""
    argument = tag[1] or ""
    return argument if argument and not re.search(r"[/.]", argument) else ""


def _escape_active(tag: re.Match[str]) -> str:
    """A tag that lays the page out or links stays mark-up; any other is kept as the text that it is."""
    text = tag.group()
    if is_layout_tag(text) or (_HARMLESS.fullmatch(text) and not re.search(r"\son\w+\s*=", text)):
        return text
    return html.escape(text, quote=False)


def _plain(value: object) -> str:
    return " ".join(clean_text(str(value)).split())


def _keywords(meta: dict[str, Any]) -> tuple[str, ...]:
    words: list[str] = []
    for key in ("keywords", "tags", "aliases", "description"):
        value = meta.get(key)
        if isinstance(value, str):
            words += [_plain(part) for part in (value.split(",") if key != "description" else [value])]
        elif isinstance(value, list):
            words += [_plain(part) for part in value if isinstance(part, str | int)]
    return tuple(dict.fromkeys(word for word in words if word))
