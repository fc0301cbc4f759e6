"""An OpenDocument file's headings, paragraphs, lists, tables and notes in their order, into a ``DocumentBuilder``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.formats.bold_lines import BOLD_LEVEL, may_be_heading
from ingest.formats.opendocument.styles import DRAW, OUTLINE, STYLE, TABLE, TEXT, Numbering, Styles
from ingest.formats.opendocument.tables import CELL, TableWriter, repeats
from ingest.formats.opendocument.text import NOTE, H, P, TextReader, is_unseen
from ingest.formats.ordinals import write_item

if TYPE_CHECKING:
    from lxml.etree import _Element


class BlockWriter:
    """Writes what it is given.

    ``title`` is the paragraph of the style Title, ``opening`` the heading that all begins with, if no other is of the
    first level. ``bold_headings``: whether a short line that is all bold is a heading that somebody made by hand.
    """

    def __init__(self, out: DocumentBuilder, styles: Styles, url: str, *, bold_headings: bool) -> None:
        self.title = ""
        self.opening = ""
        self.reader = TextReader(styles)
        self._out = out
        self._styles = styles
        self._bold_headings = bold_headings
        self._begun = False
        self._numbering = Numbering(styles)
        self._tables = TableWriter(out, self.reader, url)

    def write(self, elements: Iterable[_Element], name: str = "", depth: int = 0, *, mark: str = "") -> None:
        """Write the blocks that the elements are or hold.

        ``name`` and ``depth`` are of the list that they stand in, if any, ``mark`` what it shows before the first.
        """
        for child in elements:
            if child.tag == P:
                self._paragraph(child)
            elif child.tag == H:
                self._heading(child, mark)
            elif child.tag == f"{TEXT}list":
                self._list(child, name, depth)
            elif child.tag == f"{TABLE}table":
                self._table(child)
            elif not is_unseen(child):
                self.write(child, name, depth)
            mark = ""

    def write_notes(self) -> None:
        """Write the notes of the section that ends."""
        for note in self.reader.notes:
            self._out.paragraph(note)
        self.reader.notes.clear()

    def _paragraph(self, element: _Element) -> None:
        before = len(self.reader.notes)
        text, bold = self.reader.said(element)
        style = element.get(f"{TEXT}style-name", "")
        if text and not self.title and self._styles.is_made_from("paragraph", style, "Title"):
            self.title = text
            self._open(1, text, before)
        elif self._bold_headings and bold and may_be_heading(text):
            self._open(BOLD_LEVEL, text, before)
        else:
            self._out.paragraph(text)
            self._begun = self._begun or bool(text)
        self._boxes(element)

    def _heading(self, element: _Element, mark: str) -> None:
        said = element.get(f"{TEXT}outline-level", "1")
        level = min(max(int(said), 1), BOLD_LEVEL - 1) if said.isdecimal() and len(said) < 3 else 1
        before = len(self.reader.notes)
        text = self.reader.text_of(element)
        if text and not mark and self._is_numbered(element):
            mark = self._numbering.next(OUTLINE, level - 1, element.get(f"{TEXT}start-value"))
        if text:
            text = f"{mark} {text}".strip()
            if level == 1:
                self.opening = "" if self._begun else text
            # Under a title the document's headings are one deeper.
            self._open(level + 1 if self.title else level, text, before)
        self._boxes(element)

    def _is_numbered(self, heading: _Element) -> bool:
        style = heading.get(f"{TEXT}style-name", "")
        taken_out = self._styles.value("paragraph", style, f"{STYLE}list-style-name") == ""
        return not taken_out and heading.get(f"{TEXT}is-list-header") != "true"

    def _open(self, level: int, text: str, before: int) -> None:
        """Write a heading, and above it the notes of the section that ends: those that there were ``before`` it."""
        own = self.reader.notes[before:]
        del self.reader.notes[before:]
        self.write_notes()
        self.reader.notes += own
        self._out.heading(level, text)
        self._begun = True

    def _boxes(self, element: _Element) -> None:
        """Write the text boxes that are fastened to a paragraph."""
        for child in element:
            if is_unseen(child) or child.tag == NOTE:
                continue
            if child.tag.startswith(DRAW):
                self.write(child)
            else:
                self._boxes(child)

    def _list(self, element: _Element, name: str, depth: int) -> None:
        name = element.get(f"{TEXT}style-name") or name
        goes_on = element.get(f"{TEXT}continue-numbering") == "true" or element.get(f"{TEXT}continue-list")
        if depth == 0 and not goes_on:
            self._numbering.restart(name)
        for item in element.iterchildren(f"{TEXT}list-item", f"{TEXT}list-header"):
            own = list(item)
            first = next((index for index, child in enumerate(own) if child.tag != P), len(own))
            text = " ".join(filter(None, map(self.reader.text_of, own[:first])))
            listed = item.tag == f"{TEXT}list-item"
            counted = listed and bool(own) and own[0].tag in (P, H)
            mark = self._numbering.next(name, depth, item.get(f"{TEXT}start-value")) if counted else ""
            if listed and text:
                write_item(self._out, text, depth, mark)
            else:
                self._out.paragraph(text)
            self._begun = self._begun or bool(text)
            for paragraph in own[:first]:
                self._boxes(paragraph)
            self.write(own[first:], name, depth + 1, mark=mark)

    def _table(self, table: _Element) -> None:
        rows = [row for row in table.iter(f"{TABLE}table-row") if next(row.iterancestors(f"{TABLE}table")) is table]
        widths = (sum(repeats(cell, "columns", 2) for cell in row.iterfind(CELL)) for row in rows)
        if all(width <= 1 for width in widths):  # a box drawn around text
            for row in rows:
                self.write(row)
            return
        self._tables.write(rows)
        self._begun = True
