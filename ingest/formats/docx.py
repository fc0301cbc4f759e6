"""DOCX → ``Document``: headings by style, lists as they are numbered, tables as rows."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text
from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.child import read_in_child
from ingest.formats.text import file_title
from ingest.types import Document, Page

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.oxml.table import CT_Tbl
    from docx.oxml.text.paragraph import CT_P
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from lxml.etree import _Element

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted text, text moved away, the copy of a drawing for old programs; text boxes are read on their own.
_UNSEEN = frozenset(
    (
        f"{_W}del",
        f"{_W}moveFrom",
        f"{_W}txbxContent",
        f"{_COMPATIBILITY}Fallback",
    )
)
_SPACES = frozenset((f"{_W}tab", f"{_W}br", f"{_W}cr"))
_HEADING = re.compile(r"Heading (?P<level>[1-9])")
_LIST = re.compile(r"List (?P<kind>Bullet|Number)(?: (?P<depth>[2-9]))?")
_MAX_HEADER = 80  # characters; longer cells in the first row are values


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
    document = reader.out.build(page.url, _title(word, reader.title) or file_title(page.url))
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text", hint="if it is scanned, run OCR on it first; or leave it out with `exclude`"
        )
    return document


def _title(word: Word, shown: str) -> str:
    said = " ".join(clean_text(word.core_properties.title or "").split())
    return shown or ("" if said.lower() in ("", "word document", "untitled") else said)


class _Reader:
    """Walks the body in order."""

    def __init__(self, word: Word) -> None:
        self.out = DocumentBuilder()
        self.title = ""
        self._word = word
        self._formats = _number_formats(word)
        self._counts: dict[tuple[str, int], int] = {}

    def read(self, body: _Element) -> None:
        """Write every block of the body, content controls included."""
        from docx.table import Table
        from docx.text.paragraph import Paragraph

        for element in body:
            if element.tag == f"{_W}p":
                self._paragraph(Paragraph(cast("CT_P", element), self._word))
                for box in element.iter(f"{_W}txbxContent"):
                    if (
                        next(
                            box.iterancestors(f"{_COMPATIBILITY}Fallback"),
                            None,
                        )
                        is None
                    ):
                        self.read(box)
            elif element.tag == f"{_W}tbl":
                self._table(Table(cast("CT_Tbl", element), self._word))
            elif element.tag == f"{_W}sdt":
                for content in element.iterchildren(f"{_W}sdtContent"):
                    self.read(content)

    def _paragraph(self, paragraph: Paragraph) -> None:
        text = _text(paragraph._p)
        if not text.strip():
            return
        style = paragraph.style.name if paragraph.style is not None and paragraph.style.name else ""
        level = _heading_level(paragraph, style)
        if style == "Title" and not self.title:
            self.title = " ".join(text.split())
            self.out.heading(1, text)
        elif level:
            # Under a title the document's headings are one deeper.
            self.out.heading(level + 1 if self.title else level, text)
            self.title = self.title if self.title or level > 1 else ""
        elif style.startswith("TOC ") or style == "toc heading":
            return
        elif numbering := self._numbering(paragraph, style):
            depth, number = numbering
            self.out.item(text, depth, number)
        else:
            self.out.paragraph(text)

    def _numbering(self, paragraph: Paragraph, style: str) -> tuple[int, int | None] | None:
        """A list item's depth and its number, if it has one; None for a paragraph."""
        named = _LIST.match(style)
        shown_depth = int(named["depth"] or 1) - 1 if named else 0
        place = _list_place(paragraph) or ((style, shown_depth) if named else None)
        if place is None or place[0] == "0":  # list 0 is what takes a paragraph out of its style's list
            return None
        list_id, depth = place
        for other in [key for key in self._counts if key[0] == list_id and key[1] > depth]:
            del self._counts[other]
        count = self._counts[place] = self._counts.get(place, 0) + 1
        form = self._formats.get(place, "decimal" if named and named["kind"] == "Number" else "bullet")
        return max(depth, shown_depth), None if form in ("bullet", "none") else count

    def _table(self, table: Table) -> None:
        rows = [_cells(row.cells) for row in table.rows]
        if all(len(row) == 1 for row in rows):  # a box drawn around text
            for cell in table._tbl.iter(f"{_W}tc"):
                self.read(cell)
            return
        header: list[str] | None = None
        for index, row in enumerate(rows):
            if index == 0 and len(rows) > 1 and all(text and len(text) <= _MAX_HEADER for text, _ in row):
                header = [text for text, _ in row]
            else:
                self.out.row(["" if repeated else text for text, repeated in row], header)


def _cells(cells: tuple[object, ...]) -> list[tuple[str, bool]]:
    """Each column's text, and whether it is the cell to the left once more (a cell over several columns)."""
    made: list[tuple[str, bool]] = []
    last: object = None
    for cell in cells:
        element: _Element = cell._tc  # type: ignore[attr-defined]
        made.append((" ".join(" ".join(_text(p).split()) for p in element.iter(f"{_W}p")).strip(), element is last))
        last = element
    return made


def _text(element: _Element) -> str:
    return clean_text("".join(_pieces(element)))


def _pieces(element: _Element) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _SPACES:
            yield " "
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag not in _UNSEEN:
            yield from _pieces(child)


def _heading_level(paragraph: Paragraph, style: str) -> int:
    """1 to 9 for a heading, 0 for anything else."""
    if named := _HEADING.fullmatch(style):
        return int(named["level"])
    outline = paragraph._p.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is None and paragraph.style is not None:
        outline = paragraph.style.element.find(f"{_W}pPr/{_W}outlineLvl")
    value = "" if outline is None else outline.get(f"{_W}val", "")
    return int(value) + 1 if value.isdecimal() and int(value) < 9 else 0


def _list_place(paragraph: Paragraph) -> tuple[str, int] | None:
    """Which list the paragraph is in, by its own setting or its style's, and how deep."""
    numbering = paragraph._p.find(f"{_W}pPr/{_W}numPr")
    style = paragraph.style
    if numbering is None and style is not None:
        numbering = style.element.find(f"{_W}pPr/{_W}numPr")
    if numbering is None:
        return None
    list_id, depth = numbering.find(f"{_W}numId"), numbering.find(f"{_W}ilvl")
    if list_id is None:
        return None
    level = "0" if depth is None else depth.get(f"{_W}val", "0")
    return list_id.get(f"{_W}val", "0"), min(int(level), 8) if level.isdecimal() else 0


def _number_formats(word: Word) -> dict[tuple[str, int], str]:
    """The number format (``bullet``, ``decimal``, …) of every list and depth that the document defines."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        root = word.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element  # type: ignore[attr-defined]
    except KeyError:
        return {}
    abstract = {
        definition.get(f"{_W}abstractNumId"): {
            int(level.get(f"{_W}ilvl", "0")): form.get(f"{_W}val", "")
            for level in definition.iterchildren(f"{_W}lvl")
            if (form := level.find(f"{_W}numFmt")) is not None
        }
        for definition in root.iterchildren(f"{_W}abstractNum")
    }
    formats: dict[tuple[str, int], str] = {}
    for number in root.iterchildren(f"{_W}num"):
        chosen = number.find(f"{_W}abstractNumId")
        for depth, form in abstract.get(None if chosen is None else chosen.get(f"{_W}val"), {}).items():
            formats[number.get(f"{_W}numId", ""), depth] = form
    return formats
