"""DOCX → ``Document``: headings by style, lists as they are numbered, tables as rows."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, cast

from ingest.blocks import DocumentBuilder
from ingest.clean import one_line
from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.bold_lines import BOLD_LEVEL, may_be_heading
from ingest.formats.child import read_in_child
from ingest.formats.ordinals import write_item
from ingest.formats.plain.text import file_title
from ingest.formats.word.numbering import Numbering
from ingest.formats.word.tables import write_table
from ingest.formats.word.text import COMPATIBILITY, W, is_bold, take_notes, text_of
from ingest.types import Document, Page

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.oxml.table import CT_Tbl
    from docx.oxml.text.paragraph import CT_P
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_HEADING = re.compile(r"Heading (?P<level>[1-9])")


def parse_docx(page: Page) -> Document:
    """A Word document's document. Raises ``PageError`` for one that is empty, damaged, encrypted or a zip bomb."""
    check_archive(page, "word/document.xml", "Word document (.docx)")
    return read_in_child(read_docx, page)


def read_docx(page: Page) -> Document:
    """What ``parse_docx`` does in a child process."""
    import docx

    word = docx.Document(io.BytesIO(page.body))
    reader = _Reader(word)
    reader.read(word.element.body)
    reader.write_notes()
    document = reader.out.build(page.url, _title(word, reader.title or reader.opening) or file_title(page.url))
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text", hint="if it is scanned, run OCR on it first; or leave it out with `exclude`"
        )
    return document


def _title(word: Word, shown: str) -> str:
    said = one_line(word.core_properties.title or "")
    return shown or ("" if said.lower() in ("", "word document", "untitled") else said)


class _Reader:
    """Walks the body in order. ``opening`` is the heading that it begins with, if no other is of the first level."""

    def __init__(self, word: Word) -> None:
        self.out = DocumentBuilder()
        self.title = ""
        self.opening = ""
        self._begun = False
        self._word = word
        self._numbering = Numbering(word)
        self._notes = take_notes(word)
        self._pending: list[str] = []

    def write_notes(self) -> None:
        """Write the notes of the section that ends."""
        for note in self._pending:
            self.out.paragraph(note)
        self._pending.clear()

    def read(self, body: _Element) -> None:
        """Write every block of the body, content controls included."""
        from docx.table import Table
        from docx.text.paragraph import Paragraph

        for element in body:
            if element.tag == f"{W}p":
                self._paragraph(Paragraph(cast("CT_P", element), self._word))
                for box in element.iter(f"{W}txbxContent"):
                    copies = box.iterancestors(f"{COMPATIBILITY}Fallback")  # for old programs
                    if next(copies, None) is None:
                        self.read(box)
            elif element.tag == f"{W}tbl":
                self._table(Table(cast("CT_Tbl", element), self._word))
            elif element.tag == f"{W}sdt":
                for content in element.iterchildren(f"{W}sdtContent"):
                    self.read(content)

    def _paragraph(self, paragraph: Paragraph) -> None:
        text = " ".join(text_of(paragraph._p).split())
        style = paragraph.style.name if paragraph.style is not None and paragraph.style.name else ""
        if style.startswith("TOC ") or style == "toc heading":
            return
        if not text and paragraph._p.find(f"{W}pPr/{W}rPr/{W}del") is not None:  # deleted, and so not counted
            return
        level = _heading_level(paragraph, style)
        numbering = self._numbering.next(paragraph, style)
        if not text:
            return
        depth, mark = numbering or (0, "")
        if style == "Title" and not self.title:
            self.title = text
            self.out.heading(1, text)
        elif level or ((numbering is None or mark) and may_be_heading(text) and is_bold(paragraph._p)):
            self._heading(level or BOLD_LEVEL, f"{mark} {text}")
        elif numbering:
            write_item(self.out, text, depth, mark)
        else:
            self.out.paragraph(text)
        self._begun = True
        self._take_notes(paragraph._p)

    def _heading(self, level: int, text: str) -> None:
        self.write_notes()
        if level == 1:
            self.opening = "" if self._begun else text.strip()
        # Under a title the document's headings are one deeper.
        self.out.heading(level + 1 if self.title else level, text)

    def _table(self, table: Table) -> None:
        if all(len(row.cells) == 1 for row in table.rows):  # a box drawn around text
            for cell in table._tbl.iter(f"{W}tc"):
                if next(cell.iterancestors(f"{W}tbl")) is table._tbl:  # those of tables in it are read with it
                    self.read(cell)
            return
        write_table(self.out, table)
        self._begun = True
        self._take_notes(table._tbl)

    def _take_notes(self, element: _Element) -> None:
        self._pending += [self._notes[text] for text in element.iter(f"{W}t") if text in self._notes]


def _heading_level(paragraph: Paragraph, style: str) -> int:
    """1 to 9 for a heading, 0 for anything else."""
    if named := _HEADING.fullmatch(style):
        return int(named["level"])
    outline = paragraph._p.find(f"{W}pPr/{W}outlineLvl")
    if outline is None and paragraph.style is not None:
        outline = paragraph.style.element.find(f"{W}pPr/{W}outlineLvl")
    value = "" if outline is None else outline.get(f"{W}val", "")
    return int(value) + 1 if value.isdecimal() and int(value) < 9 else 0
