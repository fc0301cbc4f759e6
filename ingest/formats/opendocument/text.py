"""The text of an OpenDocument file's elements as it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.clean import clean_text, raised
from ingest.formats.opendocument.styles import DRAW, OFFICE, SLIDES, TEXT, Look, Styles

if TYPE_CHECKING:
    from lxml.etree import _Element

P, H = f"{TEXT}p", f"{TEXT}h"
NOTE = f"{TEXT}note"
_SPACES = frozenset((f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"))
# Comments, deleted text, lists of contents, other documents inside this one, code, the speaker's notes.
_UNSEEN = frozenset(
    (
        *(f"{OFFICE}{name}" for name in ("annotation", "annotation-end", "forms", "event-listeners")),
        *(f"{TEXT}{name}" for name in ("tracked-changes", "hidden-text", "ruby-text", "script", "number")),
        *(f"{TEXT}{name}-index" for name in ("alphabetical", "illustration", "table", "object", "user")),
        *(f"{DRAW}{name}" for name in ("object", "object-ole", "plugin", "applet")),
        *(f"{TEXT}table-of-content", f"{SLIDES}notes"),
    )
)
_FURNITURE = frozenset(("date-time", "footer", "header", "page-number"))  # what every slide repeats
_PART = re.compile(r"\d[.,]")  # what is above the line behind it are a price's cents


class TextReader:
    """Reads paragraphs. ``notes`` are those that were met in them, with their numbers, until somebody writes them."""

    def __init__(self, styles: Styles) -> None:
        self.notes: list[str] = []
        self._count = 0
        self._styles = styles

    def text_of(self, element: _Element) -> str:
        """What the paragraphs in the element, or it itself if it is one, say, on one line."""
        return self.said(element)[0]

    def said(self, element: _Element) -> tuple[str, bool]:
        """The element's text, and whether all of it is set in bold."""
        said: list[str] = []
        bold = True
        for paragraph in [element] if element.tag in (P, H) else paragraphs(element):
            look = self._styles.look("paragraph", paragraph.get(f"{TEXT}style-name", ""), Look())
            line, plain = "", False
            for piece, shown in self._pieces(paragraph, look):
                plain = shown.raised and (plain or _PART.search(line[-2:]) is not None)
                line += raised(piece) if shown.raised and not plain else piece
                bold = bold and (shown.bold or not piece.strip())
            said += clean_text(line).split()
        return " ".join(said), bold and bool(said)

    def _pieces(self, element: _Element, look: Look) -> Iterator[tuple[str, Look]]:
        if not look.hidden:
            yield element.text or "", look
        for child in element:
            if child.tag in _SPACES:
                yield " ", look
            elif child.tag == f"{TEXT}span":
                yield from self._pieces(child, self._styles.look("text", child.get(f"{TEXT}style-name", ""), look))
            elif child.tag == NOTE:
                yield self._note(child), look
            elif not is_unseen(child) and not child.tag.startswith(DRAW):
                yield from self._pieces(child, look)
            if not look.hidden:
                yield child.tail or "", look

    def _note(self, note: _Element) -> str:
        said = self.text_of(note)
        if not said:
            return ""
        self._count += 1
        number = raised(str(self._count))
        self.notes.append(f"{number} {said}")
        return number


def is_unseen(element: _Element) -> bool:
    """Whether the element is none, or one that a reader does not see."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return True
    hidden = element.get(f"{TEXT}display") == "none" or element.get(f"{TEXT}is-hidden") == "true"
    repeated = element.get(f"{SLIDES}class") in _FURNITURE or element.get(f"{SLIDES}placeholder") == "true"
    return hidden or repeated


def paragraphs(element: _Element) -> Iterator[_Element]:
    """The paragraphs and headings in the element that a reader sees."""
    for child in element:
        if child.tag in (P, H):
            yield child
        elif not is_unseen(child):
            yield from paragraphs(child)
