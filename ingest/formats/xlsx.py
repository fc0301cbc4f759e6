"""XLSX → ``Document``: a section a sheet, its rows under their header's names."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import clean_text
from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.child import read_in_child
from ingest.formats.text import file_title
from ingest.formats.xlsx_values import shown
from ingest.types import Document, Page

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    from ingest.formats.xlsx_values import AnyCell

_MAX_ROWS = 50_000  # with text in them; more is a data set, not a page
_MAX_COLUMNS = 200
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


def parse_xlsx(page: Page) -> Document:
    """A workbook's document. Raises ``PageError`` for one that is empty, damaged, encrypted, too long or a zip bomb."""
    check_archive(page, "xl/workbook.xml", "Excel workbook (.xlsx)")
    return read_in_child(read_xlsx, page)


def read_xlsx(page: Page) -> Document:
    """What ``parse_xlsx`` does in a child process. Hidden sheets are not read; formulas give the value last shown."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(page.body), read_only=True, data_only=True, keep_links=False)
    builder = DocumentBuilder()
    count = 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()  # files claim sizes of a million rows
        builder.close(1)
        reader = _Sheet(builder, sheet.title, _merged(sheet))
        rows: Iterator[Sequence[AnyCell]] = sheet.iter_rows(max_col=_MAX_COLUMNS)
        for number, (row, below) in enumerate(pairwise(chain(rows, [()])), start=1):
            count += reader.add(number, row, below)
            if count > _MAX_ROWS:
                raise PageError(
                    f"{page.url!r} has more than {_MAX_ROWS:,} rows",
                    hint="split the workbook, or leave it out with the source's `exclude`",
                )
    said = " ".join(clean_text(book.properties.title or "").split())
    document = builder.build(page.url, said or file_title(page.url))
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text", hint="fill the workbook, or leave it out with the source's `exclude`"
        )
    return document


def _merged(sheet: ReadOnlyWorksheet) -> dict[tuple[int, int], tuple[int, int]]:
    """The cells, by row and column from 1, that a merged one covers, each with the one that holds the text."""
    from openpyxl.worksheet.cell_range import CellRange

    with sheet._get_source() as source:  # type: ignore[attr-defined]
        ranges = [CellRange(found.decode()).bounds for found in _MERGED.findall(source.read())]
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in ranges:
        if (right - left + 1) * (bottom - top + 1) <= _MAX_ROWS:
            for row in range(top, bottom + 1):
                for column in range(left, min(right, _MAX_COLUMNS) + 1):
                    if len(covered) < _MAX_ROWS:
                        covered[row, column] = (top, left)
    return covered


class _Sheet:
    """Writes a sheet's rows; the sheet's name becomes its heading with the first of them."""

    def __init__(self, builder: DocumentBuilder, name: str, merged: dict[tuple[int, int], tuple[int, int]]) -> None:
        self._out = builder
        self._name = name
        self._merged = merged
        self._held: dict[tuple[int, int], str] = {}  # the texts of merged cells
        self._header: list[str] | None = None
        self._after_gap = True
        self._empty = True
        self._spanned: set[int] = set()  # the columns of names over several, where the row above is a header

    def add(self, number: int, row: Sequence[AnyCell], below: Sequence[AnyCell]) -> int:
        """Write the row, knowing the one below it. Returns how many rows that made, 0 or 1."""
        own = [shown(cell) for cell in row]
        filled = [text for text in own if text]
        if not filled:
            self._after_gap = True
            self._spanned = set()
            return 0
        if self._empty:
            self._out.heading(1, self._name)
            self._empty = False
        if len(filled) == 1 and (self._header is None or self._after_gap):
            self._out.paragraph(filled[0])
            return 1
        if self._is_header(row, own):
            self._header, self._spanned = self._spread(number, own)
        elif self._spanned and self._is_second(number, row, own, below):
            above = self._header or []
            self._header = [" ".join(dict.fromkeys(filter(None, pair))) for pair in zip(above, own, strict=False)]
            self._spanned = set()
        else:
            self._spanned = set()
            self._out.row(self._filled_down(number, own), self._header)
        self._after_gap = False
        return 1

    def _spread(self, number: int, texts: list[str]) -> tuple[list[str], set[int]]:
        """A header's texts, one that reaches over several columns in each of them; and which columns these are."""
        names, spanned = list(texts), set[int]()
        for column in range(1, len(names)):
            held = self._merged.get((number, column + 1))
            if held and held[0] == number and held[1] <= column:
                names[column] = names[held[1] - 1]
                spanned |= {held[1] - 1, column}
        return names, spanned

    def _is_second(self, number: int, row: Sequence[AnyCell], texts: list[str], below: Sequence[AnyCell]) -> bool:
        """Whether under a header over several columns stands what each of them is, and no first row of values.

        Sure is that where another of its names reaches down; or where one row leaves out the others, and all that
        stands below in the several columns are figures.
        """
        above = self._header or []
        words = all(isinstance(cell.value, str) for cell, text in zip(row, texts, strict=True) if text)
        if not words or not all(column < len(texts) and texts[column] for column in self._spanned):
            return False
        others = [column for column in range(min(len(above), len(texts))) if column not in self._spanned]
        if any(self._merged.get((number, column + 1)) == (number - 1, column + 1) for column in others):
            return True
        left_out = not any(texts[column] for column in others)
        hole = left_out or any(texts[column] and not above[column] for column in others)
        values = [below[column].value for column in self._spanned if column < len(below)]
        figures = [not isinstance(value, str) for value in values if value is not None]
        return hole and bool(figures) and all(figures)

    def _filled_down(self, number: int, texts: list[str]) -> list[str]:
        """The row's texts, with what a cell says that was merged over several rows: it holds for each."""
        made = list(texts)
        for column, text in enumerate(texts):
            place = self._merged.get((number, column + 1))
            if place == (number, column + 1):
                self._held[place] = text
            elif place and place[1] == column + 1:
                made[column] = self._held.get(place, "")
        return made

    def _is_header(self, row: Sequence[AnyCell], texts: list[str]) -> bool:
        """A sheet's first full row if it is all words; further down, behind an empty row, one that is all bold too."""
        cells = [cell for cell, text in zip(row, texts, strict=True) if text]
        if not self._after_gap or not all(isinstance(cell.value, str) for cell in cells):
            return False
        return self._header is None or all(cell.font is not None and cell.font.b for cell in cells)
