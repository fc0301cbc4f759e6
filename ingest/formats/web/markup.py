"""An HTML element's content, block by block, into a ``DocumentBuilder``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text, one_line, raised

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SKIP = frozenset(
    [
        "script", "style", "template", "noscript", "svg", "math", "canvas", "iframe", "object", "embed",
        "audio", "video", "select", "option", "input", "textarea", "head", "link", "meta", "img", "picture",
        "map",
    ]
)  # fmt: skip
_BLOCKS = frozenset(
    [
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search",
        "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "caption",
    ]
)  # fmt: skip
_ENDS_IN_POINT = re.compile(r"\d[.,]\s*\Z")
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# How deep elements may nest before the rest is read as flat text: beyond any real page, short of Python's own limit.
_MAX_DEPTH = 120


def add_element(builder: DocumentBuilder, element: HtmlElement) -> None:
    """Write the element's headings, paragraphs, lists, tables and code in reading order."""
    for above in element.iter("sup"):
        text = "".join(above.itertext())
        if (shown := raised(text)) != text and not _is_decimal(above):
            above[:] = []
            above.text = shown
    _Walk(builder).children(element, 0)


class _Walk:
    def __init__(self, builder: DocumentBuilder) -> None:
        self._out = builder

    def children(self, element: HtmlElement, depth: int) -> None:
        """Blocks one by one; the inline text between them as paragraphs of its own."""
        loose: list[str] = [element.text or ""]
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag in _BLOCKS and tag:
                self._flush(loose)
                self._block(child, tag, depth)
            elif tag == "br":
                loose.append(" ")
            elif tag and tag not in _SKIP:
                if depth < _MAX_DEPTH and any(
                    isinstance(e.tag, str) and e.tag in _BLOCKS for e in child.iterdescendants()
                ):
                    self._flush(loose)
                    self.children(child, depth + 1)
                else:
                    loose.append(inline_text(child))
            loose.append(child.tail or "")
        self._flush(loose)

    def _flush(self, loose: list[str]) -> None:
        self._out.paragraph(clean_text("".join(loose)))
        loose.clear()

    def _block(self, element: HtmlElement, tag: str, depth: int) -> None:
        if depth >= _MAX_DEPTH:
            self._out.paragraph(inline_text(element))
        elif tag in _HEADINGS:
            self._out.heading(_HEADINGS[tag], inline_text(element), element.get("id"))
        elif tag == "pre":
            self._out.code(clean_text("".join(element.itertext())))
        elif tag in ("ul", "ol", "menu"):
            self._list(element, 0)
        elif tag == "table":
            self._table(element, depth)
        elif tag == "summary":
            self._out.heading(6, inline_text(element), element.get("id"))
        elif tag == "details":
            self.children(element, depth + 1)
            self._out.close(6)
        elif tag == "dl":
            self._definitions(element)
        else:
            self.children(element, depth + 1)

    def _list(self, element: HtmlElement, depth: int) -> None:
        start = element.get("start", "1")
        number = int(start) if start.isdecimal() and len(start) < 5 else 1
        for child in element:
            if child.tag in ("ul", "ol", "menu"):
                self._list(child, depth + 1)
            elif child.tag == "li":
                nested: list[HtmlElement] = []
                text = _item_text(child, nested)
                self._out.item(text, depth, number if element.tag == "ol" else None)
                number += 1
                for sub in nested:
                    if depth < _MAX_DEPTH:
                        self._list(sub, depth + 1)

    def _definitions(self, element: HtmlElement) -> None:
        term = ""
        for child in element.iter("dt", "dd"):
            text = inline_text(child)
            if child.tag == "dt":
                term = f"{term}, {text}" if term else text
            elif text:
                self._out.paragraph(f"{term.rstrip(':')}: {text}" if term else text)
                term = ""
        self._out.paragraph(term)

    def _table(self, element: HtmlElement, depth: int) -> None:
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table"), None) is element]
        header: list[str] | None = None
        for caption in element.iterchildren("caption"):
            self._out.paragraph(inline_text(caption))
        if not any(len(_cells(row)) > 1 for row in rows):  # a table that only lays the page out
            for row in rows:
                for cell in _cells(row):
                    self.children(cell, depth + 1)
            return
        for row in rows:
            cells = _cells(row)
            texts = [inline_text(cell) for cell in cells]
            in_head = row.getparent() is not None and row.getparent().tag == "thead"
            if header is None and texts and (in_head or all(cell.tag == "th" for cell in cells)):
                header = texts
            else:
                self._out.row(texts, header)


def _is_decimal(above: HtmlElement) -> bool:
    """Whether what stands above the line ends a number ("19,90" with small cents); a link there is a note's."""
    return above.find(".//a") is None and _ENDS_IN_POINT.search(_text_before(above)) is not None


def _text_before(element: HtmlElement) -> str:
    """What stands in front of an element on its line."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return previous.tail or "".join(previous.itertext())
    if parent is None or parent.text:
        return "" if parent is None else parent.text
    return "" if parent.tag in _BLOCKS else _text_before(parent)


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _item_text(item: HtmlElement, nested: list[HtmlElement]) -> str:
    parts: list[str] = [item.text or ""]
    for child in item:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in ("ul", "ol", "menu"):
            nested.append(child)
            parts.append(" ")
        elif tag and tag not in _SKIP:
            block = tag in _BLOCKS or tag == "br"
            inner = _item_text(child, nested) if len(child) else (child.text or "")
            parts.append(f" {inner} " if block else inner)
        parts.append(child.tail or "")
    return clean_text("".join(parts))


def inline_text(element: HtmlElement) -> str:
    """The element's visible text on one line."""
    parts: list[str] = []

    def visit(node: HtmlElement, level: int) -> None:
        parts.append(node.text or "")
        for child in node:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag and tag not in _SKIP:
                spaced = tag in _BLOCKS or tag == "br"
                parts.append(" " if spaced else "")
                if level < _MAX_DEPTH:
                    visit(child, level + 1)
                else:
                    parts.append("".join(child.itertext()))
                parts.append(" " if spaced else "")
            parts.append(child.tail or "")

    visit(element, 0)
    return one_line("".join(parts))
