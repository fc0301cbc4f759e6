"""XLSX → ``Document``: a section a sheet, its rows under their header's names."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from ingest.blocks import DocumentBuilder
from ingest.clean import one_line
from ingest.errors import PageError
from ingest.formats.archive import check_archive
from ingest.formats.child import read_in_child
from ingest.formats.plain.text import file_title
from ingest.formats.sheets.sheet import MAX_COLUMNS, MAX_ROWS, Sheet, SheetCell, too_many_rows
from ingest.formats.sheets.values import shown
from ingest.types import Document, Page

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    from ingest.formats.sheets.values import AnyCell

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
        writer = Sheet(builder, sheet.title, _merged(sheet))
        rows: Iterator[Sequence[AnyCell]] = sheet.iter_rows(max_col=MAX_COLUMNS)
        for number, (row, below) in enumerate(pairwise(chain(map(_cells, rows), [[]])), start=1):
            count += writer.add(number, row, below)
            if count > MAX_ROWS:
                raise too_many_rows(page.url, "workbook")
    said = one_line(book.properties.title or "")
    document = builder.build(page.url, said or file_title(page.url))
    if not document.text:
        raise PageError(
            f"{page.url!r} holds no text", hint="fill the workbook, or leave it out with the source's `exclude`"
        )
    return document


def _cells(row: Sequence[AnyCell]) -> list[SheetCell]:
    return [SheetCell(shown(cell), isinstance(cell.value, str), partial(_is_bold, cell)) for cell in row]


def _is_bold(cell: AnyCell) -> bool:
    return cell.font is not None and bool(cell.font.b)


def _merged(sheet: ReadOnlyWorksheet) -> dict[tuple[int, int], tuple[int, int]]:
    """The cells, by row and column from 1, that a merged one covers, each with the one that holds the text."""
    from openpyxl.worksheet.cell_range import CellRange

    with sheet._get_source() as source:  # type: ignore[attr-defined]
        ranges = [CellRange(found.decode()).bounds for found in _MERGED.findall(source.read())]
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for left, top, right, bottom in ranges:
        if (right - left + 1) * (bottom - top + 1) <= MAX_ROWS:
            for row in range(top, bottom + 1):
                for column in range(left, min(right, MAX_COLUMNS) + 1):
                    if len(covered) < MAX_ROWS:
                        covered[row, column] = (top, left)
    return covered
